"""Reads of the public site: the cities, and what one of them has published."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from lgnet.catalogue.knowledge_selectors import public_versions
from lgnet.core.help_places import HelpPlace, help_places
from lgnet.network.models import Partner
from lgnet.public.pages import SECONDS


@dataclass(frozen=True)
class CityHelp:
    """The published places of a city by service, as known at a moment."""

    places: dict[str, list[HelpPlace]]
    known_at: datetime
    has_answers: bool


def cities() -> QuerySet[Partner]:
    """The partners that work in a city, by its name."""
    kinds = [Partner.Kind.MUNICIPALITY, Partner.Kind.AGENCY]
    return Partner.objects.filter(kind__in=kinds).order_by("short_name")


def help_in(city: Partner) -> CityHelp:
    """What the city has published. Remembered for a minute, so that a crowd of readers costs what one does."""
    key = f"help:{city.pk}"
    known: CityHelp | None = cache.get(key)
    if known is None:
        now = timezone.now()
        known = CityHelp(help_places(city.pk, now), now, public_versions(city).exists())
        cache.set(key, known, SECONDS)
    return known
