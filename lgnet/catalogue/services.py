"""Changes of teams and of who works in them. Each needs MANAGE_STAFF at the team's partner, is logged, and atomic."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Site, Team, TeamMembership
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import is_too_old
from lgnet.core.words import one_line
from lgnet.network.access import can
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import TEAM_ROLES, Permission

TEAM = "catalogue.team"
TEAM_MEMBERSHIP = "catalogue.teammembership"
AHEAD = timedelta(days=5 * 366)  # nobody plans a place in a team for later: such a year is a slip of the finger
_PUBLIC = ("name", "kind", "site", "schedule", "crew", "reach")  # what the network file may say of a team
_DAYS = ("starts_on", "ends_on", "ended_at")


@transaction.atomic
def create_team(
    *, by: User, partner: Partner, kind: str, name: str, site: Site | None = None, schedule: str = "", crew: str = "",
    reach: str = "", record_id: uuid.UUID | None = None,
) -> Team:  # fmt: skip
    """Make a team; a form sent twice makes one.

    Raises PermissionDenied for whoever does not manage the staff of `partner`, or keep its directory for a service
    outside of the network; DomainError when the name is taken or the site is of another city.
    """
    if kind != Team.Kind.OUTSIDE or not can(by, Permission.KEEP_DIRECTORY, partner=partner):
        _require_manages(by, partner)
    Partner.objects.select_for_update().get(pk=partner.pk)  # two teams of one name at one moment: the second waits
    team = Team(
        pk=record_id or uuid7(), partner=partner, kind=kind, name=one_line(name), site=site,
        schedule=one_line(schedule), crew=one_line(crew), reach=one_line(reach),
    )  # fmt: skip

    def write() -> Team:
        _check_team(team)
        team.save(force_insert=True)
        _log_team(AuditEntry.Action.CREATE, by, team, {"kind": team.kind})
        return team

    return write_once(Team, record_id, is_mine=lambda found: found.partner_id == partner.pk, write=write)


@transaction.atomic
def change_team(
    *, by: User, team: Team, name: str, kind: str, site: Site | None, schedule: str, crew: str, is_active: bool,
    reach: str = "",
) -> Team:  # fmt: skip
    """Change what a team is called, where and when it works, and whether it is open.

    What its city changes is no longer what was made public: the source goes, and the network file leaves the team
    alone. Raises PermissionDenied for whoever does not manage the staff there, DomainError when the name is taken, the
    site is of another city, the kind would change after somebody has worked in it (what was done by a desk would be
    done by no desk), or when it is to be closed while somebody is in it.
    """
    Partner.objects.select_for_update().get(pk=team.partner_id)
    team = _locked(by, team)
    before = _terms(team, *_PUBLIC, "is_active")
    team.name, team.kind, team.site = one_line(name), kind, site
    team.schedule, team.crew, team.reach = one_line(schedule), one_line(crew), one_line(reach)
    team.is_active = is_active
    after = _terms(team, *_PUBLIC, "is_active")
    if before == after:
        return team
    _check_team(team)
    if kind != before["kind"] and team.memberships.exists():
        text = _("Somebody has worked in this team, so its kind stays. Close it and make a new one.")
        raise DomainError(text, field="kind")
    if before["is_active"] and not is_active and team.memberships.open().exists():
        raise DomainError(_("Somebody is in this team. First take everybody out."), field="is_active")
    if any(before[name] != after[name] for name in _PUBLIC):
        team.source_url = ""
    team.save()
    _log_team(AuditEntry.Action.UPDATE, by, team, {"changes": audit.changes(before, after)})
    return team


@transaction.atomic
def join_team(
    *, by: User, team: Team, user: User, starts_on: date | None = None, ends_on: date | None = None,
    record_id: uuid.UUID | None = None,
) -> TeamMembership:  # fmt: skip
    """Put a colleague in a team from a day, today if none is given; a form sent twice does it once.

    Raises PermissionDenied for whoever does not manage the staff there, DomainError when the team is closed, when the
    colleague has no role there that works in teams or only later, when the dates make no sense, or when the colleague
    is in the team in those days already.
    """
    team = _locked(by, team)
    place = TeamMembership(
        pk=record_id or uuid7(), team=team, user=user, starts_on=starts_on or timezone.localdate(), ends_on=ends_on
    )

    def write() -> TeamMembership:
        _check_open(team)
        _check_days(place)
        _check_role(place)
        _check_free(place)
        place.save(force_insert=True)
        _log_place(AuditEntry.Action.CREATE, by, place, {name: str(getattr(place, name) or "") for name in _DAYS[:2]})
        return place

    def is_this(found: TeamMembership) -> bool:
        return (found.team_id, found.user_id) == (team.pk, user.pk) and found.state != "ended"

    return write_once(TeamMembership, record_id, is_mine=is_this, write=write)


@transaction.atomic
def leave_team(*, by: User, membership: TeamMembership, last_day: date) -> TeamMembership:
    """Take a colleague out of a team: at once when `last_day` is today or earlier, otherwise after that day.

    Raises PermissionDenied for whoever does not manage the staff there, DomainError when the colleague has left
    already or when `last_day` is before the first or absurdly late.
    """
    place, today = _locked_place(by, membership), timezone.localdate()
    before = _terms(place, *_DAYS)
    if place.state == "ended":
        raise DomainError(_("This colleague has left the team already."))
    never_began = place.state == "planned" and last_day <= today
    if last_day < place.starts_on and not never_began:
        raise DomainError(_("The last day is before the first."), field="last_day")
    if last_day > today + AHEAD:
        raise DomainError(_("Check the year: this is too far ahead."), field="last_day")
    if last_day <= today:
        place.ended_at = timezone.now()
    if last_day != today and not never_began:
        place.ends_on = last_day
    if not place.ended_at:
        _check_free(place, field="last_day")
    place.save(update_fields=["ends_on", "ended_at"])
    _log_place(AuditEntry.Action.UPDATE, by, place, {"changes": audit.changes(before, _terms(place, *_DAYS))})
    return place


@transaction.atomic
def stay_in_team(*, by: User, membership: TeamMembership) -> TeamMembership:
    """Undo taking a colleague out, on the same day or before the last day has passed.

    Raises PermissionDenied for whoever does not manage the staff there, DomainError when it is too late for that, when
    the team is closed, when the role has ended, or when the colleague was put in the team again.
    """
    place = _locked_place(by, membership)
    before = _terms(place, *_DAYS)
    if not place.can_be_put_back:
        raise DomainError(_("This can no longer be undone. Add the colleague again."))
    _check_open(place.team)
    is_only_announced = place.ended_at is None
    place.ended_at = None
    if is_only_announced or (place.ends_on and place.ends_on < timezone.localdate()):
        place.ends_on = None
    _check_role(place)
    _check_free(place)
    place.save(update_fields=["ends_on", "ended_at"])
    _log_place(AuditEntry.Action.UPDATE, by, place, {"changes": audit.changes(before, _terms(place, *_DAYS))})
    return place


# -- rules -----------------------------------------------------------------------------------------------------------


def _require_manages(by: User, partner: Partner) -> None:
    if not can(by, Permission.MANAGE_STAFF, partner=partner):
        raise PermissionDenied(_("Only who manages the staff of a city changes its teams."))


def _locked(by: User, team: Team) -> Team:
    """Read the team again, locked, so that two who put the same colleague in it do so one after the other."""
    fresh = Team.objects.select_for_update(of=("self",)).select_related("partner").get(pk=team.pk)
    _require_manages(by, fresh.partner)
    return fresh


def _locked_place(by: User, membership: TeamMembership) -> TeamMembership:
    team = _locked(by, membership.team)
    place = TeamMembership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)
    place.team = team
    return place


def _check_team(team: Team) -> None:
    others = Team.objects.filter(partner=team.partner_id, name__iexact=team.name).exclude(pk=team.pk)
    if others.exists():
        raise DomainError(_("There is a team with this name already."), field="name")
    if team.site is not None and team.site.partner_id != team.partner_id:
        raise DomainError(_("This site belongs to another city."), field="site")


def _check_open(team: Team) -> None:
    if not team.is_active:
        raise DomainError(_("This team is closed. Open it again first."), field="team")
    if team.is_outside:
        raise DomainError(_("Nobody of the network works in a service outside it."), field="team")


def _check_days(place: TeamMembership) -> None:
    today, start, end = timezone.localdate(), place.starts_on, place.ends_on
    if is_too_old(start):
        raise DomainError(_("Check the year: this is too long ago."), field="starts_on")
    for field, day in (("starts_on", start), ("ends_on", end)):
        if day and day > today + AHEAD:
            raise DomainError(_("Check the year: this is too far ahead."), field=field)
    if end and end < max(start, today):
        raise DomainError(_("The last day is before the first, or in the past."), field="ends_on")


def _check_role(place: TeamMembership) -> None:
    """On the first day that matters the colleague must hold a role at the partner that works in teams."""
    day = max(place.starts_on, timezone.localdate())
    roles = Membership.objects.open().filter(
        _until(day), user=place.user, user__is_active=True, partner=place.team.partner_id, role__in=TEAM_ROLES
    )
    first = roles.order_by("starts_on").first()
    if first is None:
        raise DomainError(_("This colleague has no role here that works in teams."), field="user")
    if first.starts_on > day:
        text = _("The role of this colleague begins only on %(day)s.")
        raise DomainError(text % {"day": date_format(first.starts_on, "SHORT_DATE_FORMAT")}, field="starts_on")


def _check_free(place: TeamMembership, *, field: str = "starts_on") -> None:
    others = TeamMembership.objects.filter(_until(place.starts_on), team=place.team, user=place.user, ended_at=None)
    if place.ends_on:
        others = others.filter(starts_on__lte=place.ends_on)
    if others.exclude(pk=place.pk).exists():
        raise DomainError(_("This colleague is in this team in those days already."), field=field)


def _until(day: date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gte=day)


# -- what is logged --------------------------------------------------------------------------------------------------


def _terms(row: Team | TeamMembership, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _log_team(action: AuditEntry.Action, by: User, team: Team, detail: dict[str, Any]) -> None:
    audit.record(
        action, by=by, object_type=TEAM, object_id=team.pk, partner_id=team.partner_id,
        detail={"what": team.name} | detail,
    )  # fmt: skip


def _log_place(action: AuditEntry.Action, by: User, place: TeamMembership, detail: dict[str, Any]) -> None:
    audit.record(
        action, by=by, object_type=TEAM_MEMBERSHIP, object_id=place.pk, partner_id=place.team.partner_id,
        detail={"user": str(place.user), "what": place.team.name} | detail,
    )  # fmt: skip
