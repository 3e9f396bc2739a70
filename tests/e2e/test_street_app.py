"""The street app in a real browser with the network really off: nothing is lost, nothing is doubled, nothing is in clear."""

import re
import uuid
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import check
from tests.e2e.street_phone import (
    APP,
    NO_LIMIT,
    PIN,
    STORED,
    ask_to_empty,
    device_of,
    fill_queue,
    forget_that_one_just_signed_in,
    on_server,
    open_app,
    photo,
    receipt,
    record,
    row_of,
    save,
    save_and_see,
    sent,
    set_up,
    sign_in,
    stored,
    traces,
    unlock,
)

pytestmark = pytest.mark.e2e
UNSENT, NO_SIGNAL = re.compile("da inviare|to send"), re.compile("Senza segnale|No signal")

# The app goes behind another one, or comes back: a tab that is tested is never really hidden.
BEHIND = """(isBehind) => {
    Object.defineProperty(document, "hidden", { value: isBehind, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_twenty_contacts_recorded_offline_survive_closing_the_browser(new_phone, machine):
    context = new_phone(on_disk=True)
    set_up(context)
    context.set_offline(True)
    page = open_app(context)  # a new tab
    unlock(page)
    for n in range(20):
        record(page, f"Notte {n:02}")
    expect(page.locator("#state")).to_contain_text("20")
    expect(page.locator("#tonight li")).to_have_count(20)
    page.reload()
    expect(page.locator("#screen-lock")).to_contain_text("20")
    context.close()
    assert on_server(machine, "Notte") == []

    context = new_phone(on_disk=True)
    context.set_offline(True)
    page = open_app(context)
    unlock(page)
    expect(page.locator("#tonight li")).to_have_count(20)
    expect(page.locator("#state")).to_contain_text("20")
    context.set_offline(False)
    page.click(".app-tabs a[href='#send']")
    page.click("#send-now")
    expect(page.locator("#trouble a")).to_be_visible()  # the sign-in ended with the browser
    page.click("#trouble a")
    sign_in(page)
    unlock(page)
    sent(page)
    assert on_server(machine, "Notte") == [f"Notte {n:02}" for n in range(20)]


def test_a_reply_that_is_lost_and_a_cut_in_the_middle_double_nothing(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    fill_queue(page, [f"Taglio {n:03}" for n in range(120)])
    cut: list[int] = []

    def lose_replies(route: Route) -> None:
        if len(cut) < 2:
            cut.append(route.fetch().status)  # the server has done it, and the phone never hears
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/api/street/v1/sync", lose_replies)
    context.set_offline(False)
    page.goto(f"{APP}#send")
    for _try in range(3):
        page.click("#send-now")
        page.wait_for_timeout(700)
    sent(page)
    assert cut == [200, 200]
    assert on_server(machine, "Taglio") == [f"Taglio {n:03}" for n in range(120)]


def test_the_server_is_killed_while_it_takes_the_queue(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    fill_queue(page, [f"Ucciso {n:03}" for n in range(200)])
    with page.expect_response("**/api/street/v1/sync"):
        context.set_offline(False)
    machine.kill()
    expect(page.locator("#state")).to_contain_text(UNSENT)
    page.goto(f"{APP}#send")
    page.click("#send-now")
    expect(page.locator("#state")).to_contain_text(NO_SIGNAL)
    before = on_server(machine, "Ucciso")
    assert 50 <= len(before) < 200
    machine.start()
    page.click("#send-now")
    sent(page)
    assert on_server(machine, "Ucciso") == [f"Ucciso {n:03}" for n in range(200)]


def test_two_tabs_send_the_same_queue(new_phone, machine):
    context = new_phone()
    one = set_up(context)
    other = open_app(context)
    unlock(other)
    context.set_offline(True)
    fill_queue(one, [f"Doppio {n:03}" for n in range(60)])
    record(other, "Doppio 060")
    for page in (one, other):
        page.goto(f"{APP}#send")
    context.set_offline(False)
    for page in (one, other):
        page.click("#send-now", no_wait_after=True)
    for page in (one, other):
        sent(page)
        expect(page.locator("#outbox-empty")).to_be_visible()
    assert on_server(machine, "Doppio") == [f"Doppio {n:03}" for n in range(61)]


def test_a_new_version_waits_until_nothing_is_open_and_finds_the_queue(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    old = page.evaluate("import('/static/street/sync.js').then((sync) => sync.VERSION.app)")
    context.set_offline(True)
    record(page, "Vecchia uno")
    style = machine.folder / "static" / "street" / "app.css"
    content = style.read_text()
    try:
        machine.stop()
        style.write_text(content + "\n/* of the next version */\n")
        for packed in style.parent.glob("app.css.*"):
            packed.unlink()
        machine.start()
        context.set_offline(False)
        sent(page)  # the old app delivers to the new server
        page.click(".app-main-action")
        page.locator("#who-nickname").check(force=True)
        page.fill("#contact [name=nickname]", "Vecchia due")
        page.evaluate("navigator.serviceWorker.getRegistration('/street/app/').then((one) => one.update())")
        page.evaluate("navigator.serviceWorker.getRegistration('/street/app/').then(async (one) => "
                      "{ while (!one.waiting) await new Promise((go) => setTimeout(go, 50)); })")  # fmt: skip
        assert page.input_value("#contact [name=nickname]") == "Vecchia due"
        context.set_offline(True)
        save_and_see(page)
        context.set_offline(False)
        with page.expect_navigation():
            page.click("#lock")
        unlock(page)
        sent(page)
        assert page.evaluate("import('/static/street/sync.js').then((sync) => sync.VERSION.app)") != old
        assert len(page.evaluate("caches.keys()")) == 1
    finally:
        style.write_text(content)
        machine.stop()
        machine.start()
    assert on_server(machine, "Vecchia") == ["Vecchia due", "Vecchia uno"]


def test_wrong_pins_wait_longer_and_then_only_a_sign_in_helps(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    record(page, "Pin nascosto")
    page.click("#lock")
    for n in range(10):
        page.evaluate(
            """import("/static/street/store.js").then(async (store) => {
                const vault = await store.get("meta", "vault");
                await store.put("meta", "vault", { ...vault, until: 0 });
            })"""
        )  # as if one had waited
        page.reload()
        page.fill("#pin", "111222")
        page.click("#pin-go")
        if n in (3, 4):
            expect(page.locator("#pin-wait")).to_contain_text("10" if n == 3 else "20")
            expect(page.locator("#pin")).to_be_disabled()
        elif n < 9:
            expect(page.locator("#pin-problem")).to_be_visible()
    expect(page.locator("#recover-why")).to_be_visible(timeout=NO_LIMIT)
    page.reload()
    expect(page.locator("#screen-recover")).to_be_visible()
    assert not page.evaluate("import('/static/street/vault.js').then((vault) => vault.unlock('258036'))")["opened"]
    context.set_offline(False)
    page.fill("#recover-pin", "739105")
    page.fill("#recover-again", "739105")
    page.click("#recover-form .btn-primary")
    sent(page)
    assert on_server(machine, "Pin nascosto") == ["Pin nascosto"]
    page.click("#lock")
    unlock(page, "739105")


def test_it_locks_itself_and_keeps_the_draft_and_nothing_is_in_clear(new_phone, server):
    context = new_phone()
    set_up(context).close()
    page = context.new_page()
    page.clock.install()
    page.goto(APP)
    unlock(page)
    context.set_offline(True)
    record(page, "Segretissima")
    page.click(".app-main-action")
    page.locator("#who-nickname").check(force=True)
    page.fill("#contact [name=nickname]", "Lanterna bozza")
    page.evaluate("import('/static/street/form.js').then((form) => form.keepDraft())")
    called = page.evaluate(
        "import('/static/street/vault.js').then((vault) => vault.kept('people')).then((all) => all[0].called)"
    )
    assert called
    kept = stored(page)
    assert "PBKDF2" in kept  # the scripts in the cache are looked through as well
    for secret in ("Segretissima", "Lanterna bozza", called, PIN):
        assert secret not in kept
    cached = page.evaluate(
        "caches.keys().then(([name]) => caches.open(name)).then((one) => one.keys()).then((all) => all.map((r) => r.url))"
    )
    assert [url for url in cached if "/static/" not in url] == [f"{server}{APP}"]
    page.clock.fast_forward("06:00")
    expect(page.locator("#screen-lock")).to_be_visible()
    for secret in ("Lanterna", "Segretissima", called):
        assert secret not in page.content()
    assert page.input_value("#contact [name=nickname]") == ""
    unlock(page)
    expect(page.locator("#contact [name=nickname]")).to_have_value("Lanterna bozza")
    page.evaluate(BEHIND, True)
    page.clock.fast_forward("00:30")
    page.evaluate(BEHIND, False)
    expect(page.locator("#screen-lock")).to_be_hidden()  # half a minute behind another app is not long
    page.evaluate(BEHIND, True)
    page.clock.fast_forward("01:30")
    page.evaluate(BEHIND, False)
    expect(page.locator("#screen-lock")).to_be_visible()
    assert "Lanterna" not in page.content()


def test_without_a_word_from_the_server_for_too_long_the_people_go_and_the_queue_stays(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    record(page, "Dopo scadenza")
    page.click(".app-tabs a[href='#people']")
    expect(page.locator("#people li")).not_to_have_count(1)
    page.evaluate(
        """import("/static/street/store.js").then(async (store) => {
            const own = await store.get("meta", "device");
            await store.put("meta", "device", { ...own, lease_until: "2020-01-01T00:00:00Z" });
        })"""
    )  # as if 72 hours had gone by
    page.reload()
    expect(page.locator("#screen-lock")).to_be_visible()
    people = "import('/static/street/store.js').then((store) => store.get('sealed', 'people'))"
    assert not page.evaluate(people)  # before anybody has typed the PIN
    unlock(page)
    expect(page.locator("#no-people")).to_be_visible()
    expect(page.locator("#people li")).to_have_count(1)  # who was recorded on this phone
    record(page, "Dopo la scadenza")
    context.set_offline(False)
    sent(page)
    assert on_server(machine, "Dopo") == ["Dopo la scadenza", "Dopo scadenza"]
    page.click(".app-tabs a[href='#people']")
    expect(page.locator("#people li")).not_to_have_count(2)


def test_a_phone_that_is_lost_sends_what_it_has_empties_itself_and_says_so(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    record(page, "Perduta")
    device = device_of(page)
    ask_to_empty(machine, device)
    context.set_offline(False)
    expect(page.locator("#screen-emptied")).to_be_visible()
    assert receipt(machine, device) == 0
    assert on_server(machine, "Perduta") == ["Perduta"]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 1
    assert page.evaluate(STORED) == [1, 0, 0]  # only that it was emptied
    page.reload()
    expect(page.locator("#screen-emptied")).to_be_visible()


def test_a_lost_phone_whose_pin_nobody_types_says_what_was_not_sent(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    record(page, "Mai inviata")
    device = device_of(page)
    page.click("#lock")
    ask_to_empty(machine, device)
    forget_that_one_just_signed_in(machine)
    context.set_offline(False)
    expect(page.locator("#screen-emptied")).to_be_visible()
    assert receipt(machine, device) == 1


def test_a_link_cut_in_the_middle_of_emptying_brings_nothing_back(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    record(page, "Svuotata")
    device = device_of(page)
    ask_to_empty(machine, device)
    cut = {"sync": 0, "wiped": 0}

    def lose(name: str) -> Callable[[Route], None]:
        def lost(route: Route) -> None:
            cut[name] += 1
            return route.abort("connectionreset") if name == "wiped" else (route.fetch(), route.abort())[1]

        return lost

    page.route("**/api/street/v1/sync", lose("sync"), times=1)  # the server has it, and its order is not heard
    page.route("**/api/street/v1/wiped", lose("wiped"))
    context.set_offline(False)
    expect(page.locator("#state")).to_contain_text(NO_SIGNAL)
    page.goto(f"{APP}#send")
    page.click("#send-now")
    expect(page.locator("#screen-emptied")).to_be_visible()
    assert row_of(machine, "outreach_device", "wiped_at", "id = ?", uuid.UUID(device).hex) == [(None,)]
    context.set_offline(True)
    page.reload()
    expect(page.locator("#screen-emptied")).to_be_visible()
    assert page.evaluate(STORED) == [1, 0, 0]  # only the receipt
    page.unroute("**/api/street/v1/wiped")
    context.set_offline(False)
    with page.expect_response("**/api/street/v1/wiped"):
        page.reload()
    assert receipt(machine, device) == 0
    page.reload()
    expect(page.locator("#screen-emptied")).to_be_visible()
    assert page.evaluate(STORED)[1:] == [0, 0]
    assert cut["sync"] == 1
    assert cut["wiped"] > 0
    assert on_server(machine, "Svuotata") == ["Svuotata"]


def test_a_full_phone_says_so_and_keeps_what_is_there(new_phone, machine, server):
    context = new_phone()
    first = context.new_page()
    disk = context.new_cdp_session(first)
    disk.send("Storage.overrideQuotaForOrigin", {"origin": server, "quotaSize": 12_000_000})
    page = set_up(context)
    context.set_offline(True)
    record(page, "Piena uno")
    full = page.evaluate(
        """import("/static/street/store.js").then(async (store) => {
            const bytes = crypto.getRandomValues(new Uint8Array(60_000));
            for (let size = 60_000; size > 100; size = Math.floor(size / 2))
                for (let n = 0; n < 500; n += 1)
                    try {
                        await store.put("sealed", `other ${size} ${n}`, bytes.slice(0, size));
                    } catch (error) {
                        if (!store.isFull(error)) throw error;
                        break;
                    }
            return store.put("sealed", "other", bytes).then(() => false, store.isFull);
        })"""
    )
    assert full
    page.click("#tonight li a")
    page.set_input_files("#picture-file", photo())
    page.check("#picture-agreed")
    page.click("#picture-form button")
    expect(page.locator("#picture-problem")).to_contain_text(re.compile("memoria|room"))
    page.click(".app-tabs a[href='#home']")
    page.click(".app-main-action")
    page.locator("#who-nickname").check(force=True)
    page.fill("#contact [name=nickname]", "Piena due")
    page.locator("#contact details").last.evaluate("one => one.open = true")
    page.fill("#contact [name=note]", "molte parole")
    save(page)
    expect(page.locator("#form-problem")).to_contain_text(re.compile("memoria|room"))
    assert page.input_value("#contact [name=nickname]") == "Piena due"
    disk.send("Storage.overrideQuotaForOrigin", {"origin": server})  # somebody deleted photos
    save(page)
    expect(page.locator("#saved")).to_contain_text("Piena due")
    context.set_offline(False)
    sent(page)
    assert on_server(machine, "Piena") == ["Piena due", "Piena uno"]


def test_what_is_refused_is_mended_and_what_was_not_sent_is_taken_back(new_phone, machine):
    context = new_phone()
    page = set_up(context)
    context.set_offline(True)
    record(page, "Ripensata")
    page.click("#saved button")
    expect(page.locator("#contact [name=nickname]")).to_have_value("Ripensata")
    page.fill("#contact [name=nickname]", "Ripensata meglio")
    save_and_see(page)
    expect(page.locator("#tonight li")).to_have_count(1)
    page.evaluate(
        """import("/static/street/outbox.js").then(({ record }) => {
            const form = document.getElementById("contact").elements;
            return record({ team: form.team.value, zone: form.zone.options[1].value, who: "nickname",
                nickname: "Storta", gender: "?", occurred_at: new Date().toISOString() });
        })"""
    )  # as an app of another version could have made it
    context.set_offline(False)
    expect(page.locator("#to-mend")).to_be_visible()
    page.click("#to-mend")
    expect(page.locator("#refused .app-reason")).not_to_be_empty()
    page.click("#refused button >> nth=0")
    expect(page.locator("#contact .app-error")).to_have_count(1)
    assert page.input_value("#contact [name=nickname]") == "Storta"
    page.locator("#contact [name=gender]").select_option(index=1)
    save_and_see(page)
    sent(page)
    expect(page.locator("#to-mend")).to_be_hidden()
    assert on_server(machine, "Ripensata") == ["Ripensata meglio"]
    assert on_server(machine, "Storta") == ["Storta"]
    page.click(".app-tabs a[href='#people']")
    page.fill("#people-q", "stota")  # a slip of the pen
    page.click("#people button")
    expect(page.locator("#contact input[name=earlier]:checked")).to_have_count(1)
    save_and_see(page)
    sent(page)
    assert on_server(machine, "Storta") == ["Storta", "Storta"]
    assert len(traces(machine, "Storta")) == 1  # met twice, and one person


def check_all(page: Page, axe: Axe, name: str) -> None:
    """As `check`, and whatever can be tapped is high enough for a thumb."""
    check(page, axe, name)
    small = page.evaluate(
        """[...document.querySelectorAll("main a, main button, main input, main select, main summary, nav a")]
            .filter((one) => one.offsetParent && !one.closest(".pick, .pick-row"))
            .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
            .filter(([, height]) => height < 47.5)"""
    )
    assert small == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_screen_can_be_read_and_reached(new_phone, axe, colours):
    context = new_phone(color_scheme=colours)
    page = set_up(context, look=lambda first: check(first, axe, f"street-app-setup-{colours}-390"))
    context.set_offline(True)
    record(page, "Leggibile")
    check(page, axe, f"street-app-home-{colours}-390")
    page.click("#tonight li a")
    page.locator("#picture-rest").evaluate("one => one.hidden = false")
    check_all(page, axe, f"street-app-contact-{colours}-390")
    page.click("#one-refer")
    page.click(".app-emergency summary")
    check_all(page, axe, f"street-app-refer-{colours}-390")
    page.click("#refer .btn-primary")
    expect(page.locator(".card-code")).to_be_visible()
    check_all(page, axe, f"street-app-card-{colours}-390")
    for name in ("people", "send", "new"):
        page.goto(f"{APP}#{name}")
        expect(page.locator(f"#screen-{name}")).to_be_visible()
        if name == "new":
            page.locator("#who-met").check(force=True)
            save(page)
            for part in page.locator("#contact details").all():
                part.evaluate("one => one.open = true")
        check_all(page, axe, f"street-app-{name}-{colours}-390")
    page.click(".app-tabs a[href='#home']") if page.locator(".app-tabs").is_visible() else page.click("#discard")
    page.click("#lock")
    check(page, axe, f"street-app-lock-{colours}-390")
    page.click("#forgotten")
    check(page, axe, f"street-app-recover-{colours}-390")
