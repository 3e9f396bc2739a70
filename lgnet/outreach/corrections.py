"""Correcting a street contact: field by field, with the journey, and what a device and the server compare.

`wire` values are what a form would send: texts, lists of codes, a moment to the minute. Two values are the same when
their wire values are.
"""

import uuid
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from hashlib import sha256
from json import dumps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.core.forms import MomentField
from lgnet.core.ids import uuid7
from lgnet.core.periods import is_too_old
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Contact
from lgnet.outreach.outing_selectors import outing_at
from lgnet.people import journey
from lgnet.people.models import JourneyEvent, JourneyKind
from lgnet.people.policies import is_hidden_from
from lgnet.people.services import require

FIELDS: dict[str, str | Promise] = {
    "zone": gettext_lazy("Zone"),
    "occurred_at": gettext_lazy("When"),
    "nickname": gettext_lazy("Called"),
    "head_count": gettext_lazy("How many people"),
    "needs": gettext_lazy("Needs"),
    "given": gettext_lazy("Given now"),
    "sleeping_rough": gettext_lazy("Sleeps in the street?"),
    "next_step": gettext_lazy("Next step"),
    "gender": gettext_lazy("Gender"),
    "age_band": gettext_lazy("Apparent age"),
    "language": gettext_lazy("Language"),
    "note": gettext_lazy("Note"),
}
CONTACT = "outreach.contact"


def wire_value(field: str, value: Any) -> Any:
    """A value of a contact, or a cleaned one of its form, as a form would send it."""
    match field:
        case "zone":
            return str(value.pk) if value is not None else ""
        case "occurred_at":
            return _moment(value)
        case "sleeping_rough":
            return {True: "yes", False: "no"}.get(value, "")
        case "needs" | "given":
            return sorted(value or [])
        case "head_count":
            return value or 1
    return _plain(value or "")


def wire(contact: Contact) -> dict[str, Any]:
    """What can be corrected of a contact, as a form would send it."""
    return {field: wire_value(field, getattr(contact, field)) for field in FIELDS}


def canonical(field: str, sent: Any) -> Any:
    """A value that a device says it saw, written as `wire_value` does; what makes no sense stays as it is."""
    if field == "occurred_at":
        moment = read_moment(sent)
        return wire_value(field, moment) if moment else sent
    if field in {"needs", "given"}:
        return sorted(str(one) for one in sent) if isinstance(sent, list) else ([] if sent in (None, "") else sent)
    if field == "head_count":
        return int(sent) if isinstance(sent, int | str) and str(sent).isdecimal() and len(str(sent)) < 6 else 1
    if field == "sleeping_rough" and (sent is None or isinstance(sent, bool)):
        return wire_value(field, sent)
    return _plain(str(sent)) if sent is not None else ""


def read_moment(sent: Any) -> datetime | None:
    """A moment as ISO 8601 with its zone, or as the clock on the wall shows it; None when it is neither.

    The first and the last year there are do not count: their edges are no moment in every zone.
    """
    if not isinstance(sent, str):
        return None
    try:
        found = datetime.fromisoformat(sent)
        moment = found if timezone.is_aware(found) else MomentField().to_python(sent)
    except (ValueError, ValidationError, OverflowError):
        return None
    return moment if moment and MINYEAR < moment.year < MAXYEAR else None


def version_of(contact: Contact) -> str:
    """Changes with every correction: who corrects says with it what she or he had seen."""
    return sha256(dumps(wire(contact), sort_keys=True).encode()).hexdigest()[:16]


def lock_contact(by: User, pk: uuid.UUID) -> Contact:
    """The contact, kept from others until the transaction ends, if the user may correct it.

    Raises PermissionDenied for units of others and for a restricted file of others, DomainError for one that was
    recorded by mistake.
    """
    contact = _lock(pk)
    require_corrects(by, contact)
    return contact


def require_corrects(by: User, contact: Contact) -> None:
    """Raise PermissionDenied or DomainError as `lock_contact` for a contact that was read already."""
    _require_unit(by, contact)
    if contact.voided_at:
        raise DomainError(_("This contact was recorded by mistake: it is no longer changed."))


def _lock(pk: uuid.UUID) -> Contact:
    return Contact.objects.select_for_update(of=("self",)).select_related("partner", "zone", "team").get(pk=pk)


def _require_unit(by: User, contact: Contact) -> None:
    require(by, Permission.RECORD_CONTACT, contact.partner)
    hidden = contact.person is not None and is_hidden_from(by, contact.person)
    if contact.team_id not in team_ids_of(by) or hidden:
        raise PermissionDenied(str(Permission.RECORD_CONTACT))


@transaction.atomic
def change_contact(
    *, by: User, contact: Contact, changes: Mapping[str, Any], seen_version: str = "",
    source: Mapping[str, str] | None = None,
) -> Contact:  # fmt: skip
    """Correct fields (of FIELDS) of a contact; its event is voided and written anew where the journey tells them.

    `seen_version` is `version_of` what the writer had seen, `source` is kept in the log. Raises DomainError when it was
    changed in between, for an impossible moment, zone or number; PermissionDenied as `lock_contact`.
    """
    locked = lock_contact(by, contact.pk)
    if seen_version and seen_version != version_of(locked):
        raise DomainError(_("Somebody corrected this contact while you were writing. Look, then save again."))
    return change_locked(by=by, locked=locked, changes=changes, source=source)


def change_locked(
    *, by: User, locked: Contact, changes: Mapping[str, Any], source: Mapping[str, str] | None = None
) -> Contact:
    """What `change_contact` does with a contact that `lock_contact` gave, in the same transaction."""
    before = wire(locked)
    changed = [name for name, value in changes.items() if wire_value(name, value) != before[name]]
    for name in changed:
        setattr(locked, name, changes[name])
    if not changed:
        return locked
    _check(locked, changed)
    corrected = {"occurred_at": locked.occurred_at} if "occurred_at" in changed else {}
    if "head_count" in changed:
        corrected["quantity"] = locked.head_count  # type: ignore[assignment]
    if locked.nickname and locked.person_id is None and locked.trace is None:
        locked.trace = uuid7()  # from now on this person can be told again
        corrected["trace"] = locked.trace  # type: ignore[assignment]
    if "occurred_at" in changed:
        locked.outing = outing_at(locked.team, locked.occurred_at)
    locked.save(update_fields=[*changed, "trace", "outing"])
    if corrected:
        event = JourneyEvent.objects.get(source_id=locked.pk, kind=JourneyKind.CONTACT, voided_at__isnull=True)
        journey.correct(event, by=by, reason="contact corrected", **corrected)
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type=CONTACT, object_id=locked.pk, partner_id=locked.partner_id,
        person_id=locked.person_id,
        detail={"changes": {name: [before[name], wire(locked)[name]] for name in changed}, **(source or {})},
    )  # fmt: skip
    return locked


@transaction.atomic
def forget_position(*, by: User, contact: Contact) -> Contact:
    """Remove where a contact was; the log tells that it was removed, not what it was.

    A position is noted on the spot or not at all, so it is not corrected: its two halves cannot be merged one by one.
    It is removed from a contact that was recorded by mistake too. Raises PermissionDenied as `lock_contact`.
    """
    locked = _lock(contact.pk)
    _require_unit(by, locked)
    if locked.latitude is None:
        return locked
    locked.latitude, locked.longitude, locked.is_far = None, None, False
    locked.save(update_fields=["latitude", "longitude", "is_far"])
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type=CONTACT, object_id=locked.pk, partner_id=locked.partner_id,
        person_id=locked.person_id, detail={"position": "removed"},
    )  # fmt: skip
    return locked


def last_change(contact: Contact, field: str) -> AuditEntry | None:
    """The row of the log of who last wrote this field: a correction of it, or else the recording."""
    rows = AuditEntry.objects.filter(object_type=CONTACT, object_id=contact.pk, action__in=("create", "update"))
    for row in rows.order_by("-created_at", "-id"):
        if row.action == AuditEntry.Action.CREATE or field in row.detail.get("changes", {}):
            return row
    return None


def _check(contact: Contact, changed: list[str]) -> None:
    at = contact.occurred_at
    if "occurred_at" in changed:
        if at > timezone.now():
            raise DomainError(_("This moment is in the future."), field="occurred_at")
        if is_too_old(at):
            raise DomainError(_("Check the year: this is too long ago."), field="occurred_at")
        if contact.person and contact.person.birth_date and timezone.localdate(at) < contact.person.birth_date:
            raise DomainError(_("This day is before the person's birth."), field="occurred_at")
    if contact.zone.partner_id != contact.partner_id:
        raise DomainError(_("The zone belongs to another city."), field="zone")
    if contact.head_count < 1:
        raise DomainError(_("At least one person."), field="head_count")
    if contact.head_count > 1 and (contact.person_id or contact.trace or contact.nickname):
        raise DomainError(_("A group has no name: record a contact for each person you know."), field="head_count")


def _moment(value: datetime) -> str:
    try:
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    except OverflowError:  # the first or the last day there is: a mistyped year, which the service refuses
        return value.isoformat()


def _plain(value: Any) -> str:
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
