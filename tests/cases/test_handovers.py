"""Handovers: both work on it until it is accepted, tasks go along, and everything comes back as it was."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import handover_selectors, handovers, services, tasks
from lgnet.cases.handover_points import Point, _sources, handover_points, points_of
from lgnet.cases.handovers import Passing
from lgnet.cases.models import Case, Handover
from lgnet.cases.policies import works_on
from lgnet.core.errors import DomainError
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.appointment_slots import free_slots
from lgnet.network.models import Membership, User
from lgnet.network.roles import Role
from lgnet.people.models import Person
from lgnet.people.services import restrict_file
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening

LIST, NEW = reverse("case_handover_list"), reverse("case_handover_new")
TODAY = timezone.localdate


@pytest.fixture
def case(person, case_worker, desk_operator, partner):
    team = team_of(partner, "multidisciplinary")
    return services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")


@pytest.fixture
def receiver(make_user, partner):
    return make_user(Role.CASE_WORKER, partner)


def fresh(user):
    return User.objects.get(pk=user.pk)


def give(by, giver, receiver, *cases, **values):
    return handovers.hand_over(by=by, passing=Passing(giver, receiver, cases, **values))


def now(case):
    return Case.objects.get(pk=case.pk)


def test_until_it_is_accepted_both_work_on_it(case, case_worker, receiver):
    task = tasks.add_task(by=case_worker, case=case, words="Chiamare", owner=case_worker)
    handover = give(case_worker, case_worker, receiver, case)
    assert now(case).manager == case_worker
    assert works_on(case_worker, case)
    assert works_on(receiver, case)
    with pytest.raises(PermissionDenied):
        handovers.accept_handover(by=case_worker, handover=handover)
    handovers.accept_handover(by=receiver, handover=handover)
    assert handovers.accept_handover(by=receiver, handover=handover).status == "accepted"  # pressed twice
    task.refresh_from_db()
    assert (now(case).manager, task.owner, works_on(case_worker, case)) == (receiver, receiver, False)
    handovers.hand_back(by=receiver, handover=handover)
    handovers.hand_back(by=receiver, handover=handover)
    task.refresh_from_db()
    assert (now(case).manager, task.owner, works_on(case_worker, case)) == (case_worker, case_worker, True)
    assert not works_on(receiver, case)


def test_declined_or_taken_back_nothing_has_changed(case, case_worker, receiver, colleague):
    handover = give(case_worker, case_worker, receiver, case)
    with pytest.raises(DomainError, match="why not"):
        handovers.decline_handover(by=receiver, handover=handover, reason=" ")
    with pytest.raises(PermissionDenied):
        handovers.withdraw_handover(by=colleague, handover=handover)
    handovers.decline_handover(by=receiver, handover=handover, reason="Sono in ferie")
    assert not works_on(receiver, case)
    again = give(case_worker, case_worker, receiver, case)
    handovers.withdraw_handover(by=case_worker, handover=again)
    assert not works_on(receiver, case)
    assert now(case).manager == case_worker
    with pytest.raises(DomainError, match="ended already"):
        handovers.accept_handover(by=receiver, handover=again)


def test_somebody_stands_in_and_it_comes_back_by_itself(case, case_worker, receiver):
    handover = give(case_worker, case_worker, receiver, case, until=TODAY() + timedelta(days=3))
    handovers.accept_handover(by=receiver, handover=handover)
    assert now(case).manager == receiver
    assert works_on(case_worker, case)  # who is away stays in the team
    assert handover_selectors.open_handover_of(case).handover == handover
    call_command("end_stand_ins")
    assert now(case).manager == receiver
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        assert Handover.objects.get().is_over
        call_command("end_stand_ins")
    assert (now(case).manager, works_on(receiver, case)) == (case_worker, False)


def test_what_cannot_be_handed_over(case, case_worker, receiver, colleague, stranger, make_user, partner):
    def refused(match, *values, by=case_worker, **more):
        with pytest.raises(DomainError, match=match):
            give(by, *values, **more)

    refused("somebody else", case_worker, case_worker, case)
    refused("at least one", case_worker, receiver)
    refused("in this city", case_worker, stranger, case)
    refused("not in the team", case_worker, colleague, case)
    refused("has passed", case_worker, receiver, case, until=TODAY() - timedelta(days=1))
    refused("not followed", receiver, case_worker, case, by=receiver)
    with pytest.raises(PermissionDenied):
        give(colleague, case_worker, receiver, case)
    give(case_worker, case_worker, receiver, case)
    refused("already", case_worker, receiver, case)
    services.close_case(by=case_worker, case=case, closed_on=TODAY(), outcome="other")
    refused("closed", case_worker, receiver, case)


def test_the_checklist_fills_itself(case, case_worker):
    goal = services.GoalDraft("work", "Un lavoro", TODAY())
    assert [one.key for one in points_of(case_worker, case)] == ["plan", "tell"]
    plan = services.save_plan(by=case_worker, case=case, goals=[goal])
    services.sign_plan(by=case_worker, plan=plan, signed_on=TODAY(), language="it")
    tasks.add_task(by=case_worker, case=case, words="Chiamare", owner=case_worker, due_on=TODAY())
    source = handover_points(lambda user, one: [Point("above", "Appuntamento")])
    try:
        kinds = [one.key.split(":")[0] for one in points_of(case_worker, case)]
    finally:
        _sources.remove(source)
    assert kinds == ["task", "goal", "above", "tell"]


def test_appointments_ahead_are_on_the_checklist(case, case_worker, coordinator, partner):
    team = team_of(partner, "multidisciplinary")
    kind = a_kind(coordinator, team)
    an_opening(coordinator, team, kind, case_worker)
    slot = free_slots(kind, TODAY() + timedelta(days=1), TODAY() + timedelta(days=30))[0]
    book_appointment(
        by=case_worker, person=case.person, kind=kind, opening_id=slot.opening.pk, starts_at=slot.starts_at
    )
    point = next(one for one in points_of(case_worker, case) if one.key.startswith("appointment:"))
    assert point.words.startswith("Appointment: Équipe Provaltina")


def test_who_left_and_the_coordinator_hands_over_at_once(sign_in, case, case_worker, receiver, coordinator):
    Membership.objects.filter(user=case_worker).update(ends_on=TODAY() - timedelta(days=1))
    assert list(handover_selectors.left_alone(coordinator)) == [case]
    client = sign_in(coordinator)
    assert case_worker.full_name in client.get(LIST).content.decode()
    url = f"{NEW}?giver={case_worker.pk}"
    page = client.get(url)
    assert page.context["form"].initial["cases"] == [str(case.pk)]
    data = {"receiver": receiver.pk, "cases": [case.pk], "record_id": page.context["form"]["record_id"].value()}
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 302  # no case is left to be handed over, or the one that was made
    handover = Handover.objects.get()
    assert (handover.status, now(case).manager) == ("accepted", receiver)
    assert list(handover_selectors.left_alone(fresh(coordinator))) == []
    client.post(reverse("case_handover_act", args=[handover.pk, "back"]))
    assert now(case).manager == case_worker


def test_on_its_pages(sign_in, case, case_worker, receiver, colleague, stranger):
    client = sign_in(case_worker)
    page = client.get(reverse("case_detail", args=[case.pk])).content.decode()
    assert f"{NEW}?case={case.pk}" in page
    assert client.post(NEW, {"receiver": receiver.pk}).status_code == 422
    assert client.post(NEW, {"receiver": receiver.pk, "cases": [case.pk], "words": "Tutto"}).status_code == 302
    handover = Handover.objects.get()
    url, line = reverse("case_handover", args=[handover.pk]), handover.lines.get()
    write = reverse("case_handover_line", args=[line.pk])
    assert "The plan is not signed yet" in client.get(url).content.decode()
    client.post(write, {"key": "plan", "point": "The plan is not signed yet", "ticked": "1"})
    client.post(write, {"new_point": "Le chiavi"})
    client.post(write, {"new_point": "Le chiavi"})
    client.post(write, {"words": "Preferisce il mattino"})
    page = sign_in(receiver).get(url).content.decode()
    assert page.count("passed on") == 1
    assert page.count("<span>Le chiavi") == 1
    assert "Preferisce il mattino" in page
    for user, status in ((stranger, 404), (colleague, 404)):
        assert sign_in(user).get(url).status_code == status
        assert sign_in(user).post(write, {"new_point": "x"}).status_code == status
        assert sign_in(user).post(reverse("case_handover_act", args=[handover.pk, "accept"])).status_code == status
    assert sign_in(receiver).post(reverse("case_handover_decline", args=[handover.pk]), {}).status_code == 422
    assert sign_in(receiver).post(reverse("case_handover_act", args=[handover.pk, "accept"])).status_code == 302
    assert now(case).manager == receiver
    assert sign_in(receiver).post(reverse("case_handover_act", args=[handover.pk, "dance"])).status_code == 404
    assert sign_in(colleague).get(f"{NEW}?giver={case_worker.pk}").status_code == 403


def test_the_coordinator_sees_no_restricted_case(sign_in, case, case_worker, receiver, coordinator):
    handover = give(case_worker, case_worker, receiver, case)
    restrict_file(by=case_worker, person=Person.objects.get(), restricted=True, reason="in pericolo")
    client = sign_in(coordinator)
    assert "Provadati" not in client.get(reverse("case_handover", args=[handover.pk])).content.decode()
    assert client.get(LIST).context["table"].page_rows[0].cases == 0
    assert client.get(f"{NEW}?giver={case_worker.pk}").status_code == 404


def test_open_for_too_long(sign_in, case, case_worker, receiver, coordinator):
    give(case_worker, case_worker, receiver, case)
    client = sign_in(coordinator)
    assert client.get(LIST, {"state": "long"}).context["table"].page_rows == []
    Handover.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert len(client.get(LIST, {"state": "long"}).context["table"].page_rows) == 1


def test_the_team_changes_before_it_is_accepted(case, case_worker, receiver, make_user, partner):
    third = make_user(Role.CASE_WORKER, partner)
    handover = give(case_worker, case_worker, receiver, case)
    services.change_team_of_case(by=case_worker, case=now(case), manager=third, members=[case_worker])
    handovers.accept_handover(by=receiver, handover=handover)
    assert now(case).manager == third  # somebody has decided otherwise meanwhile
    assert works_on(receiver, case)
    assert not works_on(case_worker, case)
    handovers.hand_back(by=receiver, handover=handover)
    assert now(case).manager == third
    assert works_on(case_worker, case)
    assert not works_on(receiver, case)


def test_nothing_to_do_is_left_with_who_leaves(case, case_worker, receiver):
    def owners():
        return set(case.tasks.filter(status="open").values_list("owner", flat=True))

    handover = give(case_worker, case_worker, receiver, case)
    tasks.add_task(by=case_worker, case=case, words="Chiamare", owner=receiver)
    handovers.decline_handover(by=receiver, handover=handover, reason="Ne ho troppi")
    assert owners() == {case_worker.pk}
    handover = give(case_worker, case_worker, receiver, case)
    handovers.accept_handover(by=receiver, handover=handover)
    assert owners() == {receiver.pk}
    assert handover.lines.get().tasks  # what went along is remembered, also where the giver has left
    tasks.add_task(by=receiver, case=now(case), words="Scrivere", owner=receiver)
    handovers.hand_back(by=receiver, handover=handover)
    assert owners() == {case_worker.pk}


def test_who_became_the_manager_meanwhile_stays(case, case_worker, receiver, make_user, partner):
    third = make_user(Role.CASE_WORKER, partner)
    services.change_team_of_case(by=case_worker, case=case, manager=case_worker, members=[receiver])
    handover = give(receiver, receiver, third, now(case))
    services.change_team_of_case(by=case_worker, case=now(case), manager=receiver, members=[third])
    handovers.accept_handover(by=third, handover=handover)
    assert now(case).manager == receiver
    assert works_on(receiver, case)
    assert works_on(third, case)


def parts(case, user):
    """The areas on which somebody works in the case; None is nobody of the team."""
    return case.members.filter(user=user, ends_at=None).values_list("areas", flat=True).first()


@pytest.fixture
def part_of(case, case_worker):
    def part(users):
        services.change_team_of_case(
            by=case_worker, case=now(case), manager=case_worker, members=[*users],
            areas={user.pk: codes for user, codes in users.items()},
        )  # fmt: skip

    return part


@pytest.mark.parametrize("end", ["decline", "withdraw", "back"])
def test_who_worked_on_a_part_takes_on_the_whole_and_then_the_part(case, case_worker, receiver, part_of, end, sign_in):
    part_of({receiver: ["work"]})
    handover = give(case_worker, case_worker, receiver, case)
    assert parts(case, receiver) == []
    assert works_on(receiver, case)
    if end == "decline":
        handovers.decline_handover(by=receiver, handover=handover, reason="Ne ho troppi")
    elif end == "withdraw":
        handovers.withdraw_handover(by=case_worker, handover=handover)
    else:
        client, url = sign_in(receiver), reverse("case_handover", args=[handover.pk])
        page = client.post(reverse("case_handover_act", args=[handover.pk, "accept"]), follow=True)
        assert page.redirect_chain[-1] == (url, 302)
        assert (now(case).manager, parts(case, case_worker)) == (receiver, None)
        handovers.hand_back(by=receiver, handover=handover)
    assert (now(case).manager, parts(case, case_worker), parts(case, receiver)) == (case_worker, [], ["work"])
    assert not works_on(receiver, case)
    assert list(case.person.file_members.filter(user=receiver).values_list("for_part", flat=True)) == [True]


def test_narrowed_before_it_is_accepted_it_can_still_be(case, case_worker, receiver, part_of, sign_in):
    handover = give(case_worker, case_worker, receiver, case)
    part_of({receiver: ["work"]})
    assert sign_in(receiver).post(reverse("case_handover_act", args=[handover.pk, "accept"])).status_code == 302
    assert now(case).manager == receiver
    handovers.hand_back(by=case_worker, handover=handover)
    assert parts(case, receiver) is None


def test_two_parts_are_both_until_it_comes_back(case, case_worker, receiver, part_of, make_user, partner):
    giver = make_user(Role.CASE_WORKER, partner)
    part_of({receiver: ["work"], giver: ["housing", "legal"]})
    handover = give(giver, giver, receiver, case)
    assert parts(case, receiver) == ["housing", "legal", "work"]
    handovers.accept_handover(by=receiver, handover=handover)
    assert (parts(case, receiver), parts(case, giver)) == (["housing", "legal", "work"], None)
    handovers.hand_back(by=receiver, handover=handover)
    assert (parts(case, receiver), parts(case, giver)) == (["work"], ["housing", "legal"])


def test_what_cannot_be_done_any_more_is_said(case, case_worker, receiver, sign_in):
    handover = give(case_worker, case_worker, receiver, case)
    Membership.objects.filter(user=receiver).update(role=Role.DESK_OPERATOR)
    client, act = sign_in(fresh(receiver)), reverse("case_handover_act", args=[handover.pk, "accept"])
    assert "do not work on every one" in client.post(act, follow=True).content.decode()
    assert Handover.objects.get().is_open
    page = sign_in(case_worker).post(act, follow=True)
    assert "Only who receives the cases accepts them." in page.content.decode()
