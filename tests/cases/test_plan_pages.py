"""The plan through its pages: actions in rows, progress and undo, reviews, comparison, lists, my day, the own page."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import plan_actions, plan_reviews, referrals, services
from lgnet.cases.models import Plan, PlanAction, PlanReview
from lgnet.cases.plan_reviews import Reviewed
from lgnet.cases.plan_words import WORDS
from lgnet.cases.plan_writing import ActionDraft, GoalDraft, drafts_of
from lgnet.core.errors import DomainError
from lgnet.people.own_cards import OwnCardDetails, create_own_card
from lgnet.people.services import restrict_file
from tests.cases.plan_world import an_action, in_force, sign, write
from tests.conftest import team_of
from tests.queries import count_queries

TODAY = timezone.localdate


def day(days=0):
    return (TODAY() + timedelta(days=days)).isoformat()


@pytest.fixture
def case(person, case_worker, desk_operator, partner):
    team = team_of(partner, "multidisciplinary")
    return services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")


@pytest.fixture
def worker(sign_in, case_worker):
    return sign_in(case_worker)


def typed(*actions, **changes):
    """A plan with one goal and these actions, as a browser sends it."""
    data = {
        "goals-TOTAL_FORMS": "1", "goals-INITIAL_FORMS": "0", "goals-0-words": "A job", "goals-0-area": "work",
        "goals-0-actions-TOTAL_FORMS": str(len(actions)), "goals-0-actions-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, action in enumerate(actions):
        usual = {"words": "", "who": "person", "who_words": "", "starts_on": "", "due_on": "", "link": ""}
        data |= {f"goals-0-actions-{number}-{name}": value for name, value in (usual | action).items()}
    return data | changes


def test_actions_are_written_with_the_goal_and_carried_over(worker, case, case_worker, service_type):
    url = reverse("plan_edit", args=[case.pk])
    assert "Add an action" in worker.get(url).content.decode()
    data = typed(
        {"words": "Write a CV", "who": str(case_worker.pk), "starts_on": day(), "due_on": day(20)},
        {"words": "Go to the course", "link": f"service:{service_type.pk}"},
        {"words": "Ask the landlord", "who": "other", "who_words": "the cousin"}, {},
    )  # fmt: skip
    assert worker.post(url, data).status_code == 302
    plan = Plan.objects.get()
    cv, course, cousin = PlanAction.objects.order_by("position")
    assert (cv.owner, cv.due_on.isoformat(), course.link_id, course.thing) == (
        case_worker, day(20), service_type.pk, "expected",
    )  # fmt: skip
    assert (cousin.who, cousin.who_words) == ("other", "the cousin")
    sign(plan, case_worker)
    page = worker.get(url)
    rows = page.context["goals"].forms[0].actions.forms
    assert [row["words"].value() for row in rows] == ["Write a CV", "Go to the course", "Ask the landlord", None]
    assert rows[1]["follows"].value() == str(course.pk)
    again = typed(
        {"words": "Write a CV", "who": str(case_worker.pk), "follows": cv.pk},
        {"words": "Go to the course", "link": f"service:{service_type.pk}", "follows": course.pk},
        **{"goals-0-follows": plan.goals.get().pk},
    )
    assert worker.post(url, again).status_code == 302
    second = Plan.objects.get(version=2)
    assert second.goals.get().follows == plan.goals.get()
    assert [one.follows for one in second.goals.get().actions.all()] == [cv, course]


def test_nothing_typed_is_lost_and_the_word_is_at_the_place(worker, case):
    url = reverse("plan_edit", args=[case.pk])
    bad = worker.post(url, typed({"words": "Write a CV", "starts_on": day(9), "due_on": day(2)}))
    text = bad.content.decode()
    assert bad.status_code == 422
    assert 'id="id_goals-0-actions-0-due_on_error"' in text
    assert "due before it starts" in text
    assert "Write a CV" in text
    more = worker.post(url, typed({"words": "Write a CV"}, add_action="0"))
    assert more.status_code == 200
    assert more.content.decode().count('<fieldset class="plan-row"') == 2
    assert "Write a CV" in more.content.decode()
    for odd in ("x", "-1", "99", "٣"):
        assert worker.post(url, typed({"words": "a"}, add_action=odd)).status_code == 200
    for wrong in (
        {"words": "", "due_on": day()}, {"words": "a", "who": "other"}, {"words": "a", "who": str(uuid.uuid4())},
        {"words": "a", "link": f"referral:{uuid.uuid4()}"}, {"words": "a", "link": "nonsense"},
        {"words": "a", "follows": "no id"}, {"words": "x" * 400},
    ):  # fmt: skip
        assert worker.post(url, typed(wrong)).status_code == 422
    assert not Plan.objects.exists()
    gone = typed({"words": "goes", "starts_on": day(9), "due_on": day(2)}, {"words": "stays"})
    assert worker.post(url, gone | {"goals-0-actions-0-DELETE": "on"}).status_code == 302
    assert PlanAction.objects.get().words == "stays"


def test_actions_without_their_goal_are_asked_for(worker, case):
    refused = worker.post(
        reverse("plan_edit", args=[case.pk]), typed({"words": "a"}, **{"goals-0-words": "", "goals-0-area": ""})
    )
    assert refused.status_code == 422
    assert "Write the goal" in refused.content.decode()


def test_progress_in_one_press_and_undo(worker, case, case_worker, sign_in, colleague, stranger):
    _plan, (action,) = in_force(case, case_worker, an_action())
    page, done = reverse("case_detail", args=[case.pk]), reverse("plan_action_progress", args=[action.pk])
    assert worker.get(done).status_code == 405
    assert worker.post(done, {"status": "done"}).url == page
    undo = reverse("plan_action_undo", args=[action.pk])
    assert undo in worker.get(page).content.decode()
    worker.post(undo)
    action.refresh_from_db()
    assert action.status == "todo"
    worker.post(done, {"status": "nonsense"})
    worker.post(undo)  # nothing to undo: told, not failed
    action.refresh_from_db()
    assert action.status == "todo"
    for who, answer in ((colleague, {302, 403}), (stranger, {404})):
        assert sign_in(who).post(done, {"status": "done"}).status_code in answer
    action.refresh_from_db()
    assert action.status == "todo"


def test_what_came_to_nothing_asks_for_what_next(worker, case, case_worker, desk_operator, partner, service_type):
    sent = referrals.send_referral(
        by=case_worker, from_team=team_of(partner, "multidisciplinary"), to_team=team_of(partner, "desk"),
        person=case.person,
    )  # fmt: skip
    _plan, (action,) = in_force(case, case_worker, an_action(link_kind="referral", link_id=sent.pk))
    assert "Actions to look at" not in worker.get(reverse("home")).content.decode()
    referrals.refuse_referral(by=desk_operator, referral=sent, answer="full")
    home = worker.get(reverse("home")).content.decode()
    assert "Actions to look at" in home
    assert "what comes next?" in home
    link = reverse("plan_action_link", args=[action.pk])
    page = worker.get(reverse("case_detail", args=[case.pk])).content.decode()
    assert link in page
    assert reverse("referral_detail", args=[sent.pk]) in page
    assert "came to nothing" in worker.get(link).content.decode()
    assert worker.post(link, {"link": f"referral:{uuid.uuid4()}"}).status_code == 422
    assert worker.post(link, {"link": f"service:{service_type.pk}"}).status_code == 302
    assert "Actions to look at" not in worker.get(reverse("home")).content.decode()


def test_reviews(worker, case, case_worker, colleague):
    plan, (action,) = in_force(case, case_worker, an_action())
    Plan.objects.filter(pk=plan.pk).update(review_on=TODAY() - timedelta(days=1))
    assert "Plans to look at again" in worker.get(reverse("home")).content.decode()
    assert [row.pk for row in worker.get(reverse("plan_review_list")).context["table"].page_rows] == [plan.pk]
    url, goal = reverse("plan_review", args=[plan.pk]), plan.goals.get()
    assert "Ask for a course" in worker.get(url).content.decode()
    data = {
        "record_id": str(uuid.uuid4()), "done_on": day(), "person_says": "It goes well", "outcome": "goes_on",
        "next_on": day(60), f"goal_{goal.pk}": "partly", f"action_{action.pk}": "done",
    }  # fmt: skip
    for wrong in (
        {"person_says": ""}, {"outcome": ""}, {"next_on": ""}, {"next_on": day()}, {"done_on": day(1)},
        {"done_on": day(-9)}, {"next_on": day(2000)},
    ):  # fmt: skip
        refused = worker.post(url, data | wrong)
        assert refused.status_code == 422
        assert set(refused.context["form"].errors) == set(wrong)
    assert not PlanReview.objects.exists()
    for _turn in range(2):
        assert worker.post(url, data).url == reverse("case_detail", args=[case.pk])
    review = PlanReview.objects.get()
    assert review.states == [["goal", "A job", "partly"], ["action", "Ask for a course", "done"]]
    plan.refresh_from_db()
    assert plan.review_on.isoformat() == day(60)
    assert "It goes well" in worker.get(reverse("plan_detail", args=[plan.pk])).content.decode()
    new = data | {"record_id": str(uuid.uuid4()), "outcome": "new_version"}
    assert worker.post(url, new).url == reverse("plan_edit", args=[case.pk])
    closing = data | {"record_id": str(uuid.uuid4()), "outcome": "close"}
    assert worker.post(url, closing).url == reverse("case_close", args=[case.pk])
    with pytest.raises(Exception, match="team of the case"):
        plan_reviews.review_plan(by=colleague, plan=plan, reviewed=Reviewed(TODAY(), "x", "close"))
    draft = write(case, case_worker)
    with pytest.raises(DomainError, match="not signed"):
        plan_reviews.review_plan(by=case_worker, plan=draft, reviewed=Reviewed(TODAY(), "x", "close"))


def test_two_versions_are_compared(worker, case, case_worker):
    first = services.save_plan(
        by=case_worker, case=case,
        goals=[
            GoalDraft("work", "A job", actions=[an_action("keep"), an_action("move", due_on=TODAY()), an_action("drop")]),
            GoalDraft("housing", "A room"),
        ],
    )  # fmt: skip
    sign(first, case_worker)
    work, _room = drafts_of(first)
    keep, move, _drop = work.actions
    moved = ActionDraft("move", due_on=TODAY() + timedelta(days=9), follows=move.follows)
    goals = [
        GoalDraft("work", "A better job", actions=[keep, moved, an_action("new")], follows=work.follows),
        GoalDraft("health", "See a doctor"),
    ]
    second = services.save_plan(by=case_worker, case=case, goals=goals)
    changes = plan_reviews.compared(first, second)
    assert [(one.kind, one.fields) for one in changes] == [("changed", ("words",)), ("added", ()), ("gone", ())]
    assert [(one.kind, one.fields) for one in changes[0].actions] == [
        ("same", ()), ("changed", ("due_on",)), ("added", ()), ("gone", ()),
    ]  # fmt: skip
    page = worker.get(reverse("plan_compare", args=[second.pk, 1])).content.decode()
    assert all(words in page for words in ("A better job", "A job", "See a doctor", "A room", "taken away", "added"))
    assert worker.get(reverse("plan_compare", args=[second.pk, 7])).status_code == 404
    assert worker.get(reverse("plan_compare", args=[second.pk, 2])).status_code == 404


def test_lists_of_three_people(worker, case, case_worker, sign_in, colleague, stranger):
    in_force(case, case_worker, an_action(due_on=TODAY() - timedelta(days=1)))
    rows = lambda client, name, **asked: client.get(reverse(name), asked).context["table"].page_rows  # noqa: E731
    for name, asked in (("plan_action_list", {"state": "late"}), ("plan_review_list", {"state": "scan"})):
        assert len(rows(worker, name, **asked)) == 1
        assert len(rows(worker, name, **asked, mine="on")) == 1
        assert len(rows(sign_in(colleague), name, **asked)) == 1
        assert len(rows(sign_in(colleague), name, **asked, mine="on")) == 0
        assert len(rows(sign_in(stranger), name, **asked)) == 0
        assert worker.get(reverse(name), asked | {"format": "csv"}).status_code == 200
    restrict_file(by=case_worker, person=case.person, restricted=True, reason="in danger")
    assert len(rows(sign_in(colleague), "plan_action_list", state="late")) == 0


def test_the_case_costs_the_same_with_many_actions(worker, case, case_worker, service_type):
    url = reverse("case_detail", args=[case.pk])
    linked = {"link_kind": "service", "link_id": service_type.pk}
    in_force(case, case_worker, an_action(**linked), an_action(who="colleague", owner=case_worker))
    few = count_queries(worker, url)
    many = [an_action(**linked) for _n in range(6)] + [an_action(who="colleague", owner=case_worker)] * 5
    sign(services.save_plan(by=case_worker, case=case, goals=[GoalDraft("work", "A job", actions=many)]), case_worker)
    assert count_queries(worker, url) <= few + 1


# -- the person's own page --------------------------------------------------------------------------------------------


def opened(person, by, language="en", **card):
    made, pin = create_own_card(by=by, person=person, details=OwnCardDetails(language, **card))
    client = Client()
    client.post(reverse("own_enter"), {"code": made.code, "pin": pin})
    return client


def test_the_own_page_tells_what_was_signed(person, case, case_worker, desk_operator, service_type):
    client, url, home = opened(person, desk_operator), reverse("own_plan"), reverse("own_home")
    plan = write(case, case_worker, an_action("I ask"))
    assert url not in client.get(home).content.decode()
    assert WORDS["en"]["none"] in client.get(url).content.decode()
    services.save_plan(
        by=case_worker, case=case,
        goals=[GoalDraft("work", "A job", TODAY(), [
            an_action("I ask", due_on=TODAY()), an_action("The team writes", who="colleague", owner=case_worker),
            an_action("Course", who="colleague", owner=case_worker, link_kind="service", link_id=service_type.pk),
        ])],
    )  # fmt: skip
    sign(plan, case_worker)
    assert url in client.get(home).content.decode()
    text = client.get(url).content.decode()
    assert all(words in text for words in ("A job", "I ask", "Course", "work and training", "to do"))
    assert "The team writes" not in text
    assert case_worker.full_name not in text
    plan_actions.record_progress(by=case_worker, action=PlanAction.objects.get(words="I ask"), status="done")
    assert "✓" in client.get(url).content.decode()
    for language, words in WORDS.items():
        told = client.get(url, {"lang": language}).content.decode().replace("&#x27;", "'")
        assert all(words[key] in told for key in ("mine", "work", "change", "done"))
    write(case, case_worker, words="A secret wish")  # the draft of the next version
    assert "A secret wish" not in client.get(url).content.decode()


def test_a_discreet_page_tells_no_plan(person, case, case_worker, desk_operator):
    in_force(case, case_worker, an_action("I ask"))
    client, url = opened(person, desk_operator), reverse("own_plan")
    assert "I ask" in client.get(url).content.decode()
    restrict_file(by=case_worker, person=person, restricted=True, reason="in danger")
    text = client.get(url).content.decode()
    assert WORDS["en"]["hidden"] in text
    assert "I ask" not in text
    assert url not in client.get(reverse("own_home")).content.decode()
    assert Client().get(url).status_code == 302
