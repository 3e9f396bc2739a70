"""Cases through the pages: opened, worked on by their team alone, read with a reason, closed with an outcome."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases import services
from lgnet.cases.models import Case, Goal, Plan
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.network.roles import Profile, Role
from lgnet.people.models import JourneyEvent, NoticeGiven
from lgnet.people.services import PersonDetails, open_file_with_reason, register_person, restrict_file
from tests.conftest import team_of
from tests.queries import count_queries


@pytest.fixture
def team(partner):
    return team_of(partner, Team.Kind.MULTIDISCIPLINARY)


@pytest.fixture
def case(person, team, case_worker, desk_operator):
    return services.open_case(
        by=desk_operator, person=person, team=team, manager=case_worker, basis="desk", basis_note="needs a bed"
    )


@pytest.fixture
def worker(sign_in, case_worker):
    return sign_in(case_worker)


def address(name, record):
    return reverse(name, args=[record.pk])


def today(days=0):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def signed_plan(case, by):
    plan = services.save_plan(
        by=by, case=case, goals=[services.GoalDraft("housing", "A room"), services.GoalDraft("work", "A job")]
    )
    return services.sign_plan(by=by, plan=plan, signed_on=timezone.localdate(), language="fr")


def opening(team, manager, **changes):
    return {
        "record_id": str(uuid.uuid4()), "team": team.pk, "manager": manager.pk, "basis": "desk", "opened_on": today(),
    } | changes  # fmt: skip


def test_a_case_is_opened_with_its_team(sign_in, desk_operator, person, team, case_worker, make_user, partner):
    psychologist = make_user(Role.CASE_WORKER, partner, profile=Profile.PSYCHOLOGIST)
    client, url = sign_in(desk_operator), f"{reverse('case_new')}?person={person.pk}"
    assert psychologist.full_name in client.get(url).content.decode()
    data = opening(team, case_worker, members=[psychologist.pk], basis_note="asks for a bed")
    first, second = client.post(url, data), client.post(url, data)
    case = Case.objects.get()
    assert first.url == second.url == address("case_detail", case)
    assert set(case.members.values_list("user__full_name", "profile")) == {
        (case_worker.full_name, "social_worker"), (psychologist.full_name, "psychologist"),
    }  # fmt: skip
    assert JourneyEvent.objects.filter(kind="case_opened", person=person).count() == 1
    assert client.get(first.url).status_code == 200
    assert "already open" in client.get(url).content.decode()


def test_what_is_missing_is_told_before_and_after(sign_in, desk_operator, person, team, case_worker):
    NoticeGiven.objects.all().delete()
    client, url = sign_in(desk_operator), f"{reverse('case_new')}?person={person.pk}"
    assert client.get(url).context["missing"]
    response = client.post(url, opening(team, case_worker, basis_note="kept text"))
    assert response.status_code == 422
    assert "kept text" in response.content.decode()
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("manager", ""), ("manager", "stranger"), ("manager", "desk"), ("members", "stranger"), ("team", "abroad"),
        ("opened_on", "2999-01-01"), ("opened_on", "x"), ("opened_on", "0001-01-01"), ("basis", "x"), ("basis_note", "\x00"), ("referral", "x"),
    ],
)  # fmt: skip
def test_bad_input_of_a_case(sign_in, desk_operator, person, team, case_worker, stranger, other_partner, field, value):
    known = {"stranger": stranger.pk, "desk": desk_operator.pk, "abroad": team_of(other_partner, "desk").pk}
    data = opening(team, case_worker, basis_note="kept text") | {field: known.get(value, value)}
    response = sign_in(desk_operator).post(f"{reverse('case_new')}?person={person.pk}", data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert field == "basis_note" or "kept text" in response.content.decode()
    assert Case.objects.count() == 0


def test_who_may_not_open(sign_in, outreach_operator, stranger, colleague, coordinator, person):
    url = f"{reverse('case_new')}?person={person.pk}"
    assert sign_in(stranger).get(url).status_code == 404
    asked = sign_in(colleague).get(url)
    assert asked.status_code == 302
    assert asked.url.startswith(reverse("file_open", args=[person.pk]))
    open_file_with_reason(by=coordinator, person=person, reason="checks the waiting list")
    assert sign_in(coordinator).get(url).status_code == 403
    for wrong in ("", "x", uuid.uuid4()):
        assert sign_in(colleague).get(f"{reverse('case_new')}?person={wrong}").status_code == 404


WORK = ("case_team", "assessment_new", "plan_edit", "service_new", "case_close")


def test_only_the_team_writes(sign_in, worker, case, colleague, stranger, desk_operator, case_worker):
    plan = services.save_plan(by=case_worker, case=case, goals=[services.GoalDraft("work", "A job")])
    pages = [address(name, case) for name in WORK] + [address("plan_sign", plan)]
    for url in pages:
        assert worker.get(url).status_code == 200
        assert sign_in(stranger).get(url).status_code == 404
        assert sign_in(stranger).post(url, {"note": "x"}).status_code == 404
        closed = sign_in(colleague).get(url)
        if url == address("case_team", case):
            assert closed.status_code == 403
            continue
        assert closed.status_code == 302
        assert closed.url.startswith(reverse("file_open", args=[case.person_id]))
        refused = sign_in(desk_operator).post(url, {"note": "x"})
        assert refused.status_code == 403
        assert "team of the case" in refused.content.decode()
    goal = plan.goals.get()
    assert sign_in(stranger).post(address("goal_status", goal), {"status": "reached"}).status_code == 404
    assert sign_in(desk_operator).post(address("goal_status", goal), {"status": "reached"}).status_code == 403
    open_file_with_reason(by=colleague, person=case.person, reason="stands in for a colleague")
    assert sign_in(colleague).get(address("case_detail", case)).status_code == 200
    assert sign_in(colleague).get(address("assessment_new", case)).status_code == 403
    for name in (*WORK, "case_detail", "plan_sign", "plan_print"):
        assert worker.get(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_strangers_of_the_city_see_the_row_and_say_why_they_open_the_file(
    sign_in, case, colleague, stranger, coordinator
):
    client = sign_in(colleague)
    rows = client.get(reverse("case_list")).content.decode()
    assert "Mohammed Provadati" in rows
    assert "Équipe" in rows
    asked = client.get(address("case_detail", case))
    assert asked.url == f"{reverse('file_open', args=[case.person_id])}?next=%2Fcases%2F{case.pk}"
    assert "Mohammed" not in sign_in(stranger).get(reverse("case_list")).content.decode()
    assert sign_in(stranger).get(address("case_detail", case)).status_code == 404
    open_file_with_reason(by=coordinator, person=case.person, reason="asked by the prefecture")
    assert "needs a bed" in sign_in(coordinator).get(address("case_detail", case)).content.decode()
    assert AuditEntry.objects.filter(action="read", object_id=case.pk, actor_id=coordinator.pk).exists()


def test_a_restricted_file_is_not_even_listed(sign_in, case, colleague, case_worker, worker):
    restrict_file(by=case_worker, person=case.person, restricted=True, reason="at risk")
    client = sign_in(colleague)
    assert "Mohammed" not in client.get(reverse("case_list")).content.decode()
    assert client.get(address("case_detail", case)).status_code == 404
    assert "Mohammed" in worker.get(reverse("case_list")).content.decode()


def test_assessment(worker, case, case_worker):
    data = {
        "record_id": str(uuid.uuid4()), "kind": "preliminary", "done_on": today(), "note": "n" * 10_000,
        "needs": ["housing", "health"], "housing": "1",
    }  # fmt: skip
    for _turn in range(2):
        assert worker.post(address("assessment_new", case), data).status_code == 302
    assessment = case.assessments.get()
    assert (len(assessment.note), assessment.needs, assessment.author) == (10_000, ["housing", "health"], case_worker)
    for change in (
        {"done_on": today(1)},
        {"done_on": today(-9)},
        {"note": ""},
        {"note": "a\x00"},
        {"kind": "x"},
        {"housing": "99"},
    ):
        response = worker.post(address("assessment_new", case), data | {"record_id": "", "note": "kept"} | change)
        assert response.status_code == 422
        assert "note" in change or "kept" in response.content.decode()
    assert case.assessments.count() == 1


def goals(*rows, **changes):
    data = {"goals-TOTAL_FORMS": len(rows), "goals-INITIAL_FORMS": 0}
    for number, (words, area, due) in enumerate(rows):
        data |= {f"goals-{number}-words": words, f"goals-{number}-area": area, f"goals-{number}-due_on": due}
    return data | changes


def test_a_plan_with_two_goals_is_written_signed_and_printed(worker, case, case_worker):
    assert worker.get(address("plan_edit", case)).content.decode().count("goal-row") == 2
    response = worker.post(
        address("plan_edit", case),
        goals(("A room of my own", "housing", today(90)), ("", "", ""), ("Italian", "language", "")),
    )
    assert response.status_code == 302
    plan = Plan.objects.get()
    assert [(g.words, g.area) for g in plan.goals.all()] == [("A room of my own", "housing"), ("Italian", "language")]
    assert "A room of my own" in worker.get(address("plan_sign", plan)).content.decode()
    assert worker.post(address("plan_sign", plan), {"signed_on": today(1), "language": "fr"}).status_code == 422
    assert worker.post(address("plan_sign", plan), {"signed_on": today(), "language": ""}).status_code == 422
    for _turn in range(2):
        assert worker.post(address("plan_sign", plan), {"signed_on": today(), "language": "fr"}).status_code == 302
    assert JourneyEvent.objects.filter(kind="plan_signed").count() == 1
    assert worker.get(address("plan_print", plan)).content.startswith(b"%PDF")
    goal = plan.goals.first()
    assert worker.post(address("goal_status", goal), {"status": "reached"}).status_code == 302
    assert worker.post(address("goal_status", goal), {"status": "nonsense"}).status_code == 302
    goal.refresh_from_db()
    assert goal.status == "reached"
    worker.post(address("plan_edit", case), goals(("A new wish", "social", ""), ("And one", "work", "")))
    assert Plan.objects.get(version=2).status == "draft"
    assert Plan.objects.get(version=1).goals.count() == 2


def test_rows_of_the_plan_are_added_and_removed_without_scripts(worker, case):
    more = worker.post(address("plan_edit", case), goals(("typed so far", "work", ""), ("", "", ""), add_row="1"))
    assert more.status_code == 200
    text = more.content.decode()
    assert text.count("goal-row") == 3
    assert "typed so far" in text
    data = goals(("stays", "work", ""), ("goes", "housing", ""))
    worker.post(address("plan_edit", case), data | {"goals-1-DELETE": "on"})
    assert [goal.words for goal in Plan.objects.get().goals.all()] == ["stays"]


@pytest.mark.parametrize(
    "data",
    [
        goals(("", "", "")),
        goals(("no area", "", "")),
        goals(("", "work", "")),
        goals(("kept", "none-such", "")),
        goals(("kept", "work", "someday")),
        goals(("kept", "work", "2001-01-01")),
        goals(("a\x00b", "work", "")),
        {},
        {"goals-TOTAL_FORMS": "x", "goals-INITIAL_FORMS": "0"},
        {"goals-TOTAL_FORMS": "-5", "goals-INITIAL_FORMS": "3"},
        {"goals-TOTAL_FORMS": "100000", "goals-INITIAL_FORMS": "0"},
    ],
)
def test_bad_input_of_a_plan(worker, case, data):
    response = worker.post(address("plan_edit", case), data | {"csrfmiddlewaretoken": "x"})
    assert response.status_code == 422
    assert Plan.objects.count() == 0


def test_services(worker, case, service_type):
    data = {
        "record_id": str(uuid.uuid4()), "service_type": service_type.pk, "delivered_on": today(), "quantity": "1,5",
    }  # fmt: skip
    data["quantity"] = "1.5"
    for _turn in range(2):
        assert worker.post(address("service_new", case), data).status_code == 302
    assert case.deliveries.get().quantity == pytest.approx(1.5)
    for change in (
        {"quantity": "0"}, {"quantity": "-1"}, {"quantity": "1e9"}, {"quantity": "NaN"}, {"delivered_on": today(1)},
        {"delivered_on": today(-5)}, {"service_type": ""}, {"service_type": uuid.uuid4()}, {"note": "\x00"},
    ):  # fmt: skip
        assert worker.post(address("service_new", case), data | {"record_id": ""} | change).status_code == 422
    assert case.deliveries.count() == 1


def test_closing_with_the_results_of_the_goals(worker, case, case_worker):
    plan = signed_plan(case, case_worker)
    first, second = plan.goals.all()
    data = {
        "closed_on": today(), "outcome": "goal_reached", "outcome_note": "has a room", "housing_at_exit": "0",
            "destination": "shared_home",
        f"goal_{first.pk}": "reached", f"goal_{second.pk}": "partly",
    }  # fmt: skip
    for change in ({"closed_on": today(1)}, {"closed_on": today(-3)}, {"outcome": ""}, {f"goal_{first.pk}": "x"}):
        response = worker.post(address("case_close", case), data | change)
        assert response.status_code == 422
        assert "has a room" in response.content.decode()
    for _turn in range(2):
        assert worker.post(address("case_close", case), data).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.outcome, case.housing_at_exit) == ("closed", "goal_reached", "0")
    assert sorted(plan.goals.values_list("status", flat=True)) == ["partly", "reached"]
    assert JourneyEvent.objects.filter(kind="case_closed").count() == 1
    assert (
        worker.post(
            address("assessment_new", case), {"kind": "preliminary", "done_on": today(), "note": "late"}
        ).status_code
        == 422
    )
    assert "has a room" in worker.get(address("case_detail", case)).content.decode()


def test_the_team_of_the_case_changes(worker, sign_in, case, case_worker, make_user, partner, stranger):
    other = make_user(Role.CASE_WORKER, partner)
    url = address("case_team", case)
    assert worker.post(url, {"manager": stranger.pk}).status_code == 422
    assert worker.post(url, {"manager": other.pk, "members": [stranger.pk]}).status_code == 422
    assert worker.post(url, {"manager": other.pk, "members": [case_worker.pk]}).status_code == 302
    assert sign_in(other).get(address("assessment_new", case)).status_code == 200
    assert worker.post(url, {"manager": other.pk}).url == reverse("case_list")
    assert worker.get(address("assessment_new", case)).status_code == 302


def test_filters_and_export_of_cases(worker, sign_in, colleague, case, case_worker):
    url = reverse("case_list")

    def count(client, **asked):
        return client.get(url, asked).context["table"].count

    assert (
        count(worker)
        == count(worker, whose="mine")
        == count(worker, whose="team")
        == count(worker, whose="managed")
        == 1
    )
    assert count(sign_in(colleague), whose="mine") == 0
    assert count(worker, status="closed") == 0
    assert count(worker, manager=case_worker.pk) == 1
    assert count(worker, plan="unsigned") == 1
    assert count(worker, plan="late") == 0
    Case.objects.update(opened_on=timezone.localdate() - timedelta(days=61))
    assert count(worker, plan="late") == 1
    assert count(worker, q="provadati") == 1
    assert count(worker, q="nobody", status="x") in {0, 1}
    assert worker.get(url, {"format": "csv"}).status_code == 200
    assert AuditEntry.objects.filter(action="export", object_type="cases.case", detail__rows__isnull=False).count() == 1


def test_the_queries_of_the_pages_do_not_grow(worker, case, case_worker, desk_operator, partner, team, service_type):
    def grow(number):
        for turn in range(number):
            somebody = register_person(
                by=desk_operator,
                team=team_of(partner, "desk"),
                details=PersonDetails(nickname=f"Ombra {turn} {number}"),
            )
            NoticeGiven.objects.create(
                person=somebody, partner=partner, kind="privacy", method="spoken", language="fr", given_by=desk_operator
            )
            services.open_case(by=desk_operator, person=somebody, team=team, manager=case_worker, basis="desk")
            services.record_assessment(
                by=case_worker, case=case, kind="in_depth", done_on=timezone.localdate(), note="again"
            )
            services.deliver_service(
                by=case_worker, case=case, service_type=service_type, delivered_on=timezone.localdate()
            )
            signed_plan(case, case_worker)

    grow(3)
    urls = [reverse("case_list"), address("case_detail", case)]
    few = [count_queries(worker, url) for url in urls]
    grow(17)
    assert [count_queries(worker, url) for url in urls] == few


def test_the_coordinator_says_who_works_on_a_case_without_reading_it(
    sign_in, coordinator, case, case_worker, colleague
):
    client = sign_in(coordinator)
    assert client.get(address("case_detail", case)).status_code == 302
    page = client.get(address("case_team", case))
    assert page.status_code == 200
    team_of(case.partner, "multidisciplinary").memberships.create(user=colleague)
    assert address("case_team", case) in client.get(reverse("case_list")).content.decode()
    form = {"manager": colleague.pk, "members": []}
    assert client.post(address("case_team", case), form).status_code == 302
    case.refresh_from_db()
    assert case.manager == colleague
    assert sign_in(colleague).get(address("case_detail", case)).status_code == 200
    assert sign_in(case_worker).get(address("case_detail", case)).status_code == 302


def test_a_plan_written_by_two_shows_what_the_other_saved(worker, case, case_worker):
    seen = worker.get(address("plan_edit", case)).context["form"]["seen"].value()
    services.save_plan(by=case_worker, case=case, goals=[services.GoalDraft("work", "A job")])
    mine = {
        "seen": seen, "goals-TOTAL_FORMS": "1", "goals-INITIAL_FORMS": "0", "goals-0-words": "A bed",
        "goals-0-area": "housing",
    }  # fmt: skip
    refused = worker.post(address("plan_edit", case), mine)
    assert refused.status_code == 422
    assert [goal.words for goal in refused.context["saved_now"]] == ["A job"]
    assert "A bed" in refused.content.decode()
    again = mine | {"seen": refused.context["form"]["seen"].value()}
    assert worker.post(address("plan_edit", case), again).status_code == 302
    assert [goal.words for goal in Goal.objects.all()] == ["A bed"]


def test_a_plan_is_not_signed_as_somebody_else_left_it(worker, case, case_worker):
    plan = services.save_plan(by=case_worker, case=case, goals=[services.GoalDraft("work", "A job")])
    seen = worker.get(address("plan_sign", plan)).context["form"]["seen"].value()
    services.save_plan(by=case_worker, case=case, goals=[services.GoalDraft("work", "Another job")])
    data = {"signed_on": timezone.localdate().isoformat(), "language": "fr", "seen": seen}
    assert worker.post(address("plan_sign", plan), data).status_code == 422
    shown = worker.get(address("plan_sign", plan)).context["form"]["seen"].value()
    assert worker.post(address("plan_sign", plan), data | {"seen": shown}).status_code == 302


def test_odd_numbers_of_rows_give_a_plan_to_write(worker, case):
    for total in ("9" * 5000, "-1", "x", "", "٣"):
        answer = worker.post(address("plan_edit", case), {"add_row": "1", "goals-TOTAL_FORMS": total})
        assert answer.status_code == 200
        assert 1 <= len(answer.context["goals"].forms) <= 21


def test_a_case_begins_after_the_one_before_it_and_ends_after_all_that_was_done(case, case_worker, person):
    today = timezone.localdate()
    Case.objects.update(opened_on=today - timedelta(days=20))
    case.refresh_from_db()
    plan = services.save_plan(by=case_worker, case=case, goals=[services.GoalDraft("work", "A job")])
    services.sign_plan(by=case_worker, plan=plan, signed_on=today - timedelta(days=3), language="fr")
    with pytest.raises(DomainError, match="after this day"):
        services.close_case(by=case_worker, case=case, closed_on=today - timedelta(days=4), outcome="moved")
    services.close_case(by=case_worker, case=case, closed_on=today - timedelta(days=3), outcome="moved")
    common = {"by": case_worker, "person": person, "team": case.team, "manager": case_worker, "basis": "desk"}
    with pytest.raises(DomainError, match="still open"):
        services.open_case(**common, opened_on=today - timedelta(days=10))
    assert services.open_case(**common, opened_on=today).is_open


def test_a_closed_case_stays_readable_for_90_days(sign_in, case, case_worker):
    services.close_case(by=case_worker, case=case, closed_on=timezone.localdate(), outcome="moved")
    assert sign_in(case_worker).get(address("case_detail", case)).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert sign_in(case_worker).get(address("case_detail", case)).status_code == 302
