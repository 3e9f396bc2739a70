"""Calendars that a colleague's own program reads: made with a secret address, stopped at any time.

One's own tells the appointments and the days by which something is to be done; a team's the appointments.
"""

import secrets
import uuid
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Task
from lgnet.cases.task_selectors import own_tasks
from lgnet.catalogue.models import Team
from lgnet.desks.appointment_models import Appointment, CalendarFeed
from lgnet.desks.appointment_policies import works_for
from lgnet.desks.appointment_selectors import shown
from lgnet.desks.screens import hash_of
from lgnet.network.access import access_of, can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.policies import not_hidden_from

BACK, AHEAD = timedelta(days=30), timedelta(days=180)


@transaction.atomic
def create_feed(*, by: User, team: Team | None = None) -> tuple[CalendarFeed, str]:
    """Make a calendar of the own appointments, or of a team's; return it with its secret, shown once."""
    if not can(by, Permission.VIEW_APPOINTMENTS) or (team is not None and not works_for(by, team)):
        raise PermissionDenied(_("You do not see these appointments."))
    secret = secrets.token_urlsafe(24)
    feed = CalendarFeed.objects.create(user=by, team=team, secret_hash=hash_of(secret))
    _log(AuditEntry.Action.CREATE, by, feed)
    return feed, secret


@transaction.atomic
def stop_feed(*, by: User, feed: CalendarFeed) -> CalendarFeed:
    """The address of the own calendar opens nothing any more."""
    if feed.user_id != by.pk:
        raise PermissionDenied
    feed = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    if feed.stopped_at is None:
        feed.stopped_at = timezone.now()
        feed.save(update_fields=["stopped_at"])
        _log(AuditEntry.Action.UPDATE, by, feed)
    return feed


def own_feeds(user: User) -> QuerySet[CalendarFeed]:
    """The user's calendars that can be read."""
    return CalendarFeed.objects.filter(user=user, stopped_at=None).select_related("team")


def get_feed(user: User, pk: uuid.UUID) -> CalendarFeed:
    """One of the user's own calendars. Raises Http404."""
    feed = CalendarFeed.objects.filter(user=user, pk=pk).first()
    if feed is None:
        raise Http404
    return feed


def feed_with(secret: str) -> CalendarFeed:
    """The calendar with this secret. Raises Http404 for a wrong or stopped one."""
    feed = (
        CalendarFeed.objects.filter(secret_hash=hash_of(secret), stopped_at=None).select_related("user", "team").first()
    )
    if feed is None or not feed.user.is_active:
        raise Http404
    return feed


def appointments_in(feed: CalendarFeed) -> QuerySet[Appointment]:
    """The appointments that a calendar shows now. Raises Http404 when its user may not see them any more."""
    now = timezone.now()
    known = Appointment.objects.filter(not_hidden_from(feed.user), starts_at__gt=now - BACK, starts_at__lt=now + AHEAD)
    rows = shown(known)
    if feed.team is not None:
        if not works_for(feed.user, feed.team):
            raise Http404
        rows = rows.filter(team=feed.team)
    else:
        here = access_of(feed.user).partner_ids(Permission.VIEW_APPOINTMENTS)
        if not here:
            raise Http404
        rows = rows.filter(Q(operator=feed.user) | Q(mediator=feed.user), partner__in=here)
    return rows.select_related("kind", "person", "operator", "mediator", "room")


def tasks_in(feed: CalendarFeed) -> QuerySet[Task]:
    """What the user of a calendar still has to do by a day that it shows; nothing in that of a team."""
    if feed.team_id is not None:
        return Task.objects.none()
    today = timezone.localdate()
    return own_tasks(feed.user).filter(due_on__range=(today - BACK, today + AHEAD))


def _log(action: AuditEntry.Action, by: User, feed: CalendarFeed) -> None:
    audit.record(
        action, by=by, object_type="desks.calendarfeed", object_id=feed.pk,
        partner_id=feed.team.partner_id if feed.team else None,
        detail={"what": str(feed.team or by), "stopped": bool(feed.stopped_at)},
    )  # fmt: skip
