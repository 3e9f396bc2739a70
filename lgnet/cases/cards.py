"""The card of a referral, in the language of the person with Italian beside it."""

from dataclasses import dataclass

from django.conf import settings

from lgnet.cases.card_words import ITALIAN, WORDS, card_language, card_words, direction
from lgnet.cases.models import Referral
from lgnet.core.qr import QRCode, qr_code


@dataclass(frozen=True)
class Line:
    """One line of words: in the person's language, and in Italian unless that is the same."""

    words: str
    italian: str


@dataclass(frozen=True)
class Card:
    """What is printed or held up: `lines` by the keys of `card_words`, the code also as a picture for scanners.

    A service outside of the network does not expect the person, so the card does not promise that.
    """

    language: str
    direction: str
    lines: dict[str, Line]
    qr: QRCode
    address: str
    hours: str
    is_expected: bool

    @property
    def title(self) -> Line:
        """What stands on top."""
        return self.lines["title" if self.is_expected else "place"]


def card_of(referral: Referral, asked: str = "") -> Card:
    """The card in the language `asked` for, or else in that of the person.

    The address of a place that is not published is on no card: whoever finds one must not find the shelter.
    """
    language = asked if asked in WORDS else _language_of(referral)
    words, italian = card_words(language), card_words(ITALIAN)
    lines = {key: Line(words[key], italian[key] if language != ITALIAN else "") for key in words}
    team, site = referral.to_team, referral.to_team.site
    published = site.address if site and site.is_published else ""
    hours = (site.hours if site and published else "") or team.schedule
    address = published or team.reach
    return Card(language, direction(language), lines, qr_code(referral.code), address, hours, not team.is_outside)


def languages() -> list[tuple[str, str]]:
    """(code, name) of each language a card can be written in."""
    return [(code, name) for code, name in settings.PUBLIC_LANGUAGES if code in WORDS]


def _language_of(referral: Referral) -> str:
    """That given with the card, or the first one the person speaks of those there are words in; or else English."""
    spoken = [referral.language] if referral.language else []
    if referral.person:
        spoken += [one.language for one in referral.person.languages.all()]
    return next((code for code in spoken if code in WORDS), card_language(referral.language))
