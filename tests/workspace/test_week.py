"""The week: everything with a day, mine or my team's; nothing of it for who may not read it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lgnet.audit.models import AuditEntry
from lgnet.cases import services
from lgnet.cases.meetings import plan_meeting
from lgnet.cases.models import FollowUp, Referral
from lgnet.cases.models import Plan as CasePlan
from lgnet.cases.plan_writing import ActionDraft
from lgnet.cases.referrals import send_referral
from lgnet.cases.tasks import add_task
from lgnet.catalogue.models import Team
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.appointment_slots import free_slots
from lgnet.network.roles import Role
from lgnet.outreach.outings import Plan, plan_outing
from lgnet.people.models import Person
from lgnet.workspace.week import monday_of
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening
from tests.queries import count_queries

WEEK = reverse("week")


@pytest.fixture(autouse=True)
def _on_a_wednesday():
    with time_machine.travel("2026-11-25T09:00:00+01:00", tick=False):
        yield


@pytest.fixture
def team(partner):
    return team_of(partner, Team.Kind.MULTIDISCIPLINARY)


@pytest.fixture
def second(make_user, partner):
    return make_user(Role.CASE_WORKER, partner)


@pytest.fixture
def case(person, case_worker, second, desk_operator, team):
    case = services.open_case(
        by=desk_operator, person=person, team=team, manager=case_worker, members=[second], basis="desk"
    )
    goal = services.GoalDraft("work", "Un lavoro in cucina", date(2026, 11, 27))
    plan = services.save_plan(by=case_worker, case=case, goals=[goal])
    services.sign_plan(by=case_worker, plan=plan, signed_on=timezone.localdate(), language="it")
    return case


def lines(page):
    return [(one["day"].day, line.what, line.title) for one in page.context["days"] for line in one["lines"]]


def test_everything_with_a_day_is_on_its_day(sign_in, case_worker, desk_operator, person, case, team, partner):
    for words, due in (("prima", date(2026, 11, 2)), ("ora", date(2026, 11, 26)), ("poi", date(2026, 12, 9))):
        add_task(by=case_worker, case=case, words=words, owner=case_worker, due_on=due)
    FollowUp.objects.create(case=case, months=3, due_on=date(2026, 11, 28))
    sent = send_referral(by=desk_operator, from_team=team_of(partner, "desk"), to_team=team, person=person)
    Referral.objects.filter(pk=sent.pk).update(due_at=timezone.now() + timedelta(days=4))
    kind = a_kind(case_worker, team)
    an_opening(case_worker, team, kind, case_worker)
    slot = free_slots(kind, date(2026, 11, 26), date(2026, 11, 29))[0]
    book_appointment(
        by=case_worker, person=person, kind=kind, opening_id=slot.opening.pk, starts_at=slot.starts_at
    )  # fmt: skip
    page = sign_in(case_worker).get(WEEK)
    shown = lines(page)
    who = person.name_as_used
    assert {(25, "Task", "prima"), (26, "Task", "ora"), (27, "Goal", "Un lavoro in cucina")} <= set(shown)
    assert {(28, "Follow-up", who), (29, "Referral", who)} <= set(shown)
    assert (timezone.localdate(slot.starts_at).day, "Appointment", who) in shown
    assert "poi" not in [title for _day, _what, title in shown]
    assert lines(sign_in(case_worker).get(WEEK, {"day": "2026-12-13"})) == [(9, "Task", "poi")]
    logged = AuditEntry.objects.filter(action="list", actor_id=case_worker.pk)
    assert [str(person.pk)] in [row.detail["persons"] for row in logged]


def test_what_was_agreed_and_when_the_team_meets(sign_in, case_worker, second, case, team, person):
    wished = ActionDraft("Iscriversi al corso", who="colleague", owner=case_worker, due_on=date(2026, 11, 27))
    goal = services.GoalDraft("work", "Un lavoro in cucina", actions=[wished])
    plan = services.save_plan(by=case_worker, case=case, goals=[goal])
    services.sign_plan(by=case_worker, plan=plan, signed_on=timezone.localdate(), language="it")
    CasePlan.objects.filter(pk=plan.pk).update(review_on=date(2026, 11, 28))
    plan_meeting(by=case_worker, team=team, starts_at=timezone.now() + timedelta(days=1), chair=second)
    there = {(27, "Action of the plan", "Iscriversi al corso"), (26, "Team meeting", team.name)}
    shown = lines(sign_in(case_worker).get(WEEK))
    assert there | {(28, "Review of the plan", person.name_as_used)} <= set(shown)
    shown = lines(sign_in(second).get(WEEK, {"whose": team.pk}))
    assert (26, "Team meeting", team.name) in shown


def test_the_shifts_of_who_goes_out(sign_in, outreach_operator, partner):
    start = timezone.now() + timedelta(hours=10)
    plan = Plan(start, start + timedelta(hours=4), [outreach_operator])
    plan_outing(by=outreach_operator, team=team_of(partner, Team.Kind.MOBILE_UNIT), plan=plan)
    page = sign_in(outreach_operator).get(WEEK)
    assert [line[:2] for line in lines(page)] == [(25, "Shift")]
    assert "19:00–23:00" in page.content.decode()


def test_the_week_of_the_team_names_colleagues_and_tells_what_may_be_told(
    sign_in, case_worker, second, make_user, partner, case, team
):
    add_task(by=case_worker, case=case, words="Una cosa", owner=second, due_on=date(2026, 11, 26))
    page = sign_in(case_worker).get(WEEK, {"whose": team.pk})
    assert (26, "Task", "Una cosa") in lines(page)
    assert second.full_name in page.content.decode()
    newcomer = make_user(Role.CASE_WORKER, partner)  # in the team, not in the case
    text = sign_in(newcomer).get(WEEK, {"whose": team.pk}).content.decode()
    assert "the file is closed to you" in text
    assert "Una cosa" not in text
    assert "Provadati" not in text
    assert lines(sign_in(case_worker).get(WEEK)) == [(27, "Goal", "Un lavoro in cucina")]  # the own one


def test_who_may_not_read_it(sign_in, stranger, colleague, coordinator, make_user, partner, case, case_worker, team):
    add_task(by=case_worker, case=case, words="Una cosa", owner=case_worker, due_on=date(2026, 11, 26))
    for user in (stranger, colleague, coordinator):
        assert sign_in(user).get(WEEK, {"whose": team.pk}).status_code == 404
        assert lines(sign_in(user).get(WEEK)) == []
    assert sign_in(case_worker).get(WEEK, {"whose": "x"}).status_code == 404
    finance = sign_in(make_user(Role.FINANCE_OFFICER, partner)).get(WEEK)
    assert (finance.status_code, lines(finance)) == (200, [])
    Person.objects.filter(pk=case.person_id).update(restricted=True)
    newcomer = make_user(Role.CASE_WORKER, partner)
    assert lines(sign_in(newcomer).get(WEEK, {"whose": team.pk})) == []


@given(st.text() | st.dates().map(str))
def test_whatever_the_address_says_a_week_begins_on_monday(asked):
    assert monday_of(asked).weekday() == 0


def test_earlier_and_later_keep_whose_week_it_is(sign_in, case_worker, team):
    text = sign_in(case_worker).get(WEEK, {"whose": team.pk, "day": "2026-11-25"}).content.decode()
    assert f'rel="prev" href="?whose={team.pk}&amp;day=2026-11-16"' in text
    assert f'rel="next" href="?whose={team.pk}&amp;day=2026-11-30"' in text


def test_as_many_queries_for_many(sign_in, case_worker, case, team):
    client = sign_in(case_worker)
    add_task(by=case_worker, case=case, words="Una", owner=case_worker, due_on=date(2026, 11, 26))
    few = [count_queries(client, WEEK), count_queries(client, WEEK, {"whose": team.pk})]
    for number in range(2):
        add_task(by=case_worker, case=case, words=f"{number}", owner=case_worker, due_on=date(2026, 11, 26))
        FollowUp.objects.create(case=case, months=number, due_on=date(2026, 11, 28))
    FollowUp.objects.create(case=case, months=9, due_on=date(2026, 11, 28))
    assert [count_queries(client, WEEK), count_queries(client, WEEK, {"whose": team.pk})] == few


def test_my_day_has_what_is_due_and_it_is_done_from_there(sign_in, case_worker, case):
    client, home = sign_in(case_worker), reverse("home")
    due = add_task(by=case_worker, case=case, words="Oggi", owner=case_worker, due_on=date(2026, 11, 25))
    add_task(by=case_worker, case=case, words="Pensarci", owner=case_worker, remind_on=date(2026, 11, 24))
    add_task(by=case_worker, case=case, words="Non ancora", owner=case_worker, due_on=date(2026, 11, 30))
    section = client.get(home).context["day"].sections[0]
    assert (section.title, [item.title for item in section.items]) == ("Tasks", ["Oggi", "Pensarci"])
    answer = client.post(section.items[0].act, {"back": "day"})
    assert answer.headers["Location"] == home
    items = client.get(home).context["day"].sections[0].items
    assert [(item.title, item.act_label) for item in items] == [("Pensarci", "Done"), ("Oggi", "Undo")]
    client.post(items[1].act, {"back": "day"})
    due.refresh_from_db()
    assert due.is_open
