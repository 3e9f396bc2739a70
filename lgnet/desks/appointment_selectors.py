"""Reads of appointments, scoped: a team's day, who waits, what has to be moved, what can be set up."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber, TruncDate
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.models import BaseModel
from lgnet.core.periods import midnight
from lgnet.desks.appointment_calendar import closed_days, days_of, is_on
from lgnet.desks.appointment_models import (
    Absence,
    Appointment,
    AppointmentKind,
    AppointmentWish,
    CityDay,
    Opening,
    Room,
)
from lgnet.desks.appointment_planning import receives
from lgnet.desks.appointment_policies import plans, readable_by, readable_in
from lgnet.desks.appointment_slots import Calendar, closings_of, hits
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.models import NAMED, Person
from lgnet.people.policies import FileAccess, access_to_file

TODAY_SHOWN = 20  # on the page of the desk; the calendar has them all
LOOKS_AHEAD = timedelta(days=92)  # what has to be moved is looked for so far
Row = TypeVar("Row", bound=BaseModel)
FEWEST = 4  # appointments drawn of each column, however many columns there are


@dataclass
class Column:
    """One column of a team's day or week: whose it is, when people are received, who is expected."""

    title: str
    day: date
    hours: list[str] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    closed: str | None = None
    is_away: bool = False
    hidden: int = 0  # appointments that are not drawn because there are so many


# -- who sees which teams --------------------------------------------------------------------------------------------


def teams_seen(user: User) -> QuerySet[Team]:
    """Teams whose calendar the user sees: the own ones, and all where all openings are planned; desks first."""
    access = access_of(user)
    own = Q(pk__in=team_ids_of(user), partner__in=access.partner_ids(Permission.VIEW_APPOINTMENTS))
    seen = own | Q(partner__in=access.partner_ids(Permission.PLAN_ALL_OPENINGS))
    rows = Team.objects.filter(seen, is_active=True).exclude(kind=Team.Kind.OUTSIDE)
    return rows.select_related("partner", "site").order_by("kind", "name")


def teams_planned(user: User) -> list[Team]:
    """Teams whose openings the user plans."""
    return [team for team in teams_seen(user) if plans(user, team)]


def get_team_to_plan(user: User, pk: uuid.UUID) -> Team:
    """A team whose openings the user plans. Raises Http404 in another city, PermissionDenied in the own one."""
    team = Team.objects.filter(pk=pk).select_related("partner", "site").first()
    if team is None or team.partner_id not in access_of(user).partner_ids(Permission.VIEW_APPOINTMENTS):
        raise Http404
    if not plans(user, team):
        raise PermissionDenied(_("Only who plans the openings of this team changes them."))
    return team


def planned_row(user: User, model: type[Row], pk: uuid.UUID) -> Row:
    """A kind, opening or absence of a team whose openings the user plans. Raises as `get_team_to_plan`."""
    row: Any = model._default_manager.filter(pk=pk).select_related("team__partner", "team__site").first()
    if row is None:
        raise Http404
    row.team = get_team_to_plan(user, row.team_id)
    found: Row = row
    return found


def get_room(user: User, pk: uuid.UUID) -> tuple[Room, Team]:
    """A room with a team of its site whose openings the user plans. Raises Http404."""
    room = Room.objects.filter(pk=pk).first()
    teams = [team for team in teams_planned(user) if room and team.site_id == room.site_id]
    if room is None or not teams:
        raise Http404
    return room, teams[0]


def get_city_day(user: User, pk: uuid.UUID) -> CityDay:
    """What was said of a day of a city all of whose openings the user plans. Raises Http404."""
    partners = access_of(user).partner_ids(Permission.PLAN_ALL_OPENINGS)
    day = CityDay.objects.filter(pk=pk, partner__in=partners).first()
    if day is None:
        raise Http404
    return day


def cities_planned(user: User) -> QuerySet[Partner]:
    """Cities all of whose openings the user plans."""
    return Partner.objects.filter(pk__in=access_of(user).partner_ids(Permission.PLAN_ALL_OPENINGS))


# -- appointments ----------------------------------------------------------------------------------------------------


def visible_appointments(user: User) -> QuerySet[Appointment]:
    """Appointments that the user reads: of the own teams, of all where all openings are planned, of open files."""
    rows = Appointment.objects.filter(readable_by(user))
    return rows.select_related("person", "kind", "team", "operator", "mediator", "room")


def narrowed(rows: QuerySet[Appointment], *more: str) -> QuerySet[Any]:
    """Appointments with what a line of the list or of the calendar tells, and the fields in `more`; no more is read."""
    related = ("person", "kind", "team", "operator", "mediator", "room")
    return rows.select_related(None).select_related(*related).only(
        "starts_at", "ends_at", "status", "opening", *related, *(f"person__{name}" for name in NAMED), "kind__name_it",
        "kind__name_en", "team__name", "operator__full_name", "mediator__full_name", "room__name", *more,
    )  # fmt: skip


def get_appointment(user: User, pk: uuid.UUID) -> Appointment:
    """An appointment that the user reads; the read is logged. Raises Http404."""
    rows = visible_appointments(user).select_related("partner", "team__site", "kind__team", "booked_by", "changed_by")
    appointment = rows.filter(pk=pk).first()
    if appointment is None:
        raise Http404
    audit.note_read(
        by=user, object_type="desks.appointment", object_id=appointment.pk, partner_id=appointment.partner_id,
        person_id=appointment.person_id,
    )  # fmt: skip
    return appointment


def shown(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Those that a calendar shows: neither cancelled, nor offers that have ended."""
    ended = Q(status=Appointment.Status.OFFERED, offer_ends_at__lte=timezone.now())
    return rows.exclude(ended).exclude(status=Appointment.Status.CANCELLED).order_by("starts_at")


def between(rows: QuerySet[Appointment], first: date, last: date) -> QuerySet[Appointment]:
    """Those that begin on the days between two, both included."""
    return rows.filter(starts_at__gte=midnight(first), starts_at__lt=midnight(last, days_later=1))


def appointments_of(user: User, person: Person, file: FileAccess | None = None) -> QuerySet[Appointment]:
    """Appointments of a person that the user reads, those to come; soonest first.

    `file`: how the user stands to the file, if the caller knows it.
    """
    is_open = (file or access_to_file(user, person)).is_open
    rows = Appointment.objects.filter(readable_in(user, person, is_open=is_open), person=person)
    return shown(rows.filter(ends_at__gt=timezone.now()).select_related("kind", "team"))


def expected_today(user: User, teams: Iterable[Team]) -> tuple[list[Appointment], int]:
    """Who has an appointment today with these teams, in order, and how many: of very many those of about now."""
    today = timezone.localdate()
    rows = between(shown(visible_appointments(user).filter(team__in=[team.pk for team in teams])), today, today)
    count = rows.count()
    if count > TODAY_SHOWN:
        rows = rows.filter(starts_at__gte=timezone.now() - timedelta(hours=1))
    return list(narrowed(rows)[:TODAY_SHOWN]) if count else [], count


def those_read_by(user: User, appointments: Iterable[Appointment]) -> list[Appointment]:
    """Those of some appointments that the user reads, in order: the others are about files restricted to their team."""
    keys = [one.pk for one in appointments]
    return list(visible_appointments(user).filter(pk__in=keys).order_by("starts_at")) if keys else []


def own_today(user: User) -> list[Appointment]:
    """Who comes today to the user, who receives or comes along as the mediator, in order."""
    today = timezone.localdate()
    rows = visible_appointments(user).filter(Q(operator=user) | Q(mediator=user))
    return list(between(shown(rows), today, today))


def team_columns(user: User, team: Team, days: list[date], by: str, *, most: int | None = None) -> list[Column]:
    """The columns of a team's calendar: one day by operator or room, or some days, one each. The queries are fixed.

    Of more than `most` appointments so many are read, at least a few of each column; the columns say how many are not.
    """
    key = TruncDate("starts_at") if len(days) > 1 else F("room__name" if by == "room" else "operator__full_name")
    rows: QuerySet[Any] = between(shown(visible_appointments(user).filter(team=team)), days[0], days[-1])
    rows = rows.annotate(column=key)
    counts = Counter(dict(rows.order_by().values("column").annotate(n=Count("pk")).values_list("column", "n")))
    columns = _columns_of_days(team, days) if len(days) > 1 else _columns_of_day(team, days[0], by, counts)
    if most is not None and counts.total() > most:
        rows = _next_of_each(rows, max(FEWEST, most // len(columns)))
    for one in narrowed(rows) if counts else []:
        columns[one.column].appointments.append(one)
    for name, column in columns.items():
        column.hidden = counts[name] - len(column.appointments)
    return list(columns.values())


def _next_of_each(rows: QuerySet[Appointment], most: int) -> QuerySet[Appointment]:
    """So many appointments of each column: those to come, in order, and then the latest of those that are over."""
    is_over = Q(ends_at__lte=timezone.now())
    order = [Case(When(is_over, then=1), default=0), Case(When(~is_over, then="starts_at")), F("starts_at").desc()]
    return rows.annotate(place=Window(RowNumber(), partition_by="column", order_by=order)).filter(place__lte=most)


def _openings_between(team: Team, first: date, last: date) -> QuerySet[Opening]:
    rows = Opening.objects.filter(team=team, ended_at=None, starts_on__lte=last).exclude(ends_on__lt=first)
    return rows.select_related("operator", "room")


def _columns_of_days(team: Team, days: list[date]) -> dict[Any, Column]:
    closed = closed_days(team.partner, days[0], days[-1])
    columns: dict[Any, Column] = {day: Column("", day, closed=closed.get(day)) for day in days}
    for opening in _openings_between(team, days[0], days[-1]):
        for day in days_of(opening, days[0], days[-1]):
            columns[day].hours.append(f"{_hours(opening)} {opening.operator.full_name}")
    return columns


def _columns_of_day(team: Team, day: date, by: str, names: Iterable[str | None]) -> dict[Any, Column]:
    """Columns of those who receive, or of the rooms, and of those of other `names`; None is no room."""
    calendar = closings_of(team.partner, day, day)
    found: dict[str | None, Column] = {}

    def column_of(name: str | None) -> Column:
        return found.setdefault(name, Column(name or _("no room"), day, closed=calendar.closed.get(day)))

    for opening in _openings_between(team, day, day):
        if is_on(opening, day):
            room = opening.room.name if opening.room else None
            column = column_of(room if by == "room" else opening.operator.full_name)
            column.hours.append(_hours(opening))
            span = (midnight(day), midnight(day, days_later=1))
            column.is_away = column.is_away or any(hits(absence, opening, *span) for absence in calendar.absences)
    for name in names:
        column_of(name)
    return dict(sorted(found.items(), key=lambda pair: pair[1].title))


def _hours(opening: Opening) -> str:
    return f"{opening.from_clock:%H:%M}–{opening.until_clock:%H:%M}"


def to_move(user: User, team: Team) -> list[Appointment]:
    """Who is booked at a time at which nobody receives any more: absences, closed days, changed openings.

    What is booked in one opening on one day is looked at as if it were one long appointment; one by one only where
    that does not stand.
    """
    today = timezone.localdate()
    booked = Q(team=team, status__in=Appointment.EXPECTED, starts_at__gt=timezone.now())
    booked &= Q(starts_at__lt=midnight(today + LOOKS_AHEAD, days_later=1))
    needs = ("opening_id", "operator_id", "mediator_id", "room_id")
    by_day = Appointment.objects.filter(booked).order_by().values(*needs, day=TruncDate("starts_at"))
    long = by_day.annotate(begin=Min("starts_at"), end=Max("ends_at")).values(*needs, "begin", "end")
    together = [Appointment(team=team, starts_at=one.pop("begin"), ends_at=one.pop("end"), **one) for one in long]
    if not together:
        return []
    calendar = closings_of(team.partner, today, today + LOOKS_AHEAD)
    openings = Opening.objects.in_bulk({one.opening_id for one in together})
    doubtful = {one.opening_id for one in together if not _stands(one, openings[one.opening_id], calendar)}
    if not doubtful:
        return []
    rows = visible_appointments(user).filter(booked, opening__in=doubtful).order_by("starts_at")
    return [one for one in narrowed(rows) if not _stands(one, openings[one.opening_id], calendar)]


def _stands(appointment: Appointment, opening: Opening, calendar: Calendar) -> bool:
    if timezone.localdate(appointment.starts_at) in calendar.closed or not receives(opening, appointment):
        return False
    begin, end = appointment.starts_at, appointment.ends_at
    return not any(hits(absence, appointment, begin, end) for absence in calendar.absences)


# -- booking ---------------------------------------------------------------------------------------------------------


def kinds_to_book(user: User, partner_id: uuid.UUID) -> QuerySet[AppointmentKind]:
    """Kinds of appointment in a city that the user books, by team."""
    access = access_of(user)
    kinds = AppointmentKind.objects.filter(is_active=True, team__is_active=True, partner=partner_id)
    kinds = kinds.filter(partner__in=access.partner_ids(Permission.BOOK_APPOINTMENT))
    theirs = Q(team__in=team_ids_of(user)) | Q(partner__in=access.partner_ids(Permission.PLAN_ALL_OPENINGS))
    open_to_all = ~Q(booked_by_whom=AppointmentKind.BookedBy.TEAM)
    return kinds.filter(open_to_all | theirs).select_related("team", "partner").order_by("team__name", "name_it")


# -- the waiting list ------------------------------------------------------------------------------------------------


def visible_wishes(user: User) -> QuerySet[AppointmentWish]:
    """The waiting lists that the user reads, by the same rule as appointments."""
    rows = AppointmentWish.objects.filter(readable_by(user))
    return rows.select_related("person", "kind", "team")


def get_wish(user: User, pk: uuid.UUID) -> AppointmentWish:
    """Somebody on a waiting list that the user reads. Raises Http404."""
    wish = visible_wishes(user).select_related("kind__team").filter(pk=pk).first()
    if wish is None:
        raise Http404
    return wish


# -- setting up ------------------------------------------------------------------------------------------------------


def setup_of(team: Team) -> dict[str, Any]:
    """What is set up for a team: kinds, openings that are not over, rooms, absences and days to come."""
    today = timezone.localdate()
    openings = Opening.objects.filter(team=team, ended_at=None).exclude(ends_on__lt=today)
    absences = Absence.objects.filter(team=team, withdrawn_at=None, ends_at__gt=timezone.now())
    return {
        "kinds": AppointmentKind.objects.filter(team=team).order_by("-is_active", "name_it"),
        "openings": openings.select_related("operator", "room", "mediator").prefetch_related("kinds"),
        "rooms": Room.objects.filter(site=team.site_id) if team.site_id else Room.objects.none(),
        "absences": absences.select_related("operator", "room"),
        "city_days": CityDay.objects.filter(partner=team.partner_id, day__gte=today),
    }
