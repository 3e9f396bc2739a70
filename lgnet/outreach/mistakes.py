"""A contact that was recorded by mistake: it stays in the log, with the reason, and counts nowhere any more."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral
from lgnet.core.errors import DomainError
from lgnet.core.words import one_line
from lgnet.network.models import User
from lgnet.outreach.corrections import CONTACT, lock_contact
from lgnet.outreach.models import Contact
from lgnet.people import journey
from lgnet.people.models import FileMember, JourneyEvent, JourneyKind
from lgnet.people.services import close_file_for


@transaction.atomic
def void_contact(*, by: User, contact: Contact, reason: str) -> Contact:
    """Say that a contact was recorded by mistake, and why; its event of the journey is voided, nothing is deleted.

    If it was the only one of the unit with a registered person, the file is no longer open for the unit because of it.
    Raises DomainError without a reason, for one that is void already, and while somebody has a card from it;
    PermissionDenied as `lock_contact`.
    """
    locked = lock_contact(by, contact.pk)
    reason = one_line(reason)[:200]
    if not reason:
        raise DomainError(_("Say why, so that colleagues know."), field="reason")
    check_voidable(locked)
    locked.voided_at, locked.voided_by, locked.void_reason = timezone.now(), by, reason
    locked.save(update_fields=["voided_at", "voided_by", "void_reason"])
    told = JourneyEvent.objects.filter(source_id=locked.pk, kind=JourneyKind.CONTACT, voided_at__isnull=True)
    for event in told:
        journey.void(event, by=by, reason=f"recorded by mistake: {reason}")
    _close_file(locked)
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type=CONTACT, object_id=locked.pk, partner_id=locked.partner_id,
        person_id=locked.person_id, reason=reason, detail={"changes": {"voided": ["", "yes"]}},
    )  # fmt: skip
    return locked


def _close_file(contact: Contact) -> None:
    """A unit that never met somebody has no file of hers; a restricted one stays with those who can still find it."""
    person, met = contact.person, Contact.objects.standing().filter(person=contact.person_id, team=contact.team_id)
    if person and not person.restricted and not met.exists():
        close_file_for(person, basis=FileMember.Basis.CONTACT, team=contact.team)


def check_voidable(contact: Contact) -> None:
    """Raise DomainError while somebody has a card from this contact, or came with it."""
    if (card := _card_of(contact)) is not None:
        text = _("The person has a card from this contact: %(code)s. Correct the contact instead.")
        raise DomainError(text % {"code": card.code})


def _card_of(contact: Contact) -> Referral | None:
    """The card that somebody has or came with: the latest of the contact, or one whose place a later one took.

    That one is no contact's any more, so it is found by the unit, the person or trace, and the time.
    """
    latest = contact.referral
    if latest is None or latest.status in Referral.OPEN or latest.arrived_at:
        return latest
    who = Q(person=contact.person_id) if contact.person_id else Q(trace=contact.trace)
    between = Referral.objects.filter(who, sent_at__range=(contact.occurred_at, latest.sent_at))
    return between.filter(from_team=contact.team_id, arrived_at__isnull=False, contacts__isnull=True).first()
