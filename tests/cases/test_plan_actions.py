"""Actions of a plan: written, carried over, recorded, and following the real things they are linked to."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lgnet.audit.models import AuditEntry
from lgnet.cases import plan_actions, referrals, services
from lgnet.cases.models import PlanAction, Referral, ThingState
from lgnet.cases.plan_links import LinkKind, kinds, may_link, progressed, put, register
from lgnet.cases.plan_writing import ActionDraft, GoalDraft, drafts_of
from lgnet.catalogue.models import ServiceType
from lgnet.core.errors import DomainError
from lgnet.desks.appointment_booking import book_appointment, cancel_appointment
from lgnet.desks.appointment_models import Appointment
from lgnet.desks.appointment_outcomes import confirm_appointment, mark_arrived, mark_kept, mark_missed, undo_outcome
from lgnet.desks.appointment_slots import free_slots
from lgnet.people.services import restrict_file
from tests.cases.plan_world import an_action, in_force, sign, write
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening, tomorrow

TODAY = timezone.localdate


@pytest.fixture
def case(person, case_worker, desk_operator, partner):
    team = team_of(partner, "multidisciplinary")
    return services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")


@pytest.fixture
def world(case, person, case_worker, desk_operator, partner, service_type):
    return SimpleNamespace(
        case=case, person=person, worker=case_worker, desk=desk_operator, partner=partner, service_type=service_type,
        desk_team=team_of(partner, "desk"), team=team_of(partner, "multidisciplinary"),
    )  # fmt: skip


# -- the registry: for each kind, a thing made by services and moved through its states ---------------------------------


def a_referral(world):
    sent = referrals.send_referral(by=world.worker, from_team=world.team, to_team=world.desk_team, person=world.person)
    yield sent.pk, "expected"
    referrals.mark_seen(by=world.desk, referral=sent)
    yield sent.pk, "expected"
    referrals.accept_referral(by=world.desk, referral=sent)
    yield sent.pk, "under_way"
    referrals.mark_not_arrived(by=world.desk, referral=sent)
    yield sent.pk, "failed"
    referrals.reopen_referral(by=world.worker, referral=sent)
    yield sent.pk, "expected"
    referrals.refuse_referral(by=world.desk, referral=sent, answer="full")
    yield sent.pk, "failed"
    referrals.mark_arrived(by=world.desk, referral=sent, person=world.person, arrived_at=timezone.now())
    yield sent.pk, "done"
    referrals.close_referral(by=world.desk, referral=sent, result=next(iter(Referral.Result)))
    yield sent.pk, "done"


def an_appointment(world):
    kind = a_kind(world.desk, world.desk_team)
    opening = an_opening(world.desk, world.desk_team, kind, world.desk)
    slots = free_slots(kind, tomorrow(), tomorrow())
    made = book_appointment(
        by=world.desk, person=world.person, kind=kind, opening_id=opening.pk, starts_at=slots[0].starts_at
    )
    yield made.pk, "expected"
    made = confirm_appointment(by=world.desk, appointment=made)
    yield made.pk, "expected"
    Appointment.objects.filter(pk=made.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    made = mark_missed(by=world.desk, appointment=made)
    yield made.pk, "failed"
    made = undo_outcome(by=world.desk, appointment=made)
    yield made.pk, "expected"
    if TODAY() == timezone.localdate(Appointment.objects.get(pk=made.pk).starts_at):
        made = mark_arrived(by=world.desk, appointment=made)
        yield made.pk, "under_way"
    made = mark_kept(by=world.desk, appointment=made)
    yield made.pk, "done"
    made = undo_outcome(by=world.desk, appointment=made)
    yield made.pk, "expected"
    cancel_appointment(by=world.desk, appointment=made, reason=Appointment.Reason.MISTAKE)
    yield made.pk, "failed"


def a_service(world):
    yield world.service_type.pk, "expected"
    services.deliver_service(by=world.worker, case=world.case, service_type=world.service_type, delivered_on=TODAY())
    yield world.service_type.pk, "done"


LIVES = {"referral": a_referral, "appointment": an_appointment, "service": a_service}
STATUS = {"expected": "todo", "under_way": "under_way", "done": "done", "failed": "todo"}


def test_every_kind_of_thing_has_its_life_here(db):
    assert {kind.code for kind in kinds()} == set(LIVES)


@pytest.mark.parametrize("code", sorted(LIVES))
def test_an_action_follows_its_thing_through_all_its_states(code, world):
    life = LIVES[code](world)
    thing, first = next(life)
    assert may_link(world.worker, world.case, code, thing)
    _plan, (action,) = in_force(world.case, world.worker, an_action(link_kind=code, link_id=thing))
    assert (action.thing, action.status) == (first, STATUS[first])
    kind = next(kind for kind in kinds() if kind.code == code)
    for thing, state in life:
        before = action.status
        action.refresh_from_db()
        assert (action.thing, action.status) == (state, STATUS[state])
        assert bool(action.done_on) == (state == "done")
        assert action.asks_what_next == (state == "failed")
        seen = kind.look(world.case, [thing])[thing]
        assert seen.name
        assert seen.state in {None, state}
        if before != action.status:
            last = AuditEntry.objects.filter(object_id=action.pk, action="update").last()
            assert (last.person_id, last.detail["because"]) == (world.person.pk, code)
    assert not may_link(world.worker, world.case, code, uuid.uuid4())


def test_things_of_others_are_not_offered(world, stranger, make_user, other_partner, colleague):
    sent, _state = next(a_referral(world))
    assert not may_link(stranger, world.case, "referral", sent)
    assert not may_link(world.worker, world.case, "no such kind", sent)
    with pytest.raises(DomainError, match="from the list") as refused:
        write(world.case, world.worker, an_action(link_kind="referral", link_id=uuid.uuid4()))
    assert refused.value.field == "link"


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        register(LinkKind("referral", "", lambda user, case: [], lambda case, ids: {}))


def test_one_service_fulfils_one_action(world):
    wants = [
        an_action("second", link_kind="service", link_id=world.service_type.pk, due_on=TODAY() + timedelta(days=9)),
        an_action("first", link_kind="service", link_id=world.service_type.pk, due_on=TODAY() + timedelta(days=2)),
    ]
    _plan, actions = in_force(world.case, world.worker, *wants)
    other = ServiceType.objects.create(code="legal", area="legal", name_it="Legale", name_en="Legal")
    services.deliver_service(by=world.worker, case=world.case, service_type=other, delivered_on=TODAY())
    services.deliver_service(by=world.worker, case=world.case, service_type=world.service_type, delivered_on=TODAY())
    assert [PlanAction.objects.get(pk=one.pk).status for one in actions] == ["todo", "done"]


def test_what_was_said_by_hand_stays_and_is_taken_back(world):
    life = a_referral(world)
    thing, _first = next(life)
    _plan, (action,) = in_force(world.case, world.worker, an_action(link_kind="referral", link_id=thing))
    plan_actions.record_progress(by=world.worker, action=action, status="not_done")
    progressed("referral", thing, ThingState.UNDER_WAY, by=world.desk)
    action.refresh_from_db()
    assert (action.status, action.thing) == ("not_done", "under_way")
    plan_actions.undo_progress(by=world.worker, action=action)
    action.refresh_from_db()
    assert (action.status, action.thing, action.said_by) == ("todo", "expected", None)  # as the thing itself stands


def test_progress_is_recorded_and_undone_without_a_new_version(case, case_worker, colleague):
    _plan, (action,) = in_force(case, case_worker, an_action())
    done = plan_actions.record_progress(by=case_worker, action=action, status="done")
    assert (done.status, done.done_on) == ("done", TODAY())
    again = plan_actions.record_progress(by=case_worker, action=action, status="done")
    assert again.before == "todo"  # pressed twice, it is said once
    back = plan_actions.undo_progress(by=case_worker, action=action)
    assert (back.status, back.done_on) == ("todo", None)
    with pytest.raises(DomainError, match="same day"):
        plan_actions.undo_progress(by=case_worker, action=action)
    with pytest.raises(DomainError, match="list"):
        plan_actions.record_progress(by=case_worker, action=action, status="perhaps")
    with pytest.raises(DomainError, match="future"):
        plan_actions.record_progress(by=case_worker, action=action, status="done", on=TODAY() + timedelta(days=1))
    with pytest.raises(Exception, match="team of the case"):
        plan_actions.record_progress(by=colleague, action=action, status="done")
    assert case.plans.count() == 1
    write(case, case_worker, an_action("another"))
    draft = PlanAction.objects.get(words="another")
    with pytest.raises(DomainError, match="not signed"):
        plan_actions.record_progress(by=case_worker, action=draft, status="done")
    sign(case.plans.get(version=2), case_worker)
    with pytest.raises(DomainError, match="newer version"):
        plan_actions.record_progress(by=case_worker, action=action, status="done")


def test_actions_are_carried_over_with_their_links_and_states(world):
    life = a_referral(world)
    thing, _first = next(life)
    plan, (linked, plain) = in_force(
        world.case, world.worker, an_action("go", link_kind="referral", link_id=thing), an_action("ask")
    )
    plan_actions.record_progress(by=world.worker, action=plain, status="under_way")
    services.set_goal_status(by=world.worker, goal=plan.goals.get(), status="partly")
    second = services.save_plan(by=world.worker, case=world.case, goals=drafts_of(plan))
    assert [(one.follows, one.status) for one in second.goals.get().actions.all()] == [
        (linked, "todo"), (plain, "under_way"),
    ]  # fmt: skip
    referrals.refuse_referral(by=world.desk, referral=Referral.objects.get(pk=thing), answer="full")
    linked.refresh_from_db()
    assert linked.thing == "failed"
    second = services.save_plan(by=world.worker, case=world.case, goals=drafts_of(second))  # saved once more
    sign(second, world.worker)
    assert second.goals.get().status == "partly"
    carried, other = second.goals.get().actions.all()
    assert (carried.follows, carried.link_id, carried.thing) == (linked, thing, "failed")
    assert (other.follows, other.status) == (plain, "under_way")
    referrals.mark_arrived(
        by=world.desk, referral=Referral.objects.get(pk=thing), person=world.person, arrived_at=timezone.now()
    )
    carried.refresh_from_db()
    linked.refresh_from_db()
    assert (carried.status, linked.status) == ("done", "todo")  # what was signed before stays as it was


def test_what_waits_for_the_case_worker(world, colleague, stranger):
    life = a_referral(world)
    thing, _first = next(life)
    in_force(
        world.case, world.worker, an_action("go", link_kind="referral", link_id=thing),
        an_action("late", due_on=TODAY() - timedelta(days=1)), an_action("soon", due_on=TODAY() + timedelta(days=1)),
    )  # fmt: skip
    words = lambda rows: sorted(row.words for row in rows)  # noqa: E731
    assert words(plan_actions.waiting_actions(world.worker)) == ["late"]
    referrals.refuse_referral(by=world.desk, referral=Referral.objects.get(pk=thing), answer="full")
    assert words(plan_actions.waiting_actions(world.worker)) == ["go", "late"]
    assert words(plan_actions.waiting_actions(colleague)) == []
    assert words(plan_actions.actions_of_cases(colleague)) == ["go", "late", "soon"]
    assert words(plan_actions.actions_of_cases(stranger)) == []
    failed = PlanAction.objects.get(words="go")
    plan_actions.link_action(by=world.worker, action=failed, kind="service", thing_id=world.service_type.pk)
    failed.refresh_from_db()
    assert (failed.link_kind, failed.thing, failed.asks_what_next) == ("service", "expected", False)
    plan_actions.link_action(by=world.worker, action=failed, kind="", thing_id=None)
    failed.refresh_from_db()
    assert (failed.link_kind, failed.link_id, failed.thing) == ("", None, "")
    restrict_file(by=world.worker, person=world.person, restricted=True, reason="in danger")
    assert words(plan_actions.actions_of_cases(colleague)) == []
    with pytest.raises(Http404):
        plan_actions.get_action_to_work_on(stranger, failed.pk)


def test_nothing_moves_once_the_case_is_closed(world):
    life = a_referral(world)
    thing, _first = next(life)
    _plan, (action,) = in_force(world.case, world.worker, an_action(link_kind="referral", link_id=thing))
    services.close_case(by=world.worker, case=world.case, closed_on=TODAY(), outcome="goal_reached")
    referrals.accept_referral(by=world.desk, referral=Referral.objects.get(pk=thing))
    action.refresh_from_db()
    assert action.status == "todo"


@pytest.mark.parametrize(
    ("action", "field"),
    [
        (ActionDraft("  "), "words"),
        (ActionDraft("a", starts_on=TODAY(), due_on=TODAY() - timedelta(days=1)), "due_on"),
        (ActionDraft("a", who="colleague"), "who"),
        (ActionDraft("a", who="other", who_words=" "), "who_words"),
        (ActionDraft("a", link_kind="referral"), "link"),
    ],
)
def test_actions_that_cannot_be(case, case_worker, action, field):
    with pytest.raises(DomainError) as refused:
        write(case, case_worker, action)
    assert refused.value.field == field
    assert not case.plans.exists()


def test_who_does_it_works_on_the_case(case, case_worker, colleague):
    with pytest.raises(DomainError, match="does not work"):
        write(case, case_worker, ActionDraft("a", who="colleague", owner=colleague))
    plan = write(case, case_worker, ActionDraft("a", who="colleague", owner=case_worker))
    assert plan.goals.get().actions.get().owner == case_worker


def test_the_database_knows_too(case, case_worker):
    plan = write(case, case_worker, an_action())
    for values in (
        {"starts_on": TODAY(), "due_on": TODAY() - timedelta(days=1)}, {"status": "done"}, {"who": "colleague"},
        {"link_kind": "referral"}, {"thing": "done"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanAction.objects.filter(goal__plan=plan).update(**values)


@given(
    st.sampled_from(ThingState.values), st.sampled_from(PlanAction.Status.values), st.booleans(),
    st.sampled_from(ThingState.values),
)  # fmt: skip
def test_an_action_stands_as_its_thing_unless_somebody_said_how_it_ended(first, status, by_hand, then):
    done = TODAY() if status == "done" else None
    action = PlanAction(status=status, done_on=done, thing=first, said_by_id=uuid.uuid4() if by_hand else None)
    put(action, ThingState(then))
    said = by_hand and status in {"done", "not_done"}
    assert action.status == (status if said else STATUS[then])
    assert bool(action.done_on) == (action.status == "done")
    assert action.thing == then


def test_goals_hold_no_more_than_can_be_read(case, case_worker):
    with pytest.raises(DomainError, match="at most"):
        services.save_plan(
            by=case_worker, case=case, goals=[GoalDraft("work", "A job", actions=[an_action() for _n in range(13)])]
        )
