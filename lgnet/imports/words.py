"""The words that people write in a column, for what we keep."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation

from lgnet.core.cells import plain
from lgnet.core.languages import language_choices


def words_of(choices: Iterable[tuple[Any, Any]], synonyms: Mapping[Any, str] | None = None) -> dict[str, Any]:
    """Every word for each value of (value, label) pairs: the value, its label in Italian and English, its synonyms.

    Synonyms are split by |. Words are `plain`, as `cells.read_choice` compares them.
    """
    found: dict[str, Any] = {}
    pairs = list(choices)
    for language in ("it", "en"):
        with translation.override(language):
            found |= {plain(label): value for value, label in pairs if value}
    for value, _label in pairs:
        if value:
            found.setdefault(plain(value), value)
            found |= {plain(word): value for word in (synonyms or {}).get(value, "").split("|") if plain(word)}
    return found


def language_words() -> dict[str, str]:
    """The code of every language by its names in Italian and English, and by itself; a common language comes first."""
    found: dict[str, str] = {}
    for reader in ("it", "en"):
        with translation.override(reader):
            for code, name in language_choices():
                found.setdefault(plain(name), code)
                found.setdefault(plain(code), code)
    return found


def by_name(records: Iterable[Any]) -> dict[str, Any]:
    """Records by their name, as `cells.read_choice` compares names."""
    return {plain(record.name): record for record in records}
