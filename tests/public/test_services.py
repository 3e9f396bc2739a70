"""The services of a city for anybody: lists, filters, the page of one, in eight languages; no secret address anywhere."""

import json
import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lgnet.catalogue.directory import suspend_offer, translate_offer
from lgnet.catalogue.directory_codes import Access, Accessibility, Audience
from lgnet.catalogue.directory_places import add_exception
from lgnet.catalogue.models import ServiceType, Site
from lgnet.public.service_words import ACCESS, ACCESSIBILITY, AUDIENCES, SERVICE_TOPICS
from tests.catalogue.conftest import make_offer  # noqa: F401  the same services to test with

MOMENT = datetime(2026, 11, 26, 10, 0, tzinfo=timezone.get_default_timezone())  # a Thursday


@pytest.fixture(autouse=True)
def _clock():
    cache.clear()
    with time_machine.travel(MOMENT, tick=False):
        yield
    cache.clear()


def ask(name, city, *more, **asked):
    return Client().get(reverse(name, args=[city.slug, *more]), asked)


def told(city, **asked):
    return re.findall(
        r'<h3 data-read><a [^>]*><bdi lang="\w+">([^<]+)', ask("help_services", city, **asked).content.decode()
    )


def test_every_code_has_its_words():
    assert set(SERVICE_TOPICS) == set(ServiceType.Area.values)
    assert set(AUDIENCES) == set(Audience.values)
    assert set(ACCESS) == set(Access.values)
    assert set(ACCESSIBILITY) == set(Accessibility.values)


def test_the_city_page_shows_topics_and_the_first_services(partner, make_offer):  # noqa: F811
    for number in range(8):
        make_offer(f"Servizio {number}", hours="lun-ven 14-16" if number < 3 else "lun-ven 9-13")
    text = ask("help_city", partner, lang="en").content.decode()
    assert text.count('<li class="place">') == 6
    assert "Servizio 2" not in text  # those that are open come first
    for part in ("Services in the city", "Italian course", "All services", "(8)", "Open now", "until 13:00"):
        assert part in text, part
    (first, *_others) = Client().get(reverse("help_city_data", args=[partner.slug])).json()["sections"]["services"]
    assert (first["is_open"], first["changes_at"]) == (True, "2026-11-26T13:00+01:00")
    assert first["topics"] == ["language"]


def test_filters(partner, make_offer):  # noqa: F811
    food = ServiceType.objects.create(code="food", area="first_help", name_it="Pasto", name_en="Meal")
    make_offer("Corso", audiences=["women"], languages=["fr"])
    make_offer("Mensa", types=[food], hours="lun-ven 12-14")
    make_offer("Dormitorio", types=[food], audiences=["men"], languages=["ar"], hours="tutti i giorni 20-8")
    make_offer("Interno", is_published=False)
    assert told(partner) == ["Corso", "Dormitorio", "Mensa"]
    assert told(partner, topic="first_help") == ["Dormitorio", "Mensa"]
    assert told(partner, **{"for": "women"}) == ["Corso", "Mensa"]
    assert told(partner, speaks="ar") == ["Dormitorio", "Mensa"]
    assert told(partner, now="1") == ["Corso"]
    assert told(partner, topic="nonsense", speaks="xx", now="no") == ["Corso", "Dormitorio", "Mensa"]
    text = ask("help_services", partner, topic="first_help", now="1", lang="en").content.decode()
    assert "Nothing is found" in text
    assert "topic=language" in text
    assert "now=1&amp;topic=first_help" in text


def test_what_was_open_a_minute_ago_is_not_told_to_be(partner, make_offer):  # noqa: F811
    make_offer(hours="lun-ven 9-13")
    with time_machine.travel(MOMENT + timedelta(hours=2, minutes=59, seconds=50), tick=False):
        assert told(partner, now="1") == ["Corso di prova"]
    with time_machine.travel(MOMENT + timedelta(hours=3, seconds=5), tick=False):
        assert told(partner, now="1") == []


def test_the_page_of_a_service(partner, make_offer, coordinator):  # noqa: F811
    offer = make_offer(
        "Corso", description="Parole", email="prova@example.org", documents="Un documento", accessibility=["lift"],
        access=["appointment"], hours="lun-ven 9-13",
    )  # fmt: skip
    add_exception(
        by=coordinator, place=offer.places.get(), first_day=MOMENT.date(), last_day=MOMENT.date(), note="Assemblea"
    )
    translate_offer(by=coordinator, offer=offer, texts={"en": ("Course", "Plain words")})
    text = ask("help_service", partner, offer.pk, lang="en").content.decode()
    for part in ("Course", "Plain words", "Closed now", "opens: Tomorrow, 09:00", "Via Prova 1", "Bus 1", "Monday", "09:00–13:00",
                 "Thursday 26 November", "Assemblea", "Tuesday 8 December", "You need an appointment", "Arabic", "It is free",
                 "There is a lift", "Un documento", "tel:+390105571234", "Checked: Thursday 26 November"):  # fmt: skip
        assert part in text, part
    suspend_offer(by=coordinator, offer=offer, reason="Motivo interno", until=MOMENT.date() + timedelta(days=4))
    text = ask("help_service", partner, offer.pk, lang="en").content.decode()
    assert "It opens again: Tuesday 1 December" in text
    assert "Motivo" not in text


def test_what_is_not_published_is_not_there(partner, other_partner, make_offer):  # noqa: F811
    offer, internal = make_offer(), make_offer("Interno", is_published=False)
    assert ask("help_service", partner, internal.pk).status_code == 404
    assert ask("help_service", other_partner, offer.pk).status_code == 404
    assert Client().get("/help/nowhere/services").status_code == 404
    assert Client().get(f"/help/nowhere/services/{offer.pk}").status_code == 404
    assert Client().get(reverse("offer_sheet", args=[offer.pk])).status_code == 302


def test_a_protected_place_has_no_address_anywhere(partner, make_offer):  # noqa: F811
    where = {"name": "Casa Nascosta", "address": "Via Segreta 7", "directions": "Citofono Segreto"}
    offer = make_offer("Rifugio", is_protected=True, where=where)
    shelter = Site.objects.create(
        partner=partner, kind="shelter", name="Rifugio Ignoto", address="Vicolo Segreto 9", is_published=True
    )
    second = make_offer("Posto protetto", where={"site": shelter, "name": "", "address": "", "directions": ""})
    pages = [
        ask("help_city", partner),
        ask("help_services", partner),
        ask("help_hsds", partner),
        ask("help_city_data", partner),
    ]
    pages += [ask("help_service", partner, one.pk, lang="en") for one in (offer, second)]
    text = "".join(page.content.decode() for page in pages)
    assert not any(secret in text for secret in ("Segret", "Nascosta", "Ignoto"))
    assert text.count("This place is protected") == 2
    assert "Segret" not in json.dumps(ask("help_city_data", partner).json(), ensure_ascii=False)


def test_the_address_of_a_site_that_is_not_published_is_not_told(partner, make_offer):  # noqa: F811
    site = Site.objects.get(partner=partner)
    site.address = "Via Non Ancora 5"
    site.save()
    offer = make_offer(where={"site": site, "name": "", "address": ""})
    for page in (ask("help_service", partner, offer.pk), ask("help_services", partner), ask("help_hsds", partner)):
        assert "Non Ancora" not in page.content.decode()
        assert site.name not in page.content.decode()
    Site.objects.update(is_published=True)
    assert "Via Non Ancora 5" in ask("help_service", partner, offer.pk).content.decode()


@pytest.mark.parametrize(("language", "name"), settings.PUBLIC_LANGUAGES)
def test_every_language_has_its_pages(partner, make_offer, language, name):  # noqa: F811
    offer = make_offer(
        access=list(Access.values), accessibility=list(Accessibility.values), audiences=list(Audience.values)
    )
    direction = "rtl" if language in {"ar", "ur"} else "ltr"
    for page in (ask("help_services", partner, lang=language), ask("help_service", partner, offer.pk, lang=language)):
        text = page.content.decode()
        assert f'<html lang="{language}" dir="{direction}">' in text
        assert f'hreflang="{language}" aria-current="true"><bdi>{name}</bdi>' in text
    assert "09:00–13:00" in text


def test_as_many_queries_for_many_services_as_for_few(partner, make_offer):  # noqa: F811
    counts = []
    for _turn in range(2):
        for number in range(4):
            make_offer(f"Servizio {_turn} {number}")
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            ask("help_services", partner)
        with CaptureQueriesContext(connection) as more:
            ask("help_hsds", partner)
        counts.append((len(queries), len(more)))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as queries:
        ask("help_services", partner)
    asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert len(asked) == 1  # the city: its services are remembered for a minute
