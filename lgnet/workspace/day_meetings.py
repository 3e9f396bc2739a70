"""The team meetings of today, for whoever is in the team."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lgnet.cases.meeting_selectors import meetings_of_day
from lgnet.cases.meeting_tables import STATE_KINDS
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.workspace.day import Day, Item, Section


def add_meetings(user: User, day: Day) -> None:
    """Add the meetings of today, and those under way, with as many points as the reader may see."""
    if Permission.WORK_ON_CASE not in access_of(user).permissions:
        return
    if items := [_item(meeting) for meeting in meetings_of_day(user)]:
        day.sections.insert(1, Section(_("Team meeting today"), items))


def _item(meeting: Any) -> Item:
    points = ngettext("%(count)s point", "%(count)s points", meeting.points) % {"count": meeting.points}
    title = f"{timezone.localtime(meeting.starts_at):%H:%M} {meeting.team.name}"
    text = f"{points} · {meeting.place}" if meeting.place else points
    url = reverse("meeting_detail", args=[meeting.pk])
    return Item(title, text, url, meeting.get_status_display(), STATE_KINDS[meeting.status])
