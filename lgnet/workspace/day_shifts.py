"""The own shifts on outings, for whoever has some in the next two weeks: whatever the role."""

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from lgnet.core.dates import day_words
from lgnet.network.access import access_of, can
from lgnet.network.models import User
from lgnet.network.roles import TEAM_ROLES, Permission
from lgnet.outreach.models import CrewMember
from lgnet.outreach.shifts import next_shifts
from lgnet.workspace.day import Day, Item, Section

SHIFT_DAYS = 14


def add_shifts(user: User, day: Day) -> None:
    """Add the shifts of the next 14 days, if there are any."""
    if not any(grant.role in TEAM_ROLES for grant in access_of(user).grants):
        return  # nobody else can be in a unit
    shifts = list(next_shifts(user, SHIFT_DAYS))
    if shifts:
        day.sections.insert(1, Section(_("My shifts"), [_item(shift, user) for shift in shifts]))


def _item(shift: CrewMember, user: User) -> Item:
    start, end = timezone.localtime(shift.begins_at), timezone.localtime(shift.finishes_at)
    title = _("%(day)s, %(hours)s") % {
        "day": capfirst(day_words(shift.begins_at)), "hours": f"{start:%H:%M}–{end:%H:%M}",
    }  # fmt: skip
    reads = can(user, Permission.VIEW_OUTINGS, partner=shift.outing.partner_id)
    return Item(title, shift.outing.team.name, reverse("outing_detail", args=[shift.outing_id]) if reads else "")
