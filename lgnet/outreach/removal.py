"""Taking away stops and outings that were made by mistake and that nothing refers to. Each is logged, and atomic."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.network.models import User
from lgnet.outreach.models import Contact, Outing, PlannedStop, Stop
from lgnet.outreach.outings import locked, log
from lgnet.outreach.policies import stop_partners
from lgnet.outreach.stops import STOP


@transaction.atomic
def remove_stop(*, by: User, stop: Stop) -> None:
    """Take away a stop that no outing has. Raises DomainError when one has it, PermissionDenied."""
    if stop.partner_id not in stop_partners(by):
        raise PermissionDenied(_("Only the mobile units and the coordinator change stops."))
    if PlannedStop.objects.filter(stop=stop).exists():
        raise DomainError(_("Outings stop there."))
    audit.record(
        AuditEntry.Action.DELETE, by=by, object_type=STOP, object_id=stop.pk, partner_id=stop.partner_id,
        detail={"what": stop.name},
    )  # fmt: skip
    stop.delete()


@transaction.atomic
def remove_outing(*, by: User, outing: Outing) -> None:
    """Take away an outing to which no contact belongs. Raises DomainError when one does, PermissionDenied."""
    outing = locked(by, outing)
    if Contact.objects.standing().filter(outing=outing).exists():
        raise DomainError(_("Contacts belong to this outing."))
    log(AuditEntry.Action.DELETE, by, outing, {})
    outing.delete()
