"""The day of a desk in a real browser: who comes, what is asked, what is promised, and what the person sees of it."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lgnet.catalogue.opening import is_holiday
from tests.e2e.conftest import check, send
from tests.e2e.desk import (
    at_counter,
    book,
    call_next,
    day_to_come,
    give_ticket,
    new_counter,
    new_opening,
    new_person,
    new_screen,
    press,
    take_number,
)
from tests.e2e.street_phone import a_colleague, row_of
from tests.files.papers import a_pdf

pytestmark = pytest.mark.e2e
DESK = "sportello.genova"
ARABIC = "العربية"


def both_widths(page, axe, name):
    """Look at a page on a desk and on a phone, with a picture of each."""
    check(page, axe, f"{name}-1280")
    page.set_viewport_size({"width": 390, "height": 844})
    check(page, axe, f"{name}-390")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_three_counters_call_those_whom_a_kiosk_gave_numbers(visit, axe, machine):
    boss = visit("coordinamento.genova")
    kiosk, display = visit(width=1024), visit()
    kiosk.goto(new_screen(boss, "kiosk", "Ingresso di giornata"))
    display.goto(new_screen(boss, "display", "Sala di giornata"))
    names = [f"Postazione di prova {letter}" for letter in "ABC"]
    for name in names:
        new_counter(boss, name)
    kiosk.locator("#languages button", has_text=ARABIC).click()
    expect(kiosk.locator("html")).to_have_attribute("dir", "rtl")
    kiosk.locator("#topics button").first.click()
    expect(kiosk.locator("#step-number")).to_be_visible()
    check(kiosk, axe, "kiosk-number-ar-1024")
    given = {int(kiosk.locator("#number").inner_text())}
    kiosk.locator("#done").click()
    given.add(take_number(kiosk, "English"))
    kiosk.locator("#done").click()
    kiosk.context.set_offline(True)
    given.add(take_number(kiosk, ARABIC, 1))
    kiosk.locator("#done").click()
    kiosk.context.set_offline(False)

    a_colleague(machine, "terza.genova", of=DESK)
    counters = [visit(DESK), visit("accoglienza.genova"), visit("terza.genova", width=390)]
    for page, name in zip(counters, names, strict=True):
        at_counter(page, name)
    offline = str(max(given))
    expect(counters[0].locator(".queue-small-number", has_text=offline)).to_be_visible(timeout=30_000)
    both_widths(counters[0], axe, "desk-queue-three")
    seen: list[int] = []
    for _round in range(4):  # others may wait since other tests
        seen += [call_next(page) for page in counters if not given <= set(seen)]
    assert given <= set(seen)
    assert len(seen) == len(set(seen))  # no number twice
    expect(display.locator("#called li", has_text=str(seen[-1]))).to_be_visible(timeout=10_000)
    check(display, axe, "display-three-counters-1280")


def test_somebody_is_registered_and_asks_for_several_things(visit, axe):
    desk = visit(DESK)
    new_person(desk, "Zeudi", "Calicanto", "12/05/1991")
    give_ticket(desk)
    at_counter(desk)
    call_next(desk)
    with desk.expect_navigation():
        desk.locator("#receive").click()
    expect(desk.locator("[name=ticket]")).not_to_have_value("")
    desk.locator("#who-new").check(force=True)
    desk.locator("input[name=person-birth_date]").fill("12/05/1991")
    desk.locator("input[name=person-given_names]").press_sequentially("Zeudi")
    desk.locator("input[name=person-family_names]").press_sequentially("Calicanto")
    expect(desk.locator("#likely .likely-row").first).to_contain_text("Calicanto")
    both_widths(desk, axe, "desk-likely")
    desk.locator("input[name=person-birth_date]").fill("")
    desk.locator("input[name=person-given_names]").fill("Rahel Prova")
    desk.locator("input[name=person-family_names]").fill("Bucaneve")
    expect(desk.locator("#likely .likely-row")).to_have_count(0)
    with desk.expect_navigation():
        desk.locator("button[name=ask]").click()
    expect(desk.locator("h1")).to_contain_text("Rahel Prova Bucaneve")

    rows = desk.locator(".ask-row")
    for number, topic in enumerate((0, 1, 2, 3), start=1):
        desk.locator(".ask-topic").nth(topic).click()
        expect(rows).to_have_count(number)
    first = desk.locator(".ask-row.is-open textarea[name=words]").first
    first.fill("Il permesso scade fra un mese. متى؟")
    first.blur()
    expect(desk.locator(".ask-state", has_text="Testo salvato").first).to_be_visible()
    both_widths(desk, axe, "desk-requests")
    for outcome in ("answered", "appointment", "later"):
        before = desk.locator(".ask-row.is-open").count()
        desk.locator(f".ask-row.is-open button[value={outcome}]").first.click()
        expect(desk.locator(".ask-row.is-open")).to_have_count(before - 1)
    press(desk, "Chiudi la visita")  # one has no outcome yet
    expect(desk.locator("#requests .lg-summary, #requests [role=alert]").first).to_be_visible()
    last = desk.locator(".ask-row.is-open")
    last.locator("details > summary").first.click()
    last.locator("button[value=impossible]").click()
    expect(desk.locator(".ask-row.is-open")).to_have_count(0)
    press(desk, "Chiudi la visita")
    desk.goto("/desk/requests/promised")
    expect(desk.locator("main")).to_contain_text("Bucaneve")
    both_widths(desk, axe, "desk-promised")
    desk.goto("/desk/requests")
    both_widths(desk, axe, "desk-request-list")
    desk.goto("/desk")
    both_widths(desk, axe, "desk-today")


def test_an_appointment_is_booked_moved_and_printed(visit, axe):
    desk = visit(DESK)
    kind, day = "Colloquio di prova", day_to_come()
    new_opening(desk, kind, day, ("18:00", "19:00"))
    person = new_person(desk, "Idris Prova", "Corbezzolo")
    desk.goto(person)
    desk.locator(".person-actions a[href*='/appointments/new']").click()
    both_widths(desk, axe, "appointment-kinds")
    desk.locator(".appointment-kinds a", has_text=kind).click()
    both_widths(desk, axe, "appointment-times")
    with desk.expect_navigation():
        desk.locator(".appointment-times button").first.click()
    expect(desk.locator(".appointment-when")).to_contain_text("18:00")
    desk.locator("a[href$='/move']").click()
    check(desk, axe)
    with desk.expect_navigation():
        desk.locator(".appointment-times button").last.click()
    expect(desk.locator(".appointment-when")).to_contain_text("18:30")
    both_widths(desk, axe, "appointment")
    desk.locator("a[href$='/slip']").click()
    desk.locator(".card-languages a[lang=ar]").click()
    expect(desk.locator(".paper-card")).to_have_attribute("dir", "rtl")
    both_widths(desk, axe, "appointment-slip-ar")
    desk.goto(f"/appointments?day={day.isoformat()}")
    expect(desk.locator("main")).to_contain_text("Corbezzolo")
    both_widths(desk, axe, "appointment-day")


@pytest.mark.skipif(
    timezone.localtime().hour == 23 or is_holiday(timezone.localdate(), "GE"),
    reason="no half hour is left of today, or the desk is closed",
)
def test_somebody_with_an_appointment_comes(visit, axe):
    desk = visit("accoglienza.genova")
    kind, today = "Colloquio di oggi", timezone.localdate()
    new_opening(desk, kind, today, ("19:30", "23:55"))
    person = new_person(desk, "Nura Prova", "Asfodelo")
    book(desk, person, kind)
    desk.goto("/desk")
    row = desk.locator(".desk-row", has_text="Asfodelo").first
    with desk.expect_navigation():
        row.get_by_role("button").click()
    expect(desk.locator(".desk-row", has_text="Asfodelo").first).to_contain_text("la persona è qui")
    both_widths(desk, axe, "desk-today-appointments")
    with desk.expect_navigation():
        desk.locator(".desk-row", has_text="Asfodelo").first.get_by_role("button").click()
    expect(desk.locator(".desk-row", has_text="Asfodelo").first).to_contain_text("svolto")


def test_mail_a_shower_and_a_document(visit, axe):
    desk = visit(DESK)
    person = new_person(desk, "Yonas Prova", "Ginestra")
    desk.goto(person)
    desk.locator("a[href*='/desk/mail/new']").click()
    send(desk)
    box = desk.url
    desk.locator("main form[action$='/letters/new'] button").click()
    desk.goto(box)
    expect(desk.locator("input[name=letters]")).to_have_count(1)
    both_widths(desk, axe, "desk-mailbox")
    desk.locator("input[name=letters]").check(force=True)
    press(desk, "Consegna")
    expect(desk.locator("#waiting-heading")).to_contain_text("0")

    desk.goto("/desk/counted")
    desk.locator(".counted-types a", has_text="Doccia").click()
    expect(desk.locator(".counted-types a[aria-current]")).to_contain_text("Doccia")
    desk.fill("#counted-q", "Ginestra")
    desk.locator("#counted-only").click()
    expect(desk.locator(".counted-latest")).to_contain_text("Yonas Prova Ginestra")
    both_widths(desk, axe, "desk-counted")

    desk.goto(f"{person}/documents/new")
    desk.locator("#id_pages").set_input_files({"name": "p.pdf", "mimeType": "application/pdf", "buffer": a_pdf()})
    desk.select_option("#id_kind", "permit")
    desk.locator("main form button.btn-lg").click()
    desk.wait_for_url(re.compile(r"/people/documents/[0-9a-f-]{36}$"))
    both_widths(desk, axe, "document")
    desk.goto(person)
    expect(desk.locator("#story")).to_contain_text("Doccia")
    both_widths(desk, axe, "person-desk")


def test_a_body_outside_answers_by_its_link_and_both_read_the_same(visit, axe, machine):
    desk = visit(DESK)
    body, person = "Ambulatorio di prova", new_person(desk, "Amal Prova", "Lentisco")
    desk.goto("/referrals/receivers/new")
    desk.fill("input[name=name]", body)
    desk.select_option("select[name=kind]", index=1)
    desk.fill("input[name=email]", "ambulatorio@example.org")
    send(desk)
    desk.goto(f"/referrals/new?person={person.rsplit('/', 1)[1]}")
    option = desk.locator("select[name=to_team] option", has_text=body).get_attribute("value")
    desk.select_option("select[name=to_team]", option)
    desk.fill("textarea[name=reason]", "Serve una visita. الموعد صباحا")
    desk.locator("main details summary").first.click()
    desk.locator("input[name=by_mail]").check(force=True)
    desk.select_option("select[name=basis]", index=1)
    desk.locator("input[name=notice_method]").first.check(force=True)
    desk.fill("input[name=notice_language]", "Arabo")
    both_widths(desk, axe, "referral-new")
    send(desk)
    referral = desk.url.removesuffix("/card")
    assert re.search(r"/referrals/[0-9a-f-]{36}", referral)

    (text,) = row_of(machine, "messaging_outgoingmessage", "text", "kind = 'referral_link' ORDER BY created_at DESC")[0]
    assert "Lentisco" not in text  # the mail tells nothing of the person
    outside = visit()
    outside.goto(re.search(r"/answer/\S+", text)[0])
    expect(outside.locator("main")).not_to_contain_text("Lentisco")
    both_widths(outside, axe, "answer-enter")
    outside.fill("input[name=name]", "Dott.ssa Prova, accettazione")
    with outside.expect_navigation():
        outside.locator("main form button.btn-primary").click()
    both_widths(outside, axe, "answer")
    outside.fill("input[name=answer]", "Piano terra, stanza 4")
    press(outside, "Aspettiamo la persona")
    outside.fill("textarea[name=text]", "Porti gli esami che ha.")
    press(outside, "Scrivi")
    desk.goto(referral)
    expect(desk.locator("main")).to_contain_text("Piano terra, stanza 4")
    expect(desk.locator(".referral-thread")).to_contain_text("Porti gli esami che ha.")
    desk.fill("main textarea[name=text]", "Grazie: non ne ha.")
    press(desk, "Scrivi")
    both_widths(desk, axe, "referral-thread")
    with outside.expect_response(lambda answer: answer.url.endswith("/read") and answer.ok):
        outside.reload()
    expect(outside.locator(".referral-thread")).to_contain_text("Grazie: non ne ha.")
    desk.reload()
    expect(desk.locator(".referral-note.is-mine")).to_contain_text("da Dott.ssa Prova")  # that it was read there
    assert outside.locator(".referral-thread .referral-note-text").all_inner_texts() == ["Porti gli esami che ha.", "Grazie: non ne ha."]  # fmt: skip


def test_who_cannot_come_says_so_and_the_time_goes_to_who_waits(visit, axe):
    desk = visit(DESK)
    kind = "Posto solo di prova"
    new_opening(desk, kind, day_to_come(), ("19:30", "20:00"))
    first, second = new_person(desk, "Layla Prova", "Mirtillo"), new_person(desk, "Bilal Prova", "Sambuco")
    book(desk, first, kind)
    desk.goto(second)
    desk.locator(".person-actions a[href*='/appointments/new']").click()
    desk.locator(".appointment-kinds a", has_text=kind).click()
    desk.locator("a[href*='/waiting/new']").click()
    check(desk, axe)
    send(desk)
    desk.goto(f"{first}/own-card")
    desk.select_option("select[name=language]", "ar")
    check(desk, axe)
    press(desk, "Fai la tessera")
    pin = re.sub(r"\D", "", desk.locator(".own-pin-figures").inner_text())
    code = desk.locator(".own-card-code").inner_text().split(":")[-1].replace(" ", "").strip()
    both_widths(desk, axe, "own-card")

    phone = visit(width=390, language="ar")
    phone.goto(f"/me/{code}")
    check(phone, axe, "own-enter-ar-390")
    phone.fill("input[name=pin]", pin)
    with phone.expect_navigation():
        phone.locator("form.own-form button.own-main").click()
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    expect(phone.locator(".own-when").first).to_contain_text(re.compile("19:30|١٩:٣٠"))
    check(phone, axe, "own-home-ar-390")
    phone.locator("a[href$='/cannot']").first.click()
    check(phone, axe, "own-cannot-ar-390")
    with phone.expect_navigation():
        phone.locator("button[value=cannot]").click()
    check(phone, axe, "own-appointments-ar-390")
    for page in ("services", "looks", "rights"):
        phone.goto(f"/me/{page}")
        check(phone, axe, f"own-{page}-ar-390")

    desk.goto(second)
    desk.locator("#appointments-heading ~ ul a, section[aria-labelledby=appointments-heading] a").first.click()
    expect(desk.locator("main")).to_contain_text("La proposta vale fino a")
    both_widths(desk, axe, "appointment-offered")
    press(desk, "La persona accetta la proposta")
    desk.goto("/appointments/waiting")
    both_widths(desk, axe, "appointment-waiting")
