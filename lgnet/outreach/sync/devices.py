"""Devices: registered, heard of, wiped from afar with a receipt."""

import uuid

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.card_codes import free_codes, reserve_codes
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.core.words import one_line
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Device, Operation
from lgnet.outreach.sync_models import lease_from_now
from lgnet.outreach.sync_policies import may_wipe
from lgnet.people.services import require

DEVICE = "outreach.device"
MOST = 2_000_000_000  # what the databases keep in a whole number


@transaction.atomic
def register_device(*, by: User, device_id: uuid.UUID, team: Team, name: str, app_version: str = "") -> Device:
    """Register a device for a unit of the user, or renew one of the user's that was not heard of for too long.

    Raises DomainError for a device of somebody else or one that was wiped, PermissionDenied for a unit of others.
    """
    require(by, Permission.RECORD_CONTACT, team.partner)
    if team.pk not in team_ids_of(by):
        raise PermissionDenied(str(Permission.RECORD_CONTACT))
    name = one_line(name)[:80] or _("phone")
    device, is_new = Device.objects.select_for_update(of=("self",)).get_or_create(
        pk=device_id,
        defaults={"partner": team.partner, "team": team, "user": by, "name": name, "app_version": app_version[:40]},
    )
    if device.user_id != by.pk or device.partner_id != team.partner_id:
        raise DomainError(_("This device belongs to another sign-in. Empty the app and register it anew."))
    if device.state in {Device.State.WIPE, Device.State.WIPED}:
        raise DomainError(_("This device was wiped. Empty the app and register it anew."))
    if not is_new:
        device.team, device.name, device.app_version = team, name, app_version[:40]
        device.lease_until = lease_from_now()
        device.save(update_fields=["team", "name", "app_version", "lease_until"])
    _log(AuditEntry.Action.CREATE if is_new else AuditEntry.Action.UPDATE, by, device, {"name": name})
    _give_codes(device)
    return device


@transaction.atomic
def hear_of(device: Device, *, queue_length: int | None, app_version: str) -> Device:
    """Note that the device has just been in contact; its lease runs on unless it had ended or is to be wiped.

    While it runs the device has codes for the cards it makes with no signal.
    """
    if device.state == Device.State.ACTIVE:
        device.lease_until = lease_from_now()
        _give_codes(device)
    device.last_sync_at, device.app_version = timezone.now(), app_version[:40] or device.app_version
    if queue_length is not None:
        device.queue_length = min(max(queue_length, 0), MOST)
    device.save(update_fields=["lease_until", "last_sync_at", "app_version", "queue_length"])
    return device


@transaction.atomic
def ask_wipe(*, by: User, device: Device, reason: str) -> Device:
    """Let the device empty itself when it is next heard of; until then it gets no data.

    Raises PermissionDenied for whoever neither manages the staff of the city nor owns the device, DomainError without
    a reason.
    """
    if not may_wipe(by, device):
        raise PermissionDenied(str(Permission.MANAGE_STAFF))
    if not reason.strip():
        raise DomainError(_("Say why, so that the colleague knows."), field="reason")
    locked = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if locked.wipe_asked_at is None:
        locked.wipe_asked_at, locked.wipe_asked_by, locked.wipe_reason = timezone.now(), by, reason.strip()[:300]
        locked.save(update_fields=["wipe_asked_at", "wipe_asked_by", "wipe_reason"])
        _log(AuditEntry.Action.UPDATE, by, locked, {"wipe": "asked", "reason": locked.wipe_reason})
    return locked


@transaction.atomic
def give_keys(*, by: User, device: Device) -> list[str]:
    """Keys that open the second wrap of what the device holds, for when its PIN is forgotten; logged.

    They follow from the secret key of the installation and the device, so nothing more is stored; the first is the
    present one, the others come from secret keys that were replaced. Raises PermissionDenied for anybody but the owner.
    """
    if device.user_id != by.pk:
        raise PermissionDenied
    _log(AuditEntry.Action.UPDATE, by, device, {"key": "given"})
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac("lgnet.outreach.device", str(device.pk), secret=secret, algorithm="sha256").hexdigest()
        for secret in secrets
    ]


@transaction.atomic
def record_receipt(*, by: User, device: Device, unsent: int) -> Device:
    """The device says that it has emptied itself, and how many operations it had not sent; the first receipt stays."""
    locked = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if locked.wiped_at is None:
        locked.wiped_at, locked.unsent_when_wiped = timezone.now(), min(max(unsent, 0), MOST)
        locked.queue_length = 0
        locked.save(update_fields=["wiped_at", "unsent_when_wiped", "queue_length"])
        _log(AuditEntry.Action.UPDATE, by, locked, {"wipe": "done", "unsent": str(locked.unsent_when_wiped)})
    return locked


def codes_of(device: Device) -> list[str]:
    """Codes for cards that this device may still give: those in an operation were shown to somebody, whatever came of
    it."""
    return free_codes(device.pk, besides=_shown(device))


def _give_codes(device: Device) -> None:
    if can(device.user, Permission.SEND_REFERRAL, partner=device.partner_id):
        reserve_codes(by=device.user, partner=device.partner, holder=device.pk, besides=_shown(device))


def _shown(device: Device) -> set[str]:
    cards = Operation.objects.filter(device=device, kind="contact.refer", changes__has_key="code")
    return {str(code) for code in cards.values_list("changes__code", flat=True)}


def _log(action: AuditEntry.Action, by: User, device: Device, detail: dict[str, str]) -> None:
    audit.record(
        action, by=by, object_type=DEVICE, object_id=device.pk, partner_id=device.partner_id, detail=detail
    )  # fmt: skip
