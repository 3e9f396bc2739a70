"""Which ways out this installation has."""

from django.conf import settings

from lgnet.messaging.gateway import Gateway, Sent
from lgnet.messaging.mail_gateway import MailGateway
from lgnet.messaging.models import Channel, OutgoingMessage
from lgnet.messaging.sms_gateway import SmsGateway

_NOWHERE = {  # back ends that show a mail to who runs the server, or to nobody
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
}


class RecordedOnly:
    """The way out of a demo: nothing leaves the computer, the message is kept as sent."""

    is_safe_to_repeat = True

    def send(self, message: OutgoingMessage) -> Sent:
        """Keep the message as sent."""
        return Sent(f"recorded-{message.reference}")


def gateways_in_use() -> dict[str, Gateway]:
    """The way out of each channel that has one. Raises ImproperlyConfigured for a gateway that is set up wrongly."""
    if settings.DEMO:  # whatever is set up: invented people may have numbers and addresses of real ones
        return {channel.value: RecordedOnly() for channel in Channel}
    found: dict[str, Gateway] = {}
    if has_gateway(Channel.EMAIL):
        found[Channel.EMAIL] = MailGateway()
    if has_gateway(Channel.SMS):
        found[Channel.SMS] = SmsGateway.configured()
    return found


def has_gateway(channel: str) -> bool:
    """Whether messages of this channel can leave; in a demo they are recorded at least."""
    if settings.DEMO:
        return True
    return bool(settings.SMS_GATEWAY["url"] if channel == Channel.SMS else settings.EMAIL_BACKEND not in _NOWHERE)
