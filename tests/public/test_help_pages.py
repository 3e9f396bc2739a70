"""Where to find help, for anybody: what is published and nothing else, in eight languages, in few queries."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lgnet.catalogue.models import Site, Team, Zone
from lgnet.core import help_places
from lgnet.network.models import Partner
from lgnet.network.roles import Role
from lgnet.outreach.models import CrewMember, Outing, Stop
from lgnet.outreach.outing_log import start_outing
from lgnet.outreach.outings import Halt, Plan, cancel_outing, plan_outing
from lgnet.outreach.stops import create_stop, describe_unit
from lgnet.public.wording import KINDS, SECTIONS

MOMENT = timezone.datetime(2026, 11, 26, 17, 0, tzinfo=timezone.get_default_timezone())  # a Thursday


@pytest.fixture(autouse=True)
def _clock():
    cache.clear()
    with time_machine.travel(MOMENT, tick=False):
        yield
    cache.clear()


@pytest.fixture
def stop(partner, outreach_operator):
    zone = Zone.objects.get(partner=partner)
    return create_stop(
        by=outreach_operator, zone=zone, name="Piazza Prova", directions="Tram 3", is_published=True
    )  # fmt: skip


@pytest.fixture
def go(partner, make_user):
    """Return `go(*stops, hours=2, leaves=True)`: a unit goes out in so many hours, an hour at each stop."""

    def plan(*stops, hours=2, leaves=True):
        unit = Team.objects.create(partner=partner, kind=Team.Kind.MOBILE_UNIT, name=f"Unità {Team.objects.count()}")
        operator = make_user(Role.OUTREACH_OPERATOR, partner, team=unit)
        start = timezone.now() + timedelta(hours=hours)
        halts = [
            Halt(one, start + timedelta(hours=turn), start + timedelta(hours=turn + 1) if leaves else None)
            for turn, one in enumerate(stops)
        ]
        planned = Plan(start, start + timedelta(hours=4), [operator], [f"Volontaria Prova Segreta {unit.pk}"], halts)
        return plan_outing(by=operator, team=unit, plan=planned)

    return plan


def page(city, client=None, **asked):
    response = (client or Client()).get(reverse("help_city", args=[city.slug]), asked)
    assert response.status_code == 200
    return response.content.decode()


def data(city):
    return Client().get(reverse("help_city_data", args=[city.slug])).json()["sections"]


def test_a_published_stop_is_told_with_its_next_times(partner, stop, go):
    go(stop)
    go(stop, hours=26, leaves=False)
    text = page(partner, lang="en")
    for told in ("Piazza Prova", "Stazione Provaltina", "Tram 3", ">Today<", "Thursday 26 November", "19:00–20:00",
                 ">Tomorrow<", "Friday 27 November", "from 19:00"):  # fmt: skip
        assert told in text
    (place,) = data(partner)["street"]
    assert place["openings"] == [
        {"starts_at": "2026-11-26T19:00+01:00", "ends_at": "2026-11-26T20:00+01:00"},
        {"starts_at": "2026-11-27T19:00+01:00", "ends_at": None},
    ]


def test_what_is_over_cancelled_or_far_away_is_not_told(partner, stop, go):
    with time_machine.travel(MOMENT - timedelta(hours=6), tick=False):
        go(stop)  # over for three hours
    cancelled = go(stop, hours=3)
    cancel_outing(by=cancelled.planned_by, outing=cancelled, reason="Pioggia")
    go(stop, hours=24 * 9)
    assert data(partner)["street"][0]["openings"] == []
    text = page(partner, lang="en")
    assert "We do not know the next day yet" in text
    assert "Pioggia" not in text


def test_a_unit_that_is_there_now_is_said_to_be(partner, stop, go):
    outing = go(stop)
    with time_machine.travel(MOMENT + timedelta(hours=2, minutes=5), tick=False):
        start_outing(by=outing.planned_by, outing=outing, started_at=timezone.now(), km_start=1)
        cache.clear()
        assert "Here now" in page(partner, lang="en")
    with time_machine.travel(MOMENT + timedelta(hours=3, minutes=1), tick=False):
        cache.clear()
        assert "Here now" not in page(partner, lang="en")


def test_soonest_first_without_a_time_last_and_two_units_at_once_told_once(partner, stop, go, outreach_operator):
    zone = Zone.objects.get(partner=partner)
    names = {"Alba": 5, "Bosco": None, "Corso": 1}
    for name, hours in names.items():
        other = create_stop(by=outreach_operator, zone=zone, name=name, is_published=True)
        if hours:
            go(other, hours=hours)
    go(stop)
    go(stop)
    told = data(partner)["street"]
    assert [place["name"] for place in told] == ["Corso", "Piazza Prova", "Alba", "Bosco"]
    assert len(told[1]["openings"]) == 1


def test_nothing_that_is_not_published(partner, other_partner, stop, go, outreach_operator, coordinator):
    zone = Zone.objects.get(partner=partner)
    hidden = create_stop(by=outreach_operator, zone=zone, name="Vicolo Nascosto")
    Stop.objects.create(partner=partner, zone=zone, name="Largo Chiuso", is_published=True, is_active=False)
    outing = go(hidden, stop)
    describe_unit(by=coordinator, team=outing.team, vehicle="Furgone Segreto", plate="ZZ 111 LG", equipment="Cassetta")
    Outing.objects.filter(pk=outing.pk).update(note="Nota segreta", incidents="Incidente segreto")
    kinds = {Site.Kind.SHELTER: "Casa Segreta", Site.Kind.COHOUSING: "Casa Insieme", Site.Kind.OFFICE: "Ufficio",
             Site.Kind.MOBILE_UNIT_BASE: "Deposito"}  # fmt: skip
    for kind, name in kinds.items():
        Site.objects.create(partner=partner, kind=kind, name=name, address=f"Via {name} 1", is_published=True)
    Site.objects.create(partner=partner, kind="day_centre", name="Centro non ancora", address="Via X 2")
    text = page(partner, lang="en") + json.dumps(data(partner), ensure_ascii=False)
    secret = ["Vicolo Nascosto", "Largo Chiuso", "Furgone", "ZZ 111", "Cassetta", "segret", "Segret", *kinds.values(),
              "Centro non ancora", outing.planned_by.full_name, outing.team.name, str(outing.pk), str(stop.pk)]  # fmt: skip
    assert [word for word in secret if word in text] == []
    assert CrewMember.objects.count() == 2
    assert "Piazza Prova" not in page(other_partner)


def test_a_city_without_stops_says_where_else_to_go(partner):
    text = page(partner, lang="en")
    assert "Nothing is published here now" in text
    assert 'href="tel:112"' in text
    site = Site.objects.get(partner=partner)
    site.address, site.area, site.is_published = "Via Prova 1", "Centro", True
    site.save()
    Team.objects.filter(site=site).update(schedule="lun-ven 9-13")
    cache.clear()
    text = page(partner, lang="en")
    assert "No stop of a street unit is published here now" in text
    for told in (site.name, "Via Prova 1", "Help desk", "Centro", "lun-ven 9-13"):
        assert told in text


def test_choosing_the_city(partner, other_partner):
    Partner.objects.create(slug="rete", name="Rete", short_name="Rete", kind=Partner.Kind.ASSOCIATION)
    text = Client().get("/help", {"lang": "fr"}).content.decode()
    assert f'href="{reverse("help_city", args=[partner.slug])}?lang=fr"' in text
    assert other_partner.short_name in text
    assert "Rete" not in text
    for slug in ("rete", "nowhere"):
        missing = Client().get(f"/help/{slug}", {"lang": "en"})
        assert missing.status_code == 404
        assert "We do not know this city" in missing.content.decode()
        assert Client().get(f"/help/{slug}.json").json() == {"error": "unknown_city"}
    assert Client().post("/help").status_code == 405


@pytest.mark.parametrize(("language", "name"), settings.PUBLIC_LANGUAGES)
def test_every_language_has_its_page(partner, stop, go, language, name):
    go(stop)
    response = Client().get(reverse("help_city", args=[partner.slug]), {"lang": language})
    text = response.content.decode()
    direction = "rtl" if language in {"ar", "ur"} else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in text
    assert response["Content-Language"] == language
    assert f'hreflang="{language}" aria-current="true"><bdi>{name}</bdi>' in text
    alternates = set(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="http://testserver/help/', text))
    assert alternates == {*dict(settings.PUBLIC_LANGUAGES), "x-default"}
    assert "19:00–20:00" in text  # figures as on the clocks of the city
    words = set(
        re.findall(r"[A-Za-z]{4,}", re.sub(r"<bdi.*?</bdi>|<[^>]*>|<head>.*?</head>", " ", text, flags=re.DOTALL))
    )
    if language in {"ar", "ur", "uk", "bn"}:
        assert words <= {"LGNet", "Provaltina", "JSON"}


@pytest.mark.parametrize(
    ("accepted", "asked", "spoken"),
    [("ar-MA,ar;q=0.9,fr;q=0.8", "", "ar"), ("de,bn;q=0.5", "", "bn"), ("de", "", "en"), ("", "", "it"), ("*", "", "it"),
     ("ar", "uk", "uk"), ("fr", "xx", "fr"), ("fr", "ar' x='", "fr"), ("x" * 9000, "", "it")],
)  # fmt: skip
def test_the_language_of_the_address_or_else_of_the_browser(partner, accepted, asked, spoken):
    response = Client().get("/help", {"lang": asked} if asked else {}, headers={"Accept-Language": accepted})
    assert response["Content-Language"] == spoken


@pytest.mark.parametrize("path", ["/accounts/login/", "/nothing"])
def test_pages_for_staff_are_never_half_in_another_language(db, path):
    for accepted, spoken in (("ar", "en"), ("bn,en;q=0.5", "en"), ("ur,it;q=0.9", "it")):
        response = Client().get(path, headers={"Accept-Language": accepted})
        assert response["Content-Language"] == spoken
        assert 'dir="rtl"' not in response.content.decode()
        Client().post("/language", {"language": "ar"})
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    assert client.get(path)["Content-Language"] in {"it", "en"}


def test_the_language_of_one_page_does_not_stay_for_the_next(partner, sign_in, coordinator):
    client = sign_in(coordinator)
    assert client.get("/help?lang=ur")["Content-Language"] == "ur"
    assert client.get("/components")["Content-Language"] == "en"


def test_it_is_kept_for_a_minute_and_not_for_whoever_is_signed_in(partner, sign_in, coordinator):
    url = reverse("help_city", args=[partner.slug])
    answer = Client().get(url)
    assert answer["Cache-Control"] == "max-age=60, public"
    assert "Accept-Language" in answer["Vary"]
    assert not answer.cookies
    signed_in = sign_in(coordinator).get(url)
    assert signed_in["Cache-Control"] == "max-age=60, private"
    assert coordinator.full_name not in signed_in.content.decode()


def queries(url):
    with CaptureQueriesContext(connection) as counted:
        assert Client().get(url).status_code == 200
    return len([query for query in counted if query["sql"].startswith("SELECT")])


def test_a_crowd_costs_one_query_each_however_much_is_published(partner, stop, go, outreach_operator):
    url = reverse("help_city", args=[partner.slug])
    zone = Zone.objects.get(partner=partner)
    go(stop)
    Site.objects.create(partner=partner, kind="hub", name="Hub", address="Via Prova 1", is_published=True)
    assert (queries(url), queries(url)) == (7, 1)
    for number in range(20):
        go(create_stop(by=outreach_operator, zone=zone, name=f"Piazza {number}", is_published=True), hours=number + 1)
    cache.clear()
    assert (queries(url), queries(url)) == (7, 1)
    assert queries(reverse("help_cities")) == 1


def test_every_service_that_offers_help_has_words():
    assert set(help_places.section_keys()) == set(SECTIONS)
    assert {str(kind) for kind in KINDS} <= set(Site.Kind.values)
    with pytest.raises(ValueError, match="street"):
        help_places.offers_help("street", order=1)(lambda partner, now: [])
