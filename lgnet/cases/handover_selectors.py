"""Reads of handovers: for who gives, who receives, and the coordinator."""

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lgnet.cases.models import Case, CaseMember, Handover, HandoverCase
from lgnet.cases.selectors import visible_cases
from lgnet.network.access import access_of
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import ROLES, Permission

TOO_LONG = timedelta(days=7)
WORKING = [role for role, spec in ROLES.items() if Permission.WORK_ON_CASE in spec.permissions]


def works_here(user: User, partner: Partner) -> bool:
    """Whether the user may work on cases in this city today."""
    return user.is_active and Membership.objects.current().filter(user=user, partner=partner, role__in=WORKING).exists()


def visible_handovers(user: User) -> QuerySet[Any]:
    """Handovers of the user, and those of the cities whose cases she or he assigns; `cases` says how many are shown."""
    partners = access_of(user).partner_ids(Permission.ASSIGN_CASE)
    shown = visible_cases(user).order_by().values("pk")
    rows = Handover.objects.filter(Q(giver=user) | Q(receiver=user) | Q(partner__in=partners))
    counted = Count("lines", filter=Q(lines__case__in=shown), distinct=True)
    return rows.select_related("giver", "receiver", "partner").annotate(cases=counted)


def to_accept(user: User) -> QuerySet[Any]:
    """What waits for the user to take it on."""
    return visible_handovers(user).filter(receiver=user, status=Handover.Status.OPEN).order_by("created_at")


def open_too_long(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those not answered for a week, and those for a time that has passed."""
    old = Q(status=Handover.Status.OPEN, created_at__lt=timezone.now() - TOO_LONG)
    return rows.filter(old | Q(status=Handover.Status.ACCEPTED, until__lt=timezone.localdate()))


def get_handover(user: User, pk: uuid.UUID) -> Any:
    """A handover the user may see. Raises Http404."""
    handover = visible_handovers(user).filter(pk=pk).first()
    if handover is None:
        raise Http404
    return handover


def reads_words(user: User, handover: Handover) -> bool:
    """Whether what was written along is for the user: who gives, who receives, and who wrote it."""
    return user.pk in {handover.giver_id, handover.receiver_id, handover.created_by_id}


def lines_of(user: User, handover: Handover) -> list[Any]:
    """Its cases that the user may list; `mine` says whether she or he works on it."""
    mine = CaseMember.objects.filter(case=OuterRef("case_id"), user_id=user.pk, ends_at__isnull=True)
    lines = HandoverCase.objects.filter(handover=handover, case__in=visible_cases(user).order_by().values("pk"))
    lines = lines.select_related("case__person", "case__team", "case__partner").prefetch_related("points")
    return list(lines.annotate(mine=Exists(mine)))


def get_line_to_work_on(user: User, pk: uuid.UUID) -> HandoverCase:
    """One case of a handover that the user sees and whose case she or he may list. Raises Http404."""
    shown = visible_cases(user).order_by().values("pk")
    line = HandoverCase.objects.filter(pk=pk, case__in=shown, handover__in=visible_handovers(user).values("pk"))
    found = line.select_related("case__person", "handover").first()
    if found is None:
        raise Http404
    return found


def cases_to_hand_over(user: User, giver: User) -> QuerySet[Case]:
    """Open cases the giver manages or works on, of those the user may list."""
    works = CaseMember.objects.filter(case=OuterRef("pk"), user=giver, ends_at__isnull=True)
    rows = visible_cases(user).filter(Q(manager=giver) | Exists(works), status=Case.Status.OPEN)
    return rows.order_by("person__family_names", "pk")


def left_alone(user: User) -> QuerySet[Case]:
    """Open cases of the cities the user assigns cases in, whose manager does not work on cases there any more."""
    partners = access_of(user).partner_ids(Permission.ASSIGN_CASE)
    working = Membership.objects.current().filter(
        partner=OuterRef("partner"), user=OuterRef("manager"), role__in=WORKING, user__is_active=True
    )
    rows = visible_cases(user).filter(~Exists(working), partner__in=partners, status=Case.Status.OPEN)
    return rows.order_by("manager__full_name", "opened_on")


def open_handover_of(case: Case) -> HandoverCase | None:
    """The handover of a case that waits, or by which somebody stands in now."""
    lines = HandoverCase.objects.filter(case=case).select_related("handover__giver", "handover__receiver")
    waits = Q(handover__status=Handover.Status.OPEN)
    stands_in = Q(handover__status=Handover.Status.ACCEPTED, handover__until__gte=timezone.localdate())
    return lines.filter(waits | stands_in).order_by("-created_at").first()


def managers_with_cases(user: User) -> QuerySet[User]:
    """Who manages open cases in the cities in which the user assigns them, by name."""
    partners = access_of(user).partner_ids(Permission.ASSIGN_CASE)
    cases = visible_cases(user).filter(partner__in=partners, status=Case.Status.OPEN).order_by()
    return User.objects.filter(pk__in=cases.values("manager")).order_by("full_name")


def begun_by(user: User, record_id: str) -> Handover | None:
    """The handover with this id, if the user began it."""
    try:
        pk = uuid.UUID(record_id)
    except ValueError:
        return None
    return Handover.objects.filter(pk=pk, created_by=user).first()
