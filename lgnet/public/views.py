"""Pages of the public site."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from lgnet.core.help_places import HelpPlace
from lgnet.core.qr import qr_code
from lgnet.public.cities import CityHelp, cities, help_in
from lgnet.public.open_data import city_data
from lgnet.public.pages import public_page, render_page
from lgnet.public.services import FEW, card_of, topics_of
from lgnet.public.wording import KINDS, SECTIONS, day_of, moment_of


@public_page
def help_cities(request: HttpRequest) -> HttpResponse:
    """Choose the city."""
    return render_page(request, "public/help_cities.html", {"cities": cities()})


@public_page
def help_city(request: HttpRequest, slug: str) -> HttpResponse:
    """Where and when the street units of a city stop, and where else to go; on paper a poster."""
    city = cities().filter(slug=slug).first()
    if city is None:
        return render_page(request, "public/help_cities.html", {"cities": cities(), "not_found": True}, status=404)
    known = help_in(city)
    poster = request.build_absolute_uri(reverse("help_city", args=[slug]))  # of whom scans it, the language is another
    context = {
        "city": city,
        "sections": _sections(known),
        "has_stops": bool(known.places.get("street")),
        "has_answers": known.has_answers,
        "known_on": day_of(known.known_at),
        "known_at": known.known_at,
        "qr": qr_code(poster),
    }
    return render_page(request, "public/help_city.html", context)


@public_page
def help_city_data(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as open data, for programs and other sites."""
    city = cities().filter(slug=slug).first()
    if city is None:
        response = JsonResponse({"error": "unknown_city"}, status=404)
    else:
        response = JsonResponse(city_data(city, help_in(city)), json_dumps_params={"ensure_ascii": False})
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _sections(known: CityHelp) -> list[dict[str, Any]]:
    """The sections that have a place, in the reader's words."""
    found = []
    for key, places in known.places.items():
        if places:
            title, picture = SECTIONS[key]
            shown = _services(places) if key == "services" else {"places": [_told(one) for one in places]}
            found.append({"key": key, "title": title, "picture": picture} | shown)
    return found


def _services(places: list[HelpPlace]) -> dict[str, Any]:
    """The topics of the directory, and the first few services: those that are open come first."""
    now = timezone.now()
    return {"topics": topics_of(places), "cards": [card_of(place, now) for place in places[:FEW]], "count": len(places)}


def _told(place: HelpPlace) -> dict[str, Any]:
    now = timezone.now()
    openings = [one for one in place.openings if one.ends_at is None or one.ends_at > now]  # it may be a minute old
    return {
        "place": place,
        "kind": KINDS.get(place.kind, ""),
        "moments": [moment_of(opening, now) for opening in openings],
    }
