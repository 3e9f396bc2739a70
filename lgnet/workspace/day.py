"""What a day is made of: things to do, figures that wait for somebody, the first thing to press."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Item:
    """One thing to do: who or what, why now, and where; perhaps a button that does it (`act` is where it is sent)."""

    title: str
    text: str
    url: str
    badge: str = ""
    kind: str = "neutral"
    act: str = ""
    act_label: str = ""


@dataclass(frozen=True)
class Section:
    """Things of one kind; with nothing in it, `empty` says what it is for."""

    title: str
    items: Sequence[Item] = ()
    empty: str = ""
    more: str = ""
    more_label: str = ""
    more_always: bool = False  # the list behind it is worth a look even when nothing has to be done


@dataclass(frozen=True)
class Figure:
    """A number that waits for somebody; it opens onto what it counts."""

    number: int
    text: str
    url: str
    kind: str = "warning"


@dataclass(frozen=True)
class Action:
    """The first thing to press."""

    label: str | Promise
    url: str
    icon: str = "it-plus"


@dataclass
class Day:
    """What the home page shows."""

    actions: list[Action]
    sections: list[Section]
    figures: list[Figure]
    all_well: str = ""
    at_desk: bool = False

    def add_figures(self, *figures: Figure) -> None:
        """Add the numbers that are not zero and not there yet."""
        there = {figure.url for figure in self.figures}
        self.figures += [figure for figure in figures if figure.number and figure.url not in there]
