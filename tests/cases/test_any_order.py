"""In whatever order services are called, the case is in a legal state and the journey tells the same as the tables."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lgnet.cases import after, referrals, services
from lgnet.cases.instruments import services as instruments
from lgnet.cases.measures import REACHED
from lgnet.cases.models import (
    Assessment,
    AssessmentSheet,
    Case,
    CaseMember,
    FollowUp,
    Goal,
    Helpfulness,
    InstrumentVersion,
    Plan,
    Referral,
    ServiceDelivery,
)
from lgnet.catalogue.models import ServiceType
from lgnet.core.errors import DomainError
from lgnet.indicators import changes, evidence, figures
from lgnet.indicators.figures import all_figures, partner_figures
from lgnet.indicators.registry import counted
from lgnet.indicators.services import SETTLED, refresh
from lgnet.indicators.tallies import value_of
from lgnet.network.roles import Role
from lgnet.people.episodes import MOMENTS, courses_of
from lgnet.people.journey_values import AREAS, HELP, housing_number
from lgnet.people.merging import undo_merge
from lgnet.people.models import Episode, FileMember, JourneyEvent, Person
from lgnet.people.records import record_eligibility, record_notice
from lgnet.people.selectors import living_id
from lgnet.people.services import PersonDetails, open_file_for, restrict_file, update_person
from tests.conftest import team_of
from tests.indicators.conftest import rome
from tests.people.doubles import join, register

START = rome("2026-01-10", 9)
REFUSED = (DomainError, PermissionDenied)


class Work:
    """A team, a desk and two files of which nobody knows whether they are of one person; what was done with them."""

    def __init__(self, partner: Any, desk: Any, worker: Any, second: Any, service_type: Any) -> None:
        self.partner, self.desk, self.worker, self.second = partner, desk, worker, second
        self.service_type, self.merges = service_type, []
        self.team, self.counter = team_of(partner, "multidisciplinary"), team_of(partner, "desk")
        self.people = [register(desk, partner, given_names=name).pk for name in ("Amina", "Amena")]
        for pk in self.people:
            open_file_for(Person.objects.get(pk=pk), user=worker, basis=FileMember.Basis.CASE)
            self._notice(pk)

    def _notice(self, pk: Any) -> None:
        today = timezone.localdate()
        who = Person.objects.get(pk=pk)
        record_notice(by=self.desk, person=who, kind="privacy", method="spoken", language="ar", given_on=today)

    def person(self, which: int) -> Person:
        return Person.objects.get(pk=living_id(self.people[which % 2]))

    def case(self, which: int) -> Case:
        """The latest case of somebody: the one that is worked on."""
        found = Case.objects.filter(person=self.person(which)).order_by("-opened_on", "-pk").first()
        if found is None:
            raise DomainError("no case")
        return found

    def day(self, which: int) -> date:
        return timezone.localdate() - timedelta(days=which % 5)

    def open(self, which: int) -> None:
        services.open_case(
            by=self.desk, person=self.person(which), team=self.team, manager=self.worker, basis="desk",
            opened_on=self.day(which), referral=Referral.objects.filter(person=self.person(which)).last(),
        )  # fmt: skip

    def assess(self, which: int) -> None:
        services.record_assessment(
            by=self.worker, case=self.case(which), kind="preliminary", done_on=self.day(which), note="Colloquio",
            housing=("1", "8", "")[which % 3],
        )  # fmt: skip

    def rate(self, which: int) -> None:
        version = InstrumentVersion.objects.get(instrument__code="ten_domains")
        sheet = instruments.start_sheet(by=self.worker, case=self.case(which), version=version)
        answers = {"home_level": str(1 + which % 5), "health_level": "3"}
        instruments.save_answers(by=self.worker, sheet=sheet, answers=answers, seen=sheet.revision)
        instruments.finish_sheet(by=self.worker, sheet=sheet, done_on=self.day(which))

    def plan(self, which: int) -> None:
        goals = [services.GoalDraft("work", "Un lavoro"), services.GoalDraft("housing", "Una stanza")]
        services.save_plan(by=self.worker, case=self.case(which), goals=goals[: 1 + which % 2])

    def sign(self, which: int) -> None:
        plan = self.case(which).plans.first()
        if plan is None:
            raise DomainError("no plan")
        services.sign_plan(by=self.worker, plan=plan, signed_on=self.day(which), language="it")

    def goal(self, which: int) -> None:
        goal = Goal.objects.filter(plan__case=self.case(which)).first()
        if goal is None:
            raise DomainError("no goal")
        services.set_goal_status(by=self.worker, goal=goal, status=("reached", "reached", "partly")[which % 3])

    def serve(self, which: int) -> None:
        services.deliver_service(
            by=self.worker, case=self.case(which), service_type=self.service_type, delivered_on=self.day(which),
            quantity=Decimal(which),
        )  # fmt: skip

    def refer(self, which: int) -> None:
        referrals.send_referral(
            by=self.desk, from_team=self.counter, to_team=self.team, person=self.person(which), need="work"
        )

    def answer(self, which: int) -> None:
        sent = Referral.objects.filter(partner=self.partner).last()
        if sent is None:
            raise DomainError("no referral")
        if which % 3:
            referrals.accept_referral(by=self.worker, referral=sent)
        else:
            referrals.refuse_referral(by=self.worker, referral=sent, answer="Non è il servizio giusto")

    def team_change(self, which: int) -> None:
        manager = self.second if which % 2 else self.worker
        services.change_team_of_case(by=self.worker, case=self.case(which), manager=manager, members=[self.worker])

    def close(self, which: int) -> None:
        case = self.case(which)
        goals = Goal.objects.filter(plan__case=case, plan__status=Plan.Status.SIGNED)
        services.close_case(
            by=self.worker, case=case, closed_on=self.day(which), outcome=("moved", "goal_reached", "death")[which % 3],
            housing_at_exit=("0", "", "8")[which % 3], results=[(goal, "reached") for goal in goals[: which % 2]],
        )  # fmt: skip

    def helped(self, which: int) -> None:
        answer = list(HELP)[which % 4]
        by = self.worker if which % 2 else None
        after.record_helpfulness(by=by, case=self.case(which), answer=answer, language="ar")

    def follow_up(self, which: int) -> None:
        due = FollowUp.objects.filter(case__person=self.person(which)).exclude(result__gt="").first()
        if due is None:
            raise DomainError("nothing due")
        after.record_follow_up(
            by=self.worker, follow_up=due, done_on=timezone.localdate(), housing=("0", "1", "")[which % 3],
            result=("stable", "not_found", "again")[which % 3], has_work=bool(which % 2),
        )  # fmt: skip

    def reopen(self, which: int) -> None:
        after.reopen_case(by=self.worker, case=self.case(which), reason="Ha perso la stanza")

    def restrict(self, which: int) -> None:
        person = self.person(which)
        restrict_file(by=self.worker, person=person, restricted=not person.restricted, reason="Minacce ricevute")

    def correct(self, which: int) -> None:
        person = self.person(which)
        names = ("nickname", "given_names", "family_names", "birth_date", "birth_precision", "gender", "citizenship")
        known = PersonDetails(**{name: getattr(person, name) for name in names})
        change = ({"gender": ""}, {"gender": "m"}, {"birth_date": date(2012, 1, 1)}, {"birth_date": date(1950, 1, 1)})
        update_person(by=self.desk, person=person, details=replace(known, **change[which % 4]))

    def eligible(self, which: int) -> None:
        record_eligibility(
            by=self.desk, person=self.person(which), checked_on=self.day(which), title_type="asylum_request",
            verdict="eligible" if which % 4 else "not_eligible",
        )  # fmt: skip

    def joined(self, which: int) -> None:
        kept, absorbed = self.person(which), self.person(which + 1)
        for one in (kept, absorbed):
            open_file_for(one, team=self.counter, basis="desk")  # they have come to the desk
        self.merges.append(join(self.desk, kept, absorbed))

    def parted(self, _which: int) -> None:
        if not self.merges:
            raise DomainError("nothing joined")
        undo_merge(by=self.desk, merge=self.merges[-1], reason="sono due sorelle")
        self.merges.pop()

    def stored(self, which: int) -> None:
        refresh(now=timezone.now() + (SETTLED if which % 2 else timedelta()))


ORDER = (
    "refer", "answer", "open", "assess", "rate", "plan", "sign", "goal", "serve", "eligible", "team_change", "rate",
    "helped", "close", "follow_up", "reopen",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*ORDER, "restrict", "correct", "joined", "parted", "stored", "close"]),
        st.integers(0, 7),
        st.sampled_from([0, 1, 30, 24 * 8, 24 * 95]),
    ),
    min_size=6, max_size=14,
)  # fmt: skip
# a step of the whole way from which it goes on in any order
BEGINNINGS = st.integers(0, len(ORDER)).map(lambda number: [(what, 4, 30) for what in ORDER[:number]])


@pytest.fixture
def make_work(partner, desk_operator, case_worker, make_user):
    call_command("load_instruments", verbosity=0)
    service = ServiceType.objects.create(code="job_search", area="work", name_it="Lavoro", name_en="Work")
    second = make_user(Role.CASE_WORKER, partner)
    return lambda: Work(partner, desk_operator, case_worker, second, service)


@given(begin=BEGINNINGS, steps=STEPS)
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
            check_journey()
            check_episodes()
        check_figures(work.partner)


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
        assert case.follow_ups.count() == (0 if case.is_open or case.outcome == "death" else 3)
        if case.is_open:
            assert CaseMember.objects.filter(case=case, ends_at=None, user=case.manager_id).exists()
            assert FileMember.objects.filter(person=case.person, user=case.manager_id, basis="case").exists()
    several = Case.objects.filter(status="open").values("person").annotate(n=Count("pk")).filter(n__gt=1)
    assert not several.exists()


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
    reached = Goal.objects.filter(status="reached").select_related("plan__case")
    days = dict(
        JourneyEvent.objects.filter(voided_at=None, kind="goal_reached").values_list("source_id", "occurred_at")
    )
    for goal in reached:
        day = timezone.localdate(days[goal.pk])
        told_rows.append(("goal_reached", str(goal.pk), str(goal.plan.case.person_id), day, float(AREAS[goal.area])))
    return told_rows


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
            clock.shift(timedelta(days=95) if what == "follow_up" else timedelta(hours=30))
            getattr(work, what)(4 if what != "goal" else 0)
            check_cases()
            check_journey()
            check_episodes()
        for what, which in (("correct", 1), ("restrict", 0), ("restrict", 0), ("joined", 0), ("parted", 0)):
            clock.shift(timedelta(hours=1))
            getattr(work, what)(which)
            check_journey()
            check_episodes()
        check_figures(work.partner)
