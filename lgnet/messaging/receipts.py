"""What a gateway tells later: that a message arrived or did not, and what people answer."""

import re
import uuid

from django.db import transaction
from django.utils import timezone

from lgnet.messaging.models import Channel, MessageStep, OptOut, OutgoingMessage, StrayReceipt
from lgnet.messaging.numbers import sms_number
from lgnet.messaging.opt_outs import opt_out

DELIVERED = frozenset({"delivered", "delivrd", "received", "read"})
NOT_DELIVERED = frozenset({"undelivered", "undeliv", "failed", "rejected", "rejectd", "expired", "error", "deleted"})
STOP = frozenset({"stop", "stopall", "basta"})
_REFERENCE = re.compile(r"([0-9a-f]{32})-(\d{1,5})")
_S, _R = OutgoingMessage.Status, OutgoingMessage.Reason


@transaction.atomic
def take_receipt(*, reference: str, provider_id: str, status: str) -> None:
    """Write down that a text message arrived or did not. Told twice, late, in the wrong order or of nothing: no harm.

    A receipt by the gateway's own name that is not known yet is kept until the name is.
    """
    word = status.strip().lower()
    if word not in DELIVERED | NOT_DELIVERED:
        return  # on its way: nothing new
    if (found := _by_reference(reference)) is None and provider_id:
        named = OutgoingMessage.objects.filter(provider_id=provider_id[:100], channel=Channel.SMS)
        found = named.values_list("pk", flat=True).first()
        if found is None and not reference:
            StrayReceipt.objects.create(provider_id=provider_id[:100], delivered=word in DELIVERED)
    if found is not None:
        apply_receipt(pk=found, delivered=word in DELIVERED)


@transaction.atomic
def apply_receipt(*, pk: uuid.UUID, delivered: bool) -> None:
    """Write what became of one message. Once delivered it stays so: that it is not is then an older piece of news."""
    message = OutgoingMessage.objects.select_for_update().get(pk=pk)
    new = _S.DELIVERED if delivered else _S.FAILED
    if message.status in {_S.DELIVERED, new}:
        return
    message.status, message.reason = new, _R.NONE if delivered else _R.UNDELIVERED
    if delivered:
        message.delivered_at = timezone.now()
        message.sent_at = message.sent_at or message.delivered_at
    message.save(update_fields=["status", "reason", "delivered_at", "sent_at"])
    MessageStep.objects.create(message=message, what=MessageStep.What(new.value))


@transaction.atomic
def take_reply(*, sender: str, text: str) -> int:
    """Somebody answered a text message. With STOP, whoever was written to at that number gets none; return how many."""
    word = re.sub(r"\W", "", (text.split() or [""])[0]).lower()
    numbers = {sms_number(sender), sms_number(f"+{sender}")} - {""}  # gateways write it with the plus, or without
    if word not in STOP or not numbers:
        return 0
    written = OutgoingMessage.objects.filter(to__in=numbers, channel=Channel.SMS, person__isnull=False)
    persons = {message.person_id: message.person for message in written.select_related("person")}
    made = [
        opt_out(person=person, channel=Channel.SMS, source=OptOut.Source.REPLY) for person in persons.values() if person
    ]
    return len(made)


def _by_reference(reference: str) -> uuid.UUID | None:
    """The message that this reference names, if nobody has sent it again since."""
    named = _REFERENCE.fullmatch(reference.strip().lower())
    if named is None:
        return None
    rows = OutgoingMessage.objects.filter(pk=uuid.UUID(named[1]), rounds=int(named[2]), channel=Channel.SMS)
    return rows.values_list("pk", flat=True).first()
