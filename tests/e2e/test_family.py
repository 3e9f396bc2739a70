"""A family from the desk to what comes after, in a real browser: each role does its part, and sees what it may."""

import random
import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import check, send
from tests.e2e.desk import new_person, press

pytestmark = pytest.mark.e2e
PHONE = 390


def day(days: int) -> str:
    """A day from today, as the browser sends it."""
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011  the browser types a day of here


def colleague(page: Page) -> str:
    """The name of whoever is signed in."""
    return page.locator(".lg-user-name").first.inner_text()


def received(desk: Page, given: str, family: str, born: str, language: str) -> str:
    """Register somebody of the family and give the notice; return the address of the person's page."""
    person = new_person(desk, given, family, born)
    desk.goto(f"{person}/edit")
    desk.select_option("select[name=gender]", "f")
    send(desk)
    desk.goto(f"{person}/notice")
    desk.locator("input[name=method]").first.check(force=True)
    desk.fill("input[name=language]", language)
    send(desk)
    return person


def in_household(desk: Page, person: str, role: str, family: str, *, new: bool) -> None:
    """Put somebody into the household of the family."""
    desk.goto(f"{person}/household")
    if new:
        desk.fill("input[name=new_name]", family)
    else:
        desk.select_option("select[name=household]", label=family)
    desk.fill("input[name=role]", role)
    send(desk)


def sign_by_hand(page: Page, role: str) -> None:
    """Draw a signature on the screen."""
    pad = page.locator(f"[data-role={role}] canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 20 + step * 25, box["y"] + box["height"] / 2 + (-1) ** step * 20)
    page.mouse.up()


def test_a_family_from_the_desk_to_what_comes_after(visit, axe):
    desk = visit("sportello.genova")
    family = "Prova" + "".join(random.choices("abcdefghilmnopqrst", k=6))  # another one each time
    mother = received(
        desk,
        "Samira",
        family,
        f"{random.randint(1, 28):02}/{random.randint(1, 12):02}/{random.randint(1975, 1999)}",
        "Arabo",
    )
    child = received(
        desk,
        "Adama",
        family,
        f"{random.randint(1, 28):02}/{random.randint(1, 12):02}/{random.randint(2016, 2021)}",
        "Arabo",
    )
    in_household(desk, mother, "madre", family, new=True)
    in_household(desk, child, "figlia", family, new=False)
    desk.goto(f"{mother}/eligibility")
    desk.select_option("select[name=title_type]", "special_protection")
    desk.fill("input[name=issued_on]", day(-300))
    desk.fill("input[name=expires_on]", day(50))
    desk.locator("input[name=verdict][value=eligible]").check(force=True)
    check(desk, axe, "family-eligibility-1280")
    send(desk)

    worker = visit("equipe.genova")
    manager = colleague(worker)
    desk.goto(f"/cases/new?person={mother.rsplit('/', 1)[1]}")
    desk.select_option("select[name=manager]", label=manager)
    for box in desk.locator("input[name=members]").all():
        label = desk.locator(f"label[for={box.get_attribute('id')}]").inner_text()
        if re.search("psicolog|educat", label, re.IGNORECASE):
            box.check(force=True)
    for box in desk.locator("input[name^=areas_]").all():
        if box.get_attribute("value") == "work":
            box.check(force=True)
    expect(desk.locator("main")).to_contain_text("Adama")
    check(desk, axe, "family-case-new-1280")
    send(desk)

    worker.goto(f"/cases?whose=managed&status=open&sort=-opened_on&q={family}")
    check(worker, axe, "family-cases-1280")
    worker.locator("tbody a", has_text="Samira").first.click()
    case = worker.url.split("?")[0]
    expect(worker.locator("main")).to_contain_text("Adama")
    worker.goto(f"{case}/assessment")
    worker.fill("textarea[name=note]", "Vive ospite con la figlia; dorme poco.")
    worker.select_option("select[name=housing]", "8")
    send(worker)

    worker.goto(f"{case}/plan")
    worker.fill("textarea[name=goals-0-words]", "Lavorare in una sartoria")
    worker.select_option("select[name=goals-0-area]", "work")
    worker.fill("[name=goals-0-actions-0-words]", "Iscriversi al corso di cucito")
    worker.fill("[name=goals-0-actions-0-due_on]", day(20))
    worker.fill("textarea[name=goals-1-words]", "Una casa per noi due")
    worker.select_option("select[name=goals-1-area]", "housing")
    check(worker, axe, "family-plan-1280")
    send(worker)
    worker.locator("a[href$='/sign']").first.click()
    worker.select_option("select[name=language]", "ar")
    sign_by_hand(worker, "person")
    sign_by_hand(worker, "operator")
    check(worker, axe, "family-sign-1280")
    send(worker)
    expect(worker.locator("main")).to_contain_text("Iscriversi al corso di cucito")
    with worker.expect_download() as saved:
        worker.locator("a[href*='/plans/'][href$='/print']").first.click()
    assert saved.value.path().read_bytes().startswith(b"%PDF")

    words = worker.locator(".task-add [name=words]")
    words.fill("Chiamare la scuola")
    worker.locator(".task-add [name=due_on]").fill(day(0))
    press(worker, "Aggiungi il compito")
    expect(worker.locator("#tasks, [data-tasks]").first).to_contain_text("Chiamare la scuola")
    worker.goto(f"{case}/notes/new")
    worker.fill("textarea[name=words]", "Accompagnata in questura, tutto bene.")
    send(worker)
    worker.goto(case)
    check(worker, axe, "family-case-1280")
    phone = visit("equipe.genova", width=PHONE)
    phone.goto(case)
    check(phone, axe, "family-case-390")
    phone.goto("/")
    expect(phone.locator("main")).to_contain_text("Chiamare la scuola")
    phone.goto("/week")
    expect(phone.locator("main")).to_contain_text("Chiamare la scuola")
    check(phone, axe, "family-week-390")

    psychologist = visit("psicologia.genova")
    psychologist.goto(f"{case}/notes/new")
    psychologist.fill("textarea[name=words]", "Segreto del colloquio: incubi.")
    psychologist.select_option("select[name=visibility]", "health")
    check(psychologist, axe, "family-note-1280")
    send(psychologist)
    worker.goto(case)
    expect(worker.locator("main")).not_to_contain_text("incubi")
    psychologist.goto(case)
    expect(psychologist.locator("main")).to_contain_text("incubi")

    part = visit("cooperativa.genova")
    part.goto(case)
    expect(part.locator("main")).to_contain_text("Lavorare in una sartoria")
    for hidden in ("Una casa per noi due", "incubi", "dorme poco", "Chiamare la scuola"):
        expect(part.locator("main")).not_to_contain_text(hidden)
    check(part, axe, "family-part-1280")
    assert part.goto(f"{case}/plan").status in {403, 404}

    team_meets(worker, axe, case, family)
    boss = visit("coordinamento.genova")
    boss.goto("/cases/caseload")
    check(boss, axe, "family-caseload-1280")
    ministry, stranger = visit("ministero.ministero"), visit("equipe.milano")
    for page in (ministry, stranger):
        for address in (mother, case, f"{case}/plan", f"{case}/notes", f"{case}/close"):
            assert page.goto(address).status in {403, 404}, address

    closes_with_what_came_of_it(worker, axe, case)


def team_meets(worker: Page, axe, case: str, family: str) -> None:
    """The case is brought to the team, talked about and decided on; the decision is a task."""
    worker.goto(f"{case}/agenda")
    worker.fill("[name=words]", "La scuola chiede un incontro")
    check(worker, axe, "family-agenda-1280")
    send(worker)
    worker.goto("/meetings")
    check(worker, axe, "family-meetings-1280")
    with worker.expect_navigation():
        worker.locator("#table tbody a").first.click()
    if worker.get_by_role("button", name="Inizia la riunione").count():
        press(worker, "Inizia la riunione")
    point = worker.locator("article[data-point]", has_text=f"Samira {family}")
    expect(point).to_contain_text("La scuola chiede un incontro")
    point.locator("textarea[name=said]").fill("Si incontra la maestra con la mediatrice.")
    point.locator("[name=words]").fill("Fissare l'incontro a scuola")
    point.locator("[name=owner]").select_option(label=colleague(worker))
    point.locator("[name=due_on]").fill(day(7))
    with worker.expect_navigation():
        point.get_by_role("button", name=re.compile("Decidi")).click()
    point = worker.locator("article[data-point]", has_text=f"Samira {family}")
    expect(point).to_contain_text("Fissare l'incontro a scuola")
    check(worker, axe, "family-meeting-1280")
    with worker.expect_download() as saved:
        worker.get_by_role("link", name="Verbale in PDF").click()
    assert saved.value.path().read_bytes().startswith(b"%PDF")
    worker.goto(case)
    expect(worker.locator("[data-tasks]")).to_contain_text("Fissare l'incontro a scuola")


def closes_with_what_came_of_it(worker: Page, axe, case: str) -> None:
    """The case is closed, whether it helped is asked in the person's language, and it is followed."""
    worker.goto(f"{case}/close")
    worker.select_option("select[name=outcome]", "goal_reached")
    worker.select_option("select[name=destination]", index=1)
    worker.select_option("select[name=housing_at_exit]", "0")
    for goal in worker.locator("select[name^=goal_]").all():
        goal.select_option("reached")
    check(worker, axe, "family-close-1280")
    send(worker)
    expect(worker.locator("main")).to_contain_text("Chiamare la scuola")  # ended with the case
    worker.locator("a[href$='/helpfulness/ask']").first.click()
    check(worker, axe, "family-helped-1280")
    worker.goto(case)
    check(worker, axe, "family-closed-1280")
    worker.locator("a[href*='/follow-ups/']").first.click()
    check(worker, axe, "family-follow-up-1280")
