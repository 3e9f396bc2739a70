"""The rules of synchronisation, one by one: once, in any order, merged by field, never dropped."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.ids import uuid7
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.outreach.corrections import change_contact, wire
from lgnet.outreach.models import Conflict, Contact, Operation
from lgnet.people.models import JourneyEvent
from tests.conftest import team_of
from tests.outreach.street import a_contact, a_device, change, contact, operation, results, send, some_id

# -- once, in any order ----------------------------------------------------------------------------------------------


def test_a_contact_is_recorded_under_its_id_with_journey_and_log(phone, unit):
    made = contact(unit, who="nickname", nickname="Stella", needs=["health"], sleeping_rough="yes", note="due righe")
    (answer,) = send(phone, made)
    row = Contact.objects.get(pk=made["record_id"])
    assert (answer["result"], answer["kept"], answer["record"]) == ("applied", True, str(row.pk))
    assert (row.nickname, row.needs, row.sleeping_rough, row.note) == ("Stella", ["health"], True, "due righe")
    assert JourneyEvent.objects.get().source_id == row.pk
    assert AuditEntry.objects.filter(object_id=row.pk, action="create").exists()


def test_sent_again_it_is_answered_and_done_once(phone, unit):
    made = contact(unit)
    first, again = send(phone, made), send(phone, made, made)
    assert again == [first[0], first[0]]
    assert Contact.objects.count() == JourneyEvent.objects.count() == Operation.objects.count() == 1


def test_the_same_id_with_other_content_is_refused_and_the_first_stays(phone, unit):
    made = contact(unit, note="prima")
    send(phone, made)
    (answer,) = send(phone, made | {"changes": made["changes"] | {"note": "altra"}})
    assert (answer["result"], answer["kept"]) == ("refused", False)
    assert Contact.objects.get().note == "prima"
    logged = AuditEntry.objects.get(object_type="outreach.operation", object_id=made["id"])
    assert logged.detail["changes"]["note"] == "altra"


def test_somebody_elses_operation_is_not_answered(phone, tablet, unit):
    made = contact(unit, note="mia")
    send(phone, made)
    (answer,) = send(tablet, made)
    assert answer["result"] == "refused"
    assert "record" not in answer


def test_a_change_that_comes_before_its_contact_waits_for_it(phone, unit):
    made = contact(unit)
    later = change(made["record_id"], {"next_step": ""}, {"next_step": "domani"})
    (answer,) = send(phone, later)
    assert (answer["result"], answer["waits_for"]) == ("waiting", made["record_id"])
    send(phone, made)
    assert Contact.objects.get().next_step == "domani"
    assert results(send(phone, later)) == ["applied"]


def test_what_waits_in_a_batch_is_answered_as_done(phone, unit):
    made = contact(unit)
    later = change(made["record_id"], {"next_step": ""}, {"next_step": "domani"})
    assert results(send(phone, later, made)) == ["applied", "applied"]


def test_what_waits_is_released_by_whichever_device_sends_the_rest(phone, tablet, unit):
    met = contact(unit, who="nickname", nickname="Stella")
    again = contact(unit, who="met", earlier=met["record_id"])
    assert results(send(tablet, again)) == ["waiting"]
    send(phone, met)
    one, other = Contact.objects.order_by("created_at")
    assert one.trace == other.trace
    assert {one.recorded_by, other.recorded_by} == {phone.user, tablet.user}


def test_changes_of_one_device_in_the_wrong_order(phone, unit):
    row = a_contact(phone, unit)
    first = change(row.pk, {"note": ""}, {"note": "uno"})
    second = change(row.pk, {"note": "uno"}, {"note": "due"}, after=[first["id"]])
    assert results(send(phone, second)) == ["waiting"]
    send(phone, first)
    row.refresh_from_db()
    assert row.note == "due"
    assert not Conflict.objects.exists()


def test_two_that_wait_for_each_other_stay_visible(phone, unit):
    row = a_contact(phone, unit)
    first = change(row.pk, {}, {"note": "uno"})
    second = change(row.pk, {}, {"note": "due"}, after=[first["id"]])
    first["after"] = [second["id"]]
    assert results(send(phone, first, second)) == ["waiting", "waiting"]


def test_a_settled_operation_never_changes_and_none_is_deleted(phone, unit):
    a_contact(phone, unit)
    for attempt in (
        lambda: Operation.objects.update(reason="x"),
        lambda: Operation.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_what_was_sent_never_changes_even_while_it_waits(phone, unit):
    send(phone, change(some_id(), {}, {"note": "x"}))
    with pytest.raises(DatabaseError), transaction.atomic():
        Operation.objects.update(changes={})


# -- field by field --------------------------------------------------------------------------------------------------


def test_fields_of_two_devices_are_merged(phone, tablet, unit):
    row = a_contact(phone, unit)
    seen = wire(row)
    assert results(send(phone, change(row.pk, seen, {"note": "da uno"}))) == ["applied"]
    assert results(send(tablet, change(row.pk, seen, {"language": "fr", "needs": ["legal"]}))) == ["applied"]
    row.refresh_from_db()
    assert (row.note, row.language, row.needs) == ("da uno", "fr", ["legal"])


def test_the_same_value_twice_is_nothing(phone, tablet, unit):
    row = a_contact(phone, unit)
    send(phone, change(row.pk, {"gender": ""}, {"gender": "f"}))
    (answer,) = send(tablet, change(row.pk, {"gender": ""}, {"gender": "f"}))
    assert (answer["result"], answer["fields"]) == ("applied", {"gender": "same"})


def test_one_field_changed_by_two_keeps_both_values(phone, tablet, unit):
    row = a_contact(phone, unit)
    send(phone, change(row.pk, {"note": "", "language": ""}, {"note": "da uno"}))
    (answer,) = send(tablet, change(row.pk, {"note": "", "language": ""}, {"note": "da due", "language": "wo"}))
    assert answer["fields"] == {"note": "conflict", "language": "applied"}
    row.refresh_from_db()
    assert (row.note, row.language) == ("da uno", "wo")
    both = Conflict.objects.get()
    assert (both.server_value, both.proposed, both.state) == ("da uno", "da due", "open")
    assert (both.server_by, both.server_device, both.operation.device) == (phone.user, phone, tablet)


def test_a_change_without_what_was_seen_is_never_written_over_another(phone, unit):
    row = a_contact(phone, unit, note="prima")
    assert results(send(phone, change(row.pk, {}, {"note": "dopo"}))) == ["conflict"]
    row.refresh_from_db()
    assert row.note == "prima"


def test_who_writes_anew_what_was_kept_for_choosing_closes_it(phone, tablet, unit):
    row = a_contact(phone, unit)
    send(phone, change(row.pk, {"note": ""}, {"note": "server"}))
    first = change(row.pk, {"note": ""}, {"note": "mia"})
    send(tablet, first, change(row.pk, {"note": "mia"}, {"note": "mia, corretta"}, after=[first["id"]]))
    assert list(Conflict.objects.order_by("created_at").values_list("proposed", "state")) == [
        ("mia", "superseded"),
        ("mia, corretta", "open"),
    ]


def test_a_moment_is_compared_to_the_minute_and_the_journey_is_written_anew(phone, unit):
    row = a_contact(phone, unit)
    earlier = row.occurred_at - timedelta(hours=2)
    seen = {"occurred_at": row.occurred_at.replace(second=0, microsecond=0).isoformat()}
    assert results(send(phone, change(row.pk, seen, {"occurred_at": earlier.isoformat()}))) == ["applied"]
    live = JourneyEvent.objects.get(voided_at=None)
    assert live.occurred_at == earlier
    assert live.replaces.voided_by == phone.user


def test_a_group_that_was_counted_wrongly_counts_rightly_in_the_journey(phone, unit):
    row = a_contact(phone, unit, who="group", head_count=4)
    assert results(send(phone, change(row.pk, {"head_count": 4}, {"head_count": 6}))) == ["applied"]
    assert JourneyEvent.objects.get(voided_at=None).quantity == 6


def test_the_contact_made_on_the_page_too_is_one(phone, unit):
    made = contact(unit, note="una")
    send(phone, made)
    again = made | {"id": some_id()}
    assert results(send(phone, again)) == ["applied"]
    other = again | {"id": some_id(), "changes": made["changes"] | {"note": "due"}}
    assert results(send(phone, other)) == ["conflict"]
    assert Contact.objects.get().note == "una"
    assert Conflict.objects.get().proposed == "due"


def test_a_contact_of_somebody_else_under_the_same_id_is_refused(phone, tablet, unit):
    made = contact(unit, note="una")
    send(phone, made)
    assert results(send(tablet, contact(unit, record=made["record_id"], note="due"))) == ["refused"]
    assert Operation.objects.get(result="refused").changes["note"] == "due"


def test_a_card_is_given_once(phone, unit, partner):
    row = a_contact(phone, unit)
    desk = team_of(partner, Team.Kind.DESK)
    card = operation("contact.refer", row.pk, changes={"to_team": str(desk.pk), "need": "legal"})
    first, again = send(phone, card), send(phone, card)
    assert first == again
    row.refresh_from_db()
    assert row.referral.code == first[0]["card"]
    other = operation("contact.refer", row.pk, changes={"to_team": str(desk.pk)})
    (answer,) = send(phone, other)
    assert answer["result"] == "refused"
    assert row.referral.code in answer["reason"]


# -- correcting on the page and by operation meet --------------------------------------------------------------------


def test_a_correction_on_the_page_meets_one_from_a_device(phone, unit, outreach_operator):
    row = a_contact(phone, unit)
    seen = wire(row)
    change_contact(by=outreach_operator, contact=row, changes={"note": "sulla pagina"})
    assert results(send(phone, change(row.pk, seen, {"note": "sul telefono"}))) == ["conflict"]
    both = Conflict.objects.get()
    assert (both.server_value, both.server_by, both.server_device) == ("sulla pagina", outreach_operator, None)


@pytest.mark.parametrize("days", [1, -1])
def test_the_hour_of_a_correction_is_put_right_like_that_of_the_contact(phone, unit, days):
    wrong = timezone.now().replace(second=0, microsecond=0) + timedelta(days=days)
    shown, typed = ((wrong - timedelta(minutes=minutes)).isoformat() for minutes in (60, 90))
    made = contact(unit, occurred_at=shown)
    later = change(made["record_id"], {"occurred_at": shown}, {"occurred_at": typed})
    assert results(send(phone, made, later, sent_at=wrong)) == ["applied", "applied"]
    off = Contact.objects.get().occurred_at - (timezone.now() - timedelta(minutes=90))
    assert abs(off) < timedelta(minutes=2)
    future = change(
        made["record_id"], {"occurred_at": typed}, {"occurred_at": (wrong + timedelta(hours=1)).isoformat()}
    )
    assert results(send(phone, future, sent_at=wrong)) == ["refused"]  # it is told, not bent


def test_mending_sends_a_new_operation_that_closes_the_first(phone, unit):
    bad = contact(unit, zone=some_id(), note="resta")
    send(phone, bad)
    good = contact(unit, record=bad["record_id"], note="resta") | {"mends": bad["id"]}
    assert results(send(phone, good)) == ["applied"]
    assert Operation.objects.get(pk=bad["id"]).result == "mended"
    assert results(send(phone, bad)) == ["mended"]
    twice = contact(unit, record=uuid7()) | {"mends": bad["id"]}
    assert results(send(phone, twice)) == ["refused"]
    assert Contact.objects.count() == 1


def test_what_mends_a_mending_that_was_refused_mends_both(phone, unit):
    first = contact(unit, gender="?")
    second = contact(unit, record=first["record_id"], gender="??") | {"mends": first["id"]}
    third = contact(unit, record=first["record_id"]) | {"mends": second["id"]}
    assert results(send(phone, first, second, third)) == ["refused", "refused", "applied"]
    assert results(send(phone, first, second)) == ["mended", "mended"]


def test_a_stranger_mends_nothing(phone, unit, make_user, partner):
    bad = contact(unit, zone=some_id())
    send(phone, bad)
    second = Team.objects.create(partner=partner, kind=Team.Kind.MOBILE_UNIT, name="Seconda")
    other = a_device(make_user(Role.OUTREACH_OPERATOR, partner, team=second), second)
    assert results(send(other, contact(second) | {"mends": bad["id"]})) == ["refused"]
    assert Operation.objects.get(pk=bad["id"]).result == "refused"
    assert not Contact.objects.exists()


def test_who_works_in_two_units_delivers_for_both_and_each_sees_its_own(phone, unit, other_partner):
    theirs = team_of(other_partner, Team.Kind.MOBILE_UNIT)
    Membership.objects.create(user=phone.user, partner=other_partner, role=Role.OUTREACH_OPERATOR)
    theirs.memberships.create(user=phone.user)
    made, early = contact(theirs), some_id()
    sent = [
        contact(unit),
        made,
        change(made["record_id"], {"note": ""}, {"note": "x"}),
        change(early, {}, {"note": "y"}),
    ]
    assert results(send(phone, *sent)) == ["applied", "applied", "applied", "waiting"]
    places = Operation.objects.order_by("created_at").values_list("partner", "team")
    assert list(places) == [(row.partner_id, row.pk) for row in (unit, theirs, theirs, unit)]


def test_a_queue_costs_as_much_for_each_operation_and_a_replay_one_question(phone, unit):
    queue = [contact(unit) for _number in range(12)]
    with CaptureQueriesContext(connection) as few:
        send(phone, *queue[:2])
    with CaptureQueriesContext(connection) as many:
        send(phone, *queue[2:])
    assert len(many) - len(few) == 8 * 18, "queries for each contact"
    with CaptureQueriesContext(connection) as again:
        send(phone, *queue)
    assert len(again) <= 6
