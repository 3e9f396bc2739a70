"""Where one finds help in a city, for anybody: the one place into which every service puts its own places.

A service registers a function that gives its published places in one city. The public site has the words: its texts
are in eight languages, so a place brings facts and codes, and the only words in it are those the city itself wrote.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Opening:
    """Somebody is there from a moment on, perhaps to a moment."""

    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True)
class HelpPlace:
    """A place that may be told to the whole world: nothing of it names a person, a crew or a protected house.

    `kind` is a code that the public site has a word for, `hours` what the city wrote, `openings` single moments known.
    A service of the directory has a `key`, under which it has a page of its own, its `names` by language beside that in
    Italian, and codes of its topics, for whom it is, languages spoken and how one comes in; `is_open` is None where
    nobody knows its hours, and `changes_at` when that is no longer so.
    """

    name: str
    kind: str = ""
    area: str = ""
    directions: str = ""
    address: str = ""
    hours: str = ""
    openings: tuple[Opening, ...] = ()
    key: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    provider: str = ""
    phone: str = ""
    topics: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    is_open: bool | None = None
    changes_at: datetime | None = None

    def open_at(self, moment: datetime) -> bool | None:
        """Whether it is open at a moment that is not long after it was asked for; None where nobody knows."""
        if self.is_open is None or self.changes_at is None or moment < self.changes_at:
            return self.is_open
        return not self.is_open


Places = Callable[[uuid.UUID, datetime], Iterable[HelpPlace]]  # of a partner, now

_sources: dict[str, tuple[int, Places]] = {}


def offers_help(key: str, *, order: int) -> Callable[[Places], Places]:
    """Register the decorated function under `key`; sections come by `order`. Raises ValueError for a key twice."""

    def register(places: Places) -> Places:
        if key in _sources and _sources[key][1] is not places:
            raise ValueError(f"help: {key} is there already")
        _sources[key] = (order, places)
        return places

    return register


def section_keys() -> list[str]:
    """The keys of all that is registered, in order."""
    return sorted(_sources, key=lambda key: _sources[key][0])


def help_places(partner: uuid.UUID, now: datetime) -> dict[str, list[HelpPlace]]:
    """The places of every service in this city, in order; a service without one has an empty list."""
    return {key: list(_sources[key][1](partner, now)) for key in section_keys()}
