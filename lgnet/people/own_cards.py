"""Own cards: made, changed, given a new PIN, stopped. By who works with the person; who carries one opens own_entry."""

import secrets
import uuid
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.ids import short_code, unused, uuid7
from lgnet.core.once import write_once
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import OwnCard, Person
from lgnet.people.own_card_models import CODE_LENGTH
from lgnet.people.own_card_words import WORDS
from lgnet.people.own_entry import forget_tries
from lgnet.people.services import lock, log_write, require

PIN_LENGTH = 6


@dataclass(frozen=True)
class OwnCardDetails:
    """How the page speaks: the language, whether it greets by name, and whether it hides what could harm."""

    language: str
    shows_name: bool = False
    discreet: bool = False


@transaction.atomic
def create_own_card(
    *, by: User, person: Person, details: OwnCardDetails, record_id: uuid.UUID | None = None
) -> tuple[OwnCard, str]:  # fmt: skip
    """Make the card of a person; return it with its PIN, which is shown once and of which only the hash is kept.

    Sent twice with one `record_id` it is one card, and the second time the PIN is empty: it was shown. Raises
    DomainError for a language the page does not speak, and while the person has another card.
    """
    require(by, Permission.REGISTER_PERSON, person.partner)
    _check(details)
    lock(person)
    pin = ""

    def write() -> OwnCard:
        nonlocal pin
        if OwnCard.objects.filter(person=person, stopped_at=None).exists():
            raise DomainError(_("The person has a card already. If it is lost, stop it first."))
        pin = _new_pin()
        card = OwnCard.objects.create(
            pk=record_id or uuid7(), partner_id=person.partner_id, person=person, made_by=by,
            code=unused(OwnCard, "code", lambda: short_code(CODE_LENGTH)), pin_hash=make_password(pin),
            language=details.language, shows_name=details.shows_name, discreet=details.discreet,
        )  # fmt: skip
        log_write(AuditEntry.Action.CREATE, by, card, person)
        return card

    card = write_once(
        OwnCard, record_id, is_mine=lambda found: (found.person_id, found.made_by_id) == (person.pk, by.pk), write=write
    )
    return card, pin


@transaction.atomic
def change_own_card(*, by: User, card: OwnCard, details: OwnCardDetails) -> OwnCard:
    """Change how the page of the card speaks. Raises DomainError for a card that is stopped."""
    _check(details)
    card = _live(by, card)
    before = {"language": card.language, "shows_name": card.shows_name, "discreet": card.discreet}
    card.language, card.shows_name, card.discreet = details.language, details.shows_name, details.discreet
    card.save(update_fields=list(before))
    if changed := audit.changes(before, {name: getattr(card, name) for name in before}):
        log_write(AuditEntry.Action.UPDATE, by, card, card.person, detail={"changes": changed})
    return card


@transaction.atomic
def renew_pin(*, by: User, card: OwnCard) -> str:
    """Give the card a new PIN and return it: it is shown once. What was opened with the old one is closed.

    The card can be tried again at once, whatever was tried before. Raises DomainError for a card that is stopped.
    """
    card = _live(by, card)
    pin = _new_pin()
    card.pin_hash, card.version = make_password(pin), card.version + 1
    card.save(update_fields=["pin_hash", "version"])
    forget_tries(card.code)
    log_write(AuditEntry.Action.UPDATE, by, card, card.person, detail={"what": "new PIN"})
    return pin


@transaction.atomic
def stop_own_card(*, by: User, card: OwnCard) -> OwnCard:
    """The card, lost or not wanted, opens nothing any more; pages opened with it are closed. Twice is as once."""
    require(by, Permission.REGISTER_PERSON, card.person.partner)
    card = OwnCard.objects.select_for_update(of=("self",)).select_related("person__partner").get(pk=card.pk)
    if card.stopped_at is None:
        card.stopped_at, card.stopped_by = timezone.now(), by
        card.save(update_fields=["stopped_at", "stopped_by"])
        log_write(AuditEntry.Action.UPDATE, by, card, card.person, detail={"what": "stopped"})
    return card


def _live(by: User, card: OwnCard) -> OwnCard:
    """The card, locked."""
    require(by, Permission.REGISTER_PERSON, card.person.partner)
    card = OwnCard.objects.select_for_update(of=("self",)).select_related("person__partner").get(pk=card.pk)
    if card.stopped_at:
        raise DomainError(_("This card is stopped. Make a new one."))
    return card


def _check(details: OwnCardDetails) -> None:
    if details.language not in WORDS:
        raise DomainError(_("Choose a language from the list."), field="language")


def _new_pin() -> str:
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}}"
