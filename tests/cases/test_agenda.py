"""What fills an agenda by itself: each source of the register, and a source that somebody plugs in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lgnet.cases import agenda, meetings
from lgnet.cases.instrument_models import AssessmentSheet
from lgnet.cases.instruments import services as instruments
from lgnet.cases.models import Case, Plan, PlanAction, Referral
from lgnet.cases.plan_actions import record_progress
from lgnet.cases.tasks import add_task
from lgnet.cases.waiting import state_cause
from lgnet.cases.waiting_models import Step
from lgnet.people.models import Episode
from tests.cases.plan_world import an_action, in_force
from tests.cases.test_instruments import MOOD, answer, file_of
from tests.cases.test_meetings import make_case, meeting, second, team
from tests.conftest import team_of

__all__ = ["make_case", "meeting", "second", "team"]  # fixtures


@pytest.fixture
def mood(coordinator, partner):
    return instruments.load_instrument(by=coordinator, partner=partner, kind="scale", content=file_of(*MOOD))


def found(team):
    """The codes of each case, by the name of the person."""
    names = {case.pk: case.person.given_names for case in Case.objects.select_related("person")}
    return {names[case]: [code for code, _reason in reasons] for case, reasons in agenda.reasons_of(team).items()}


def finished(by, case, mood, mood_is, days_ago=0):
    sheet = instruments.start_sheet(by=by, case=case, version=mood)
    answer(by, sheet, come=mood_is)
    instruments.finish_sheet(by=by, sheet=sheet, done_on=timezone.localdate() - timedelta(days=days_ago))
    return sheet


def test_two_who_give_other_points(case_worker, second, team, make_case, mood):
    case = make_case("Amina", members=[second], days_ago=40)
    finished(case_worker, case, mood, "bene", days_ago=2)
    finished(case_worker, case, mood, "male", days_ago=1)  # the same colleague saw a change
    assert "disagreement" not in found(team).get("Amina", [])
    finished(second, case, mood, "bene")
    assert found(team)["Amina"][0] == "disagreement"


def test_one_changes_what_another_answered(case_worker, second, team, make_case, mood):
    case = make_case("Amina", members=[second], days_ago=40)
    sheet = instruments.start_sheet(by=case_worker, case=case, version=mood)
    answer(case_worker, sheet, come="bene")
    answer(case_worker, sheet, come="male")
    answer(second, sheet, dorme="no")
    assert found(team) == {"Amina": ["waits"]}
    answer(second, sheet, come="bene")
    assert found(team) == {"Amina": ["disagreement", "waits"]}


def test_what_no_colleague_has_read(case_worker, second, team, make_case, mood):
    case = make_case("Amina", members=[second], days_ago=40)
    sheet = finished(case_worker, case, mood, "bene", days_ago=20)
    assert found(team) == {"Amina": ["unread"]}
    instruments.review_sheet(by=second, sheet=AssessmentSheet.objects.get(pk=sheet.pk))
    assert found(team) == {}


def test_tasks_and_referrals_past_their_day(case_worker, desk_operator, partner, team, make_case):
    case = make_case("Amina", days_ago=40)
    add_task(by=case_worker, case=case, words="X", owner=case_worker, due_on=timezone.localdate() - timedelta(days=1))
    waits_for = {
        "from_team": team,
        "to_team": team_of(partner, "desk"),
        "sent_by": case_worker,
        "code": "AAAAAA",
        "need": "health",
    }
    Referral.objects.create(partner=partner, person=case.person, due_at=timezone.now() - timedelta(days=2), **waits_for)
    assert found(team)["Amina"] == ["task_late", "waits", "referral_late"]


def test_plans_to_look_at_again_and_actions_past_their_day(case_worker, team, make_case):
    case = make_case("Amina", days_ago=40)
    today = timezone.localdate()
    plan, (action,) = in_force(case, case_worker, an_action(due_on=today))
    assert not {"review_due", "action_late"} & set(found(team).get("Amina", []))
    PlanAction.objects.filter(pk=action.pk).update(due_on=today - timedelta(days=1))
    Plan.objects.filter(pk=plan.pk).update(review_on=today)
    assert {"review_due", "action_late"} <= set(found(team)["Amina"])
    record_progress(by=case_worker, action=PlanAction.objects.get(pk=action.pk), status="done")
    assert "action_late" not in found(team)["Amina"]


def test_who_waits_and_why_not(case_worker, team, make_case):
    case = make_case("Amina", days_ago=50)
    assert found(team) == {"Amina": ["waits"]}  # for the assessment, 30 days
    episode = Episode.objects.get(person=case.person)
    state_cause(by=case_worker, person=case.person, episode=episode, step=Step.ASSESSED, cause="not_needed")
    assert found(team) == {}


def test_other_teams_and_closed_cases_are_not_there(team, other_partner, make_case):
    case = make_case("Amina")
    Case.objects.filter(pk=case.pk).update(
        status="closed", closed_on=timezone.localdate(), outcome="moved", closed_by=case.manager
    )
    assert found(team) == {}
    assert agenda.reasons_of(other_partner.teams.get(kind="multidisciplinary")) == {}


def test_a_source_plugs_in_with_one_function(case_worker, team, meeting, make_case, monkeypatch):
    case = make_case("Amina", days_ago=20)
    monkeypatch.setattr(agenda, "SOURCES", dict(agenda.SOURCES))
    monkeypatch.setattr(agenda, "LABELS", dict(agenda.LABELS))

    @agenda.fills_agenda("stay_ends", "stay in a house ends")
    def stays_ending(_team):
        return [agenda.Reason(case.pk, timezone.localdate(), "Casa Prova")]

    meetings.fill_agenda(by=case_worker, meeting=meeting)
    assert ["stay_ends", timezone.localdate().isoformat(), "Casa Prova"] in meeting.items.get().reasons
    assert agenda.label_of("stay_ends") == "stay in a house ends"
