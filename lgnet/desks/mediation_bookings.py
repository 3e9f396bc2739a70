"""Slots of mediators: booked for a conversation, cancelled, held. No slot has two bookings.

The city that offers is told language, topic, way and place to call; for whom it is stays in the city that asks.
"""

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.languages import language_name
from lgnet.core.models import BaseModel
from lgnet.core.once import write_once
from lgnet.core.words import one_line
from lgnet.desks.mediation_models import MediationBooking, MediationOffer, Way
from lgnet.desks.mediation_slots import Slot, slot_at
from lgnet.desks.policies import closes_mediation
from lgnet.messaging.models import Channel
from lgnet.messaging.services import cancel_messages, write_to_address
from lgnet.messaging.wording import name_kind
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.models import JourneyEvent, JourneyKind, Person
from lgnet.people.policies import file_is_open_for
from lgnet.people.services import lock

BOOKING, KIND = "desks.mediationbooking", "mediation"
LONGEST = 480  # minutes
_S = MediationBooking.Status

name_kind(KIND, gettext_lazy("booking of a mediator"))


@transaction.atomic
def book_mediation(
    *, by: User, partner: Partner, offer: MediationOffer, starts_at: datetime, language: str, way: str, area: str = "",
    reach_at: str = "", person: Person | None = None, about: BaseModel | None = None,
    record_id: uuid.UUID | None = None,
) -> MediationBooking:  # fmt: skip
    """Book the slot of an offer that begins at `starts_at`, for `partner`; a form sent twice books once.

    `person`, whose file is open, and `about` (a visit, an appointment) stay in the own city. Raises DomainError when
    the slot is taken, over or not there, or for a language or way that is not offered.
    """
    _require_books(by, partner, person)
    offer = (
        MediationOffer.objects.select_for_update(of=("self",))
        .select_related("partner", "mediator", "made_by")
        .get(pk=offer.pk)
    )
    mine = {"partner_id": partner.pk, "offer_id": offer.pk, "starts_at": starts_at}

    def write() -> MediationBooking:
        slot = _bookable(offer, starts_at, partner, language, way)
        if area and area not in ServiceType.Area.values:
            raise DomainError(_("Choose what it is about from the list."), field="area")
        return MediationBooking.objects.create(
            pk=record_id or uuid7(), offer=offer, partner=partner, person=person, starts_at=slot.starts_at,
            ends_at=slot.ends_at, language=language, way=way, area=area, reach_at=one_line(reach_at), booked_by=by,
            about_type=about._meta.label_lower if about else "", about_id=about.pk if about else None,
        )  # fmt: skip

    def is_mine(found: MediationBooking) -> bool:
        return all(getattr(found, name) == value for name, value in mine.items())

    known = MediationBooking.objects.filter(pk=record_id).exists() if record_id else False
    try:
        booking = write_once(MediationBooking, record_id, is_mine=is_mine, write=write)
    except IntegrityError:
        raise _taken() from None
    if not known:
        _log(AuditEntry.Action.CREATE, by, booking, {"language": language, "way": way})
        _tell(by, booking, to=offer.mediator or offer.made_by, cancelled=False)
    return booking


@transaction.atomic
def cancel_mediation(*, by: User, booking: MediationBooking, reason: str) -> MediationBooking:
    """Give the slot back; who booked and the mediator are told by e-mail. Raises DomainError once it is over."""
    booking = _locked(by, booking)
    if booking.status == _S.CANCELLED:
        return booking
    if booking.status != _S.BOOKED or booking.ends_at <= timezone.now():
        raise DomainError(_("This is over: say whether it took place."))
    if not one_line(reason):
        raise DomainError(_("Say why in a few words."), field="reason")
    booking.status, booking.reason = _S.CANCELLED, one_line(reason)[:200]
    booking.closed_by, booking.closed_at = by, timezone.now()
    booking.save(update_fields=["status", "reason", "closed_by", "closed_at"])
    _log(AuditEntry.Action.UPDATE, by, booking, {"status": booking.status})
    cancel_messages(about=booking, kind=KIND)
    offer = booking.offer
    for told in {booking.booked_by, offer.mediator or offer.made_by} - {by}:
        _tell(by, booking, to=told, cancelled=True)
    return booking


@transaction.atomic
def close_mediation(*, by: User, booking: MediationBooking, held: bool, minutes: int | None = None) -> MediationBooking:
    """Say whether it took place, and for how many minutes; said again, the later word counts.

    It is then in the journey of the person. Raises DomainError before it begins, once cancelled, or for odd minutes.
    """
    booking = _locked(by, booking)
    if booking.status == _S.CANCELLED:
        raise DomainError(_("This booking is cancelled."))
    if booking.starts_at > timezone.now():
        raise DomainError(_("It has not begun yet."))
    if held and not 0 < (minutes or 0) <= LONGEST:
        raise DomainError(_("Write how many minutes it took: from 1 to 480."), field="minutes")
    before = {"status": booking.status, "minutes": booking.minutes}
    booking.status, booking.minutes = _S.HELD if held else _S.NOT_HELD, minutes if held else None
    booking.closed_by, booking.closed_at = by, timezone.now()
    booking.save(update_fields=["status", "minutes", "closed_by", "closed_at"])
    after = {"status": booking.status, "minutes": booking.minutes}
    _log(AuditEntry.Action.UPDATE, by, booking, {"changes": audit.changes(before, after)})
    if before["status"] != after["status"]:
        for event in JourneyEvent.objects.filter(source_id=booking.pk, voided_at__isnull=True):
            journey.void(event, by=by, reason="mediation corrected")
        if held and booking.person:
            journey.record(
                JourneyKind.MEDIATION, by=by, partner=booking.partner, source=booking, person=booking.person,
                occurred_at=booking.starts_at,
            )  # fmt: skip
    return booking


def _require_books(by: User, partner: Partner, person: Person | None) -> None:
    if partner.pk not in access_of(by).partner_ids(Permission.BOOK_MEDIATION):
        raise PermissionDenied(_("Your role does not book mediators."))
    if person is not None and (person.partner_id != partner.pk or not file_is_open_for(by, person)):
        raise PermissionDenied(_("The file of this person is not open to you."))
    if person is not None:
        lock(person)  # who joins the file with another one at this moment waits


def _bookable(offer: MediationOffer, starts_at: datetime, partner: Partner, language: str, way: str) -> Slot:
    slot = slot_at(offer, timezone.localdate(starts_at), starts_at)
    is_own = offer.partner_id == partner.pk
    if slot is None or offer.stopped_at or not (is_own or offer.reach == MediationOffer.Reach.NETWORK):
        raise DomainError(_("This slot is not offered any more. Choose another one."))
    if slot.ends_at <= timezone.now():
        raise DomainError(_("This slot is over. Choose another one."))
    if language not in offer.languages:
        raise DomainError(_("This mediator does not speak this language."), field="language")
    if way not in offer.ways or (way == Way.IN_PERSON and not is_own):
        raise DomainError(_("This mediator does not take part in this way."), field="way")
    if offer.bookings.filter(starts_at=starts_at).exclude(status=_S.CANCELLED).exists():
        raise _taken()
    return slot


def _taken() -> DomainError:
    return DomainError(_("This slot has just been booked. Choose another one."))


def _locked(by: User, booking: MediationBooking) -> MediationBooking:
    rows = MediationBooking.objects.select_for_update(of=("self",)).select_related(
        "offer__mediator", "offer__made_by", "offer__partner", "partner", "person", "booked_by"
    )
    booking = rows.get(pk=booking.pk)
    if not closes_mediation(by, booking):
        raise PermissionDenied(_("Only the two cities that share this booking change it."))
    return booking


def _tell(by: User, booking: MediationBooking, *, to: User, cancelled: bool) -> None:
    """An e-mail to a colleague of either city. It names no person helped."""
    if not to.email or to == by:
        return
    with translation.override(to.language):
        start = timezone.localtime(booking.starts_at)
        facts = {
            "language": language_name(booking.language), "way": booking.get_way_display(),
            "when": date_format(start, "SHORT_DATETIME_FORMAT"), "city": booking.partner.short_name,
            "mediator": booking.offer.name, "reason": booking.reason,
        }  # fmt: skip
        if cancelled:
            subject = _("Mediation cancelled: %(when)s") % facts
            text = _("%(mediator)s, %(language)s, %(way)s, %(when)s, for %(city)s. Reason: %(reason)s") % facts
        else:
            subject = _("Mediation booked: %(when)s") % facts
            text = _("%(mediator)s, %(language)s, %(way)s, %(when)s, for %(city)s.") % facts
    write_to_address(
        by=by, partner=booking.partner, channel=Channel.EMAIL, to=to.email, kind=KIND, about=booking,
        key=f"{KIND}:{booking.pk}:{to.pk}:{'off' if cancelled else 'on'}", language=to.language, subject=subject,
        text=text, expires_at=None if cancelled else booking.ends_at,
    )  # fmt: skip


def _log(action: AuditEntry.Action, by: User, booking: MediationBooking, detail: dict[str, object]) -> None:
    audit.record(
        action, by=by, object_type=BOOKING, object_id=booking.pk, partner_id=booking.partner_id,
        person_id=booking.person_id, detail=detail,
    )  # fmt: skip
