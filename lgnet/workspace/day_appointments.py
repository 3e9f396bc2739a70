"""Who receives people finds the own appointments of today on the home page."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.desks.appointment_selectors import own_today
from lgnet.desks.appointment_tables import STATE_KINDS
from lgnet.desks.models import Appointment
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.selectors import log_listing
from lgnet.workspace.day import Day, Item, Section


def add_appointments(user: User, day: Day) -> None:
    """The appointments of today that the user holds, in order; nothing when there are none. The persons are logged."""
    if not can(user, Permission.VIEW_APPOINTMENTS):
        return
    today = own_today(user)
    if not today:
        return
    log_listing(user, [one.person for one in today])
    items = [
        Item(
            f"{timezone.localtime(one.starts_at):%H:%M} {one.person.name_as_used}", one.kind.name,
            reverse("appointment_detail", args=[one.pk]), one.get_status_display(),
            STATE_KINDS[Appointment.Status(one.status)],
        )
        for one in today
    ]  # fmt: skip
    day.sections.append(Section(_("Your appointments today"), items, "", reverse("appointment_day"), _("Calendar")))
