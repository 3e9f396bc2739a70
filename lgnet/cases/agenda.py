"""What fills the agenda of a team by itself: a register of reasons, each one function.

A source takes the team and gives the cases to talk about, each with the day since when and perhaps some words:

    @fills_agenda("stay_ends", _("stay in a house ends"))
    def stays_ending(team: Team) -> Iterable[Reason]: ...

What was discussed does not come back by itself until something new happens, or after REST.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lgnet.cases.instrument_models import AssessmentSheet, SheetChange
from lgnet.cases.meeting_models import AgendaItem
from lgnet.cases.models import Case, Goal, Plan, PlanAction, Referral, Task
from lgnet.cases.plan_versions import goals_in_force, in_force, newer_signed
from lgnet.cases.selectors import without_signed_plan
from lgnet.cases.waiting import late
from lgnet.cases.waiting_models import BEGINS, REACHED, DelayCause, Step
from lgnet.catalogue.models import Team
from lgnet.core.languages import in_reader_language
from lgnet.people.models import Episode

NEW_FOR = timedelta(days=30)
UNREAD_AFTER = timedelta(days=14)  # a colleague has that long to read an assessment
LATELY = timedelta(days=90)
REST = timedelta(days=60)
UNSIGNED_AFTER = 60  # days


@dataclass(frozen=True)
class Reason:
    """Why a case is to be talked about, since when, and some words where the code alone says too little."""

    case_id: uuid.UUID
    since: date
    detail: str = ""


Source = Callable[[Team], Iterable[Reason]]
SOURCES: dict[str, Source] = {}
BY_HAND, DISAGREE, PUT_OFF = "by_hand", "disagreement", "put_off"
LABELS: dict[str, str | Promise] = {
    BY_HAND: _("a colleague asks for it"),
    PUT_OFF: _("put off at the last meeting"),
}


def fills_agenda(code: str, label: str | Promise) -> Callable[[Source], Source]:
    """Put a source into the register; those put first come first on the agenda."""

    def put(source: Source) -> Source:
        SOURCES[code], LABELS[code] = source, label
        return source

    return put


def reasons_of(team: Team) -> dict[uuid.UUID, list[tuple[str, Reason]]]:
    """The open cases of the team to talk about, by the order of the register and of time, with all their reasons."""
    discussed = _last_discussed(team)
    today = timezone.localdate()
    found: dict[uuid.UUID, list[tuple[str, Reason]]] = {}
    for code, source in SOURCES.items():
        for reason in sorted(source(team), key=lambda one: (one.since, str(one.case_id), one.detail)):
            last = discussed.get(reason.case_id)
            if last is None or reason.since > last or last < today - REST:
                found.setdefault(reason.case_id, []).append((code, reason))
    return found


def label_of(code: str) -> str:
    """A reason in words."""
    return str(LABELS.get(code, code))


def _last_discussed(team: Team) -> dict[uuid.UUID, date]:
    rows = AgendaItem.objects.filter(case__team=team, state=AgendaItem.State.DISCUSSED).order_by()
    last = rows.values_list("case").annotate(last=Max("meeting__starts_at"))
    return {case: timezone.localdate(moment) for case, moment in last}


def _open_cases(team: Team) -> QuerySet[Case]:
    return Case.objects.filter(partner=team.partner_id, team=team, status=Case.Status.OPEN).order_by()


@fills_agenda(DISAGREE, _("colleagues judge differently"))
def judged_differently(team: Team) -> Iterable[Reason]:
    """Two colleagues gave different points with the same instrument, or one changed what another had answered."""
    since = timezone.localdate() - LATELY
    done = AssessmentSheet.objects.filter(
        case__in=_open_cases(team), status=AssessmentSheet.Status.DONE, done_on__gte=since
    )
    before: dict[tuple[uuid.UUID, uuid.UUID], AssessmentSheet] = {}
    for sheet in done.select_related("version__instrument").order_by("done_on", "created_at"):
        key = (sheet.case_id, sheet.version.instrument_id)
        other = before.get(key)
        if other and other.done_by_id != sheet.done_by_id and _differ(other.scores, sheet.scores):
            yield Reason(sheet.case_id, sheet.done_on or since, _name(sheet))
        before[key] = sheet
    yield from _changed_by_others(team)


def _differ(one: dict[str, str], other: dict[str, str]) -> bool:
    return any(one[key] != other[key] for key in one.keys() & other.keys())


def _changed_by_others(team: Team) -> Iterable[Reason]:
    rows = SheetChange.objects.filter(
        sheet__case__in=_open_cases(team), by__isnull=False, written_at__gte=timezone.now() - LATELY
    )
    given: dict[tuple[uuid.UUID, str], tuple[uuid.UUID | None, object]] = {}
    told: dict[uuid.UUID, Reason] = {}
    for change in rows.select_related("sheet__version__instrument").order_by("sheet", "number"):
        for key, answer in change.answers.items():
            who, before = given.get((change.sheet_id, key), (change.by_id, answer))
            if answer is not None and before is not None and who != change.by_id and before != answer:
                day = timezone.localdate(change.written_at)
                told[change.sheet_id] = Reason(change.sheet.case_id, day, _name(change.sheet))
            given[change.sheet_id, key] = (change.by_id, answer)
    return told.values()


def _name(sheet: AssessmentSheet) -> str:
    instrument = sheet.version.instrument
    return in_reader_language(instrument.name_it, instrument.name_en or instrument.name_it)


@fills_agenda("new_case", _("new case"))
def new_cases(team: Team) -> Iterable[Reason]:
    """Taken in charge in the last 30 days."""
    rows = _open_cases(team).filter(opened_on__gte=timezone.localdate() - NEW_FOR)
    return [Reason(pk, day) for pk, day in rows.values_list("pk", "opened_on")]


@fills_agenda("goal_late", _("goal past its day"))
def goals_past(team: Team) -> Iterable[Reason]:
    """Goals of the plan in force whose day has passed, still under way."""
    rows = goals_in_force().filter(
        plan__case__in=_open_cases(team), status=Goal.Status.OPEN, due_on__lt=timezone.localdate()
    ).order_by()  # fmt: skip
    return [Reason(pk, day, words) for pk, day, words in rows.values_list("plan__case", "due_on", "words") if day]


@fills_agenda("review_due", _("review of the plan due"))
def reviews_due(team: Team) -> Iterable[Reason]:
    """Plans in force whose day to be looked at again has come."""
    rows = Plan.objects.filter(
        ~newer_signed(), case__in=_open_cases(team), status=Plan.Status.SIGNED, review_on__lte=timezone.localdate()
    ).order_by()
    return [Reason(pk, day) for pk, day in rows.values_list("case", "review_on") if day]


@fills_agenda("action_late", _("action of the plan past its day"))
def actions_past(team: Team) -> Iterable[Reason]:
    """Actions of plans in force that should have been done by now."""
    rows = in_force().filter(
        goal__plan__case__in=_open_cases(team), status__in=PlanAction.STILL, due_on__lt=timezone.localdate()
    ).order_by()  # fmt: skip
    return [Reason(pk, day, words) for pk, day, words in rows.values_list("goal__plan__case", "due_on", "words") if day]


@fills_agenda("task_late", _("task past its day"))
def tasks_past(team: Team) -> Iterable[Reason]:
    """Tasks of the case, decided here or not, that should have been done by now."""
    rows = Task.objects.filter(
        case__in=_open_cases(team), status=Task.Status.OPEN, due_on__lt=timezone.localdate()
    ).order_by()
    return [Reason(pk, day, words) for pk, day, words in rows.values_list("case", "due_on", "words") if pk and day]


@fills_agenda("waits", _("waits too long"))
def waits_too_long(team: Team) -> Iterable[Reason]:
    """Who waits for the assessment, the plan or the first service longer than the limit of the city."""
    cases = dict(_open_cases(team).values_list("person", "pk"))
    ended = DelayCause.objects.filter(
        person=OuterRef("person"), episode=OuterRef("number"), followed_at__isnull=True, cause__in=DelayCause.ENDING
    )
    newer = Episode.objects.filter(person=OuterRef("person"), number__gt=OuterRef("number"))
    for step in (Step.ASSESSED, Step.PLAN, Step.SERVICE):
        waits = {f"{REACHED[step]}__isnull": True, f"{BEGINS[step]}__isnull": False, "outcome_at__isnull": True}
        rows = Episode.objects.filter(
            ~Exists(ended.filter(step=step)), ~Exists(newer), partner=team.partner_id,
            person__in=_open_cases(team).values("person"), **waits,
        )  # fmt: skip
        for person, since in late(rows, step).values_list("person", BEGINS[step]):
            if person in cases:
                yield Reason(cases[person], timezone.localdate(since), str(step.label))


@fills_agenda("plan_unsigned", _("no signed plan for 60 days"))
def plans_unsigned(team: Team) -> Iterable[Reason]:
    """Cases that are open for 60 days and have no signed plan."""
    rows = without_signed_plan(_open_cases(team), for_days=UNSIGNED_AFTER)
    days = timedelta(days=UNSIGNED_AFTER)
    return [Reason(pk, day + days) for pk, day in rows.values_list("pk", "opened_on")]


@fills_agenda("referral_late", _("referral without an answer"))
def referrals_late(team: Team) -> Iterable[Reason]:
    """Referrals of the person whose next step should have been taken by now."""
    cases = dict(_open_cases(team).values_list("person", "pk"))
    rows = Referral.objects.filter(
        partner=team.partner_id, person__in=_open_cases(team).values("person"), status__in=Referral.OPEN,
        due_at__lt=timezone.now(),
    )  # fmt: skip
    return [
        Reason(cases[person], timezone.localdate(due), to)
        for person, due, to in rows.values_list("person", "due_at", "to_team__name")
        if person in cases and due
    ]


@fills_agenda("unread", _("assessment that no colleague has read"))
def assessments_unread(team: Team) -> Iterable[Reason]:
    """Assessments finished more than 14 days ago that wait for the review of a colleague."""
    today = timezone.localdate()
    rows = AssessmentSheet.objects.filter(
        case__in=_open_cases(team), status=AssessmentSheet.Status.DONE, reviewed_at__isnull=True,
        done_on__lte=today - UNREAD_AFTER, done_on__gte=today - LATELY,
    )  # fmt: skip
    return [
        Reason(sheet.case_id, (sheet.done_on or today) + UNREAD_AFTER, _name(sheet))
        for sheet in rows.select_related("version__instrument")
    ]
