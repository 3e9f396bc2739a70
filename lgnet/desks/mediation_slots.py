"""The slots of an offer: worked out from its hours, by the clock on the wall."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from lgnet.core.periods import at_clock
from lgnet.desks.mediation_models import MediationOffer

CODE = "%Y%m%dT%H%M"


@dataclass(frozen=True)
class Slot:
    """One slot of an offer."""

    offer: MediationOffer
    starts_at: datetime
    ends_at: datetime

    @property
    def code(self) -> str:
        """When it begins, as its address says it: in universal time."""
        return f"{self.starts_at.astimezone(UTC):{CODE}}"

    def is_now(self, now: datetime) -> bool:
        """Whether it has begun and is not over."""
        return self.starts_at <= now < self.ends_at


def runs_on(offer: MediationOffer, day: date) -> bool:
    """Whether the mediator is offered on this day."""
    if day < offer.starts_on or (offer.ends_on is not None and day > offer.ends_on):
        return False
    if day.isoformat() in offer.days_off:
        return False
    return day.weekday() in offer.weekdays if offer.weekdays else day == offer.starts_on


def slots_on(offer: MediationOffer, day: date) -> list[Slot]:
    """The slots of one day; minutes left over at the end make none."""
    if not runs_on(offer, day):
        return []
    found, length = [], timedelta(minutes=offer.slot_minutes)
    start, end = at_clock(day, offer.opens), at_clock(day, offer.closes)
    while start + length <= end:
        found.append(Slot(offer, start, start + length))
        start += length
    return found


def moment_of_code(code: str) -> datetime | None:
    """The moment that `Slot.code` says, or None for anything else."""
    try:
        return datetime.strptime(code, CODE).replace(tzinfo=UTC)
    except ValueError:
        return None


def slot_at(offer: MediationOffer, day: date, moment: datetime) -> Slot | None:
    """The slot of that day that begins at this moment, if there is one."""
    return next((slot for slot in slots_on(offer, day) if slot.starts_at == moment), None)


def overlap(one: MediationOffer, other: MediationOffer) -> bool:
    """Whether two offers are at the same time on some day of their first common week."""
    if one.opens >= other.closes or other.opens >= one.closes:
        return False
    first = max(one.starts_on, other.starts_on)
    return any(runs_on(one, day) and runs_on(other, day) for day in days_from(first, 7))


def days_from(first: date, number: int) -> Iterator[date]:
    """So many days, one after the other."""
    for ahead in range(number):
        yield first + timedelta(days=ahead)


def free(slots: Iterable[Slot], taken: set[tuple[object, datetime]], now: datetime) -> list[Slot]:
    """Those that nobody has booked and that are not over."""
    return [slot for slot in slots if slot.ends_at > now and (slot.offer.pk, slot.starts_at) not in taken]
