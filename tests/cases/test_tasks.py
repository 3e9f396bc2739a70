"""Tasks: written with one line, done with one press, undone, given on; nothing is lost when somebody leaves."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lgnet.audit.models import AuditEntry
from lgnet.cases import services, task_selectors, tasks
from lgnet.cases.models import Task, TaskStep
from lgnet.cases.task_tables import WHEN, due_within, when_due
from lgnet.core.errors import DomainError
from lgnet.network.roles import Role
from lgnet.people.models import Person
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import team_of
from tests.queries import count_queries

LIST = reverse("task_list")


def day(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def second(make_user, partner):
    """Another case worker of the team."""
    return make_user(Role.CASE_WORKER, partner)


@pytest.fixture
def case(person, case_worker, second, desk_operator, partner):
    return services.open_case(
        by=desk_operator, person=person, team=team_of(partner, "multidisciplinary"), manager=case_worker,
        members=[second], basis="desk",
    )  # fmt: skip


@pytest.fixture
def task(case, case_worker):
    return tasks.add_task(by=case_worker, case=case, words="Chiamare la scuola", owner=case_worker, due_on=day(-1))


def url(name, thing):
    return reverse(name, args=[thing.pk])


def words(page):
    return [row.words for row in page.context["table"].page_rows]


def test_one_line_on_the_page_of_the_case_is_a_task(sign_in, case_worker, second, case):
    client = sign_in(case_worker)
    page = client.get(url("case_detail", case))
    form = page.context["tasks"]["form"]
    assert form["owner"].value() == case_worker.pk
    assert url("task_new", case) in page.content.decode()
    data = {"record_id": uuid.uuid4(), "words": "Prenotare la visita", "owner": second.pk, "due_on": day(2)}
    for _turn in range(2):  # sent twice, it is written once
        assert client.post(url("task_new", case), data).headers["Location"] == f"{url('case_detail', case)}#tasks"
    written = Task.objects.get()
    assert (written.words, written.owner, written.created_by) == ("Prenotare la visita", second, case_worker)
    assert "Prenotare la visita" in client.get(url("case_detail", case)).content.decode()


def test_bad_input_is_said_at_its_field_and_nothing_typed_is_lost(sign_in, case_worker, colleague, case):
    client, address = sign_in(case_worker), url("task_new", case)
    good = {"words": "Prova", "owner": case_worker.pk}
    for change, field in (
        ({"words": " "}, "words"), ({"words": "x" * 301}, "words"), ({"owner": colleague.pk}, "owner"),
        ({"due_on": "9/9"}, "due_on"), ({"due_on": day(1), "remind_on": day(2)}, "remind_on"),
    ):  # fmt: skip
        answer = client.post(address, good | change)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Task.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(
            partner=case.partner, person=case.person, case=case, words="x", owner=case_worker, created_by=case_worker,
            due_on=day(1), remind_on=day(2),
        )  # fmt: skip


def test_done_with_one_press_and_undone_with_another(sign_in, case_worker, task):
    client = sign_in(case_worker)
    assert client.post(url("task_done", task), {"back": "list"}).headers["Location"] == LIST
    task.refresh_from_db()
    assert (task.status, task.ended_by) == ("done", case_worker)
    page = client.get(LIST)
    assert words(page) == []
    assert list(page.context["just_ended"]) == [task]
    assert client.post(url("task_reopen", task), {"back": "list"}).status_code == 302
    task.refresh_from_db()
    assert task.is_open
    assert words(client.get(LIST)) == ["Chiamare la scuola"]
    assert [step.what for step in task.steps.all()] == ["again", "done"]
    assert AuditEntry.objects.filter(object_type="cases.task", object_id=task.pk, action="update").count() == 2


def test_two_press_done_at_the_same_moment(sign_in, case_worker, second, task):
    assert sign_in(case_worker).post(url("task_done", task)).status_code == 302
    assert sign_in(case_worker).post(url("task_done", task)).status_code == 302  # the same press once more
    late = sign_in(second).post(url("task_done", task))
    assert late.status_code == 422
    assert "ended this task already" in late.content.decode()
    assert TaskStep.objects.filter(what="done").count() == 1
    with pytest.raises(DomainError, match="ended"):
        tasks.end_task(by=second, task=task, status="done")
    task.refresh_from_db()
    with pytest.raises(DomainError, match="ended"):
        tasks.change_task(by=second, task=task, words="Altro", owner=second)


def test_not_needed_any_more_needs_a_reason(sign_in, case_worker, task):
    client = sign_in(case_worker)
    answer = client.post(url("task_drop", task), {"result": " "})
    assert (answer.status_code, list(answer.context["drop_form"].errors)) == (422, ["result"])
    with pytest.raises(DomainError, match="why"):
        tasks.end_task(by=case_worker, task=task, status="dropped")
    assert client.post(url("task_drop", task), {"result": "Ha già l'iscrizione"}).status_code == 302
    task.refresh_from_db()
    assert (task.status, task.result) == ("dropped", "Ha già l'iscrizione")
    assert "Ha già l&#x27;iscrizione" in client.get(url("task_detail", task)).content.decode()


def test_again_in_some_weeks_is_one_task_more_and_goes_when_it_is_undone(sign_in, case_worker, task):
    client = sign_in(case_worker)
    assert client.post(url("task_done", task), {"again": "0"}).status_code == 422
    assert client.post(url("task_done", task), {"again": "999"}).status_code == 422
    for _turn in range(2):
        assert client.post(url("task_done", task), {"again": "4", "result": "Richiamano"}).status_code == 302
    again = Task.objects.get(follows=task)
    assert (again.words, again.owner, again.due_on, again.status) == (task.words, case_worker, day(28), "open")
    assert url("task_detail", again) in client.get(url("task_detail", task)).content.decode()
    client.post(url("task_reopen", task))
    again.refresh_from_db()
    assert (again.status, Task.objects.get(pk=task.pk).status) == ("dropped", "open")
    client.post(url("task_done", task), {"again": "1"})
    assert Task.objects.filter(follows=task).exclude(status="dropped").get().due_on == day(7)


def test_a_reminder_comes_as_long_before_as_it_did(case, case_worker):
    first = tasks.add_task(
        by=case_worker, case=case, words="Rinnovo", owner=case_worker, due_on=day(10), remind_on=day(7)
    )
    tasks.end_task(by=case_worker, task=first, status="done", again_in_weeks=2)
    again = Task.objects.get(follows=first)
    assert (again.due_on, again.remind_on) == (day(14), day(11))


def test_other_words_other_day_somebody_else_and_the_history_of_it(sign_in, case_worker, second, case, task):
    client, address = sign_in(case_worker), url("task_edit", task)
    seen = client.get(address).context["form"]["seen"].value()
    data = {"words": "Scrivere alla scuola", "owner": second.pk, "due_on": day(5), "seen": seen}
    assert client.post(address, data).status_code == 302
    task.refresh_from_db()
    assert (task.words, task.owner, task.due_on) == ("Scrivere alla scuola", second, day(5))
    page = client.get(url("task_detail", task)).content.decode()
    assert "Chiamare la scuola" in page
    assert sorted(step.what for step in task.steps.all()) == ["dates", "given", "words"]
    late = client.post(address, data | {"words": "Tardi"})  # written on what it was before
    assert late.status_code == 422
    assert "A colleague changed this task" in late.content.decode()
    again = data | {"words": "Tardi", "seen": late.context["form"]["seen"].value()}
    assert client.post(address, again).status_code == 302  # saving once more keeps it
    assert client.post(address, again | {"seen": tasks.task_state(task), "owner": uuid.uuid4()}).status_code == 422


def test_what_who_leaves_had_to_do_goes_to_the_case_manager(sign_in, case_worker, second, case):
    tasks.add_task(by=second, case=case, words="Una cosa", owner=second)
    ended = tasks.add_task(by=second, case=case, words="Fatta", owner=second)
    tasks.end_task(by=second, task=ended, status="done")
    page = sign_in(case_worker).post(url("case_team", case), {"manager": case_worker.pk}, follow=True)
    assert f"1 task of who left is now with {case_worker.full_name}" in page.content.decode()
    assert Task.objects.get(words="Una cosa").owner == case_worker
    assert Task.objects.get(words="Fatta").owner == second
    step = TaskStep.objects.get(what="given")
    assert (step.by, step.to) == (case_worker, case_worker)
    assert AuditEntry.objects.filter(object_type="cases.task", detail__changed=["given"]).count() == 1
    again = sign_in(case_worker).post(url("case_team", case), {"manager": case_worker.pk}, follow=True)
    assert "who left" not in again.content.decode()


def test_closing_tells_of_what_is_open_and_ends_it(sign_in, case_worker, case, task):
    client = sign_in(case_worker)
    page = client.get(url("case_close", case))
    assert page.context["to_do"] == [task]
    assert "1 task is still to be done" in page.content.decode()
    data = {"outcome": "moved", "destination": "other_city", "closed_on": timezone.localdate()}
    assert client.post(url("case_close", case), data).status_code == 302
    task.refresh_from_db()
    assert (task.status, task.result, task.ended_by) == ("dropped", "The case was closed.", case_worker)
    assert client.post(url("task_reopen", task)).status_code == 403
    assert client.post(url("task_new", case), {"words": "x", "owner": case_worker.pk}).status_code == 422
    with pytest.raises(DomainError, match="closed"):
        tasks.add_task(by=case_worker, case=case, words="x", owner=case_worker)


def test_who_sees_what(sign_in, case_worker, colleague, coordinator, stranger, make_user, partner, case, task):
    assert "Chiamare la scuola" in sign_in(case_worker).get(LIST).content.decode()
    for user in (colleague, coordinator):
        page = sign_in(user).get(LIST, {"whose": "city" if user == colleague else ""})
        text = page.content.decode()
        assert len(page.context["table"].page_rows) == 1
        assert "Chiamare" not in text
        assert "Provadati" not in text
        assert words(sign_in(user).get(LIST, {"whose": "city" if user == colleague else "", "q": "scuola"})) == []
        csv = sign_in(user).get(LIST, {"whose": "city" if user == colleague else "", "format": "csv"}).content.decode()
        assert "Chiamare" not in csv
        assert "Provadati" not in csv
        assert "reason" in sign_in(user).get(url("task_detail", task), follow=True).content.decode()
        assert sign_in(user).post(url("task_done", task)).status_code == 302  # asked for a reason first
    assert words(sign_in(stranger).get(LIST, {"whose": "city"})) == []
    for name in ("task_detail", "task_edit"):
        assert sign_in(stranger).get(url(name, task)).status_code == 404
    for name in ("task_done", "task_drop", "task_reopen"):
        assert sign_in(stranger).post(url(name, task), {"result": "x"}).status_code == 404
    assert sign_in(make_user(Role.FINANCE_OFFICER, partner)).get(LIST).status_code == 403
    task.refresh_from_db()
    assert task.is_open


def test_a_restricted_file_has_no_tasks_for_others(sign_in, colleague, coordinator, case_worker, case, task):
    Person.objects.filter(pk=case.person_id).update(restricted=True)
    assert words(sign_in(colleague).get(LIST, {"whose": "city"})) == []
    assert sign_in(coordinator).get(LIST).context["colleagues"] == []
    assert sign_in(colleague).get(url("task_detail", task)).status_code == 404
    assert words(sign_in(case_worker).get(LIST)) == ["Chiamare la scuola"]


def test_who_has_a_task_but_not_the_file_any_more_reads_no_words(sign_in, second, case_worker, case):
    own = tasks.add_task(by=case_worker, case=case, words="Parlare con la scuola", owner=second, due_on=day(0))
    case.person.file_members.filter(user=second).update(ends_at=timezone.now())
    second.team_memberships.all().delete()
    page = sign_in(second).get(LIST)
    assert [row.pk for row in page.context["table"].page_rows] == [own.pk]
    assert "Provadati" not in page.content.decode()
    for address in (LIST, reverse("home"), reverse("week")):
        text = sign_in(second).get(address).content.decode()
        assert "Parlare con la scuola" not in text
        assert "closed to you" in text


def test_the_coordinator_sees_who_has_how_many(sign_in, coordinator, case_worker, second, case, task):
    tasks.add_task(by=case_worker, case=case, words="Poi", owner=second)
    page = sign_in(coordinator).get(LIST)
    counted = [(one["owner__full_name"], one["open"], one["overdue"]) for one in page.context["colleagues"]]
    assert counted == [(case_worker.full_name, 1, 1), (second.full_name, 1, 0)]
    assert len(sign_in(coordinator).get(LIST, {"owner": second.pk}).context["table"].page_rows) == 1
    assert sign_in(case_worker).get(LIST).context["colleagues"] == []


def test_the_most_urgent_first_and_the_filters(sign_in, case_worker, second, case):
    for text, due in (("senza", None), ("dopo", day(30)), ("ieri", day(-1)), ("oggi", day(0))):
        tasks.add_task(by=case_worker, case=case, words=text, owner=case_worker, due_on=due)
    tasks.add_task(by=case_worker, case=case, words="altrui", owner=second, origin="decision")
    client = sign_in(case_worker)
    assert words(client.get(LIST)) == ["ieri", "oggi", "dopo", "senza"]
    assert words(client.get(LIST, {"due": "overdue"})) == ["ieri"]
    assert words(client.get(LIST, {"due": "none"})) == ["senza"]
    assert words(client.get(LIST, {"whose": "given"})) == ["altrui"]
    assert len(words(client.get(LIST, {"whose": "cases"}))) == 5
    assert words(client.get(LIST, {"whose": "cases", "origin": "decision"})) == ["altrui"]
    assert words(client.get(LIST, {"q": "ier"})) == ["ieri"]
    assert words(client.get(LIST, {"state": "done"})) == []
    assert "senza" in client.get(LIST, {"format": "csv"}).content.decode()
    assert words(sign_in(second).get(LIST)) == ["altrui"]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.none() | st.integers(-400, 400))
def test_each_day_is_in_one_part_of_the_list(today, offset):
    due = None if offset is None else today + timedelta(days=offset)
    part = when_due(due, today)
    for when in WHEN:
        bounds = dict(due_within(when, today).children)
        holds = all(
            {
                "due_on": lambda value: due == value, "due_on__lt": lambda value: due is not None and due < value,
                "due_on__lte": lambda value: due is not None and due <= value,
                "due_on__gt": lambda value: due is not None and due > value,
                "due_on__isnull": lambda value: (due is None) == value,
            }[name](bound)
            for name, bound in bounds.items()
        )  # fmt: skip
        assert holds == (when == part)


def test_the_tasks_of_a_team(sign_in, colleague, coordinator, case_worker, partner, case, task):
    """All of them, whoever does them: the coordinator reads the words, a colleague of another case sees that they are."""
    team, desk = case.team, team_of(partner, "desk")
    for user in (case_worker, colleague, coordinator):
        page = sign_in(user).get(LIST, {"team": team.pk})
        assert [row.pk for row in page.context["table"].page_rows] == [task.pk], user
        assert ["", str(team.pk)] == [str(key) for key, _name in page.context["table"].filters.fields["team"].choices]
    assert team.name in sign_in(coordinator).get(LIST).content.decode()
    assert sign_in(coordinator).get(LIST, {"team": desk.pk}).context["table"].filters.errors["team"]
    assert words(sign_in(colleague).get(LIST, {"team": team.pk, "whose": "given"})) == []


def test_as_many_queries_for_many(sign_in, case_worker, desk_operator, partner, case, task):
    client = sign_in(case_worker)
    few = [count_queries(client, address) for address in (LIST, url("case_detail", case), reverse("home"))]
    for number in range(2):
        tasks.add_task(by=case_worker, case=case, words=f"Ancora {number}", owner=case_worker, due_on=day(-number))
    many = [count_queries(client, address) for address in (LIST, url("case_detail", case), reverse("home"))]
    assert many == few


def test_a_task_without_a_case_is_of_who_has_it_or_gave_it(sign_in, desk_operator, outreach_operator, partner):
    """A handover of a desk writes such tasks."""
    person = register_person(by=desk_operator, team=team_of(partner, "desk"), details=PersonDetails(nickname="Nuvola"))
    left = Task.objects.create(
        partner=partner, person=person, words="Richiamare", owner=desk_operator, created_by=desk_operator
    )
    assert words(sign_in(desk_operator).get(LIST)) == ["Richiamare"]
    assert sign_in(desk_operator).get(url("task_detail", left)).status_code == 200
    assert sign_in(desk_operator).post(url("task_done", left)).status_code == 302
    assert task_selectors.visible_tasks(outreach_operator).count() == 0
