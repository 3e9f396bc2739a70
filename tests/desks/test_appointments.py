"""Booking, moving, cancelling, arriving, missing: the services, their refusals, and what they leave behind."""

import uuid
from datetime import date, time, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.desks import appointment_booking as booking
from lgnet.desks import appointment_outcomes as outcomes
from lgnet.desks import appointment_own as own
from lgnet.desks.appointment_messages import reminder_moments
from lgnet.desks.models import Appointment, AppointmentGroup, AppointmentHold, Visit
from lgnet.desks.services import record_arrival
from lgnet.messaging.models import OutgoingMessage
from lgnet.network.roles import Role
from lgnet.people.models import JourneyEvent
from lgnet.people.records import add_contact_point
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening, at, clocks, slots_on

MONDAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(at(date(2026, 11, 27), "08:00"), tick=False):
        yield


@pytest.fixture
def opening(desk, desk_operator, kind):
    return an_opening(desk_operator, desk, kind, desk_operator)


@pytest.fixture
def other_person(desk, desk_operator):
    return register_person(by=desk_operator, team=desk, details=PersonDetails(nickname="Nuvola"))


@pytest.fixture
def book(kind, opening, desk_operator, person):
    def make(clock="09:00", day=MONDAY, by=desk_operator, whom=person, **more):
        return booking.book_appointment(
            by=by, person=whom, kind=more.pop("kind", kind), opening_id=more.pop("opening_id", opening.pk),
            starts_at=at(day, clock), **more,
        )  # fmt: skip

    return make


def journey_of(appointment):
    rows = JourneyEvent.objects.filter(source_id=appointment.pk, voided_at__isnull=True)
    return sorted(rows.values_list("kind", flat=True))


def test_what_is_booked_is_free_no_more(kind, opening, book, desk_operator):
    assert clocks(slots_on(kind, MONDAY)) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    appointment = book("09:30", note="porta il figlio")
    assert clocks(slots_on(kind, MONDAY)) == ["09:00", "10:00", "10:30", "11:00", "11:30"]
    assert (appointment.ends_at - appointment.starts_at, appointment.operator) == (timedelta(minutes=30), desk_operator)
    assert AppointmentHold.objects.count() == 6
    assert journey_of(appointment) == ["appointment_booked"]
    assert AuditEntry.objects.filter(object_id=appointment.pk, action="create").exists()


def test_the_same_form_books_once_and_a_taken_time_is_refused(book, other_person):
    record_id = uuid.uuid4()
    assert book(record_id=record_id) == book(record_id=record_id)
    assert Appointment.objects.count() == 1
    with pytest.raises(DomainError, match="taken meanwhile"):
        book(whom=other_person)


def test_past_times_and_times_of_no_opening_are_refused(book):
    with pytest.raises(DomainError, match="past"):
        book(day=date(2026, 11, 26))
    with pytest.raises(DomainError, match="nobody receives"):
        book("12:00")
    with pytest.raises(DomainError, match="nobody receives"):
        book("09:10")


def test_a_person_is_in_one_place_at_a_time(book, partner, person, make_user, coordinator):
    book("09:00")
    team = team_of(partner, "multidisciplinary")
    worker = make_user(Role.CASE_WORKER, partner)
    kind = a_kind(worker, team, minutes=60)
    opening = an_opening(worker, team, kind, worker)
    with pytest.raises(DomainError, match="another appointment then: Monday 30 November at 09:00"):
        book("09:00", kind=kind, opening_id=opening.pk, by=coordinator)
    book("10:00", kind=kind, opening_id=opening.pk, by=coordinator)


def test_who_books(kind, book, outreach_operator, stranger, make_user, partner, case_worker):
    book("09:00", by=outreach_operator)  # a street unit books for the desk
    with pytest.raises(PermissionDenied):
        book("10:00", by=stranger)
    with pytest.raises(PermissionDenied):
        book("10:00", by=make_user(Role.FINANCE_OFFICER, partner))
    kind.booked_by_whom = "team"
    kind.save()
    with pytest.raises(PermissionDenied):
        book("10:00", by=case_worker)
    book("10:00")


def test_a_restricted_file_is_not_booked_by_others(book, person, outreach_operator):
    person.restricted = True
    person.save()
    with pytest.raises(PermissionDenied):
        book(by=outreach_operator)
    book()


def test_moving_frees_the_old_time_and_corrects_the_journey(kind, book, desk_operator, opening):
    appointment = book("09:00")
    moved = booking.move_appointment(
        by=desk_operator, appointment=appointment, opening_id=opening.pk, starts_at=at(MONDAY, "11:00")
    )
    assert (moved.pk, moved.sequence, moved.status) == (appointment.pk, 1, "booked")
    assert "09:00" in clocks(slots_on(kind, MONDAY))
    assert "11:00" not in clocks(slots_on(kind, MONDAY))
    rows = JourneyEvent.objects.filter(source_id=appointment.pk).order_by("recorded_at")
    assert [row.voided_at is None for row in rows] == [False, True]
    assert rows[1].replaces == rows[0]


def test_moving_by_a_part_of_itself(kind, desk, desk_operator, person):
    short, long = a_kind(desk_operator, desk, "Breve", minutes=15), a_kind(desk_operator, desk, "Lungo", minutes=60)
    opening = an_opening(desk_operator, desk, [short, long], desk_operator)
    made = booking.book_appointment(
        by=desk_operator, person=person, kind=long, opening_id=opening.pk, starts_at=at(MONDAY, "09:00")
    )
    assert clocks(slots_on(long, MONDAY))[0] == "10:00"
    moved = booking.move_appointment(
        by=desk_operator, appointment=made, opening_id=opening.pk, starts_at=at(MONDAY, "09:15")
    )
    assert clocks(slots_on(short, MONDAY))[:2] == ["09:00", "10:15"]
    assert AppointmentHold.objects.filter(appointment=moved).count() == 12


def test_cancelling(kind, book, desk_operator):
    appointment = book("09:00")
    with pytest.raises(DomainError, match="Say why"):
        booking.cancel_appointment(by=desk_operator, appointment=appointment, reason="")
    done = booking.cancel_appointment(by=desk_operator, appointment=appointment, reason="person")
    assert (done.status, done.reason, done.changed_by) == ("cancelled", "person", desk_operator)
    assert journey_of(appointment) == []
    assert not AppointmentHold.objects.exists()
    assert "09:00" in clocks(slots_on(kind, MONDAY))
    with pytest.raises(DomainError, match="cannot be cancelled"):
        booking.cancel_appointment(by=desk_operator, appointment=appointment, reason="person")
    with pytest.raises(DomainError, match="cannot be moved"):
        booking.move_appointment(
            by=desk_operator, appointment=appointment, opening_id=appointment.opening_id, starts_at=at(MONDAY, "10:00")
        )


def test_an_arrival_at_the_desk_is_the_arrival_of_the_appointment(book, desk, desk_operator, person):
    late, early = book("11:30"), book("09:00")
    with time_machine.travel(at(MONDAY, "09:10"), tick=False):
        visit = record_arrival(by=desk_operator, team=desk, person=person)
        early.refresh_from_db()
        late.refresh_from_db()
        assert (early.status, early.visit, late.status) == ("arrived", visit, "booked")
        kept = outcomes.mark_kept(by=desk_operator, appointment=early)
        assert journey_of(early) == ["appointment_booked", "appointment_kept"]
        assert outcomes.undo_outcome(by=desk_operator, appointment=kept).status == "arrived"
        assert journey_of(early) == ["appointment_booked"]
        with pytest.raises(DomainError, match="arrival at the desk is recorded"):
            outcomes.undo_outcome(by=desk_operator, appointment=early)
    assert Visit.objects.count() == 1


def test_a_no_show_can_be_undone_the_same_day(book, desk_operator, outreach_operator):
    appointment = book("09:00")
    with pytest.raises(DomainError, match="not begun"):
        outcomes.mark_missed(by=desk_operator, appointment=appointment)
    with pytest.raises(DomainError, match="not today"):
        outcomes.mark_arrived(by=desk_operator, appointment=appointment)
    with time_machine.travel(at(MONDAY, "10:00"), tick=False):
        with pytest.raises(PermissionDenied):
            outcomes.mark_missed(by=outreach_operator, appointment=appointment)
        with pytest.raises(DomainError, match="begun already"):
            booking.cancel_appointment(by=desk_operator, appointment=appointment, reason="person")
        missed = outcomes.mark_missed(by=desk_operator, appointment=appointment)
        assert journey_of(appointment) == ["appointment_booked", "appointment_missed"]
        undone = outcomes.undo_outcome(by=desk_operator, appointment=missed)
        assert (undone.status, journey_of(appointment)) == ("booked", ["appointment_booked"])
        outcomes.mark_missed(by=desk_operator, appointment=appointment)
    with (
        time_machine.travel(at(MONDAY + timedelta(days=1), "10:00"), tick=False),
        pytest.raises(DomainError, match="same day"),
    ):
        outcomes.undo_outcome(by=desk_operator, appointment=appointment)


def test_a_group_takes_as_many_as_it_has_places(desk, desk_operator, person, other_person):
    kind = a_kind(desk_operator, desk, "Gruppo", places=2, minutes=60)
    opening = an_opening(desk_operator, desk, kind, desk_operator)
    third = register_person(by=desk_operator, team=desk, details=PersonDetails(nickname="Terza"))

    def book(whom):
        return booking.book_appointment(
            by=desk_operator, person=whom, kind=kind, opening_id=opening.pk, starts_at=at(MONDAY, "09:00")
        )

    first = book(person)
    assert [slot.left for slot in slots_on(kind, MONDAY)] == [1, 2, 2]
    second = book(other_person)
    assert first.group == second.group
    assert clocks(slots_on(kind, MONDAY)) == ["10:00", "11:00"]
    with pytest.raises(DomainError, match="taken meanwhile"):
        book(third)
    booking.cancel_appointment(by=desk_operator, appointment=first, reason="person")
    assert AppointmentGroup.objects.get().taken == 1
    book(third)
    for one in Appointment.objects.filter(status="booked"):
        booking.cancel_appointment(by=desk_operator, appointment=one, reason="person")
    assert not AppointmentGroup.objects.exists()
    assert not AppointmentHold.objects.exists()


# -- messages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def phone(person, desk_operator):
    return add_contact_point(by=desk_operator, person=person, kind="phone", value="+393200000000", safe="yes")


def test_reminders_follow_the_appointment(phone, person, book, desk_operator, opening):
    person.languages.create(language="fr", is_preferred=True)
    appointment = book("09:00")
    sent = OutgoingMessage.objects.order_by("not_before")
    assert [one.not_before for one in sent] == [at(date(2026, 11, 28), "10:00"), at(MONDAY, "07:30")]
    assert sent[0].text == "Rappel : vous avez un rendez-vous lundi 30 novembre à 09:00."
    assert sent[0].expires_at == appointment.starts_at
    booking.move_appointment(
        by=desk_operator, appointment=appointment, opening_id=opening.pk, starts_at=at(date(2026, 12, 2), "10:00")
    )
    queued = OutgoingMessage.objects.filter(status="queued").order_by("not_before")
    assert queued.first().text == "Votre rendez-vous a été déplacé : mercredi 2 décembre à 10:00."
    assert queued.count() == 3
    booking.cancel_appointment(by=desk_operator, appointment=appointment, reason="service")
    queued = OutgoingMessage.objects.filter(status="queued")
    assert ["annulé" in one.text for one in queued] == [True]


def test_a_reminder_of_an_early_appointment_comes_before_it():
    assert reminder_moments(at(MONDAY, "08:00"))["morning"] == at(MONDAY, "06:30")


def test_nothing_is_written_where_it_is_not_safe(person, book, desk_operator):
    add_contact_point(by=desk_operator, person=person, kind="phone", value="+393200000000", safe="unknown")
    book()
    assert not OutgoingMessage.objects.exists()


# -- the person's own page -------------------------------------------------------------------------------------------


def test_the_person_answers(phone, person, other_person, book):
    appointment = book("09:00")
    assert own.upcoming_of(person) == [appointment]
    assert own.answer(person=person, appointment=appointment, coming=True).status == "confirmed"
    with pytest.raises(DomainError):
        own.answer(person=other_person, appointment=appointment, coming=False)
    gone = own.answer(person=person, appointment=appointment, coming=False)
    assert (gone.status, gone.reason, gone.changed_by) == ("cancelled", "person", None)
    assert own.upcoming_of(person) == []
    entry = AuditEntry.objects.filter(object_id=appointment.pk).order_by("-created_at", "-id").first()
    assert entry.detail["by_the_person"] is True
    assert not OutgoingMessage.objects.filter(status="queued").exists()  # nothing to tell: it was the person's word


def test_the_person_books(person, desk, desk_operator, kind, opening, other_partner):
    assert own.bookable_kinds(person) == []
    assert own.free_for_person(person, kind, MONDAY) == []
    with pytest.raises(DomainError):
        own.book_for_oneself(person=person, kind=kind, starts_at=at(MONDAY, "09:00"))
    kind.booked_by_whom, kind.lead_hours, kind.documents = "person", 73, ["passport", "photos"]
    kind.save()
    assert clocks(own.free_for_person(person, kind, MONDAY))[:2] == ["09:30", "10:00"]
    record_id = uuid.uuid4()
    made = own.book_for_oneself(person=person, kind=kind, starts_at=at(MONDAY, "09:30"), record_id=record_id)
    assert own.book_for_oneself(person=person, kind=kind, starts_at=at(MONDAY, "09:30"), record_id=record_id) == made
    assert (made.by_person, made.booked_by, own.documents_to_bring(made)) == (
        True, None, ["passport", "passport photos"],
    )  # fmt: skip
    for clock in ("10:00", "10:30"):
        own.book_for_oneself(person=person, kind=kind, starts_at=at(MONDAY, clock))
    with pytest.raises(DomainError, match="enough"):
        own.book_for_oneself(person=person, kind=kind, starts_at=at(MONDAY, "11:00"))


def test_who_books_at_short_notice(book, kind):
    kind.lead_hours = 100
    kind.save()
    assert clocks(slots_on(kind, MONDAY)) == []
    assert clocks(slots_on(kind, MONDAY, late=True))[0] == "09:00"
    book("09:00")  # the desk may, when the person stands there


def test_openings_of_one_day_and_of_every_other_week(desk, desk_operator, kind):
    an_opening(
        desk_operator,
        desk,
        kind,
        desk_operator,
        weekdays=(),
        starts_on=MONDAY,
        from_clock=time(15),
        until_clock=time(16),
    )
    assert clocks(slots_on(kind, MONDAY)) == ["15:00", "15:30"]
    assert slots_on(kind, MONDAY + timedelta(days=7)) == []
    second = a_kind(desk_operator, desk, "Seconda")
    an_opening(desk_operator, desk, second, desk_operator, weekdays=[0], every_weeks=2)
    found = [slots_on(second, MONDAY + timedelta(days=7 * week)) != [] for week in range(4)]
    assert found == [False, True, False, True]  # the first week is that of the first day
    assert timezone.localdate() == date(2026, 11, 27)
