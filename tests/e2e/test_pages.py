"""Every role opens every page of its menu, on a desk and on a phone: nothing fails, nothing is inaccessible or too wide."""

import pytest

from tests.e2e.conftest import check

pytestmark = pytest.mark.e2e
ROLES = [
    "strada.genova", "sportello.genova", "equipe.genova", "coordinamento.genova", "alloggi.genova", "attivita.genova",
    "finanza.genova", "revisione.genova", "dpo.genova", "supporto.anci", "ministero.ministero",
]  # fmt: skip
THE_SAME_FOR_ALL = ["/project", "/roles", "/indicators/methodology", "/accounts/security/"]

BEHIND_THE_MENU = {
    "sportello.genova": [
        "/desk/arrivals", "/desk/queue", "/desk/queue/tickets", "/desk/requests", "/desk/requests/promised",
        "/desk/counted", "/desk/counted/list", "/desk/mail", "/appointments/list", "/appointments/waiting",
        "/appointments/setup", "/appointments/calendars", "/mediators", "/mediators/bookings", "/mediators/calendar",
        "/mediators/offers", "/mediators/counts", "/messages", "/people/documents", "/people/twice", "/people/joined",
        "/directory/new", "/referrals/receivers", "/referrals/receivers/new",
    ],
    "coordinamento.genova": [
        "/desk/report", "/desk/queue/setup", "/desk/documents", "/desk/documents/new", "/desk/counted/setup",
        "/appointments/setup", "/messages/setup", "/mediators/offers/new", "/waiting", "/waiting/limits",
        "/follow-ups", "/tasks", "/instruments", "/instruments/new", "/knowledge/new",
        "/cases/caseload", "/cases/handovers", "/people/titles", "/indicators/participants/groups",
        "/indicators/waits?steps=1",
    ],
    "equipe.genova": [
        "/tasks", "/week", "/meetings", "/meetings/new", "/plans/reviews", "/plans/actions", "/people/titles",
        "/cases/handovers", "/cases/transfers", "/cases/caseload",
    ],
}  # fmt: skip


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("username", ROLES)
def test_every_page_of_the_menu(visit, axe, username, width):
    page = visit(username, width=width)
    role = username.split(".")[0]
    links = page.eval_on_selector_all(".lg-nav-wide a", "all => all.map(a => a.getAttribute('href'))")
    assert "/" in links
    for link in [*links, *(THE_SAME_FOR_ALL if username == ROLES[0] else [])]:
        answer = page.goto(link)
        assert answer is not None
        assert answer.status == 200, link
        name = link.strip("/").replace("/", "-") or "home"
        check(page, axe, f"{role}-{name}-{width}")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("username", BEHIND_THE_MENU)
def test_lists_and_pages_of_setting_up(visit, axe, username, width):
    page = visit(username, width=width)
    for link in BEHIND_THE_MENU[username]:
        answer = page.goto(link)
        assert answer is not None
        assert answer.status == 200, link
        check(page, axe, f"{username.split('.')[0]}-{link.strip('/').replace('/', '-')}-{width}")


@pytest.mark.parametrize("username", ROLES)
def test_the_menu_is_one_line(visit, username):
    page = visit(username)
    tops = page.eval_on_selector_all(".lg-nav-wide > ul > li", "all => all.map(a => a.offsetTop)")
    assert len(set(tops)) == 1


def test_pages_in_english_too(visit, axe):
    page = visit("coordinamento.genova")
    page.locator(".lg-language button[value=en]").click()
    assert page.locator("html").get_attribute("lang") == "en"
    for link in ("/", "/people", "/indicators", "/staff", "/teams", "/teams/new", "/log"):
        page.goto(link)
        check(page, axe)


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_before_sign_in_and_pages_that_are_not_there(visit, axe, width):
    page = visit(width=width)
    for link, name in (("/accounts/login/", "sign-in"), ("/accounts/password/reset/", "password-reset")):
        page.goto(link)
        check(page, axe, f"{name}-{width}")
    inside = visit("sportello.genova", width=width)
    for link, status in (("/nothing", 404), ("/staff", 403)):
        answer = inside.goto(link)
        assert answer is not None
        assert answer.status == status
        check(inside, axe, f"{status}-{width}")


def test_the_gallery(visit, axe):
    page = visit("equipe.genova")
    page.goto("/components")
    check(page, axe, "components-1280")
