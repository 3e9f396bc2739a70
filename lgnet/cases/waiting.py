"""Who waits too long: read from the episodes, with the limits of the city and the causes that were stated."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.waiting_models import BEGINS, REACHED, USUAL_LIMITS, DelayCause, Step, WaitLimit
from lgnet.core.errors import DomainError
from lgnet.network.access import access_of, can
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.models import Episode, Person
from lgnet.people.policies import not_hidden_from
from lgnet.people.selectors import get_listed_person
from lgnet.people.services import log_write, require

LONGEST = timedelta(days=365)  # who was met longer ago and never taken in charge is waited for no more
MOST_DAYS = 730


def limits_of(partner_ids: frozenset[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """The days within which each step should come, by city."""
    limits: dict[uuid.UUID, dict[str, int]] = {pk: {str(k): v for k, v in USUAL_LIMITS.items()} for pk in partner_ids}
    for partner, step, days in WaitLimit.objects.filter(partner__in=partner_ids).values_list("partner", "step", "days"):
        limits[partner][step] = days
    return limits


def waiting_for(user: User, step: Step) -> QuerySet[Episode]:
    """Episodes of the user's cities in which the person waits for this step now, the longest first.

    Each has `since`, and `cause` as it was stated last. Restricted files only for their team.
    """
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    begins = BEGINS[step]
    stated = DelayCause.objects.filter(
        person=OuterRef("person"), episode=OuterRef("number"), step=step, followed_at__isnull=True
    )
    waits = {f"{REACHED[step]}__isnull": True, "outcome_at__isnull": True, f"{begins}__isnull": False}
    found = Episode.objects.filter(not_hidden_from(user), partner__in=partners, **waits)
    if step == Step.CASE:
        found = found.filter(met_at__gte=timezone.now() - LONGEST)
    return (
        found.exclude(Exists(stated.filter(cause__in=DelayCause.ENDING)))
        .annotate(since=F(begins), cause=Subquery(stated.values("cause")[:1], output_field=CharField()))
        .select_related("person", "partner")
        .order_by(begins, "pk")
    )


def late(rows: QuerySet[Episode], step: Step, *, now: datetime | None = None) -> QuerySet[Episode]:
    """Those that wait longer than the limit of their city."""
    now = now or timezone.now()
    begins, usual = BEGINS[step], now - timedelta(days=USUAL_LIMITS[step])
    own = dict(WaitLimit.objects.filter(step=step).values_list("partner", "days"))
    is_late = Q(**{f"{begins}__lt": usual}) & ~Q(partner__in=list(own))
    for partner, days in own.items():
        is_late |= Q(**{f"{begins}__lt": now - timedelta(days=days)}, partner=partner)
    return rows.filter(is_late)


@dataclass(frozen=True)
class Wait:
    """What a person waits for now: since when, and within how many days it should come."""

    step: Step
    since: datetime
    limit: int
    cause: DelayCause | None

    @property
    def days(self) -> int:
        """How many days of the calendar until today."""
        return (timezone.localdate() - timezone.localdate(self.since)).days

    @property
    def is_late(self) -> bool:
        """Whether it is longer than it should be."""
        return self.days > self.limit


def wait_of(person: Person) -> Wait | None:
    """What a person, whose file the caller has opened, waits for now: the first step not reached yet."""
    episode = Episode.objects.filter(person=person).order_by("-number").first()
    if episode is None or episode.outcome_at:
        return None
    for step in Step:
        since: datetime | None = getattr(episode, BEGINS[step])
        if since and getattr(episode, REACHED[step]) is None:
            cause = DelayCause.objects.filter(
                person=person, episode=episode.number, step=step, followed_at__isnull=True
            ).select_related("stated_by").first()  # fmt: skip
            limit = limits_of(frozenset([person.partner_id]))[person.partner_id][step]
            return None if cause and cause.cause in DelayCause.ENDING else Wait(step, since, limit, cause)
    return None


def get_waiting(user: User, person_id: uuid.UUID, step: str) -> tuple[Person, Episode, Step]:
    """The episode of a person whom the user may know to exist, in which a step is waited for. Raises Http404."""
    person = get_listed_person(user, person_id)
    if step not in Step.values:
        raise Http404
    episode = Episode.objects.filter(person=person).order_by("-number").first()
    if episode is None or episode.outcome_at or getattr(episode, REACHED[Step(step)]):
        raise Http404
    return person, episode, Step(step)


def may_state_cause(user: User, partner: Partner | uuid.UUID) -> bool:
    """Whether the user says why somebody waits: who takes in charge, who works on cases, the coordinator."""
    return any(
        can(user, permission, partner=partner)
        for permission in (Permission.OPEN_CASE, Permission.WORK_ON_CASE, Permission.ASSIGN_CASE)
    )


@transaction.atomic
def state_cause(*, by: User, person: Person, episode: Episode, step: Step, cause: str, note: str = "") -> DelayCause:
    """Say why somebody still waits; what was said before stays as history. Raises DomainError for another cause."""
    if not may_state_cause(by, person.partner_id):
        raise PermissionDenied(str(Permission.OPEN_CASE))
    if cause not in DelayCause.Cause.values:
        raise DomainError(_("Choose a cause from the list."), field="cause")
    if cause == DelayCause.Cause.OTHER and not note.strip():
        raise DomainError(_("Say in a few words what it is."), field="note")
    Person.objects.select_for_update().get(pk=person.pk)
    now = timezone.now()
    DelayCause.objects.filter(
        person=person, episode=episode.number, step=step, followed_at__isnull=True
    ).update(followed_at=now)  # fmt: skip
    stated = DelayCause.objects.create(
        partner_id=person.partner_id, person=person, episode=episode.number, step=step, cause=cause,
        note=note.strip(), stated_by=by, stated_at=now,
    )  # fmt: skip
    log_write(AuditEntry.Action.CREATE, by, stated, person, detail={"step": str(step)})
    return stated


@transaction.atomic
def set_limit(*, by: User, partner: Partner, step: Step, days: int) -> None:
    """Say within how many days a step should come in a city. Raises DomainError for no days or more than two years."""
    require(by, Permission.ASSIGN_CASE, partner)
    if not 1 <= days <= MOST_DAYS:
        raise DomainError(_("From 1 to %(most)s days.") % {"most": MOST_DAYS}, field=str(step))
    before = limits_of(frozenset([partner.pk]))[partner.pk][step]
    if before == days:
        return
    limit, _is_new = WaitLimit.objects.update_or_create(
        partner=partner, step=step, defaults={"days": days, "set_by": by}
    )
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="cases.waitlimit", object_id=limit.pk, partner_id=partner.pk,
        detail={"step": str(step), "days": [before, days]},
    )  # fmt: skip
