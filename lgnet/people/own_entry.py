"""Opening the own page with code and PIN: whoever guesses learns nothing, and soon has to wait.

Tries are counted by code, also for codes that no card has, and by address. Each one that is looked at costs one hash
and one row of the log, whatever is wrong with it; while one has to wait nothing is looked at, so that the log, which
nothing is ever taken out of, cannot be filled.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.network.accounts import line_of
from lgnet.people.models import OwnCard, OwnPageTries

OWN_CARD = "people.owncard"
FIRST_LOCK, LONGEST_LOCK, GROWS = timedelta(minutes=15), timedelta(hours=24), 4
LONGEST_CODE = 200  # characters; a scanner types the whole address that is on the card
SCANNED = re.compile(
    r"\bme\W+(\w{8})\W*$", re.IGNORECASE
)  # with other signs for the slashes if its keyboard is another


@dataclass(frozen=True)
class Limit:
    """So many failed tries and one has to wait, each time longer; they are forgotten after `forgotten` without one."""

    tries: int
    forgotten: timedelta


# Many people share one address (a network of telephones, a library), so it is more patient than the card.
CARD, ADDRESS = Limit(5, timedelta(days=7)), Limit(20, timedelta(days=1))


@dataclass(frozen=True)
class Entry:
    """What became of a try: the card that it opened, or nothing; until when one has to wait, if so."""

    card: OwnCard | None = None
    locked_until: datetime | None = None


def open_own_page(*, code: str, pin: str, address: str) -> Entry:
    """Try a code and a PIN, as typed, from an address.

    Each step is a transaction of its own: the PIN takes long to look at, on purpose, and on SQLite everybody who writes
    would wait for it. So a try counts as failed before it is looked at; several at once are not more than one by one.
    """
    code, now = clean_code(code), timezone.now()
    keys = [(_key("card", code), CARD), (_key("address", line_of(address)), ADDRESS)]
    before, after = _count(keys, now)
    if before:
        return Entry(locked_until=before)
    card = OwnCard.objects.filter(code=code, stopped_at=None).select_related("person__partner").first()
    if check_password(clean_pin(pin), card.pin_hash if card else _of_nobody()) and card:
        _succeed(card, keys[1][0])
        return Entry(card)
    _log(AuditEntry.Action.SIGN_IN_FAILED, card, {"ip": address} | ({"locked": "yes"} if after else {}))
    return Entry(locked_until=after)


@transaction.atomic
def close_own_page(card: OwnCard) -> None:
    """Whatever was opened with the card until now is closed, on every device."""
    OwnCard.objects.filter(pk=card.pk).update(closed_at=timezone.now())
    _log(AuditEntry.Action.SIGN_OUT, card, {})


def forget_tries(code: str) -> None:
    """The code may be tried again at once."""
    OwnPageTries.objects.filter(key=_key("card", code)).delete()


def locked_until(card: OwnCard) -> datetime | None:
    """Until when nobody opens the page with this card because it was tried too often, or None."""
    row = OwnPageTries.objects.filter(key=_key("card", card.code), locked_until__gt=timezone.now()).first()
    return row.locked_until if row else None


def clean_code(text: str) -> str:
    """The code in what was typed or scanned: in capitals, without spaces and dashes, out of the address of the page."""
    text = text[:LONGEST_CODE].strip()
    scanned = SCANNED.search(text)
    return _plain_figures("".join((scanned[1] if scanned else text).split()).replace("-", "").upper())


def clean_pin(text: str) -> str:
    """The figures of a PIN, typed on whatever keyboard."""
    return _plain_figures("".join(text.split()).replace("-", ""))


def _plain_figures(text: str) -> str:
    """Arabic, Bengali and other figures as 0 to 9."""
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


@transaction.atomic
def _count(keys: list[tuple[str, Limit]], now: datetime) -> tuple[datetime | None, datetime | None]:
    """Count one more failed try under each key, unless one has to wait; return until when, before and after it."""
    OwnPageTries.objects.filter(last_at__lt=now - max(limit.forgotten for _key, limit in keys)).delete()
    counted = [(_tries(key, now, limit), limit) for key, limit in keys]
    if locks := [one.locked_until for one, _limit in counted if one.locked_until and one.locked_until > now]:
        return max(locks), None
    until = [locked for tries, limit in counted if (locked := _fail(tries, now, limit))]
    return None, max(until, default=None)


def _tries(key: str, now: datetime, limit: Limit) -> OwnPageTries:
    """The count under this key, locked until the transaction ends: of two tries at once the second one waits."""
    OwnPageTries.objects.get_or_create(key=key, defaults={"last_at": now})
    tries = OwnPageTries.objects.select_for_update().get(key=key)
    if tries.last_at < now - limit.forgotten:
        tries.failures = 0
    return tries


def _fail(tries: OwnPageTries, now: datetime, limit: Limit) -> datetime | None:
    """Count one more; return until when one has to wait if it is one too many."""
    tries.failures, tries.last_at = tries.failures + 1, now
    times, rest = divmod(tries.failures, limit.tries)
    tries.locked_until = None if rest else now + min(FIRST_LOCK * GROWS ** min(times - 1, 10), LONGEST_LOCK)
    tries.save(update_fields=["failures", "last_at", "locked_until"])
    return tries.locked_until


@transaction.atomic
def _succeed(card: OwnCard, address_key: str) -> None:
    """The try was none that failed. The card begins anew; the address does not: whoever guesses may have a card."""
    forget_tries(card.code)
    from_address = OwnPageTries.objects.filter(key=address_key, failures__gt=0)
    from_address.update(failures=F("failures") - 1, locked_until=None)
    _log(AuditEntry.Action.SIGN_IN, card, {})


def _key(kind: str, text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"own page {kind} {text}".encode(), hashlib.sha256).hexdigest()


@cache
def _of_nobody() -> str:
    """A hash that no PIN has: to look at a code that no card has takes as long as at any other."""
    return make_password("nobody's")


def _log(action: AuditEntry.Action, card: OwnCard | None, detail: dict[str, str]) -> None:
    audit.record(
        action, by=None, object_type=OWN_CARD, object_id=card.pk if card else None,
        partner_id=card.partner_id if card else None, person_id=card.person_id if card else None, detail=detail,
    )  # fmt: skip
