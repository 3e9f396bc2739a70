"""The case: opened with a team, assessed, planned, served, closed. One function owns each change of state."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.cases import closing
from lgnet.cases.after_models import FOLLOWED_AFTER, FollowUp
from lgnet.cases.measures import note_goal, note_housing
from lgnet.cases.models import Assessment, Case, Goal, Plan, Referral, ServiceDelivery, ThingState
from lgnet.cases.parts import Areas, add_member, check_areas, set_areas
from lgnet.cases.plan_kinds import SERVICE
from lgnet.cases.plan_links import progressed
from lgnet.cases.plan_signing import Signing, keep_signed
from lgnet.cases.plan_versions import is_replaced
from lgnet.cases.plan_writing import GoalDraft, check_goals, write_goals
from lgnet.cases.policies import may_assign, require_open, require_works_in, require_works_on
from lgnet.cases.referrals import mark_arrived
from lgnet.cases.tasks import drop_tasks_of_closed, give_tasks_of_leaving
from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import team_members
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import is_too_old, moment_of
from lgnet.network.models import Membership, User
from lgnet.network.roles import ROLES, Permission
from lgnet.people import journey
from lgnet.people.eligibility import eligibility_on
from lgnet.people.models import FileMember, JourneyKind, NoticeGiven, Person
from lgnet.people.services import STAYS_OPEN, close_file_for, lock, log_write, require

NOBODY_TO_ASK = frozenset({Case.Outcome.DEATH, Case.Outcome.DUBLIN, Case.Outcome.RETURN})


@transaction.atomic
def open_case(
    *, by: User, person: Person, team: Team, manager: User, basis: str, basis_note: str = "",
    opened_on: date | None = None, referral: Referral | None = None, members: Iterable[User] = (),
    areas: Areas | None = None, record_id: uuid.UUID | None = None, ends_on: date | None = None,
) -> Case:  # fmt: skip
    """Take a person in charge; manager and `members` get the file, some for `areas` of it. A past case `ends_on` a day.

    Raises DomainError when a case is open already, no notice was given, or a date, a team or a colleague does not fit.
    """
    require(by, Permission.OPEN_CASE, person.partner)
    workers = {user.pk: user for user in (manager, *members)}.values()
    day = opened_on or timezone.localdate()
    check_opening(person, team, day, ends_on=ends_on)
    _require_can_work(manager, team, field="manager")
    for user in workers:
        _require_works_here(user, team, field="members")
    check_areas(areas or {}, manager)

    def write() -> Case:
        lock(person)  # a colleague who opens a case at this moment waits here
        if missing := missing_to_open(person, basis=basis):
            raise DomainError(missing[0])
        if referral and referral.to_team_id == team.pk and referral.status in Referral.OPEN:
            mark_arrived(by=by, referral=referral, person=person, arrived_at=max(moment_of(day), referral.sent_at))
        case = Case.objects.create(
            pk=record_id or uuid7(), partner=person.partner, person=person, team=team, manager=manager, basis=basis,
            basis_note=basis_note, opened_on=day, opened_by=by, referral=referral,
        )  # fmt: skip
        journey.record(
            JourneyKind.CASE_OPENED, by=by, partner=case.partner, team=team, site=team.site, source=case, person=person,
            occurred_at=moment_of(day),
        )  # fmt: skip
        for user in workers:
            add_member(case, user, (areas or {}).get(user.pk, ()))
        log_write(AuditEntry.Action.CREATE, by, case, person, detail={"team": str(team), "manager": str(manager)})
        return case

    return write_once(
        Case, record_id, is_mine=lambda case: (case.opened_by_id, case.person_id) == (by.pk, person.pk), write=write
    )


@transaction.atomic
def change_team_of_case(
    *, by: User, case: Case, manager: User, members: Iterable[User], areas: Areas | None = None
) -> Case:  # fmt: skip
    """Set who works on the case, and on which part of it; whoever leaves loses the file on that basis, and the
    manager gets her or his tasks.

    `areas`: the areas of service of those who work on a part; without it, who is in it already stays as she or he is.

    Done by who works on it, or by who may assign cases: so a case whose people have left is not lost.
    """
    if not may_assign(by, case):
        raise PermissionDenied(str(Permission.ASSIGN_CASE))
    require_open(case)
    _require_can_work(manager, case.team, field="manager")
    wanted = {user.pk: user for user in (manager, *members)}
    for user in wanted.values():
        _require_works_here(user, case.team, field="members")
    current = {m.user_id: m for m in case.members.filter(ends_at__isnull=True).select_related("user")}
    leaving = [m for user_id, m in current.items() if user_id not in wanted]
    for member in leaving:
        member.ends_at = timezone.now()
        member.save(update_fields=["ends_at"])
    close_file_for(case.person, basis=FileMember.Basis.CASE, users=[m.user for m in leaving])
    check_areas(areas or {}, manager)
    for user_id, user in wanted.items():
        if user_id not in current:
            add_member(case, user, (areas or {}).get(user_id, ()))
        elif areas is not None or user_id == manager.pk:
            set_areas(current[user_id], (areas or {}).get(user_id, ()))
    give_tasks_of_leaving(by=by, case=case, leaving=[m.user for m in leaving], to=manager)
    case.manager = manager
    case.save(update_fields=["manager", "updated_at"])
    log_write(
        AuditEntry.Action.UPDATE, by, case, case.person,
        detail={
            "manager": str(manager), "team": sorted(str(user) for user in wanted.values()),
            "parts": {str(wanted[pk]): sorted(codes) for pk, codes in (areas or {}).items() if codes and pk in wanted},
        },
    )  # fmt: skip
    return case


@transaction.atomic
def record_assessment(
    *, by: User, case: Case, kind: str, done_on: date, note: str, needs: Sequence[str] = (), housing: str = "",
    record_id: uuid.UUID | None = None,
) -> Assessment:  # fmt: skip
    """Record a dated assessment note; sent twice, it is written once. Raises DomainError for a day outside the case."""
    require_works_on(by, case)
    require_open(case)
    _require_day(case, done_on, "done_on")

    def write() -> Assessment:
        assessment = Assessment.objects.create(
            pk=record_id or uuid7(), case=case, kind=kind, done_on=done_on, author=by, note=note, needs=list(needs),
            housing=housing,
        )  # fmt: skip
        _record(JourneyKind.ASSESSED, by, case, assessment, done_on)
        note_housing(by=by, case=case, source=assessment, housing=housing, day=done_on)
        log_write(AuditEntry.Action.CREATE, by, assessment, case.person, detail={"kind": kind})
        return assessment

    return write_once(
        Assessment, record_id, is_mine=lambda done: (done.author_id, done.case_id) == (by.pk, case.pk), write=write
    )


@transaction.atomic
def save_plan(*, by: User, case: Case, goals: Sequence[GoalDraft], seen: str | None = None) -> Plan:
    """Write the draft plan with these goals; after a signed plan a new version begins. Keeps at least one goal.

    `seen` is `plan_state(case)` as the writer saw it. Raises DomainError when a colleague has changed the plan since.
    """
    require_works_on(by, case)
    require_open(case)
    _require_seen(case, seen)
    check_goals(by=by, case=case, goals=goals)
    plan = case.plans.filter(status=Plan.Status.DRAFT).first()
    if plan is None:
        last = case.plans.order_by("-version").first()
        plan = Plan.objects.create(case=case, version=last.version + 1 if last else 1, author=by)
    write_goals(plan, goals)
    log_write(AuditEntry.Action.UPDATE, by, plan, case.person, detail={"version": plan.version, "goals": len(goals)})
    return plan


@transaction.atomic
def sign_plan(
    *, by: User, plan: Plan, signed_on: date, language: str, interpreter_present: bool = False, seen: str | None = None,
    signing: Signing | None = None,
) -> Plan:  # fmt: skip
    """The person and the operator agree the plan; it is fixed from now on, and kept as the paper that was signed.

    Without `signing` it was signed on paper and the scan follows. Raises DomainError without goals, for signatures
    that are none, and when a colleague has changed the plan since it was `seen`.
    """
    case = plan.case
    require_works_on(by, case)
    require_open(case)
    if Plan.objects.filter(pk=plan.pk, status=Plan.Status.SIGNED).exists():
        raise DomainError(_("This plan is signed already."))
    _require_seen(case, seen)
    if not plan.goals.exists():
        raise DomainError(_("A plan without goals cannot be signed."))
    _require_day(case, signed_on, "signed_on")
    plan.status, plan.signed_on, plan.signed_with = Plan.Status.SIGNED, signed_on, by
    plan.language, plan.interpreter_present = language, interpreter_present
    keep_signed(by=by, plan=plan, signing=signing or Signing())
    _record(JourneyKind.PLAN_SIGNED, by, case, plan, signed_on)
    log_write(
        AuditEntry.Action.UPDATE, by, plan, case.person, detail={"version": plan.version, "signed": str(signed_on)}
    )
    return plan


@transaction.atomic
def set_goal_status(*, by: User, goal: Goal, status: str) -> Goal:
    """Record whether a goal of a signed plan is reached."""
    case = goal.plan.case
    require_works_in(by, case, area=goal.area)
    require_open(case)
    if goal.plan.status != Plan.Status.SIGNED:
        raise DomainError(_("The plan is not signed yet."))
    if is_replaced(goal.plan):
        raise DomainError(_("A newer version of this plan is signed. Look at that one."))
    before, goal.status = goal.status, status
    goal.save(update_fields=["status"])
    note_goal(by=by, goal=goal)
    log_write(AuditEntry.Action.UPDATE, by, goal, case.person, detail={"changes": {"status": [before, status]}})
    return goal


@transaction.atomic
def deliver_service(
    *, by: User, case: Case, service_type: ServiceType, delivered_on: date, quantity: Decimal | int = 1, note: str = "",
    record_id: uuid.UUID | None = None,
) -> ServiceDelivery:  # fmt: skip
    """Record a service given to the person; sent twice, it is written once.

    Raises DomainError for a day outside the case or a quantity not above 0.
    """
    require_works_in(by, case, area=service_type.area)
    require_open(case)
    _require_day(case, delivered_on, "delivered_on")
    if quantity <= 0:
        raise DomainError(_("The quantity must be more than zero."), field="quantity")

    def write() -> ServiceDelivery:
        delivery = ServiceDelivery.objects.create(
            pk=record_id or uuid7(), case=case, person=case.person, partner=case.partner, team=case.team,
            service_type=service_type, delivered_on=delivered_on, quantity=quantity, delivered_by=by, note=note,
        )  # fmt: skip
        journey.record(
            JourneyKind.SERVICE_DELIVERED, by=by, partner=case.partner, team=case.team, source=delivery,
            person=case.person, service_type=service_type, quantity=quantity, occurred_at=moment_of(delivered_on),
        )  # fmt: skip
        log_write(AuditEntry.Action.CREATE, by, delivery, case.person, detail={"service": service_type.code})
        progressed(SERVICE, service_type.pk, ThingState.DONE, by=by, on=delivered_on, case=case)
        return delivery

    return write_once(
        ServiceDelivery, record_id, write=write,
        is_mine=lambda given: (given.delivered_by_id, given.case_id) == (by.pk, case.pk),
    )  # fmt: skip


@transaction.atomic
def close_case(
    *, by: User, case: Case, closed_on: date, outcome: str, destination: str = "", outcome_note: str = "",
    housing_at_exit: str = "", results: Iterable[tuple[Goal, str]] = (), settle: Iterable[str] = (),
) -> Case:  # fmt: skip
    """Close the case with its outcome, where the person goes, and the `results` of its goals: pairs with a status.

    What is open and named in `settle` (keys of cases.closing) is settled with it. Raises DomainError when it is closed,
    when something open blocks it, or for a day before the last assessment, signature or service.
    """
    require(by, Permission.CLOSE_CASE, case.partner)
    require_works_on(by, case)
    require_open(case)
    _require_day(case, closed_on, "closed_on")
    closing.settle(case, settle, by=by)
    closing.require_nothing_blocks(case, by=by)
    last = max(
        [
            *(delivery.delivered_on for delivery in case.deliveries.all()),
            *(assessment.done_on for assessment in case.assessments.all()),
            *(plan.signed_on for plan in case.plans.filter(signed_on__isnull=False) if plan.signed_on),
        ],
        default=case.opened_on,
    )
    if closed_on < last:
        raise DomainError(_("Something was recorded in this case after this day."), field="closed_on")
    for goal, status in results:
        set_goal_status(by=by, goal=goal, status=status)
    end_case(by=by, case=case, closed_on=closed_on, outcome=outcome, outcome_note=outcome_note, housing=housing_at_exit,
        destination=destination,
    )  # fmt: skip
    plan_follow_ups(case)
    return case


def end_case(
    *, by: User, case: Case, closed_on: date, outcome: str, outcome_note: str = "", housing: str = "",
    destination: str = "",
) -> None:  # fmt: skip
    """Write that a case ends; who may, and whether the day fits, was checked by the caller, in the transaction."""
    case.status, case.closed_on, case.closed_by = Case.Status.CLOSED, closed_on, by
    case.outcome, case.outcome_note, case.housing_at_exit = outcome, outcome_note, housing
    case.destination = destination
    case.save()
    drop_tasks_of_closed(by=by, case=case)
    workers = [member.user for member in case.members.filter(ends_at__isnull=True).select_related("user")]
    close_file_for(case.person, basis=FileMember.Basis.CASE, users=workers, after=STAYS_OPEN)  # to see how it goes on
    _record(JourneyKind.OUTCOME, by, case, case, closed_on)
    _record(JourneyKind.CASE_CLOSED, by, case, case, closed_on)
    note_housing(by=by, case=case, source=case, housing=housing, day=closed_on)
    log_write(AuditEntry.Action.UPDATE, by, case, case.person, detail={"closed": str(closed_on), "outcome": outcome})


def plan_follow_ups(case: Case, *, since: date | None = None) -> None:
    """Write down when somebody whose case is closed is asked how it goes; nothing where there is nobody to ask.

    `since`: only what is due from this day on.
    """
    if case.closed_on is None or case.outcome in NOBODY_TO_ASK:
        return
    days = [(months, case.closed_on + relativedelta(months=months)) for months in FOLLOWED_AFTER]
    FollowUp.objects.bulk_create(
        FollowUp(case=case, months=months, due_on=day) for months, day in days if since is None or day >= since
    )


def is_eligible(person: Person) -> bool:
    """Whether the person is eligible today (DESIGN 4.2; people.eligibility)."""
    return eligibility_on(person, timezone.localdate()).is_eligible


def _record(kind: JourneyKind, by: User, case: Case, source: Assessment | Plan | Case, day: date) -> None:
    journey.record(
        kind, by=by, partner=case.partner, team=case.team, source=source, person=case.person, occurred_at=moment_of(day)
    )


def missing_to_open(person: Person, *, basis: str = "", with_notice: bool = False) -> list[str]:
    """What still has to be there before a case can be opened, in words; empty when nothing is missing.

    Who comes from another city gets the notice of this one afterwards (GDPR 14.3); `with_notice`: it comes with it.
    """
    missing, waits = [], with_notice or basis == Case.Basis.TRANSFER
    if not waits and not person.notices.filter(kind=NoticeGiven.Kind.PRIVACY).exists():
        missing.append(_("First record that the privacy notice was given to the person."))
    if Case.objects.filter(partner=person.partner_id, person=person, status=Case.Status.OPEN).exists():
        missing.append(_("A case is already open for this person."))
    return missing


def check_opening(person: Person, team: Team, day: date, *, ends_on: date | None = None) -> None:
    """Raise DomainError for a team of another city, or a day that cannot be or is within another case.

    Only one that `ends_on` a known day can be before others.
    """
    if team.partner_id != person.partner_id:
        raise DomainError(_("The team belongs to another city."), field="team")
    if day > timezone.localdate():
        raise DomainError(_("This day is in the future."), field="opened_on")
    if is_too_old(day):
        raise DomainError(_("Check the year: this is too long ago."), field="opened_on")
    if person.birth_date and day < person.birth_date:
        raise DomainError(_("This day is before the person's birth."), field="opened_on")
    others = Case.objects.filter(partner=person.partner_id, person=person, closed_on__gt=day)
    if ends_on:
        others = others.filter(opened_on__lt=ends_on)
    if others.exists():
        raise DomainError(_("On this day an earlier case of this person was still open."), field="opened_on")


def plan_state(case: Case) -> str:
    """What tells whether the plan of a case was written again: its goals are made anew each time it is saved."""
    goals = Goal.objects.filter(plan__case=case).order_by("-plan__version", "position")
    return str(goals.values_list("pk", flat=True).first() or "")


def _require_seen(case: Case, seen: str | None) -> None:
    if seen is not None and seen != plan_state(case):
        raise DomainError(
            _("A colleague changed the plan while you were writing. Compare, then save again to keep your version.")
        )


def _require_day(case: Case, day: date, field: str) -> None:
    if day > timezone.localdate():
        raise DomainError(_("This day is in the future."), field=field)
    if day < case.opened_on:
        raise DomainError(_("The case was opened only after this day."), field=field)


def _require_can_work(user: User, team: Team, *, field: str) -> None:
    _require_works_here(user, team, field=field)
    if not team_members(team).filter(pk=user.pk).exists():
        raise DomainError(_("This colleague is not in the team."), field=field)


def _require_works_here(user: User, team: Team, *, field: str) -> None:
    roles = Membership.objects.current().filter(user=user, partner_id=team.partner_id).values_list("role", flat=True)
    if not any(Permission.WORK_ON_CASE in ROLES[role].permissions for role in roles):
        raise DomainError(_("This colleague does not work on cases in this city."), field=field)
