"""What is asked, through the pages: added in seconds, answered in one tap, promised, listed, seen by whom it may."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType
from lgnet.core.ids import uuid7
from lgnet.desks.models import NeededDocument, Request, Visit
from lgnet.desks.request_services import Answer, Question, answer_request, make_request, set_needed_document
from lgnet.desks.services import record_arrival
from lgnet.desks.visit_services import receive_anonymous
from lgnet.people.models import FileMember
from lgnet.people.services import open_file_for, restrict_file
from tests.queries import count_queries

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "requests"}
LIST, PROMISED, DOCUMENTS = reverse("request_list"), reverse("promise_list"), reverse("needed_document_list")


@pytest.fixture
def permit(db):
    return ServiceType.objects.create(
        code="residence_permit", area="legal", name_it="Permesso di soggiorno", name_en="Residence permit"
    )


@pytest.fixture
def counter(sign_in, desk_operator):
    return sign_in(desk_operator)


@pytest.fixture
def visit(desk, person, desk_operator):
    return record_arrival(by=desk_operator, team=desk, person=person)


@pytest.fixture
def asked(visit, desk_operator, permit):
    return make_request(by=desk_operator, visit=visit, question=Question(permit))


def page(client, name, row):
    return client.get(reverse(name, args=[row.pk])).content.decode()


def tap(client, name, row, **data):
    return client.post(reverse(name, args=[row.pk]), data, **HTMX).content.decode()


def test_from_the_arrival_on_to_what_is_asked(counter, desk, person, permit):
    typed = {"record_id": uuid7(), "team": desk.pk, "who": person.pk, "ask": "1"}
    answer = counter.post(reverse("visit_new"), typed)
    visit = Visit.objects.get()
    assert answer.url == reverse("visit_detail", args=[visit.pk])
    assert answer.url in counter.get(reverse("desk_today")).content.decode()
    shown = page(counter, "visit_detail", visit)
    assert "Nothing yet. Press what is asked" in shown
    assert 'data-number="1"' in shown
    key = uuid7()
    first = tap(counter, "request_new", visit, service_type=permit.pk, record_id=key)
    tap(counter, "request_new", visit, service_type=permit.pk, record_id=key)  # the finger was quick
    asked = Request.objects.get()
    assert first.lstrip().startswith('<div id="requests"')
    assert "1 request has no outcome yet." in first
    assert counter.post(reverse("request_words", args=[asked.pk]), {"words": "it expires"}).status_code == 204
    done = tap(counter, "request_answer", asked, outcome="answered", words="it expires in May")
    assert "it expires in May" in done
    closed = counter.post(reverse("visit_close", args=[visit.pk]), {"minutes": "12"}, follow=True).content.decode()
    assert "The visit is closed." in closed
    assert "12 minutes" in closed


def test_mediator_and_language_are_said_once_for_a_visit(counter, visit, desk_operator, permit):
    make_request(by=desk_operator, visit=visit, question=Question(permit, mediation="own", language="ar"))
    tap(counter, "request_new", visit, service_type=permit.pk)
    assert list(Request.objects.values_list("mediation", "language")) == [("own", "ar")] * 2


def test_taps_that_say_nothing_are_told_in_words(counter, visit, asked):
    assert "Choose what is asked." in tap(counter, "request_new", visit, service_type="")
    assert "Say why it cannot be answered." in tap(counter, "request_answer", asked, outcome="impossible")
    answer = counter.post(reverse("visit_close", args=[visit.pk]), {"minutes": "7"})
    assert answer.status_code == 422
    assert 'value="7"' in answer.content.decode()
    assert "is not answered yet" in answer.content.decode()
    plain = counter.post(reverse("request_answer", args=[asked.pk]), {"outcome": "soup"}, follow=True)
    assert "Select a valid choice" in plain.content.decode()


def test_refined_promised_and_handed_on(counter, asked, permit, service_type, make_user, partner, sign_in):
    lawyer = make_user("case_worker", partner)
    edit = reverse("request_edit", args=[asked.pk])
    assert counter.get(edit).status_code == 200
    due = timezone.localdate() + timedelta(days=3)
    typed = {
        "service_type": service_type.pk, "words": "a course near the station", "mediation": "phone", "language": "fr",
        "outcome": "later", "owner": lawyer.pk, "due_on": due.isoformat(),
    }  # fmt: skip
    refused = counter.post(edit, typed | {"due_on": "2020-01-01"})
    assert refused.status_code == 422
    assert "a course near the station" in refused.content.decode()
    assert Request.objects.get().service_type == permit  # nothing is half saved
    assert counter.post(edit, typed).url == reverse("visit_detail", args=[asked.visit_id])
    client = sign_in(lawyer)
    listed = client.get(PROMISED).content.decode()
    assert "Italian course" in listed
    assert reverse("queue_panel") not in listed  # the queue is for who receives people
    mine = client.get(edit)
    assert mine.status_code == 200
    assert "service_type" not in mine.context["form"].fields
    assert client.post(edit, {"outcome": "answered", "answer": "on Monday at nine"}).url == PROMISED
    row = Request.objects.get()
    assert (row.outcome, row.answer, row.words) == ("answered", "on Monday at nine", "a course near the station")


def test_who_keeps_a_promise_is_not_told_the_rest_of_the_visit(
    asked, visit, desk_operator, service_type, make_user, partner, sign_in
):
    make_request(by=desk_operator, visit=visit, question=Question(service_type, "something of nobody else"))
    lawyer = make_user("case_worker", partner)
    answer_request(by=desk_operator, request=asked, answer=Answer("later", owner=lawyer))
    FileMember.objects.all().delete()
    told = sign_in(lawyer).post(reverse("request_answer", args=[asked.pk]), {"outcome": "answered"}, **HTMX)
    assert "something of nobody else" not in told.content.decode()
    assert told.url == PROMISED
    asked.refresh_from_db()
    assert asked.outcome == "answered"


def test_documents_are_kept_by_the_city_and_ticked_at_the_desk(counter, asked, permit, coordinator, sign_in):
    boss = sign_in(coordinator)
    typed = {
        "service_type": permit.pk,
        "name_it": "Passaporto",
        "name_en": "Passport",
        "position": "1",
        "is_active": "on",
    }
    form = boss.get(reverse("needed_document_new")).context["form"]
    typed |= {"partner": form["partner"].value(), "record_id": form["record_id"].value()}
    assert boss.post(reverse("needed_document_new"), typed).url == DOCUMENTS
    assert boss.post(reverse("needed_document_new"), typed).url == DOCUMENTS  # sent twice
    row = NeededDocument.objects.get()
    assert "There is" not in boss.get(DOCUMENTS).content.decode()
    again = boss.post(reverse("needed_document_new"), typed | {"record_id": uuid7()})
    assert (again.status_code, "on the list already" in again.content.decode()) == (422, True)
    assert "Passport" in page(counter, "visit_detail", asked.visit)
    tap(counter, "request_documents", asked, **{f"document-{row.pk}": "missing", "document-nonsense": "seen"})
    assert asked.document_checks.get().state == "missing"
    edit = reverse("needed_document_edit", args=[row.pk])
    assert boss.post(edit, {k: v for k, v in typed.items() if k != "is_active"}).url == DOCUMENTS
    assert "Passport" in page(counter, "visit_detail", asked.visit)  # what was looked at stays shown


def test_somebody_who_does_not_say_who_it_is(counter, desk, permit, person):
    typed = {"record_id": uuid7(), "team": desk.pk, "who": "nobody", "topic": "legal"}
    answer = counter.post(reverse("visit_new"), typed)
    visit = Visit.objects.get()
    assert (answer.url, visit.person) == (reverse("visit_detail", args=[visit.pk]), None)
    assert counter.post(reverse("visit_new"), typed).url == answer.url
    assert "Does not say who it is" in page(counter, "visit_detail", visit)
    for shown in (reverse("desk_today"), reverse("visit_list"), reverse("home")):
        assert "does not say who it is" in counter.get(shown).content.decode()
    tap(counter, "request_new", visit, service_type=permit.pk)
    assert "does not say who it is" in counter.get(LIST).content.decode()
    who = reverse("visit_identify", args=[visit.pk])
    assert person.pseudonym in counter.get(who, {"q": "Provadati"}).content.decode()
    assert counter.post(who, {"who": "nonsense"}).status_code == 422
    assert counter.post(who, {"who": "new"}).status_code == 422
    assert counter.post(who, {"who": person.pk}).url == reverse("visit_detail", args=[visit.pk])
    assert Request.objects.get().person == person


def test_who_sees_a_visit(sign_in, asked, visit, case_worker, colleague, stranger, outreach_operator, person):
    addresses = [reverse("visit_detail", args=[visit.pk]), reverse("request_edit", args=[asked.pk])]
    for outsider in (case_worker, colleague, outreach_operator):
        for address in addresses:
            assert sign_in(outsider).get(address).url.startswith(reverse("file_open", args=[person.pk]))
    for address in addresses:
        assert sign_in(stranger).get(address).status_code == 404
    open_file_for(person, user=case_worker, basis=FileMember.Basis.CASE)
    client = sign_in(case_worker)
    shown = client.get(addresses[0]).content.decode()
    assert "Residence permit" in shown
    assert "<textarea" not in shown
    assert client.post(reverse("request_answer", args=[asked.pk]), {"outcome": "answered"}).status_code == 403
    assert client.post(addresses[1], {"outcome": "answered"}).status_code == 403
    assert AuditEntry.objects.filter(object_type="desks.visit", action="read", actor_id=case_worker.pk).exists()


def test_a_visit_without_a_name_is_for_its_desk(sign_in, desk, desk_operator, case_worker, stranger):
    visit = receive_anonymous(by=desk_operator, team=desk)
    address = reverse("visit_detail", args=[visit.pk])
    assert sign_in(case_worker).get(address).status_code == 403
    assert sign_in(stranger).get(address).status_code == 404


def test_a_restricted_file_is_hidden_from_the_lists_of_others(sign_in, asked, person, case_worker, desk_operator, desk):
    open_file_for(person, user=case_worker, basis=FileMember.Basis.CASE)
    restrict_file(by=case_worker, person=person, restricted=True, reason="danger")
    client = sign_in(desk_operator)
    assert "Residence permit" in client.get(LIST).content.decode()  # the desk that received the person is in the team
    FileMember.objects.filter(person=person, team=desk).delete()
    assert person.name_as_used not in client.get(LIST).content.decode()
    assert client.get(reverse("visit_detail", args=[asked.visit_id])).status_code == 404
    assert client.get(reverse("request_edit", args=[asked.pk])).status_code == 404


def test_the_list_is_narrowed_and_exported(counter, visit, desk_operator, permit, service_type, sign_in, stranger):
    for service, words, language in ((permit, "expires", "ar"), (service_type, "evening", "fr"), (permit, "lost", "")):
        row = make_request(by=desk_operator, visit=visit, question=Question(service, words, "", language))
    answer_request(by=desk_operator, request=row, answer=Answer("impossible", "documents"))
    for asked, number in (
        ({"area": "legal"}, 2), ({"service": service_type.pk}, 1), ({"outcome": "open"}, 2), ({"language": "fr"}, 1),
        ({"outcome": "impossible"}, 1), ({"q": "evening"}, 1), ({"q": "provadati"}, 3), ({"since": "2031-01-01"}, 0),
    ):  # fmt: skip
        sheet = load_workbook(BytesIO(counter.get(LIST, asked | {"format": "xlsx"}).content)).active
        assert len(list(sheet.values)) - 1 == number, asked
    assert AuditEntry.objects.filter(action="export", object_type="desks.request").exists()
    assert "Provadati" not in sign_in(stranger).get(LIST).content.decode()


def test_late_promises_are_marked_and_narrowed(counter, asked, desk_operator, visit):
    answer_request(by=desk_operator, request=asked, answer=Answer("later"))
    assert "in time" in counter.get(PROMISED).content.decode()
    Request.objects.update(due_on=timezone.localdate() - timedelta(days=2))
    assert "overdue" in counter.get(PROMISED, {"when": "late", "whose": "mine"}).content.decode()
    later = record_arrival(by=desk_operator, team=visit.team, person=visit.person)
    assert "Promised before, not done yet:" in page(counter, "visit_detail", later)


def test_pages_ask_as_much_for_many_as_for_few(counter, visit, desk_operator, permit, partner):
    set_needed_document(by=desk_operator, partner_id=partner.pk, service_type=permit, name_it="Passaporto")
    address = reverse("visit_detail", args=[visit.pk])
    row = make_request(by=desk_operator, visit=visit, question=Question(permit))
    answer_request(by=desk_operator, request=row, answer=Answer("later"))
    few = [count_queries(counter, one) for one in (address, LIST, PROMISED)]
    for outcome in ("later", "answered", ""):
        row = make_request(by=desk_operator, visit=visit, question=Question(permit))
        answer_request(by=desk_operator, request=row, answer=Answer(outcome))
    assert [count_queries(counter, one) for one in (address, LIST, PROMISED)] == few
    assert few[0] <= 22
