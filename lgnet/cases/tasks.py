"""Writes of tasks. They are read with the file of their person, and by whoever has to do them."""

import uuid
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Case, Task
from lgnet.cases.policies import require_works_in, require_works_on, works_on
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.network.models import User
from lgnet.people.models import Person
from lgnet.people.services import log_write


@transaction.atomic
def add_task(
    *, by: User, case: Case, words: str, owner: User, due_on: date | None = None, remind_on: date | None = None,
    origin: str = Task.Origin.HAND, source_id: uuid.UUID | None = None, record_id: uuid.UUID | None = None,
) -> Task:  # fmt: skip
    """Give a colleague of the case something to do; sent twice (`record_id`), it is written once.

    Raises DomainError without words, for somebody who does not work on the case, or a reminder after the day it is due.
    """
    require_works_in(by, case)
    if not works_on(by, case) and owner != by:
        raise PermissionDenied(_("Who works on a part of the case writes down tasks of her or his own."))
    if not words.strip():
        raise DomainError(_("Write what has to be done."), field="words")
    if not case.members.filter(user=owner, ends_at__isnull=True).exists():
        raise DomainError(_("This colleague does not work on the case."), field="owner")
    if due_on and remind_on and remind_on > due_on:
        raise DomainError(_("The reminder would come after the day it is due."), field="remind_on")

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
def end_task(*, by: User, task: Task, status: str, result: str = "") -> Task:
    """The task is done, or not needed any more. Raises DomainError when it has ended already."""
    if task.case and task.owner_id == by.pk:
        require_works_in(by, task.case)
    elif task.case:
        require_works_on(by, task.case)
    if Task.objects.select_for_update().get(pk=task.pk).status != Task.Status.OPEN:
        raise DomainError(_("A colleague has ended this task already."))
    task.status, task.result = status, result
    task.ended_at, task.ended_by = timezone.now(), by
    task.save(update_fields=["status", "result", "ended_at", "ended_by"])
    log_write(AuditEntry.Action.UPDATE, by, task, task.person, detail={"status": status})
    return task


def own_tasks(user: User, person: Person) -> list[Task]:
    """What the user has to do for a person, soonest first."""
    return list(Task.objects.filter(person=person, owner=user.pk, status=Task.Status.OPEN).select_related("case"))
