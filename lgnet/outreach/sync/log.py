"""The log of operations: each is carried out exactly once, however often, in whatever order and by whom it is sent.

Every operation has a transaction of its own: a cut in the middle of a batch leaves whole operations done, and sending
everything again does the rest. The row of an operation is written first, so a second process with the same one waits
at the primary key.
"""

import logging
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.core.turns import let_others_write
from lgnet.network.models import User
from lgnet.outreach.forms import Who
from lgnet.outreach.models import Device, Operation
from lgnet.outreach.sync import contacts  # noqa: F401  # registers its kinds
from lgnet.outreach.sync.kinds import KINDS, Outcome, Refused, Sender, Waits
from lgnet.outreach.sync.letters import Letter, Unreadable, clock_of, read_letter, read_uuid, skew_of
from lgnet.people.models import Person
from lgnet.people.selectors import living_id

OPERATION = "outreach.operation"
BREATHER = 40  # operations after which others get a turn
Result = Operation.Result
Answer = dict[str, Any]
_BECOMES = ("person", "result", "reason", "errors", "fates", "answer", "waits_for", "settled_at")
logger = logging.getLogger(__name__)


def receive(
    *, by: User, device: Device, operations: Iterable[Any], sent_at: datetime | None = None, app_version: str = ""
) -> list[Answer]:  # fmt: skip
    """Take a batch from a device of the user and answer each operation, in the order in which they were sent.

    `sent_at` is what the clock of the device shows as it sends. Whatever is the matter with one operation, the others
    go through; only a failure of the database itself ends the batch, and then what was answered is done.
    """
    sender, skew, batch = Sender(by, timezone.now()), skew_of(sent_at, timezone.now()), list(operations)
    known = Operation.objects.in_bulk([pk for raw in batch if (pk := _id_of(raw))])  # most were never sent before
    taken: list[Answer] = []
    for number, raw in enumerate(batch, start=1):
        taken.append(receive_one(sender, device, raw, skew, app_version, known))
        if number % BREATHER == 0:
            let_others_write()
    ids = [answer["id"] for answer in taken if answer["result"] == Result.WAITING]
    if release(device, sender) and ids:  # what came too early may be done now
        now = {str(row.pk): row for row in Operation.objects.filter(pk__in=ids)}
        taken = [_answer(now[a["id"]]) if a["id"] in now else a for a in taken]
    return taken


def receive_one(
    sender: Sender,
    device: Device,
    raw: Any,
    skew: timedelta = timedelta(),
    app_version: str = "",
    known: Mapping[uuid.UUID, Operation] | None = None,
) -> Answer:
    """Take one operation: keep it, carry it out, say what became of it; one that is here already is only answered.

    `known` are those that were here a moment ago, if that was looked up for many at once.
    """
    try:
        letter = read_letter(raw)
    except Unreadable as error:
        return _not_kept(raw, error)
    if known and (there := known.get(letter.id)):
        return _answer_again(there, letter, sender, device)
    try:
        with transaction.atomic():
            operation = _store(letter, sender, device, skew, app_version)
            _settle(operation, sender, letter.problem)
            return _answer(operation)
    except IntegrityError:  # it is here already: sent before, or by another process at the same moment
        found = Operation.objects.filter(pk=letter.id).first()
        if found is None:
            raise
        return _answer_again(found, letter, sender, device)


def release(device: Device, sender: Sender) -> int:
    """Carry out what waited in the sender's cities for something that is here now; return how many moved."""
    moved, senders = 0, {sender.user.pk: sender}
    cities = {device.partner_id, *(unit.partner_id for unit in sender.units)}
    while ready := list(_ready(cities)[:500]):
        before = moved
        for pk, user_id in ready:
            if user_id not in senders:
                senders[user_id] = Sender(User.objects.get(pk=user_id), sender.received_at)
            moved += _try_again(pk, senders[user_id])
        if moved == before:
            break
    return moved


def _store(letter: Letter, sender: Sender, device: Device, skew: timedelta, app_version: str) -> Operation:
    now, place = timezone.now(), _place_of(letter, sender, device)
    return Operation.objects.create(
        pk=letter.id, created_at=now, partner_id=place.partner_id, team_id=place.team_id, device=device,
        user=sender.user, kind=letter.kind, record_id=letter.record_id, base=letter.base, changes=letter.changes,
        extra=letter.extra, after=letter.after, made_at=letter.made_at, skew_seconds=round(skew.total_seconds()),
        clock=clock_of(letter.made_at, now, skew), app_version=letter.app_version or app_version[:40],
        digest=letter.digest, mends=Operation.objects.filter(pk=letter.mends).first() if letter.mends else None,
        person_id=place.person_id,
    )  # fmt: skip


def _settle(operation: Operation, sender: Sender, problem: str = "") -> None:
    """Carry the operation out and write down what became of it."""
    operation.waits_for, operation.reason, operation.errors = None, "", {}
    try:
        with transaction.atomic():
            outcome = _carry_out(operation, sender, problem)
    except Waits as wait:
        operation.result, operation.waits_for = Result.WAITING, wait.waits_for
    except Refused as refusal:
        _refuse(operation, str(refusal), refusal.errors)
    except DomainError as error:
        _refuse(operation, str(error), {error.field: str(error)} if error.field else {})
    except PermissionDenied:
        _refuse(operation, _("Your role, or your place in the unit, does not allow this any more."))
    except OperationalError:
        raise  # the database is busy or gone: nothing is decided, the device sends it again
    except Exception:
        logger.exception("operation %s (%s) failed", operation.pk, operation.kind)
        _refuse(operation, _("The server failed at this. It is kept, and can be sent again."))
    else:
        operation.result = Result.CONFLICT if outcome.has_conflict else Result.APPLIED
        operation.fates, operation.answer, operation.settled_at = outcome.fates, outcome.answer, timezone.now()
    operation.save(update_fields=_BECOMES)


def _carry_out(operation: Operation, sender: Sender, problem: str) -> Outcome:
    if problem:
        raise Refused(problem)
    kind = KINDS.get(operation.kind)
    if kind is None:
        raise Refused(_("This version of the server does not know this kind of operation."))
    for pk in operation.after:
        if not Operation.objects.filter(pk=pk).exclude(result=Result.WAITING).exists():
            raise Waits(read_uuid(pk) or operation.pk)
    mended = _to_be_mended(operation)
    outcome = kind.apply(operation, sender)
    while mended:  # and what that one had been meant to mend
        mended.result, mended.settled_at, mended.waits_for = Result.MENDED, timezone.now(), None
        mended.save(update_fields=["result", "settled_at", "waits_for"])
        mended = Operation.objects.filter(mended_by=mended, settled_at=None).select_for_update(of=("self",)).first()
    return outcome


def _to_be_mended(operation: Operation) -> Operation | None:
    """The operation that this one mends, kept from others. Raises Refused when it needs no mending any more."""
    if operation.mends_id is None:
        return None
    mended = Operation.objects.select_for_update(of=("self",)).get(pk=operation.mends_id)
    is_mine = mended.user_id == operation.user_id or mended.team_id in team_ids_of(operation.user)
    if mended.partner_id != operation.partner_id or not is_mine:
        raise Refused(_("Only the unit that made this contact can change it."))
    if mended.settled_at:
        raise Refused(_("What this mends was mended or set aside already."))
    return mended


def _refuse(operation: Operation, reason: str, errors: dict[str, str] | None = None) -> None:
    operation.result, operation.reason, operation.errors = Result.REFUSED, reason[:500], errors or {}


def _ready(partner_ids: set[uuid.UUID]) -> Any:
    """Ids of the waiting operations of these cities, and of their users, whose record or operation is here now."""
    arrived = Operation.objects.filter(pk=OuterRef("waits_for")).exclude(result=Result.WAITING)
    here = Q(Exists(arrived))
    for model in {kind.model for kind in KINDS.values()}:
        here |= Q(Exists(model._default_manager.filter(pk=OuterRef("waits_for"))))
    waiting = Operation.objects.filter(here, partner__in=partner_ids, waits_for__isnull=False)
    return waiting.order_by("created_at", "id").values_list("pk", "user_id")


def _try_again(pk: Any, sender: Sender) -> bool:
    """Carry out a waiting operation in its user's name, unless another process was faster; whether it moved."""
    with transaction.atomic(), translation.override(sender.user.language):
        operation = Operation.objects.select_for_update(of=("self",)).get(pk=pk)
        if operation.result != Result.WAITING:
            return True
        waited = operation.waits_for
        record = _record_of(operation.kind, operation.record_id, operation.changes)
        operation.person_id = operation.person_id or _person_id(operation.changes, record, operation.partner_id)
        _settle(operation, sender)
        return operation.result != Result.WAITING or operation.waits_for != waited


def _answer(operation: Operation) -> Answer:
    """What the device is told; `kept` means that it may forget the operation."""
    told: Answer = {"id": str(operation.pk), "result": operation.result, "kept": True}
    if operation.reason:
        told |= {"reason": operation.reason, "errors": operation.errors}
    if operation.fates:
        told["fields"] = operation.fates
    if operation.waits_for:
        told["waits_for"] = str(operation.waits_for)
    kind = KINDS.get(operation.kind)
    if kind and (unknown := [name for name in operation.changes if name not in kind.fields]):
        told["unknown_fields"] = unknown
    if operation.clock != Operation.Clock.RIGHT:
        told["clock"] = operation.clock
    return told | operation.answer


def _answer_again(there: Operation, letter: Letter, sender: Sender, device: Device) -> Answer:
    """The answer it had; the same id for something else is refused and logged with all it said, the first stays."""
    if there.user_id == sender.user.pk and there.digest == letter.digest:
        return _answer(there)
    seen = AuditEntry.objects.filter(object_type=OPERATION, object_id=there.pk, detail__digest=letter.digest)
    if not seen.filter(actor_id=sender.user.pk).exists():
        audit.record(
            AuditEntry.Action.UPDATE, by=sender.user, object_type=OPERATION, object_id=there.pk,
            partner_id=device.partner_id, reason="another operation with the same id was refused",
            detail={"digest": letter.digest, "device": str(device.pk), "kind": letter.kind, "changes": letter.changes},
        )  # fmt: skip
    reason = _("This id was used for another operation. The first stays.")
    return {"id": str(letter.id), "result": Result.REFUSED, "kept": False, "reason": reason, "errors": {}}


def _id_of(raw: Any) -> uuid.UUID | None:
    return read_uuid(raw.get("id")) if isinstance(raw, dict) else None


def _not_kept(raw: Any, error: Unreadable) -> Answer:
    pk = raw.get("id") if isinstance(raw, dict) else None
    told = pk[:80] if isinstance(pk, str) else None
    return {"id": told, "result": Result.REFUSED, "kept": False, "reason": str(error), "errors": {}}


class _Place(NamedTuple):
    """Where an operation belongs, and whom it is about: who may read it depends on both."""

    partner_id: uuid.UUID
    team_id: uuid.UUID
    person_id: uuid.UUID | None


def _place_of(letter: Letter, sender: Sender, device: Device) -> _Place:
    """The unit that the operation names, if the sender works in it, or the unit of its record; else of the device."""
    units, person = {unit.pk: unit for unit in sender.units}, None
    team = units.get(read_uuid(letter.changes.get("team")) or device.team_id)
    if letter.changes.get("who") in (Who.MET, Who.REGISTERED) or "who" not in letter.changes:
        record = _record_of(letter.kind, letter.record_id, letter.changes)
        person = _person_id(letter.changes, record, (team or device).partner_id)
        if "team" not in letter.changes and record is not None:
            team = units.get(record.team_id, team)
    if team is None:
        return _Place(device.partner_id, device.team_id, person)
    return _Place(team.partner_id, team.pk, person)


def _record_of(kind: str, record_id: uuid.UUID | None, changes: dict[str, Any]) -> Any:
    """The record an operation is about, or the one that an earlier meeting with the same person made."""
    about, known = read_uuid(changes.get("earlier")) if "who" in changes else record_id, KINDS.get(kind)
    return known.model._default_manager.filter(pk=about).first() if known and about else None


def _person_id(changes: dict[str, Any], record: Any, partner_id: uuid.UUID) -> uuid.UUID | None:
    pk = read_uuid(changes.get("person"))
    if changes.get("who") == Who.REGISTERED and pk:
        return Person.objects.filter(pk=living_id(pk), partner_id=partner_id).values_list("pk", flat=True).first()
    is_here = record is not None and record.partner_id == partner_id
    return getattr(record, "person_id", None) if is_here else None
