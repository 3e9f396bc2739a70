"""In a real browser: a picture with a word before the upload, a position only when it is tapped."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import check, send
from tests.files.images import from_a_phone

pytestmark = pytest.mark.e2e


def test_a_position_and_a_picture(visit, axe):
    page = visit("strada.genova", width=390)
    context = page.context
    context.set_geolocation({"latitude": 44.40567891, "longitude": 8.93412345})
    page.goto("/street/new")
    if not page.locator("#position-note").is_visible():
        page.locator(".street-where summary").click()
    page.click("#position-note")  # not allowed so far
    expect(page.locator("#position-said")).to_contain_text("browser")
    context.grant_permissions(["geolocation"])
    page.click("#position-note")
    expect(page.locator("#position-said")).to_contain_text("44.406, 8.934")
    assert page.input_value("#id_latitude") == "44.406"
    page.click("#position-drop")
    assert page.input_value("#id_longitude") == ""
    page.click("#position-note")
    expect(page.locator("#position-said")).to_contain_text("44.406, 8.934")
    page.locator("[name=zone]").select_option(index=1)
    page.fill("[name=next_step]", "Tornare domani")
    expect(page.locator(".lg-draft-state")).to_contain_text(re.compile(r"\w"))  # kept as a draft
    page.reload()
    page.click("[data-take]")
    expect(page.locator("#position-said")).to_contain_text("44.406, 8.934")
    check(page, axe, "contact-position-390")
    send(page)
    expect(page.locator("main")).to_contain_text("44.406, 8.934")

    page.click("a[href$='/pictures/new']")
    check(page, axe, "picture-new-390")
    field, said = page.locator("#id_picture"), page.locator("#picture-said")
    wrong = [("x.jpg", "image/jpeg", b"<svg/>"), ("x.png", "image/png", b""), ("x.jpg", "image/jpeg", bytes(10 * 2**20 + 1)),
             ("x.heic", "image/heic", b"\0\0\0\x18ftypheic\0\0\0\0")]  # fmt: skip
    words = [re.compile(word) for word in ("JPEG, PNG", "vuoto|empty", "10 MB", "HEIC")]
    for (name, kind, content), word in zip(wrong, words, strict=True):
        field.set_input_files({"name": name, "mimeType": kind, "buffer": content})
        expect(said).to_contain_text(word)
    page.locator("main form button.btn-primary").click()
    assert page.url.endswith("/pictures/new")  # nothing was uploaded
    expect(said).to_be_visible()
    field.set_input_files({"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": from_a_phone()})
    expect(said).to_be_hidden()
    page.fill("[name=caption]", "Ricetta")
    page.check("[name=agreed]")
    send(page)
    thumbnail = page.locator(".street-pictures img")
    thumbnail.scroll_into_view_if_needed()
    expect(thumbnail).to_have_js_property("complete", True)
    assert thumbnail.evaluate("image => image.naturalWidth") == 160  # it came, and stands upright
    check(page, axe, "contact-pictures-390")
    page.click(".street-pictures a")
    page.wait_for_load_state()
    assert page.locator(".street-picture").evaluate("image => image.naturalHeight") == 400
    check(page, axe, "picture-390")
    page.click("a[href$='/remove']")
    page.fill("[name=reason]", "Lo ha chiesto la persona")
    check(page, axe, "picture-remove-390")
    page.click("main form button.btn-danger")
    expect(page.locator(".street-picture-gone")).to_contain_text("Lo ha chiesto la persona")
