"""Codes by which apps above know a person: each says whom a code is of, and every search of persons finds it.

A function is registered in the `ready` of its app: of what was typed it gives the ids of persons, or nothing.
"""

import uuid
from collections.abc import Callable, Iterable

Finder = Callable[[str], Iterable[uuid.UUID]]

_finders: list[Finder] = []


def finds_persons(finder: Finder) -> Finder:
    """Register the decorated function."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def persons_coded(text: str) -> set[uuid.UUID]:
    """Ids of the persons of whom what was typed is a code. Whether the reader may see them is for the caller."""
    return {pk for finder in _finders for pk in finder(text)}
