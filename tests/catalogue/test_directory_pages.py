"""The directory of services on the screen: lists, the page of a service, its forms."""

import io
from datetime import datetime, timedelta

import openpyxl
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.directory import confirm_offer, suspend_offer
from lgnet.catalogue.models import Offer, ServiceType, Site, Zone
from lgnet.network.roles import Role

MOMENT = datetime(2026, 11, 26, 10, 0, tzinfo=timezone.get_default_timezone())  # a Thursday


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MOMENT, tick=False):
        yield


def typed(service_type, **changes):
    """The form of a new service as the browser sends it."""
    return {
        "name": "Sportello di prova", "description": "Parole semplici", "type_1": str(service_type.pk), "audiences": ["women"],
        "access": ["walk_in"], "languages": ["it", "fr"], "accessibility": ["wheelchair"], "is_free": "on",
        "phone": "010 557 1234", "is_published": "on", "address": "Via Esempio 2", "hours": "lun-ven 9-13, gio anche 15-17",
    } | changes  # fmt: skip


def listed(client, **asked):
    table = client.get(reverse("offer_list"), asked).context["table"]
    return [offer.name for offer in table.page_rows]


def test_a_service_is_added_in_one_form(sign_in, desk_operator, service_type):
    client = sign_in(desk_operator)
    assert client.get(reverse("offer_new")).status_code == 200
    answer = client.post(reverse("offer_new"), typed(service_type))
    offer = Offer.objects.get()
    assert answer["Location"] == reverse("offer_detail", args=[offer.pk])
    page = client.get(answer["Location"]).content.decode()
    for told in ("Sportello di prova", "women", "French", "+39 010 557 1234", "Via Esempio 2", "15:00–17:00", "open until 13:00",
                 "accessible by wheelchair", "Put into the directory"):  # fmt: skip
        assert told in page
    assert offer.checked_by == desk_operator


def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(sign_in, desk_operator, service_type):
    client = sign_in(desk_operator)
    bad = typed(service_type, hours="lun/ven 9-13", phone="12", name="Nome")
    answer = client.post(reverse("offer_new"), bad)
    assert answer.status_code == 422
    assert "may mean both days" in answer.content.decode()
    answer = client.post(reverse("offer_new"), bad | {"hours": "lun-ven 9-13"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "This is no telephone number" in text
    assert "Parole semplici" in text
    assert not Offer.objects.exists()


def test_a_place_that_is_refused_leaves_no_service_behind(sign_in, desk_operator, service_type):
    answer = sign_in(desk_operator).post(reverse("offer_new"), typed(service_type, latitude="44.4"))
    assert answer.status_code == 422
    assert "both latitude and longitude" in answer.content.decode()
    assert not Offer.objects.exists()


def test_a_form_sent_twice_makes_one(sign_in, desk_operator, service_type):
    client = sign_in(desk_operator)
    sent = typed(service_type, record_id="0192f5e0-0000-7000-8000-000000000001")
    for _turn in range(2):
        assert client.post(reverse("offer_new"), sent).status_code == 302
    assert Offer.objects.get().places.count() == 1


def test_filters(sign_in, coordinator, make_offer, db):
    course = make_offer("Corso di italiano", audiences=["women"], languages=["fr"])
    food = ServiceType.objects.create(code="food", area="first_help", name_it="Pasto", name_en="Meal")
    make_offer("Mensa Città Prova", hours="lun-ven 12-14", types=[food], languages=["it"], access=["referral"])
    make_offer("Dormitorio", hours="tutti i giorni 20-8", types=[food], audiences=["men"], languages=["ar"])
    client = sign_in(coordinator)
    assert listed(client) == ["Corso di italiano", "Dormitorio", "Mensa Città Prova"]
    assert listed(client, q="citta meal") == ["Mensa Città Prova"]
    assert listed(client, topic="language") == ["Corso di italiano"]
    assert listed(client, audience="women") == [
        "Corso di italiano",
        "Mensa Città Prova",
    ]  # the canteen is for everybody
    assert listed(client, language="ar") == ["Dormitorio"]
    assert listed(client, access="referral") == ["Mensa Città Prova"]
    assert listed(client, now="on") == ["Corso di italiano"]
    suspend_offer(by=coordinator, offer=course, reason="Ferie", until=MOMENT.date() + timedelta(days=3))
    assert listed(client, now="on") == []
    assert listed(client, state="suspended") == ["Corso di italiano"]
    with time_machine.travel(MOMENT + timedelta(days=200), tick=False):
        client = sign_in(coordinator)
        assert listed(client, state="stale") == ["Corso di italiano", "Dormitorio", "Mensa Città Prova"]
        confirm_offer(by=coordinator, offer=course)
        assert listed(client, state="stale") == ["Dormitorio", "Mensa Città Prova"]


def test_every_role_of_the_city_reads_it_and_other_cities_what_is_published(
    sign_in, make_user, partner, other_partner, make_offer, stranger
):
    told, internal = make_offer("Pubblico"), make_offer("Interno", is_published=False)
    for role in (Role.FINANCE_OFFICER, Role.AUDITOR, Role.HOUSING_MANAGER, Role.DPO, Role.OUTREACH_OPERATOR):
        client = sign_in(make_user(role, partner))
        assert listed(client) == ["Interno", "Pubblico"]
        assert client.get(reverse("offer_detail", args=[internal.pk])).status_code == 200
        assert client.get(reverse("offer_edit", args=[internal.pk])).status_code == 403
    client = sign_in(stranger)
    assert listed(client) == []
    assert listed(client, city="all") == ["Pubblico"]
    assert listed(client, city=str(partner.pk)) == ["Pubblico"]
    assert client.get(reverse("offer_detail", args=[told.pk])).status_code == 200
    for name in ("offer_detail", "offer_edit", "offer_sheet"):
        assert client.get(reverse(name, args=[internal.pk])).status_code == 404
    assert client.post(reverse("offer_confirm", args=[told.pk])).status_code == 404


def test_confirming_is_one_tap(sign_in, desk_operator, make_offer):
    offer = make_offer()
    Offer.objects.update(checked_on=MOMENT.date() - timedelta(days=200))
    client = sign_in(desk_operator)
    page = client.get(reverse("offer_detail", args=[offer.pk])).content.decode()
    assert "Nobody has confirmed it for six months" in page
    client.post(reverse("offer_confirm", args=[offer.pk]))
    offer.refresh_from_db()
    assert (offer.checked_on, offer.checked_by) == (MOMENT.date(), desk_operator)


def test_the_coordinator_is_told_what_to_check(sign_in, coordinator, make_offer):
    make_offer("Vecchio")
    make_offer("Nuovo")
    client = sign_in(coordinator)
    assert "to be checked" not in client.get(reverse("home")).content.decode()
    Offer.objects.filter(name="Vecchio").update(checked_on=MOMENT.date() - timedelta(days=200))
    text = client.get(reverse("home")).content.decode()
    assert "service of the directory to be checked" in text
    assert f"{reverse('offer_list')}?state=stale" in text
    assert listed(client, state="stale") == ["Vecchio"]


def test_changing_keeps_the_history(sign_in, desk_operator, make_offer, service_type):
    offer = make_offer()
    client = sign_in(desk_operator)
    page = client.get(reverse("offer_edit", args=[offer.pk]))
    assert page.context["form"]["languages"].value() == ["it", "ar"]
    changed = typed(service_type, name="Nuovo nome", languages=["it"], phone="1522")
    assert client.post(reverse("offer_edit", args=[offer.pk]), changed).status_code == 302
    text = client.get(reverse("offer_detail", args=[offer.pk])).content.decode()
    assert "Name: Corso di prova → Nuovo nome" in text
    assert "Telephone: +39 010 557 1234 → 1522" in text
    assert "ar, it → it" in text


def test_a_service_of_many_kinds_keeps_them(sign_in, desk_operator, make_offer):
    kinds = [
        ServiceType.objects.create(code=f"k{at}", area="work", name_it=f"K{at}", name_en=f"K{at}") for at in range(5)
    ]
    offer = make_offer(types=kinds)
    client = sign_in(desk_operator)
    form = client.get(reverse("offer_edit", args=[offer.pk])).context["form"]
    sent = {bound.name: bound.value() or "" for bound in form if bound.name.startswith("type_") or bound.name == "name"}
    assert client.post(reverse("offer_edit", args=[offer.pk]), sent).status_code == 302
    assert offer.types.count() == 5


def test_copying_begins_with_what_is_said(sign_in, stranger, make_user, other_partner, make_offer):
    offer = make_offer("Da copiare")
    client = sign_in(make_user(Role.DESK_OPERATOR, other_partner))
    text = client.get(reverse("offer_new"), {"copy": str(offer.pk)}).content.decode()
    assert 'value="Da copiare"' in text
    assert "Via Prova 1" not in text
    assert client.get(reverse("offer_new"), {"copy": "nonsense"}).status_code == 200


def test_suspending_and_resuming(sign_in, desk_operator, make_offer):
    offer = make_offer()
    client = sign_in(desk_operator)
    url = reverse("offer_suspend", args=[offer.pk])
    assert client.post(url, {"kind": "suspend", "reason": ""}).status_code == 422
    assert client.post(url, {"kind": "suspend", "reason": "Lavori", "until": "2026-11-01"}).status_code == 422
    assert client.post(url, {"kind": "suspend", "reason": "Lavori", "until": "2026-12-01"}).status_code == 302
    text = client.get(reverse("offer_detail", args=[offer.pk])).content.decode()
    for told in ("suspended until 01/12/2026", "Lavori", "opens"):
        assert told in text, told
    client.post(reverse("offer_resume", args=[offer.pk]))
    assert Offer.objects.get().status == "active"
    client.post(url, {"kind": "end", "reason": "Finito"})
    assert listed(client) == []
    assert listed(client, state="ended") == ["Corso di prova"]


def test_places_seasons_and_exceptions(sign_in, desk_operator, make_offer, partner):
    offer = make_offer()
    place, client = offer.places.get(), sign_in(desk_operator)
    season = reverse("offer_season", args=[place.pk])
    sent = {"first_day": "2026-12-01", "last_day": "2027-02-28", "hours": "lun-ven 10-12"}
    assert client.post(season, sent).status_code == 302
    assert (
        client.post(season, sent | {"first_day": "2027-01-01", "hours": "lun 1-2"}).status_code == 422
    )  # in the other
    assert 'value="2027-02-28"' in client.get(season, {"first": "2026-12-01"}).content.decode()
    url = reverse("offer_exception", args=[place.pk])
    assert (
        client.post(url, {"first_day": "2026-11-27", "hours": "9-10, 11-12", "note": "Orario breve"}).status_code == 302
    )
    assert client.post(url, {"first_day": "2026-11-27"}).status_code == 422
    assert client.post(url, {"first_day": "2026-11-28", "hours": "9-lun"}).status_code == 422
    assert client.post(url, {"first_day": "2026-12-24", "last_day": "2027-01-06"}).status_code == 302
    text = client.get(reverse("offer_detail", args=[offer.pk])).content.decode()
    for told in ("Orario breve", "09:00–10:00, 11:00–12:00", "From 01/12/2026 to 28/02/2027", "public holiday"):
        assert told in text, told
    client.post(reverse("offer_exception_remove", args=[place.exceptions.first().pk]))
    client.post(reverse("offer_season_remove", args=[place.pk]), {"first": "2026-12-01"})
    assert client.post(reverse("offer_season_remove", args=[place.pk]), {"first": "never"}).status_code == 404
    assert place.exceptions.count() == 1
    assert not place.hours.filter(first_day__isnull=False).exists()
    zone = Zone.objects.get(partner=partner)
    Zone.objects.update(latitude=44.41, longitude=8.93)
    edit = reverse("offer_place_edit", args=[place.pk])
    assert "lun-ven 9:00-13:00" in client.get(edit).content.decode()
    assert client.post(edit, {"address": "Via Nuova 3", "zone": str(zone.pk), "hours": "sab 9-12"}).status_code == 302
    text = client.get(reverse("offer_detail", args=[offer.pk])).content.decode()
    assert "Map of the places" in text
    new = reverse("offer_place_new", args=[offer.pk])
    assert client.post(new, {"place_name": "Seconda sede", "hours": "dom 9-12"}).status_code == 302
    client.post(reverse("offer_place_remove", args=[place.pk]))
    assert [one.name for one in offer.places.all()] == ["Seconda sede"]


def test_other_languages(sign_in, desk_operator, make_offer):
    offer = make_offer()
    client = sign_in(desk_operator)
    url = reverse("offer_texts", args=[offer.pk])
    assert client.post(url, {"name_en": "Test course", "description_ar": "درس"}).status_code == 302
    text = client.get(reverse("offer_detail", args=[offer.pk])).content.decode()
    assert "Test course" in text
    assert listed(client, q="test course") == ["Corso di prova"]
    client.post(url, {"name_en": ""})
    assert not offer.texts.exists()


def test_a_protected_place_is_told_to_who_takes_people_there(
    sign_in, make_user, partner, make_offer, stranger, desk_operator, outreach_operator
):
    where = {"name": "Casa Nascosta", "address": "Via Segreta 7", "directions": "Citofono Segreto"}
    offer = make_offer("Casa rifugio", is_protected=True, where=where)
    shelter = Site.objects.create(partner=partner, kind="shelter", name="Rifugio Ignoto", address="Vicolo Segreto 9")
    second = make_offer("Posto protetto", where={"site": shelter, "name": "", "address": "", "directions": ""})
    secrets = ("Segret", "Nascosta", "Ignoto")
    for user, knows in ((desk_operator, True), (outreach_operator, True), (stranger, False),
                        (make_user(Role.FINANCE_OFFICER, partner), False)):  # fmt: skip
        client = sign_in(user)
        for one in (offer, second):
            text = client.get(reverse("offer_detail", args=[one.pk])).content.decode()
            assert any(secret in text for secret in secrets) == knows, (user, one)
            sheet = client.get(reverse("offer_sheet", args=[one.pk]), {"lang": "en"}).content.decode()
            assert not any(secret in sheet for secret in secrets)
        for form in ("", "csv"):
            text = client.get(reverse("offer_list"), {"format": form, "city": "all"}).content.decode()
            assert not any(secret in text for secret in secrets)
    log = str(list(AuditEntry.objects.filter(object_type="catalogue.offer").values_list("detail", flat=True)))
    assert not any(secret in log for secret in secrets)


def test_the_export_holds_hours_and_addresses(sign_in, coordinator, make_offer):
    make_offer()
    answer = sign_in(coordinator).get(reverse("offer_list"), {"format": "xlsx"})
    head, row = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    found = dict(zip(head, row, strict=True))
    assert found["Weekly hours"] == "lun-ven 9:00-13:00"
    assert found["Address"] == "Via Prova 1, 16100 Provaltina"
    assert AuditEntry.objects.filter(action="export", object_type="catalogue.offer").count() == 1


def test_the_sheet_is_in_the_language_of_the_person(sign_in, desk_operator, make_offer):
    offer = make_offer(is_published=False)
    client = sign_in(desk_operator)
    text = client.get(reverse("offer_sheet", args=[offer.pk]), {"lang": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in text
    assert "Via Prova 1" in text
    assert "الاثنين" in text
