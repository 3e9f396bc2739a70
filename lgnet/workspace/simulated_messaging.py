"""Mediators that cities lend each other, who wants no messages, and the post of every day, in the demo."""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.desks.mediation import Hours, offer_mediation, say_here
from lgnet.desks.mediation_bookings import book_mediation, cancel_mediation, close_mediation
from lgnet.desks.mediation_models import MediationBooking, MediationOffer, Way
from lgnet.desks.mediation_selectors import free_hours
from lgnet.desks.models import Visit
from lgnet.messaging.delivery import deliver_due
from lgnet.messaging.opt_outs import opt_out
from lgnet.network.models import User
from lgnet.people.models import Person
from lgnet.people.policies import file_is_open_for

DAYS = 8  # of the calendar: what is older has no lesson
MEDIATORS = (
    ("Amal Prova", ("ar", "fr")), ("Rahima Esempio", ("bn", "ur")), ("Oksana Prova", ("uk", "ru")),
    ("Fatou Esempio", ("wo", "fr")), ("Selam Prova", ("ti", "am")), ("Mei Esempio", ("zh",)),
    ("Zohra Prova", ("ps", "fa")), ("Hodan Esempio", ("so", "sw")),
)  # fmt: skip
AREAS = ("legal", "health", "housing", "orientation", "")
POST = (time(9, 15), time(12, 15), time(18, 15))

At = Callable[[datetime, Callable[[], None]], None]


class Exchange:
    """The mediators of all desks, (desk, who works there) each; `plan` puts them into the simulation."""

    def __init__(self, desks: list[tuple[Team, list[User]]], *, seed: int, scale: float, at: At) -> None:
        self.desks = [(desk, staff) for desk, staff in desks if staff]
        self.at = at
        self.rng = random.Random(f"mediators {seed}")  # noqa: S311  # lives of invented people
        self.bookings = max(1, round(2 * scale))

    def plan(self, now: datetime) -> None:
        """Hours are offered first; then each working day until now has its bookings, and its post."""
        today = timezone.localdate(now)
        days = [today - timedelta(days=ago) for ago in range(DAYS, -1, -1)]
        for number, (desk, staff) in enumerate(self.desks):
            self.at(_clock(days[0], time(8)), lambda d=desk, s=staff, n=number: self._offer(d, s, n))  # type: ignore[misc]
        for day in days:
            if day.weekday() < 5:
                self._plan_day(day)
            for moment in POST:
                self.at(_clock(day, moment), _deliver)

    def _plan_day(self, day: date) -> None:
        for desk, staff in self.desks:
            self.at(_clock(day, time(9, 5)), lambda d=desk, s=staff: self._come(d, s))  # type: ignore[misc]
            for _number in range(self.bookings):
                moment = _clock(day, time(9, 10)) + self.rng.random() * timedelta(hours=3)
                self.at(moment, lambda d=desk, s=staff: self._book(d, s))  # type: ignore[misc]

    def _offer(self, desk: Team, staff: list[User], number: int) -> None:
        """Two mornings or afternoons a week of one mediator; three cities in four offer them to all."""
        start = self.rng.choice((9, 10, 14))
        weekday = number % 5
        name, languages = MEDIATORS[number % len(MEDIATORS)]
        offer_mediation(
            by=staff[0], partner=desk.partner,
            hours=Hours(
                name=name, languages=languages,
                ways=[Way.PHONE, Way.VIDEO, Way.IN_PERSON][: self.rng.choice((1, 2, 3))],
                reach=MediationOffer.Reach.OWN if number % 4 == 3 else MediationOffer.Reach.NETWORK,
                starts_on=timezone.localdate(), weekdays=sorted({weekday, (weekday + 2) % 5}), opens=time(start),
                closes=time(start + 3), slot_minutes=30, how_to_join=f"010 5550{100 + number}",
            ),
        )  # fmt: skip

    def _come(self, desk: Team, staff: list[User]) -> None:
        """Now and then a mediator is at the desk in the morning; now and then somebody wants no messages any more."""
        if self.rng.random() < 0.4:
            name, languages = self.rng.choice(MEDIATORS)
            say_here(by=staff[0], team=desk, name=name, languages=languages, until=time(13))
        if self.rng.random() < 0.2 and (person := self._received(desk)):
            opt_out(by=staff[0], person=person, channel="sms")

    def _book(self, desk: Team, staff: list[User]) -> None:
        by = self.rng.choice(staff)
        slots = [slot for hours in free_hours(by, days=3).values() for one in hours for slot in one.slots]
        if not slots:
            return
        slot = self.rng.choice(slots[:12])
        person = self._received(desk)
        ways = [way for way in slot.offer.ways if way != Way.IN_PERSON or slot.offer.partner_id == desk.partner_id]
        booking = book_mediation(
            by=by, partner=desk.partner, offer=slot.offer, starts_at=slot.starts_at, way=self.rng.choice(ways),
            language=self.rng.choice(slot.offer.languages), area=self.rng.choice(AREAS),
            person=person if person and file_is_open_for(by, person) else None,
        )  # fmt: skip
        if self.rng.random() < 0.1:
            cancel_mediation(by=by, booking=booking, reason="La persona verrà un altro giorno")
        else:
            self.at(booking.ends_at + timedelta(minutes=5), lambda: self._close(by, booking))

    def _close(self, by: User, booking: MediationBooking) -> None:
        held = self.rng.random() < 0.9
        close_mediation(by=by, booking=booking, held=held, minutes=self.rng.choice((15, 20, 30, 30)) if held else None)

    def _received(self, desk: Team) -> Person | None:
        """One of those whom the desk received lately: the file is open to who works there."""
        visits = list(Visit.objects.filter(team=desk).select_related("person").order_by("-arrived_at")[:10])
        return self.rng.choice(visits).person if visits else None


def _clock(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def _deliver() -> None:
    """What is due goes to the gateways of a demo, which send nothing anywhere."""
    if settings.DEMO:
        deliver_due()
