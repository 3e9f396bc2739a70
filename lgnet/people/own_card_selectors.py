"""Reads of own cards: by staff, scoped and logged; and what the page shows to who carries the card."""

import uuid

from django.http import Http404

from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import OwnCard, Person
from lgnet.people.own_card_models import CODE_LENGTH
from lgnet.people.own_entry import clean_code
from lgnet.people.selectors import get_person_to_change, visible_persons


def own_cards_of(person: Person) -> list[OwnCard]:
    """The cards that open the page of a person whose file the caller has opened: one, or two after a merge."""
    return list(OwnCard.objects.filter(person=person, stopped_at=None).select_related("made_by"))


def get_own_card(user: User, pk: uuid.UUID) -> OwnCard:
    """A card of a person whose file is open for the user, to change it. Raises as `get_person_to_change`."""
    card = OwnCard.objects.filter(pk=pk, person__in=visible_persons(user)).select_related("made_by").first()
    if card is None:
        raise Http404
    card.person = get_person_to_change(user, card.person_id, Permission.REGISTER_PERSON)
    return card


def person_of_card(user: User, partner_id: uuid.UUID, code: str) -> Person | None:
    """Who carries the own card of this city with this code, typed or scanned, if the user may know of her or him.

    The caller logs that the person was shown. The code of a stopped card finds nobody.
    """
    clean = clean_code(code)
    if len(clean) != CODE_LENGTH:
        return None
    found = visible_persons(user).filter(partner=partner_id, own_cards__code=clean, own_cards__stopped_at=None)
    return found.first()


def live_card(pk: uuid.UUID, version: int) -> OwnCard | None:
    """The card by which a page was opened when it had this version, unless it has been stopped since."""
    found = OwnCard.objects.filter(pk=pk, version=version, stopped_at=None)
    return found.select_related("person__partner").first()
