"""Shifts of the crew: who comes later to an outing or leaves it earlier, and who would be in two places."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError
from lgnet.core.periods import days_later, midnight
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import CrewMember, Outing


@dataclass(frozen=True)
class Shift:
    """From when and to when somebody goes along; None is the beginning, or the end, of the outing."""

    joins_at: datetime | None = None
    leaves_at: datetime | None = None

    def later(self, days: int) -> "Shift":
        """The same so many days later, at the same times on the wall."""
        return Shift(*(days_later(one, days) if one else None for one in (self.joins_at, self.leaves_at)))

    def within(self, start: datetime, end: datetime) -> "Shift":
        """The same as far as it lies in the hours of an outing: an edge outside of them is that of the outing."""
        joins = self.joins_at if self.joins_at and start < self.joins_at < end else None
        leaves = self.leaves_at if self.leaves_at and (joins or start) < self.leaves_at < end else None
        return Shift(joins, leaves)


Shifts = Mapping[str, Shift]  # by CrewMember.key


def shifts_of(outing: Outing) -> dict[str, Shift]:
    """The shifts of an outing that are not the whole of it."""
    return {member.key: Shift(member.joins_at, member.leaves_at) for member in outing.crew.all() if not member.is_whole}


def carried(shifts: Shifts, start: datetime, end: datetime, days: int) -> dict[str, Shift]:
    """Shifts of an outing that moves by so many days to these hours."""
    moved = {key: shift.later(days).within(start, end) for key, shift in shifts.items()}
    return {key: shift for key, shift in moved.items() if shift != Shift()}


def check_shifts(shifts: Shifts, start: datetime, end: datetime) -> None:
    """Raise DomainError, at the field `joins_KEY` or `leaves_KEY`, for a shift that is not inside these hours."""
    for key, shift in shifts.items():
        if shift.joins_at and not start <= shift.joins_at < end:
            raise DomainError(_("This is outside of the hours of the outing."), field=f"joins_{key}")
        if shift.leaves_at and not start < shift.leaves_at <= end:
            raise DomainError(_("This is outside of the hours of the outing."), field=f"leaves_{key}")
        if shift.joins_at and shift.leaves_at and shift.leaves_at <= shift.joins_at:
            raise DomainError(_("The end is not after the start."), field=f"leaves_{key}")


def overlapping(outing: Outing) -> QuerySet[Outing]:
    """Other outings, of whatever unit and city, that are not cancelled and take some of the same time.

    What really happened counts where it is known, otherwise the plan.
    """
    begins, finishes = Coalesce("started_at", "starts_at"), Coalesce("ended_at", "ends_at")
    others = Outing.objects.exclude(pk=outing.pk).filter(cancelled_at__isnull=True)
    return others.annotate(begins=begins, finishes=finishes).filter(
        begins__lt=outing.finishes_at, finishes__gt=outing.begins_at
    )


def clashes_of(outing: Outing) -> list[str]:
    """Who of the crew has a shift on another outing at the same time, in words; nothing for a cancelled outing."""
    crew = [member for member in outing.crew.all() if not outing.cancelled_at]
    if not crew:
        return []
    users, names = {one.user_id: one for one in crew if one.user_id}, {one.name.casefold(): one for one in crew}
    mine = Q(user__in=list(users)) | (Q(user=None) & Q(outing__partner=outing.partner_id))
    found = CrewMember.objects.filter(mine, outing__in=overlapping(outing)).select_related("user", "outing__team")
    told = []
    for other in found.order_by("outing__starts_at", "pk"):
        member = users.get(other.user_id) if other.user_id else names.get(other.name.casefold())
        if member:
            member.outing = outing
            if member.begins_at < other.finishes_at and other.begins_at < member.finishes_at:
                told.append(_is_out(other, outing))
    return told


def next_shifts(user: User, days: int) -> QuerySet[CrewMember]:
    """The shifts of a user on outings that run now or begin in the next days, in order."""
    now = timezone.now()
    rows = CrewMember.objects.filter(user=user, outing__cancelled_at=None, outing__ended_at=None)
    rows = rows.filter(outing__ends_at__gt=now, outing__starts_at__lt=now + timedelta(days=days))
    return rows.select_related("outing__team", "user").order_by("outing__starts_at", "pk")


def shifts_between(user: User, of: Iterable[User], first: date, last: date) -> QuerySet[CrewMember]:
    """The shifts of these users on outings that begin on the days between two, as far as the user reads outings.

    One's own are always among them.
    """
    partners = access_of(user).partner_ids(Permission.VIEW_OUTINGS)
    rows = CrewMember.objects.filter(Q(user=user) | Q(outing__partner__in=partners), user__in=list(of))
    rows = rows.filter(outing__starts_at__gte=midnight(first), outing__starts_at__lt=midnight(last, days_later=1))
    return rows.filter(outing__cancelled_at=None).select_related("outing__team", "user").order_by("outing__starts_at")


def time_out(member: CrewMember) -> timedelta:
    """How long the shift is: inside what really happened, where that is known."""
    begins, finishes = member.outing.begins_at, member.outing.finishes_at
    start = max(member.joins_at or begins, begins)
    return max(min(member.leaves_at or finishes, finishes) - start, timedelta())


def clock_words(member: CrewMember) -> str:
    """The hours of a shift that is not the whole outing, or an empty text."""
    if member.is_whole:
        return ""
    return f"{timezone.localtime(member.begins_at):%H:%M}–{timezone.localtime(member.finishes_at):%H:%M}"


def member_words(member: CrewMember) -> str:
    """The name, with the hours where they are not the whole outing."""
    clock = clock_words(member)
    return f"{member} ({clock})" if clock else str(member)


def crew_hours(members: Iterable[CrewMember]) -> str:
    """The hours of each of the crew, to be summed up elsewhere: "Ada Prova 4:00, Bruno Prova 1:30"."""
    return ", ".join(f"{member} {_hours_and_minutes(time_out(member))}" for member in members)


def _hours_and_minutes(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def _is_out(member: CrewMember, outing: Outing) -> str:
    if member.outing.partner_id != outing.partner_id:  # when another city sends its units out is its own business
        return _("%(name)s is on another outing then.") % {"name": str(member)}
    text = _("%(name)s is on another outing then: %(team)s, %(day)s, from %(from)s to %(to)s.")
    return text % {
        "name": str(member), "team": member.outing.team.name, "day": _day(member.begins_at),
        "from": f"{timezone.localtime(member.begins_at):%H:%M}",
        "to": f"{timezone.localtime(member.finishes_at):%H:%M}",
    }  # fmt: skip


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")


def days_between(first: datetime, second: datetime) -> int:
    """How many days of the calendar lie between two moments."""
    return (_local_day(second) - _local_day(first)).days


def _local_day(moment: datetime) -> date:
    return timezone.localdate(moment.astimezone(UTC))
