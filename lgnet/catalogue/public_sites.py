"""Published places with an address, for anybody. Where people live is never among them."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from lgnet.catalogue.models import Site, Team
from lgnet.core.help_places import HelpPlace, offers_help

# Named one by one: a new kind of site is told to nobody until somebody has thought about it.
OPEN_TO_ALL = (Site.Kind.ONE_STOP_SHOP, Site.Kind.DAY_CENTRE, Site.Kind.COMMUNITY_SPACE, Site.Kind.HUB)


@offers_help("sites", order=50)
def site_places(partner: uuid.UUID, _now: datetime) -> Iterator[HelpPlace]:
    """Published sites of the kinds anybody may walk into, that say where they are."""
    sites = list(Site.objects.filter(partner=partner, is_published=True, is_active=True, kind__in=OPEN_TO_ALL))
    schedules: dict[uuid.UUID | None, list[str]] = {}
    teams = Team.objects.filter(site__in=sites, is_active=True).exclude(schedule="").order_by("name")
    for site_id, schedule in teams.values_list("site_id", "schedule"):
        schedules.setdefault(site_id, []).append(schedule)
    for site in sites:
        if site.address or site.area:
            hours = site.hours or ", ".join(dict.fromkeys(schedules.get(site.pk, [])))
            area = "" if site.area in site.address else site.area
            yield HelpPlace(site.name, kind=site.kind, area=area, address=site.address, hours=hours)
