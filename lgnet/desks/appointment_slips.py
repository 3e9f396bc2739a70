"""The slip of an appointment: when, where and what to bring, in the person's language with Italian beside it."""

from dataclasses import dataclass

from lgnet.cases.card_words import ITALIAN, card_language
from lgnet.core.qr import QRCode, qr_code
from lgnet.desks.appointment_ics import address_of, scanned_event
from lgnet.desks.appointment_messages import when_in
from lgnet.desks.appointment_models import Appointment
from lgnet.desks.appointment_words import WORDS, appointment_words, direction, documents_in


@dataclass(frozen=True)
class Slip:
    """What is printed: pairs of words, the Italian one empty when that is the language; `qr` is a calendar entry."""

    language: str
    direction: str
    lines: dict[str, tuple[str, str]]
    day: tuple[str, str]
    time: str
    bring: list[tuple[str, str]]
    address: str
    way: tuple[str, str]
    qr: QRCode


def slip_of(appointment: Appointment, asked: str = "") -> Slip:
    """The slip in the language `asked` for, or else in that of the person."""
    language = language_for(appointment, asked)
    words, italian, kind = appointment_words(language), appointment_words(ITALIAN), appointment.kind
    other = language != ITALIAN
    lines = {key: (words[key], italian[key] if other else "") for key in words}
    when = when_in(language, appointment.starts_at)
    bring = documents_in(language, kind.documents)
    beside = documents_in(ITALIAN, kind.documents) if other else [""] * len(bring)
    told = list(zip(bring, beside, strict=True)) + ([(kind.documents_note, "")] if kind.documents_note else [])
    return Slip(
        language, direction(language), lines,
        (when["day"], when_in(ITALIAN, appointment.starts_at)["day"] if other else ""), when["time"], told,
        address_of(appointment), lines[kind.way], qr_code(scanned_event(appointment, language)),
    )  # fmt: skip


def language_for(appointment: Appointment, asked: str) -> str:
    """The language asked for, or the first that the person speaks of those there are words in; or else Italian."""
    if asked in WORDS:
        return asked
    spoken = appointment.person.languages.values_list("language", flat=True)
    known = [card_language(code) for code in spoken]
    return known[0] if known else ITALIAN
