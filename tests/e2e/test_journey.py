"""One person from the street to an outcome, in a real browser, each step by who does it; the figures show it."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import check, send

pytestmark = pytest.mark.e2e
PHONE = 390


def figure(page, code):
    """The number that the page of figures shows for an indicator."""
    page.goto("/indicators")
    text = page.locator(f".lg-card:has(a[href*='/indicators/{code}']) .lg-figure-value").first.inner_text()
    return int(re.sub(r"\D", "", text) or 0)


def fits_a6(page, axe):
    """The card, in every language, is no higher than a sheet of A6 with its margins; in Arabic it is mirrored."""
    page.locator(".card-languages a[lang=ar]").click()
    expect(page.locator(".paper-card")).to_have_attribute("dir", "rtl")
    check(page, axe, "card-ar-390")
    page.set_viewport_size({"width": 360, "height": 520})
    for code in page.eval_on_selector_all(".card-languages a", "all => all.map(a => a.lang)"):
        page.locator(f".card-languages a[lang={code}]").click()
        expect(page.locator(".paper-card")).to_have_attribute("lang", code)
        page.emulate_media(media="print")
        box = page.locator(".paper-card").bounding_box()
        assert box["height"] <= 521, code
        assert box["width"] <= 360, code
        page.emulate_media(media="screen")
    page.set_viewport_size({"width": PHONE, "height": 844})


# What browsers of phones and of some desktops have; the one of the tests has a camera only, which shows no card.
DETECTOR = """
  window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect(video) { return video.readyState ? [{ rawValue: "%s" }] : []; }
  };
"""


def scan(desk, axe, code):
    """The camera fills the box where the browser reads codes; without, or not allowed, one types."""
    desk.goto("/desk")
    expect(desk.locator("[data-scan]")).to_be_hidden()
    desk.add_init_script(DETECTOR % code)
    desk.reload()
    desk.locator("[data-scan]").click()
    expect(desk.locator("#scan [data-refused]")).to_be_visible()
    check(desk, axe)
    desk.keyboard.press("Escape")
    expect(desk.locator("#receive-q")).to_be_focused()
    desk.context.grant_permissions(["camera"])
    desk.locator("[data-scan]").click()
    expect(desk.locator(".card-found")).to_contain_text(code)


def test_from_an_anonymous_contact_to_a_closed_case(visit, axe):
    ministry = visit("ministero.ministero")
    before = {code: figure(ministry, code) for code in ("contacts", "taken_in_charge", "participants")}

    street = visit("strada.genova", width=PHONE)
    street.goto("/street/new")
    where = street.locator("details.street-where")
    if where.get_attribute("open") is None:
        where.locator("summary").click()
    street.select_option("select[name=zone]", index=1)
    street.locator("#who-anonymous").check()
    street.locator("input[name=needs]").first.check()
    check(street, axe, "contact-new-390")
    send(street)
    check(street, axe, "contact-390")
    street.locator("a[href$='/refer']").first.click()
    check(street, axe)
    send(street)
    code = street.locator(".paper-card-code").inner_text().replace("\n", "").replace(" ", "")
    assert re.fullmatch(r"[A-Z0-9]{6}", code)
    check(street, axe, "card-390")
    fits_a6(street, axe)

    desk = visit("sportello.genova")
    scan(desk, axe, code)
    desk.goto("/desk")
    expect(desk.locator("#receive-q")).to_be_focused()
    desk.keyboard.type(code)  # as a hand scanner does
    desk.keyboard.press("Enter")
    expect(desk.locator(".card-found")).to_contain_text(code)
    desk.locator("input[name=person-given_names]").fill("Aminata Prova")
    desk.locator("input[name=person-family_names]").fill("Girandola")
    desk.locator("input[name=person-birth_date]").fill("12/05/1994")
    desk.select_option("select[name=person-gender]", "f")
    desk.locator("input[name=person-citizenship]").fill("Senegal")
    check(desk, axe, "desk-receive-1280")
    send(desk)
    expect(desk.locator("h1")).to_contain_text("Aminata Prova Girandola")
    person = desk.url.split("?")[0]
    pseudonym = desk.locator(".lg-eyebrow").inner_text()
    expect(desk.locator(".lg-timeline")).to_contain_text(re.compile("Unità mobile", re.IGNORECASE))
    check(desk, axe)

    desk.goto(f"{person}/notice")
    desk.locator("input[name=method]").first.check(force=True)
    desk.fill("input[name=language]", "Francese")
    send(desk)
    desk.goto(f"{person}/eligibility")
    desk.select_option("select[name=title_type]", "asylum_request")
    desk.locator("input[name=verdict][value=eligible]").check(force=True)
    check(desk, axe, "eligibility-1280")
    send(desk)
    desk.goto(f"/cases/new?person={person.rsplit('/', 1)[1]}")
    colleague = visit("equipe.genova")
    name = colleague.locator(".lg-user-name").inner_text()
    desk.select_option("select[name=manager]", label=name)
    check(desk, axe, "case-new-1280")
    send(desk)

    case = desk.url
    assert "/cases/" in case or "/open?" in case
    colleague.goto("/cases?whose=managed&status=open&sort=-opened_on")
    colleague.locator("tbody a", has_text="Girandola").first.click()
    case = colleague.url
    colleague.goto(f"{case}/assessment")
    colleague.fill("textarea[name=note]", "Dorme da due settimane vicino alla stazione.\nمرحبا 😀")
    colleague.select_option("select[name=housing]", "1")
    check(colleague, axe, "assessment-1280")
    send(colleague)
    colleague.goto(f"{case}/plan")
    for number, (area, words) in enumerate([("housing", "Un posto dove dormire"), ("work", "Un lavoro in cucina")]):
        colleague.fill(f"textarea[name=goals-{number}-words]", words)
        colleague.select_option(f"select[name=goals-{number}-area]", area)
    check(colleague, axe, "plan-1280")
    send(colleague)
    colleague.locator("a[href$='/sign']").first.click()
    colleague.select_option("select[name=language]", "fr")
    colleague.locator("input[name=how][value=paper]").check(force=True)
    check(colleague, axe)
    send(colleague)
    colleague.goto(f"{case}/service")
    colleague.select_option("select[name=service_type]", index=3)
    send(colleague)
    check(colleague, axe, "case-1280")
    colleague.goto(f"{case}/close")
    colleague.select_option("select[name=outcome]", "goal_reached")
    colleague.select_option("select[name=destination]", index=1)
    for goal in colleague.locator("select[name^=goal_]").all():
        goal.select_option("reached")
    check(colleague, axe, "case-close-1280")
    send(colleague)
    colleague.goto(person)
    check(colleague, axe, "person-1280")

    after = {code: figure(ministry, code) for code in before}
    assert after == {code: number + 1 for code, number in before.items()}
    boss = visit("coordinamento.genova")
    boss.goto("/indicators")
    check(boss, axe, "indicators-1280")
    boss.locator(".lg-figure-value a[href*='/indicators/participants/evidence']").click()
    expect(boss.locator("#table")).to_contain_text(pseudonym)
    expect(boss.locator("main")).not_to_contain_text("Aminata")
    check(boss, axe, "evidence-1280")

    stranger = visit("equipe.milano")
    for address in (person, case, f"{person}/edit", f"{case}/close"):
        answer = stranger.goto(address)
        assert answer is not None
        assert answer.status == 404
    stranger.goto("/people?q=Girandola")
    expect(stranger.locator("main")).not_to_contain_text("Aminata")
