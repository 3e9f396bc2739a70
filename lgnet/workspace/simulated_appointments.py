"""Appointments of a team in the demo: openings, people booked some days ahead, most of whom come; a waiting list."""

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone

from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.errors import DomainError
from lgnet.desks.appointment_arrivals import receive
from lgnet.desks.appointment_booking import book_appointment, cancel_appointment
from lgnet.desks.appointment_models import Appointment, AppointmentKind
from lgnet.desks.appointment_outcomes import mark_kept, mark_missed
from lgnet.desks.appointment_planning import KindDetails, OpeningPlan, create_kind, create_opening, create_room
from lgnet.desks.appointment_slots import Slot, free_slots
from lgnet.desks.appointment_waiting import add_wish, pass_on_ended_offers
from lgnet.network.models import User
from lgnet.people.models import Person
from lgnet.workspace.demo_staff import SHOWN_CITY

DAYS = 10  # of the calendar
A_DAY = 8  # bookings in a city of full size
LEAST = 2  # in the city that is shown
MORNING, AFTERNOON = (time(9), time(13)), (time(14), time(17))
Area, BookedBy = ServiceType.Area, AppointmentKind.BookedBy
KINDS = {
    Team.Kind.DESK: (
        KindDetails(
            "Primo colloquio", Area.ORIENTATION, 30, "First talk", booked_by_whom=BookedBy.PERSON, lead_hours=24,
            documents=["passport", "permit"],
        ),
        KindDetails(
            "Rinnovo del permesso di soggiorno", Area.LEGAL, 45, "Renewal of the permit to stay",
            documents=["passport", "permit", "photos", "tax_code"],
        ),
        KindDetails("Informazioni sulla casa, in gruppo", Area.HOUSING, 60, "Information on housing, group", places=8),
    ),
    Team.Kind.MULTIDISCIPLINARY: (
        KindDetails("Colloquio sociale", Area.SOCIAL, 60, "Talk with the social worker", booked_by_whom=BookedBy.TEAM),
        KindDetails("Telefonata di verifica", Area.SOCIAL, 15, "Phone call", way=AppointmentKind.Way.PHONE),
    ),
}  # fmt: skip

At = Callable[[datetime, Callable[[], None]], None]


class Appointments:
    """The appointments of one team; `plan` puts them into the simulation."""

    def __init__(self, team: Team, staff: list[User], *, seed: int, scale: float, at: At) -> None:
        self.team, self.staff, self.at = team, staff, at
        self.rng = random.Random(f"appointments {seed} {team.name}")  # noqa: S311  # lives of invented people
        self.a_day = max(LEAST if team.partner.slug == SHOWN_CITY else 1, round(A_DAY * scale))
        self.kinds: list[AppointmentKind] = []

    def plan(self, now: datetime) -> None:
        """The set-up first, then each working day until now."""
        days = [timezone.localdate(now) - timedelta(days=ago) for ago in range(DAYS, -1, -1)]
        mornings = [timezone.make_aware(datetime.combine(day, time(8))) for day in days if day.weekday() < 5]
        if not mornings or self.team.kind not in KINDS:
            return
        self.at(mornings[0] - timedelta(minutes=30), self._set_up)
        for start in mornings:
            self.at(start, self._pass_on)
            for _number in range(self.a_day):
                self.at(start + self.rng.random() * timedelta(hours=5), self._book)
            self.at(start + timedelta(hours=6), self._wait)

    def _set_up(self) -> None:
        boss = self.staff[0]
        self.kinds = [create_kind(by=boss, team=self.team, details=one) for one in KINDS[Team.Kind(self.team.kind)]]
        rooms = [create_room(by=boss, team=self.team, name=f"Stanza {n}") for n in (1, 2)] if self.team.site_id else []
        for number, operator in enumerate(self.staff[:3]):
            mediator = self.staff[-1] if number == 1 and len(self.staff) > 3 else None
            for hours, weekdays in ((MORNING, (0, 1, 2, 3, 4)), (AFTERNOON, (number, 3))):
                plan = OpeningPlan(
                    kinds=self.kinds, operator=operator, from_clock=hours[0], until_clock=hours[1], weekdays=weekdays,
                    starts_on=timezone.localdate(), room=rooms[number] if number < len(rooms) else None,
                    mediator=mediator, languages=("it", "fr", "ar") if mediator else ("it", "en"),
                )  # fmt: skip
                create_opening(by=boss, team=self.team, plan=plan)

    def _book(self) -> None:
        person, slot = self._somebody(), self._a_time()
        if person is None or slot is None:
            return
        try:
            made = book_appointment(
                by=self.rng.choice(self.staff), person=person, kind=slot.kind, opening_id=slot.opening.pk,
                starts_at=slot.starts_at,
            )  # fmt: skip
        except DomainError:
            return  # the person is expected elsewhere then
        fate = self.rng.random()
        if fate < 0.1:
            self.at(timezone.now() + timedelta(hours=3), lambda: self._cancel(made))
        elif fate < 0.22:
            self.at(made.ends_at, lambda: self._end(made, came=False))
        else:
            self.at(made.starts_at - timedelta(minutes=self.rng.randint(1, 12)), lambda: self._arrive(made))

    def _somebody(self) -> Person | None:
        persons = Person.objects.filter(partner=self.team.partner_id, restricted=False).order_by("-created_at", "id")
        known = list(persons[:60])
        return self.rng.choice(known) if known else None

    def _a_time(self) -> Slot | None:
        first = timezone.localdate() + timedelta(days=self.rng.randint(1, 5))
        slots = free_slots(self.rng.choice(self.kinds), first, first + timedelta(days=1))
        return self.rng.choice(slots[:12]) if slots else None

    def _wait(self) -> None:
        if (person := self._somebody()) is None or self.rng.random() < 0.5:
            return
        try:
            add_wish(
                by=self.staff[0], person=person, kind=self.rng.choice(self.kinds), from_day=timezone.localdate()
            )  # fmt: skip
        except DomainError:
            return  # waits already

    def _pass_on(self) -> None:
        pass_on_ended_offers(self.team.partner)

    def _cancel(self, made: Appointment) -> None:
        made.refresh_from_db()
        if made.is_expected and made.starts_at > timezone.now():
            cancel_appointment(by=self.staff[0], appointment=made, reason=Appointment.Reason.PERSON)

    def _arrive(self, made: Appointment) -> None:
        made.refresh_from_db()
        if made.is_expected:
            receive(by=self.rng.choice(self.staff), appointment=made)
        self.at(made.ends_at, lambda: self._end(made, came=True))

    def _end(self, made: Appointment, *, came: bool) -> None:
        """It is over: the person was received, or has not come, unless something else was said meanwhile."""
        made.refresh_from_db()
        if came and made.status == Appointment.Status.ARRIVED:
            mark_kept(by=self.staff[0], appointment=made)
        elif not came and made.is_expected:
            mark_missed(by=self.staff[0], appointment=made)
