"""Two processes send the same queue, or change the same contact, at the same moment: each operation is done once."""

import json
import random
import uuid

import pytest
from django.db import connection

from lgnet.catalogue.models import Team
from lgnet.network.roles import Role
from lgnet.outreach.models import Conflict, Contact, Operation
from lgnet.people.models import JourneyEvent
from tests.cases.test_at_once import client_of, together
from tests.conftest import team_of
from tests.outreach.street import a_device, change, contact, operation

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]
ROUNDS = 4


@pytest.fixture
def phones(make_user, partner, unit):
    """Two devices of one unit, each with the client of its user."""
    users = [make_user(Role.OUTREACH_OPERATOR, partner) for _number in range(2)]
    return [(a_device(user, unit), client_of(user)) for user in users]


def sending(phone, operations):
    """A call that sends them and keeps what was answered in `answers`."""
    device, client = phone

    def call():
        body = json.dumps({"device": str(device.pk), "operations": operations})
        answer = client.post("/api/street/v1/sync", body, content_type="application/json")
        call.answers = answer.json()["answers"]
        return answer.status_code

    return call


def test_the_same_queue_sent_by_two_tabs_in_another_order(phones, unit, partner):
    for turn in range(ROUNDS):
        made = [contact(unit, who="nickname", nickname=f"N{turn}-{number}") for number in range(6)]
        desk = team_of(partner, Team.Kind.DESK)
        edits = [change(one["record_id"], {"note": ""}, {"note": "x"}) for one in made]
        cards = [operation("contact.refer", one["record_id"], changes={"to_team": str(desk.pk)}) for one in made[:2]]
        again = [contact(unit, who="met", earlier=one["record_id"]) for one in made[:2]]
        queue = [*made, *edits, *cards, *again]
        calls = [
            sending(phones[0], queue), sending(phones[0], random.Random(turn).sample(queue, len(queue))),
            sending(phones[0], queue[::-1]),
        ]  # fmt: skip
        assert together(*calls) == [200, 200, 200]
        ids = [one["id"] for one in queue]
        assert set(Operation.objects.filter(pk__in=ids).values_list("result", flat=True)) == {"applied"}
        assert Operation.objects.filter(pk__in=ids).count() == len(ids)
    contacts = Contact.objects.count()
    assert contacts == ROUNDS * 8
    assert JourneyEvent.objects.filter(kind="contact", voided_at=None).count() == contacts
    assert Contact.objects.filter(referral__isnull=False).count() == ROUNDS * 2
    assert not Conflict.objects.exists()


def test_two_devices_change_the_same_field(phones, unit):
    for turn in range(ROUNDS):
        made = contact(unit)
        assert sending(phones[0], [made])() == 200
        edits = [change(made["record_id"], {"note": ""}, {"note": f"{turn} {name}"}) for name in ("uno", "due")]
        assert together(*(sending(phone, [edit]) for phone, edit in zip(phones, edits, strict=True))) == [200, 200]
        row, both = Contact.objects.get(pk=made["record_id"]), Conflict.objects.get(contact=made["record_id"])
        assert {row.note, both.proposed} == {f"{turn} uno", f"{turn} due"}


def test_a_contact_and_what_waits_for_it_at_the_same_moment(phones, unit):
    for _turn in range(ROUNDS):
        made = contact(unit, who="nickname", nickname="Stella")
        again = contact(unit, who="met", earlier=made["record_id"])
        assert together(sending(phones[0], [made]), sending(phones[1], [again])) == [200, 200]
        assert Operation.objects.get(pk=again["id"]).result == "applied"
        assert Contact.objects.get(pk=again["record_id"]).trace == Contact.objects.get(pk=made["record_id"]).trace


def test_one_id_for_two_things_at_the_same_moment(phones, unit):
    for _turn in range(ROUNDS):
        pk = str(uuid.uuid4())
        calls = [sending(phones[0], [contact(unit, note=text) | {"id": pk}]) for text in ("uno", "due")]
        assert together(*calls) == [200, 200]
        assert sorted(call.answers[0]["result"] for call in calls) == ["applied", "refused"]
