"""The morning mail to colleagues who wish it: a number and a link, no name and no word of a task."""

from datetime import date

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import services, tasks
from lgnet.cases.models import TaskMailWish
from lgnet.cases.task_reminders import remind_tasks
from lgnet.messaging.delivery import deliver_due
from lgnet.messaging.models import OutgoingMessage
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from tests.conftest import team_of

TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.DEMO, settings.SITE_URL = False, "https://lgnet.example.org"
    with time_machine.travel("2026-11-25T05:00:00+01:00", tick=False) as moved:
        yield moved


@pytest.fixture
def case(person, case_worker, desk_operator, partner):
    case_worker.email = "prova@example.org"
    case_worker.save()
    return services.open_case(
        by=desk_operator, person=person, team=team_of(partner, "multidisciplinary"), manager=case_worker, basis="desk"
    )


def add(case, case_worker, **days):
    return tasks.add_task(by=case_worker, case=case, words="Chiamare la scuola", owner=case_worker, **days)


def test_who_wishes_it_gets_a_number_and_a_link_once(sign_in, case_worker, case, partner):
    add(case, case_worker, due_on=TODAY)
    add(case, case_worker, due_on=date(2026, 12, 1), remind_on=TODAY)
    add(case, case_worker, due_on=date(2026, 11, 20))
    add(case, case_worker)
    assert remind_tasks() == 0  # nobody wishes it
    client = sign_in(case_worker)
    assert b"Send me the e-mail" in client.get(reverse("task_list")).content
    for _turn in range(2):
        assert client.post(reverse("task_mail"), {"wanted": "yes"}).status_code == 302
    for _turn in range(2):
        assert remind_tasks() == 1
    mail = OutgoingMessage.objects.get()
    assert (mail.to, mail.person, mail.partner) == ("prova@example.org", None, partner)
    assert mail.subject == "2 tasks due today · LGNet Provaltina"
    assert "1 is overdue" in mail.text
    assert "https://lgnet.example.org/tasks" in mail.text
    for hidden in ("Provadati", "Mohammed", "scuola", case.person.pseudonym):
        assert hidden not in mail.text + mail.subject
    assert timezone.localtime(mail.not_before).strftime("%H:%M") == "07:30"
    assert client.post(reverse("task_mail"), {"wanted": "no"}).status_code == 302
    assert not TaskMailWish.objects.exists()


def test_it_goes_out_in_the_morning(case_worker, case, clock):
    tasks.wish_task_mail(by=case_worker, wanted=True)
    add(case, case_worker, due_on=TODAY)
    call_command("remind_tasks")
    deliver_due()
    assert OutgoingMessage.objects.get().status == "queued"
    clock.move_to("2026-11-25T07:31:00+01:00")
    deliver_due()
    assert OutgoingMessage.objects.get().status == "sent"


def test_who_gets_none(case_worker, case, make_user, partner):
    tasks.wish_task_mail(by=case_worker, wanted=True)
    late = add(case, case_worker, due_on=date(2026, 11, 20))
    assert remind_tasks() == 0  # what is overdue was told on its day
    done = add(case, case_worker, due_on=TODAY)
    tasks.end_task(by=case_worker, task=done, status="done")
    assert remind_tasks() == 0
    tasks.change_task(by=case_worker, task=late, words="x", owner=case_worker, due_on=TODAY)
    Membership.objects.filter(user=case_worker).update(ends_on=date(2026, 11, 24))
    assert remind_tasks() == 0  # works here no more
    Membership.objects.filter(user=case_worker).update(ends_on=None)
    case_worker.email = ""
    case_worker.save()
    assert remind_tasks() == 0
    assert not OutgoingMessage.objects.exists()


def test_only_staff_who_have_tasks_wish_it(sign_in, make_user, partner):
    finance = sign_in(make_user(Role.FINANCE_OFFICER, partner))
    assert finance.post(reverse("task_mail"), {"wanted": "yes"}).status_code == 403
    assert sign_in(make_user(Role.CASE_WORKER, partner)).get(reverse("task_mail")).status_code == 405
