"""Reads of tasks, scoped and logged. Words and persons are shown where the file is open for the reader."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.db.models import Case as Case_
from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.cases.models import Case, CaseMember, Task, TaskMailWish, TaskStep
from lgnet.cases.policies import require_may_change_task
from lgnet.cases.visibility import Sees, of_whole_cases, sees_case
from lgnet.catalogue.models import Team
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import not_hidden_from, person_is_open_for
from lgnet.people.selectors import get_person

WITHOUT_DATE = date(9999, 12, 31)  # sorts last, on every database
UNDO_FOR = timedelta(minutes=30)  # what one has just ended is shown with its undo


def visible_tasks(user: User) -> QuerySet[Any]:
    """Tasks the user may know of, with `file_open` (may read the words and who it is about), `mine` and `due_order`.

    Those of the cities whose cases the user lists, and her or his own; of restricted files only for their team.
    """
    access = access_of(user)
    own = Q(partner__in=access.partner_ids(Permission.VIEW_PEOPLE)) & (Q(owner=user) | Q(created_by=user))
    members = CaseMember.objects.filter(case=OuterRef("case_id"), user_id=user.pk, ends_at__isnull=True)
    own_words = Q(owner=user) | Q(created_by=user)
    found = Task.objects.filter(not_hidden_from(user), own | Q(partner__in=access.partner_ids(Permission.VIEW_CASES)))
    return found.annotate(
        file_open=Case_(
            When(own_words | Q(case__isnull=True) | of_whole_cases(user), then=person_is_open_for(user)),
            default=Value(False),
        ),
        mine=Exists(members),
        due_order=Coalesce(F("due_on"), Value(WITHOUT_DATE), output_field=DateField()),
    ).select_related("person", "owner", "created_by", "case__team", "ended_by")


def own_tasks(user: User) -> QuerySet[Any]:
    """What the user still has to do, the most urgent first."""
    return visible_tasks(user).filter(owner=user, status=Task.Status.OPEN).order_by("due_order", "created_at")


def own_tasks_about(user: User, person: Person) -> list[Task]:
    """What the user has to do for a person, soonest first."""
    return list(Task.objects.filter(person=person, owner=user.pk, status=Task.Status.OPEN).select_related("case"))


def tasks_of_today(user: User) -> QuerySet[Any]:
    """Those of `own_tasks` that are due or overdue, or of which one wished to be reminded by now."""
    today = timezone.localdate()
    return own_tasks(user).filter(Q(due_on__lte=today) | Q(remind_on__lte=today))


def just_ended(user: User) -> QuerySet[Any]:
    """What the user has ended a moment ago, in cases that are open: it can be undone with one press."""
    rows = visible_tasks(user).filter(ended_by=user, ended_at__gte=timezone.now() - UNDO_FOR, file_open=True)
    return rows.filter(Q(case__isnull=True) | Q(case__status=Case.Status.OPEN)).order_by("-ended_at")


def tasks_between(user: User, owners: list[User], first: date, last: date) -> QuerySet[Any]:
    """Open tasks of these colleagues that are due on the days between two, both included, as the user sees them."""
    rows = visible_tasks(user).filter(owner__in=owners, status=Task.Status.OPEN, due_on__range=(first, last))
    return rows.order_by("due_on", "created_at")


def overdue_tasks(user: User, owners: list[User], *, before: date) -> QuerySet[Any]:
    """Open tasks of these colleagues that were due before a day, as the user sees them."""
    rows = visible_tasks(user).filter(owner__in=owners, status=Task.Status.OPEN, due_on__lt=before)
    return rows.order_by("due_on", "created_at")


def tasks_of_case(case: Case, sees: Sees) -> list[Task]:
    """The tasks of a case that the reader sees: those to do, the most urgent first, then those that ended last."""
    rows = list(case.tasks.filter(sees.tasks()).select_related("owner", "created_by", "ended_by"))
    ended = [task for task in rows if not task.is_open]
    ended.sort(key=lambda task: task.ended_at or task.created_at, reverse=True)
    return [task for task in rows if task.is_open] + ended


def left_behind(case: Case, staying: set[uuid.UUID]) -> int:
    """How many open tasks of the case belong to colleagues who are not among those who stay."""
    return case.tasks.filter(status=Task.Status.OPEN).exclude(owner__in=staying).count()


def get_task(user: User, pk: uuid.UUID) -> Task:
    """A task whose file is open for the user; the read is logged. Raises Http404 or FileClosed."""
    task: Task | None = visible_tasks(user).select_related("case__partner", "partner", "follows").filter(pk=pk).first()
    if task is None:
        raise Http404
    task.person = get_person(user, task.person_id)
    if task.case:
        task.case.person = task.person
        if user.pk not in {task.owner_id, task.created_by_id}:
            sees_case(user, task.case).require_whole()
    audit.note_read(
        by=user, object_type="cases.task", object_id=task.pk, partner_id=task.partner_id, person_id=task.person_id
    )
    return task


def get_task_to_change(user: User, pk: uuid.UUID) -> Task:
    """A task the user may end or change. Raises as `get_task`, and PermissionDenied."""
    task = get_task(user, pk)
    require_may_change_task(user, task)
    return task


def steps_of(task: Task) -> list[TaskStep]:
    """What happened to a task that the caller has read, latest first."""
    return list(task.steps.select_related("by", "to"))


def colleagues_with_tasks(user: User) -> list[dict[str, Any]]:
    """In the cities where the user says who works on cases: who has how many tasks to do, and how many are overdue."""
    partners = access_of(user).partner_ids(Permission.ASSIGN_CASE)
    if not partners:
        return []
    late = Q(due_on__lt=timezone.localdate())
    rows = Task.objects.filter(not_hidden_from(user), partner__in=partners, status=Task.Status.OPEN)
    counted = rows.values("owner", "owner__full_name").annotate(open=Count("pk"), overdue=Count("pk", filter=late))
    return [dict(row) for row in counted.order_by("-overdue", "-open", "owner__full_name")]


def owners_listed(user: User) -> QuerySet[User]:
    """Who has tasks in the cities whose cases the user lists."""
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    return User.objects.filter(pk__in=Task.objects.filter(partner__in=partners).values("owner")).order_by("full_name")


def teams_listed(user: User) -> QuerySet[Team]:
    """Teams whose cases have tasks in the cities whose cases the user lists."""
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    return Team.objects.filter(pk__in=Task.objects.filter(partner__in=partners).values("case__team")).order_by("name")


def wishes_task_mail(user: User) -> bool:
    """Whether the user gets an e-mail on the mornings on which something is due."""
    return TaskMailWish.objects.filter(user=user).exists()


def case_worker_choices(case: Case) -> QuerySet[User]:
    """The colleagues of a case, who can be given its tasks."""
    now = case.members.filter(ends_at__isnull=True).values("user")
    return User.objects.filter(pk__in=now).order_by("full_name")
