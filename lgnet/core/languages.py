"""Texts that data hold in two languages, and names of languages and countries in the reader's."""

from functools import cache

from babel import Locale
from django.utils import translation

# Languages often spoken by the people met, offered first (two-letter or ISO 639-3 codes).
COMMON = (
    "it", "en", "fr", "es", "ar", "uk", "bn", "ur", "pa", "wo", "ff", "bm", "ha", "pcm", "ti", "am", "so", "ps", "fa",
    "tr", "ku", "sq", "ro", "ru", "ka", "zh", "tl", "pt", "hi", "ta", "si", "sw", "yo", "ig", "ln", "man",
)  # fmt: skip


def in_reader_language(italian: str, english: str) -> str:
    """Return the text for the language now in use; Italian unless it is English."""
    return english if reader_language() == "en" else italian


def reader_language() -> str:
    """The two-letter code of the language now in use, Italian by default."""
    return (translation.get_language() or "it")[:2]


def language_name(code: str) -> str:
    """The name of a language in the reader's language, or the code if nobody knows it."""
    return _languages(reader_language()).get(code, code)


def native_name(code: str) -> str:
    """The name of a language in itself."""
    name = Locale(code).get_display_name(code) or code
    return name[:1].upper() + name[1:]


def country_name(code: str) -> str:
    """The name of a country (ISO 3166-1 alpha-2) in the reader's language, or the code if nobody knows it."""
    return _countries(reader_language()).get(code, code)


def language_choices() -> list[tuple[str, str]]:
    """(code, name) of the common languages first, then all others by name."""
    names = _languages(reader_language())
    common = [(code, names.get(code, code)) for code in COMMON]
    others = sorted(
        ((c, n) for c, n in names.items() if c not in COMMON and len(c) <= 3), key=lambda pair: pair[1].casefold()
    )
    return common + others


def country_choices() -> list[tuple[str, str]]:
    """(code, name) of every country by name."""
    return sorted(_countries(reader_language()).items(), key=lambda pair: pair[1].casefold())


@cache
def _languages(language: str) -> dict[str, str]:
    return {code: name[:1].upper() + name[1:] for code, name in Locale(language).languages.items()}


@cache
def _countries(language: str) -> dict[str, str]:
    return {
        code: name
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    }


_NO_COUNTRY = {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}
