"""Writes of tasks. They are read with the file of their person, and by whoever has to do them."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Case, Task, TaskMailWish, TaskStep
from lgnet.cases.policies import require_may_change_task, require_open, require_works_in, works_on
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.messaging.wording import name_kind
from lgnet.network.models import User
from lgnet.people.services import log_write

MOST_WEEKS = 104  # after which something is to be done again
MAIL = "task_reminder"
name_kind(MAIL, gettext_lazy("tasks due today, to a colleague"))


@transaction.atomic
def add_task(
    *, by: User, case: Case, words: str, owner: User, due_on: date | None = None, remind_on: date | None = None,
    origin: str = Task.Origin.HAND, source_id: uuid.UUID | None = None, record_id: uuid.UUID | None = None,
) -> Task:  # fmt: skip
    """Give a colleague of the case something to do; sent twice (`record_id`), it is written once.

    Raises DomainError without words, for somebody who does not work on the case, a reminder after the day it is due,
    or a closed case.
    """
    require_works_in(by, case)
    if not works_on(by, case) and owner != by:
        raise PermissionDenied(_("Who works on a part of the case writes down tasks of her or his own."))
    require_open(case)
    _check(case, words, owner, due_on, remind_on)

    def write() -> Task:
        task = Task.objects.create(
            pk=record_id or uuid7(), partner=case.partner, person=case.person, case=case, origin=origin,
            source_id=source_id, words=words.strip(), owner=owner, due_on=due_on, remind_on=remind_on, created_by=by,
        )  # fmt: skip
        log_write(AuditEntry.Action.CREATE, by, task, case.person, detail={"owner": str(owner)})
        return task

    return write_once(
        Task, record_id, is_mine=lambda task: (task.created_by_id, task.case_id) == (by.pk, case.pk), write=write
    )


@transaction.atomic
def change_task(
    *, by: User, task: Task, words: str, owner: User, due_on: date | None = None, remind_on: date | None = None,
    seen: str | None = None,
) -> Task:  # fmt: skip
    """Other words, other days, or somebody else who does it; what was before stays in the history.

    `seen` is `task_state(task)` as the writer saw it. Raises DomainError as `add_task`, for a task that has ended, and
    when a colleague has changed it since.
    """
    require_may_change_task(by, task)
    task = _locked(task)
    if not task.is_open:
        raise DomainError(_("A colleague has ended this task already."))
    if seen is not None and seen != task_state(task):
        raise DomainError(_("A colleague changed this task while you were writing. Look at it, then save again."))
    _check(task.case, words, owner, due_on, remind_on, before=task.owner)
    if owner != task.owner and task.case and not works_on(by, task.case):
        raise PermissionDenied(_("Who works on a part of the case does not give tasks to others."))
    steps = []
    if words.strip() != task.words:
        steps.append(TaskStep(task=task, what=TaskStep.What.WORDS, by=by, words=task.words))
    if (due_on, remind_on) != (task.due_on, task.remind_on):
        steps.append(TaskStep(task=task, what=TaskStep.What.DATES, by=by, due_on=task.due_on))
    if owner != task.owner:
        steps.append(TaskStep(task=task, what=TaskStep.What.GIVEN, by=by, to=owner))
    if not steps:
        return task
    TaskStep.objects.bulk_create(steps)
    task.words, task.owner, task.due_on, task.remind_on = words.strip(), owner, due_on, remind_on
    task.save(update_fields=["words", "owner", "due_on", "remind_on"])
    changed = [str(step.what) for step in steps]
    log_write(AuditEntry.Action.UPDATE, by, task, task.person, detail={"changed": changed, "owner": str(owner)})
    return task


@transaction.atomic
def end_task(*, by: User, task: Task, status: str, result: str = "", again_in_weeks: int | None = None) -> Task:
    """The task is done, perhaps to be done again in some weeks, or not needed any more, which needs a reason.

    The same said twice by the same colleague is done once. Raises DomainError when a colleague has ended it already.
    """
    require_may_change_task(by, task)
    result = result.strip()
    if status == Task.Status.DROPPED and not result:
        raise DomainError(_("Say in a few words why it is not needed any more."), field="result")
    if again_in_weeks is not None and not 1 <= again_in_weeks <= MOST_WEEKS:
        raise DomainError(_("From 1 to %(most)s weeks.") % {"most": MOST_WEEKS}, field="again")
    now = _locked(task)
    if not now.is_open and (now.status, now.ended_by_id) == (status, by.pk):
        return now
    if not now.is_open:
        raise DomainError(_("A colleague has ended this task already."))
    _end([now], by=by, status=status, result=result)
    task.status, task.result, task.ended_at, task.ended_by = now.status, now.result, now.ended_at, by
    log_write(AuditEntry.Action.UPDATE, by, task, task.person, detail={"status": status})
    if again_in_weeks is not None and status == Task.Status.DONE:
        _repeat(now, by=by, weeks=again_in_weeks)
    return task


@transaction.atomic
def reopen_task(*, by: User, task: Task) -> Task:
    """It is to be done after all; what was to be done again after it, and nobody has done yet, is not needed any more.

    A task that is open stays as it is.
    """
    require_may_change_task(by, task)
    now = _locked(task)
    if now.is_open:
        return now
    following = list(Task.objects.select_for_update(of=("self",)).filter(follows=now, status=Task.Status.OPEN))
    _end(following, by=by, status=Task.Status.DROPPED, result=_("The task before it goes on."))
    now.status, now.result, now.ended_at, now.ended_by = Task.Status.OPEN, "", None, None
    steps = [TaskStep(task=now, what=TaskStep.What.AGAIN, by=by)]
    if now.case and not now.case.members.filter(user=now.owner_id, ends_at__isnull=True).exists():
        now.owner = by  # who did it has left the case
        steps.append(TaskStep(task=now, what=TaskStep.What.GIVEN, by=by, to=by))
    now.save(update_fields=["status", "result", "ended_at", "ended_by", "owner"])
    TaskStep.objects.bulk_create(steps)
    log_write(AuditEntry.Action.UPDATE, by, now, now.person, detail={"status": Task.Status.OPEN})
    return now


def drop_tasks_of_closed(*, by: User, case: Case) -> int:
    """In the transaction that closes the case: what is still to be done in it is not needed any more; return how many.

    The caller has written the case, so that a task that is added at this moment waits and finds it closed.
    """
    rows = list(Task.objects.select_for_update(of=("self",)).filter(case=case, status=Task.Status.OPEN))
    _end(rows, by=by, status=Task.Status.DROPPED, result=_("The case was closed."))
    for task in rows:
        log_write(AuditEntry.Action.UPDATE, by, task, case.person, detail={"status": task.status, "why": "case closed"})
    return len(rows)


def give_tasks_of_leaving(*, by: User, case: Case, leaving: Iterable[User], to: User) -> int:
    """In the transaction in which colleagues leave the case: what they had to do is done by `to`; return how many."""
    rows = list(
        Task.objects.select_for_update(of=("self",)).filter(case=case, status=Task.Status.OPEN, owner__in=list(leaving))
    )
    for task in rows:
        task.owner = to
        log_write(AuditEntry.Action.UPDATE, by, task, case.person, detail={"changed": ["given"], "owner": str(to)})
    Task.objects.bulk_update(rows, ["owner"])
    TaskStep.objects.bulk_create(TaskStep(task=task, what=TaskStep.What.GIVEN, by=by, to=to) for task in rows)
    return len(rows)


@transaction.atomic
def wish_task_mail(*, by: User, wanted: bool) -> None:
    """Get an e-mail on the mornings on which something is due, or none any more."""
    if wanted:
        TaskMailWish.objects.get_or_create(user=by)
    else:
        TaskMailWish.objects.filter(user=by).delete()


def task_state(task: Task) -> str:
    """What tells whether a task was changed since it was looked at."""
    return str(task.steps.values_list("pk", flat=True).first() or "")


def _locked(task: Task) -> Task:
    """The task as it is now; a colleague who presses at this moment waits."""
    rows = Task.objects.select_for_update(of=("self",)).select_related("case", "person", "partner", "owner")
    return rows.get(pk=task.pk)


def _end(tasks: list[Task], *, by: User, status: str, result: str) -> None:
    now = timezone.now()
    for task in tasks:
        task.status, task.result, task.ended_at, task.ended_by = status, result, now, by
    Task.objects.bulk_update(tasks, ["status", "result", "ended_at", "ended_by"])
    TaskStep.objects.bulk_create(TaskStep(task=task, what=status, by=by, words=result) for task in tasks)


def _repeat(task: Task, *, by: User, weeks: int) -> None:
    """The same once more, so many weeks from today, with the reminder as long before it as it was."""
    due_on = timezone.localdate() + timedelta(weeks=weeks)
    before = task.due_on - task.remind_on if task.due_on and task.remind_on else None
    again = Task.objects.create(
        partner=task.partner, person=task.person, case=task.case, origin=task.origin, source_id=task.source_id,
        follows=task, words=task.words, owner=task.owner, due_on=due_on, created_by=by,
        remind_on=due_on - before if before is not None else None,
    )  # fmt: skip
    log_write(AuditEntry.Action.CREATE, by, again, task.person, detail={"owner": str(task.owner)})


def _check(
    case: Case | None, words: str, owner: User, due_on: date | None, remind_on: date | None,
    before: User | None = None,
) -> None:  # fmt: skip
    if not words.strip():
        raise DomainError(_("Write what has to be done."), field="words")
    if owner != before and (case is None or not case.members.filter(user=owner, ends_at__isnull=True).exists()):
        raise DomainError(_("This colleague does not work on the case."), field="owner")
    if due_on and remind_on and remind_on > due_on:
        raise DomainError(_("The reminder would come after the day it is due."), field="remind_on")
