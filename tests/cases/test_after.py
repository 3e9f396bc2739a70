"""After the end: asked at 3, 6 and 12 months, whether it helped, and beginning again without changing what was."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import after, services
from lgnet.cases.after_models import FollowUp, Helpfulness
from lgnet.cases.models import Case
from lgnet.core.errors import DomainError
from lgnet.people.models import Episode, JourneyEvent
from tests.conftest import team_of
from tests.queries import count_queries

LIST = reverse("follow_up_list")


@pytest.fixture
def closed(person, case_worker, desk_operator, partner):
    """A case that was closed today, with a goal that was reached and one that was not."""
    case = services.open_case(
        by=desk_operator, person=person, team=team_of(partner, "multidisciplinary"), manager=case_worker, basis="desk"
    )
    goals = [services.GoalDraft("work", "Un lavoro"), services.GoalDraft("housing", "Una stanza")]
    plan = services.save_plan(by=case_worker, case=case, goals=goals)
    services.sign_plan(
        by=case_worker, plan=plan, signed_on=timezone.localdate(), language="it", interpreter_present=False
    )
    results = [(plan.goals.get(area="work"), "reached")]
    return services.close_case(
        by=case_worker, case=case, closed_on=timezone.localdate(), outcome="goal_reached", results=results
    )  # fmt: skip


def test_three_days_are_written_down_and_come_up_when_they_are_due(sign_in, case_worker, closed):
    due = [follow_up.due_on for follow_up in closed.follow_ups.all()]
    assert [round((day - closed.closed_on).days / 30.4) for day in due] == [3, 6, 12]
    assert sign_in(case_worker).get(LIST).context["table"].page_rows == []
    with time_machine.travel(timezone.now() + timedelta(days=100), tick=False):
        rows = sign_in(case_worker).get(LIST).context["table"].page_rows
        assert [(row.months, row.is_late) for row in rows] == [(3, True)]


def test_the_end_of_a_month(closed):
    FollowUp.objects.all().delete()
    closed.closed_on = date(2025, 11, 30)
    services.plan_follow_ups(closed)
    assert [one.due_on for one in closed.follow_ups.all()] == [date(2026, 2, 28), date(2026, 5, 30), date(2026, 11, 30)]


def test_nobody_is_asked_who_cannot_be(case_worker, desk_operator, person, partner):
    case = services.open_case(
        by=desk_operator, person=person, team=team_of(partner, "multidisciplinary"), manager=case_worker, basis="desk"
    )
    services.close_case(by=case_worker, case=case, closed_on=timezone.localdate(), outcome="death")
    assert not FollowUp.objects.exists()


def test_asked_once_and_on_time(sign_in, case_worker, closed):
    first = closed.follow_ups.first()
    with pytest.raises(DomainError, match="due only"):
        after.record_follow_up(by=case_worker, follow_up=first, done_on=timezone.localdate(), result="stable")
    with time_machine.travel(timezone.now() + timedelta(days=95), tick=False):
        client, url = sign_in(case_worker), reverse("follow_up", args=[first.pk])
        today = timezone.localdate()
        assert client.post(url, {"result": "stable", "done_on": today + timedelta(days=1)}).status_code == 422
        data = {"result": "stable", "done_on": today, "housing": "0", "occupation": "work", "note": "Lavora"}
        assert client.post(url, data).status_code == 302
        first.refresh_from_db()
        assert (first.result, first.housing, first.has_work, first.done_by) == ("stable", "0", True, case_worker)
        assert "Lavora" in client.get(url).content.decode()
        with pytest.raises(DomainError, match="asked already"):
            after.record_follow_up(by=case_worker, follow_up=first, done_on=today, result="harder")


def test_not_reached_on_two_days_ends_it(sign_in, case_worker, closed):
    first = closed.follow_ups.first()
    url = reverse("follow_up", args=[first.pk])
    with time_machine.travel(timezone.now() + timedelta(days=95), tick=False):
        client = sign_in(case_worker)
        data = {"result": "not_found", "done_on": timezone.localdate()}
        for _turn in range(2):  # sent twice, it is one try
            assert client.post(url, data).status_code == 302
        first.refresh_from_db()
        assert (first.tries, first.done_on) == (1, None)
        assert "not reached once" in client.get(LIST).content.decode()
        assert [one.pk for one in after.due_now(case_worker)] == [first.pk]
    with time_machine.travel(timezone.now() + timedelta(days=97), tick=False):
        client = sign_in(case_worker)
        assert client.post(url, {"result": "not_found", "done_on": timezone.localdate()}).status_code == 302
        first.refresh_from_db()
        assert (first.result, first.tries) == ("not_found", 2)
        assert not after.due_now(case_worker)


@pytest.mark.parametrize(("occupation", "has_work"), [("work", True), ("school", True), ("nothing", False), ("", None)])
def test_work_training_or_school(case_worker, closed, occupation, has_work):
    with time_machine.travel(timezone.now() + timedelta(days=95), tick=False):
        asked = after.record_follow_up(
            by=case_worker, follow_up=closed.follow_ups.first(), done_on=timezone.localdate(), result="stable",
            occupation=occupation,
        )  # fmt: skip
        assert (asked.occupation, asked.has_work) == (occupation, has_work)


def test_whether_it_helped_is_asked_also_to_be_refused(sign_in, case_worker, closed):
    client, url = sign_in(case_worker), reverse("helpfulness_edit", args=[closed.pk])
    assert client.post(url, {"words": ""}).status_code == 422
    assert client.post(url, {"answer": "refused"}).status_code == 302
    after.record_helpfulness(by=None, case=closed, answer="much", language="ar")
    assert [(said.answer, said.language, said.asked_by) for said in Helpfulness.objects.all()] == [("much", "ar", None)]
    assert "it helped much" in client.get(reverse("case_detail", args=[closed.pk])).content.decode()


def test_it_begins_again_and_what_was_stays(sign_in, case_worker, closed):
    client, url = sign_in(case_worker), reverse("case_reopen", args=[closed.pk])
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "Ha perso la stanza"}).status_code == 302
    again = Case.objects.get(status="open")
    assert (again.reopens, again.person, again.basis_note) == (closed, closed.person, "Ha perso la stanza")
    assert [goal.words for goal in again.plans.get().goals.all()] == ["Una stanza"]
    closed.refresh_from_db()
    assert (closed.status, closed.outcome) == ("closed", "goal_reached")
    assert JourneyEvent.objects.filter(kind="case_opened").count() == 2
    assert [episode.outcome_at is None for episode in Episode.objects.order_by("number")] == [False, True]
    assert client.post(url, {"reason": "Ancora"}).status_code == 422  # one is open


def test_who_sees_follow_ups(sign_in, colleague, stranger, coordinator, closed):
    url = reverse("follow_up", args=[closed.follow_ups.first().pk])
    assert sign_in(stranger).get(url).status_code == 404
    assert sign_in(colleague).get(url).status_code == 302  # a closed file: say why
    assert len(sign_in(coordinator).get(LIST, {"state": "open"}).context["table"].page_rows) == 3
    assert sign_in(stranger).get(LIST, {"state": "open"}).context["table"].page_rows == []


def test_as_many_queries_for_many(sign_in, case_worker, closed):
    client = sign_in(case_worker)
    few = count_queries(client, LIST, {"state": "open"})
    for months in (18, 24):
        FollowUp.objects.create(case=closed, months=months, due_on=timezone.localdate())
    assert count_queries(client, LIST, {"state": "open"}) == few
