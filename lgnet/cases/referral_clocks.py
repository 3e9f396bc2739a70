"""Until when each step of a referral is expected: seen, answered, arrived. A team has its own days, or the usual."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from lgnet.cases.models import Receiver, Referral
from lgnet.catalogue.models import Team
from lgnet.catalogue.opening import is_working_day
from lgnet.core.periods import days_later


class Clock(TextChoices):
    """A step with a time limit."""

    SEEN = "seen", pgettext_lazy("step of a referral", "seen")
    ANSWERED = "answered", pgettext_lazy("step of a referral", "answered")
    ARRIVED = "arrived", pgettext_lazy("step of a referral", "arrived")


@dataclass(frozen=True)
class Deadline:
    """Until when a step is expected, and when it was taken, if it was."""

    clock: Clock
    due_at: datetime
    done_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Whether it was taken too late, or should have been taken by now."""
        return (self.done_at or timezone.now()) > self.due_at


def receiver_of(team: Team) -> Receiver:
    """How people are sent to a team: what was set, or the usual days. One query unless it was read with the team."""
    known: Receiver | None = getattr(team, "receiver", None)
    return known or Receiver()


def deadlines(referral: Referral, receiver: Receiver | None = None) -> list[Deadline]:
    """The time limits of a referral that can be told, in their order: those past too."""
    receiver = receiver or receiver_of(referral.to_team)
    seen_by = working_days_later(referral.asked_at, receiver.seen_days, referral.partner.province)
    told = [
        Deadline(Clock.SEEN, seen_by, referral.seen_at),
        Deadline(Clock.ANSWERED, days_later(referral.asked_at, receiver.answer_days), referral.answered_at),
    ]
    is_expected = referral.status in {Referral.Status.ACCEPTED, Referral.Status.NOT_ARRIVED} or referral.arrived_at
    if referral.answered_at and is_expected:
        due = days_later(referral.answered_at, receiver.arrive_days)
        if referral.come_at:  # who has an appointment is not late before it
            due = max(due, referral.come_at + timedelta(days=1))
        told.append(Deadline(Clock.ARRIVED, due, referral.arrived_at))
    return told


def waiting_for(referral: Referral, receiver: Receiver | None = None) -> list[Deadline]:
    """The time limits of what is still to be done, soonest first; none when nothing is expected any more."""
    wanted = {
        Referral.Status.SENT: {Clock.SEEN, Clock.ANSWERED}, Referral.Status.SEEN: {Clock.ANSWERED},
        Referral.Status.ACCEPTED: {Clock.ARRIVED},
    }.get(Referral.Status(referral.status), set())  # fmt: skip
    waits = [deadline for deadline in deadlines(referral, receiver) if deadline.clock in wanted]
    return sorted(waits, key=lambda deadline: deadline.due_at)


def next_due(referral: Referral, receiver: Receiver | None = None) -> datetime | None:
    """Until when the next step is expected."""
    return next((deadline.due_at for deadline in waiting_for(referral, receiver)), None)


def working_days_later(moment: datetime, days: int, province: str = "") -> datetime:
    """The same time on the wall so many working days later: without Saturdays, Sundays and holidays there."""
    later = 0
    while days:
        later += 1
        day = timezone.localtime(moment).date() + timedelta(days=later)
        if is_working_day(day, province):
            days -= 1
    return days_later(moment, later)
