"""Whether two descriptions are of one person: evidence is weighed, the reasons are told, a human being decides.

The weights are in bits: how much more often the observation is made on one person described twice than on two persons
(Fellegi and Sunter). Common names and births on 1 January, which stand for "only the year is known", weigh little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log2
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import DamerauLevenshtein

from lgnet.people import names
from lgnet.people.codes import AgeBand, DatePrecision
from lgnet.people.names import Word

USUAL_NUMBER = 4000  # records of a partner, when the caller does not tell: the more there are, the more look alike
LIKELY = 0.98  # proposed as a duplicate from this score on: about 99 of 100 are then right (tests/people)

# What a name weighs when it agrees. Given names are fewer than family names, and some of both are very frequent.
GIVEN_NAME, FAMILY_NAME, COMMON_NAME, RAREST_NAME = 5.5, 8.5, 3.5, 10.0
ANOTHER_NAME = -7.0
BORN_APART = -6.0  # what two dates weigh at most that have nothing in common
LEFT_OUT = -0.5  # a middle name that only one of them has

REASON_LABELS: Final[dict[str, Promise]] = {
    "same_identifier": _("same document number"),
    "different_identifier": _("different numbers of the same kind"),
    "same_phone": _("same phone number"),
    "same_names": _("same names"),
    "similar_names": _("similar names"),
    "partly_same_names": _("some names are the same"),
    "names_swapped": _("given and family names swapped"),
    "different_names": _("different names"),
    "same_birth_date": _("same date of birth"),
    "birth_1_january": _("both born on 1 January of the same year, which often means that only the year is known"),
    "day_month_swapped": _("day and month of birth swapped"),
    "similar_birth_date": _("date of birth differs by one digit or one part"),
    "same_year": _("same year of birth"),
    "near_year": _("years of birth one apart"),
    "different_birth": _("different date of birth"),
    "different_gender": _("different gender"),
    "same_citizenship": _("same citizenship"),
    "different_citizenship": _("different citizenship"),
    "different_age": _("different apparent age"),
}


@dataclass(frozen=True)
class Identity:
    """What is known of somebody; everything may be empty. `identifiers` are (kind, value), `phones` as written."""

    given_names: str = ""
    family_names: str = ""
    nickname: str = ""
    birth_date: date | None = None
    birth_precision: str = ""
    age_band: str = ""
    gender: str = ""
    citizenship: str = ""
    identifiers: frozenset[tuple[str, str]] = frozenset()
    phones: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """How likely two descriptions are of one person, 0 to 1, and why (codes of REASON_LABELS)."""

    score: float
    reasons: tuple[str, ...]


# What a person's own row tells of it, by the names of both.
COMPARED: Final = (
    "given_names", "family_names", "nickname", "birth_date", "birth_precision", "age_band", "gender", "citizenship",
)  # fmt: skip

Evidence = tuple[float, str]  # bits, and the reason or ""
NOTHING: Final[Evidence] = (0.0, "")


def compare(
    a: Identity, b: Identity, *, among: int = USUAL_NUMBER, frequencies: Mapping[str, float] | None = None
) -> Match:
    """Weigh everything that both descriptions tell; symmetric. Missing data are no evidence.

    `among` is the number of records that `b` was found in: before anything is compared, one of them might be the same.
    `frequencies` tells which share of these records has a name (by names.Word.code); without, usual ones are taken.
    """
    found = (
        _identifiers(a, b),
        _phones(a, b),
        _names(a, b, frequencies or {}),
        _birth(a, b),
        _gender(a, b),
        _citizenship(a, b),
        _age(a, b),
    )
    bits = sum(weight for weight, _reason in found) - log2(max(among, 2))
    return Match(1 / (1 + 2.0 ** -max(-60.0, min(60.0, bits))), tuple(reason for _weight, reason in found if reason))


def likely_duplicate(match: Match) -> bool:
    """Whether the match is sure enough to be proposed to a human being."""
    return match.score >= LIKELY


def born_apart(a: Identity, b: Identity) -> bool:
    """Whether the dates of birth are so different that, among many people, only a number or phone could outweigh it.

    Much quicker than `compare`: it spares most of the pairs that a search among all of a city begins with.
    """
    return _birth(a, b)[0] <= BORN_APART and not (a.identifiers & b.identifiers) and not _phones(a, b)[0]


def _identifiers(a: Identity, b: Identity) -> Evidence:
    if a.identifiers & b.identifiers:
        return 26.0, "same_identifier"
    kinds = {kind for kind, _value in a.identifiers} & {kind for kind, _value in b.identifiers}
    if kinds & {"tax_code", "cui"}:  # one for life; passports and health codes are renewed
        return -8.0, "different_identifier"
    return NOTHING


def _phones(a: Identity, b: Identity) -> Evidence:
    """A phone goes through several hands: strong only together with a name."""
    if not a.phones or not b.phones:
        return NOTHING
    return (7.0, "same_phone") if {_digits(p) for p in a.phones} & {_digits(p) for p in b.phones} else NOTHING


def _digits(phone: str) -> str:
    """The last nine digits: with or without the prefix of the country."""
    return "".join(sign for sign in phone if sign.isdigit())[-9:] or phone


# -- names ------------------------------------------------------------------------------------------------------------


def _names(a: Identity, b: Identity, frequencies: Mapping[str, float]) -> Evidence:
    """Weigh the names of both, whatever field they are in; the nickname only where proper names are missing."""
    ours, theirs = _proper(a), _proper(b)
    if not ours or not theirs:
        same = a.nickname and names.words(a.nickname) == names.words(b.nickname) and not (ours or theirs)
        return (5.0, "same_names") if same else NOTHING
    if len(ours) != len(theirs):
        ours, theirs = names.joined(ours, theirs)
    if len(theirs) < len(ours):
        ours, theirs = theirs, ours
    pairs = _pair_up(ours, theirs)
    families = _families(a) | _families(b)
    weights = sorted(
        (_bits(likeness, _full_bits((x.code, y.code), families, frequencies)) for x, y, likeness in pairs), reverse=True
    )
    bits = sum(w if at < 2 or w < 0 else w / 2 for at, w in enumerate(weights))  # names of one origin go together
    bits += LEFT_OUT * (len(theirs) - len(ours))
    if len(ours) == 1:
        bits = min(bits, GIVEN_NAME)
    return bits, _reason_of_names(a, b, [likeness for _one, _other, likeness in pairs], len(ours) == len(theirs))


def _proper(a: Identity) -> tuple[Word, ...]:
    return tuple(dict.fromkeys((*names.words(a.given_names), *names.words(a.family_names))))


def _families(a: Identity) -> set[str]:
    return {word.code for word in names.words(a.family_names)}


def _pair_up(ours: Sequence[Word], theirs: Sequence[Word]) -> list[tuple[Word, Word, float]]:
    """Give every one of our words the likest of theirs that is still free, the likest pairs first."""
    likeness = sorted(
        ((names.alike(one, other), i, j) for i, one in enumerate(ours) for j, other in enumerate(theirs)),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    used_i: set[int] = set()
    used_j: set[int] = set()
    pairs = []
    for value, i, j in likeness:
        if i not in used_i and j not in used_j:
            used_i.add(i)
            used_j.add(j)
            pairs.append((ours[i], theirs[j], value))
    return pairs


def _full_bits(codes: tuple[str, str], families: set[str], frequencies: Mapping[str, float]) -> float:
    """What the names weigh when they are the same: the rarer, the more."""
    known = [frequencies[code] for code in codes if code in frequencies]
    if known:
        return min(RAREST_NAME, -log2(max(known)))
    if codes[0] in names.COMMON_CODES or codes[1] in names.COMMON_CODES:
        return COMMON_NAME
    return FAMILY_NAME if codes[0] in families or codes[1] in families else GIVEN_NAME


def _bits(likeness: float, full: float) -> float:
    """What two names weigh: all when they are the same, less the less alike they are; 0.8 is about nothing."""
    if likeness >= 0.9:
        return full - 10 * (1 - likeness)
    if likeness >= 0.7:
        return full - 1 - (0.9 - likeness) * (full - 1 - ANOTHER_NAME) / 0.2
    return ANOTHER_NAME


def _reason_of_names(a: Identity, b: Identity, likeness: list[float], complete: bool) -> str:
    if max(likeness) < 0.8:
        return "different_names"
    if min(likeness) < 0.8:
        return "partly_same_names"
    given, family = names.words(a.given_names), names.words(a.family_names)
    if given and family and (given, family) == (names.words(b.family_names), names.words(b.given_names)):
        return "names_swapped"
    return "same_names" if complete and min(likeness) >= 0.99 else "similar_names"


# -- birth ------------------------------------------------------------------------------------------------------------


def _birth(a: Identity, b: Identity) -> Evidence:
    one, other = a.birth_date, b.birth_date
    if one is None or other is None:
        return NOTHING
    sure_one, sure_other = _is_day(one, a.birth_precision), _is_day(other, b.birth_precision)
    if not (sure_one and sure_other):
        return _birth_by_year(one, other, vague=not sure_one and not sure_other)
    return _birth_by_day(one, other)


def _birth_by_day(one: date, other: date) -> Evidence:
    """Both dates are meant to the day."""
    if one == other:
        return 13.0, "same_birth_date"
    if one.year == other.year and (one.day, one.month) == (other.month, other.day):
        return 8.0, "day_month_swapped"
    if DamerauLevenshtein.distance(one.isoformat(), other.isoformat()) == 1:
        return 5.0, "similar_birth_date"
    if (one.year == other.year) + (one.month == other.month) + (one.day == other.day) == 2:
        return 2.5, "similar_birth_date"
    return (-2.0, "same_year") if one.year == other.year else (-7.0, "different_birth")


def _is_day(born: date, precision: str) -> bool:
    """The day is known: 1 January is believed only when it was stated to be sure."""
    if precision == DatePrecision.DAY:
        return True
    return not precision and (born.day, born.month) != (1, 1)


def _birth_by_year(one: date, other: date, *, vague: bool) -> Evidence:
    """At least one of the two dates is only a year."""
    if one.year == other.year:
        return (5.5, "birth_1_january") if vague else (3.0, "same_year")
    if abs(one.year - other.year) == 1:
        return 0.0, "near_year"
    if DamerauLevenshtein.distance(str(one.year), str(other.year)) == 1:
        return -1.5, "different_birth"
    return -6.0, "different_birth"


# -- the rest ---------------------------------------------------------------------------------------------------------


def _gender(a: Identity, b: Identity) -> Evidence:
    if {a.gender, b.gender} == {"f", "m"}:
        return -5.0, "different_gender"
    return (0.2, "") if a.gender and a.gender == b.gender else NOTHING


def _citizenship(a: Identity, b: Identity) -> Evidence:
    if not a.citizenship or not b.citizenship:
        return NOTHING
    return (0.3, "same_citizenship") if a.citizenship == b.citizenship else (-4.0, "different_citizenship")


def _age(a: Identity, b: Identity) -> Evidence:
    """Apparent ages two bands apart speak against, where no date of birth tells more."""
    if (a.birth_date and b.birth_date) or a.age_band not in AgeBand.values or b.age_band not in AgeBand.values:
        return NOTHING
    apart = abs(AgeBand.values.index(a.age_band) - AgeBand.values.index(b.age_band))
    return (-4.0, "different_age") if apart > 1 else NOTHING
