"""The cases of the large invented network, with their people, sheets, plans, tasks, services and what came after."""

import json
import random
import sys
import uuid
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from bench.writer import Writer
from lgnet.cases.models import (
    Assessment,
    AssessmentSheet,
    Case,
    CaseMember,
    FollowUp,
    Goal,
    InstrumentVersion,
    Plan,
    ServiceDelivery,
    Task,
)
from lgnet.catalogue.models import ServiceType, Team, TeamMembership
from lgnet.core.ids import uuid7
from lgnet.network.models import Membership, Partner, User
from lgnet.people.models import FileMember

CASE = ("id", "created_at", "partner", "person", "team", "manager", "basis", "basis_note", "status", "opened_on",
        "opened_by", "closed_on", "closed_by", "outcome", "outcome_note", "housing_at_exit", "updated_at")  # fmt: skip
MEMBER = ("id", "created_at", "case", "user", "profile", "starts_at")
ASSESSMENT = ("id", "created_at", "case", "kind", "done_on", "author", "note", "needs", "housing")
SHEET = ("id", "created_at", "case", "version", "status", "answers", "scores", "revision", "started_by", "done_on",
         "done_by", "assessment")  # fmt: skip
PLAN = ("id", "created_at", "case", "version", "status", "author", "signed_on", "signed_with", "language",
        "interpreter_present")  # fmt: skip
GOAL = ("id", "created_at", "plan", "position", "area", "words", "due_on", "status")
TASK = ("id", "created_at", "partner", "case", "person", "origin", "words", "owner", "due_on", "status", "result",
        "created_by", "ended_at", "ended_by")  # fmt: skip
FOLLOW_UP = ("id", "created_at", "case", "months", "due_on", "done_on", "done_by", "result", "housing", "has_work",
             "note")  # fmt: skip
DELIVERY = ("id", "created_at", "case", "person", "partner", "team", "service_type", "delivered_on", "quantity",
            "delivered_by", "note")  # fmt: skip
DOMAINS = ("home", "health", "mind", "papers", "italian", "work", "money", "family", "people", "safety")
AREAS = ("work", "housing", "language", "legal")
PLACE = ("id", "created_at", "person", "user", "basis", "starts_at")
CASELOAD, PAST = 50, 200  # open and closed cases of each case worker
SERVICES = 3  # in a case, besides what the journeys tell: enough rows for the page of a case


class CaseWork:
    """Writes cases: one for each journey that has one, and earlier ones of the same people up to a number."""

    def __init__(self, rng: random.Random) -> None:
        call_command("load_instruments", verbosity=0, stdout=sys.stderr)  # what is printed is read as JSON
        self.rng, self.written = rng, 0
        self.version = InstrumentVersion.objects.get(instrument__code="ten_domains")
        self.services = list(ServiceType.objects.filter(is_active=True))
        self.writers = {
            "case": Writer(Case, CASE), "member": Writer(CaseMember, MEMBER), "assessment": Writer(Assessment, ASSESSMENT),
            "sheet": Writer(AssessmentSheet, SHEET), "plan": Writer(Plan, PLAN), "goal": Writer(Goal, GOAL),
            "task": Writer(Task, TASK), "follow_up": Writer(FollowUp, FOLLOW_UP),
            "delivery": Writer(ServiceDelivery, DELIVERY), "place": Writer(FileMember, PLACE),
        }  # fmt: skip
        self.staff: dict[uuid.UUID, list[User]] = {}
        self.given: Counter[tuple[uuid.UUID, bool]] = Counter()
        self.people: list[tuple[Any, ...]] = []

    def add(
        self, person: uuid.UUID, partner: Partner, desk: Team, first: User, opened: datetime, closed: datetime | None
    ) -> uuid.UUID:  # fmt: skip
        """A case with everything that hangs on it, `first` or a colleague manages it; return its id."""
        rng, case, ended = self.rng, uuid7(), max(closed, opened) if closed else None
        self.people.append((person, partner, desk, first, opened))
        user = self._manager(partner, desk, first, is_open=ended is None)
        self.writers["case"].add(
            case, opened, partner.pk, person, desk.pk, user.pk, "desk", "", "closed" if ended else "open",
            opened.date(), user.pk, ended.date() if ended else None, user.pk if ended else None,
            "goal_reached" if ended else "", "", rng.choice(("0", "8", "")) if ended else "", opened,
        )  # fmt: skip
        if not ended:
            self.writers["member"].add(uuid7(), opened, case, user.pk, "social_worker", opened)
            self.writers["place"].add(uuid7(), opened, person, user.pk, "case", opened)
        self._assessed(case, user, opened, ended)
        self._planned(case, user, opened)
        for _number in range(SERVICES):
            self.writers["delivery"].add(
                uuid7(), opened, case, person, partner.pk, desk.pk, rng.choice(self.services).pk, opened.date(),
                Decimal(1), user.pk, "",
            )  # fmt: skip
        self._tasks(case, person, partner, user, opened, ended)
        if ended:
            self._after(case, user, ended)
        self.written += 1
        return case

    def finish(self, cases: int) -> int:
        """Earlier cases of the same people until there are so many; return how many there are."""
        known = list(self.people)
        for number in range(max(0, cases - self.written) if known else 0):
            person, partner, desk, user, opened = known[number % len(known)]
            earlier = opened - timedelta(days=200 * (1 + number // len(known)))
            self.add(person, partner, desk, user, earlier, earlier + timedelta(days=self.rng.randint(30, 180)))
        for writer in self.writers.values():
            writer.flush()
        return self.written

    def _manager(self, partner: Partner, desk: Team, first: User, *, is_open: bool) -> User:
        """The case worker of the city who has room for one more: the first, then colleagues, as many as are needed."""
        staff = self.staff.setdefault(partner.pk, [first])
        number = self.given[partner.pk, is_open] // (CASELOAD if is_open else PAST)
        self.given[partner.pk, is_open] += 1
        if number == len(staff):
            staff.append(_case_worker(partner, desk, number))
        return staff[number]

    def _assessed(self, case: uuid.UUID, user: User, opened: datetime, ended: datetime | None) -> None:
        for at in (opened, ended):
            if at is None or self.rng.random() < 0.1:
                continue
            done = uuid7()
            answers = {f"{domain}_level": str(self.rng.randint(1, 5)) for domain in DOMAINS}
            scores = {domain: answers[f"{domain}_level"] for domain in DOMAINS} | {"": "3.10"}
            self.writers["assessment"].add(done, at, case, "scale", at.date(), user.pk, "", "[]", "")
            self.writers["sheet"].add(
                done, at, case, self.version.pk, "done", json.dumps(answers), json.dumps(scores), 1, user.pk, at.date(),
                user.pk, done,
            )  # fmt: skip

    def _planned(self, case: uuid.UUID, user: User, opened: datetime) -> None:
        plan, is_signed = uuid7(), self.rng.random() < 0.8
        signed = (opened.date(), user.pk) if is_signed else (None, None)
        status = "signed" if is_signed else "draft"
        self.writers["plan"].add(plan, opened, case, 1, status, user.pk, *signed, "it", False)
        for position, area in enumerate(self.rng.sample(AREAS, 2), start=1):
            state = self.rng.choice(("open", "reached", "partly")) if is_signed else "open"
            due = (opened + timedelta(days=90)).date()
            self.writers["goal"].add(uuid7(), opened, plan, position, area, "Vorrei farcela da solo.", due, state)

    def _tasks(
        self, case: uuid.UUID, person: uuid.UUID, partner: Partner, user: User, opened: datetime, ended: datetime | None
    ) -> None:  # fmt: skip
        for number in range(2):
            is_done = ended is not None or number == 0 or self.rng.random() < 0.9
            end = (ended or opened, user.pk) if is_done else (None, None)
            self.writers["task"].add(
                uuid7(), opened, partner.pk, case, person, "hand", "Chiamare la scuola", user.pk,
                (opened + timedelta(days=30)).date(), "done" if is_done else "open", "Fatto" if is_done else "", user.pk,
                *end,
            )  # fmt: skip

    def _after(self, case: uuid.UUID, user: User, ended: datetime) -> None:
        for months in (3, 6, 12):
            due = ended + timedelta(days=round(30.4 * months))
            is_done = due < timezone.now() and self.rng.random() < 0.95
            told = (due.date(), user.pk, "stable", "0", True) if is_done else (None, None, "", "", None)
            self.writers["follow_up"].add(uuid7(), ended, case, months, due.date(), *told, "")


def _case_worker(partner: Partner, desk: Team, number: int) -> User:
    user = User(username=f"bench.{partner.slug}.{number}", full_name=f"Operatore {number}")
    user.set_unusable_password()
    user.save()
    since = timezone.localdate() - timedelta(days=30)
    Membership.objects.create(user=user, partner=partner, role="case_worker", starts_on=since)
    TeamMembership.objects.create(team=desk, user=user, starts_on=since)
    return user
