"""The card of a referral, in the language of the person with Italian beside it."""

from dataclasses import dataclass

from django.conf import settings

from lgnet.cases.card_words import ITALIAN, WORDS, card_language, card_words, direction
from lgnet.cases.models import Referral
from lgnet.cases.selectors import place_of
from lgnet.core.qr import QRCode, qr_code


@dataclass(frozen=True)
class Line:
    """One line of words: in the person's language, and in Italian unless that is the same."""

    words: str
    italian: str


@dataclass(frozen=True)
class Card:
    """What is printed or held up: `lines` by the keys of `card_words`, the code also as a picture for scanners.

    `promises` are what the network promises: of a service outside it nobody can say that it is free.
    """

    language: str
    direction: str
    heading: Line
    lines: dict[str, Line]
    promises: list[Line]
    qr: QRCode
    place: str
    address: str
    hours: str


def card_of(referral: Referral, asked: str = "") -> Card:
    """The card in the language `asked` for, or else in that of the person."""
    language = asked if asked in WORDS else _language_of(referral)
    words, italian = card_words(language), card_words(ITALIAN)
    lines = {key: Line(words[key], italian[key] if language != ITALIAN else "") for key in words}
    is_ours = not referral.to_team.is_outside
    return Card(
        language, direction(language), lines["title" if is_ours else "show_at"], lines,
        [lines["free"], lines["no_names"]] if is_ours else [], qr_code(referral.code), **place_of(referral.to_team),
    )  # fmt: skip


def languages() -> list[tuple[str, str]]:
    """(code, name) of each language a card can be written in."""
    return [(code, name) for code, name in settings.PUBLIC_LANGUAGES if code in WORDS]


def _language_of(referral: Referral) -> str:
    """That given with the card, or the first one the person speaks of those there are words in; or else English."""
    spoken = [referral.language] if referral.language else []
    if referral.person:
        spoken += [one.language for one in referral.person.languages.all()]
    return next((code for code in spoken if code in WORDS), card_language(referral.language))
