"""The open data of a city in the words of HSDS 3: valid, whole, and silent about protected places."""

import json
from datetime import date

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse

from lgnet.catalogue.directory import suspend_offer, translate_offer
from lgnet.catalogue.directory_places import add_exception, set_season
from lgnet.catalogue.hours_text import read_hours
from lgnet.catalogue.models import Site
from tests.catalogue.hsds_schema import PAGE


def page_of(partner):
    answer = Client().get(reverse("help_hsds", args=[partner.slug]))
    assert answer["Access-Control-Allow-Origin"] == "*"
    return answer.json()


def check(page):
    checker = jsonschema.FormatChecker()
    jsonschema.Draft202012Validator.check_schema(PAGE)
    jsonschema.Draft202012Validator(PAGE, format_checker=checker).validate(page)


def test_an_empty_city(partner):
    page = page_of(partner)
    check(page)
    assert page["empty"]
    assert Client().get("/help/nowhere/hsds.json").status_code == 404


def test_a_service_with_everything(partner, make_offer, coordinator):
    offer = make_offer(
        "Corso", provider="Associazione Prova", description="Parole", email="prova@example.org", web="https://example.org/x",
        eligibility="Da 16 anni", documents="Nessuno", is_free=False, cost="5 euro", accessibility=["wheelchair"],
        hours="lun-ven 9-13, gio anche 15-17", where={"latitude": 44.4123, "longitude": 8.9},
    )  # fmt: skip
    place = offer.places.get()
    set_season(
        by=coordinator,
        place=place,
        first_day=date(2027, 7, 1),
        last_day=date(2027, 8, 31),
        hours=read_hours("lun 9-12").spans,
    )
    add_exception(by=coordinator, place=place, first_day=date(2027, 1, 2), last_day=date(2027, 1, 5), note="ferie")
    spans = read_hours("lun 10-12").spans
    add_exception(
        by=coordinator, place=place, first_day=date(2027, 2, 2), last_day=date(2027, 2, 2),
        spans=[(one.opens, one.closes) for one in spans],
    )  # fmt: skip
    translate_offer(by=coordinator, offer=offer, texts={"en": ("Course", "")})
    page = page_of(partner)
    check(page)
    (service,) = page["contents"]
    assert service["id"] == str(offer.pk)
    assert (service["status"], service["alternate_name"]) == ("active", "Course")
    assert service["organization"]["name"] == "Associazione Prova"
    assert service["eligibility_description"].endswith(". Da 16 anni")
    (there,) = service["service_at_locations"]
    assert there["location"]["latitude"] == 44.412
    assert there["location"]["addresses"][0]["postal_code"] == "16100"
    rules = {one.get("byday"): (one["opens_at"], one["closes_at"]) for one in there["schedules"] if "byday" in one}
    assert rules == {"MO,TU,WE,TH,FR": ("09:00", "13:00"), "TH": ("15:00", "17:00"), "MO": ("09:00", "12:00")}
    season = next(one for one in there["schedules"] if one.get("byday") == "MO")
    assert (season["valid_from"], season["valid_to"]) == ("2027-07-01", "2027-08-31")
    closed = next(one for one in there["schedules"] if one.get("valid_from") == "2027-01-02")
    assert closed["description"] == "Chiuso: ferie"
    assert "opens_at" not in closed
    assert page_of(partner) == page  # ids are the same in every export


def test_what_is_not_published_or_over_is_not_in_it(partner, make_offer, coordinator):
    make_offer("Interno", is_published=False)
    paused = make_offer("Fermo")
    suspend_offer(by=coordinator, offer=paused, reason="Motivo riservato")
    page = page_of(partner)
    check(page)
    assert [one["status"] for one in page["contents"]] == ["temporarily closed"]
    assert "Motivo" not in json.dumps(page)


def test_a_protected_place_is_nowhere_in_it(partner, make_offer):
    where = {
        "name": "Casa Nascosta",
        "address": "Via Segreta 7",
        "directions": "Citofono Segreto",
        "latitude": 44.4,
        "longitude": 8.9,
    }
    make_offer("Rifugio", is_protected=True, where=where)
    shelter = Site.objects.create(partner=partner, kind="shelter", name="Rifugio Ignoto", address="Vicolo Segreto 9")
    make_offer("Posto protetto", where={"site": shelter, "name": "", "address": "", "directions": ""})
    page = page_of(partner)
    check(page)
    text = json.dumps(page, ensure_ascii=False)
    assert not any(secret in text for secret in ("Segret", "Nascosta", "Ignoto", "44.4"))
    assert all(one["schedules"] and "service_at_locations" not in one for one in page["contents"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", "open"), ("nome", "x"), ("email", "no"), ("assured_date", "26/11/2026"), ("id", "7")],
)
def test_the_schema_refuses_what_the_standard_does_not_have(partner, make_offer, field, value):
    make_offer()
    page = page_of(partner)
    page["contents"][0][field] = value
    with pytest.raises(jsonschema.ValidationError):
        check(page)
