"""After the end of a case: follow-ups at 3, 6 and 12 months, whether it helped, and beginning again."""

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases import services
from lgnet.cases.after_models import FollowUp, Helpfulness, HelpfulnessNotAsked
from lgnet.cases.measures import note_follow_up, note_helpfulness
from lgnet.cases.models import Case, Goal, Plan
from lgnet.cases.plan_writing import GoalDraft
from lgnet.cases.selectors import visible_cases
from lgnet.cases.visibility import sees_case
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.selectors import get_listed_person, get_person
from lgnet.people.services import log_write, require

TOLD_FOR = timedelta(days=60)  # after the end of a case the person can say on the own page whether it helped
TRIES = 2  # on so many days somebody is looked for; then the follow-up ends as not reached
SOON = timedelta(days=14)  # before it is due it can be asked already


def due_follow_ups(user: User) -> QuerySet[FollowUp]:
    """Follow-ups of the user's cities, done or not; of restricted files only for their team."""
    found = FollowUp.objects.filter(case__in=visible_cases(user).order_by())
    return found.select_related("case__person", "case__team", "case__manager", "done_by")


def due_now(user: User) -> QuerySet[FollowUp]:
    """Those that are to be asked today, the longest due first."""
    return due_follow_ups(user).filter(done_on__isnull=True, due_on__lte=timezone.localdate()).order_by("due_on", "pk")


def get_follow_up(user: User, pk: uuid.UUID) -> FollowUp:
    """A follow-up: for the team that had the case, also when the file is closed by now; for others as the file is.

    The read is logged. Raises Http404 or FileClosed.
    """
    found = due_follow_ups(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    case = found.case
    sees_case(user, case).require_whole()
    if case.team_id in team_ids_of(user) or case.manager_id == user.pk:
        case.person = get_listed_person(user, case.person_id)
        audit.note_read(
            by=user, object_type="cases.followup", object_id=found.pk, partner_id=case.partner_id,
            person_id=case.person_id,
        )  # fmt: skip
    else:
        case.person = get_person(user, case.person_id)
    return found


@transaction.atomic
def record_follow_up(
    *, by: User, follow_up: FollowUp, done_on: date, result: str, housing: str = "", has_work: bool | None = None,
    occupation: str = "", note: str = "",
) -> FollowUp:  # fmt: skip
    """Write down how the person lives; with an `occupation`, whether she or he works follows from it.

    Not reached on a first day, it stays to be asked; on a second one it ends so. Raises DomainError for a day in the
    future or long before it is due.
    """
    require(by, Permission.WORK_ON_CASE, follow_up.case.partner)
    follow_up = FollowUp.objects.select_for_update(of=("self",)).select_related("case__person").get(pk=follow_up.pk)
    if follow_up.done_on:
        raise DomainError(_("This was asked already, on %(day)s.") % {"day": f"{follow_up.done_on:%d/%m/%Y}"})
    if done_on > timezone.localdate():
        raise DomainError(_("This day is in the future."), field="done_on")
    if done_on < follow_up.due_on - SOON:
        raise DomainError(_("It is due only on %(day)s.") % {"day": f"{follow_up.due_on:%d/%m/%Y}"}, field="done_on")
    if result == FollowUp.Result.NOT_FOUND:
        if follow_up.last_tried_on != done_on:
            follow_up.tries, follow_up.last_tried_on = follow_up.tries + 1, done_on
        if follow_up.tries < TRIES:
            follow_up.note = note.strip()
            follow_up.save()
            log_write(AuditEntry.Action.UPDATE, by, follow_up, follow_up.case.person, detail={"tries": follow_up.tries})
            return follow_up
        housing, has_work, occupation = "", None, ""  # nobody was there to say it
    if occupation:
        has_work = occupation != FollowUp.Occupation.NOTHING
    follow_up.done_on, follow_up.done_by, follow_up.result = done_on, by, result
    follow_up.housing, follow_up.has_work, follow_up.note = housing, has_work, note.strip()
    follow_up.occupation = occupation
    follow_up.save()
    note_follow_up(by=by, follow_up=follow_up)
    log_write(AuditEntry.Action.UPDATE, by, follow_up, follow_up.case.person, detail={"result": result})
    return follow_up


def case_to_ask_about(person: Person) -> Case | None:
    """The latest case of the person that was closed in the last 60 days: she or he may say whether it helped.

    What was said on the own page can be changed that day; after it, nothing is asked any more.
    """
    today = timezone.localdate()
    closed = Case.objects.filter(person=person, status=Case.Status.CLOSED, closed_on__gte=today - TOLD_FOR)
    case = closed.order_by("-closed_on", "-pk").first()
    if case is None:
        return None
    said = Helpfulness.objects.filter(case=case, asked_by__isnull=True).first()
    return case if said is None or timezone.localdate(said.asked_at) == today else None


@transaction.atomic
def record_helpfulness(
    *, by: User | None, case: Case, answer: str, words: str = "", language: str = ""
) -> Helpfulness:  # fmt: skip
    """Write down what the person says of the help; `by` is None on the own page. What is said later takes its place."""
    if by is not None:
        require(by, Permission.WORK_ON_CASE, case.partner)
    if answer not in Helpfulness.Answer.values:
        raise DomainError(_("Choose an answer."), field="answer")
    if case.is_open:
        raise DomainError(_("It is asked when the case is closed."))
    given = {"answer": answer, "words": words.strip(), "language": language, "asked_by": by, "asked_at": timezone.now()}
    said, _is_new = Helpfulness.objects.update_or_create(case=case, defaults=given)
    note_helpfulness(by=by, said=said)
    if by is not None:
        log_write(AuditEntry.Action.UPDATE, by, said, case.person)
    return said


def may_reopen(user: User, case: Case) -> bool:
    """Whether the user takes in charge again where it ended: who opens cases and writes plans."""
    needed = (Permission.OPEN_CASE, Permission.WORK_ON_CASE)
    return not case.is_open and all(can(user, one, partner=case.partner_id) for one in needed)


@transaction.atomic
def note_not_asked(*, by: User, case: Case, reason: str) -> HelpfulnessNotAsked:
    """Write down why nobody asked whether it helped. Raises DomainError when somebody did, or the case is open."""
    require(by, Permission.WORK_ON_CASE, case.partner)
    if case.is_open:
        raise DomainError(_("It is asked when the case is closed."))
    if reason not in HelpfulnessNotAsked.Reason.values:
        raise DomainError(_("Choose why."), field="reason")
    if Helpfulness.objects.filter(case=case).exists():
        raise DomainError(_("The person has answered: there is nothing to add."))
    noted, _is_new = HelpfulnessNotAsked.objects.update_or_create(
        case=case, defaults={"reason": reason, "written_by": by}
    )
    log_write(AuditEntry.Action.UPDATE, by, noted, case.person, detail={"reason": reason})
    return noted


@transaction.atomic
def reopen_case(*, by: User, case: Case, reason: str) -> Case:
    """Take the person in charge again where it ended: a case of its own, with the goals that were not reached.

    What was closed stays closed, so that the figures of then stay as they were. Raises DomainError when the case is
    open, another one is, or no reason is given.
    """
    require(by, Permission.OPEN_CASE, case.partner)
    require(by, Permission.WORK_ON_CASE, case.partner)  # who begins again writes the plan that goes on
    if case.is_open:
        raise DomainError(_("The case is open."))
    if not reason.strip():
        raise DomainError(_("Say why it begins again."), field="reason")
    manager = case.manager if case.manager.is_active else by
    again = services.open_case(
        by=by, person=case.person, team=case.team, manager=manager, basis=Case.Basis.REQUEST,
        basis_note=reason.strip(), members=[by] if by != manager else [],
    )  # fmt: skip
    Case.objects.filter(pk=again.pk).update(reopens=case)
    again.reopens = case
    last = case.plans.filter(status=Plan.Status.SIGNED).first()
    open_goals = last.goals.exclude(status=Goal.Status.REACHED) if last else Goal.objects.none()
    if goals := [GoalDraft(goal.area, goal.words) for goal in open_goals]:
        services.save_plan(by=by if by != manager else manager, case=again, goals=goals)
    return again
