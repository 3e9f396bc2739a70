"""What a team, a desk and another city do with two people, each step by one service; it may be refused."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from lgnet.cases import after, handovers, meeting_minutes, meetings, notes, referrals, services, tasks, transfers
from lgnet.cases.instruments import services as instruments
from lgnet.cases.meeting_models import Decision, TeamMeeting
from lgnet.cases.models import (
    Case,
    FollowUp,
    Goal,
    Handover,
    InstrumentVersion,
    Plan,
    PlanAction,
    Referral,
    Task,
    Transfer,
    TransferCopy,
)
from lgnet.cases.note_models import CaseNote
from lgnet.cases.notes import NoteDraft
from lgnet.cases.plan_actions import record_progress, undo_progress
from lgnet.cases.plan_reviews import Reviewed, review_plan
from lgnet.cases.plan_writing import ActionDraft, GoalDraft, drafts_of
from lgnet.cases.transfer_arrivals import Welcome, acknowledge_transfer
from lgnet.cases.transfer_models import Part
from lgnet.core.errors import DomainError
from lgnet.indicators.services import SETTLED, refresh
from lgnet.people.journey_values import HELP
from lgnet.people.merging import undo_merge
from lgnet.people.models import FileMember, Person
from lgnet.people.records import record_eligibility, record_notice
from lgnet.people.selectors import living_id
from lgnet.people.services import PersonDetails, open_file_for, restrict_file, update_person
from tests.conftest import team_of
from tests.people.doubles import join, register

VERDICTS = ("eligible", "not_eligible", "pending")


def some(rows: Any, number: int = 0) -> Any:
    """One of these rows; without any there is nothing to do."""
    found = list(rows[: number + 1])
    if not found:
        raise DomainError("nothing there")
    return found[-1]


class Work:
    """A team, a desk and two files of which nobody knows whether they are of one person; what was done with them."""

    def __init__(self, partner: Any, desk: Any, workers: Any, service_type: Any, there: Any) -> None:
        self.partner, self.desk, self.there = partner, desk, there
        self.worker, self.second = workers
        self.service_type, self.merges = service_type, []
        self.team, self.counter = team_of(partner, "multidisciplinary"), team_of(partner, "desk")
        self.people = [register(desk, partner, given_names=name).pk for name in ("Amina", "Amena")]
        for pk in self.people:
            open_file_for(Person.objects.get(pk=pk), user=self.worker, basis=FileMember.Basis.CASE)
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
            members=[] if which % 3 == 2 else [self.second],
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
        case = self.case(which)
        actions = [ActionDraft("Scrivere il curriculum"), ActionDraft("Telefonare", "colleague", owner=self.second)]
        goals = [GoalDraft("work", "Un lavoro", actions=actions), GoalDraft("housing", "Una stanza")]
        if which > 5 and case.plans.exists():
            goals = drafts_of(case.plans.first())
        services.save_plan(by=self.worker, case=case, goals=goals[: 1 + which % 2])

    def sign(self, which: int) -> None:
        plan = self.case(which).plans.first()
        if plan is None:
            raise DomainError("no plan")
        services.sign_plan(by=self.worker, plan=plan, signed_on=self.day(which), language="it")

    def goal(self, which: int) -> None:
        goals = Goal.objects.filter(plan__case=self.case(which)).order_by("-plan__version", "position")
        goal = some(goals, which // 3)
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
        members = [self.worker] if which < 6 else []
        areas = {self.worker.pk: ["work"]} if which == 5 else None
        services.change_team_of_case(
            by=self.worker, case=self.case(which), manager=manager, members=members, areas=areas
        )  # fmt: skip

    def close(self, which: int) -> None:
        case = self.case(which)
        goals = Goal.objects.filter(plan__case=case, plan__status=Plan.Status.SIGNED)
        services.close_case(
            by=self.worker, case=case, closed_on=self.day(which), outcome=("moved", "goal_reached", "death")[which % 3],
            housing_at_exit=("0", "", "8")[which % 3], destination=("own_home", "", "sai")[which % 3], results=[(goal, "reached") for goal in goals[: which % 2]],
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
            by=self.desk, person=self.person(which), checked_on=self.day(which), verdict=VERDICTS[which % 3],
            title_type=("asylum_request", "none", "work")[which % 2], decided_reason="Ha un'altra carta" if which > 3 else "",
            expires_on=self.day(0) + timedelta(days=40) if which % 4 else None,
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

    # -- actions of plans, tasks, notes

    def act(self, which: int) -> None:
        states = PlanAction.Status.values
        record_progress(by=self.worker, action=self._action(which), status=states[(which + 2) % 4], on=self.day(0))

    def unact(self, which: int) -> None:
        undo_progress(by=self.worker, action=self._action(which))

    def _action(self, which: int) -> PlanAction:
        rows = PlanAction.objects.filter(goal__plan__case=self.case(which)).order_by("-goal__plan__version", "pk")
        return some(rows, which // 4)

    def review(self, which: int) -> None:
        plan = some(self.case(which).plans.order_by("-version"))
        goals = [(goal, "partly") for goal in plan.goals.all()[: which % 2]]
        actions = [(one, "done") for one in PlanAction.objects.filter(goal__plan=plan)[: which % 3]]
        said = Reviewed(
            self.day(which), "Va bene", "goes_on", next_on=self.day(0) + timedelta(30), goals=goals, actions=actions
        )
        review_plan(by=self.worker, plan=plan, reviewed=said)

    def task(self, which: int) -> None:
        owner, due = (self.worker, self.second)[which % 3 == 1], self.day(which) if which % 2 else None
        tasks.add_task(by=self.worker, case=self.case(which), words="Telefonare", owner=owner, due_on=due)

    def task_change(self, which: int) -> None:
        owner = (self.worker, self.second)[which % 2]
        tasks.change_task(by=self.worker, task=self._task(which), words=f"Andare {which}", owner=owner)

    def task_end(self, which: int) -> None:
        status, weeks = ("done", "dropped")[which % 3 == 2], 2 if which % 2 else None
        tasks.end_task(by=self.worker, task=self._task(which), status=status, result="Fatto", again_in_weeks=weeks)

    def task_again(self, which: int) -> None:
        ended = self._tasks(which).exclude(status="open").order_by("-ended_at")
        tasks.reopen_task(by=self.worker, task=some(ended))

    def _tasks(self, which: int) -> Any:
        return Task.objects.filter(person=self.person(which)).order_by("-created_at")

    def _task(self, which: int) -> Task:
        return some(self._tasks(which), which // 4)

    def note(self, which: int) -> None:
        draft = NoteDraft(f"Ha telefonato {which}", self.day(which))
        notes.write_note(by=self.worker, case=self.case(which), draft=draft, visibility=("team", "city")[which % 2])

    def note_edit(self, which: int) -> None:
        note = some(CaseNote.objects.filter(case__person=self.person(which)).order_by("-pk"))
        if which % 2:
            notes.take_note_back(by=self.worker, note=note, reason="Era di un altro")
        else:
            draft = NoteDraft("Ha scritto", self.day(which))
            notes.edit_note(by=self.worker, note=note, draft=draft, base=note.number)

    # -- the team meets

    def meet(self, which: int) -> None:
        starts = timezone.now() + timedelta(hours=1 + 12 * which)
        meetings.plan_meeting(by=self.worker, team=self.team, starts_at=starts, chair=self.second)

    def agenda(self, which: int) -> None:
        meetings.put_on_agenda(by=self.worker, case=self.case(which), words="Non si capisce", disagreement=which > 5)

    def begin(self, which: int) -> None:
        meeting = self._meeting(*TeamMeeting.OPEN)
        if which == 7:
            meetings.call_off_meeting(by=self.worker, meeting=meeting)
        else:
            meetings.start_meeting(by=self.worker, meeting=meeting)

    def decide(self, which: int) -> None:
        item = some(self._meeting("running").items.filter(case__person=self.person(which)))
        meeting_minutes.note_item(by=self.worker, item=item, said="Si è detto", seen=item.said)
        due, owner = self.day(0) + timedelta(which), (self.worker, self.second)[which % 2]
        meeting_minutes.decide(by=self.worker, item=item, words="Accompagnare", owner=owner, due_on=due)

    def undecide(self, which: int) -> None:
        made = some(Decision.objects.filter(item__case__person=self.person(which)).order_by("-pk"))
        meeting_minutes.withdraw_decision(by=self.worker, decision=made)

    def finish(self, which: int) -> None:
        meeting = self._meeting("running")
        there = [self.worker] if which < 6 else []
        meeting_minutes.set_attendance(
            by=self.worker, meeting=meeting, present=there, seen=[], guests="", guests_seen=""
        )  # fmt: skip
        for item in meeting.items.filter(state="open", said=""):
            settle = (meeting_minutes.put_off_item, meeting_minutes.discuss_item)[which % 2]
            settle(by=self.worker, item=item)
        meeting_minutes.close_meeting(by=self.worker, meeting=meeting)

    def _meeting(self, *statuses: str) -> TeamMeeting:
        return some(TeamMeeting.objects.filter(team=self.team, status__in=statuses).order_by("starts_at"))

    # -- to a colleague, and to another city

    def pass_on(self, which: int) -> None:
        giver, receiver = (self.worker, self.second) if which % 3 < 2 else (self.second, self.worker)
        until = self.day(0) + timedelta(which) if which > 4 else None
        passing = handovers.Passing(giver, receiver, [self.case(which)], "Ha fretta", until)
        handovers.hand_over(by=giver, passing=passing)

    def take_on(self, which: int) -> None:
        one = self._handover("open")
        if which < 6:
            handovers.accept_handover(by=one.receiver, handover=one)
        elif which == 6:
            handovers.decline_handover(by=one.receiver, handover=one, reason="Ne ho troppi")
        else:
            handovers.withdraw_handover(by=one.giver, handover=one)

    def hand_back(self, which: int) -> None:
        if which % 2:
            handovers.end_stand_ins()
        else:
            one = self._handover("accepted")
            handovers.hand_back(by=one.receiver, handover=one)

    def _handover(self, status: str) -> Handover:
        return some(Handover.objects.filter(status=status).order_by("-created_at"))

    def propose(self, which: int) -> None:
        parts = Part.values[: 3 + which]
        proposal = transfers.Proposal(self.there.memberships.get().partner, "Ha la sorella là", parts)
        transfers.propose_transfer(by=self.worker, case=self.case(which), proposal=proposal)

    def agree(self, which: int) -> None:
        agreement = transfers.Agreement(self.day(0), "ar")
        transfers.record_agreement(by=self.worker, transfer=self._transfer("draft"), agreement=agreement)

    def send(self, which: int) -> None:
        transfers.send_transfer(by=self.worker, transfer=self._transfer("draft"))

    def answered(self, which: int) -> None:
        transfer = self._transfer("sent")
        if which == 7:
            transfers.refuse_transfer(by=self.there, transfer=transfer, reason="Non c'è posto")
        elif which == 6:
            transfers.withdraw_transfer(by=self.worker, transfer=transfer)
        else:
            came = TransferCopy.objects.filter(transfer__person=transfer.person).first() if which % 2 else None
            team = team_of(transfer.to_partner, "multidisciplinary")
            welcome = Welcome(team, self.there, existing=came.person if came else None)
            acknowledge_transfer(by=self.there, transfer=transfer, welcome=welcome)

    def _transfer(self, status: str) -> Transfer:
        return some(Transfer.objects.filter(status=status).order_by("-created_at"))
