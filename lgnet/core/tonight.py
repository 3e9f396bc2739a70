"""What is open now in a city: the one place into which every service puts its own lines.

A service registers a function that gives the lines of some partners at a moment. It gives none before it has something
real to say: a section without lines is not shown.
"""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Line:
    """One thing that is open: what, when and how to get there, perhaps a state and where to read more.

    `known_at` is the moment of a figure in it that may have changed since, such as free beds. `details` are lines of
    their own below it.
    """

    title: str
    text: str = ""
    url: str = ""
    badge: str = ""
    kind: str = "neutral"
    details: tuple[str, ...] = ()
    known_at: datetime | None = None


@dataclass(frozen=True)
class Section:
    """The lines of one service."""

    title: str | Promise
    lines: list[Line]


Lines = Callable[[Any, Collection[uuid.UUID], datetime], Iterable[Line]]  # of a reader, partners, now


@dataclass(frozen=True)
class _Source:
    title: str | Promise
    order: int
    lines: Lines


_sources: dict[str, _Source] = {}


def shows_tonight(key: str, title: str | Promise, *, order: int) -> Callable[[Lines], Lines]:
    """Register the decorated function under `key`; sections come by `order`. Raises ValueError for a key twice."""

    def register(lines: Lines) -> Lines:
        if key in _sources and _sources[key].lines is not lines:
            raise ValueError(f"tonight: {key} is there already")
        _sources[key] = _Source(title, order, lines)
        return lines

    return register


def sections(user: Any, partners: Collection[uuid.UUID], now: datetime) -> list[Section]:
    """Every section that has something to say about these partners now, in order."""
    ordered = sorted(_sources.values(), key=lambda source: source.order)
    every = (Section(source.title, list(source.lines(user, partners, now))) for source in ordered)
    return [section for section in every if section.lines]
