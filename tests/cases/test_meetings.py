"""Team meetings: an agenda that fills by itself, minutes two people write, decisions that become tasks, who sees what."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases import meeting_minutes, meeting_selectors, meetings
from lgnet.cases.meeting_models import Addendum, AgendaItem, Decision, TeamMeeting
from lgnet.cases.models import Task
from lgnet.cases.services import GoalDraft, change_team_of_case, close_case, open_case, save_plan, sign_plan
from lgnet.cases.tasks import end_task
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.network.roles import Role
from lgnet.people.models import Person
from lgnet.people.records import record_notice
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import team_of

TODAY = timezone.localdate


def in_hours(hours):
    return timezone.now() + timedelta(hours=hours)


@pytest.fixture
def team(partner):
    return team_of(partner, "multidisciplinary")


@pytest.fixture
def second(make_user, partner):
    """A second case worker of the team, on no case."""
    return make_user(Role.CASE_WORKER, partner)


@pytest.fixture
def make_case(desk_operator, partner, team, case_worker):
    """Return `make_case(name, members=…)`: a case of the case worker."""

    def make(name="Prova", *, members=(), days_ago=0):
        person = register_person(
            by=desk_operator, team=team_of(partner, "desk"), details=PersonDetails(given_names=name, family_names="Qui")
        )
        record_notice(by=desk_operator, person=person, kind="privacy", method="spoken", language="ar", given_on=TODAY())
        return open_case(
            by=case_worker, person=person, team=team, manager=case_worker, basis="desk", members=members,
            opened_on=TODAY() - timedelta(days=days_ago),
        )  # fmt: skip

    return make


@pytest.fixture
def meeting(case_worker, team):
    return meetings.plan_meeting(by=case_worker, team=team, starts_at=in_hours(2), chair=case_worker, place="Sala 2")


def started(by, meeting):
    return meetings.start_meeting(by=by, meeting=meeting)


def on(meeting):
    return [
        (item.case and item.case.person.given_names) or item.words for item in meeting.items.exclude(state="taken_out")
    ]


def codes(item):
    return [reason[0] for reason in item.reasons]


# -- planning ---------------------------------------------------------------------------------------------------------


def test_a_series_is_planned_and_sent_twice_it_is_one(case_worker, team):
    key, start = uuid7(), in_hours(20)
    plan = {"by": case_worker, "team": team, "starts_at": start, "chair": case_worker, "every": 7, "times": 4}
    first = meetings.plan_meeting(**plan, record_id=key)
    assert meetings.plan_meeting(**plan, record_id=key) == first
    clocks = {timezone.localtime(one.starts_at).time() for one in TeamMeeting.objects.all()}
    assert (TeamMeeting.objects.count(), len(clocks)) == (4, 1)
    with pytest.raises(DomainError, match="already"):
        meetings.plan_meeting(**plan)
    later = plan | {"starts_at": start + timedelta(minutes=5), "every": 14, "times": 2}
    meetings.plan_meeting(**later)
    assert TeamMeeting.objects.count() == 6


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"starts_at": in_hours(24 * 400)}, "a year from now"),
        ({"times": 99, "every": 7}, "From 1 to"),
        ({"every": 3}, "From 1"),
    ],
)
def test_plans_that_make_no_sense(case_worker, team, changes, told):
    plan = {"team": team, "starts_at": in_hours(2), "chair": case_worker}
    with pytest.raises(DomainError, match=told):
        meetings.plan_meeting(by=case_worker, **plan | changes)


def test_who_plans(case_worker, colleague, stranger, coordinator, team):
    plan = {"team": team, "starts_at": in_hours(2), "chair": case_worker}
    for user in (colleague, stranger, coordinator):
        with pytest.raises(PermissionDenied):
            meetings.plan_meeting(by=user, **plan)
    with pytest.raises(DomainError, match="in the team"):
        meetings.plan_meeting(by=case_worker, **plan | {"chair": colleague})


def test_what_is_called_off_comes_back(case_worker, team, meeting, make_case):
    make_case("Amina")
    meetings.fill_agenda(by=case_worker, meeting=meeting)
    meetings.add_point(by=case_worker, meeting=meeting, words="Ferie")
    following = meetings.plan_meeting(by=case_worker, team=team, starts_at=in_hours(24 * 7), chair=case_worker)
    meetings.call_off_meeting(by=case_worker, meeting=meeting)
    meetings.fill_agenda(by=case_worker, meeting=following)
    assert on(following) == ["Amina", "Ferie"]
    with pytest.raises(DomainError, match="called off"):
        meetings.start_meeting(by=case_worker, meeting=meeting)


# -- the agenda -------------------------------------------------------------------------------------------------------


def test_the_agenda_fills_by_itself(case_worker, meeting, make_case):
    make_case("Nuova")
    old = make_case("Vecchia", days_ago=100)
    plan = save_plan(by=case_worker, case=old, goals=[GoalDraft("work", "Un lavoro", TODAY() - timedelta(days=2))])
    sign_plan(by=case_worker, plan=plan, signed_on=TODAY(), language="it")
    make_case("Ferma", days_ago=100)
    meetings.fill_agenda(by=case_worker, meeting=meeting)
    found = {item.case.person.given_names: codes(item) for item in meeting.items.all()}
    assert found["Nuova"] == ["new_case"]
    assert "goal_late" in found["Vecchia"]
    assert {"plan_unsigned", "waits"} <= set(found["Ferma"])
    assert on(meeting)[0] == "Nuova"


def test_discussed_it_rests_until_something_new(case_worker, team, meeting, make_case):
    case = make_case("Amina")
    started(case_worker, meeting)
    meeting_minutes.discuss_item(by=case_worker, item=meeting.items.get())
    meeting_minutes.close_meeting(by=case_worker, meeting=meeting)
    following = meetings.plan_meeting(by=case_worker, team=team, starts_at=in_hours(24 * 7), chair=case_worker)
    assert meetings.fill_agenda(by=case_worker, meeting=following) == []
    Task.objects.create(
        partner=case.partner, person=case.person, case=case, words="Telefonare", owner=case_worker,
        due_on=TODAY() - timedelta(days=1), created_by=case_worker,
    )  # fmt: skip
    assert meetings.fill_agenda(by=case_worker, meeting=following) == []  # its day passed before it was discussed
    TeamMeeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - timedelta(days=5))
    assert [codes(item) for item in meetings.fill_agenda(by=case_worker, meeting=following)] != []
    assert "task_late" in codes(following.items.get())


def test_by_hand_with_a_word_why(case_worker, second, colleague, meeting, make_case):
    case = make_case("Amina", days_ago=40)
    item = meetings.put_on_agenda(by=case_worker, case=case, words="Non viene più", disagreement=True)
    assert meetings.put_on_agenda(by=case_worker, case=case, words="Non viene più") == item
    item.refresh_from_db()
    assert (codes(item), item.disagreement) == (["disagreement", "by_hand"], True)
    for user in (second, colleague):
        with pytest.raises(PermissionDenied):
            meetings.put_on_agenda(by=user, case=case, words="Anch'io")
    with pytest.raises(DomainError, match="few words"):
        meetings.put_on_agenda(by=case_worker, case=case, words=" ")
    meetings.take_out(by=case_worker, item=item)
    meetings.fill_agenda(by=case_worker, meeting=meeting)
    assert on(meeting) == []
    meetings.put_on_agenda(by=case_worker, case=case, words="Allora sì")  # asked for anew
    assert on(meeting) == ["Amina"]


def test_no_meeting_is_planned(case_worker, make_case):
    with pytest.raises(DomainError, match="Plan one"):
        meetings.put_on_agenda(by=case_worker, case=make_case(), words="Perché")


def test_order(case_worker, meeting):
    first, second, third = (meetings.add_point(by=case_worker, meeting=meeting, words=word) for word in "abc")
    meetings.move_item(by=case_worker, item=third, up=True)
    meetings.move_item(by=case_worker, item=first, up=True)  # at the top already
    assert on(meeting) == ["a", "c", "b"]
    meetings.take_out(by=case_worker, item=third)
    meetings.move_item(by=case_worker, item=second, up=True)
    assert on(meeting) == ["b", "a"]


# -- minutes ----------------------------------------------------------------------------------------------------------


def test_two_write_at_once_and_both_stay(case_worker, second, meeting, make_case):
    make_case("Amina", members=[second])
    started(case_worker, meeting)
    item = meeting.items.get()
    meeting_minutes.note_item(by=case_worker, item=item, said="Sta bene.", seen="")
    after = meeting_minutes.note_item(by=second, item=item, said="Cerca casa.", seen="")
    assert set(after.said.split("\n")) == {"Sta bene.", "Cerca casa."}
    again = meeting_minutes.note_item(by=second, item=item, said="Cerca casa.", seen="")  # sent twice
    assert again.said == after.said


def test_a_decision_is_a_task_at_once(case_worker, second, meeting, make_case):
    case = make_case("Amina")
    started(case_worker, meeting)
    item, key = meeting.items.get(), uuid7()
    what = {"item": item, "words": "Chiamare la ASL", "owner": case_worker, "due_on": TODAY() + timedelta(days=7)}
    made = meeting_minutes.decide(by=case_worker, **what, record_id=key)
    assert meeting_minutes.decide(by=case_worker, **what, record_id=key) == made
    task = Task.objects.get()
    assert (task.case, task.origin, task.source_id, task.owner) == (case, "decision", made.pk, case_worker)
    item.refresh_from_db()
    assert item.state == "discussed"
    with pytest.raises(DomainError, match="does not work on the case"):
        meeting_minutes.decide(by=case_worker, **what | {"owner": second})
    with pytest.raises(DomainError, match="before the meeting"):
        meeting_minutes.decide(by=case_worker, **what | {"due_on": TODAY() - timedelta(days=1)})
    with pytest.raises(DomainError, match="to be done"):
        meeting_minutes.decide(by=case_worker, **what | {"words": " "})
    assert (Task.objects.count(), Decision.objects.count()) == (1, 1)
    end_task(by=case_worker, task=task, status="done")
    assert Decision.objects.get().state == "done"


def test_a_decision_taken_back(case_worker, meeting, make_case):
    make_case("Amina")
    started(case_worker, meeting)
    item = meeting.items.get()
    made = meeting_minutes.decide(by=case_worker, item=item, words="X", owner=case_worker, due_on=TODAY())
    with pytest.raises(DomainError, match="take the decision back"):
        meeting_minutes.put_off_item(by=case_worker, item=item)
    meeting_minutes.withdraw_decision(by=case_worker, decision=made)
    assert Task.objects.get().status == "dropped"
    meeting_minutes.put_off_item(by=case_worker, item=item)


def test_general_decisions_are_listed_until_done(case_worker, second, colleague, meeting):
    started(case_worker, meeting)
    item = meetings.add_point(by=case_worker, meeting=meeting, words="Ferie")
    with pytest.raises(DomainError, match="not in the team"):
        meeting_minutes.decide(by=case_worker, item=item, words="X", owner=colleague, due_on=TODAY())
    made = meeting_minutes.decide(by=case_worker, item=item, words="Piano ferie", owner=second, due_on=TODAY())
    assert list(meeting_selectors.general_decisions(second)) == [made]
    assert not Task.objects.exists()
    meeting_minutes.close_meeting(by=case_worker, meeting=meeting)
    meeting_minutes.end_decision(by=second, decision=made)
    assert list(meeting_selectors.general_decisions(second)) == []


def test_closing(case_worker, team, meeting, make_case):
    make_case("Amina")
    make_case("Bilal")
    following = meetings.plan_meeting(by=case_worker, team=team, starts_at=in_hours(24 * 7), chair=case_worker)
    started(case_worker, meeting)
    one, two = meeting.items.all()
    meeting_minutes.note_item(by=case_worker, item=one, said="Va meglio.", seen="")
    with pytest.raises(DomainError, match="1 point is left"):
        meeting_minutes.close_meeting(by=case_worker, meeting=meeting)
    meeting_minutes.put_off_item(by=case_worker, item=two)
    closed = meeting_minutes.close_meeting(by=case_worker, meeting=meeting)
    one.refresh_from_db()
    assert (one.state, closed.minutes.content_type) == ("discussed", "application/pdf")
    assert on(following) == ["Bilal"]  # came back by itself
    assert codes(following.items.get())[0] == "put_off"
    with pytest.raises(DomainError, match="only added to"):
        meeting_minutes.note_item(by=case_worker, item=one, said="Altro", seen="")
    key = uuid7()
    for _turn in range(2):
        meeting_minutes.add_addendum(by=case_worker, meeting=closed, item=one, words="Era martedì.", record_id=key)
    assert Addendum.objects.count() == 1


def test_nobody_was_there(case_worker, meeting):
    meeting = started(case_worker, meeting)
    meeting_minutes.set_attendance(
        by=case_worker, meeting=meeting, present=[], seen=[case_worker], guests="", guests_seen=""
    )
    with pytest.raises(DomainError, match="who was there"):
        meeting_minutes.close_meeting(by=case_worker, meeting=meeting)


def test_two_tick_who_was_there(case_worker, second, colleague, meeting):
    meeting = started(case_worker, meeting)
    tick = {"meeting": meeting, "seen": [case_worker], "guests_seen": ""}
    meeting_minutes.set_attendance(by=case_worker, present=[case_worker, second], guests="Rossi, medico", **tick)
    meeting_minutes.set_attendance(by=second, present=[case_worker], guests="Bianchi, scuola", **tick)
    meeting.refresh_from_db()
    assert {one.user for one in meeting.attendances.all()} == {case_worker, second}
    assert set(meeting.guests.split("\n")) == {"Rossi, medico", "Bianchi, scuola"}
    with pytest.raises(DomainError, match="a guest"):
        meeting_minutes.set_attendance(by=second, present=[colleague], guests="", **tick)


# -- who sees what ----------------------------------------------------------------------------------------------------


def test_three_people(case_worker, colleague, stranger, coordinator, meeting, make_case):
    make_case("Amina")
    started(case_worker, meeting)
    item = meeting.items.get()
    for user in (colleague, stranger, coordinator):
        with pytest.raises(Http404):
            meeting_selectors.get_meeting(user, meeting.pk)
        with pytest.raises(Http404):
            meeting_selectors.get_item(user, item.pk)
        with pytest.raises(PermissionDenied):
            meeting_minutes.note_item(by=user, item=item, said="x", seen="")
    seen = meeting_selectors.listed_meetings(coordinator).get()
    assert (seen.points, seen.decisions) == (1, 0)
    assert not meeting_selectors.listed_meetings(stranger).exists()
    assert not meeting_selectors.listed_meetings(colleague).exists()
    reads = AuditEntry.objects.filter(action="read", object_type="cases.agendaitem").count()
    meeting_selectors.get_item(case_worker, item.pk)
    assert AuditEntry.objects.filter(action="read", object_type="cases.agendaitem").count() == reads + 1


def test_who_is_not_on_the_case_sees_nothing_of_it(case_worker, second, coordinator, team, meeting, make_case):
    case = make_case("Amina")
    Person.objects.filter(pk=case.person_id).update(restricted=True)
    new = meetings.fill_agenda(by=second, meeting=meeting)
    assert len(new) == 1
    item = meeting.items.get()
    assert not meeting_selectors.readable_items(second).exists()
    assert meeting_selectors.listed_meetings(second).get().points == 0
    assert meeting_selectors.listed_meetings(coordinator).get().points == 0
    assert meeting_selectors.listed_meetings(case_worker).get().points == 1
    with pytest.raises(PermissionDenied):
        meetings.take_out(by=second, item=item)
    started(second, meeting)
    closed = meeting_minutes.close_meeting(by=second, meeting=meeting)  # what is hidden is put off, without a word
    item.refresh_from_db()
    assert item.state == "put_off"
    assert not meeting_selectors.reads_every_point(second, closed)
    assert meeting_selectors.reads_every_point(case_worker, closed)


def test_a_closed_case(case_worker, team, meeting, make_case):
    case = make_case("Amina")
    started(case_worker, meeting)
    item = meeting.items.get()
    close_case(by=case_worker, case=case, closed_on=TODAY(), outcome="moved")
    with pytest.raises(DomainError, match="closed"):
        meeting_minutes.decide(by=case_worker, item=item, words="X", owner=case_worker, due_on=TODAY())
    meeting_minutes.put_off_item(by=case_worker, item=item)
    meeting_minutes.close_meeting(by=case_worker, meeting=meeting)
    following = meetings.plan_meeting(by=case_worker, team=team, starts_at=in_hours(24 * 7), chair=case_worker)
    assert meetings.fill_agenda(by=case_worker, meeting=following) == []


def test_who_leaves_the_case_reads_its_point_no_more(case_worker, second, meeting, make_case):
    case = make_case("Amina", members=[second])
    meetings.fill_agenda(by=case_worker, meeting=meeting)
    assert meeting_selectors.readable_items(second).count() == 1
    change_team_of_case(by=case_worker, case=case, manager=case_worker, members=[])
    assert meeting_selectors.readable_items(second).count() == 0
    assert AgendaItem.objects.count() == 1
