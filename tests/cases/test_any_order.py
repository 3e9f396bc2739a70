"""In whatever order services are called, the case is in a legal state and the journey tells the same as the tables."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from lgnet.cases.measures import REACHED
from lgnet.cases.meeting_models import AgendaItem, Decision, TeamMeeting
from lgnet.cases.models import (
    Assessment,
    AssessmentSheet,
    Case,
    CaseMember,
    FollowUp,
    Goal,
    HandoverCase,
    Helpfulness,
    Plan,
    PlanAction,
    Referral,
    ServiceDelivery,
    Task,
    Transfer,
    TransferCopy,
)
from lgnet.catalogue.models import ServiceType
from lgnet.core import papers
from lgnet.core.errors import DomainError
from lgnet.indicators import changes, evidence, figures
from lgnet.indicators.figures import all_figures, partner_figures
from lgnet.indicators.registry import counted
from lgnet.indicators.tallies import value_of
from lgnet.network.models import Partner
from lgnet.network.roles import Role
from lgnet.people.episodes import MOMENTS, courses_of
from lgnet.people.journey_values import AREAS, HELP, housing_number
from lgnet.people.models import Episode, FileMember, JourneyEvent, Person
from tests.cases.any_order_world import Work
from tests.indicators.conftest import rome

START = rome("2026-01-10", 9)
REFUSED = (DomainError, PermissionDenied, ValidationError)


ORDER = (
    "refer", "answer", "open", "assess", "rate", "task", "plan", "sign", "act", "unact", "review", "goal", "serve",
    "note", "note_edit", "eligible", "meet", "agenda", "begin", "decide", "undecide", "finish", "task_end",
    "task_again", "team_change", "task_change", "pass_on", "take_on", "hand_back", "rate", "close", "helped",
    "follow_up", "reopen", "propose", "agree", "send", "answered",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*ORDER[2:], "restrict", "correct", "joined", "parted", "stored", "close"]),
        st.integers(0, 7),
        st.sampled_from([0, 1, 30, 24 * 8, 24 * 95]),
    ),
    min_size=8, max_size=16,
)  # fmt: skip
# what was given to somebody who only came for a handover that is taken back
LEFT_BEHIND = (("open", 5), ("pass_on", 7), ("task", 7), ("take_on", 7))
# a goal is reached, goes on as reached into a second version, and is said to be reached there once more, then not
CARRIED_ON = (("open", 4), ("plan", 0), ("sign", 0), ("goal", 0), ("plan", 6), ("sign", 0), ("goal", 0), ("goal", 2))
# asked for anew in the meeting in which it was decided on
ASKED_ANEW = (("open", 4), ("meet", 0), ("meet", 4), ("agenda", 4), ("begin", 0), ("decide", 4), ("agenda", 4))
# a step of the whole way from which it goes on in any order
BEGINNINGS = st.integers(0, len(ORDER)).map(lambda number: [(what, 4, 30) for what in ORDER[:number]])


@pytest.fixture
def make_work(partner, other_partner, desk_operator, case_worker, make_user, stranger, monkeypatch):
    monkeypatch.setattr(papers.typst, "compile", lambda *_, **__: b"a paper")  # a second each
    call_command("load_instruments", verbosity=0)
    service = ServiceType.objects.create(code="job_search", area="work", name_it="Lavoro", name_en="Work")
    second = make_user(Role.CASE_WORKER, partner)
    return lambda: Work(partner, desk_operator, (case_worker, second), service, stranger)


@given(begin=BEGINNINGS, steps=STEPS)
@example(begin=[], steps=[(what, which, 1) for what, which in LEFT_BEHIND])
@example(begin=[], steps=[(what, which, 1) for what, which in CARRIED_ON])
@example(begin=[], steps=[(what, which, 0) for what, which in ASKED_ANEW])
@settings(
    max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_any_order(begin, steps, make_work):
    for memory in (changes._remembered, evidence._remembered, figures._remembered):
        memory.clear()
    with transaction.atomic():
        _live(make_work, [*begin, *steps])
        transaction.set_rollback(True)


def _live(make: Any, steps: list[tuple[str, int, int]]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        work = make()
        for what, which, hours in steps:
            clock.shift(timedelta(hours=hours, seconds=1))
            with suppress(*REFUSED), transaction.atomic():
                getattr(work, what)(which)
            check_cases()
            check_tasks()
            check_meetings()
            check_passed_on()
            check_journey()
            check_episodes()
        for city in Partner.objects.all():
            check_figures(city)


def check_cases() -> None:
    """Legal states, and one open case for each person; who works on a case has the file."""
    for case in Case.objects.select_related("person"):
        assert (case.status == "open") == (case.closed_on is None) == (not case.outcome)
        assert case.person.merged_into_id is None
        assert case.partner_id == case.person.partner_id
        drafts = case.plans.filter(status=Plan.Status.DRAFT).count()
        assert drafts <= 1
        assert not case.plans.filter(status=Plan.Status.SIGNED, goals__isnull=True).exists()
        assert Goal.objects.filter(plan__case=case, plan__status="draft").exclude(status="open").count() == 0
        nobody = case.is_open or case.outcome == "death" or case.transfers.filter(status="acknowledged").exists()
        assert case.follow_ups.count() in (
            (0,) if case.is_open or case.outcome == "death" else (0, 3) if nobody else (3,)
        )
        if case.is_open:
            assert CaseMember.objects.filter(case=case, ends_at=None, user=case.manager_id).exists()
            assert CaseMember.objects.get(case=case, ends_at=None, user=case.manager_id).areas == []
            assert FileMember.objects.filter(person=case.person, user=case.manager_id, basis="case").exists()
        members = case.members.filter(ends_at=None).values_list("user", flat=True)
        assert len(members) == len(set(members))
    several = Case.objects.filter(status="open").values("person").annotate(n=Count("pk")).filter(n__gt=1)
    assert not several.exists()


def check_tasks() -> None:
    """What is to be done is done by somebody who works on an open case; what has ended says so."""
    for task in Task.objects.select_related("case"):
        assert task.person_id == task.case.person_id
        assert task.partner_id == task.case.partner_id
        assert task.is_open == (task.ended_at is None) == (task.ended_by_id is None)
        if task.is_open:
            assert task.case.is_open
            assert CaseMember.objects.filter(case=task.case, user=task.owner_id, ends_at=None).exists(), task.origin
        assert task.followed_by.exclude(status="dropped").count() <= (0 if task.is_open else 1)
    for action in PlanAction.objects.select_related("goal__plan"):
        assert (action.status == "done") == (action.done_on is not None)
        assert bool(action.said_at) == bool(action.said_by_id)
    for plan in Plan.objects.filter(reviews__isnull=False).distinct():
        assert (plan.status, plan.review_on) == ("signed", plan.reviews.order_by("-created_at").first().next_on)


def check_meetings() -> None:
    """Nothing is left open in a meeting that was; each decision on a case is a task of that case."""
    assert not AgendaItem.objects.filter(state="open", meeting__status__in=["closed", "called_off"]).exists()
    for meeting in TeamMeeting.objects.all():
        cases = [pk for pk in meeting.items.values_list("case", flat=True) if pk]
        assert len(cases) == len(set(cases))
    for made in Decision.objects.select_related("item", "task"):
        assert (made.task.case_id, made.task.origin, made.task.source_id) == (made.item.case_id, "decision", made.pk)
        assert made.item.state == "discussed" or made.withdrawn_at


def check_passed_on() -> None:
    """What is handed over or transferred, how it stands, and that nothing of whoever was sent is kept after it."""
    for line in HandoverCase.objects.filter(handover__status="open", case__status="open"):
        assert not (line.giver_managed and line.case.person.merged_into_id)
    for one in Transfer.objects.select_related("case", "person"):
        assert one.person_id == one.case.person_id
        assert (one.ended_at is None) == (one.status in Transfer.OPEN)
        if one.status != "sent":
            assert (one.content, one.initials, one.languages, one.needs) == ({}, "", [], [])
        assert TransferCopy.objects.filter(transfer=one).count() == (one.status == "acknowledged")
        if one.status == "acknowledged":
            assert not one.case.is_open
    for copy in TransferCopy.objects.select_related("case", "person"):
        assert copy.case.person_id == copy.person_id
        assert copy.partner_id == copy.person.partner_id


def check_journey() -> None:
    """Every row of a table has its events, on its day and with its value, and no event is without its row."""
    told = sorted(
        (kind, str(source), str(person), timezone.localdate(at), float(quantity))
        for kind, source, person, at, quantity in JourneyEvent.objects.filter(
            voided_at=None, source_type__startswith="cases."
        )
        .exclude(source_type="cases.referral")
        .values_list("kind", "source_id", "person_id", "occurred_at", "quantity")
    )
    assert told == sorted(rows_of_tables())
    kinds = {"referral_sent", "referral_accepted", "referral_refused"}
    sent = JourneyEvent.objects.filter(voided_at=None, kind__in=kinds).values_list("kind", "source_id", "person_id")
    expected = [("referral_sent", one.pk, one.person_id) for one in Referral.objects.all()]
    expected += [
        (f"referral_{name}", one.pk, one.person_id)
        for one in Referral.objects.all()
        for name in ("accepted", "refused")
        if one.steps.filter(status=name).exists()
    ]
    assert sorted(sent, key=str) == sorted(expected, key=str)


def rows_of_tables() -> list[tuple[str, str, str, date, float]]:
    """What the tables of cases say, as the journey should tell it."""
    rows: list[tuple[str, Any, Case, date | None, float]] = []
    for case in Case.objects.all():
        rows.append(("case_opened", case, case, case.opened_on, 1))
        if case.closed_on:
            rows += [(kind, case, case, case.closed_on, 1) for kind in ("case_closed", "outcome")]
            rows += housing(case, case, case.housing_at_exit, case.closed_on)
    for done in Assessment.objects.select_related("case"):
        rows.append(("assessed", done, done.case, done.done_on, 1))
        rows += housing(done, done.case, done.housing, done.done_on)
    for sheet in AssessmentSheet.objects.filter(status="done").select_related("case"):
        rows.append(("scale_rated", sheet, sheet.case, sheet.done_on, float(sheet.scores[""])))
    for plan in Plan.objects.filter(status="signed").select_related("case"):
        rows.append(("plan_signed", plan, plan.case, plan.signed_on, 1))
    for given_ in ServiceDelivery.objects.select_related("case"):
        rows.append(("service_delivered", given_, given_.case, given_.delivered_on, float(given_.quantity)))
    for said in Helpfulness.objects.select_related("case"):
        rows.append(("help_rated", said, said.case, timezone.localdate(said.asked_at), HELP[said.answer]))
    for told in FollowUp.objects.filter(result__in=REACHED).select_related("case"):
        rows.append(("followed_up", told, told.case, told.done_on, told.months))
        rows += [("at_work", told, told.case, told.done_on, told.months)] if told.has_work else []
        rows += housing(told, told.case, told.housing, told.done_on)
    told_rows = [
        (kind, str(row.pk), str(case.person_id), day, float(value)) for kind, row, case, day, value in rows if day
    ]
    days = dict(
        JourneyEvent.objects.filter(voided_at=None, kind="goal_reached").values_list("source_id", "occurred_at")
    )
    for thread in reached_threads():
        goal = next(one for one in thread if one.pk in days)  # said once, in one of the versions
        day = timezone.localdate(days[goal.pk])
        told_rows.append(("goal_reached", str(goal.pk), str(goal.plan.case.person_id), day, float(AREAS[goal.area])))
    return told_rows


def reached_threads() -> list[list[Goal]]:
    """Goals of signed plans, each with those it goes on from, of which the last version says that they are reached."""
    threads: dict[Any, list[Goal]] = {}
    signed = Goal.objects.filter(plan__status="signed").select_related("plan__case").order_by("plan__version")
    for goal in signed:
        threads[goal.pk] = threads.get(goal.follows_id, [])
        threads[goal.pk].append(goal)
    found = {id(thread): thread for thread in threads.values()}.values()
    last = [(thread, thread[-1].plan_id) for thread in found]
    return [
        thread
        for thread, plan in last
        if any(goal.status == "reached" for goal in thread if goal.plan_id == plan)
    ]  # fmt: skip


def housing(row: Any, case: Case, code: str, day: date | None) -> list[tuple[str, Any, Case, date | None, float]]:
    return [("housing_seen", row, case, day, housing_number(code))] if code else []


def check_episodes() -> None:
    """They are what the journey tells when it is read from scratch."""
    expected = {}
    for person in Person.objects.all():
        events = person.journey.filter(voided_at=None).order_by("occurred_at", "recorded_at", "pk")
        for number, course in enumerate(courses_of(events.values_list("kind", "occurred_at")), start=1):
            expected[person.pk, number] = {name: course.moments.get(name) for name in MOMENTS}
    found = {
        (one.person_id, one.number): {name: getattr(one, name) for name in MOMENTS} for one in Episode.objects.all()
    }
    assert found == expected


def check_figures(partner: Any) -> None:
    """Stored and taken on to now is the same as from scratch; for groups too."""
    now, scratch = partner_figures(partner.pk), all_figures([partner.pk], as_known=timezone.now())[partner.pk]
    for quarter in scratch.quarters() | now.quarters(partner.pk):
        for one in counted():
            expected = value_of(one, scratch.spread(one.code, quarter))
            assert now.value(one, quarter, partner.pk) == expected, (one.code, quarter)


def test_the_whole_way_is_not_refused(make_work):
    """The property would say nothing if every step were refused: done in order, each one is done."""
    with time_machine.travel(START, tick=False) as clock:
        work = make_work()
        for what in ORDER:
            clock.shift(timedelta(days=95) if what == "follow_up" else timedelta(hours=1 if what == "unact" else 30))
            getattr(work, what)(4 if what != "goal" else 0)
            check_cases()
            check_tasks()
            check_meetings()
            check_passed_on()
            check_tasks()
            check_meetings()
            check_passed_on()
            check_journey()
            check_episodes()
        for what, which in (("correct", 1), ("restrict", 0), ("restrict", 0), ("joined", 0), ("parted", 0)):
            clock.shift(timedelta(hours=1))
            getattr(work, what)(which)
            check_journey()
            check_episodes()
        check_figures(work.partner)
