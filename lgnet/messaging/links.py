"""Addresses that a message carries: they open one thing, and only for who has the message."""

import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from lgnet.messaging.models import OutgoingMessage

_SIGNER = "lgnet.messaging.stop"


def stop_link(message: OutgoingMessage) -> str:
    """Where the person says that no more e-mails are wanted, or nothing if the platform does not know its address."""
    if not settings.SITE_URL:
        return ""
    token = Signer(salt=_SIGNER).sign(message.pk.hex)
    return f"{settings.SITE_URL}{reverse('messages_stop', args=[token])}?lang={message.language}"


def message_of_stop_link(token: str) -> OutgoingMessage | None:
    """The message to a person that carried this link, or None for a link that is not ours."""
    try:
        pk = uuid.UUID(Signer(salt=_SIGNER).unsign(token))
    except (BadSignature, ValueError):
        return None
    return OutgoingMessage.objects.filter(pk=pk, person__isnull=False).select_related("person").first()
