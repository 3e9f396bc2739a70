"""A request answered from a reviewed page: found by words, read to the person, given, and counted on the page."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lgnet.catalogue import knowledge
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.errors import DomainError
from lgnet.desks.models import Request
from lgnet.desks.request_services import Answer, Question, answer_request, make_request, void_request
from lgnet.desks.services import record_arrival
from tests.conftest import team_of


@pytest.fixture
def permit(db):
    return ServiceType.objects.create(
        code="residence_permit", area="legal", name_it="Permesso di soggiorno", name_en="Residence permit"
    )


@pytest.fixture
def asked(partner, person, desk_operator, permit):
    visit = record_arrival(by=desk_operator, team=team_of(partner, Team.Kind.DESK), person=person)
    return make_request(by=desk_operator, visit=visit, question=Question(permit, language="fr"))


@pytest.fixture
def give(desk_operator, coordinator):
    """Write a page for a city and have it approved."""

    def write(partner, title, body="Si va alla posta con il kit.", topic="legal"):
        review_by = timezone.localdate() + timedelta(days=200)
        answer = knowledge.Answer(title=title, body=body, topic=topic, review_by=review_by)
        version = knowledge.write_page(by=desk_operator, partner=partner, answer=answer)
        knowledge.submit_version(by=desk_operator, version=version)
        return knowledge.approve_version(by=coordinator, version=version)

    return write


def test_a_page_is_found_given_and_counted(sign_in, desk_operator, partner, asked, give):
    page, other = give(partner, "Rinnovare il permesso"), give(partner, "Iscriversi alla scuola", topic="language")
    client, address = sign_in(desk_operator), reverse("request_pages", args=[asked.pk])
    assert address in client.get(reverse("visit_detail", args=[asked.visit_id])).content.decode()
    about = client.get(address).content.decode()
    assert page.title in about
    assert other.title not in about
    assert f"{reverse('knowledge_read', args=[page.pk])}?language=fr" in about
    found = client.get(address, {"q": "scuola"}).content.decode()
    assert other.title in found
    assert page.title not in found
    assert "No page has these words." in client.get(address, {"q": "xyzzy"}).content.decode()
    answer = client.post(reverse("request_answer", args=[asked.pk]), {"outcome": "answered", "page": page.pk})
    assert answer.url == reverse("visit_detail", args=[asked.visit_id])
    row = Request.objects.get()
    assert (row.outcome, row.answer_page, row.answer_title) == ("answered", page, "Rinnovare il permesso")
    knowledge_page = reverse("knowledge_detail", args=[page.pk])
    assert knowledge_page in client.get(answer.url).content.decode()
    assert "Given as an answer 1 time" in client.get(knowledge_page).content.decode()
    assert knowledge_page in client.get(reverse("request_edit", args=[asked.pk])).content.decode()
    void_request(by=desk_operator, request=row)
    assert "Given as an answer" not in client.get(knowledge_page).content.decode()


def test_what_was_given_stays_when_the_page_is_outdated(desk_operator, partner, asked, give):
    page = give(partner, "Rinnovare il permesso")
    row = answer_request(by=desk_operator, request=asked, answer=Answer("answered", answer_page=page))
    knowledge.outdate_version(by=desk_operator, version=page, reason="The law changed")
    again = answer_request(by=desk_operator, request=row, answer=Answer("answered", answer="more", answer_page=page))
    assert (again.answer, again.answer_title) == ("more", "Rinnovare il permesso")
    taken_back = answer_request(by=desk_operator, request=row, answer=Answer("answered"))
    assert (taken_back.answer_page, taken_back.answer_title) == (None, "")
    with pytest.raises(DomainError, match="no answer any more"):
        answer_request(by=desk_operator, request=row, answer=Answer("answered", answer_page=page))


def test_pages_of_other_cities_and_words_that_are_no_page_are_refused(
    sign_in, desk_operator, asked, other_partner, make_user, give
):
    writer, reviewer = make_user("desk_operator", other_partner), make_user("coordinator", other_partner)
    answer = knowledge.Answer(
        title="Altrove", body="Altrove.", topic="legal", review_by=timezone.localdate() + timedelta(days=90)
    )
    theirs = knowledge.write_page(by=writer, partner=other_partner, answer=answer)
    knowledge.submit_version(by=writer, version=theirs)
    knowledge.approve_version(by=reviewer, version=theirs)
    client, address = sign_in(desk_operator), reverse("request_answer", args=[asked.pk])
    for page in (theirs.pk, "soup"):
        assert client.post(address, {"outcome": "answered", "page": page}).status_code == 404
    with pytest.raises(DomainError):
        answer_request(by=desk_operator, request=asked, answer=Answer("answered", answer_page=theirs))
    assert Request.objects.get().outcome == ""
    assert sign_in(writer).get(reverse("request_pages", args=[asked.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        answer_request(by=writer, request=asked, answer=Answer("answered", answer_page=theirs))
