"""The board renews itself: focus and scroll stay, nothing is lost without a connection, and it can be paused."""

import re

import pytest

from tests.e2e.conftest import check

pytestmark = pytest.mark.e2e

BOARD = "/street/outings/board"
LATER = 31_000  # milliseconds


def said(page, name):
    """What the page says when this happens, up to the place of the number."""
    return page.get_attribute("#board-state", f"data-{name}").split("{n}")[0]


def state(page):
    return page.locator("#board-state")


def test_the_board_renews_itself(visit, axe):
    page = visit("coordinamento.genova", width=1280)
    page.clock.install()
    page.goto(BOARD)
    page.wait_for_selector("[data-live-pause]:not([hidden])")
    zone = page.locator("[id^=board-zone-], [id^=board-outing-]").first
    focused = zone.get_attribute("id")
    zone.focus()
    page.evaluate("window.scrollTo(0, 200)")
    before = page.evaluate("window.scrollY")
    page.locator("#board-live [data-board]").evaluate("part => { part.dataset.old = '1'; }")
    with page.expect_response(re.compile(BOARD)) as answer:
        page.clock.fast_forward(LATER)
    page.wait_for_selector("[data-board]:not([data-old])")
    assert "<html" not in answer.value.text()
    assert page.evaluate("document.activeElement.id") == focused
    assert page.evaluate("window.scrollY") == before
    assert state(page).inner_text() == "", "nothing new, nothing said"
    with page.expect_request(re.compile(BOARD)) as asked:
        page.clock.fast_forward(LATER)
    assert asked.value.headers.get("x-unattended") == "1", "nobody touched the page"
    page.keyboard.press("Tab")
    with page.expect_request(re.compile(BOARD)) as asked:
        page.clock.fast_forward(LATER)
    assert "x-unattended" not in asked.value.headers
    check(page, axe, "board-1280")


def test_without_a_connection_it_says_since_when(visit):
    page = visit("coordinamento.genova", width=390)
    page.clock.install()
    page.goto(BOARD)
    page.wait_for_selector("[data-live-pause]:not([hidden])")
    shown = page.locator("#board-live").inner_text()
    at = page.get_attribute("[data-board]", "data-at")
    page.context.set_offline(True)
    page.clock.fast_forward(LATER)
    page.wait_for_function("document.getElementById('board-state').textContent !== ''")
    assert said(page, "behind") in state(page).inner_text()
    assert at in state(page).inner_text()
    assert page.locator("#board-live").inner_text() == shown, "what was known stays"
    page.context.set_offline(False)
    page.clock.fast_forward(LATER)
    page.wait_for_function(
        "text => document.getElementById('board-state').textContent === text", arg=said(page, "again")
    )


def test_it_can_be_paused_and_ends_with_the_session(visit):
    page = visit("coordinamento.genova", width=1280)
    page.clock.install()
    page.goto(BOARD)
    page.locator("[data-live-pause]").click()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(3 * LATER)
    page.wait_for_timeout(300)
    assert not [url for url in asked if BOARD in url]
    page.context.clear_cookies()
    page.locator("[data-live-pause]").click()  # goes on at once
    page.wait_for_function("document.getElementById('board-state').textContent !== ''")
    assert said(page, "out") in state(page).inner_text()
    assert page.locator("#signed-out").is_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_of_the_network(visit, axe, width):
    page = visit("ministero.ministero", width=width)
    page.goto("/street/report")
    check(page, axe, f"ministero-street-report-{width}")
    page.locator("#table-places").locator("xpath=../..").locator("tbody a").first.click()
    page.wait_for_load_state()
    check(page, axe, f"ministero-street-report-city-{width}")


def test_the_map_by_the_hour_with_the_keyboard(visit, axe):
    page = visit("coordinamento.genova", width=1280)
    page.goto("/street/report")
    hours = page.locator(".report-hours a")
    assert hours.count() > 2
    hours.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**hour=**")
    assert page.locator(".report-hours [aria-current]").inner_text() == hours.nth(1).inner_text()
    check(page, axe, "street-report-hour-1280")
    page.locator(".lg-map-wide a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/street\?.*zone="))
