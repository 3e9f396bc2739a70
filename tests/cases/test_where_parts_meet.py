"""Plans, tasks, meetings and notes where they meet: nothing said meanwhile is lost, nothing offered is refused."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import meeting_minutes, meeting_selectors, meetings, notes, plan_actions, plan_reviews, services, tasks
from lgnet.cases.meeting_models import AgendaItem, TeamMeeting
from lgnet.cases.models import Plan, PlanAction, Task
from lgnet.cases.notes import NoteDraft
from lgnet.cases.parts import add_member
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.people.services import open_file_with_reason
from tests.cases.plan_world import an_action, in_force, sign, write
from tests.conftest import team_of

T = timezone.localdate


@pytest.fixture
def case(person, case_worker, desk_operator, partner):
    return services.open_case(
        by=desk_operator,
        person=person,
        team=team_of(partner, "multidisciplinary"),
        manager=case_worker,
        basis="desk",
        opened_on=T() - timedelta(days=20),
    )


def test_what_was_said_on_an_earlier_day_comes_back(case, case_worker):
    _plan, (a,) = in_force(case, case_worker, an_action())
    a = plan_actions.record_progress(by=case_worker, action=a, status="done", on=T() - timedelta(days=9))
    PlanAction.objects.filter(pk=a.pk).update(said_at=timezone.now() - timedelta(days=9))
    a = PlanAction.objects.get(pk=a.pk)
    a = plan_actions.record_progress(by=case_worker, action=a, status="not_done")
    a = plan_actions.undo_progress(by=case_worker, action=a)
    assert (a.status, a.done_on, a.said_by) == ("done", T() - timedelta(days=9), case_worker)


def test_a_task_that_goes_on_is_not_of_who_left(case, case_worker, make_user, partner):
    second = make_user(Role.CASE_WORKER, partner)
    services.change_team_of_case(by=case_worker, case=case, manager=case_worker, members=[second])
    t = tasks.add_task(by=case_worker, case=case, words="x", owner=second)
    tasks.end_task(by=second, task=t, status="done")
    services.change_team_of_case(by=case_worker, case=case, manager=case_worker, members=[])
    t = tasks.reopen_task(by=case_worker, task=Task.objects.get(pk=t.pk))
    assert case.members.filter(user=t.owner, ends_at=None).exists()


def test_three_stars_are_no_conflict(case, case_worker):
    n = notes.write_note(by=case_worker, case=case, draft=NoteDraft("Uno\n***\nDue", T()))
    n = notes.edit_note(by=case_worker, note=n, draft=NoteDraft("Uno\n***\nDue\nTre", T()), base=1)
    assert not n.has_both


def test_a_review_writes_only_what_was_changed_on_its_page(case, case_worker, sign_in):
    plan, (a,) = in_force(case, case_worker, an_action())
    c = sign_in(case_worker)
    url = reverse("plan_review", args=[plan.pk])
    goal = plan.goals.get()
    was = {f"initial-goal_{goal.pk}": "open", f"initial-action_{a.pk}": "todo"}
    assert all(f'name="{name}"' in c.get(url).content.decode() for name in was)
    services.set_goal_status(by=case_worker, goal=goal, status="reached")
    r = c.post(
        url,
        {
            "done_on": T().isoformat(),
            "person_says": "bene",
            "outcome": "close",
            f"goal_{goal.pk}": "open",
            f"action_{a.pk}": "todo",
        }
        | was,
    )
    assert r.status_code == 302
    goal.refresh_from_db()
    assert goal.status == "reached"


def test_goals_of_a_replaced_version_are_not_marked(case, case_worker):
    plan, _ = in_force(case, case_worker, an_action())
    goal = plan.goals.get()
    sign(write(case, case_worker, words="Another"), case_worker)
    from lgnet.core.errors import DomainError

    with pytest.raises(DomainError):
        services.set_goal_status(by=case_worker, goal=goal, status="reached")


def test_signing_can_be_sent_again_after_the_plan_was_changed(case, case_worker, sign_in):
    plan = write(case, case_worker)
    c = sign_in(case_worker)
    url = reverse("plan_sign", args=[plan.pk])
    seen = services.plan_state(case)
    write(case, case_worker, words="Other words")
    d = {
        "signed_on": T().isoformat(),
        "language": "fr",
        "how": "paper",
        "seen": seen,
        "review_on": (T() + timedelta(days=90)).isoformat(),
    }
    r = c.post(url, d)
    assert r.status_code == 422
    assert r.context["form"]["seen"].value() != seen


def test_a_meeting_that_nobody_held_gives_its_points_on(case, case_worker, partner):
    team = case.team
    m = meetings.plan_meeting(
        by=case_worker, team=team, starts_at=timezone.now() + timedelta(hours=2), chair=case_worker
    )
    later = meetings.plan_meeting(
        by=case_worker, team=team, starts_at=timezone.now() + timedelta(days=2), chair=case_worker
    )
    meetings.add_point(by=case_worker, meeting=m, words="Ferie")
    TeamMeeting.objects.filter(pk=m.pk).update(starts_at=timezone.now() - timedelta(days=5))
    meetings.start_meeting(by=case_worker, meeting=later)
    first = meeting_selectors.next_first(meeting_selectors.listed_meetings(case_worker)).first()
    words = [i.words for i in AgendaItem.objects.filter(meeting=later)]
    assert "Ferie" in words
    assert first.pk == later.pk


def test_a_decision_is_as_late_as_its_task(case, case_worker):
    m = meetings.plan_meeting(
        by=case_worker, team=case.team, starts_at=timezone.now() - timedelta(days=10), chair=case_worker
    )
    meetings.start_meeting(by=case_worker, meeting=m)
    item = m.items.filter(case=case).first() or AgendaItem.objects.create(meeting=m, case=case, position=9)
    d = meeting_minutes.decide(by=case_worker, item=item, words="x", owner=case_worker, due_on=T() - timedelta(days=2))
    tasks.change_task(by=case_worker, task=d.task, words="x", owner=case_worker, due_on=T() + timedelta(days=20))
    d = type(d).objects.get(pk=d.pk)
    assert not d.is_late
    assert not d.task.is_overdue


def test_who_works_on_a_part_gives_no_tasks(case, case_worker, make_user, partner):
    body = make_user(Role.CASE_WORKER, partner)
    add_member(case, body, ["work"])
    t = tasks.add_task(by=body, case=case, words="x", owner=body)
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        tasks.add_task(by=body, case=case, words="x", owner=case_worker)
    with pytest.raises(PermissionDenied):
        tasks.change_task(by=body, task=t, words="x", owner=case_worker)


def test_who_works_on_a_part_is_offered_nothing_that_is_refused(case, case_worker, make_user, partner, sign_in):
    _plan, (_a,) = in_force(case, case_worker, an_action())
    new = sign(write(case, case_worker, words="Another"), case_worker)
    plan_reviews.review_plan(by=case_worker, plan=new, reviewed=plan_reviews.Reviewed(T(), "bene", "close"))
    body = make_user(Role.CASE_WORKER, partner)
    add_member(case, body, ["work"])
    c = sign_in(body)
    p = c.get(reverse("plan_detail", args=[new.pk])).content.decode()
    url = reverse("plan_compare", args=[new.pk, 1])
    assert url not in p


def test_another_body_sees_nothing_of_the_plan(case, case_worker, make_user, partner, sign_in, person):
    _plan, (_a,) = in_force(case, case_worker, an_action())
    body = make_user(Role.CASE_WORKER, partner)
    Membership.objects.filter(user=body).update(employer="Coop")
    open_file_with_reason(by=body, person=person, reason="asked by the coordinator")
    c = sign_in(body)
    p = c.get(reverse("case_detail", args=[case.pk])).content.decode()
    assert "next review" not in p


def test_the_scan_may_come_after_the_end(case, case_worker, sign_in):
    plan, _ = in_force(case, case_worker, an_action())
    services.close_case(by=case_worker, case=case, closed_on=T(), outcome="other")
    from lgnet.people.documents import Upload
    from tests.files.images import a_picture

    p = sign_in(case_worker).get(reverse("case_detail", args=[case.pk])).content.decode()
    assert "scan is still missing" in p
    assert reverse("plan_scan", args=[plan.pk]) in p  # the paper is evidence, also when it comes late
    kept = plan_reviews.keep_scan(
        by=case_worker, plan=Plan.objects.get(pk=plan.pk), files=[Upload("a.jpg", a_picture())]
    )
    assert not kept.waits_for_scan


def test_who_lists_no_cases_is_not_sent_there(make_user, partner, sign_in):
    c = sign_in(make_user(Role.OUTREACH_OPERATOR, partner))
    p = c.get(reverse("task_list")).content.decode()
    assert 'href="/cases"' not in p
