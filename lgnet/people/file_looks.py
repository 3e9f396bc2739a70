"""Who saw a person's file, for the person: by day and by team, with the reasons stated; nobody of the staff by name.

Read from the log. A list in which the person's name stands is no look into the file: it is not told here, and the page
says so.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models.functions import TruncDate
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import TeamMembership
from lgnet.network.models import Membership
from lgnet.people.models import FileMember, FileOpening, Person
from lgnet.people.own_entry import OWN_CARD
from lgnet.people.selectors import ids_of

Action = AuditEntry.Action
ENTRIES = {Action.SIGN_IN, Action.SIGN_IN_FAILED}
# What was done with the file, in the words of the page: read, or also written in; taken along as a spreadsheet.
DONE: dict[str, str] = {
    Action.READ: "read", Action.OPEN: "read", Action.CREATE: "wrote", Action.UPDATE: "wrote", Action.DELETE: "wrote",
    Action.EXPORT: "took",
}  # fmt: skip


@dataclass
class Look:
    """What somebody did with the file on one day: whoever works in `team`, or else holds `role`, or else a program."""

    team: str = ""
    role: str = ""
    done: set[str] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)


@dataclass
class Day:
    """What happened with the file on one day; `entries` says whether the own page was opened, or somebody failed to."""

    day: date
    looks: list[Look] = field(default_factory=list)
    entries: set[str] = field(default_factory=set)


def looks_at_file(person: Person) -> list[Day]:
    """Every day on which somebody looked into the file or wrote in it, latest first; also in one joined with it."""
    rows = AuditEntry.objects.filter(person_id__in=ids_of(person.pk), action__in=[*DONE, *ENTRIES])
    happened = set(
        rows.order_by()
        .annotate(day=TruncDate("created_at"))
        .values_list("day", "actor_id", "action", "object_type")
        .distinct()
    )
    who = _Staff(person, {actor for _day, actor, _action, _type in happened if actor})
    days: dict[date, Day] = {}
    looks: dict[tuple[date, str, str], Look] = {}

    def look(day: date, actor: uuid.UUID | None) -> Look:
        team, role = who.at_work(actor, day) if actor else ("", "")
        if (day, team, role) not in looks:
            looks[day, team, role] = Look(team, role)
            days[day].looks.append(looks[day, team, role])
        return looks[day, team, role]

    for day, actor, action, kind in sorted(happened, key=str, reverse=True):
        days.setdefault(day, Day(day))
        if action in ENTRIES:
            if kind == OWN_CARD:
                days[day].entries.add(action)
        else:
            look(day, actor).done.add(DONE[action])
    for opening in FileOpening.objects.filter(person=person).order_by("created_at"):
        day = timezone.localdate(opening.created_at)
        days.setdefault(day, Day(day))
        look(day, opening.user_id).reasons.append(opening.reason)
    return [days[day] for day in sorted(days, reverse=True) if days[day].looks or days[day].entries]


class _Staff:
    """In which team of the city, or else role, each of `actors` worked on a day; few queries for all of them."""

    def __init__(self, person: Person, actors: Iterable[Any]) -> None:
        here = {"user__in": list(actors), "team__partner": person.partner_id}
        in_file = set(FileMember.objects.filter(person=person, team__isnull=False).values_list("team_id", flat=True))
        teams = list(TeamMembership.objects.filter(**here).select_related("team").order_by("team__name", "starts_on"))
        self.teams = sorted(teams, key=lambda one: one.team_id not in in_file)  # the teams of the file come first
        posts = Membership.objects.filter(user__in=list(actors))
        self.posts = sorted(posts.order_by("created_at"), key=lambda one: one.partner_id != person.partner_id)

    def at_work(self, actor: uuid.UUID, day: date) -> tuple[str, str]:
        """The name of the team and the role, of which one may be empty."""
        for place in self.teams:
            if place.user_id == actor and _runs(place, day):
                return place.team.name, ""
        for post in self.posts:
            if post.user_id == actor and _runs(post, day):
                return "", post.role
        return "", "staff"


def _runs(held: TeamMembership | Membership, day: date) -> bool:
    """Whether a place in a team, or a role, was held on a day: by its days, unless it was ended at once before."""
    last = timezone.localdate(held.ended_at) if held.ended_at else held.ends_on
    return held.starts_on <= day and (last is None or day <= last)
