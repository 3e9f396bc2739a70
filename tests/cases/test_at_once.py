"""Two people press at the same moment: one result, never an error of ours. SQLite has one writer at a time anyway."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lgnet.cases.models import Case
from lgnet.catalogue.models import Team, Zone
from lgnet.network.models import User
from lgnet.network.roles import Role
from lgnet.outreach.models import Contact
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.people.models import EligibilityCheck, Identifier, JourneyEvent
from tests.conftest import team_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]
ROUNDS = 6


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def together(*calls: Callable[[], int]) -> list[int]:
    """What the calls answered, all begun at the same moment, each with a connection of its own."""
    barrier, answers = threading.Barrier(len(calls)), [0] * len(calls)

    def run(number: int, call: Callable[[], int]) -> None:
        try:
            barrier.wait()
            answers[number] = call()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def post(client: Client, url: str, data: dict[str, object]) -> Callable[[], int]:
    return lambda: client.post(url, data).status_code


def test_two_open_a_case_for_the_same_person(make_user, partner, desk_operator, case_worker, person):
    clients = [client_of(user) for user in (desk_operator, make_user(Role.DESK_OPERATOR, partner))]
    url = f"{reverse('case_new')}?person={person.pk}"
    data = {
        "team": team_of(partner, Team.Kind.MULTIDISCIPLINARY).pk, "manager": case_worker.pk, "basis": "desk",
        "opened_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    answers = together(*(post(client, url, data | {"record_id": uuid.uuid4()}) for client in clients))
    assert sorted(answers) == [302, 422]
    assert Case.objects.count() == 1


def test_two_desks_receive_the_same_card(make_user, partner, desk_operator, outreach_operator, person):
    unit, desk = team_of(partner, Team.Kind.MOBILE_UNIT), team_of(partner, Team.Kind.DESK)
    second = Team.objects.create(partner=partner, kind=Team.Kind.DESK, name="Secondo sportello")
    places = [
        (desk, client_of(desk_operator)),
        (second, client_of(make_user(Role.DESK_OPERATOR, partner, team=second))),
    ]
    for turn in range(ROUNDS):
        contact = record_contact(
            by=outreach_operator, team=unit, zone=Zone.objects.get(partner=partner), occurred_at=timezone.now(),
            sighting=Sighting(nickname=f"Radio {turn}"),
        )  # fmt: skip
        card = refer_contact(by=outreach_operator, contact=contact, to_team=desk)
        answers = together(
            *(
                post(client, reverse("visit_new"), {"team": at.pk, "who": person.pk, "code": card.code})
                for at, client in places
            )
        )
        assert sorted(answers) == [302, 422]


def test_somebody_met_again_while_the_desk_identifies_her(partner, desk_operator, outreach_operator, person):
    unit, desk, zone = team_of(partner, "mobile_unit"), team_of(partner, "desk"), Zone.objects.get(partner=partner)
    street, counter = client_of(outreach_operator), client_of(desk_operator)
    now = (timezone.localtime() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    for turn in range(ROUNDS):
        contact = record_contact(
            by=outreach_operator,
            team=unit,
            zone=zone,
            occurred_at=timezone.now(),
            sighting=Sighting(nickname=f"N{turn}"),
        )
        card = refer_contact(by=outreach_operator, contact=contact, to_team=desk)
        again = {"team": unit.pk, "zone": zone.pk, "who": "met", "earlier": contact.pk, "occurred_at": now}
        here = {"team": desk.pk, "who": person.pk, "code": card.code}
        answers = together(post(street, reverse("contact_new"), again), post(counter, reverse("visit_new"), here))
        assert answers == [302, 302]
        assert not Contact.objects.filter(trace=contact.trace, person__isnull=True).exists()
        live = JourneyEvent.objects.filter(trace=contact.trace, voided_at=None)
        assert set(live.values_list("person", flat=True)) == {person.pk}


def test_the_same_number_and_the_same_check_twice(desk_operator, person):
    clients = [client_of(desk_operator) for _turn in range(2)]
    for turn in range(ROUNDS):
        number = {"kind": "passport", "value": f"AB{turn}"}
        assert 500 not in together(*(post(c, reverse("identifier_new", args=[person.pk]), number) for c in clients))
        check = {
            "checked_on": timezone.localdate().isoformat(), "title_type": "work", "verdict": "eligible", "note": str(turn)
        }  # fmt: skip
        assert together(*(post(c, reverse("eligibility_new", args=[person.pk]), check) for c in clients)) == [302, 302]
    assert Identifier.objects.count() == ROUNDS
    assert EligibilityCheck.objects.count() == ROUNDS
    assert JourneyEvent.objects.filter(kind="eligibility_checked").count() == ROUNDS
