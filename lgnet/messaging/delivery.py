"""Sending what is due. Several workers may do it at once, on every database: nothing is sent twice, nothing is lost.

A worker takes a message by moving its lease; two that try the same one see that one of them came late. What a worker
began and never ended is handed over again under the same reference if the gateway knows a double by it, and else said
to be not known, for a person to decide.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from lgnet.messaging.gateway import Gateway, Refused, Sent, TryAgain
from lgnet.messaging.gateways import gateways_in_use
from lgnet.messaging.models import Channel, MessageStep, OutgoingMessage, StrayReceipt
from lgnet.messaging.quiet import quiet_hours_of, quiet_until
from lgnet.messaging.receipts import apply_receipt
from lgnet.messaging.services import why_not
from lgnet.messaging.wording import TEST

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)  # longer than any gateway is waited for
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))  # before the second try, the third, …
DAILY, DAY = 10, timedelta(hours=24)  # messages to one number or address
_S, _R, _W = OutgoingMessage.Status, OutgoingMessage.Reason, MessageStep.What


def deliver_due(*, most: int = 500, stopped: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Send what is due, at most `most` messages; return how many ended in which state.

    Channels without a gateway are left alone. To be called outside of a transaction: others must see each lease.
    """
    gateways, done = gateways_in_use(), Counter[str]()
    StrayReceipt.objects.filter(created_at__lt=timezone.now() - DAY).delete()
    due = OutgoingMessage.objects.filter(status=_S.QUEUED, channel__in=gateways, next_try_at__lte=timezone.now())
    for pk, lease in list(due.order_by("next_try_at").values_list("pk", "claimed_until")[:most]):
        if stopped():
            break
        if message := _claim(pk, lease):
            done[_deliver(message, gateways[message.channel], was_begun=lease is not None)] += 1
    return done


def _claim(pk: Any, lease: datetime | None) -> OutgoingMessage | None:
    """The message, ours until the lease ends; None when another worker has it, or it is no longer due."""
    now = timezone.now()
    if lease is not None and lease > now:
        return None
    free = OutgoingMessage.objects.filter(pk=pk, status=_S.QUEUED, claimed_until=lease, next_try_at__lte=now)
    more = {"may_have_gone": True} if lease is not None else {}
    if not free.update(claimed_until=now + LEASE, **more):
        return None
    return OutgoingMessage.objects.select_related("partner", "person", "point").get(pk=pk)


def _deliver(message: OutgoingMessage, gateway: Gateway, *, was_begun: bool) -> str:
    """Send one claimed message, or say why not; return what it came to."""
    if held := _held_back(message, gateway, was_begun=was_begun):
        return held
    try:
        sent = gateway.send(message)
    except TryAgain as problem:
        return _try_later(message, gateway, problem)
    except Refused as problem:
        return _end(message, _S.FAILED, reason=_R.REFUSED, error=str(problem)[:300])
    except Exception as problem:  # whatever a back end does, the other messages go out
        log.exception("message %s could not be handed over", message.pk)
        return _try_later(message, gateway, TryAgain(type(problem).__name__, may_have_gone=True))
    return _sent(message, sent)


def _held_back(message: OutgoingMessage, gateway: Gateway, *, was_begun: bool) -> str:
    """What it came to if it is not handed over now; else nothing."""
    now = timezone.now()
    if was_begun and not gateway.is_safe_to_repeat:
        return _end(message, _S.UNKNOWN, reason=_R.NO_ANSWER)
    if reason := why_not(message, now):
        return _end(message, _S.UNKNOWN if message.may_have_gone else _S.CANCELLED, reason=reason)
    if later := _not_yet(message, now):
        until, why = later
        return _write(message, why, next_try_at=until)
    return ""


def _not_yet(message: OutgoingMessage, now: datetime) -> tuple[datetime, MessageStep.What] | None:
    """When it may go out if not now, and why: nobody is woken, nobody is flooded."""
    wakes = message.person_id is not None or message.channel == Channel.SMS
    if message.kind == TEST or not wakes:
        return None
    hours = quiet_hours_of(message.partner)
    if until := quiet_until(now, hours.starts, hours.ends):
        return until, _W.WAITS
    lately = OutgoingMessage.objects.filter(to=message.to, sent_at__gt=now - DAY).order_by("-sent_at")
    tenth = lately.values_list("sent_at", flat=True)[DAILY - 1 : DAILY].first()
    return (tenth + DAY, _W.ENOUGH) if tenth else None


def _try_later(message: OutgoingMessage, gateway: Gateway, problem: TryAgain) -> str:
    words = str(problem)[:300]
    gone = message.may_have_gone or problem.may_have_gone
    if problem.may_have_gone and not gateway.is_safe_to_repeat:
        return _end(message, _S.UNKNOWN, reason=_R.NO_ANSWER, error=words, tries=message.tries + 1)
    if message.tries >= len(WAITS):
        status = _S.UNKNOWN if gone else _S.FAILED
        return _end(message, status, reason=_R.GAVE_UP, error=words, tries=message.tries + 1)
    return _write(
        message, _W.TRIED, next_try_at=timezone.now() + WAITS[message.tries], tries=message.tries + 1, error=words,
        may_have_gone=gone,
    )  # fmt: skip


def _sent(message: OutgoingMessage, sent: Sent) -> str:
    told = _end(message, _S.SENT, provider_id=sent.provider_id[:100], sent_at=timezone.now(), error="", reason="")
    if sent.provider_id:
        for receipt in StrayReceipt.objects.filter(provider_id=sent.provider_id[:100]).order_by("created_at"):
            apply_receipt(pk=message.pk, delivered=receipt.delivered)
            receipt.delete()
    return told


def _end(message: OutgoingMessage, status: OutgoingMessage.Status, **values: Any) -> str:
    return _write(message, MessageStep.What(status.value), status=status, **values)


@transaction.atomic
def _write(message: OutgoingMessage, what: MessageStep.What, **values: Any) -> str:
    """Write what came of our claim and end it, unless the claim ran out and somebody else has the message.

    What was told meanwhile stays true: a receipt that came before our answer, or that nobody wants it any more.
    """
    row = OutgoingMessage.objects.select_for_update().get(pk=message.pk)
    if row.claimed_until != message.claimed_until or row.rounds != message.rounds:
        log.warning("message %s was taken over by another worker", message.pk)
        return "lost"
    is_sent = values.get("status") == _S.SENT
    is_settled = row.status in {_S.DELIVERED, _S.FAILED} or (row.status == _S.CANCELLED and not is_sent)
    if is_settled:
        values = {name: values[name] for name in ("provider_id", "sent_at", "tries") if name in values}
    for name, value in (values | {"claimed_until": None}).items():
        setattr(row, name, value)
    row.save(update_fields=[*values, "claimed_until"])
    if is_sent or not is_settled:
        MessageStep.objects.create(message=row, what=what, detail=values.get("error", ""))
    return what.value
