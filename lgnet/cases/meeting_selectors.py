"""Reads of team meetings: the reader sees the points on cases whose file is open to her or him, no trace of others.

The coordinator sees that meetings took place and how many points and decisions they had, not what was said.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.cases.meeting_models import AgendaItem, Decision, TeamMeeting
from lgnet.cases.models import Case
from lgnet.cases.visibility import of_whole_cases
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import current_team_memberships, own_teams, team_ids_of
from lgnet.core.periods import midnight
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import not_hidden_from, person_is_open_for

ON = (AgendaItem.State.OPEN, AgendaItem.State.DISCUSSED, AgendaItem.State.PUT_OFF)  # not taken out


def meeting_teams(user: User) -> QuerySet[Team]:
    """The teams of the user that meet about cases."""
    return own_teams(user, Permission.WORK_ON_CASE).exclude(kind=Team.Kind.OUTSIDE).order_by("name")


def is_in(user: User, meeting: TeamMeeting) -> bool:
    """Whether the user works on cases in the team that meets."""
    partners = access_of(user).partner_ids(Permission.WORK_ON_CASE)
    return meeting.partner_id in partners and meeting.team_id in team_ids_of(user)


def own_meetings(user: User) -> QuerySet[TeamMeeting]:
    """Meetings of the user's teams."""
    partners = access_of(user).partner_ids(Permission.WORK_ON_CASE)
    found = TeamMeeting.objects.filter(partner__in=partners, team__in=team_ids_of(user))
    return found.select_related("team", "chair", "partner")


def listed_meetings(user: User) -> QuerySet[Any]:
    """Meetings of the user's teams, and of the cities the user coordinates, with `points` and `decisions`.

    Those to come stand first (`rank`), the next one on top; then those that were, the latest first.
    """
    access = access_of(user)
    own = Q(partner__in=access.partner_ids(Permission.WORK_ON_CASE), team__in=team_ids_of(user))
    found = TeamMeeting.objects.filter(own | Q(partner__in=access.partner_ids(Permission.ASSIGN_CASE)))
    counted = _counted(user)
    made = Decision.objects.filter(item__in=counted, withdrawn_at__isnull=True, item__meeting=OuterRef("pk"))
    return found.select_related("team", "chair", "partner").annotate(
        points=_number(counted.filter(meeting=OuterRef("pk")), "meeting"),
        decisions=_number(made, "item__meeting"),
        rank=models.Case(models.When(to_come(), then=Value(0)), default=Value(1)),
    )


def _counted(user: User) -> QuerySet[AgendaItem]:
    """Items the user may know of: in the own teams those to be read, elsewhere those not of restricted files."""
    own = Q(meeting__team__in=team_ids_of(user))
    listed = Case.objects.filter(not_hidden_from(user)).order_by().values("pk")
    known = Q(case__isnull=True) | (own & Q(case__in=open_cases(user).values("pk"))) | (~own & Q(case__in=listed))
    return AgendaItem.objects.filter(known, state__in=ON).order_by()


def _number(rows: QuerySet[Any], by: str) -> Any:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)


def open_cases(user: User) -> QuerySet[Case]:
    """Cases whose file the user may read now."""
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    return Case.objects.filter(person_is_open_for(user), of_whole_cases(user, "pk"), partner__in=partners).order_by()


def readable_items(user: User) -> QuerySet[AgendaItem]:
    """Items of the user's meetings on general points, and on cases whose file is open for the user."""
    readable = Q(case__isnull=True) | Q(case__in=open_cases(user).values("pk"))
    return AgendaItem.objects.filter(readable, meeting__in=own_meetings(user).order_by().values("pk"))


def get_meeting(user: User, pk: uuid.UUID) -> TeamMeeting:
    """A meeting of the user's teams. Raises Http404."""
    meeting = own_meetings(user).filter(pk=pk).first()
    if meeting is None:
        raise Http404
    return meeting


def get_item(user: User, pk: uuid.UUID) -> AgendaItem:
    """An item that the user may read; the read is logged. Raises Http404."""
    found = readable_items(user).filter(pk=pk).select_related("meeting__team", "meeting__partner", "case__person")
    item = found.first()
    if item is None:
        raise Http404
    note_read_of(user, item)
    return item


def get_decision(user: User, pk: uuid.UUID) -> Decision:
    """A decision on an item that the user may read; the read is logged. Raises Http404."""
    decision = Decision.objects.filter(pk=pk).select_related("task", "owner").first()
    if decision is None:
        raise Http404
    decision.item = get_item(user, decision.item_id)
    return decision


def note_read_of(user: User, item: AgendaItem) -> None:
    """Log that an item about a case was read."""
    if item.case is not None:
        audit.note_read(
            by=user, object_type="cases.agendaitem", object_id=item.pk, partner_id=item.case.partner_id,
            person_id=item.case.person_id,
        )  # fmt: skip


def to_come(path: str = "") -> Q:
    """Meetings under way, and those planned from today on: one that nobody held is not to come any more."""
    running = Q(**{f"{path}status": TeamMeeting.Status.RUNNING})
    from_today = {f"{path}status": TeamMeeting.Status.PLANNED, f"{path}starts_at__gte": midnight(timezone.localdate())}
    return running | Q(**from_today)


def next_meeting(team: Team, *, but_decided: Case | None = None) -> TeamMeeting | None:
    """The meeting of the team that is under way, or else the next one from today on.

    With a case, not one in which something was decided on it already.
    """
    rows = TeamMeeting.objects.filter(to_come(), team=team)
    if but_decided is not None:
        decided = Decision.objects.filter(item__case=but_decided, withdrawn_at=None)
        rows = rows.exclude(pk__in=decided.values("item__meeting"))
    return rows.select_related("team", "partner").order_by("starts_at").first()


def meetings_of_day(user: User) -> QuerySet[Any]:
    """Meetings of the user's teams that are under way, or planned for today, with the number of points."""
    today = timezone.localdate()
    planned = Q(starts_at__gte=midnight(today), starts_at__lt=midnight(today, days_later=1))
    mine = TeamMeeting.objects.filter(team__in=team_ids_of(user), status__in=TeamMeeting.OPEN)
    now = list(mine.filter(planned | Q(status=TeamMeeting.Status.RUNNING)).values_list("pk", flat=True))
    if not now:  # as on most days: their points need not be counted
        return TeamMeeting.objects.none()
    return listed_meetings(user).filter(pk__in=now).order_by("starts_at")


def meetings_to_fill(*, within: timedelta) -> QuerySet[TeamMeeting]:
    """Planned meetings of every city that begin soon: of each team, the agenda fills by itself."""
    now: datetime = timezone.now()
    return TeamMeeting.objects.filter(
        status=TeamMeeting.Status.PLANNED, starts_at__gte=now, starts_at__lt=now + within
    ).select_related("team", "partner")


def general_decisions(user: User) -> QuerySet[Decision]:
    """Decisions on general points of the user's teams that are not done yet, the first due on top."""
    rows = Decision.objects.filter(
        item__case__isnull=True, item__meeting__in=own_meetings(user).order_by().values("pk"), done_at__isnull=True,
        withdrawn_at__isnull=True,
    )  # fmt: skip
    return rows.select_related("owner", "item__meeting__team", "task").order_by("due_on", "created_at")


def discussions_of(case: Case) -> list[AgendaItem]:
    """When a case, that the user has opened, was discussed in closed meetings, with its decisions; latest first."""
    rows = AgendaItem.objects.filter(
        case=case, state=AgendaItem.State.DISCUSSED, meeting__status=TeamMeeting.Status.CLOSED
    )
    return list(
        rows.select_related("meeting__team").prefetch_related("addenda__by", standing()).order_by("-meeting__starts_at")
    )


def waits_on_agenda(case: Case) -> AgendaItem | None:
    """The item by which a case, that the user has opened, is on the agenda of a meeting to come or under way."""
    rows = AgendaItem.objects.filter(to_come("meeting__"), case=case, state__in=ON)
    return rows.select_related("meeting__team").order_by("meeting__starts_at").first()


def standing() -> Any:
    """The decisions that were not withdrawn, with who does them and their task, as `standing`."""
    rows = Decision.objects.filter(withdrawn_at__isnull=True).select_related("owner", "task")
    return Prefetch("decisions", queryset=rows, to_attr="standing")


def shown_persons(items: list[AgendaItem]) -> list[Person]:
    """Whom these items are about."""
    return [item.case.person for item in items if item.case is not None]


def next_first(meetings: QuerySet[Any]) -> QuerySet[Any]:
    """`listed_meetings` with the next one on top, and after those to come the latest that was."""
    soonest = models.Case(models.When(rank=0, then=models.F("starts_at")))
    return meetings.order_by("rank", soonest, "-starts_at", "pk")


def colleagues_in(teams: QuerySet[Team]) -> QuerySet[User]:
    """Who is in one of these teams today."""
    places = current_team_memberships().filter(team__in=teams.order_by().values("pk"))
    return User.objects.filter(pk__in=places.values("user")).order_by("full_name")


def who_was_there(meeting: TeamMeeting, team: list[User]) -> list[tuple[User, bool]]:
    """The colleagues of the team, and who was ticked and has left it since, each with whether she or he was there."""
    there = {row.user_id: row.user for row in meeting.attendances.select_related("user")}
    people = {user.pk: user for user in team} | there
    return [(user, user.pk in there) for user in sorted(people.values(), key=lambda one: one.full_name)]


def reads_every_point(user: User, meeting: TeamMeeting) -> bool:
    """Whether the file of every case of the meeting is open for the user: then the complete minutes are too."""
    points = AgendaItem.objects.filter(meeting=meeting, state__in=ON)
    return not points.exclude(pk__in=readable_items(user).filter(meeting=meeting).order_by().values("pk")).exists()


def note_whole_read(user: User, meeting: TeamMeeting) -> None:
    """Log that the complete minutes were read, case by case."""
    for item in AgendaItem.objects.filter(meeting=meeting, state__in=ON).select_related("case"):
        note_read_of(user, item)
