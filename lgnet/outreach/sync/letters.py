"""Reading what a device sent: nothing is trusted, nothing that can be kept is lost."""

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from django.utils.translation import gettext as _

from lgnet.outreach.corrections import read_moment
from lgnet.outreach.models import Operation
from lgnet.outreach.positions import coarse_text

MOST_OPERATIONS = 500  # in one request
LARGEST = 256 * 1024  # characters of one operation
DEEPEST = 12
AHEAD = timedelta(minutes=10)
OLD = timedelta(days=60)
KNOWN = ("id", "kind", "record_id", "base", "changes", "made_at", "after", "mends", "app_version")
_TELLING = ("kind", "record_id", "base", "changes", "made_at", "after", "mends")  # what makes it the same operation


class Unreadable(Exception):
    """No operation can be made of this, so the device has to keep it; the text says why."""


@dataclass(frozen=True)
class Letter:
    """One operation as it was sent; `problem` says what makes it impossible to carry out, though it can be kept."""

    id: uuid.UUID
    kind: str
    record_id: uuid.UUID | None
    base: dict[str, Any]
    changes: dict[str, Any]
    made_at: datetime | None
    after: list[str]
    mends: uuid.UUID | None
    app_version: str
    extra: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    problem: str = ""


def read_letter(raw: Any) -> Letter:
    """Read one operation. Raises Unreadable when it has no id of its own, or is too large to be kept."""
    pk = read_uuid(raw.get("id")) if isinstance(raw, dict) else None
    if pk is None:
        raise Unreadable(_("This is no operation: it has no id."))
    if _is_deeper_than(raw, DEEPEST) or len(dumps(raw)) > LARGEST:
        raise Unreadable(_("This operation is too large."))
    clean: dict[str, Any] = storable(raw)
    problem = ""
    for name in ("base", "changes"):
        if not isinstance(clean.get(name, {}), dict):
            problem = _("The app sent something that the server does not understand.")
    record_id = read_uuid(raw.get("record_id"))
    after = raw.get("after") or []
    if record_id is None or not isinstance(after, list):
        problem = _("The app sent something that the server does not understand.")
    return Letter(
        id=pk, kind=str(clean.get("kind", ""))[:40], record_id=record_id, base=coarsened(_mapping(clean.get("base"))),
        changes=coarsened(_mapping(clean.get("changes"))), made_at=read_moment(raw.get("made_at")),
        after=_ids(after, pk), mends=read_uuid(raw.get("mends")), app_version=str(clean.get("app_version") or "")[:40],
        extra={name: value for name, value in clean.items() if name not in KNOWN}, digest=_digest(raw),
        problem=problem,
    )  # fmt: skip


def read_uuid(value: Any) -> uuid.UUID | None:
    """The id that a text is, or None."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def storable(value: Any) -> Any:
    """The value as both databases keep it: no NUL, no halves of characters, no number that JSON does not have."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(str(key)): storable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [storable(one) for one in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def coarsened(values: dict[str, Any]) -> dict[str, Any]:
    """The values with any position in them made as coarse as one is kept: not even what was sent is kept finer."""
    return values | {name: coarse_text(values[name]) for name in ("latitude", "longitude") if values.get(name)}


def clock_of(made_at: datetime | None, received_at: datetime, skew: timedelta) -> Operation.Clock:
    """What is odd about the time a device gives, when its clock was wrong by `skew` as it sent."""
    if made_at is None:
        return Operation.Clock.UNKNOWN
    if made_at > received_at + AHEAD or skew < -AHEAD:
        return Operation.Clock.AHEAD
    if made_at + skew < received_at - OLD:
        return Operation.Clock.OLD
    return Operation.Clock.BEHIND if skew > AHEAD else Operation.Clock.RIGHT


def skew_of(sent_at: datetime | None, received_at: datetime) -> timedelta:
    """How much has to be added to the times of a device whose clock shows `sent_at` now; a small error is none."""
    skew = received_at - sent_at if sent_at else timedelta()
    return timedelta(seconds=round(skew.total_seconds())) if AHEAD < abs(skew) < timedelta(days=3650) else timedelta()


def _digest(raw: Mapping[str, Any]) -> str:
    telling = {name: raw.get(name) for name in _TELLING}
    return sha256(dumps(telling, sort_keys=True).encode()).hexdigest()


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {} if value is None else {"?": value}


def _ids(values: Any, own: uuid.UUID) -> list[str]:
    found = [read_uuid(value) for value in values] if isinstance(values, list) else []
    return [str(pk) for pk in found if pk and pk != own][:50]


def _is_deeper_than(value: Any, depth: int) -> bool:
    if depth < 0:
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_is_deeper_than(one, depth - 1) for one in inner)
