"""A morning at a desk in a real browser: a kiosk, a display, two counters; the kiosk and the display lose the network."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import check
from tests.e2e.desk import call_next, new_screen, take_number

pytestmark = pytest.mark.e2e


def test_a_morning_at_a_desk(visit, axe):
    boss = visit("coordinamento.genova")
    addresses = [new_screen(boss, kind, name) for kind, name in (("kiosk", "Ingresso e2e"), ("display", "Sala e2e"))]
    check(boss, axe)
    boss.goto("/desk/queue/setup")
    check(boss, axe, "coordinamento-queue-setup-1280")
    kiosk, display = visit(width=1024), visit()
    kiosk.goto(addresses[0])
    display.goto(addresses[1])
    check(kiosk, axe, "kiosk-language-1024")
    kiosk.locator("#languages button", has_text="العربية").click()
    expect(kiosk.locator("html")).to_have_attribute("dir", "rtl")
    check(kiosk, axe, "kiosk-topic-ar-1024")
    kiosk.locator("#back").click()
    first = take_number(kiosk, "Français")
    check(kiosk, axe, "kiosk-number-1024")
    kiosk.locator("#done").click()

    one, two = visit("sportello.genova", width=390), visit("accoglienza.genova")
    for page, place in ((one, 0), (two, 1)):
        page.goto("/desk/queue")
        if page.locator("#call-next").count() == 0:  # at no counter yet since another test
            with page.expect_navigation():
                page.get_by_role("button", name=re.compile("^Lavoro qui")).nth(place).click()
    while call_next(one) != first:  # who came before, in another test, is received first
        pass
    expect(display.locator("#called li").first).to_contain_text(str(first), timeout=10_000)
    check(one, axe, "desk-queue-390")

    kiosk.context.set_offline(True)
    offline = take_number(kiosk, "English", 1)
    assert offline >= 500
    expect(kiosk.locator("#wait")).to_contain_text("Your number is good")
    kiosk.locator("#done").click()
    display.context.set_offline(True)
    expect(display.locator("#stale")).to_be_visible(timeout=10_000)
    expect(display.locator("#called li").first).to_contain_text(str(first))
    display.context.set_offline(False)
    kiosk.context.set_offline(False)
    expect(display.locator("#stale")).to_be_hidden(timeout=15_000)
    expect(two.locator(".queue-small-number", has_text=str(offline))).to_be_visible(timeout=30_000)
    check(two, axe, "desk-queue-1280")
    while call_next(two) != offline:
        pass
    expect(display.locator("#called li").first).to_contain_text(str(offline), timeout=10_000)
    check(display, axe, "display-1280")
    with two.expect_navigation():
        two.locator("#receive").click()
    expect(two.locator("[name=ticket]")).not_to_have_value("")
    check(two, axe)


def test_ones_own_number_on_the_phone(visit, axe):
    boss = visit("coordinamento.genova")
    kiosk, phone = visit(width=1024), visit(width=390)
    kiosk.goto(new_screen(boss, "kiosk", "Corridoio e2e"))
    with kiosk.expect_response(lambda answer: answer.url.endswith("/tickets")) as answer:
        take_number(kiosk, "اردو")
    assert answer.value.json()["qr"]["size"] > 20
    number = answer.value.json()["number"]
    sent = answer.value.request.post_data_json
    phone.goto(f"/queue/tickets/{sent['id']}?lang=ur")
    expect(phone.locator(".ticket-number")).to_have_text(str(number))
    check(phone, axe, "ticket-ur-390")
