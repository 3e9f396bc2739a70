"""Steps of a day at a desk that several browser tests take: screens, numbers, persons, openings."""

import re
from datetime import date, timedelta

import holidays
from django.utils import timezone
from playwright.sync_api import Page, expect


def press(page: Page, name, *, within: str = "main") -> None:
    """Press a button by its name, and wait for where it leads."""
    with page.expect_navigation():
        page.locator(within).get_by_role("button", name=name).first.click()


def new_screen(page: Page, kind: str, name: str) -> str:
    """Make a screen of the first desk; return its address."""
    page.goto("/desk/queue/setup")
    page.locator("main a[href$='/screens/new']").first.click()
    page.locator(f"main input[value={kind}]").check(force=True)
    page.fill("main [name=name]", name)
    with page.expect_navigation():
        page.locator("main form[method=post] button.btn-primary").last.click()
    return page.locator("main a.text-break").get_attribute("href") or ""


def new_counter(page: Page, name: str) -> None:
    """Add a counter to the first desk."""
    page.goto("/desk/queue/setup")
    page.locator("main a[href$='/counters/new']").first.click()
    page.fill("main [name=name]", name)
    press(page, "Salva")


def take_number(kiosk: Page, language: str, topic: int = 0) -> int:
    """A number as somebody who waits takes it: language, topic."""
    kiosk.locator("#languages button", has_text=language).click()
    kiosk.locator("#topics button").nth(topic).click()
    expect(kiosk.locator("#step-number")).to_be_visible()
    return int(kiosk.locator("#number").inner_text())


def new_person(page: Page, given: str, family: str, born: str = "") -> str:
    """Register somebody; return the address of the person's page."""
    page.goto("/people/new")
    page.fill("input[name=given_names]", given)
    page.fill("input[name=family_names]", family)
    page.fill("input[name=birth_date]", born)
    press(page, "Registra")
    expect(page.locator("h1")).to_contain_text(family)
    return page.url.split("?")[0]


def day_to_come() -> date:
    """A day on which people are received: no Sunday, Saturday or holiday."""
    closed, day = holidays.country_holidays("IT", subdiv="GE"), timezone.localdate() + timedelta(days=3)
    while day.weekday() > 4 or day in closed:
        day += timedelta(days=1)
    return day


def new_opening(page: Page, kind: str, day: date, hours: tuple[str, str]) -> None:
    """Say that the one who is signed in receives people on that day, for this kind of appointment alone."""
    page.goto("/appointments/setup")
    page.locator("main a[href$='/kinds/new']").first.click()
    page.fill("main [name=name_it]", kind)
    press(page, "Salva")
    page.goto("/appointments/setup")
    page.locator("main a[href$='/openings/new']").first.click()
    page.get_by_label(kind).check()
    page.select_option("main [name=operator]", label=page.locator(".lg-user-name").inner_text())
    page.fill("main [name=from_clock]", hours[0])
    page.fill("main [name=until_clock]", hours[1])
    page.fill("main [name=starts_on]", day.isoformat())
    press(page, "Salva")
    expect(page.locator("#openings-heading")).to_be_visible()


def book(page: Page, person: str, kind: str, number: int = 0) -> None:
    """Book from the person's page one of the times that are shown."""
    page.goto(person)
    page.locator(".person-actions a[href*='/appointments/new']").click()
    page.locator(".appointment-kinds a", has_text=kind).click()
    with page.expect_navigation():
        page.locator(".appointment-times button").nth(number).click()


def give_ticket(page: Page) -> None:
    """Give a number to somebody at the desk of the one who is signed in."""
    page.goto("/desk/queue")
    page.locator(".queue-give a").click()
    press(page, "Dai un numero")


def at_counter(page: Page, counter: str = "") -> None:
    """Work at the counter of that name of the first desk, or at the first one that is shown."""
    page.goto("/desk/queue")
    if page.locator("#call-next").count() == 0:
        row = page.locator(".queue-mine .desk-row", has_text=counter).first
        with page.expect_navigation():
            row.get_by_role("button").click()


def call_next(page: Page) -> int:
    """Call the next one; the number that came."""
    press(page, "Chiama il prossimo")
    return int("".join(re.findall(r"\d", page.locator(".queue-number").inner_text())))
