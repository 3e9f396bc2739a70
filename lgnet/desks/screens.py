"""Counters and the screens of a waiting room: who sets a desk up makes, changes and stops them."""

import hashlib
import secrets
import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import midnight
from lgnet.core.words import one_line
from lgnet.desks.policies import sets_up
from lgnet.desks.queue_models import FIRST_OFFLINE, LAST_NUMBER, OFFLINE_NUMBERS, Counter, Screen, Ticket
from lgnet.network.models import User


@transaction.atomic
def create_counter(*, by: User, team: Team, name: str, record_id: uuid.UUID | None = None) -> Counter:
    """Make a counter of a desk; a form sent twice makes one. Raises DomainError when the name is taken or empty."""
    _require_sets_up(by, team)
    Team.objects.select_for_update().get(pk=team.pk)

    def write() -> Counter:
        counter = Counter(pk=record_id or uuid7(), partner_id=team.partner_id, team=team, name=one_line(name))
        _check_counter(counter)
        counter.save(force_insert=True)
        _log(AuditEntry.Action.CREATE, by, counter, {"what": counter.name})
        return counter

    return write_once(Counter, record_id, is_mine=lambda found: found.team_id == team.pk, write=write)


@transaction.atomic
def change_counter(*, by: User, counter: Counter, name: str, is_active: bool) -> Counter:
    """Rename a counter, or take it out of use. Raises DomainError while somebody is received at it."""
    _require_sets_up(by, counter.team)
    Team.objects.select_for_update().get(pk=counter.team_id)
    counter = Counter.objects.select_for_update().get(pk=counter.pk)
    before = {"name": counter.name, "is_active": counter.is_active}
    counter.name, counter.is_active = one_line(name), is_active
    _check_counter(counter)
    today = Ticket.objects.filter(counter=counter, status=Ticket.Status.CALLED, day=timezone.localdate())
    if not is_active and counter.occupant_id and today.exists():
        raise DomainError(_("Somebody is received at this counter now."), field="is_active")
    if not is_active:
        counter.occupant = counter.occupied_at = None
    counter.save()
    changes = audit.changes(before, {"name": counter.name, "is_active": counter.is_active})
    if changes:
        _log(AuditEntry.Action.UPDATE, by, counter, {"what": counter.name, "changes": changes})
    return counter


@transaction.atomic
def create_screen(*, by: User, team: Team, kind: Screen.Kind | str, name: str) -> tuple[Screen, str]:
    """Make a screen; return it with its secret, which is shown once and of which only the hash is kept."""
    _require_sets_up(by, team)
    if team.kind != Team.Kind.DESK:
        raise DomainError(_("There is no queue here."))
    if kind not in Screen.Kind.values:
        raise DomainError(_("Choose what the screen does."), field="kind")
    if not one_line(name):
        raise DomainError(_("Give it a name."), field="name")
    Team.objects.select_for_update().get(pk=team.pk)
    secret = secrets.token_urlsafe(24)
    screen = Screen.objects.create(
        partner_id=team.partner_id, team=team, kind=kind, name=one_line(name), made_by=by, secret_hash=hash_of(secret),
        offline_from=_free_numbers(team) if kind == Screen.Kind.KIOSK else None,
    )  # fmt: skip
    _log(AuditEntry.Action.CREATE, by, screen, {"what": screen.name, "kind": screen.kind})
    return screen, secret


@transaction.atomic
def stop_screen(*, by: User, screen: Screen) -> Screen:
    """The address of the screen opens nothing any more."""
    _require_sets_up(by, screen.team)
    screen = Screen.objects.select_for_update().get(pk=screen.pk)
    if screen.stopped_at is None:
        screen.stopped_at, screen.stopped_by = timezone.now(), by
        screen.save(update_fields=["stopped_at", "stopped_by"])
        _log(AuditEntry.Action.UPDATE, by, screen, {"what": screen.name, "stopped": "yes"})
    return screen


def note_seen(screen: Screen) -> None:
    """Keep that the screen is alive now. It is no change that somebody made: nothing is logged."""
    Screen.objects.filter(pk=screen.pk).update(last_seen_at=timezone.now())


def hash_of(secret: str) -> str:
    """What is kept of a secret. It is long and random, so that a plain hash does."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _free_numbers(team: Team) -> int:
    """The first of the numbers that no other kiosk of the desk gives without network, or has given today."""
    running = Q(stopped_at__isnull=True) | Q(stopped_at__gte=midnight(timezone.localdate()))
    taken = set(Screen.objects.filter(running, team=team).values_list("offline_from", flat=True))
    free = [first for first in range(FIRST_OFFLINE, LAST_NUMBER, OFFLINE_NUMBERS) if first not in taken]
    if not free:
        raise DomainError(_("This desk has kiosks enough. Stop one first."))
    return free[0]


def _require_sets_up(by: User, team: Team) -> None:
    if not sets_up(by, team):
        raise PermissionDenied(_("Only who works at the desk, and the coordinator, set it up."))


def _check_counter(counter: Counter) -> None:
    if not counter.name:
        raise DomainError(_("Give the counter a name."), field="name")
    if Counter.objects.filter(team=counter.team_id, name__iexact=counter.name).exclude(pk=counter.pk).exists():
        raise DomainError(_("There is a counter with this name already."), field="name")


def _log(action: AuditEntry.Action, by: User, row: Counter | Screen, detail: dict[str, object]) -> None:
    audit.record(
        action, by=by, object_type=row._meta.label_lower, object_id=row.pk, partner_id=row.partner_id, detail=detail
    )
