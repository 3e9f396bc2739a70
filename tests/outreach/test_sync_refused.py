"""What the server cannot accept is kept, with the reason; odd values, wrong clocks, apps older and newer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lgnet.catalogue.models import Team, TeamMembership, Zone
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.outreach.corrections import wire
from lgnet.outreach.models import Contact, Operation
from lgnet.people.services import open_file_for, restrict_file
from tests.conftest import team_of
from tests.outreach.street import a_contact, a_device, change, contact, operation, results, send, some_id


def test_a_zone_that_is_closed_or_of_another_city(phone, unit, other_partner):
    elsewhere = Zone.objects.get(partner=other_partner)
    closed = Zone.objects.create(partner=unit.partner, name="Vecchia", is_active=False)
    for zone in (elsewhere, closed):
        (answer,) = send(phone, contact(unit, zone=str(zone.pk), note="resta"))
        assert (answer["result"], answer["kept"], list(answer["errors"])) == ("refused", True, ["zone"])
    assert not Contact.objects.exists()
    assert {row.changes["note"] for row in Operation.objects.all()} == {"resta"}


def test_the_rest_of_the_batch_goes_through(phone, unit):
    good, bad = contact(unit), contact(unit, gender="?")
    nonsense = [None, 7, "x", {}, {"id": "x"}, {"id": some_id(), "kind": "contact.record", "changes": []}]
    answers = send(phone, bad, *nonsense, good, operation("outing.start"))
    assert results(answers) == ["refused"] * 7 + ["applied", "refused"]
    assert Contact.objects.count() == 1


def test_a_role_that_has_ended(phone, unit):
    TeamMembership.objects.filter(user=phone.user).update(ended_at=timezone.now())
    (answer,) = send(phone, contact(unit))
    assert (answer["result"], answer["kept"]) == ("refused", True)
    Membership.objects.filter(user=phone.user).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert results(send(phone, contact(unit))) == ["refused"]


def test_another_citys_contact_cannot_be_touched(phone, unit, make_user, other_partner):
    row = a_contact(phone, unit)
    theirs = team_of(other_partner, Team.Kind.MOBILE_UNIT)
    foreign = a_device(make_user(Role.OUTREACH_OPERATOR, other_partner), theirs)
    desk = team_of(other_partner, Team.Kind.DESK)
    answers = send(
        foreign,
        change(row.pk, wire(row), {"note": "x"}),
        operation("contact.refer", row.pk, changes={"to_team": str(desk.pk)}),
        contact(theirs, record=row.pk),
        contact(theirs, who="met", earlier=str(row.pk)),
        contact(unit),
    )
    assert results(answers) == ["refused"] * 5
    row.refresh_from_db()
    assert (row.note, row.referral) == ("", None)


def test_somebody_whose_file_is_restricted(phone, unit, person, case_worker):
    open_file_for(person, team=team_of(person.partner, Team.Kind.MULTIDISCIPLINARY), basis="contact")
    restrict_file(by=case_worker, person=person, restricted=True, reason="protection")
    (answer,) = send(phone, contact(unit, who="registered", person=str(person.pk)))
    assert answer["result"] == "refused"
    assert "restricted" not in answer["reason"]


def test_a_time_in_the_future_is_put_right_by_the_clock_of_the_device(phone, unit):
    ahead = timezone.now() + timedelta(hours=5)
    made = contact(unit, minutes=-60 * 5 + 30) | {"made_at": ahead.isoformat()}
    (answer,) = send(phone, made, sent_at=ahead)
    row = Contact.objects.get()
    assert answer["clock"] == "ahead"
    assert abs(timezone.now() - row.occurred_at - timedelta(minutes=30)) < timedelta(minutes=1)
    assert Operation.objects.get().made_at > timezone.now() + timedelta(hours=4)


def test_a_time_in_the_future_without_a_clock_is_the_moment_it_was_received(phone, unit):
    send(phone, contact(unit, minutes=-600) | {"made_at": (timezone.now() + timedelta(hours=10)).isoformat()})
    assert Operation.objects.get().clock == "ahead"
    assert abs(timezone.now() - Contact.objects.get().occurred_at) < timedelta(minutes=1)


def test_an_old_operation_is_recorded_and_flagged(phone, unit):
    old = timezone.now() - timedelta(days=70)
    send(phone, contact(unit, minutes=70 * 24 * 60) | {"made_at": old.isoformat()})
    assert Operation.objects.get().clock == "old"
    assert abs(Contact.objects.get().occurred_at - old) < timedelta(minutes=1)


def test_fields_of_a_newer_app_are_kept_and_named(phone, unit):
    made = contact(unit, temperature="3") | {"battery": 17, "nested": {"a": [1]}}
    (answer,) = send(phone, made)
    row = Operation.objects.get()
    assert answer["unknown_fields"] == ["temperature"]
    assert row.extra == {"battery": 17, "nested": {"a": [1]}}
    assert row.changes["temperature"] == "3"


ODD = [
    "0001-01-01T00:00",
    "0001-01-01T00:00Z",
    "9999-12-31T23:59Z",
    "2026-02-30T10:00",
    "\x00",
    "\ud800",
    "9" * 400,
    "😀𝕬",
    "\u202eabc",
    "{}",
    [],
    ["\x00"],
    {},
    {"a": 1},
    None,
    True,
    1.5,
    -1,
    10**30,
]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_values_are_taken_or_refused_and_always_kept(phone, unit, odd):
    names = [*contact(unit)["changes"], "nickname", "needs", "given", "head_count", "note", "language", "earlier"]
    sent = [contact(unit, **{"who": "nickname", "nickname": "N", name: odd}) for name in names]
    sent += [
        contact(unit) | {name: odd} for name in ("kind", "record_id", "base", "changes", "made_at", "after", "mends")
    ]
    answers = send(phone, *sent)
    assert {answer["result"] for answer in answers} <= {"applied", "refused", "waiting"}
    assert all(answer["kept"] for answer in answers)
    assert "The server failed at this. It is kept, and can be sent again." not in [a.get("reason") for a in answers]
    assert Operation.objects.count() == len(sent)


def test_an_operation_that_is_too_large_or_too_deep_stays_on_the_device(phone, unit):
    deep: object = "x"
    for _turn in range(30):
        deep = [deep]
    large, nested = contact(unit, note="x" * 300_000), contact(unit) | {"extra": deep}
    assert [(a["result"], a["kept"]) for a in send(phone, large, nested)] == [("refused", False)] * 2


def test_an_error_of_ours_is_kept_and_does_not_stop_the_others(phone, unit, monkeypatch, caplog):
    from lgnet.outreach.sync import kinds, log

    good, bad = contact(unit), operation("broken.thing")

    def broken(operation, sender):
        raise RuntimeError("a fault of ours")

    broken_kind = kinds.Kind("broken.thing", "", kinds.KINDS["contact.refer"].form, Contact, (), broken)
    monkeypatch.setitem(log.KINDS, "broken.thing", broken_kind)
    answers = send(phone, bad, good)
    assert results(answers) == ["refused", "applied"]
    assert answers[0]["kept"]
    assert "a fault of ours" in caplog.text
