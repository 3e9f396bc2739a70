"""The states of a referral and its clocks: whatever is tried in whatever order, the table holds and all tell the same."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral, ReferralNote, ReferralStep
from lgnet.cases.receivers import set_clocks
from lgnet.cases.referral_clocks import Clock, deadlines, next_due, working_days_later
from lgnet.cases.referral_moves import KINDS
from lgnet.cases.referrals import (
    accept_referral,
    close_referral,
    mark_arrived,
    mark_arrived_outside,
    mark_not_arrived,
    mark_seen,
    refuse_referral,
    reopen_referral,
    send_referral,
    withdraw_referral,
)
from lgnet.core.errors import DomainError
from lgnet.core.periods import at_clock
from lgnet.people.models import FileMember, JourneyEvent
from tests.cases.referral_world import make_body
from tests.conftest import team_of

Status = Referral.Status


@pytest.fixture
def referral(partner, desk_operator, person):
    return send_referral(
        by=desk_operator, from_team=team_of(partner, "desk"), to_team=team_of(partner, "multidisciplinary"),
        person=person, need="housing", reason="sleeps at the station",
    )  # fmt: skip


ACTS = {
    "see": Status.SEEN, "accept": Status.ACCEPTED, "refuse": Status.REFUSED, "arrive": Status.ARRIVED,
    "miss": Status.NOT_ARRIVED, "reopen": Status.SENT, "close": Status.CLOSED, "withdraw": Status.WITHDRAWN,
}  # fmt: skip


def do(act, referral, sender, receiver):
    match act:
        case "see":
            mark_seen(by=receiver, referral=referral)
        case "accept":
            accept_referral(by=receiver, referral=referral, answer="Monday")
        case "refuse":
            refuse_referral(by=receiver, referral=referral, answer="full")
        case "arrive" if referral.to_team.is_outside:
            mark_arrived_outside(by=receiver, referral=referral)
        case "arrive":
            mark_arrived(by=receiver, referral=referral, person=referral.person, arrived_at=timezone.now())
        case "miss":
            mark_not_arrived(by=sender, referral=referral)
        case "reopen":
            reopen_referral(by=sender, referral=referral)
        case "close":
            close_referral(by=receiver, referral=referral, result="helped")
        case "withdraw":
            withdraw_referral(by=sender, referral=referral)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(sorted(ACTS)), max_size=9), outside=st.booleans(), stale=st.booleans())
def test_whatever_is_tried_the_state_is_legal_and_everything_tells_the_same(
    acts, outside, stale, partner, desk_operator, case_worker, person
):
    with transaction.atomic():
        body = make_body(partner, desk_operator) if outside else team_of(partner, "multidisciplinary")
        receiver = desk_operator if outside else case_worker
        sent = send_referral(by=desk_operator, from_team=team_of(partner, "desk"), to_team=body, person=person)
        states = [Status.SENT]
        for act in acts:
            if act == "see" and outside:
                continue  # seen by its link only
            held = sent if stale else Referral.objects.get(pk=sent.pk)
            allowed = ACTS[act] in Referral.TRANSITIONS[states[-1]]
            try:
                do(act, held, desk_operator, receiver)
            except DomainError:
                assert not allowed, act
            else:
                assert allowed or act == "see", act
                if allowed:
                    states.append(ACTS[act])
            now = Referral.objects.get(pk=sent.pk)
            assert now.status == states[-1]
            assert (now.due_at is not None) == (now.status in Referral.OPEN)
        check_told(sent.pk, states, outside, person, body)
        transaction.set_rollback(True)


def check_told(pk, states, outside, person, body):
    steps = list(ReferralStep.objects.filter(referral=pk).order_by("created_at", "pk").values_list("status", flat=True))
    assert steps == states
    told = [KINDS[state] for state in states if state in KINDS and (outside or state != Status.ARRIVED)]
    events = JourneyEvent.objects.filter(source_id=pk, voided_at=None).order_by("recorded_at", "pk")
    assert [event.kind for event in events] == told
    assert {event.person_id for event in events} == {person.pk}
    assert AuditEntry.objects.filter(object_id=pk, object_type="cases.referral").count() == len(states)
    members = FileMember.objects.filter(person=person, team=body, basis="referral")
    has_file = any(member.ends_at is None or member.ends_at > timezone.now() for member in members)
    # who refuses, or is not asked any more, has the file no longer; so it is after closing what was refused
    lost = [state for state in states if state in {Status.REFUSED, Status.WITHDRAWN, Status.SENT, Status.ARRIVED}][-1]
    assert has_file == (not outside and lost in {Status.SENT, Status.ARRIVED})


def test_the_usual_clocks_and_what_is_late(referral, case_worker):
    friday = at_clock(date(2026, 12, 4), time(10))  # a Friday before the holiday of the 8th
    Referral.objects.filter(pk=referral.pk).update(asked_at=friday, sent_at=friday)
    referral.refresh_from_db()
    seen, answered = deadlines(referral)
    assert (seen.clock, timezone.localtime(seen.due_at).strftime("%d %H")) == (Clock.SEEN, "09 10")
    assert timezone.localtime(answered.due_at).strftime("%d %H") == "11 10"
    referral.due_at = next_due(referral)
    referral.save()
    with time_machine.travel(friday + timedelta(days=6), tick=False):
        assert referral.is_late
        mark_seen(by=case_worker, referral=referral)
        assert not referral.is_late
        assert deadlines(referral)[0].is_late  # it was seen, but too late
    with time_machine.travel(friday + timedelta(days=8), tick=False):
        assert referral.is_late
        come = timezone.now() + timedelta(days=30)
        accept_referral(by=case_worker, referral=referral, come_at=come)
        assert referral.due_at == come + timedelta(days=1)  # not late before the appointment


def test_working_days_across_the_change_of_the_clock():
    friday = at_clock(date(2027, 3, 26), time(10))  # Easter, and the clock is put forward
    assert timezone.localtime(working_days_later(friday, 1)).strftime("%d/%m %H") == "30/03 10"


def test_the_day_of_the_patron_is_no_working_day_there():
    tuesday = at_clock(date(2026, 6, 23), time(10))  # Saint John of Genoa and Turin is on the 24th
    assert timezone.localtime(working_days_later(tuesday, 1)).day == 24
    assert timezone.localtime(working_days_later(tuesday, 1, "GE")).day == 25
    assert timezone.localtime(working_days_later(tuesday, 1, "XX")).day == 24


def test_the_coordinator_sets_the_days_and_what_is_open_is_reckoned_anew(
    coordinator, desk_operator, stranger, referral
):
    team, before = referral.to_team, referral.due_at
    for user in (desk_operator, stranger):
        with pytest.raises(PermissionDenied):
            set_clocks(by=user, team=team, seen_days=1, answer_days=1, arrive_days=1)
    for wrong in (0, 91):
        with pytest.raises(DomainError):
            set_clocks(by=coordinator, team=team, seen_days=1, answer_days=wrong, arrive_days=1)
    set_clocks(by=coordinator, team=team, seen_days=9, answer_days=3, arrive_days=5)
    referral.refresh_from_db()
    assert referral.due_at != before
    assert timezone.localtime(referral.due_at).date() == timezone.localdate() + timedelta(days=3)
    set_clocks(by=coordinator, team=team, seen_days=9, answer_days=3, arrive_days=5)
    assert AuditEntry.objects.filter(object_type="cases.receiver").count() == 1


def test_nobody_came_asked_once_more_sent_elsewhere(sign_in, partner, desk_operator, case_worker, colleague, referral):
    desk, detail = sign_in(desk_operator), reverse("referral_detail", args=[referral.pk])
    accept_referral(by=case_worker, referral=referral, answer="Monday at ten")
    assert "should have come by now" not in desk.get(detail).content.decode()
    Referral.objects.update(answered_at=timezone.now() - timedelta(days=20), due_at=timezone.now() - timedelta(days=6))
    for user in (desk_operator, case_worker):
        page = sign_in(user).get(detail).content.decode()
        assert "should have come by now" in page
        assert "The person did not come" in page
        assert "Late referrals" in sign_in(user).get(reverse("home")).content.decode()
    missed = reverse("referral_not_arrived", args=[referral.pk])
    assert sign_in(colleague).post(missed, {"x": 1}).status_code == 403
    assert sign_in(case_worker).post(missed, {"x": 1}).status_code == 302
    page = desk.get(detail).content.decode()
    assert "Ask once more" in page
    assert "look for another way" in desk.get(reverse("home")).content.decode()
    assert desk.post(reverse("referral_reopen", args=[referral.pk]), {"x": 1}).status_code == 302
    again = Referral.objects.get()
    assert (again.status, again.answer, again.seen_at) == ("sent", "", None)
    assert again.due_at > timezone.now()
    assert sign_in(case_worker).post(missed, {"x": 1}).status_code == 302
    elsewhere = f"{reverse('referral_new')}?person={referral.person_id}&after={referral.pk}"
    assert elsewhere.replace("&", "&amp;") in desk.get(detail).content.decode()
    form = desk.get(elsewhere).context["form"]
    assert (form["need"].value(), form["reason"].value()) == ("housing", "sleeps at the station")
    body = make_body(partner, desk_operator, email="")
    data = {"from_team": referral.from_team_id, "to_team": body.pk, "need": "housing", "reason": "x"}
    assert desk.post(elsewhere, data).status_code == 302
    assert Referral.objects.get(to_team=body).follows == referral
    assert body.name in desk.get(detail).content.decode()
    assert "look for another way" not in desk.get(reverse("home")).content.decode()


@pytest.mark.parametrize("after", ["x", "00000000-0000-0000-0000-000000000000"])
def test_after_nothing_known_is_a_new_referral(sign_in, desk_operator, person, after):
    url = f"{reverse('referral_new')}?person={person.pk}&after={after}"
    assert sign_in(desk_operator).get(url).status_code == 200


def test_both_sides_read_the_same_thread_and_correct_only_their_own(
    sign_in, desk_operator, case_worker, colleague, stranger, referral
):
    ours, theirs = sign_in(desk_operator), sign_in(case_worker)
    detail, note = (reverse(f"referral_{name}", args=[referral.pk]) for name in ("detail", "note"))
    assert ours.post(note, {"text": "She speaks Wolof"}).status_code == 302
    first = ReferralNote.objects.get()
    assert "not read by the other side yet" in ours.get(detail).content.decode()
    assert 'hx-trigger="load, submit"' in theirs.get(detail).content.decode()
    assert (
        theirs.post(reverse("referral_seen", args=[referral.pk]), {"x": 1}, HTTP_HX_REQUEST="true").status_code == 200
    )
    referral.refresh_from_db()
    assert referral.status == "seen"
    assert "hx-trigger" not in theirs.get(detail).content.decode().split("<main")[1]
    assert f"by {case_worker.full_name}" in ours.get(detail).content.decode()
    assert theirs.post(note, {"text": "mine now", "corrects": first.pk}).status_code == 422
    assert ours.post(note, {"text": "She speaks Fula", "corrects": first.pk}).status_code == 302
    assert ours.post(note, {"text": "once more", "corrects": first.pk}).status_code == 422
    for client in (ours, theirs):
        page = client.get(detail).content.decode()
        assert "<s>She speaks Wolof</s>" in page
        assert "She speaks Fula" in page
    lost = ours.post(note, {"text": "  "})
    assert lost.status_code == 422
    assert sign_in(stranger).post(note, {"text": "x"}).status_code == 404
    assert sign_in(colleague).post(note, {"text": "x"}).status_code == 403
    assert "She speaks" not in sign_in(colleague).get(detail).content.decode()
    assert sign_in(colleague).post(reverse("referral_seen", args=[referral.pk]), {"x": 1}).status_code == 403
    withdraw_referral(by=desk_operator, referral=Referral.objects.get())
    assert theirs.post(note, {"text": "kept in the form"}).status_code == 422
    assert ReferralNote.objects.count() == 2


@pytest.mark.parametrize("model", [ReferralStep, ReferralNote])
def test_the_database_keeps_what_was_said(model, sign_in, desk_operator, referral):
    sign_in(desk_operator).post(reverse("referral_note", args=[referral.pk]), {"text": "kept"})
    for change in ("delete", "update"):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete() if change == "delete" else model.objects.update(by_name="x")


def test_closing_says_what_came_of_it(sign_in, case_worker, desk_operator, referral):
    close, office = reverse("referral_close", args=[referral.pk]), sign_in(case_worker)
    assert office.post(close, {"result": "helped"}).status_code == 422  # nobody has come yet
    mark_arrived(by=case_worker, referral=referral, person=referral.person, arrived_at=timezone.now())
    for wrong in ("", "nonsense"):
        answer = office.post(close, {"result": wrong, "answer": "kept words"})
        assert answer.status_code == 422
        assert "kept words" in answer.content.decode()
    assert office.post(close, {"result": "taken_on", "answer": "has a room"}).status_code == 302
    page = sign_in(desk_operator).get(reverse("referral_detail", args=[referral.pk])).content.decode()
    assert "followed from now on" in page
    assert "has a room" in page


def test_filters_of_the_list(sign_in, partner, desk_operator, case_worker, person, referral):
    body = make_body(partner, desk_operator)
    outside = send_referral(by=desk_operator, from_team=referral.from_team, to_team=body, person=person)
    mark_seen(by=case_worker, referral=referral)
    client, url = sign_in(desk_operator), reverse("referral_list")

    def found(**asked):
        return {row.pk for row in client.get(url, asked).context["table"].page_rows}

    assert found(kind="inside") == {referral.pk}
    assert found(kind="outside") == found(kind="health") == {outside.pk}
    assert found(kind="police") == set()
    assert found(status="seen") == {referral.pk}
    assert found(status="unanswered") == found(status="open") == {referral.pk, outside.pk}
    Referral.objects.filter(pk=outside.pk).update(due_at=timezone.now() - timedelta(days=1))
    assert found(late="on") == {outside.pk}
    assert "late: seen by" in client.get(url).content.decode()
    assert b"late: seen by" in client.get(url, {"format": "csv"}).content
