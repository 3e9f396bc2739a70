"""What is done offline with a contact of tonight, in a real browser: corrected, sent on with a card, pictured."""

import io
import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect

from lgnet.core.qr import qr_code
from tests.e2e.conftest import check
from tests.e2e.street_phone import (
    APP,
    a_colleague,
    on_server,
    photo,
    record,
    row_of,
    save,
    save_and_see,
    sent,
    set_up,
    unlock,
)

pytestmark = pytest.mark.e2e
ON_ITS_WAY = re.compile("non è ancora arrivat|has not arrived")


def open_contact(page, nickname: str) -> None:
    page.goto(f"{APP}#home")
    page.locator("#tonight li", has_text=nickname).locator("a").click()
    expect(page.locator("#screen-one")).to_be_visible()


def test_a_card_made_offline_is_typed_at_the_desk(new_phone, visit, machine, axe):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    record(page, "Tesserata")
    open_contact(page, "Tesserata")
    expect(page.locator("#one-facts")).to_contain_text("Tesserata")
    page.click("#one-refer")
    expect(page.locator("a[href='tel:112']")).to_be_hidden()
    page.click(".app-emergency summary")
    expect(page.locator("a[href='tel:112']")).to_be_visible()
    expect(page.locator("#receivers input:checked")).to_have_count(1)
    page.fill("#refer [name=reason]", "permesso scaduto")
    page.click("#lock")
    unlock(page)
    expect(page.locator("#refer [name=reason]")).to_have_value("permesso scaduto")
    page.click("#refer .btn-primary")
    expect(page.locator("#screen-card")).to_be_visible()
    code = page.locator(".card-code").inner_text().replace("\n", "").replace(" ", "")
    drawn = qr_code(code)
    assert page.get_attribute("#card .card-qr", "viewBox") == f"0 0 {drawn.size} {drawn.size}"
    assert page.get_attribute("#card .card-qr path", "d") == drawn.path
    page.select_option("#card-language", "ar")
    expect(page.locator("#card")).to_have_attribute("dir", "rtl")
    check(page, axe, "street-app-card-ar-390")

    desk = visit("sportello.genova")
    desk.goto("/desk/arrivals/new")
    desk.fill("#q", code)
    expect(desk.locator("#found")).to_contain_text(ON_ITS_WAY)
    record(page, "Seconda")
    open_contact(page, "Seconda")
    page.click("#one-refer")
    page.click("#refer .btn-primary")
    expect(page.locator("#screen-card")).to_be_visible()
    other = page.locator(".card-code").inner_text().replace("\n", "").replace(" ", "")
    assert other != code
    page.reload()
    unlock(page)
    expect(page.locator(".card-code")).to_be_visible()
    context.set_offline(False)
    sent(page)
    desk.fill("#q", f"{code[:3]} {code[3:]}".lower())
    expect(desk.locator("#found")).to_contain_text("permesso scaduto")
    desk.fill("#q", "")
    desk.fill("#q", other)
    expect(desk.locator("#found")).to_contain_text("Seconda")
    rows = row_of(machine, "cases_referral", "code, called", "code IN (?, ?) ORDER BY called", code, other)
    assert rows == [(other, "Seconda"), (code, "Tesserata")]
    open_contact(page, "Tesserata")
    expect(page.locator("#one-refer")).to_be_hidden()
    page.click("#one-card")
    expect(page.locator(".card-code")).to_have_text(code)


def test_a_correction_offline_meets_one_from_the_page(new_phone, visit, machine):
    a_colleague(machine, "collega.genova")
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    record(page, "Sbagliata")
    open_contact(page, "Sbagliata")
    page.click("#one-correct")
    expect(page.locator("#who-nickname")).to_be_hidden()
    save(page)
    expect(page.locator("#form-problem")).to_be_visible()  # nothing is different
    page.fill("#contact [name=nickname]", "Giusta")
    page.click("#lock")  # what is corrected is a draft as well
    unlock(page)
    expect(page.locator("#contact [name=nickname]")).to_have_value("Giusta")
    save_and_see(page)
    expect(page.locator("#saved")).to_contain_text("Giusta")
    expect(page.locator("#tonight li")).to_have_count(1)
    expect(page.locator("#tonight li")).to_contain_text("Giusta")
    expect(page.locator("#state")).to_contain_text("2")
    page.click("#saved button")  # taken back, and saved again
    expect(page.locator("#contact [name=nickname]")).to_have_value("Giusta")
    save_and_see(page)
    context.set_offline(False)
    sent(page)
    assert on_server(machine, "Giusta") == ["Giusta"]
    assert on_server(machine, "Sbagliata") == []

    context.set_offline(True)
    open_contact(page, "Giusta")
    page.click("#one-correct")
    page.fill("#contact [name=next_step]", "venerdì allo sportello")
    page.locator("input[name=needs][value=health]").uncheck(force=True)
    save_and_see(page)
    ((contact,),) = row_of(machine, "outreach_contact", "id", "nickname = 'Giusta'")
    office = visit("collega.genova")
    office.goto(f"/street/{uuid.UUID(contact)}/change")
    office.fill("[name=next_step]", "lunedì in ambulatorio")
    office.locator("main form button.btn-primary").last.click()
    office.wait_for_url(lambda url: "/change" not in url)
    context.set_offline(False)
    expect(page.locator("#to-mend")).to_be_visible()
    page.click("#to-mend")
    expect(page.locator("#conflict li")).to_have_count(1)
    conflicts = row_of(machine, "outreach_conflict", "id, field, proposed, server_value", "contact_id = ?", contact)
    ((_id, field, *values),) = conflicts
    assert (field, *map(json.loads, values)) == ("next_step", "venerdì allo sportello", "lunedì in ambulatorio")
    ((step, needs),) = row_of(machine, "outreach_contact", "next_step, needs", "id = ?", contact)
    assert (step, needs) == ("lunedì in ambulatorio", "[]")

    office.goto(f"/street/conflicts/{uuid.UUID(conflicts[0][0])}")
    office.locator("input[name=choice][value=device]").check(force=True)
    office.locator("main form button.btn-primary").last.click()
    office.wait_for_load_state()
    page.click("#send-now")
    expect(page.locator("#chosen li")).to_have_count(1)
    expect(page.locator("#conflict .app-reason")).to_contain_text("Collega Di Prova")  # and it says that it was chosen
    expect(page.locator("#outbox-count")).to_be_empty()
    assert row_of(machine, "outreach_contact", "next_step", "id = ?", contact) == [("venerdì allo sportello",)]


def test_a_picture_taken_offline_is_on_the_server_once(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    record(page, "Fotografata")
    open_contact(page, "Fotografata")
    text = {"name": "note.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"}
    page.set_input_files("#picture-file", text)
    expect(page.locator("#picture-problem")).to_contain_text(re.compile("JPEG"))
    page.set_input_files("#picture-file", text | {"buffer": bytes(10 * 1024 * 1024 + 1)})
    expect(page.locator("#picture-problem")).to_contain_text("10 MB")
    page.set_input_files("#picture-file", photo())
    page.fill("#picture-caption", "foglio di via")
    page.click("#lock")  # what was chosen is kept, encrypted, and comes back
    unlock(page)
    expect(page.locator("#picture-caption")).to_have_value("foglio di via")
    expect(page.locator("#picture-said")).to_be_visible()
    page.click("#picture-form button")
    expect(page.locator("#picture-problem")).to_be_visible()  # the person has not agreed
    page.check("#picture-agreed")
    page.click("#picture-form button")
    expect(page.locator("#one-pictures li")).to_contain_text("foglio di via")
    expect(page.locator("#state")).to_contain_text("2")
    bodies: list[bytes] = []

    def lose_the_first_reply(route):
        bodies.append(route.request.post_data_buffer)
        if len(bodies) == 1:
            assert route.fetch().status == 200
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/api/street/v1/pictures/*", lose_the_first_reply)
    context.set_offline(False)
    expect(page.locator("#state")).to_contain_text("1")  # the contact is there, the picture is tried again
    assert on_server(machine, "Fotografata") == ["Fotografata"]
    page.goto(f"{APP}#send")
    page.click("#send-now")
    sent(page)
    assert len(bodies) == 2
    jpeg = bodies[0][bodies[0].index(b"\xff\xd8") :]
    drawn = Image.open(io.BytesIO(jpeg))
    assert drawn.size == (2000, 1000)
    assert not drawn.getexif()
    its_own = "contact_id IN (SELECT id FROM outreach_contact WHERE nickname = 'Fotografata')"
    assert row_of(machine, "outreach_contactpicture", "caption", its_own) == [("foglio di via",)]
    kept = page.evaluate("import('/static/street/store.js').then((store) => store.beginningWith('sealed', 'content/'))")
    assert kept == []  # what the server has is not on the phone

    page.evaluate(
        """([made]) => import("/static/street/pictures.js").then(({ add, list }) =>
            list().then(([first]) => add(first.contact, new Blob(["rovinata"]), made)))""",
        ["rovinata"],
    )
    page.click("#send-now")
    expect(page.locator("#refused .app-reason")).not_to_be_empty()
    expect(page.locator("#to-mend")).to_have_count(1)
    page.click("#refused button >> nth=1")  # somebody looks at it, and deletes it
    expect(page.locator("#refused li")).to_have_count(0)
    expect(page.locator("#outbox-empty")).to_be_visible()
    assert len(row_of(machine, "outreach_contactpicture", "id", its_own)) == 1


def moments(machine, nickname: str) -> list[datetime]:
    rows = row_of(machine, "outreach_contact", "occurred_at", "nickname LIKE ? ORDER BY nickname", f"{nickname}%")
    return [datetime.fromisoformat(row[0]).replace(tzinfo=UTC) for row in rows]


def test_a_wrong_clock_is_put_right_and_the_order_kept(new_phone, machine):
    context = new_phone()
    context.clock.install(time=datetime.now(UTC) + timedelta(days=1))
    page = set_up(context)
    context.set_offline(True)
    for name in ("Avanti 1", "Avanti 2"):
        record(page, name)
    context.set_offline(False)
    sent(page)
    context.set_offline(True)
    page.clock.set_system_time(datetime.now(UTC) - timedelta(days=1))
    page.evaluate("import('/static/street/sync.js').then((sync) => sync.keepLease())")
    people = "import('/static/street/store.js').then((store) => store.get('sealed', 'people'))"
    assert not page.evaluate(people)  # nobody can tell how late it is: the lease has ended
    for name in ("Indietro 1", "Indietro 2"):
        record(page, name)
    open_contact(page, "Indietro 1")
    page.click("#one-correct")
    page.locator("#contact details").first.evaluate("one => one.open = true")
    shown = datetime.fromisoformat(page.input_value("#contact [name=occurred_at]"))
    page.fill("#contact [name=occurred_at]", (shown - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M"))
    save_and_see(page)
    context.set_offline(False)
    sent(page)
    for _turn in range(60):  # they are fetched after the queue was sent
        if page.evaluate(people):
            break
        page.wait_for_timeout(250)
    assert page.evaluate(people)
    now = datetime.now(UTC)
    first, second = moments(machine, "Avanti")
    assert first < second
    assert abs(now - second) < timedelta(minutes=5)
    first, second = moments(machine, "Indietro")
    assert timedelta(minutes=29) < second - first < timedelta(minutes=32)
    assert abs(now - second) < timedelta(minutes=5)
    assert not row_of(machine, "outreach_conflict", "field", "field = 'occurred_at'")
    clocks = row_of(machine, "outreach_operation", "DISTINCT clock", "clock != 'right'")
    assert sorted(clocks) == [("ahead",), ("behind",)]
