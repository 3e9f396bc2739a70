"""Pages of the services of a city, for anybody; the sheet of one, that staff gives to a person; and open data."""

import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from lgnet.catalogue.directory_hsds import hsds_page
from lgnet.catalogue.directory_selectors import get_offer, published_offers
from lgnet.core.help_places import HelpPlace
from lgnet.core.qr import qr_code
from lgnet.network.models import Partner
from lgnet.network.requests import StaffRequest
from lgnet.public.cities import cities, help_in
from lgnet.public.pages import LANGUAGES, public_page, reader_language, render_page
from lgnet.public.services import Choice, audiences_of, card_of, languages_of, service_page, topics_of


@public_page
def help_services(request: HttpRequest, slug: str) -> HttpResponse:
    """All services of a city, by topic, for whom, language and whether they are open now."""
    city = _city(slug)
    if city is None:
        return _unknown_city(request)
    known, now = help_in(city), timezone.now()
    places = known.places.get("services", [])
    choice = _choice(request, places)
    kept = [place for place in places if choice.keeps(place, now)]
    context = {
        "city": city, "choice": choice, "cards": [card_of(place, now) for place in kept], "topics": topics_of(places),
        "audiences": audiences_of(places), "languages": languages_of(places), "is_filtered": choice != Choice(),
        "lang": translation.get_language(), "query": _query(request, choice),
    }  # fmt: skip
    return render_page(request, "public/help_services.html", context)


@public_page
def help_service(request: HttpRequest, slug: str, service: uuid.UUID) -> HttpResponse:
    """One published service: where, when, for whom, how to come in; on paper a sheet."""
    city = _city(slug)
    if city is None:
        return _unknown_city(request)
    offer = published_offers(city.pk).filter(pk=service).first()
    if offer is None:
        return render_page(request, "public/help_service_unknown.html", {"city": city}, status=404)
    here = request.build_absolute_uri(request.path)
    context = {"city": city, "qr": qr_code(here), "is_public": True} | service_page(offer, timezone.now())
    return render_page(request, "public/help_service.html", context)


@require_GET
def offer_sheet(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The same for staff, also of a service that is not published: to print for a person, in her or his language."""
    offer = get_offer(request.user, pk)
    with translation.override(reader_language(request)):
        context = {"city": offer.partner, "is_public": False} | service_page(offer, timezone.now())
        return render_page(request, "public/help_service.html", context)


@public_page
def help_hsds(request: HttpRequest, slug: str) -> HttpResponse:
    """The published services of a city as HSDS 3, for programs and other sites."""
    city = _city(slug)
    if city is None:
        response = JsonResponse({"error": "unknown_city"}, status=404)
    else:
        page = hsds_page(city, published_offers(city.pk))
        response = JsonResponse(page, json_dumps_params={"ensure_ascii": False})
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _city(slug: str) -> Partner | None:
    return cities().filter(slug=slug).first()


def _unknown_city(request: HttpRequest) -> HttpResponse:
    return render_page(request, "public/help_cities.html", {"cities": cities(), "not_found": True}, status=404)


def _choice(request: HttpRequest, places: list[HelpPlace]) -> Choice:
    """What the address asks for; what no service has is not asked for."""
    asked = request.GET
    topic, audience, language = (asked.get(name, "") for name in ("topic", "for", "speaks"))
    return Choice(
        topic if any(topic == code for code, _words, _count in topics_of(places)) else "",
        audience if any(audience == code for code, _words in audiences_of(places)) else "",
        language if any(language == code for code, _name in languages_of(places)) else "",
        asked.get("now") == "1",
    )


def _query(request: HttpRequest, choice: Choice) -> str:
    """What an address keeps of the present choice when another topic is asked for."""
    asked = request.GET.get("lang", "")
    kept = {
        "lang": asked if asked in LANGUAGES else "", "for": choice.audience, "speaks": choice.language,
        "now": "1" if choice.now else "",
    }  # fmt: skip
    return urlencode({name: value for name, value in kept.items() if value})
