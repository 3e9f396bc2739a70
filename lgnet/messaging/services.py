"""Queueing messages, and taking them back. What is queued in a transaction that fails is never sent."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.models import BaseModel
from lgnet.messaging.models import Channel, MessageStep, OptOut, OutgoingMessage
from lgnet.messaging.numbers import sms_number
from lgnet.network.access import can
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.models import ContactPoint, Person
from lgnet.people.policies import file_is_open_for

Compose = Callable[[str], tuple[str, str]]  # of a language: the subject, which a text message has none of, and the text
MESSAGE = "messaging.outgoingmessage"
_CHANNELS = {ContactPoint.Kind.PHONE: Channel.SMS, ContactPoint.Kind.EMAIL: Channel.EMAIL}
_PUBLIC = frozenset(code for code, _name in settings.PUBLIC_LANGUAGES)
_S, _R = OutgoingMessage.Status, OutgoingMessage.Reason


@transaction.atomic
def write_to_person(
    *, by: User | None, person: Person, kind: str, about: BaseModel, key: str, compose: Compose, language: str = "",
    not_before: datetime | None = None, expires_at: datetime | None = None,
) -> list[OutgoingMessage]:  # fmt: skip
    """Queue a message to every number and address of the person that is safe to use; return them.

    Not on a channel on which the person wants none. `compose` is called with `language`, or the first language of the
    person that the public pages speak. The same `key` is queued once; a number that takes no text messages is shown as
    not delivered. Texts name no service that could harm who is seen with the telephone: whoever writes `compose` sees
    to that.
    """
    unwanted = set(person.opt_outs.filter(ended_at__isnull=True).values_list("channel", flat=True))
    points = person.contact_points.filter(ended_on__isnull=True, safe=ContactPoint.Safe.YES, kind__in=_CHANNELS)
    spoken = language or _language_of(person)
    found: dict[str, OutgoingMessage] = {}
    for point in points.order_by("created_at"):
        channel = _CHANNELS[ContactPoint.Kind(point.kind)]
        to = _normal(channel, point.value)
        if channel not in unwanted and to not in found:
            subject, text = compose(spoken)
            found[to] = _queue(
                by, person.partner, point, channel, to, kind, about, f"{key}:{point.pk}", spoken, subject, text,
                not_before, expires_at,
            )  # fmt: skip
    return list(found.values())


@transaction.atomic
def write_to_address(
    *, by: User | None, partner: Partner, channel: Channel, to: str, kind: str, about: BaseModel, key: str,
    language: str, subject: str, text: str, not_before: datetime | None = None, expires_at: datetime | None = None,
) -> OutgoingMessage:  # fmt: skip
    """Queue a message to a body outside of the network. The same `key` is queued once."""
    to = _normal(channel, to)
    return _queue(by, partner, None, channel, to, kind, about, key, language, subject, text, not_before, expires_at)


@transaction.atomic
def cancel_messages(*, about: BaseModel, kind: str = "") -> int:
    """What is still to be sent about this record, perhaps only of one kind, is not sent; return how many.

    Nor can what did not arrive be sent again: what it says is not true any more.
    """
    found = OutgoingMessage.objects.filter(about_id=about.pk)
    if kind:
        found = found.filter(kind=kind)
    found.filter(status__in=[_S.FAILED, _S.UNKNOWN]).update(reason=_R.WITHDRAWN)
    return withdraw(found, _R.WITHDRAWN)


def withdraw(messages: Iterable[OutgoingMessage], reason: OutgoingMessage.Reason) -> int:
    """Those of `messages` (a queryset) still to be sent are not sent, in the caller's transaction; return how many.

    One that a worker is handing over at this moment goes out; it is then said to be sent.
    """
    waiting: list[OutgoingMessage] = list(messages.filter(status=_S.QUEUED).select_for_update())  # type: ignore[attr-defined]
    for message in waiting:
        message.status, message.reason = _S.CANCELLED, reason
    OutgoingMessage.objects.bulk_update(waiting, ["status", "reason"], batch_size=200)
    MessageStep.objects.bulk_create(MessageStep(message=one, what=MessageStep.What.CANCELLED) for one in waiting)
    return len(waiting)


@transaction.atomic
def send_again(*, by: User, message: OutgoingMessage) -> OutgoingMessage:
    """Queue once more a message that did not arrive, or of which nobody knows; it gets another reference.

    Raises DomainError for one that waits or arrived, that is too late, or that the person does not want.
    """
    message = (
        OutgoingMessage.objects.select_for_update(of=("self",))
        .select_related("person", "point", "partner")
        .get(pk=message.pk)
    )
    require_may_resend(by, message)
    now = timezone.now()
    if message.status in {_S.QUEUED, _S.DELIVERED}:
        raise DomainError(_("This message waits to be sent, or arrived."))
    if message.reason in {_R.NUMBER, _R.ADDRESS, _R.WITHDRAWN}:
        raise DomainError(_("This message cannot be sent: %(why)s.") % {"why": message.get_reason_display()})
    if why := why_not(message, now):
        raise DomainError(_("This message cannot be sent: %(why)s.") % {"why": why.label})
    message.status, message.reason, message.error, message.rounds = _S.QUEUED, _R.NONE, "", message.rounds + 1
    message.tries, message.may_have_gone, message.claimed_until, message.next_try_at = 0, False, None, now
    message.provider_id, message.sent_at, message.delivered_at = "", None, None
    message.save()
    MessageStep.objects.create(message=message, what=MessageStep.What.AGAIN, by=by)
    _log(AuditEntry.Action.UPDATE, by, message, {"rounds": message.rounds})
    return message


def may_resend(by: User, message: OutgoingMessage) -> bool:
    """Whether the user may send it again: who books in that city, with the person's file open."""
    if not can(by, Permission.BOOK_APPOINTMENT, partner=message.partner_id):
        return False
    return message.person is None or file_is_open_for(by, message.person)


def require_may_resend(by: User, message: OutgoingMessage) -> None:
    """Raise PermissionDenied unless `may_resend`."""
    if not may_resend(by, message):
        raise PermissionDenied(_("Your role does not send messages to this person."))


def why_not(message: OutgoingMessage, now: datetime) -> OutgoingMessage.Reason | None:
    """What has come in between since it was queued: too late, the contact ended or not safe, no messages wanted."""
    if message.expires_at is not None and message.expires_at <= now:
        return _R.EXPIRED
    if message.person_id is None:
        return None
    point = message.point
    if point is None or point.ended_on is not None or point.safe != ContactPoint.Safe.YES:
        return _R.NOT_SAFE
    if OptOut.objects.filter(person=message.person_id, channel=message.channel, ended_at__isnull=True).exists():
        return _R.OPTED_OUT
    return None


def _language_of(person: Person) -> str:
    spoken = person.languages.values_list("language", flat=True)
    return next((language for language in spoken if language in _PUBLIC), "it")


def _normal(channel: str, to: str) -> str:
    """The number as gateways want it, if it can be one; else what was written."""
    return (sms_number(to) or to) if channel == Channel.SMS else to.strip()


def _cannot(channel: str, to: str) -> OutgoingMessage.Reason:
    if channel == Channel.SMS:
        return _R.NONE if sms_number(to) else _R.NUMBER
    try:
        validate_email(to)
    except ValidationError:
        return _R.ADDRESS
    return _R.NONE


def _queue(
    by: User | None, partner: Partner, point: ContactPoint | None, channel: Channel, to: str, kind: str,
    about: BaseModel, key: str, language: str, subject: str, text: str, not_before: datetime | None,
    expires_at: datetime | None,
) -> OutgoingMessage:  # fmt: skip
    start, problem = not_before or timezone.now(), _cannot(channel, to)
    message, is_new = OutgoingMessage.objects.get_or_create(
        key=key,
        defaults={
            "partner": partner, "person": point.person if point else None, "point": point, "channel": channel,
            "to": to, "kind": kind, "language": language, "subject": subject[:200], "text": text,
            "about_type": about._meta.label_lower, "about_id": about.pk, "not_before": start, "next_try_at": start,
            "expires_at": expires_at, "queued_by": by, "status": _S.FAILED if problem else _S.QUEUED,
            "reason": problem,
        },
    )  # fmt: skip
    if is_new:
        _log(AuditEntry.Action.CREATE, by, message, {"kind": kind, "channel": channel})
    return message


def _log(action: AuditEntry.Action, by: User | None, message: OutgoingMessage, detail: dict[str, object]) -> None:
    audit.record(
        action, by=by, object_type=MESSAGE, object_id=message.pk, partner_id=message.partner_id,
        person_id=message.person_id, detail=detail,
    )  # fmt: skip
