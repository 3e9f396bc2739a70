"""Mediators through their pages: two cities, the calendar of the mediator, the queue."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.desks import queue
from lgnet.desks.mediation_models import MediationBooking, MediationOffer, MediatorHere
from lgnet.desks.mediation_slots import slots_on
from lgnet.network.roles import Role
from tests.conftest import team_of
from tests.desks.booking_mediation import offer_hours

NOW, LIST, OFFERS, NEW = (
    reverse(name) for name in ("mediation_now", "mediation_list", "mediation_offers", "mediation_offer_new")
)
MORNING = datetime(2026, 11, 26, 9, 10, tzinfo=ZoneInfo("Europe/Rome"))


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def far(make_user, other_partner):
    return make_user(Role.DESK_OPERATOR, other_partner)


@pytest.fixture
def offer(far, other_partner, stranger):
    return offer_hours(far, other_partner, mediator=stranger)


def text_of(answer):
    return answer.content.decode()


def book_page(offer, number=1, **query):
    slot = slots_on(offer, timezone.localdate())[number]
    asked = "&".join(f"{name}={value}" for name, value in {"at": slot.code, **query}.items())
    return f"{reverse('mediation_book', args=[offer.pk])}?{asked}"


def test_from_looking_to_counting(sign_in, desk_operator, far, stranger, offer, person, morning):
    client = sign_in(desk_operator)
    page = text_of(client.get(NOW, {"language": "bn", "person": person.pk}))
    address = book_page(offer, language="bn", person=person.pk)
    assert address.replace("&", "&amp;") in page
    assert ">now<" in page
    assert dict(client.get(NOW).context["languages"]).keys() == {"it", "en"}, "those of the header stay what they are"
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in ("record_id", "partner", "language", "way")}
    for _turn in range(2):
        answer = client.post(address, data | {"area": "legal"}, follow=True)
        assert "010 5550100" in text_of(answer)
        assert "Provadati" in text_of(answer)
    booking = MediationBooking.objects.get()
    answer = client.post(address, data | {"record_id": ""})
    assert answer.status_code == 422
    assert "just been booked" in text_of(answer)
    detail = reverse("mediation_booking", args=[booking.pk])
    for other in (far, stranger):
        page = text_of(sign_in(other).get(detail))
        assert "Provaltina" in page
        assert "Provadati" not in page
    assert "Bangla" in text_of(sign_in(stranger).get(reverse("mediation_calendar")))
    assert "Nothing is booked with you" in text_of(client.get(reverse("mediation_calendar")))
    close = reverse("mediation_close", args=[booking.pk])
    assert client.post(close, {"held": "yes", "minutes": "20"}).status_code == 422, "not begun"
    morning.shift(timedelta(hours=1))
    client = sign_in(desk_operator)
    assert client.post(close, {"held": "yes"}).status_code == 422
    assert client.post(close, {"held": "yes", "minutes": "20"}).status_code == 302
    counted = client.get(reverse("mediation_counted"))
    assert "Esempiana" in text_of(counted)
    assert client.get(reverse("mediation_counted"), {"until": "2026-11-25"}).context["table"].count == 0
    assert AuditEntry.objects.filter(object_type="desks.mediationbooking", action="list").exists()
    story = client.get(reverse("person_detail", args=[person.pk])).context["events"]
    assert (story[0]["title"], story[0]["url"]) == ("Language mediation", detail)


def test_who_needs_an_interpreter_is_one_tap_away_from_one(sign_in, desk_operator, person, offer):
    person.interpreter_needed = True
    person.save()
    client = sign_in(desk_operator)
    address = f"{NOW}?person={person.pk}"
    assert address in text_of(client.get(reverse("person_detail", args=[person.pk])))
    assert f"person={person.pk}" in text_of(client.get(address))


def test_the_list_names_the_own_people_only(sign_in, desk_operator, far, offer, person):
    client = sign_in(desk_operator)
    form = client.get(book_page(offer)).context["form"]
    data = {name: form[name].value() for name in ("partner", "way")} | {"language": "ar"}
    client.post(book_page(offer, person=person.pk), data)
    assert "Provadati" in text_of(client.get(LIST))
    assert "Provadati" not in text_of(sign_in(far).get(LIST))
    assert "Provadati" not in sign_in(far).get(LIST, {"format": "csv"}).content.decode()
    for query, number in (
        ("direction=asked", 1), ("direction=given", 0), ("language=ar", 1), ("status=to_close", 0), ("status=booked", 1),
        ("q=rahima", 1), ("since=2026-11-27", 0), ("until=2026-11-26", 1),
    ):  # fmt: skip
        assert client.get(f"{LIST}?{query}").context["table"].count == number, query
    cancel = reverse("mediation_cancel", args=[MediationBooking.objects.get().pk])
    assert client.post(cancel, {"reason": ""}).status_code == 422
    assert client.post(cancel, {"reason": "Came another day"}).status_code == 302
    assert client.get(f"{LIST}?status=cancelled").context["table"].count == 1


def test_hours_are_offered(sign_in, desk_operator, partner, make_user):
    client = sign_in(desk_operator)
    assert "Other cities may be looking" in text_of(client.get(OFFERS))
    form = client.get(NEW).context["form"]
    data = {
        "record_id": form["record_id"].value(), "partner": form["partner"].value(), "name": "Prova Mediatrice",
        "language_1": "uk", "ways": ["video"], "reach": "network", "starts_on": "2026-11-26", "weekdays": ["3"],
        "opens": "14:00", "closes": "13:00", "slot_minutes": "30", "how_to_join": "https://video.example.org/sala",
    }  # fmt: skip
    answer = client.post(NEW, data)
    assert answer.status_code == 422
    assert "before the beginning" in text_of(answer)
    assert "Prova Mediatrice" in text_of(answer)
    for _turn in range(2):
        assert client.post(NEW, data | {"closes": "15:00"}).status_code == 302
    offer = MediationOffer.objects.get()
    page = text_of(client.get(reverse("mediation_offer_detail", args=[offer.pk])))
    assert "booked: 0 of 2" in page
    skip = reverse("mediation_offer_skip", args=[offer.pk])
    assert "not offered on this day" in text_of(client.post(skip, {"day": "2026-12-03"}, follow=True))
    offer.refresh_from_db()
    assert offer.days_off == ["2026-12-03"]
    client.post(reverse("mediation_offer_stop", args=[offer.pk]))
    assert client.get(OFFERS, {"running": "on"}).context["table"].count == 0
    assert client.get(book_page(offer)).status_code == 404


@pytest.mark.parametrize("at", ["", "20261126T0915", "x", "99999999T9999", "\x00"])
def test_odd_addresses_lead_back(sign_in, desk_operator, offer, at):
    answer = sign_in(desk_operator).get(reverse("mediation_book", args=[offer.pk]), {"at": at}, follow=True)
    assert "This slot is not offered any more." in text_of(answer)
    odd = {"language": at, "way": at, "day": at, "person": at}
    assert sign_in(desk_operator).get(NOW, odd).status_code == 200


def test_the_queue_shows_who_needs_a_mediator(sign_in, desk_operator, stranger, partner, offer):
    desk = team_of(partner, "desk")
    ticket, client = queue.issue_ticket(team=desk, language="bn"), sign_in(desk_operator)
    panel = reverse("queue_panel")
    assert "can be called now" in text_of(client.get(panel))
    here = reverse("mediator_here", args=[desk.pk])
    assert client.post(here, {"name": "Prova", "language_1": "bn", "until": "08:00"}).status_code == 422
    assert client.post(here, {"name": "Prova", "language_1": "bn", "until": "12:00"}).status_code == 302
    page = text_of(client.get(panel))
    assert "here now" in page
    assert "Prova" in page
    gone = reverse("mediator_gone", args=[MediatorHere.objects.get().pk])
    assert sign_in(stranger).post(gone).status_code == 404
    client.post(gone)
    assert "here now" not in text_of(client.get(panel))
    waits = reverse("ticket_mediator", args=[ticket.pk])
    assert client.post(waits, {"language": "zz-top"}).status_code == 404
    assert "waits for a mediator: Wolof" in text_of(client.post(waits, {"language": "wo"}, follow=True))
    assert "nobody in the next two days" in text_of(client.get(panel))
    client.post(waits, {"language": ""})
    ticket.refresh_from_db()
    assert ticket.mediator_language == ""


def test_who_books_no_mediators_is_refused(sign_in, make_user, partner, outreach_operator):
    finance = sign_in(make_user(Role.FINANCE_OFFICER, partner))
    for address in (NOW, LIST, OFFERS, NEW, reverse("mediation_calendar"), reverse("mediation_counted")):
        assert finance.get(address).status_code == 403, address
    client = sign_in(outreach_operator)
    assert client.get(OFFERS).status_code == 403
    assert "Nobody is free" in text_of(client.get(NOW))
