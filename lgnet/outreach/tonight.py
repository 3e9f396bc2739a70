"""Outings with their stops, among what is open now."""

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.core.dates import day_words
from lgnet.core.tonight import Line, shows_tonight
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Outing, PlannedStop
from lgnet.outreach.outing_selectors import open_outings
from lgnet.outreach.outing_tables import STATE_KINDS, hours

COMING = timedelta(hours=18)  # from the morning on, this evening


@shows_tonight("outings", gettext_lazy("Mobile units"), order=10)
def outing_lines(user: User, partners: Collection[uuid.UUID], now: datetime) -> Iterator[Line]:
    """Outings that are running or about to begin, with where they stop and how one gets there."""
    may_open = {partner for partner in partners if can(user, Permission.VIEW_OUTINGS, partner=partner)}
    for outing in open_outings(partners, now + COMING):
        url = reverse("outing_detail", args=[outing.pk]) if outing.partner_id in may_open else ""
        stops = tuple(_stop(row) for row in outing.stops.all())
        yield Line(outing.team.name, _when(outing, now), url, str(outing.state.label), STATE_KINDS[outing.state], stops)


def _when(outing: Outing, now: datetime) -> str:
    begins = timezone.localtime(outing.begins_at)
    if begins.date() == timezone.localdate(now):
        return hours(outing)
    return _("%(day)s, %(hours)s") % {"day": capfirst(day_words(begins)), "hours": hours(outing)}


def _stop(row: PlannedStop) -> str:
    until = f"–{timezone.localtime(row.leaves_at):%H:%M}" if row.leaves_at else ""
    where = " · ".join(part for part in (row.stop.where, row.stop.directions) if part)
    return f"{timezone.localtime(row.arrives_at):%H:%M}{until} {where}"
