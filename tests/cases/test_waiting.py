"""Who waits: for the next step, longer than the limit of the city, and why; nobody of another city, nobody hidden."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import waiting
from lgnet.cases.services import open_case
from lgnet.cases.waiting_models import DelayCause, Step
from lgnet.core.errors import DomainError
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.people import journey
from lgnet.people.models import Episode, JourneyKind, Person
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import team_of
from tests.queries import count_queries

LIST = reverse("waiting_list")


def met(person, days_ago, kind="contact"):
    at = timezone.now() - timedelta(days=days_ago)
    journey.record(JourneyKind(kind), by=None, partner=person.partner, source=person, person=person, occurred_at=at)


@pytest.fixture
def waits_long(partner, desk_operator):
    person = register_person(
        by=desk_operator,
        team=team_of(partner, "desk"),
        details=PersonDetails(given_names="Prova", family_names="Lunga"),
    )
    met(person, 70)
    return person


def names(page):
    return [row.person.name_as_used for row in page.context["table"].page_rows]


def test_who_waits_longest_comes_first_and_who_waits_too_long_is_marked(sign_in, case_worker, person, waits_long):
    client = sign_in(case_worker)
    page = client.get(LIST)
    assert names(page) == ["Prova Lunga", "Mohammed Provadati"]
    assert page.content.decode().count("too long") == 1
    assert names(client.get(LIST, {"late": "on"})) == ["Prova Lunga"]
    assert names(client.get(LIST, {"q": "provad"})) == ["Mohammed Provadati"]
    assert names(client.get(LIST, {"step": "plan"})) == []
    assert client.get(LIST, {"format": "csv"}).status_code == 200


def test_from_step_to_step(sign_in, case_worker, desk_operator, partner, person):
    team = team_of(partner, "multidisciplinary")
    open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")
    client = sign_in(case_worker)
    assert names(client.get(LIST)) == []
    assert names(client.get(LIST, {"step": "plan"})) == names(client.get(LIST, {"step": "assessed"})) == [str(person)]
    assert waiting.wait_of(person).step == Step.ASSESSED
    met(person, 0, "assessed")
    met(person, 0, "plan_signed")
    assert names(client.get(LIST, {"step": "plan"})) == []
    assert (waiting.wait_of(person).step, waiting.wait_of(person).limit) == (Step.SERVICE, 30)
    met(person, 0, "case_closed")
    assert waiting.wait_of(person) is None


def test_the_city_says_how_long_is_too_long(sign_in, coordinator, case_worker, waits_long, partner):
    client = sign_in(coordinator)
    limits = {"case": 90, "assessed": 30, "plan": 120, "service": 30}
    assert client.post(reverse("wait_limits"), limits).status_code == 302
    assert names(client.get(LIST, {"late": "on"})) == []
    assert waiting.limits_of(frozenset([partner.pk]))[partner.pk]["case"] == 90
    assert client.post(reverse("wait_limits"), limits | {"case": 0}).status_code == 422
    assert sign_in(case_worker).get(reverse("wait_limits")).status_code == 403


def test_who_steers_two_cities_says_it_for_each(sign_in, coordinator, partner, other_partner):
    since = timezone.localdate()
    Membership.objects.create(user=coordinator, partner=other_partner, role=Role.COORDINATOR, starts_on=since)
    client, url = sign_in(coordinator), f"{reverse('wait_limits')}?city={other_partner.slug}"
    page = client.get(url).content.decode()
    assert f'aria-current="page" href="?city={other_partner.slug}"' in page
    assert f'href="?city={partner.slug}"' in page
    assert client.post(url, {"case": 90, "assessed": 30, "plan": 120, "service": 30}).status_code == 302
    both = waiting.limits_of(frozenset([partner.pk, other_partner.pk]))
    assert (both[partner.pk]["case"], both[other_partner.pk]["case"]) == (60, 90)


def test_why_it_takes_long(sign_in, case_worker, waits_long):
    client, url = sign_in(case_worker), reverse("wait_cause", args=[waits_long.pk, "case"])
    assert client.post(url, {"cause": "other"}).status_code == 422  # in a few words
    assert client.post(url, {"cause": "mediator"}).status_code == 302
    assert names(client.get(LIST, {"cause": "mediator"})) == ["Prova Lunga"]
    assert names(client.get(LIST, {"cause": "none"})) == []
    client.post(url, {"cause": "declined"})  # nobody waits any more
    assert names(client.get(LIST)) == []
    assert [cause.cause for cause in DelayCause.objects.order_by("stated_at")] == ["mediator", "declined"]
    assert DelayCause.objects.filter(followed_at__isnull=True).count() == 1


def test_a_cause_that_is_none(case_worker, waits_long):
    person, episode, step = waiting.get_waiting(case_worker, waits_long.pk, "case")
    with pytest.raises(DomainError, match="from the list"):
        waiting.state_cause(by=case_worker, person=person, episode=episode, step=step, cause="rain")


def test_who_sees_whom(sign_in, case_worker, colleague, stranger, make_user, partner, waits_long, person):
    assert len(names(sign_in(colleague).get(LIST))) == 2
    assert names(sign_in(stranger).get(LIST)) == []
    assert sign_in(stranger).get(reverse("wait_cause", args=[waits_long.pk, "case"])).status_code == 404
    assert sign_in(make_user(Role.FINANCE_OFFICER, partner)).get(LIST).status_code == 403
    Person.objects.filter(pk=waits_long.pk).update(restricted=True)
    assert names(sign_in(colleague).get(LIST)) == ["Mohammed Provadati"]
    assert sign_in(colleague).get(reverse("wait_cause", args=[waits_long.pk, "case"])).status_code == 404


def test_as_many_queries_for_many(sign_in, case_worker, desk_operator, partner, waits_long):
    client = sign_in(case_worker)
    few = count_queries(client, LIST)
    for number in range(8):
        details = PersonDetails(nickname=f"Prova {number}")
        register_person(by=desk_operator, team=team_of(partner, "desk"), details=details)
    assert count_queries(client, LIST) == few
    assert Episode.objects.count() == 9
