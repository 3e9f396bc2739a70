"""Contacts of a register that a unit kept elsewhere, many at once: recorded, and taken back, with the same rules."""

import uuid
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team, Zone
from lgnet.core.errors import DomainError
from lgnet.network.models import User
from lgnet.outreach.corrections import CONTACT, require_corrects
from lgnet.outreach.mistakes import check_voidable
from lgnet.outreach.models import Contact, ContactPicture, Likeness, Outing
from lgnet.outreach.outing_selectors import LONGEST
from lgnet.outreach.services import Sighting, check_heads, check_when_and_where, require_records
from lgnet.people import journey
from lgnet.people.models import JourneyEvent, JourneyKind

_BATCH = 500


@dataclass(frozen=True)
class Met:
    """One row of a register; who has the same `trace` is the same person, whom nobody has identified."""

    zone: Zone
    occurred_at: datetime
    sighting: Sighting
    trace: uuid.UUID | None = None


@transaction.atomic
def record_contacts(*, by: User, team: Team, rows: Sequence[Met]) -> list[Contact]:
    """Record contacts with nobody registered, as `record_contact` does one; all or none.

    Raises as `record_contact`, and DomainError for a name without a trace.
    """
    require_records(by, team)
    outings = _Outings(team, [row.occurred_at for row in rows])
    contacts = [_contact(by, team, row, outings.at(row.occurred_at)) for row in rows]
    Contact.objects.bulk_create(contacts, batch_size=_BATCH)
    journey.record_many([_event(by, team, contact) for contact in contacts])
    audit.record_many(
        AuditEntry.Action.CREATE, by=by, object_type=CONTACT, partner_id=team.partner_id,
        objects=((contact.pk, None) for contact in contacts),
    )  # fmt: skip
    return contacts


@transaction.atomic
def void_contacts(*, by: User, pks: Collection[uuid.UUID], reason: str) -> dict[uuid.UUID, str]:
    """Void contacts as `void_contact` does one; return those that could not be, with why.

    Somebody who has been identified since is not taken back, nor one with a picture or linked with another contact.
    """
    kept = {pk: _("It is no longer there.") for pk in pks}
    for contacts in _in_batches(pks):
        taken, built_on = [], _built_on(contacts)
        for contact in contacts:
            kept[contact.pk] = _why_not(by, contact) or built_on.get(contact.pk, "")
            if not kept[contact.pk]:
                taken.append(contact)
        ids = [contact.pk for contact in taken]
        Contact.objects.filter(pk__in=ids).update(voided_at=timezone.now(), voided_by=by, void_reason=reason[:200])
        journey.void_many(ids, by=by, reason=f"recorded by mistake: {reason}")
        for partner_id in {contact.partner_id for contact in taken}:
            audit.record_many(
                AuditEntry.Action.UPDATE, by=by, object_type=CONTACT, partner_id=partner_id, reason=reason,
                objects=[(contact.pk, None) for contact in taken if contact.partner_id == partner_id],
                detail={"changes": {"voided": ["", "yes"]}},
            )  # fmt: skip
    return {pk: why for pk, why in kept.items() if why}


def _contact(by: User, team: Team, row: Met, outing: Outing | None) -> Contact:
    check_when_and_where(team, row.zone, row.occurred_at)
    check_heads(row.sighting)
    seen = row.sighting
    if bool(seen.nickname) != bool(row.trace):
        raise DomainError(_("Who has a name can be told again, and nobody else."))
    return Contact(
        partner_id=team.partner_id, team=team, zone=row.zone, occurred_at=row.occurred_at, trace=row.trace,
        nickname=seen.nickname, head_count=seen.head_count, gender=seen.gender, age_band=seen.age_band,
        language=seen.language, needs=list(seen.needs), given=list(seen.given), sleeping_rough=seen.sleeping_rough,
        next_step=seen.next_step, note=seen.note, recorded_by=by, outing=outing,
    )  # fmt: skip


def _event(by: User, team: Team, contact: Contact) -> JourneyEvent:
    return JourneyEvent(
        kind=JourneyKind.CONTACT, trace=contact.trace, partner_id=team.partner_id, team=team,
        quantity=contact.head_count, occurred_at=contact.occurred_at, recorded_by=by, source_type=CONTACT,
        source_id=contact.pk,
    )  # fmt: skip


def _in_batches(pks: Collection[uuid.UUID]) -> Iterator[QuerySet[Contact]]:
    every = list(pks)
    for first in range(0, len(every), _BATCH):
        rows = Contact.objects.select_for_update(of=("self",)).filter(pk__in=every[first : first + _BATCH])
        yield rows.select_related("partner", "team", "person", "referral")


def _why_not(by: User, contact: Contact) -> str:
    try:
        require_corrects(by, contact)
        check_voidable(contact)
    except DomainError as error:
        return str(error)
    except PermissionDenied:
        return _("You may not change it.")
    return _("It is known by now who this was.") if contact.person_id else ""


def _built_on(contacts: Iterable[Contact]) -> dict[uuid.UUID, str]:
    """Contacts to which something was added that their own log does not tell, with what."""
    traces = {contact.pk: contact.trace for contact in contacts if contact.trace}
    same = Likeness.objects.filter(is_same=True, undone_at=None)
    pairs = same.filter(Q(one__in=traces.values()) | Q(other__in=traces.values())).values_list("one", "other")
    linked = {trace for pair in pairs for trace in pair}
    found = {pk: _("It is linked with another contact by now.") for pk, trace in traces.items() if trace in linked}
    pictures = ContactPicture.objects.filter(contact__in=[contact.pk for contact in contacts], removed_at=None)
    return found | {pk: _("A picture was added to it.") for pk in pictures.values_list("contact", flat=True)}


class _Outings:
    """The outings of a unit around some moments, read at once: `outing_selectors.outing_at` for many."""

    def __init__(self, team: Team, moments: Sequence[datetime]) -> None:
        first, last = min(moments), max(moments)
        begun = Outing.objects.filter(team=team, started_at__gt=first - LONGEST, started_at__lte=last)
        self.outings = list(begun.order_by("started_at"))
        self.starts = [outing.begins_at for outing in self.outings]

    def at(self, moment: datetime) -> Outing | None:
        """The one on which the unit was at that moment."""
        for outing in reversed(self.outings[: bisect_right(self.starts, moment)]):
            if outing.begins_at <= moment - LONGEST:
                return None
            if outing.ended_at is None or outing.ended_at >= moment:
                return outing
        return None
