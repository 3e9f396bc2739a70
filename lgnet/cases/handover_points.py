"""The checklist of a handover fills itself: what is open in the case. Apps above add what they know of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from lgnet.cases.models import AssessmentSheet, Case, FollowUp, Goal, Plan, Referral, Task
from lgnet.cases.visibility import sees_case
from lgnet.network.models import User
from lgnet.people.document_selectors import documents_of, ending

SOON = timedelta(days=30)
LONGEST = 200  # characters of a point


@dataclass(frozen=True)
class Point:
    """One thing that is open: a key that stays the same, what it is, until when."""

    key: str
    words: str
    due_on: date | None = None


Source = Callable[[User, Case], Iterable[Point]]
_sources: list[Source] = []


def handover_points(source: Source) -> Source:
    """Let this function, given who hands over and the case, add its points to every checklist. For apps above."""
    if source not in _sources:
        _sources.append(source)
    return source


def points_of(user: User, case: Case) -> list[Point]:
    """Everything that is open in a case that the user works on, as far as she or he may read it."""
    whole = (_tasks, _plan, _sheets, _referrals, _documents, _follow_ups)
    own = whole if sees_case(user, case).whole else (_tasks, _plan, _documents)
    found = [point for source in (*own, *_sources) for point in source(user, case)]
    return [*found, Point("tell", _("Tell the person who follows her or him from now on"))]


def _point(key: str, start: str, words: str, due_on: date | None = None) -> Point:
    return Point(key, Truncator(f"{start}: {words}").chars(LONGEST), due_on)


def _tasks(user: User, case: Case) -> Iterator[Point]:
    tasks = Task.objects.filter(sees_case(user, case).tasks(), case=case, status=Task.Status.OPEN)
    for task in tasks.select_related("owner"):
        yield _point(
            f"task:{task.pk}", str(_("Task of %(who)s") % {"who": task.owner.full_name}), task.words, task.due_on
        )


def _plan(user: User, case: Case) -> Iterator[Point]:
    plan = case.plans.filter(status=Plan.Status.SIGNED).first()
    if plan is None:
        yield Point("plan", _("The plan is not signed yet"))
        return
    due = sees_case(user, case).goals().filter(plan=plan, due_on__lte=timezone.localdate() + SOON)
    for goal in due.filter(status=Goal.Status.OPEN):
        yield _point(f"goal:{goal.pk}", _("Goal due"), goal.words, goal.due_on)


def _sheets(user: User, case: Case) -> Iterator[Point]:
    drafts = AssessmentSheet.objects.filter(case=case, status=AssessmentSheet.Status.DRAFT)
    for sheet in drafts.select_related("version__instrument"):
        yield _point(f"sheet:{sheet.pk}", _("Assessment being filled in"), str(sheet.version.definition.words))


def _referrals(user: User, case: Case) -> Iterator[Point]:
    sent = Referral.objects.filter(person=case.person, status__in=Referral.OPEN).select_related("to_team")
    for one in sent.order_by("sent_at"):
        due = timezone.localdate(one.due_at) if one.due_at else None
        yield _point(f"referral:{one.pk}", _("Referral without an end"), one.to_team.name, due)


def _documents(user: User, case: Case) -> Iterator[Point]:
    for document in ending(documents_of(user, case.person)):
        yield _point(f"document:{document.pk}", _("Document ending"), str(document), document.expires_on)


def _follow_ups(user: User, case: Case) -> Iterator[Point]:
    limit = timezone.localdate() + SOON
    due = FollowUp.objects.filter(case__person=case.person, done_on__isnull=True, due_on__lte=limit)
    for one in due.order_by("due_on"):
        words = _("after %(months)s months") % {"months": one.months}
        yield _point(f"follow_up:{one.pk}", _("Follow-up of an earlier case"), words, one.due_on)
