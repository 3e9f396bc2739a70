"""The caseload: each number is as long as the list it opens; the weight follows its rule."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lgnet.cases import caseload, services
from lgnet.cases.caseload_tables import HEADS, link_to
from lgnet.cases.models import Case
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.people import journey
from lgnet.people.models import JourneyEvent, Person
from lgnet.people.records import put_in_household, record_notice
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import team_of
from tests.queries import count_queries

PAGE = reverse("caseload")
TODAY = timezone.localdate


def open_for(by, partner, manager, name, *, members=(), opened_on=None):
    person = register_person(by=by, team=team_of(partner, "desk"), details=PersonDetails(given_names=name))
    record_notice(by=by, person=person, kind="privacy", method="spoken", language="ar", given_on=TODAY())
    team = team_of(partner, "multidisciplinary")
    return services.open_case(
        by=by, person=person, team=team, manager=manager, basis="desk", members=members, opened_on=opened_on
    )


@pytest.fixture
def city(desk_operator, partner, case_worker, make_user):
    """A colleague with three cases and one with one, in which both work; one was closed."""
    other = make_user(Role.CASE_WORKER, partner)
    long_ago = TODAY() - timedelta(days=100)
    one = open_for(desk_operator, partner, case_worker, "Uno", opened_on=long_ago)
    two = open_for(desk_operator, partner, case_worker, "Due")
    three = open_for(desk_operator, partner, other, "Tre", members=[case_worker])
    goal = services.GoalDraft("work", "Un lavoro", TODAY())
    plan = services.save_plan(by=case_worker, case=two, goals=[goal])
    services.sign_plan(by=case_worker, plan=plan, signed_on=TODAY(), language="it")
    plan.goals.update(due_on=TODAY() - timedelta(days=1))
    services.close_case(by=case_worker, case=three, closed_on=TODAY(), outcome="other")
    return one, two, other


def load_of(user, colleague):
    return next(one for one in caseload.loads_by_colleague(user) if one.key == colleague.pk)


def test_every_number_is_as_long_as_its_list(sign_in, coordinator, case_worker, city):
    one, _two, other = city
    for event in JourneyEvent.objects.filter(person=one.person):
        journey.correct(event, by=None, reason="earlier", occurred_at=timezone.now() - timedelta(days=40))
    client = sign_in(coordinator)
    client.get(PAGE)
    found = load_of(coordinator, case_worker)
    assert dict(found.numbers) == {"managed": 2, "quiet": 1, "unplanned": 1, "overdue": 1, "opened": 1}
    assert dict(load_of(coordinator, other).numbers) == {"opened": 1, "closed": 1}
    for load in caseload.loads_by_colleague(coordinator):
        for what in HEADS:
            page = client.get(link_to(load, what, "manager"))
            assert page.context["table"].count == load[what], (load.name, what)
    for load in caseload.loads_by_team(coordinator):
        for what in set(HEADS) - {"member"}:
            assert client.get(link_to(load, what, "team")).context["table"].count == load[what], what
    page = client.get(PAGE, {"by": "team"})
    assert "Équipe Provaltina" in page.content.decode()
    assert "Uno" not in client.get(PAGE).content.decode()
    assert client.get(PAGE, {"format": "csv"}).status_code == 200


def test_who_works_on_it_too(coordinator, case_worker, colleague, city):
    one = city[0]
    services.change_team_of_case(by=case_worker, case=one, manager=case_worker, members=[colleague])
    assert load_of(coordinator, colleague)["member"] == 1
    assert load_of(coordinator, case_worker)["member"] == 0


def test_a_colleague_of_another_body_counts_what_is_in_cases_only_where_she_reads_them(
    sign_in, case_worker, make_user, partner, city
):
    """That cases are there she may know; what is late in them is for who reads them."""
    body = make_user(Role.CASE_WORKER, partner)
    Membership.objects.filter(user=body).update(employer="Cooperativa Prova")
    load = load_of(body, case_worker)
    assert (load["managed"], load["overdue"], load["unplanned"], load.weight) == (2, 0, 0, 0)
    client, url = sign_in(body), reverse("case_list")
    for narrowed in ({"work": "overdue"}, {"plan": "unsigned"}, {"work": "quiet"}):
        assert client.get(url, narrowed).context["table"].count == 0
    assert client.get(url).context["table"].count > 0


def test_the_weight(coordinator, case_worker, desk_operator, city):
    one, two, _other = city
    assert load_of(case_worker, case_worker).weight == 2
    household = put_in_household(by=desk_operator, person=one.person, new_name="Prova")
    put_in_household(by=desk_operator, person=two.person, household=household)
    assert load_of(case_worker, case_worker).weight == 1.5
    services.record_assessment(by=case_worker, case=one, kind="in_depth", done_on=TODAY(), note="x")
    assert load_of(case_worker, case_worker).weight == 2.5
    Person.objects.filter(pk=one.person_id).update(restricted=True)
    assert load_of(case_worker, case_worker).weight == 3.5
    assert load_of(coordinator, case_worker).weight == 1  # who may not know of it counts what is in the list


@given(st.lists(st.integers(min_value=1, max_value=3), min_size=1, max_size=9))
def test_the_weight_of_a_household(cases):
    weight = caseload.weight_of(cases)
    assert max(cases) <= weight <= sum(cases)
    assert caseload.weight_of([*cases, 1]) == weight + 0.5
    assert caseload.weight_of(sorted(cases)) == weight


def test_who_sees_it(sign_in, case_worker, stranger, desk_operator, city):
    assert case_worker.full_name not in sign_in(stranger).get(PAGE).content.decode()
    assert sign_in(desk_operator).get(PAGE).status_code == 403
    assert PAGE not in sign_in(desk_operator).get(reverse("case_list")).content.decode()


def test_as_many_queries_for_many(sign_in, coordinator, desk_operator, partner, case_worker, city):
    client = sign_in(coordinator)
    few = count_queries(client, PAGE)
    for number in range(3):
        open_for(desk_operator, partner, case_worker, f"Altro {number}")
    assert count_queries(client, PAGE) == few
    assert Case.objects.count() == 6
