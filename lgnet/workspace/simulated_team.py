"""Handovers, a household in charge and transfers to another city in the demo: few, at the end of the simulated days."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lgnet.cases.handovers import Passing, hand_over
from lgnet.cases.household_cases import open_cases
from lgnet.cases.models import Case, Transfer
from lgnet.cases.plan_writing import GoalDraft
from lgnet.cases.services import open_case, record_assessment, save_plan, sign_plan
from lgnet.cases.transfer_arrivals import Welcome, acknowledge_transfer
from lgnet.cases.transfer_models import Part
from lgnet.cases.transfers import Agreement, Proposal, propose_transfer, record_agreement, send_transfer
from lgnet.catalogue.models import Team
from lgnet.network.models import User
from lgnet.people.invented_names import invent_person
from lgnet.people.models import Person
from lgnet.people.records import put_in_household, record_notice
from lgnet.people.services import PersonDetails, register_person
from lgnet.workspace.demo_staff import SHOWN_CITY
from lgnet.workspace.simulated_city import City

Staff = dict[Any, list[User]]
At = Callable[[datetime, Callable[[], None]], None]
ASSESSED = "Ospite di un amico; cerca lavoro in un'altra città."
WHY = ("Ha trovato lavoro là.", "La famiglia vive là.")


class TeamWork:
    """What the team of a city does with colleagues and another city; `plan` puts it into the simulation."""

    def __init__(self, team: Team, staff: Staff, other: Team | None, *, seed: int, at: At) -> None:
        self.team, self.staff, self.other, self.at = team, staff, other, at
        self.rng = random.Random(f"team {seed} {team.partner.slug}")  # noqa: S311  # lives of invented people

    def plan(self, now: datetime) -> None:
        """A household six days ago; two transfers, of which one is answered; a handover that waits since yesterday."""
        self.at(now - timedelta(days=6), self._household)
        if other := self.other:
            self.at(now - timedelta(days=5), lambda: self._transfer(other, answered=True))
            self.at(now - timedelta(days=2), lambda: self._transfer(other, answered=False))
        self.at(now - timedelta(days=1), self._handover)

    def _household(self) -> None:
        """A couple, taken in charge together."""
        team, manager, family = self.team, self.staff[self.team.pk][0], invent_person(self.rng).family_names
        both = [self._come(manager, family) for _number in range(2)]
        household = put_in_household(by=manager, person=both[0], role="genitore", new_name=family)
        put_in_household(by=manager, person=both[1], role="genitore", household=household)
        open_cases(by=manager, person=both[0], others=both[1:], team=team, manager=manager, basis=Case.Basis.DESK)

    def _come(self, by: User, family: str = "") -> Person:
        """Somebody comes to the team and is told what happens with the data."""
        invented = invent_person(self.rng)
        details = PersonDetails(
            given_names=invented.given_names, family_names=family or invented.family_names,
            birth_date=invented.birth_date, birth_precision=invented.birth_precision, gender=invented.gender,
            citizenship=invented.citizenship, languages=tuple((code, "") for code in invented.languages[:2]),
        )  # fmt: skip
        person = register_person(by=by, team=self.team, details=details)
        record_notice(
            by=by, person=person, kind="privacy", method="interpreter", language=invented.languages[0],
            given_on=timezone.localdate(),
        )  # fmt: skip
        return person

    def _case_of_its_own(self) -> Case:
        """A case that no other part of the simulation goes on with, with an assessment and a signed plan."""
        by, today = self.staff[self.team.pk][0], timezone.localdate()
        person = self._come(by)
        case = open_case(by=by, person=person, team=self.team, manager=by, basis=Case.Basis.REQUEST)
        record_assessment(
            by=by, case=case, kind="preliminary", done_on=today, note=ASSESSED, needs=["work", "housing"], housing="5"
        )
        plan = save_plan(by=by, case=case, goals=[GoalDraft("work", "Un lavoro", today + timedelta(days=90))])
        sign_plan(by=by, plan=plan, signed_on=today, language="it", interpreter_present=True)
        return case

    def _transfer(self, other: Team, *, answered: bool) -> None:
        """Somebody with a signed plan moves to the other city."""
        case = self._case_of_its_own()
        proposal = Proposal(other.partner, self.rng.choice(WHY), Part.values, ("team", "city"))
        transfer = propose_transfer(by=case.manager, case=case, proposal=proposal)
        spoken = case.person.languages.first()
        agreement = Agreement(timezone.localdate(), spoken.language if spoken else "en", with_interpreter=True)
        record_agreement(by=case.manager, transfer=transfer, agreement=agreement)
        transfer = send_transfer(by=case.manager, transfer=transfer)
        if answered:
            there = self.staff[other.pk][0]
            welcome = Welcome(other, there)
            at = timezone.now() + timedelta(hours=20)
            self.at(at, lambda: self._take(there, transfer, welcome))

    def _take(self, by: User, transfer: Transfer, welcome: Welcome) -> None:
        acknowledge_transfer(by=by, transfer=transfer, welcome=welcome)

    def _handover(self) -> None:
        """Two cases of a colleague who goes on holiday wait for another one to accept."""
        case = self._open_cases().first()
        others = [user for user in self.staff[self.team.pk] if case and user != case.manager]
        if case is None or not others:
            return
        cases = list(self._open_cases().filter(manager=case.manager)[:2])
        words = "Sono in ferie: le telefonate del mattino sono quelle che contano."
        until = timezone.localdate() + timedelta(days=14)
        hand_over(by=case.manager, passing=Passing(case.manager, others[0], cases, words, until))

    def _open_cases(self) -> QuerySet[Case]:
        rows = Case.objects.filter(team=self.team, status=Case.Status.OPEN, person__restricted=False)
        return rows.select_related("person__partner", "manager", "partner", "team").order_by("opened_on", "pk")


def plan_team_work(cities: Sequence[City], *, seed: int, at: At, now: datetime) -> None:
    """The shown city, or the first with a team, works with the next one that has a team."""
    staff = {city.team.pk: city.staff[city.team.pk] for city in cities if city.team}
    teams = sorted((city.team for city in cities if city.team), key=lambda team: team.partner.slug != SHOWN_CITY)
    if teams:
        TeamWork(teams[0], staff, teams[1] if len(teams) > 1 else None, seed=seed, at=at).plan(now)
