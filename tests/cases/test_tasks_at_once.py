"""Two press at the same moment: a task ends once, and none stays open in a closed case."""

import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import services, tasks
from lgnet.cases.models import Case, Task, TaskStep
from lgnet.network.roles import Role
from tests.cases.test_at_once import ROUNDS, client_of, post, together
from tests.conftest import team_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def case(person, make_user, case_worker, desk_operator, partner):
    second = make_user(Role.CASE_WORKER, partner)
    team = team_of(partner, "multidisciplinary")
    return services.open_case(
        by=desk_operator, person=person, team=team, manager=case_worker, members=[second], basis="desk"
    )


def test_two_colleagues_press_done(case, case_worker):
    second = case.members.exclude(user=case_worker).get().user
    clients = [client_of(user) for user in (case_worker, second)]
    for _turn in range(ROUNDS):
        task = tasks.add_task(by=case_worker, case=case, words="Prova", owner=second)
        url = reverse("task_done", args=[task.pk])
        answers = together(*(post(client, url, {"again": "2"}) for client in clients))
        assert sorted(answers) == [302, 422]
        assert TaskStep.objects.filter(task=task, what="done").count() == 1
        assert Task.objects.filter(follows=task).count() == 1


def test_one_sends_the_same_line_twice(case, case_worker):
    url = reverse("task_new", args=[case.pk])
    data = {"words": "Prova", "owner": case_worker.pk, "record_id": uuid.uuid4()}
    clients = [client_of(case_worker), client_of(case_worker)]
    assert together(*(post(client, url, data) for client in clients)) == [302, 302]
    assert Task.objects.count() == 1


def test_one_adds_a_task_while_another_closes_the_case(case, case_worker):
    second = case.members.exclude(user=case_worker).get().user
    closing = {"outcome": "moved", "destination": "other_city", "closed_on": timezone.localdate().isoformat()}
    answers = together(
        post(client_of(case_worker), reverse("case_close", args=[case.pk]), closing),
        post(client_of(second), reverse("task_new", args=[case.pk]), {"words": "Prova", "owner": second.pk}),
    )
    assert answers[0] == 302
    assert answers[1] in {302, 422}
    assert Case.objects.get().status == "closed"
    assert not Task.objects.filter(status="open").exists()
