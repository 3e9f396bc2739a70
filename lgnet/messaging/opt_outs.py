"""Who wants no messages: said to the staff, by the link in an e-mail, by answering STOP, or on the own page."""

from django.db import transaction
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.messaging.models import Channel, OptOut, OutgoingMessage
from lgnet.messaging.services import withdraw
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.services import lock, log_write, require


@transaction.atomic
def opt_out(
    *, person: Person, channel: str, by: User | None = None, source: OptOut.Source = OptOut.Source.DESK
) -> OptOut:  # fmt: skip
    """The person wants no messages on this channel; what waits is not sent. Said twice, it is one.

    Raises DomainError for a channel that is none.
    """
    if by is not None:
        require(by, Permission.REGISTER_PERSON, person.partner)
    if channel not in Channel.values:
        raise DomainError("channel")
    lock(person)
    found, is_new = OptOut.objects.get_or_create(
        person=person, channel=channel, ended_at=None, defaults={"source": source, "recorded_by": by}
    )
    if is_new:
        log_write(AuditEntry.Action.CREATE, by, found, person, detail={"channel": channel, "source": source})
    waiting = OutgoingMessage.objects.filter(person=person, channel=channel)
    withdraw(waiting, OutgoingMessage.Reason.OPTED_OUT)
    return found


@transaction.atomic
def opt_in(*, person: Person, channel: str, by: User | None = None) -> None:
    """The person wants messages on this channel again; `by` is None on the own page. Said twice, it is once."""
    if by is not None:
        require(by, Permission.REGISTER_PERSON, person.partner)
    lock(person)
    now = OptOut.objects.filter(person=person, channel=channel, ended_at__isnull=True).first()
    if now is not None:
        now.ended_at, now.ended_by = timezone.now(), by
        now.save(update_fields=["ended_at", "ended_by"])
        log_write(AuditEntry.Action.UPDATE, by, now, person, detail={"channel": channel})
