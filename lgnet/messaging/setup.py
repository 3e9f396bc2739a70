"""What a coordinator sets: the quiet hours of the city; and a message to try the gateways with."""

import uuid
from datetime import time

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.messaging.models import Channel, OutgoingMessage, QuietHours
from lgnet.messaging.numbers import sms_number
from lgnet.messaging.services import write_to_address
from lgnet.messaging.wording import TEST
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission


@transaction.atomic
def set_quiet_hours(*, by: User, partner: Partner, starts: time, ends: time) -> QuietHours:
    """Say from when to when nothing is sent. Raises DomainError for hours that begin when they end."""
    _require(by, partner)
    if starts == ends:
        raise DomainError(_("The quiet hours end when they begin: choose another time."), field="ends")
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    hours = QuietHours.objects.filter(partner=partner).first() or QuietHours(partner=partner)
    before = {"starts": hours.starts, "ends": hours.ends}
    hours.starts, hours.ends = starts, ends
    hours.save()
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="messaging.quiethours", object_id=hours.pk, partner_id=partner.pk,
        detail={"changes": audit.changes(before, {"starts": starts, "ends": ends})},
    )  # fmt: skip
    return hours


@transaction.atomic
def send_test(*, by: User, partner: Partner, channel: str, to: str, record_id: uuid.UUID) -> OutgoingMessage:
    """Queue a message that says it is a test; it waits for no quiet hours. Sent twice with one id, it is one.

    Raises DomainError for a number that takes no text messages.
    """
    _require(by, partner)
    if channel == Channel.SMS and not sms_number(to):
        raise DomainError(
            _("No text message can go to this number. Write it with its prefix, as +39 320 1234567."), field="to"
        )
    with translation.override(by.language):
        subject, text = _("Test message of LGNet"), _("This is a test. If you read it, messages arrive.")
    return write_to_address(
        by=by, partner=partner, channel=Channel(channel), to=to, kind=TEST, about=partner, key=f"{TEST}:{record_id}",
        language=by.language, subject=subject, text=text,
    )  # fmt: skip


def _require(by: User, partner: Partner) -> None:
    if partner.pk not in access_of(by).partner_ids(Permission.SET_MESSAGING):
        raise PermissionDenied
