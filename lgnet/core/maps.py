"""Maps that the platform draws: circles at rough middles, names beside them, a scale bar; north is up.

The area of a circle goes with its number. Distances are those of a flat drawing, good to a city and its surroundings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import cos, hypot, radians, sqrt
from typing import NamedTuple

from django.utils.translation import gettext as _

KILOMETRES_A_DEGREE = 111.32
LETTER = 0.56  # width of a letter, in parts of its size; what is wider than usual still fits its box
LINE = 24  # height of a name's box: to be hit with a finger
LEAST_HEIGHT = 190  # of a sheet whose places lie all in one line from west to east
SMALLEST, EMPTY = 3.5, 7.0  # radius of a 0 that was looked at, and of a place where nobody was
FINE = 1.2  # corners of an outline that lie nearer to each other are drawn as one
BARS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)  # kilometres of the scale bar
SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))

Ring = Sequence[Sequence[float]]  # corners of an outline: longitude and latitude


@dataclass(frozen=True)
class Place:
    """A place to draw; `shown` is its number as it is written, `is_covered` whether anybody was there."""

    name: str
    latitude: float
    longitude: float
    value: int
    shown: str
    is_covered: bool
    url: str = ""


@dataclass(frozen=True)
class Sheet:
    """How large a map is drawn, and its letters."""

    width: int
    height: int
    letters: int


WIDE, NARROW = Sheet(760, 460, 14), Sheet(340, 400, 13)


class Box(NamedTuple):
    """A rectangle by its left, upper, right and lower edge."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether the two have some of the sheet in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    @property
    def width(self) -> float:
        """From left to right."""
        return round(self.right - self.left, 1)


@dataclass(frozen=True)
class Mark:
    """A place as it is drawn: its circle, and the box of its name; `line` leads from one to the other if it is far."""

    place: Place
    x: float
    y: float
    radius: float
    box: Box | None
    text: str
    line: tuple[float, float] | None

    @property
    def is_before(self) -> bool:
        """Whether the name stands before its circle, and so ends beside it."""
        return self.box is not None and self.box.right < self.x

    @property
    def text_x(self) -> float:
        """Where the name begins, or ends if it stands before its circle."""
        if self.box is None:
            return self.x
        return round(self.box.right - 3 if self.is_before else self.box.left + 3, 1)

    @property
    def text_y(self) -> float:
        """The line on which the name stands."""
        return round(self.box.top + 17, 1) if self.box else self.y


@dataclass(frozen=True)
class Map:
    """A map ready for its template. `paths` are the outlines; `bar` is the length of the scale bar."""

    sheet: Sheet
    marks: list[Mark]
    paths: list[str]
    bar: float
    bar_text: str

    @property
    def base(self) -> int:
        """Where scale bar and north arrow stand."""
        return self.sheet.height - 14


@dataclass(frozen=True)
class _Projection:
    """From degrees to the sheet; `scale` is how much of the sheet a degree of latitude takes."""

    west: float
    north: float
    squeeze: float
    scale: float
    left: float
    top: float

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = self.left + (longitude - self.west) * self.squeeze * self.scale
        return round(x, 1), round(self.top + (self.north - latitude) * self.scale, 1)


def draw_map(places: Sequence[Place], sheet: Sheet = WIDE, outlines: Sequence[Ring] = ()) -> Map | None:
    """The places on a sheet, with outlines beneath them; None without places."""
    if not places:
        return None
    corners = [(place.longitude, place.latitude) for place in places]
    corners += [(longitude, latitude) for ring in outlines for longitude, latitude in ring]
    sheet = _no_higher_than_needed(corners, sheet)
    projection = _fit(corners, sheet)
    bar, text = _scale_bar(projection, sheet)
    paths = [_path(projection, ring) for ring in outlines]
    return Map(sheet, _marks(places, projection, sheet), paths, bar, text)


def _no_higher_than_needed(corners: Sequence[tuple[float, float]], sheet: Sheet) -> Sheet:
    """The sheet, less high if the city is wide, with room for the names above and below."""
    ends = [_fit(corners, sheet).at(*corner)[1] for corner in corners]
    return replace(sheet, height=min(sheet.height, round(max(ends) - min(ends)) + LEAST_HEIGHT))


def _fit(corners: Sequence[tuple[float, float]], sheet: Sheet) -> _Projection:
    longitudes, latitudes = zip(*corners, strict=True)
    west, north = min(longitudes), max(latitudes)
    squeeze = cos(radians((north + min(latitudes)) / 2))
    across, down = (max(longitudes) - west) * squeeze, north - min(latitudes)
    side, end = sheet.width * 0.18, sheet.height * 0.13  # names stand beside, the bar below
    room_across, room_down = sheet.width - 2 * side, sheet.height - 2 * end - LINE
    smallest = 1 / KILOMETRES_A_DEGREE  # a single place is drawn as a kilometre
    scale = min(room_across / max(across, smallest), room_down / max(down, smallest))
    left = side + (room_across - across * scale) / 2
    return _Projection(west, north, squeeze, scale, left, end + (room_down - down * scale) / 2)


def _scale_bar(projection: _Projection, sheet: Sheet) -> tuple[float, str]:
    kilometre = projection.scale / KILOMETRES_A_DEGREE
    length = max((bar for bar in BARS if bar * kilometre <= sheet.width / 4), default=BARS[0])
    words = _("%(n)s km") % {"n": length} if length >= 1 else _("%(n)s m") % {"n": round(length * 1000)}
    return round(length * kilometre, 1), words


def _path(projection: _Projection, ring: Ring) -> str:
    points: list[tuple[float, float]] = []
    for longitude, latitude in ring:
        point = projection.at(longitude, latitude)
        if not points or hypot(point[0] - points[-1][0], point[1] - points[-1][1]) > FINE:
            points.append(point)
    return "M" + "L".join(f"{x},{y}" for x, y in points) + "Z"


def _marks(places: Sequence[Place], projection: _Projection, sheet: Sheet) -> list[Mark]:
    """Circles, the largest first so that small ones lie on top, each with a free place for its name."""
    largest = max(place.value for place in places) or 1
    most = sheet.width * 0.03 + 12
    circles = []
    for place in sorted(places, key=lambda one: (-one.value, one.name)):
        radius = max(SMALLEST, most * sqrt(place.value / largest)) if place.is_covered or place.value else EMPTY
        circles.append((place, *projection.at(place.longitude, place.latitude), round(radius, 1)))
    bar = Box(0, sheet.height - LINE * 1.4, sheet.width / 2, sheet.height)
    taken = [bar, *(Box(x - r, y - r, x + r, y + r) for _place, x, y, r in circles)]
    marks = []
    for place, x, y, radius in circles:
        text = f"{place.name} · {place.shown}" if place.shown else place.name
        width = len(text) * sheet.letters * LETTER + 6
        box = next((box for box in _places_around(x, y, radius, width, sheet) if _is_free(box, taken)), None)
        if box:
            taken.append(box)
        marks.append(Mark(place, x, y, radius, box, text, _line(x, y, radius, box)))
    return marks


def _places_around(x: float, y: float, radius: float, width: float, sheet: Sheet) -> Iterator[Box]:
    """Boxes for a name within the sheet, nearest first."""
    for ring in range(24):
        away = radius + 3 + ring * 9
        for across, down in SIDES:
            left = x + across * away - (width if across < 0 else width / 2 if across == 0 else 0)
            top = y + down * (away + LINE / 2) - LINE / 2
            left = min(max(left, 2), sheet.width - width - 2) if down else left
            box = Box(round(left, 1), round(top, 1), round(left + width, 1), round(top + LINE, 1))
            if left >= 0 and box.right <= sheet.width and top >= 0 and box.bottom <= sheet.height:
                yield box


def _is_free(box: Box, taken: Sequence[Box]) -> bool:
    return not any(box.meets(other) for other in taken)


def _line(x: float, y: float, radius: float, box: Box | None) -> tuple[float, float] | None:
    """Where the line to a far name ends; None for a name that stands beside its circle."""
    if box is None:
        return None
    nearest = min(max(x, box.left), box.right), min(max(y, box.top + 4), box.bottom - 4)
    return nearest if hypot(nearest[0] - x, nearest[1] - y) > radius + 10 else None
