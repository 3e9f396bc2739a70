"""What was typed comes back to its own page: never on somebody else's, never with a false time, never over a colleague's
change; and nothing of it is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Response, expect

from tests.e2e.conftest import PASSWORD, check, send

pytestmark = pytest.mark.e2e
PHONE = 390
OFFER, NOTE = ".lg-draft:has([data-take])", ".lg-draft:not(:has([data-take]))"


@contextmanager
def kept(page: Page, text: str = "") -> Iterator[None]:
    """What is typed inside, `text` among it, reaches the server."""

    def arrives(response: Response) -> bool:
        sent = response.request
        return "/drafts/" in sent.url and sent.method == "POST" and response.ok and text in (sent.post_data or "")

    with page.expect_response(arrives, timeout=15_000):
        yield


def open_page(page: Page, address: str) -> None:
    """Open a page, and wait until it has heard what was typed before."""
    page.goto(address)
    page.wait_for_load_state("networkidle")


def take_back(page: Page) -> None:
    page.locator(f"{OFFER} [data-take]").click()
    expect(page.locator(OFFER)).to_have_count(0)
    expect(page.locator(NOTE)).to_be_visible()


def start_afresh(page: Page) -> None:
    with page.expect_response(lambda r: "/drafts/" in r.url and r.request.method == "DELETE"):
        page.locator(f"{OFFER} [data-discard]").click()
    expect(page.locator(".lg-draft")).to_have_count(0)


def ticked(page: Page, name: str) -> list[str]:
    return page.eval_on_selector_all(f"input[name={name}]:checked", "all => all.map(one => one.value)")


def first_of(page: Page, address: str, pattern: str) -> str:
    """The address of the first row of a list."""
    page.goto(address)
    found = page.locator(f"tbody a[href^='{pattern}']").first.get_attribute("href")
    assert found
    return found.split("?")[0]


# -- one page for each person ------------------------------------------------------------------------------------------


def a_card(visit) -> str:
    """The code of a card that the unit has just given to somebody unknown."""
    street = visit("strada.genova")
    street.goto("/street/new")
    where = street.locator("details.street-where")
    if where.get_attribute("open") is None:
        where.locator("summary").click()
    street.select_option("select[name=zone]", index=1)
    street.locator("#who-anonymous").check()
    send(street)
    street.goto(f"{street.url}/refer")
    send(street)
    return "".join(street.locator(".paper-card-code span").all_inner_texts())


def test_the_page_of_one_person_knows_nothing_of_another(visit):
    code = a_card(visit)
    page = visit("sportello.genova")
    open_page(page, "/desk/arrivals/new?q=Prima Persona")
    page.locator("#who-new").check()
    with kept(page):
        page.fill("[name=note]", "è scappata dal marito")
        page.fill("[name=person-nickname]", "Zirconia")
    open_page(page, f"/desk/arrivals/new?code={code}")
    chosen = ticked(page, "who")
    expect(page.locator(".lg-draft")).to_have_count(0)
    assert "marito" not in page.content()
    assert "Zirconia" not in page.content()
    open_page(page, "/desk/arrivals/new?q=Seconda Persona")
    assert page.input_value("[name=note]") == ""
    open_page(page, f"/desk/arrivals/new?code={code}")
    assert ticked(page, "who") == chosen
    open_page(page, "/desk/arrivals/new?q=Prima Persona")
    expect(page.locator(OFFER)).to_be_visible()
    assert page.input_value("[name=note]") == ""  # nothing comes back before it is asked for
    take_back(page)
    assert page.input_value("[name=note]") == "è scappata dal marito"
    assert page.input_value("[name=person-nickname]") == "Zirconia"
    page.locator(f"{NOTE} [data-discard]").click()
    expect(page.locator("[name=note]")).to_have_value("")


def test_whoever_was_found_and_ticked_comes_back_with_the_words(visit):
    page = visit("sportello.genova")
    page.goto("/people?q=")
    word = page.locator("tbody a").first.inner_text().split("(")[0].split()[0]
    open_page(page, "/desk/arrivals/new")
    with page.expect_response(re.compile("/desk/people")):
        page.fill("#q", word)
    page.wait_for_load_state("networkidle")
    person = page.locator("input[name=who]:not([value=new])").first.get_attribute("value")
    with kept(page):
        page.locator(f"input[name=who][value='{person}']").check()
        page.fill("[name=note]", "chiede un corso")
    page.goto("/desk")
    open_page(page, "/desk/arrivals/new")
    take_back(page)
    expect(page.locator(f"input[name=who][value='{person}']")).to_be_checked()
    assert page.input_value("#q") == word
    page.locator(f"{NOTE} [data-discard]").click()
    expect(page.locator("#q")).to_have_value("")


def test_met_now_opens_for_the_person_whatever_was_begun_before(visit, axe):
    page = visit("strada.genova", width=PHONE)
    open_page(page, "/street/new")
    with kept(page):
        page.locator("#who-group").check(force=True)
        page.fill("[name=head_count]", "4")
    person = first_of(page, "/people", "/people/0").split("/")[-1]
    open_page(page, f"/street/new?person={person}")
    expect(page.locator(".lg-draft")).to_have_count(0)
    assert (ticked(page, "who"), ticked(page, "person")) == (["registered"], [person])
    with kept(page):
        page.fill("[name=next_step]", "passa domani")
    open_page(page, f"/street/new?person={person}")
    expect(page.locator(OFFER)).to_be_visible()
    check(page, axe, "draft-offered-390")
    start_afresh(page)
    assert (ticked(page, "who"), page.input_value("[name=next_step]")) == (["registered"], "")
    open_page(page, "/street/new")
    take_back(page)
    assert (ticked(page, "who"), page.input_value("[name=head_count]")) == (["group"], "4")
    page.locator(f"{NOTE} [data-discard]").click()
    expect(page.locator("#who-anonymous")).to_be_checked()


# -- true times --------------------------------------------------------------------------------------------------------


def test_a_moment_that_was_typed_is_in_sight_and_one_that_was_not_is_now(visit):
    page = visit("strada.genova", width=PHONE)
    open_page(page, "/street/new")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    page.select_option("[name=zone]", index=1)
    send(page)  # from now on the zone is known, and the box with the moment is folded
    open_page(page, "/street/new")
    box, summary = page.locator("details.street-where"), page.locator(".street-now")
    assert box.get_attribute("open") is None
    assert "adesso" in summary.inner_text() or "ora" in summary.inner_text()
    with kept(page):
        page.fill("[name=next_step]", "senza toccare l'ora")
    open_page(page, "/street/new")
    now = page.input_value("[name=occurred_at]")
    take_back(page)
    assert page.input_value("[name=next_step]") == "senza toccare l'ora"
    assert page.input_value("[name=occurred_at]") == now
    assert box.get_attribute("open") is None
    with kept(page):
        box.locator("summary").click()
        page.fill("[name=occurred_at]", "2026-03-01T22:10")
    open_page(page, "/street/new")
    assert page.input_value("[name=occurred_at]") != "2026-03-01T22:10"
    take_back(page)
    assert page.input_value("[name=occurred_at]") == "2026-03-01T22:10"
    expect(page.locator("[name=occurred_at]")).to_be_visible()
    box.locator("summary").click()
    expect(summary).to_be_hidden()  # no "now" over another moment
    page.locator(f"{NOTE} [data-discard]").click()
    expect(page.locator("[name=next_step]")).to_have_value("")


# -- rows, versions ----------------------------------------------------------------------------------------------------


def test_goals_beyond_the_rows_first_drawn_come_back(visit):
    page = visit("equipe.genova")
    plan = first_of(page, "/cases?whose=mine&status=open", "/cases/0") + "/plan"
    open_page(page, plan)
    rows = page.locator("textarea[name$=-words]")
    drawn = rows.count()
    for number in range(drawn, drawn + 3):
        page.locator("button[name=add_row]").click()
        expect(rows).to_have_count(number + 1)
        with kept(page):
            page.fill(f"[name=goals-{number}-words]", f"obiettivo numero {number}\nscritto con calma")
            page.select_option(f"[name=goals-{number}-area]", "work")
    page.goto("/")
    open_page(page, plan)
    expect(rows).to_have_count(drawn + 3)
    for number in range(drawn, drawn + 3):
        expect(page.locator(f"[name=goals-{number}-words]")).to_have_value(
            f"obiettivo numero {number}\nscritto con calma"
        )
        expect(page.locator(f"[name=goals-{number}-area]")).to_have_value("work")
    with kept(page):
        page.fill(f"[name=goals-{drawn}-words]", "obiettivo cambiato")
    open_page(page, plan)
    expect(page.locator(f"[name=goals-{drawn}-words]")).to_have_value("obiettivo cambiato")
    expect(page.locator(f"[name=goals-{drawn + 2}-words]")).to_have_value(re.compile("obiettivo numero"))
    page.locator(f"{NOTE} [data-discard]").click()
    expect(rows).to_have_count(drawn)


def test_a_draft_never_hides_that_a_colleague_changed_the_person(visit):
    mine, colleague = visit("sportello.genova"), visit("sportello.genova")
    person = first_of(mine, "/people?mine=mine", "/people/0")
    open_page(mine, f"{person}/edit")
    with kept(mine):
        mine.fill("[name=note]", "scritto da me e lasciato lì")
    mine.goto("/")
    open_page(colleague, f"{person}/edit")  # the same sign-in elsewhere: its draft is not the point here
    colleague.evaluate("""async () => {
        const form = document.querySelector("main form"), data = new FormData(form);
        data.delete("_draft"); data.set("version", form.elements.version.defaultValue);
        data.set("nickname", "Cambiata da B"); data.set("note", "");
        await fetch(location.href, { method: "POST", body: new URLSearchParams(data) });
    }""")
    open_page(mine, f"{person}/edit")
    expect(mine.locator(NOTE)).to_be_visible()
    assert mine.input_value("[name=nickname]") == "Cambiata da B"  # what I did not touch is as it is now
    assert mine.input_value("[name=note]") == "scritto da me e lasciato lì"
    send(mine)
    expect(mine.locator(".lg-summary")).to_be_visible()
    send(mine)
    expect(mine.locator("main")).to_contain_text("Cambiata da B")
    expect(mine.locator("main")).to_contain_text("scritto da me e lasciato lì")


# -- nothing is lost ---------------------------------------------------------------------------------------------------


@pytest.fixture
def assessment(visit) -> tuple[Page, str]:
    page = visit("equipe.genova")
    return page, first_of(page, "/cases?whose=mine&status=open", "/cases/0") + "/assessment"


def clean_up(page: Page) -> None:
    page.locator(f"{NOTE} [data-discard]").click()
    expect(page.locator("textarea[name=note]")).to_have_value("")


def test_the_last_words_before_a_tab_is_closed_are_kept(assessment):
    page, address = assessment
    open_page(page, address)
    page.fill("textarea[name=note]", "le ultime parole, " + "長い話 " * 3000)
    page.close(run_before_unload=True)
    again = page.context.new_page()
    again.goto("/")  # a closing tab may take a moment
    open_page(again, address)
    expect(again.locator("textarea[name=note]")).to_have_value(re.compile("^le ultime parole, 長い話"))
    clean_up(again)


def test_the_last_words_before_another_page_or_a_reload_are_kept(assessment):
    page, address = assessment
    open_page(page, address)
    page.fill("textarea[name=note]", "prima di un'altra pagina")
    page.goto("/cases")
    open_page(page, address)
    expect(page.locator("textarea[name=note]")).to_have_value("prima di un'altra pagina")
    page.fill("textarea[name=note]", "prima di ricaricare")
    page.reload()
    expect(page.locator("textarea[name=note]")).to_have_value("prima di ricaricare")
    clean_up(page)


def test_words_typed_without_a_connection_reach_the_server_from_the_next_page(assessment):
    page, address = assessment
    open_page(page, address)
    page.context.set_offline(True)
    page.fill("textarea[name=note]", "scritto senza rete")
    expect(page.locator(".lg-draft-state")).to_contain_text("connessione")
    page.context.set_offline(False)
    with kept(page):
        page.goto("/cases")
    again = page.context.new_page()  # another tab: only the server knows
    open_page(again, address)
    expect(again.locator("textarea[name=note]")).to_have_value("scritto senza rete")
    clean_up(again)


def test_what_was_typed_first_is_not_written_over_before_it_is_seen(visit):
    page = visit("strada.genova", width=PHONE)
    open_page(page, "/street/new")
    with kept(page):
        page.fill("[name=next_step]", "la prima persona")
    page.goto("/")
    open_page(page, "/street/new")
    expect(page.locator("form.street")).to_have_attribute("inert", "")
    page.goto("/")
    open_page(page, "/street/new")
    take_back(page)
    assert page.input_value("[name=next_step]") == "la prima persona"
    page.locator(f"{NOTE} [data-discard]").click()
    expect(page.locator("[name=next_step]")).to_have_value("")


def test_words_typed_before_the_old_ones_arrive_are_joined_to_them(assessment):
    page, address = assessment
    open_page(page, address)
    with kept(page):
        page.fill("textarea[name=note]", "di ieri")
    page.goto("/")
    held = []
    page.route("**/drafts/*", lambda route: held.append(route) if route.request.method == "GET" else route.continue_())
    page.goto(address)
    page.fill("textarea[name=note]", "di oggi")
    page.wait_for_timeout(1200)  # longer than the pause after which it would be saved
    with kept(page, "di ieri"):
        held[0].continue_()
    assert page.input_value("textarea[name=note]") == "di ieri\ndi oggi"
    clean_up(page)


def test_an_answer_with_errors_is_kept_whole(assessment):
    page, address = assessment
    open_page(page, address)
    page.fill("textarea[name=note]", "tutto quello che ho scritto")
    page.fill("[name=done_on]", "2001-01-01")
    send(page)
    expect(page.locator(".lg-summary")).to_be_visible()
    with kept(page, "2002-02-02"):
        page.fill("[name=done_on]", "2002-02-02")
    again = page.context.new_page()
    open_page(again, address)
    expect(again.locator("textarea[name=note]")).to_have_value("tutto quello che ho scritto")
    expect(again.locator("[name=done_on]")).to_have_value("2002-02-02")
    clean_up(again)


def test_after_signing_in_again_in_another_tab_the_first_one_goes_on(assessment):
    page, address = assessment
    open_page(page, address)
    page.context.clear_cookies()
    page.fill("textarea[name=note]", "prima")
    expect(page.locator("#signed-out")).to_be_visible()
    other = page.context.new_page()
    other.goto("/")
    other.fill("input[name=login]", "equipe.genova")
    other.fill("input[name=password]", PASSWORD)
    other.click("main button[type=submit]")
    other.wait_for_url(lambda url: "/login" not in url)
    with kept(page, "prima e dopo"):
        page.fill("textarea[name=note]", "prima e dopo")
    expect(page.locator("#signed-out")).to_be_hidden()
    open_page(other, address)
    expect(other.locator("textarea[name=note]")).to_have_value("prima e dopo")
    clean_up(other)


# -- and nothing stays -------------------------------------------------------------------------------------------------


def test_what_was_sent_does_not_come_back(visit):
    page = visit("strada.genova", width=PHONE)
    for _time in range(2):
        open_page(page, "/street/new")
        expect(page.locator(".lg-draft")).to_have_count(0)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        page.select_option("[name=zone]", index=1)
        page.fill("[name=next_step]", "inviato subito")  # and sent before it was kept
        send(page)
        assert "/street/new" not in page.url
        page.wait_for_timeout(300)
        assert page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('draft:')).length") == 0


def test_what_one_colleague_typed_is_not_shown_to_the_next_in_the_same_tab(visit):
    page = visit("sportello.genova")
    page.goto("/people/new")
    page.context.clear_cookies(name="sessionid")
    page.fill("textarea[name=note]", "confidato alla prima operatrice")
    expect(page.locator("#signed-out")).to_be_visible()
    page.locator("#signed-out a").click()
    page.fill("input[name=login]", "equipe.genova")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/people/new"))
    page.wait_for_load_state("networkidle")
    assert page.url.endswith("/people/new")
    assert page.input_value("textarea[name=note]") == ""
    assert "confidato" not in page.evaluate("JSON.stringify(sessionStorage)")
