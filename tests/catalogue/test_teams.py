"""Teams and who works in them: made by the coordinator; a place counts only with a role that works in teams."""

import threading
import uuid
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lgnet.audit.models import AuditEntry
from lgnet.catalogue import selectors, services
from lgnet.catalogue.models import Site, Team, TeamMembership
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.desks.models import Visit
from lgnet.desks.services import record_arrival
from lgnet.network.access import access_of
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import ROLES, TEAM_ROLES, Role
from lgnet.network.services import end_membership, open_membership
from tests.conftest import team_of
from tests.network.signing_in import words
from tests.queries import count_queries

LIST, NEW = reverse("team_list"), reverse("team_new")


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def fresh(user):
    """The user as the next request reads it: nothing is remembered."""
    return User.objects.get(pk=user.pk)


def teams_now(user):
    return {team.name for team in Team.objects.filter(pk__in=selectors.team_ids_of(fresh(user)))}


def place_of(user, team=None):
    places = TeamMembership.objects.filter(user=user)
    return (places.filter(team=team) if team else places).order_by("-created_at").first()


def page(name, row):
    return reverse(name, args=[row.pk])


@pytest.fixture
def boss(coordinator):
    return coordinator


@pytest.fixture
def other_boss(make_user, other_partner):
    return make_user(Role.COORDINATOR, other_partner)


@pytest.fixture
def unit(partner):
    return team_of(partner, Team.Kind.MOBILE_UNIT)


@pytest.fixture
def desk(partner):
    return team_of(partner, Team.Kind.DESK)


@pytest.fixture
def newcomer(make_user, partner):
    """A desk operator whom nobody has put in a team yet."""
    return make_user(Role.DESK_OPERATOR, partner, team=None)


# -- a place counts only with a role ---------------------------------------------------------------------------------


def test_which_roles_work_in_teams():
    assert {
        Role.OUTREACH_OPERATOR, Role.DESK_OPERATOR, Role.CASE_WORKER, Role.HOUSING_MANAGER, Role.ACTIVITY_COORDINATOR,
    } == TEAM_ROLES  # fmt: skip
    assert all(ROLES[role].scope == "partner" and ROLES[role].sees_personal_data for role in TEAM_ROLES)
    assert set(selectors.KIND_OF_ROLE) == TEAM_ROLES


def test_a_place_counts_while_a_role_that_works_in_teams_is_held(desk_operator, partner, other_partner, desk):
    post = desk_operator.memberships.get()

    def counts():
        assert (desk_operator in selectors.team_members(desk)) == bool(teams_now(desk_operator))
        return bool(teams_now(desk_operator))

    assert counts()
    for role in Role:
        Membership.objects.filter(pk=post.pk).update(role=role)
        assert counts() == (role in TEAM_ROLES), role
    Membership.objects.filter(pk=post.pk).update(role=Role.HOUSING_MANAGER, partner=other_partner)
    assert not counts(), "a role in another city"
    Membership.objects.filter(pk=post.pk).update(partner=partner, starts_on=today(1))
    assert not counts(), "a planned role"
    Membership.objects.filter(pk=post.pk).update(starts_on=today(-9), ends_on=today(-1))
    assert not counts(), "a role that is over"
    Membership.objects.filter(pk=post.pk).update(ends_on=None, ended_at=timezone.now())
    assert not counts(), "a role ended at once"
    Membership.objects.create(user=desk_operator, partner=partner, role=Role.OUTREACH_OPERATOR)
    assert counts(), "another role"
    User.objects.filter(pk=desk_operator.pk).update(is_active=False)
    assert not counts(), "a sign-in switched off"


def test_one_query_tells_the_teams_of_a_user(desk_operator, django_assert_num_queries):
    user = fresh(desk_operator)
    assert access_of(user).grants
    with django_assert_num_queries(1):
        assert selectors.team_ids_of(user)
        assert selectors.team_ids_of(user)


def reaches(client, person):
    """What the person in a team reaches now: the desk, and the file opened for the desk."""
    there = (client.get(reverse("desk_today")), client.get(page("person_detail", person)))
    return [answer.status_code for answer in there], [answer.get("Location", "") for answer in there]


@pytest.fixture
def received(partner, desk, person, desk_operator, make_user):
    """Somebody received at the desk by an operator who joined it today."""
    operator = make_user(Role.DESK_OPERATOR, partner, team=desk)
    record_arrival(by=operator, team=desk, person=person)
    return operator


def test_an_ended_role_closes_desk_and_file_at_the_next_request(sign_in, boss, received, person):
    inside = sign_in(received)
    assert reaches(inside, person)[0] == [200, 200]
    end_membership(by=boss, membership=received.memberships.get(), last_day=today())
    assert set(reaches(inside, person)[1]) == {reverse("no_membership")}


def test_who_becomes_coordinator_is_in_no_team_any_more(sign_in, boss, received, desk, partner, person):
    inside = sign_in(received)
    open_membership(by=boss, user=received, partner=partner, role=Role.COORDINATOR)
    assert reaches(inside, person)[0] == [200, 200], "while both roles are held"
    end_membership(by=boss, membership=received.memberships.get(role=Role.DESK_OPERATOR), last_day=today())
    status, where = reaches(inside, person)
    assert status == [403, 302]
    assert where[1].startswith(page("file_open", person))
    with pytest.raises(PermissionDenied):
        record_arrival(by=fresh(received), team=desk, person=person)
    shown = words(sign_in(boss).get(page("team_detail", desk)))
    assert "Without a role for it" in shown
    open_membership(by=boss, user=received, partner=partner, role=Role.DESK_OPERATOR)
    assert reaches(inside, person)[0] == [200, 200], "the place was kept, and counts again with the role"


def test_taken_out_of_the_team_at_once(sign_in, boss, received, desk, person):
    inside = sign_in(received)
    services.leave_team(by=boss, membership=place_of(received), last_day=today())
    assert reaches(inside, person)[0] == [403, 302]


def test_a_planned_place_counts_from_its_first_to_its_last_day(sign_in, boss, newcomer, desk, person):
    services.join_team(by=boss, team=desk, user=newcomer, starts_on=today(3), ends_on=today(4))
    seen = []
    for day in range(2, 6):
        with time_machine.travel(timezone.now() + timedelta(days=day), tick=False):
            seen.append((reaches(sign_in(newcomer), person)[0], place_of(newcomer).state))
    out, inside = [403, 302], [200, 200]
    assert seen == [(out, "planned"), (inside, "current"), (inside, "current"), (out, "ended")]


def test_from_an_invited_colleague_to_the_first_arrival(sign_in, boss, newcomer, desk, person):
    """Nobody can receive anybody before the coordinator has put them in a team: one tap in the list of teams."""
    inside, manager = sign_in(newcomer), sign_in(boss)
    assert inside.get(reverse("visit_new")).status_code == 403
    listed = manager.get(LIST)
    [suggestion] = listed.context["suggestions"]
    assert (suggestion.colleague.user, suggestion.usual) == (newcomer, desk)
    sent = {"team": desk.pk, "starts_on": today().isoformat(), "record_id": suggestion.record_id, "back": "list"}
    assert manager.post(page("team_join", newcomer), sent).url == LIST
    assert manager.post(page("team_join", newcomer), sent).url == LIST, "pressed twice"
    assert TeamMembership.objects.filter(user=newcomer).count() == 1
    after = manager.get(LIST)
    assert f"{newcomer.full_name} is in {desk.name}." in words(after)
    assert after.context["suggestions"] == []
    answer = inside.post(reverse("visit_new"), {"record_id": uuid7(), "team": desk.pk, "who": person.pk})
    assert answer.status_code == 302
    assert Visit.objects.get().recorded_by == newcomer


# -- making and changing teams ---------------------------------------------------------------------------------------


def typed(**changes):
    return {
        "kind": "housing", "name": "Casa  Ponte ", "site": "", "schedule": "lun-ven", "crew": "educators",
        "record_id": str(uuid7()),
    } | changes  # fmt: skip


def test_a_team_is_made_once_and_logged(sign_in, boss, partner):
    client, sent = sign_in(boss), typed()
    first = client.post(NEW, sent)
    team = Team.objects.get(name="Casa Ponte")
    assert first.url == client.post(NEW, sent).url == page("team_detail", team)
    assert (team.partner, team.kind, team.schedule, team.source_url, team.loaded_as) == (
        partner, "housing", "lun-ven", "", "",
    )  # fmt: skip
    entry = AuditEntry.objects.get(object_id=team.pk)
    assert (entry.action, entry.actor_id, entry.partner_id) == ("create", boss.pk, partner.pk)
    assert entry.detail == {"what": "Casa Ponte", "kind": "housing"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"name": "  "}, "name"), ({"name": "sportello PROVALTINA"}, "name"),
        ({"name": "x" * 151}, "name"), ({"name": "a\x00b"}, "name"), ({"kind": ""}, "kind"), ({"kind": "wizards"}, "kind"),
        ({"site": "nonsense"}, "site"), ({"site": "{foreign}"}, "site"), ({"schedule": "x" * 201}, "schedule"),
        ({"crew": "x" * 301}, "crew"),
    ],
)  # fmt: skip
def test_bad_teams_are_told_at_the_field_and_nothing_typed_is_lost(sign_in, boss, other_partner, changes, field):
    foreign = Site.objects.get(partner=other_partner)
    sent = typed(**{name: value.replace("{foreign}", str(foreign.pk)) for name, value in changes.items()})
    before = Team.objects.count()
    answer = sign_in(boss).post(NEW, sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    for kept in {"name", "schedule", "crew"} - {field}:
        assert answer.context["form"][kept].value() == sent[kept]
    assert Team.objects.count() == before


def test_names_in_any_script_are_kept(sign_in, boss):
    name = "مركز 🦊 \u202eavorP"
    assert sign_in(boss).post(NEW, typed(name=name)).status_code == 302
    assert name in sign_in(boss).get(LIST).content.decode()


def test_services_hold_the_rules_too(boss, partner, other_partner, unit):
    with pytest.raises(DomainError, match="another city") as refused:
        services.create_team(
            by=boss, partner=partner, kind="desk", name="Nuovo", site=Site.objects.get(partner=other_partner)
        )
    assert refused.value.field == "site"
    with pytest.raises(DomainError, match="name already") as refused:
        services.create_team(by=boss, partner=partner, kind="desk", name=unit.name)
    assert refused.value.field == "name"
    theirs = services.create_team  # the same name in another city is no trouble
    with pytest.raises(PermissionDenied):
        theirs(by=boss, partner=other_partner, kind="desk", name="Nuovo")


def edited(team, **changes):
    return {
        "kind": team.kind, "name": team.name, "site": team.site_id or "", "schedule": team.schedule, "crew": team.crew,
        "is_active": "on",
    } | changes  # fmt: skip


def test_changed_and_logged(sign_in, boss, unit, partner):
    site = Site.objects.get(partner=partner)
    Team.objects.filter(pk=unit.pk).update(source_url="https://example.org/")
    url = page("team_edit", unit)
    client = sign_in(boss)
    assert client.post(url, edited(unit)).url == page("team_detail", unit)
    assert not AuditEntry.objects.filter(object_id=unit.pk).exists(), "nothing changed"
    assert client.post(url, edited(unit, name="Camper", site=site.pk)).status_code == 302
    unit.refresh_from_db()
    assert (unit.name, unit.site, unit.source_url) == ("Camper", site, ""), "the source said something else"
    entry = AuditEntry.objects.get(object_id=unit.pk)
    assert entry.detail["changes"] == {"name": ["Unità mobile Provaltina", "Camper"], "site": ["", site.name]}
    answer = client.post(url, edited(unit, name="Sportello Provaltina"))
    assert list(answer.context["form"].errors) == ["name"]
    assert Team.objects.get(pk=unit.pk).name == "Camper"


def test_what_a_team_does_is_fixed_once_somebody_has_worked_in_it(sign_in, boss, unit, newcomer):
    client, url = sign_in(boss), page("team_edit", unit)
    assert client.post(url, edited(unit, kind="housing")).status_code == 302
    place = services.join_team(by=boss, team=unit, user=newcomer)
    services.leave_team(by=boss, membership=place, last_day=today())
    assert client.get(url).context["form"].fields["kind"].disabled
    assert client.post(url, edited(unit, kind="desk", schedule="sempre")).status_code == 302
    unit.refresh_from_db()
    assert (unit.kind, unit.schedule) == ("housing", "sempre")
    with pytest.raises(DomainError) as refused:
        services.change_team(
            by=boss, team=unit, name="x", kind="desk", site=None, schedule="", crew="", is_active=True
        )  # fmt: skip
    assert refused.value.field == "kind"


def test_closed_only_when_nobody_is_in_it_and_opened_again(sign_in, boss, unit, newcomer, partner):
    client, url = sign_in(boss), page("team_edit", unit)
    place = services.join_team(by=boss, team=unit, user=newcomer, starts_on=today(5))
    answer = client.post(url, edited(unit, is_active="", schedule="di notte"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["is_active"]
    assert answer.context["form"]["schedule"].value() == "di notte"
    services.leave_team(by=boss, membership=place, last_day=today())
    assert client.post(url, edited(unit, is_active="")).status_code == 302
    shown = client.get(page("team_detail", unit))
    assert "This team is closed: nobody can be added." in words(shown)
    assert unit.name not in words(client.get(reverse("partner_detail", args=[partner.slug])))
    answer = client.post(page("team_detail", unit), {"user": newcomer.pk, "starts_on": today().isoformat()})
    assert answer.status_code == 422
    assert "Open it again first" in words(answer)
    with pytest.raises(DomainError):
        services.stay_in_team(by=boss, membership=place)
    assert client.post(url, edited(unit)).status_code == 302
    assert services.stay_in_team(by=boss, membership=place).state == "planned"


# -- who works in a team ---------------------------------------------------------------------------------------------


def test_put_in_a_team_on_its_page_and_logged(sign_in, boss, newcomer, desk_operator, desk, partner):
    client, url = sign_in(boss), page("team_detail", desk)
    offered = client.get(url).context["form"].fields["user"].choices
    assert [label for label, some in offered[1:]] == ["In no team"]
    assert [name for _pk, name in offered[1][1]] == [f"{newcomer.full_name} · desk operator"]
    assert client.post(url, {"user": newcomer.pk, "starts_on": today(-1).isoformat()}).url == url
    place = place_of(newcomer)
    assert (place.team, place.starts_on, place.ends_on) == (desk, today(-1), None)
    entry = AuditEntry.objects.get(object_id=place.pk)
    assert (entry.action, entry.actor_id, entry.partner_id) == ("create", boss.pk, partner.pk)
    assert entry.detail == {
        "user": newcomer.full_name, "what": desk.name, "starts_on": today(-1).isoformat(), "ends_on": "",
    }  # fmt: skip
    shown = client.get(url)
    assert [p.membership.user for p in shown.context["here"]] == [newcomer, desk_operator], "by name"
    assert "Every colleague whose role works in teams is in it already." in words(shown)


def test_who_is_in_another_team_can_be_in_this_one_too(sign_in, boss, desk_operator, unit):
    client, url = sign_in(boss), page("team_detail", unit)
    assert [label for label, _some in client.get(url).context["form"].fields["user"].choices[1:]] == ["In another team"]
    assert client.post(url, {"user": desk_operator.pk, "starts_on": today().isoformat()}).status_code == 302
    assert len(teams_now(desk_operator)) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"user": ""}, "user"), ({"user": "x"}, "user"), ({"user": "\x00"}, "user"), ({"user": "{stranger}"}, "user"),
        ({"user": "{boss}"}, "user"), ({"user": "{gone}"}, "user"), ({"starts_on": ""}, "starts_on"),
        ({"starts_on": "2026-02-30"}, "starts_on"), ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"starts_on": "9999-12-31"}, "starts_on"), ({"ends_on": "9999-12-31"}, "ends_on"), ({"ends_on": "x"}, "ends_on"),
        ({"ends_on": "{yesterday}"}, "ends_on"), ({"starts_on": "{tomorrow}", "ends_on": "{today}"}, "ends_on"),
        ({"user": "{later}"}, "starts_on"), ({"user": "{in it}"}, "starts_on"),
    ],
)  # fmt: skip
def test_bad_places_are_told_at_the_field(
    sign_in, boss, newcomer, desk_operator, stranger, make_user, desk, partner, changes, field
):
    gone, later = (make_user(Role.DESK_OPERATOR, partner, team=None) for _ in range(2))
    Membership.objects.filter(user=gone).update(ends_on=today(-1))
    Membership.objects.filter(user=later).update(starts_on=today(2))
    known = {
        "{stranger}": stranger.pk, "{boss}": boss.pk, "{gone}": gone.pk, "{later}": later.pk, "{in it}": desk_operator.pk,
        "{yesterday}": today(-1), "{today}": today(), "{tomorrow}": today(1),
    }  # fmt: skip
    sent = {"user": newcomer.pk, "starts_on": today().isoformat(), "ends_on": today(9).isoformat()}
    sent |= {name: known.get(value, value) for name, value in changes.items()}
    before = TeamMembership.objects.count()
    answer = sign_in(boss).post(page("team_detail", desk), sent)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    for kept in {"starts_on", "ends_on"} - {field}:
        assert form[kept].value() == str(sent[kept])
    assert TeamMembership.objects.count() == before


def test_a_place_may_begin_with_a_planned_role(boss, make_user, desk, partner):
    later = make_user(Role.DESK_OPERATOR, partner, team=None)
    Membership.objects.filter(user=later).update(starts_on=today(2))
    assert services.join_team(by=boss, team=desk, user=later, starts_on=today(2)).state == "planned"
    assert not teams_now(later)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert teams_now(later) == {desk.name}


def test_taken_out_now_and_put_back_the_same_day(sign_in, boss, desk_operator, desk):
    client, place = sign_in(boss), place_of(desk_operator)
    leave, stay = page("team_leave", place), page("team_stay", place)
    assert desk_operator.full_name in words(client.get(leave))
    assert client.post(leave, {"last_day": today().isoformat()}).url == page("team_detail", desk)
    shown = client.get(page("team_detail", desk))
    assert shown.context["here"] == []
    assert "Put back" in words(shown)
    assert not teams_now(desk_operator)
    again = client.post(leave, {"last_day": today().isoformat()})
    assert again.status_code == 422
    assert "has left the team already" in words(again)
    assert client.post(stay).url == page("team_detail", desk)
    assert teams_now(desk_operator) == {desk.name}
    assert place_of(desk_operator).pk == place.pk, "as if nothing had been"
    actions = AuditEntry.objects.filter(object_id=place.pk).order_by("created_at", "id")
    assert [list(entry.detail["changes"]) for entry in actions] == [["ended_at"], ["ended_at"]]
    client.post(leave, {"last_day": today().isoformat()})
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        later = sign_in(boss)
        assert "can no longer be undone" in words(later.post(stay, follow=True))
        assert "Put back" not in words(later.get(page("team_detail", desk)))
    assert not teams_now(desk_operator)


def test_taken_out_on_a_later_day_unless_undone(sign_in, boss, desk_operator, desk):
    client, place = sign_in(boss), place_of(desk_operator)
    client.post(page("team_leave", place), {"last_day": today(3).isoformat()})
    assert teams_now(desk_operator) == {desk.name}
    assert "Does not leave" in words(client.get(page("team_detail", desk)))
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert not teams_now(desk_operator)
    client.post(page("team_stay", place))
    assert place_of(desk_operator).ends_on is None
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert teams_now(desk_operator) == {desk.name}


def test_an_earlier_last_day_is_kept_and_its_undoing_too(boss, desk_operator, desk):
    place = services.leave_team(by=boss, membership=place_of(desk_operator), last_day=today(-2))
    assert (place.last_day, place.state) == (today(-2), "ended")
    place = services.stay_in_team(by=boss, membership=place)
    assert (place.last_day, place.state) == (None, "current")


def test_added_by_mistake(sign_in, boss, newcomer, desk):
    """Taken out on the first day; added again as often as one likes, without two rows at a time."""
    for _turn in range(3):
        place = services.join_team(by=boss, team=desk, user=newcomer)
        with pytest.raises(DomainError, match="in those days already"):
            services.join_team(by=boss, team=desk, user=newcomer)
        services.leave_team(by=boss, membership=place, last_day=today())
    services.join_team(by=boss, team=desk, user=newcomer)
    with pytest.raises(DomainError, match="in those days already"):
        services.stay_in_team(by=boss, membership=place)
    planned = services.join_team(
        by=boss, team=team_of(desk.partner, Team.Kind.MOBILE_UNIT), user=newcomer, starts_on=today(9)
    )
    services.leave_team(by=boss, membership=planned, last_day=today())
    assert planned not in selectors.past_people_of(planned.team), "it never began"
    used = sign_in(boss).post(
        page("team_detail", desk), {"user": newcomer.pk, "starts_on": today().isoformat(), "record_id": place.pk}
    )
    assert used.status_code == 422, "a form sent again after taking out does not say that all is well"


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30", "\x00"])
def test_bad_last_days(sign_in, boss, desk_operator, day):
    place = place_of(desk_operator)
    answer = sign_in(boss).post(page("team_leave", place), {"last_day": day})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["last_day"]
    assert place_of(desk_operator).state == "current"


def test_a_role_that_ended_cannot_be_put_back(boss, desk_operator, desk):
    place = services.leave_team(by=boss, membership=place_of(desk_operator), last_day=today())
    end_membership(by=boss, membership=desk_operator.memberships.get(), last_day=today())
    with pytest.raises(DomainError, match="no role here"):
        services.stay_in_team(by=boss, membership=place)


def test_a_colleague_is_put_in_a_team_from_the_own_page(sign_in, boss, newcomer, desk, unit):
    client, url = sign_in(boss), page("team_join", newcomer)
    staff = client.get(page("staff_detail", newcomer))
    assert "in no team" in words(staff)
    assert url in staff.content.decode()
    form = client.get(url).context["form"]
    assert form.initial["team"] == desk.pk
    sent = {"team": unit.pk, "starts_on": today(4).isoformat(), "ends_on": today(2).isoformat()}
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["ends_on"]
    assert answer.context["form"]["team"].value() == str(unit.pk)
    assert client.post(url, sent | {"ends_on": ""}).url == page("staff_detail", newcomer)
    staff = client.get(page("staff_detail", newcomer))
    assert page("team_detail", unit) in staff.content.decode()
    assert f"will be in {unit.name} from" in words(staff)
    listed = client.get(LIST)
    [suggestion] = listed.context["suggestions"]
    assert [place.team for place in suggestion.colleague.planned] == [unit]
    assert unit not in suggestion.teams


# -- who may ---------------------------------------------------------------------------------------------------------


def test_the_coordinator_manages_a_colleague_may_not_another_city_finds_nothing(
    sign_in, boss, desk_operator, case_worker, other_boss, stranger, newcomer, desk
):
    place = place_of(desk_operator)
    team_pages = [page("team_detail", desk), page("team_edit", desk), page("team_leave", place)]
    posts = [*team_pages, page("team_stay", place), page("team_join", newcomer)]
    sent = edited(desk) | {"user": newcomer.pk, "team": desk.pk, "starts_on": "2026-01-01", "last_day": "2026-01-01"}
    for url in [*team_pages, page("team_join", newcomer), LIST, NEW]:
        assert sign_in(boss).get(url).status_code == 200
    for who in (desk_operator, case_worker):
        for url in [*team_pages, LIST, NEW]:
            assert sign_in(who).get(url).status_code == 403, url
        assert {sign_in(who).post(url, sent).status_code for url in [*posts, NEW]} == {403, 404}
    for who in (other_boss, stranger):
        for url in team_pages:
            assert sign_in(who).get(url).status_code == 404, url
        assert {sign_in(who).post(url, sent).status_code for url in posts} == {404}
    for who in (desk_operator, other_boss, stranger):
        for service, given in (
            (services.join_team, {"team": desk, "user": newcomer}),
            (services.leave_team, {"membership": place, "last_day": today()}),
            (services.stay_in_team, {"membership": place}),
            (services.create_team, {"partner": desk.partner, "kind": "desk", "name": "Altro"}),
            (services.change_team, dict.fromkeys(["name", "kind", "schedule", "crew"], "x")
             | {"team": desk, "site": None, "is_active": True}),
        ):  # fmt: skip
            with pytest.raises(PermissionDenied):
                service(by=fresh(who), **given)
    assert teams_now(desk_operator) == {desk.name}
    for name in ("team_detail", "team_edit", "team_leave", "team_join"):
        assert sign_in(boss).get(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_teams_of_another_city_are_neither_listed_nor_offered(sign_in, other_boss, boss, newcomer, make_user, partner):
    shared = newcomer  # works in the other city too
    Membership.objects.create(user=shared, partner=other_boss.memberships.get().partner, role=Role.CASE_WORKER)
    services.join_team(by=boss, team=team_of(partner, Team.Kind.DESK), user=shared)
    client = sign_in(other_boss)
    listed = words(client.get(LIST))
    assert "Provaltina" not in listed
    assert shared.full_name in listed, "here in no team"
    assert "Provaltina" not in words(client.get(page("staff_detail", shared)))
    answer = client.post(page("team_join", shared), {"team": team_of(partner, Team.Kind.DESK).pk, "starts_on": today()})
    assert list(answer.context["form"].errors) == ["team"]


def test_the_support_of_the_network_manages_no_teams(sign_in, make_user, boss):
    association = Partner.objects.create(slug="anciprova", name="ANCI Prova", short_name="ANCI", kind="association")
    client = sign_in(make_user(Role.NETWORK_SUPPORT, association))
    assert client.get(LIST).status_code == 403
    assert LIST not in client.get(reverse("staff_list")).content.decode()
    assert "Add to a team" not in words(client.get(page("staff_detail", boss)))
    assert LIST in sign_in(boss).get(reverse("staff_list")).content.decode()


def test_a_coordinator_of_two_cities_says_where(sign_in, boss, partner, other_partner):
    Membership.objects.create(user=boss, partner=other_partner, role=Role.COORDINATOR)
    client = sign_in(boss)
    assert {"Provaltina", "Esempiana"} <= set(words(client.get(LIST)).split())
    assert client.get(LIST, {"partner": str(other_partner.pk)}).context["table"].count == 3
    sent = typed(site=Site.objects.get(partner=partner).pk)
    assert list(client.post(NEW, sent).context["form"].errors) == ["partner"]
    assert list(client.post(NEW, sent | {"partner": other_partner.pk}).context["form"].errors) == ["site"]
    assert client.post(NEW, sent | {"partner": partner.pk}).status_code == 302


# -- the list --------------------------------------------------------------------------------------------------------


def test_list_filters_and_states(sign_in, boss, desk_operator, make_user, partner, unit, desk):
    Team.objects.create(partner=partner, kind="housing", name="Casa chiusa", is_active=False)
    client = sign_in(boss)

    def names(**asked):
        return {row.name for row in client.get(LIST, asked).context["table"].page_rows}

    team = team_of(partner, Team.Kind.MULTIDISCIPLINARY)
    assert names() == {unit.name, desk.name, team.name}
    assert names(state="all") == names() | {"Casa chiusa"}
    assert names(state="closed") == {"Casa chiusa"}
    assert names(state="empty") == {unit.name, team.name}
    assert names(kind="desk") == {desk.name}
    assert names(q=desk_operator.full_name.lower()) == {desk.name}, "who is where"
    assert names(q="SPORTELLO") == {desk.name}
    people = {row.name: row.people for row in client.get(LIST, {"sort": "-people"}).context["table"].page_rows}
    assert people == {desk.name: 1, unit.name: 0, team.name: 0}
    assert "nobody in it" in words(client.get(LIST))
    end_membership(by=boss, membership=desk_operator.memberships.get(), last_day=today())
    assert names(state="empty") == names(), "whose role has ended does not count"


def test_colleagues_in_no_team_are_shown(sign_in, boss, newcomer, desk_operator, make_user, partner):
    for role in (Role.FINANCE_OFFICER, Role.DPO, Role.AUDITOR, Role.COORDINATOR):
        make_user(role, partner)
    housing = make_user(Role.HOUSING_MANAGER, partner, team=None)
    later = make_user(Role.DESK_OPERATOR, partner, team=None)
    Membership.objects.filter(user=later).update(starts_on=today(2))
    shown = sign_in(boss).get(LIST)
    found = {entry.colleague.user: entry.usual for entry in shown.context["suggestions"]}
    assert found == {newcomer: team_of(partner, Team.Kind.DESK), housing: None}
    assert "2 colleagues are in no team" in words(shown)
    assert "There is no team of the usual kind yet: housing team. Make it" in words(shown)
    assert 'value="housing" selected' in sign_in(boss).get(NEW, {"kind": "housing"}).content.decode()


def test_many_in_no_team_do_not_push_the_list_away(sign_in, boss, make_user, partner):
    for _number in range(12):
        make_user(Role.CASE_WORKER, partner, team=None)
    shown = sign_in(boss).get(LIST)
    assert (len(shown.context["suggestions"]), len(shown.context["more_suggestions"])) == (5, 7)
    assert "12 colleagues are in no team" in words(shown)
    assert "7 more colleagues" in words(shown)


@pytest.fixture
def many(boss, make_user, partner):
    """Return `many(count)`: so many more teams, each with somebody now, planned and gone, and colleagues in none."""
    made = 0

    def add(count):
        nonlocal made
        desk = team_of(partner, Team.Kind.DESK)
        for number in range(made, made + count):
            team = Team.objects.create(partner=partner, kind="housing", name=f"Casa {number}")
            here, there, gone, idle = (make_user(Role.DESK_OPERATOR, partner, team=None) for _ in range(4))
            for where in (team, desk):
                services.join_team(by=boss, team=where, user=here)
                services.join_team(by=boss, team=where, user=there, starts_on=today(2))
                services.join_team(by=boss, team=where, user=idle)
                left = services.join_team(by=boss, team=where, user=gone)
                services.leave_team(by=boss, membership=left, last_day=today())
            end_membership(by=boss, membership=idle.memberships.get(), last_day=today())
        made += count

    return add


def test_thirty_rows_cost_what_three_do(sign_in, boss, many, desk, desk_operator, newcomer):
    client = sign_in(boss)
    pages = [LIST, page("team_detail", desk), page("team_edit", desk), page("team_join", newcomer)]
    pages.append(page("staff_detail", desk_operator))
    many(3)
    few = [count_queries(client, url) for url in pages]
    many(27)
    assert [count_queries(client, url) for url in pages] == few


def test_an_export_holds_what_is_seen_and_is_logged(sign_in, boss, desk, partner, many):
    many(2)
    client = sign_in(boss)
    sheet = load_workbook(BytesIO(client.get(LIST, {"format": "xlsx", "kind": "housing"}).content)).active
    rows = list(sheet.values)
    assert rows[0] == (
        "Name", "Kind", "Site", "Partner", "Days and hours", "Professions", "Address and telephone",
        "People today", "State",
    )  # fmt: skip
    assert {(row[0], row[7], row[8]) for row in rows[1:]} == {("Casa 0", 1, "active"), ("Casa 1", 1, "active")}
    entry = AuditEntry.objects.get(action="export")
    assert (entry.object_type, entry.partner_id, entry.detail) == (services.TEAM, partner.pk, {"rows": 2})
    assert "Casa 0" in client.get(LIST, {"format": "csv"}).content.decode("utf-8-sig")


# -- two at once -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_at_once_give_one_row_each():
    """Only where two can write at a time: SQLite lets one writer in after the other."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    partner = Partner.objects.create(slug="provaltina", name="Comune", short_name="Provaltina", kind="municipality")
    boss, newcomer = (User.objects.create(username=name, full_name=name) for name in ("boss", "newcomer"))
    Membership.objects.create(user=boss, partner=partner, role=Role.COORDINATOR)
    Membership.objects.create(user=newcomer, partner=partner, role=Role.DESK_OPERATOR)
    desk = Team.objects.create(partner=partner, kind="desk", name="Sportello")
    told, start = [], threading.Barrier(4)

    def at_once(service, **given):
        try:
            start.wait(10)
            service(by=User.objects.get(pk=boss.pk), **given)
            told.append("done")
        except DomainError as error:
            told.append(error.field)
        finally:
            connection.close()

    joining = {"service": services.join_team, "team": desk, "user": newcomer}
    making = {"service": services.create_team, "partner": partner, "kind": "desk", "name": "Nuovo"}
    threads = [threading.Thread(target=at_once, kwargs=given) for given in (joining, joining, making, making)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["done", "done", "name", "starts_on"]
    assert TeamMembership.objects.count() == 1
    assert Team.objects.count() == 2
