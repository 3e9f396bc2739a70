"""In a real browser: a document looked at before it is sent, and an answer read to somebody."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import check
from tests.files.images import a_picture, from_a_phone
from tests.files.papers import a_pdf

pytestmark = pytest.mark.e2e


def test_a_document_is_looked_at_before_it_is_sent(visit, axe):
    page = visit("sportello.genova", width=390)
    page.goto("/people?mine=mine")
    page.click("tbody a >> nth=0")
    page.click("a[href$='/documents/new']")
    field, camera, said = page.locator("#id_pages"), page.locator("#id_camera"), page.locator("#documents-said")
    chosen = page.locator(".document-chosen li")
    field.set_input_files({"name": "x.heic", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic\0\0\0\0"})
    expect(said).to_contain_text("HEIC")
    page.locator("main form button.btn-lg").click()
    assert page.url.endswith("/documents/new")  # nothing was uploaded
    pictures = [("1.jpg", "image/jpeg", from_a_phone()), ("2.png", "image/png", a_picture("PNG"))]
    field.set_input_files([{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in pictures])
    expect(said).to_be_hidden()
    expect(page.locator(".document-chosen canvas")).to_have_count(2)
    camera.set_input_files({"name": "c.pdf", "mimeType": "application/pdf", "buffer": a_pdf()})
    expect(said).to_contain_text("PDF")  # one PDF, or pictures
    chosen.nth(2).locator("button").nth(1).click()
    expect(said).to_be_hidden()
    chosen.nth(1).locator("button").nth(0).click()
    expect(chosen.nth(0)).to_contain_text("2.png")
    check(page, axe, "document-new-390")
    page.select_option("#id_kind", "permit")
    page.locator("main form button.btn-lg").click()
    page.wait_for_url(re.compile(r"/people/documents/[0-9a-f-]{36}$"))
    second = page.locator(".document-pages img").nth(1)
    second.scroll_into_view_if_needed()
    expect(second).to_have_js_property("complete", True)
    assert second.evaluate("image => image.naturalHeight") == 400  # it stands upright
    check(page, axe, "document-390")
    page.goto("/people/documents?within=all")
    check(page, axe, "documents-expiring-390")


def test_an_answer_is_found_and_read_to_the_person(visit, axe):
    page = visit("sportello.genova")
    page.goto("/knowledge?state=usable&q=permesso+rinnovo")
    check(page, axe, "answers")
    page.click("tbody a >> nth=0")
    check(page, axe, "answer")
    page.click("a[href*='/read?']")
    expect(page.locator("[data-answer-print]")).to_be_visible()
    check(page, axe, "answer-read")
