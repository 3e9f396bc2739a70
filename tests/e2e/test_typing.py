"""Nothing typed is lost: not to a time-out, a lost connection or a closed tab. And everything works with the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD, send

pytestmark = pytest.mark.e2e


def test_a_time_out_keeps_what_was_typed(visit):
    page = visit("sportello.genova")
    page.goto("/people/new")
    page.fill("input[name=nickname]", "Lanterna lunga")
    page.fill("textarea[name=note]", "dice che torna domani\nsecondo rigo")
    expect(page.locator(".lg-draft-state")).not_to_be_empty()
    page.context.clear_cookies(name="sessionid")  # as an idle time-out does
    page.fill("textarea[name=note]", "dice che torna domani\nsecondo rigo, e altro")
    expect(page.locator("#signed-out")).to_be_visible()
    send(page)
    assert "/accounts/login/" in page.url
    page.fill("input[name=login]", "sportello.genova")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/people/new"))
    expect(page.locator(".lg-draft")).to_be_visible()
    assert page.input_value("input[name=nickname]") == "Lanterna lunga"
    assert page.input_value("textarea[name=note]").endswith("e altro")
    page.locator("[data-discard]").click()
    page.wait_for_load_state()
    expect(page.locator("input[name=nickname]")).to_have_value("")


def test_a_lost_connection_is_told_and_made_up_for(visit):
    page = visit("sportello.genova")
    page.goto("/people/new")
    page.context.set_offline(True)
    page.fill("input[name=nickname]", "Ombrello offline")
    expect(page.locator(".lg-draft-state")).to_contain_text(re.compile("connessione|connection"))
    page.context.set_offline(False)
    expect(page.locator(".lg-draft-state")).not_to_contain_text(re.compile("connessione|connection"), timeout=15_000)
    page.goto("/people")
    page.goto("/people/new")
    expect(page.locator("input[name=nickname]")).to_have_value("Ombrello offline")
    page.locator("[data-discard]").click()


def test_errors_are_told_at_the_field_with_the_focus_on_the_summary(visit):
    page = visit("sportello.genova")
    page.goto("/people/new")
    page.fill("input[name=birth_date]", "31/02/1990")
    page.fill("input[name=nickname]", "Radio 12")
    send(page)
    expect(page.locator(".lg-summary")).to_be_focused()
    page.locator(".lg-summary a").first.click()
    expect(page.locator("input[name=birth_date]")).to_be_focused()
    assert page.input_value("input[name=nickname]") == "Radio 12"


def test_likely_duplicates_appear_while_typing(visit):
    page = visit("sportello.genova")
    page.goto("/people?q=")
    full_birth = page.locator("td:nth-child(2)", has_text=re.compile(r"\d\d/\d\d/\d{4}"))
    row = page.locator("tbody tr").filter(has=full_birth).first
    name, birth = row.locator("td").nth(0).inner_text(), row.locator("td").nth(1).inner_text()
    given, family = re.sub(r"^.*\((.*)\)$", r"\1", name).rsplit(" ", 1)
    page.goto("/people/new")
    page.fill("input[name=given_names]", given)
    page.fill("input[name=family_names]", family)
    page.fill("input[name=birth_date]", birth)
    page.press("input[name=birth_date]", "Tab")
    expect(page.locator(".person-likely")).to_be_visible()
    assert page.evaluate("document.activeElement.name") != "birth_date"


def test_the_keyboard_is_enough(visit):
    page = visit("sportello.genova")
    page.keyboard.press("Tab")
    expect(page.locator(".skiplinks a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#lg-q")).to_be_focused()
    page.keyboard.type("Muhamad")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/people.q=Muhamad"))
    page.locator(".lg-user summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lg-user-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".lg-user-menu")).to_be_hidden()
    expect(page.locator(".lg-user summary")).to_be_focused()


def test_lists_filter_without_loading_the_page_again(visit):
    page = visit("coordinamento.genova")
    page.goto("/people")
    page.evaluate("window.stayed = true")
    page.select_option("select[name=gender]", "f")
    page.wait_for_url(re.compile("gender=f"))
    assert page.evaluate("window.stayed")
    expect(page.locator("#table select[name=gender]")).to_have_value("f")
    page.reload()
    expect(page.locator("#table select[name=gender]")).to_have_value("f")


def test_everything_prints(visit):
    page = visit("equipe.genova")
    page.goto("/people")
    page.locator("tbody a").first.click()
    page.emulate_media(media="print")
    for hidden in (".lg-nav", ".lg-search", ".lg-footer", ".person-actions a"):
        if page.locator(hidden).count():
            expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
