"""Reads of referrals and cases, scoped and logged."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, ExpressionWrapper, Min, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.cases.models import CardCode, Case, CaseMember, Goal, Plan, Referral, ReferralLink, ReferralStep
from lgnet.cases.plan_versions import goals_in_force
from lgnet.cases.policies import may_assign, reads_referral, require_works_in, require_works_on
from lgnet.cases.visibility import of_read_areas, sees_case
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of, team_members
from lgnet.core.ids import CODE_ALPHABET, CODE_LENGTH
from lgnet.network.access import access_of
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import ROLES, Permission, Profile
from lgnet.people.models import JourneyEvent, Person
from lgnet.people.policies import not_hidden_from, person_is_whole_for
from lgnet.people.selectors import get_person


def visible_referrals(user: User) -> QuerySet[Referral]:
    """Referrals of the user's partners; those about a restricted file only for its team.

    Who may not list the people of the city sees those of the own teams only.
    """
    return Referral.objects.filter(not_hidden_from(user), _listed_or_own(user)).select_related(
        "from_team", "to_team__site", "person", "sent_by", "answered_by"
    )


def _listed_or_own(user: User) -> Q:
    access, teams = access_of(user), team_ids_of(user)
    lists_people = Q(partner__in=access.partner_ids(Permission.VIEW_PEOPLE))
    own = Q(from_team__in=teams) | Q(to_team__in=teams)
    return (lists_people | own) & Q(partner__in=access.partner_ids(Permission.VIEW_REFERRALS))


def own_referrals(user: User) -> QuerySet[Referral]:
    """Referrals sent by or to a team of the user."""
    teams = team_ids_of(user)
    return visible_referrals(user).filter(Q(from_team__in=teams) | Q(to_team__in=teams))


def get_referral(user: User, pk: uuid.UUID) -> Referral:
    """A referral the user may see; the read is logged. Raises Http404."""
    referral = visible_referrals(user).filter(pk=pk).first()
    if referral is None:
        raise Http404
    audit.note_read(
        by=user, object_type="cases.referral", object_id=referral.pk, partner_id=referral.partner_id,
        person_id=referral.person_id,
    )  # fmt: skip
    return referral


def link_of(referral: Referral) -> ReferralLink | None:
    """The link by which a body outside reads a referral that the caller has read."""
    return ReferralLink.objects.select_related("sent_by", "referral__to_team").filter(referral=referral).first()


def followed_by(user: User, referral: Referral) -> list[Referral]:
    """The referrals that were needed after one that came to nothing."""
    return list(visible_referrals(user).filter(follows=referral).order_by("sent_at"))


def referral_before(user: User, person: Person, pk: str) -> Referral | None:
    """The referral of the person with this id that came to nothing, if the user's team sent it."""
    try:
        rows = own_referrals(user).filter(pk=uuid.UUID(pk), person=person, from_team__in=team_ids_of(user))
    except ValueError:
        return None
    return rows.first()


def bodies_with_mail(partner_id: uuid.UUID) -> QuerySet[Team]:
    """Active bodies outside of the network whose e-mail is known."""
    teams = Team.objects.filter(partner=partner_id, is_active=True, kind=Team.Kind.OUTSIDE)
    return teams.filter(receiver__email__gt="")


def receiving_teams(user: User) -> QuerySet[Team]:
    """Active teams of the cities whose directory the user keeps, with how people are sent to them."""
    partners = access_of(user).partner_ids(Permission.KEEP_DIRECTORY)
    return Team.objects.filter(partner__in=partners, is_active=True).select_related("partner", "receiver")


def get_receiving_team(user: User, pk: uuid.UUID) -> Team:
    """One of `receiving_teams`. Raises Http404."""
    team = receiving_teams(user).filter(pk=pk).first()
    if team is None:
        raise Http404
    return team


def late(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """Those of `referrals` whose next step should have been taken by now, the longest overdue first."""
    return referrals.filter(status__in=Referral.OPEN, due_at__lt=timezone.now()).order_by("due_at")


def came_to_nothing(user: User, *, since: datetime) -> QuerySet[Referral]:
    """Referrals the user's teams sent that were refused or nobody came after, and no other followed; latest first."""
    lately = ReferralStep.objects.filter(referral=OuterRef("pk"), status=OuterRef("status"), at__gte=since)
    failed = (Referral.Status.REFUSED, Referral.Status.NOT_ARRIVED)
    return own_referrals(user).filter(
        Exists(lately), from_team__in=team_ids_of(user), status__in=failed, followed_by__isnull=True
    ).order_by("-answered_at", "-sent_at")  # fmt: skip


def find_card(user: User, code: str) -> Referral | None:
    """The referral with this card code, in whatever state, whatever its case, spaces or dashes; or None."""
    clean = _clean_code(code)
    return visible_referrals(user).filter(code=clean).first() if 0 < len(clean) <= 8 else None


def is_on_its_way(user: User, code: str) -> bool:
    """Whether a code is of a card that a phone of the user's cities may have given, but has not sent yet."""
    clean, partners = _clean_code(code), access_of(user).partner_ids(Permission.VIEW_REFERRALS)
    if len(clean) != CODE_LENGTH or not set(clean) <= set(CODE_ALPHABET):
        return False  # what is typed at a counter is a name more often
    return CardCode.objects.filter(partner__in=partners, code=clean, used_at=None).exists()


def _clean_code(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def reads_card(user: User, referral: Referral) -> bool:
    """Whether the user may read what is asked on a card; that it was shown is logged."""
    audit.note_read(
        by=user, object_type="cases.referral", object_id=referral.pk, partner_id=referral.partner_id,
        person_id=referral.person_id,
    )  # fmt: skip
    return reads_referral(user, referral)


def possible_receivers(user: User, from_team: Team) -> QuerySet[Team]:
    """Teams of the same partner somebody can be sent to, desks first."""
    return teams_of_city(from_team.partner_id).exclude(pk=from_team.pk)


def teams_of_city(partner_id: uuid.UUID) -> QuerySet[Team]:
    """Active teams of a partner, desks first, services outside of the network last."""
    desks_first = models.Case(
        models.When(kind=Team.Kind.DESK, then=0), models.When(kind=Team.Kind.OUTSIDE, then=2), default=1
    )
    teams = Team.objects.filter(partner=partner_id, is_active=True)
    return teams.select_related("site").order_by(desks_first, "name")


def place_of(team: Team) -> dict[str, str]:
    """What a card, on paper or on a phone, tells of a team beside its name: place, address and hours.

    The address of a place that is not published is on no card: whoever finds one must not find the shelter.
    """
    site = team.site
    published = site if site and site.is_published and site.address else None
    return {
        "place": site.name if site and site.name != team.name else "",
        "address": " · ".join(part for part in (published.address if published else "", team.reach) if part),
        "hours": (published.hours if published else "") or team.schedule,
    }


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases of the user's partners, to list; those of restricted files only for their team."""
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    return Case.objects.filter(not_hidden_from(user), partner__in=partners).select_related(
        "person", "team", "manager", "partner"
    )


def cases_of(user: User, person: Person) -> QuerySet[Case]:
    """Cases of a person whose file is open for the user, latest first."""
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    return (
        Case.objects.filter(person=person, partner__in=partners)
        .select_related("team", "manager")
        .order_by("-opened_on")
    )


def open_referrals_of(user: User, person: Person) -> QuerySet[Referral]:
    """Referrals of a person whose file is open for the user that wait for an answer or an arrival, latest first."""
    found = Referral.objects.filter(person=person, status__in=Referral.OPEN)
    return (
        found.filter(_listed_or_own(user)).select_related("from_team", "to_team__site", "sent_by").order_by("-sent_at")
    )


def listed_cases(user: User) -> QuerySet[Any]:
    """`visible_cases` with `file_open` (may the user read the whole file), `mine` (works on it) and `last_event_at`."""
    mine = CaseMember.objects.filter(case=OuterRef("pk"), user_id=user.pk, ends_at__isnull=True)
    events = JourneyEvent.objects.filter(person=OuterRef("person_id"), voided_at__isnull=True).order_by("-occurred_at")
    return visible_cases(user).annotate(
        file_open=ExpressionWrapper(person_is_whole_for(user), output_field=models.BooleanField()),
        mine=Exists(mine),
        last_event_at=Subquery(events.values("occurred_at")[:1]),
    )


def own_cases(user: User) -> QuerySet[Any]:
    """Cases the user works on now, with the annotations of `listed_cases`."""
    return listed_cases(user).filter(mine=True)


def without_signed_plan(cases: QuerySet[Any], *, for_days: int = 0) -> QuerySet[Any]:
    """Those of `cases` that are open for at least `for_days` and have no signed plan yet."""
    signed = Plan.objects.filter(case=OuterRef("pk"), status=Plan.Status.SIGNED)
    day = timezone.localdate() - timedelta(days=for_days)
    return cases.filter(~Exists(signed), status=Case.Status.OPEN, opened_on__lte=day)


def get_case(user: User, pk: uuid.UUID, *, part: bool = False) -> Case:
    """A case whose file is open for the user; logged. Raises Http404, or people.selectors.FileClosed.

    Who sees only a part of it (`visibility.sees_case`) is refused, unless the caller shows no more than that: `part`.
    """
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    case = Case.objects.filter(pk=pk, partner__in=partners).select_related("team", "manager").first()
    if case is None:
        raise Http404
    case.person = get_person(user, case.person_id)  # raises for a restricted file of others
    case.partner = case.person.partner if case.person.partner_id == case.partner_id else case.partner
    audit.note_read(
        by=user, object_type="cases.case", object_id=case.pk, partner_id=case.partner_id, person_id=case.person_id
    )
    if not part:
        sees_case(user, case).require_whole()
    return case


def get_case_to_work_on(user: User, pk: uuid.UUID, *, part: bool = False) -> Case:
    """A case the user may write in. Raises Http404, FileClosed, or PermissionDenied for who is not in its team.

    `part`: or in a part of it; the service that writes says in which.
    """
    case = get_case(user, pk, part=part)
    if part:
        require_works_in(user, case)
    else:
        require_works_on(user, case)
    return case


def get_case_to_assign(user: User, pk: uuid.UUID) -> Case:
    """A case of which the user may say who works on it; its file stays closed. Raises Http404 or PermissionDenied."""
    case = visible_cases(user).filter(pk=pk).first()
    if case is None:
        raise Http404
    if not may_assign(user, case):
        raise PermissionDenied(_("Only the team of the case and the coordinator say who works on it."))
    audit.note_read(
        by=user, object_type="cases.case", object_id=case.pk, partner_id=case.partner_id, person_id=case.person_id
    )
    return case


def get_plan_to_work_on(user: User, pk: uuid.UUID) -> Plan:
    """A plan of a case the user may write in. Raises as `get_case_to_work_on`."""
    plan = Plan.objects.filter(pk=pk, case__in=visible_cases(user)).first()
    if plan is None:
        raise Http404
    plan.case = get_case_to_work_on(user, plan.case_id)
    return plan


def get_plan(user: User, pk: uuid.UUID, *, part: bool = False) -> Plan:
    """A plan of a case whose file is open for the user; `part`: the caller shows only the goals that the user sees.

    Raises Http404, FileClosed or PermissionDenied.
    """
    plan = Plan.objects.filter(pk=pk, case__in=visible_cases(user)).select_related("signed_with", "author").first()
    if plan is None:
        raise Http404
    plan.case = get_case(user, plan.case_id, part=part)
    return plan


def get_goal_to_work_on(user: User, pk: uuid.UUID) -> Goal:
    """A goal of a case the user may write in. Raises as `get_case_to_work_on`."""
    goal = Goal.objects.filter(pk=pk, plan__case__in=visible_cases(user)).select_related("plan").first()
    if goal is None:
        raise Http404
    goal.plan.case = get_case_to_work_on(user, goal.plan.case_id, part=True)
    sees_case(user, goal.plan.case).require_area(goal.area)
    return goal


def current_members(case: Case) -> QuerySet[CaseMember]:
    """Who works on the case now."""
    return case.members.filter(ends_at__isnull=True).select_related("user").order_by("user__full_name")


def case_teams(person: Person) -> QuerySet[Team]:
    """Teams of the person's city that can take somebody in charge: the multidisciplinary ones, or else all."""
    return case_teams_of(person.partner_id)


def case_teams_of(partner_id: uuid.UUID) -> QuerySet[Team]:
    """The same of a city."""
    teams = Team.objects.filter(partner=partner_id, is_active=True).exclude(kind=Team.Kind.OUTSIDE)
    teams = teams.order_by("name")
    multidisciplinary = teams.filter(kind=Team.Kind.MULTIDISCIPLINARY)
    return multidisciplinary or teams


def case_workers(partner: Partner) -> list[tuple[User, str]]:
    """Colleagues of a city who may work on cases, each with the profession there, by profession and name."""
    rows = Membership.objects.current().filter(partner=partner, role__in=_case_roles()).select_related("user")
    found = {row.user_id: (row.user, row.profile) for row in rows}
    return sorted(found.values(), key=lambda pair: (Profile(pair[1]).label if pair[1] else "", pair[0].full_name))


def employers_in(partner: Partner) -> dict[uuid.UUID, str]:
    """The bodies that employ colleagues of a city who may work on cases, by colleague; of the city's own staff none."""
    rows = Membership.objects.current().filter(partner=partner, role__in=_case_roles(), employer__gt="")
    return dict(rows.order_by("user__full_name").values_list("user_id", "employer"))


def case_managers(user: User) -> QuerySet[User]:
    """Whoever works or has worked on cases in the cities whose cases the user sees, by name.

    Known by their roles: looking through all cases for their managers would be slow.
    """
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    posts = Membership.objects.filter(partner__in=partners, role__in=_case_roles())
    return User.objects.filter(pk__in=posts.values("user")).order_by("full_name")


def _case_roles() -> list[str]:
    return [role for role, spec in ROLES.items() if Permission.WORK_ON_CASE in spec.permissions]


def case_workers_of(team: Team) -> list[tuple[User, str]]:
    """Those of `case_workers` who are in the team."""
    in_team = set(team_members(team).values_list("pk", flat=True))
    return [pair for pair in case_workers(team.partner) if pair[0].pk in in_team]


def goals_due(user: User, *, within_days: int) -> QuerySet[Goal]:
    """Goals under way of the user's open cases that are due within `within_days`, or overdue; soonest first."""
    mine = CaseMember.objects.filter(case=OuterRef("plan__case"), user_id=user.pk, ends_at__isnull=True)
    return (
        goals_in_force()
        .filter(
            Exists(mine),
            of_read_areas(user, "plan__case", "area"),
            plan__case__in=visible_cases(user).values("pk"),
            status=Goal.Status.OPEN,
            due_on__lte=timezone.localdate() + timedelta(days=within_days),
        )
        .select_related("plan__case__person")
        .order_by("due_on")
    )


def first_steps(person: Person) -> dict[str, datetime]:
    """When each kind of journey event first happened to the person."""
    events = JourneyEvent.objects.filter(person=person, voided_at__isnull=True)
    return dict(events.values_list("kind").annotate(first=Min("occurred_at")).order_by())


def case_of_record(person: Person) -> dict[uuid.UUID, uuid.UUID]:
    """The case of every case, assessment, plan and service of the person, by the id of the record. One query."""
    own = Case.objects.filter(person=person).order_by()
    records = own.values_list("pk", "pk").union(
        own.filter(assessments__isnull=False).values_list("assessments__pk", "pk"),
        own.filter(plans__isnull=False).values_list("plans__pk", "pk"),
        own.filter(deliveries__isnull=False).values_list("deliveries__pk", "pk"),
    )
    return dict(records)
