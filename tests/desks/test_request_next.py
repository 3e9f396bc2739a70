"""What follows a request: an appointment or a referral, begun with what is known, and back to the visit."""

import re

import pytest
from django.urls import reverse

from lgnet.cases.models import Referral
from lgnet.catalogue.models import ServiceType, Team
from lgnet.desks.models import Appointment
from lgnet.desks.request_services import Answer, Question, answer_request, make_request
from lgnet.desks.services import record_arrival
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening


@pytest.fixture
def asked(desk, person, desk_operator):
    permit = ServiceType.objects.create(code="residence_permit", area="legal", name_it="Permesso", name_en="Permit")
    visit = record_arrival(by=desk_operator, team=desk, person=person)
    return make_request(by=desk_operator, visit=visit, question=Question(permit))


def link_of(client, asked, words):
    """The address behind the words on the page of the visit."""
    page = client.get(reverse("visit_detail", args=[asked.visit_id])).content.decode()
    found = re.search(rf'<a href="([^"]+)">{words}</a>', page)
    return found and found[1].replace("&amp;", "&")


def test_an_appointment_is_booked_about_it_and_leads_back(sign_in, desk_operator, desk, asked):
    kind = a_kind(desk_operator, desk)
    an_opening(desk_operator, desk, kind, desk_operator, weekdays=(0, 1, 2, 3, 4, 5, 6))
    client, back = sign_in(desk_operator), reverse("visit_detail", args=[asked.visit_id])
    assert link_of(client, asked, "Book an appointment") is None
    answer_request(by=desk_operator, request=asked, answer=Answer("appointment"))
    kinds = client.get(link_of(client, asked, "Book an appointment")).content.decode()
    assert "About what is asked" in kinds
    times_url = re.search(rf'href="(\?person=[^"]+kind={kind.pk}[^"]+)"', kinds)[1].replace("&amp;", "&")
    times = client.get(reverse("appointment_new") + times_url).content.decode()
    slot, record = re.search(r'name="slot" value="([^"]+)"', times)[1], re.search(r'record_id" value="([^"]+)"', times)
    typed = {"slot": slot, "record_id": record[1] if record else ""}
    booked = client.post(reverse("appointment_new") + times_url, typed)
    made = Appointment.objects.get()
    assert booked.url == f"{reverse('appointment_detail', args=[made.pk])}?visit={asked.visit_id}"
    assert back in client.get(booked.url).content.decode()
    assert "Back to the visit" not in client.get(reverse("appointment_detail", args=[made.pk])).content.decode()
    assert "Back to the visit" not in client.get(f"{booked.url}soup").content.decode()


def test_a_referral_is_written_about_it_and_leads_back(sign_in, desk_operator, partner, asked):
    client, back = sign_in(desk_operator), reverse("visit_detail", args=[asked.visit_id])
    answer_request(by=desk_operator, request=asked, answer=Answer("referred"))
    address = link_of(client, asked, "Write the referral")
    page = client.get(address).content.decode()
    assert '<option value="legal" selected>' in page
    case_team = team_of(partner, Team.Kind.MULTIDISCIPLINARY)
    typed = {"from_team": asked.team_id, "to_team": case_team.pk, "need": "legal", "reason": "permit"}
    sent = client.post(address, typed)
    card = reverse("referral_card", args=[Referral.objects.get().pk])
    assert sent.url == f"{card}?visit={asked.visit_id}"
    assert back in client.get(sent.url).content.decode()
    assert client.get(address.replace("need=legal", "need=soup")).status_code == 200
