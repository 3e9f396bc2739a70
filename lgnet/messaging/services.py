"""Queueing messages. What is queued in a transaction that fails is never sent."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lgnet.core.models import BaseModel
from lgnet.messaging.models import Channel, OutgoingMessage
from lgnet.network.models import Partner, User
from lgnet.people.models import ContactPoint, Person

Compose = Callable[[str], tuple[str, str]]  # of a language: the subject, which a text message has none of, and the text
_CHANNELS = {ContactPoint.Kind.PHONE: Channel.SMS, ContactPoint.Kind.EMAIL: Channel.EMAIL}


@transaction.atomic
def write_to_person(
    *, by: User | None, person: Person, kind: str, about: BaseModel, key: str, compose: Compose, language: str = "",
    not_before: datetime | None = None, expires_at: datetime | None = None,
) -> list[OutgoingMessage]:  # fmt: skip
    """Queue a message to every number and address of the person that is safe to use; return them.

    `compose` is called with the person's language, or `language`. The same `key` is queued once. Texts name no service
    that could harm who is seen with the telephone: whoever writes `compose` sees to that.
    """
    points = person.contact_points.filter(ended_on__isnull=True, safe=ContactPoint.Safe.YES, kind__in=_CHANNELS)
    spoken = language or person.languages.values_list("language", flat=True).first() or "it"
    subject, text = compose(spoken)
    return [
        _queue(by, person.partner, person, _CHANNELS[ContactPoint.Kind(point.kind)], point.value, kind, about,
               f"{key}:{point.pk}", spoken, subject, text, not_before, expires_at)
        for point in points
    ]  # fmt: skip


@transaction.atomic
def write_to_address(
    *, by: User | None, partner: Partner, channel: Channel, to: str, kind: str, about: BaseModel, key: str,
    language: str, subject: str, text: str, not_before: datetime | None = None, expires_at: datetime | None = None,
) -> OutgoingMessage:  # fmt: skip
    """Queue a message to a body outside of the network. The same `key` is queued once."""
    return _queue(by, partner, None, channel, to, kind, about, key, language, subject, text, not_before, expires_at)


@transaction.atomic
def cancel_messages(*, about: BaseModel, kind: str = "") -> int:
    """What is still to be sent about this record, perhaps only of one kind, is not sent; return how many."""
    waiting = OutgoingMessage.objects.filter(about_id=about.pk, status=OutgoingMessage.Status.QUEUED)
    waiting = waiting.filter(kind=kind) if kind else waiting
    return waiting.update(status=OutgoingMessage.Status.CANCELLED)


def _queue(
    by: User | None, partner: Partner, person: Person | None, channel: Channel, to: str, kind: str, about: BaseModel,
    key: str, language: str, subject: str, text: str, not_before: datetime | None, expires_at: datetime | None,
) -> OutgoingMessage:  # fmt: skip
    start = not_before or timezone.now()
    message, _is_new = OutgoingMessage.objects.get_or_create(
        key=key,
        defaults={
            "partner": partner, "person": person, "channel": channel, "to": to, "kind": kind, "language": language,
            "subject": subject, "text": text, "about_type": about._meta.label_lower, "about_id": about.pk,
            "not_before": start, "next_try_at": start, "expires_at": expires_at, "queued_by": by,
        },
    )  # fmt: skip
    return message
