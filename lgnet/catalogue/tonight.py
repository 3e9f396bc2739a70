"""Sites with their hours, among what is open now."""

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.catalogue.models import Site, Team
from lgnet.core.tonight import Line, shows_tonight
from lgnet.network.models import User

SECRET = {Site.Kind.SHELTER, Site.Kind.COHOUSING}  # the address of somebody's home is told to nobody here


def _parts(site: Site) -> list[str]:
    return list(dict.fromkeys(part for part in (site.address, site.area) if part))


@shows_tonight("sites", gettext_lazy("Places and their hours"), order=50)
def site_lines(_user: User, partners: Collection[uuid.UUID], _now: datetime) -> Iterator[Line]:
    """Active sites whose hours, or those of a team there, are known, as the city wrote them."""
    schedules: dict[uuid.UUID | None, list[str]] = {}
    teams = Team.objects.filter(partner__in=partners, is_active=True, site__isnull=False).exclude(schedule="")
    for site_id, schedule in teams.order_by("name").values_list("site_id", "schedule"):
        schedules.setdefault(site_id, []).append(schedule)
    for site in Site.objects.filter(partner__in=partners, is_active=True):
        hours = site.hours or ", ".join(dict.fromkeys(schedules.get(site.pk, [])))
        if hours:
            where = site.area if site.kind in SECRET else ", ".join(_parts(site))
            details = (where,) if where else ()
            yield Line(
                site.name, _("Hours: %(hours)s") % {"hours": hours}, badge=site.get_kind_display(), details=details
            )
