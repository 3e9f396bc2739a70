"""What is asked and answered: each step once in the journey, corrections as corrections, promises until they are kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.desks import request_selectors as selectors
from lgnet.desks import visit_services as visits
from lgnet.desks.models import Request, Visit
from lgnet.desks.queue import finish_ticket, issue_ticket
from lgnet.desks.request_services import (
    Answer,
    Question,
    answer_request,
    answer_so_far,
    change_request,
    check_documents,
    make_request,
    note_words,
    set_needed_document,
    void_request,
)
from lgnet.desks.services import record_arrival
from lgnet.people.models import FileMember, JourneyEvent, Person
from lgnet.people.services import PersonDetails, open_file_for, restrict_file


@pytest.fixture
def permit(db):
    return ServiceType.objects.create(
        code="residence_permit", area="legal", name_it="Permesso di soggiorno", name_en="Residence permit"
    )


@pytest.fixture
def visit(desk, person, desk_operator):
    return record_arrival(by=desk_operator, team=desk, person=person)


@pytest.fixture
def asked(visit, desk_operator, permit):
    return make_request(by=desk_operator, visit=visit, question=Question(permit, "it expires soon"))


def told(row):
    """Kinds of what the journey says of a record now."""
    return sorted(JourneyEvent.objects.filter(source_id=row.pk, voided_at=None).values_list("kind", flat=True))


def test_a_request_is_in_the_journey_with_its_service_team_and_place(asked, desk, permit, person):
    event = JourneyEvent.objects.get(source_id=asked.pk)
    assert (event.kind, event.person, event.service_type) == ("request_made", person, permit)
    assert (event.team, event.site, event.source_type) == (desk, desk.site, "desks.request")


def test_a_tap_sent_twice_is_one_request(visit, desk_operator, permit, service_type):
    key = uuid7()
    first = make_request(by=desk_operator, visit=visit, question=Question(permit), record_id=key)
    assert make_request(by=desk_operator, visit=visit, question=Question(permit), record_id=key) == first
    assert Request.objects.count() == 1
    with pytest.raises(DomainError, match="used already"):
        make_request(by=desk_operator, visit=visit, question=Question(service_type), record_id=key)


def test_what_is_asked_is_of_who_the_visit_is_of_by_now(desk, desk_operator, person, permit):
    seen = visits.receive_anonymous(by=desk_operator, team=desk)
    visits.identify_visit(by=desk_operator, visit=Visit.objects.get(), person=person)
    made = make_request(by=desk_operator, visit=seen, question=Question(permit))
    assert made.person == person
    assert JourneyEvent.objects.get(source_id=made.pk).person == person


def test_an_answer_is_told_once_however_often_it_is_said(asked, desk_operator):
    for outcome in ("answered", "answered", "referred"):
        asked = answer_request(by=desk_operator, request=asked, answer=Answer(outcome))
    assert told(asked) == ["request_answered", "request_made"]
    assert (asked.outcome, asked.answered_by, asked.answered_at is not None) == ("referred", desk_operator, True)


def test_an_answer_taken_back_is_no_longer_told(asked, desk_operator):
    asked = answer_request(by=desk_operator, request=asked, answer=Answer("answered"))
    asked = answer_request(by=desk_operator, request=asked, answer=Answer(""))
    assert (told(asked), asked.answered_at, asked.answered_by) == (["request_made"], None, None)


def test_what_cannot_be_answered_is_no_answer(asked, desk_operator):
    impossible = Answer("impossible", reason="documents")
    asked = answer_request(by=desk_operator, request=asked, answer=impossible)
    assert (told(asked), asked.answered_at is not None) == (["request_made"], True)
    asked = answer_request(by=desk_operator, request=asked, answer=Answer("answered"))
    assert told(asked) == ["request_answered", "request_made"]
    asked = answer_request(by=desk_operator, request=asked, answer=impossible)
    assert told(asked) == ["request_made"]


def test_a_promise_is_open_until_it_is_kept(asked, desk_operator, make_user, partner):
    asked = answer_request(by=desk_operator, request=asked, answer=Answer("later"))
    assert (asked.owner, asked.due_on) == (desk_operator, timezone.localdate() + timedelta(days=7))
    assert told(asked) == ["request_made"]
    assert list(selectors.promised(desk_operator)) == [asked]
    lawyer = make_user("case_worker", partner)
    tomorrow = timezone.localdate() + timedelta(days=1)
    asked = answer_request(by=desk_operator, request=asked, answer=Answer("later", owner=lawyer, due_on=tomorrow))
    assert list(selectors.promised(lawyer)) == [asked]
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert Request.objects.get().is_overdue
        kept = answer_request(by=lawyer, request=asked, answer=replace(answer_so_far(asked), outcome="answered"))
        assert not selectors.promised(desk_operator).exists()
    assert (kept.was_kept_late, kept.owner, kept.answered_by) == (True, lawyer, lawyer)
    assert told(kept) == ["request_answered", "request_made"]


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer("maybe"), "outcome"),
        (Answer("impossible"), "reason"),
        (Answer("impossible", reason="rain"), "reason"),
        (Answer("later", due_on=timezone.localdate() - timedelta(days=1)), "due_on"),
        (Answer("later", due_on=timezone.localdate() + timedelta(days=999)), "due_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(asked, desk_operator, answer, field):
    with pytest.raises(DomainError) as refused:
        answer_request(by=desk_operator, request=asked, answer=answer)
    assert refused.value.field == field
    assert Request.objects.get().outcome == ""


def test_an_owner_must_be_able_to_keep_the_promise(asked, desk_operator, stranger, outreach_operator, coordinator):
    for nobody in (stranger, outreach_operator, coordinator):
        with pytest.raises(DomainError, match="Choose a colleague"):
            answer_request(by=desk_operator, request=asked, answer=Answer("later", owner=nobody))


def test_a_restricted_file_is_promised_only_within_its_team(asked, desk, person, desk_operator, case_worker):
    open_file_for(person, user=case_worker, basis=FileMember.Basis.CASE)
    restrict_file(by=case_worker, person=person, restricted=True, reason="danger")
    FileMember.objects.filter(person=person, user=case_worker).delete()
    with pytest.raises(DomainError, match="restricted"):
        answer_request(by=desk_operator, request=asked, answer=Answer("later", owner=case_worker))


def test_another_service_is_corrected_in_the_journey(asked, desk_operator, service_type):
    asked = answer_request(by=desk_operator, request=asked, answer=Answer("answered"))
    change_request(by=desk_operator, request=asked, question=Question(service_type, "a course", "phone", "fr"))
    live = JourneyEvent.objects.filter(source_id=asked.pk, voided_at=None)
    assert {event.service_type for event in live} == {service_type}
    assert live.count() == 2
    assert JourneyEvent.objects.filter(source_id=asked.pk).count() == 4
    for wrong in (Question(service_type, mediation="dog"), Question(service_type, language="zz9")):
        with pytest.raises(DomainError):
            change_request(by=desk_operator, request=asked, question=wrong)


def test_a_service_no_longer_offered_is_kept_but_not_asked_anew(asked, visit, desk_operator, permit):
    permit.is_active = False
    permit.save()
    change_request(by=desk_operator, request=asked, question=Question(permit, "other words"))
    with pytest.raises(DomainError, match="no longer"):
        make_request(by=desk_operator, visit=visit, question=Question(permit))


def test_a_request_made_by_mistake_counts_nowhere(asked, desk_operator):
    answer_request(by=desk_operator, request=asked, answer=Answer("answered"))
    void_request(by=desk_operator, request=asked)
    void_request(by=desk_operator, request=asked)
    assert told(asked) == []
    assert not selectors.listed_requests(desk_operator).exists()
    with pytest.raises(DomainError, match="by mistake"):
        answer_request(by=desk_operator, request=asked, answer=Answer("answered"))


def test_words_are_kept_and_the_log_does_not_repeat_them(asked, desk_operator):
    note_words(by=desk_operator, request=asked, words="my landlord threatens me")
    assert Request.objects.get().words == "my landlord threatens me"
    assert "landlord" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_documents_are_ticked_and_ticks_are_taken_back(asked, desk_operator, partner, permit, service_type):
    passport = set_needed_document(by=desk_operator, partner_id=partner.pk, service_type=permit, name_it="Passaporto")
    other = set_needed_document(by=desk_operator, partner_id=partner.pk, service_type=service_type, name_it="Foto")
    check_documents(by=desk_operator, request=asked, states={passport.pk: "seen"})
    assert [line.state for line in selectors.checklists([asked])[asked.pk]] == ["seen"]
    check_documents(by=desk_operator, request=asked, states={passport.pk: ""})
    assert not asked.document_checks.exists()
    for wrong in ({other.pk: "seen"}, {passport.pk: "eaten"}):
        with pytest.raises(DomainError):
            check_documents(by=desk_operator, request=asked, states=wrong)
    with pytest.raises(DomainError, match="already"):
        set_needed_document(by=desk_operator, partner_id=partner.pk, service_type=permit, name_it=" passaporto ")


def test_only_the_desk_writes(asked, visit, permit, case_worker, colleague, stranger, outreach_operator):
    for outsider in (case_worker, colleague, stranger, outreach_operator):
        with pytest.raises(PermissionDenied):
            make_request(by=outsider, visit=visit, question=Question(permit))
        with pytest.raises(PermissionDenied):
            answer_request(by=outsider, request=asked, answer=Answer("answered"))
        with pytest.raises(PermissionDenied):
            void_request(by=outsider, request=asked)
        with pytest.raises(PermissionDenied):
            visits.close_visit(by=outsider, visit=visit)
    assert told(asked) == ["request_made"]


# -- visits ----------------------------------------------------------------------------------------------------------


def test_who_does_not_say_who_it_is_asks_all_the_same_and_is_no_person_reached(desk, desk_operator, permit):
    key = uuid7()
    visit = visits.receive_anonymous(by=desk_operator, team=desk, topic="legal", record_id=key)
    assert visits.receive_anonymous(by=desk_operator, team=desk, record_id=key) == visit
    asked = make_request(by=desk_operator, visit=visit, question=Question(permit))
    events = JourneyEvent.objects.all()
    assert {(event.kind, event.person, event.trace) for event in events} == {
        ("arrival", None, None), ("request_made", None, None),
    }  # fmt: skip
    assert asked.person is None


def test_the_name_told_later_takes_the_visit_and_its_requests_along(desk, desk_operator, permit, person, case_worker):
    visit = visits.receive_anonymous(by=desk_operator, team=desk)
    asked = make_request(by=desk_operator, visit=visit, question=Question(permit))
    with pytest.raises(PermissionDenied):
        visits.identify_visit(by=case_worker, visit=visit, person=person)
    visits.identify_visit(by=desk_operator, visit=visit, person=person)
    visits.identify_visit(by=desk_operator, visit=visit, person=person)  # pressed twice
    live = JourneyEvent.objects.filter(source_id__in=[visit.pk, asked.pk], voided_at=None)
    assert {event.person for event in live} == {person}
    assert live.count() == 2
    assert Request.objects.get().person == person
    other = visits.identify_as_new(
        by=desk_operator, visit=visits.receive_anonymous(by=desk_operator, team=desk),
        details=PersonDetails(nickname="Nuvola"),
    )  # fmt: skip
    assert other.person == Person.objects.get(nickname="Nuvola")
    with pytest.raises(DomainError, match="known already"):
        visits.identify_visit(by=desk_operator, visit=visit, person=other.person)


def test_time_is_measured_from_the_call_and_can_be_corrected(desk, desk_operator, person, partner, coordinator):
    from lgnet.desks import queue, screens

    start = timezone.now().replace(hour=10, minute=0) - timedelta(days=1)
    with time_machine.travel(start, tick=False):
        counter = screens.create_counter(by=coordinator, team=desk, name="1")
        queue.take_counter(by=desk_operator, counter=counter)
        issue_ticket(team=desk)
        ticket = queue.call_next(by=desk_operator, counter=counter)
    with time_machine.travel(start + timedelta(minutes=5), tick=False):
        visit = record_arrival(by=desk_operator, team=desk, person=person)
        finish_ticket(by=desk_operator, ticket=ticket, status="served", visit=visit)
    with time_machine.travel(start + timedelta(minutes=25), tick=False):
        assert visits.close_visit(by=desk_operator, visit=visit).minutes == 25
        assert visits.close_visit(by=desk_operator, visit=visit, minutes=40).minutes == 40
        with pytest.raises(DomainError):
            visits.close_visit(by=desk_operator, visit=visit, minutes=601)
    assert Visit.objects.get().minutes == 40


def test_a_visit_is_not_closed_over_something_unanswered(visit, asked, desk_operator):
    with pytest.raises(DomainError, match="not answered"):
        visits.close_visit(by=desk_operator, visit=visit)
    answer_request(by=desk_operator, request=asked, answer=Answer("later"))
    visits.close_visit(by=desk_operator, visit=visit)
    assert Visit.objects.get().closed_by == desk_operator


def test_a_visit_forgotten_for_hours_has_no_minutes(visit, desk_operator):
    with time_machine.travel(timezone.now() + timedelta(hours=9)):
        assert visits.close_visit(by=desk_operator, visit=visit).minutes is None


def test_a_visit_written_down_the_next_day_was_asked_when_the_person_came(desk, person, desk_operator, permit):
    came = timezone.now() - timedelta(days=1)
    visit = record_arrival(by=desk_operator, team=desk, person=person, arrived_at=came)
    asked = make_request(by=desk_operator, visit=visit, question=Question(permit))
    answered = answer_request(by=desk_operator, request=asked, answer=Answer("answered"))
    assert asked.asked_at == answered.answered_at == came


def test_topics_are_those_asked_most_often_after_those_of_the_area(desk, visit, desk_operator, permit, service_type):
    assert [one.code for one in selectors.topics_of(desk).often] == ["italian_course", "residence_permit"]
    for _ in range(2):
        make_request(by=desk_operator, visit=visit, question=Question(permit))
    assert [one.code for one in selectors.topics_of(desk).often] == ["residence_permit", "italian_course"]
    assert [one.code for one in selectors.topics_of(desk, "language").often] == ["italian_course", "residence_permit"]
