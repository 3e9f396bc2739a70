"""Names as they are searched: keys of an indexed table find candidates, a score puts them in order.

A person is found whatever the order of the names, the script, and most spellings. The keys sort by how much they
select (`1` pairs of names, `2` pairs of first letters, `3` one name, `4` first letters of one name): reading candidates
in the order of the key and stopping after some hundreds loses the vaguest first.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import combinations, pairwise, product
from typing import Final, NamedTuple

from rapidfuzz.distance import JaroWinkler

from lgnet.people.codes import DatePrecision
from lgnet.people.spelling import code, codes, fold, group_of, to_latin

MOST_KEYS = 16  # kept for one person
MOST_WORDS = 4  # of a name, that get keys
PREFIX = 3  # letters typed before a single name is looked up by its beginning
PAIR_PREFIX = 2  # first letters of each of two names


def _each(text: str) -> list[str]:
    return text.split()


_PARTICLES: Final = frozenset(
    _each(
        "al el ul ur as ash ad an ar az bin ben ibn bint ould mint ait de "
        "da di do dos del della la le van von md mohd mst mrs mr"
    )
)
# Abderrahmane, Abdul-Kadir, Abdirahman: the servant (abd) of one of the names. Abdullah stays one word.
_SERVANT = re.compile(
    r"abd(?:ou|oe|[aeiou])?"
    r"(?:l(?=[aeiou][a-z]{3}|latif|[b-df-hjkm-np-tv-z][a-z]{2})"
    r"|([b-df-hjkm-np-tv-z])(?=\1[a-z]{2})|(?=[b-df-hjkm-np-tv-z][a-z]{2}))"
)
_SERVANT_ALONE: Final = frozenset(["abd", "abdel", "abdul", "abdal", "abdoul", "abdur", "abder", "abdus", "abdes"])

# Names so frequent that they alone select nobody (their codes); a query of several words does not look them up alone.
COMMON_CODES: Final = frozenset(
    code(name)
    for name in _each(
        "mohammed ali ahmed hassan hussein ibrahim omar abdullah rahman yusuf mamadou ousmane fatima aisha "
        "mariam khadija diallo traore ndiaye fall diop keita toure camara coulibaly cisse sow barry bah "
        "konate sissoko diarra jallow hossain islam khan begum akter uddin miah sheikh ahmad khatun das singh "
        "kaur kumar hussain iqbal malik olena oksana iryna natalia tetiana anna maria kovalenko shevchenko "
        "melnyk bondarenko igor tesfay haile gebre abraham berhane tekle warsame abdi nur jama blessing joy "
        "john emmanuel osas peter james jose juan luis rosa flores quispe garcia rodriguez saleh khalil hamid "
        "said salah mustafa hoxha georgi santos cruz reyes"
    )
)  # fmt: skip


class Word(NamedTuple):
    """One word of a name: in Latin letters, its sounds, its consonants, and which list of variants it is in."""

    text: str
    sounds: str
    code: str
    group: int | None


def normalise(text: str) -> str:
    """Return lower-case Latin words without marks, one space apart; an empty text when nothing can be read."""
    return to_latin(text)


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[Word, ...]:
    """Return the words of a name that tell persons apart: particles go unless nothing else is left, abd- is split."""
    latin = to_latin(text).split()
    kept = [word for word in latin if word not in _PARTICLES and word not in _SERVANT_ALONE] or latin
    return tuple(_word(_without_servant(word)) for word in kept)


def _word(text: str) -> Word:
    return Word(text, fold(text), code(text), group_of.get(text))


def _without_servant(word: str) -> str:
    found = _SERVANT.match(word) if word.startswith("abd") and word not in group_of else None
    return word[found.end() :] if found else word


@lru_cache(maxsize=65536)
def _words_of(given_names: str, family_names: str, nickname: str) -> tuple[Word, ...]:
    """Words of all the names, each once, family names and given names before the nickname."""
    return tuple(dict.fromkeys((*words(given_names), *words(family_names), *words(nickname))))


def search_keys(given_names: str, family_names: str, nickname: str) -> set[str]:
    """Return at most MOST_KEYS keys of at most 64 characters under which this person is found; none for empty names.

    With more than MOST_WORDS words the last ones can be found only by the score, not by a key.
    """
    found = _words_of(given_names, family_names, nickname)[:MOST_WORDS]
    keys: dict[str, None] = {}
    for word in found:
        keys[f"3{word.code}"] = None
    for first, second in combinations(found, 2):
        keys[_pair("1", first.code, second.code)] = None
    for word in found:
        keys[f"4{word.sounds[:PREFIX]}"] = None
    for first, second in combinations(found, 2):
        keys[_pair("2", first.sounds[:PAIR_PREFIX], second.sounds[:PAIR_PREFIX])] = None
    return set(list(keys)[:MOST_KEYS])


def frequency_keys(given_names: str, family_names: str) -> dict[str, str]:
    """Return the keys of single names and their codes: counted among all records they tell how frequent a name is."""
    return {f"3{word.code}": word.code for word in _words_of(given_names, family_names, "")}


def _pair(kind: str, first: str, second: str) -> str:
    return f"{kind}{first}+{second}" if first <= second else f"{kind}{second}+{first}"


def query_keys(query: str) -> list[str]:
    """Return the keys to look up for what somebody typed, those that select most first; none when nothing is typed.

    A query of several words looks its frequent names up only in pairs.
    """
    found = list(dict.fromkeys(words(query)))[:MOST_WORDS]
    if not found:
        return []
    readings = [codes(word.text) for word in found]
    keys: dict[str, None] = {}
    for one, other in combinations(range(len(found)), 2):
        for first, second in product(readings[one], readings[other]):
            keys[_pair("1", first, second)] = None
        keys[_pair("2", found[one].sounds[:PAIR_PREFIX], found[other].sounds[:PAIR_PREFIX])] = None
    for reading in _readings_alone(found, readings):
        keys[f"3{reading}"] = None
    if len(found) == 1:
        keys[f"4{found[0].sounds[:PREFIX]}"] = None
    return sorted(keys)


def _readings_alone(found: list[Word], readings: list[tuple[str, ...]]) -> Iterator[str]:
    """Codes to look up one by one: not the frequent ones next to others; two words also as if written in one."""
    for word, codes_of_word in zip(found, readings, strict=True):
        if len(found) == 1 or word.code not in COMMON_CODES:
            yield from codes_of_word
    for one, next_one in pairwise(found):
        yield code(one.text + next_one.text)


def alike(one: Word, other: Word) -> float:
    """Return 0 to 1: how likely two words are the same name written twice. Two different listed names are not."""
    if one.text == other.text:
        return 1.0
    if one.group is not None and other.group is not None:
        return 0.96 if one.group == other.group else 0.3
    if one.sounds == other.sounds:
        return 0.97
    near = max(JaroWinkler.similarity(one.sounds, other.sounds), JaroWinkler.similarity(one.text, other.text))
    if one.code == other.code:
        return max(near, 0.8 + 0.15 * near)
    return near if near >= 0.7 else near * 0.6


def joined(ours: tuple[Word, ...], theirs: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Return both names with two neighbours made one where the other name has them as one (Gebre Medhin)."""
    if len(ours) > len(theirs):
        theirs, ours = joined(theirs, ours)
        return ours, theirs
    for at in range(len(theirs) - 1) if len(ours) < len(theirs) else ():
        both = theirs[at].text + theirs[at + 1].text
        if any(abs(len(both) - len(word.text)) < 3 and alike(_word(both), word) >= 0.9 for word in ours):
            return ours, (*theirs[:at], _word(both), *theirs[at + 2 :])
    return ours, theirs


def _found_in(typed: Word, candidates: tuple[Word, ...]) -> float:
    """The best likeness of a typed word, complete or not, with the words of a candidate."""
    best = 0.0
    for word in candidates:
        value = alike(typed, word)
        if value < 0.95 and (word.text.startswith(typed.text) or word.sounds.startswith(typed.sounds)):
            value = 0.95
        if value > best:
            if value == 1.0:
                return 1.0
            best = value
    return best


def score(query: str, given_names: str, family_names: str, nickname: str) -> float:
    """Return 0 to 100: how well the names answer the query, in any order; 60 and more is worth showing.

    Every typed word counts by its length; what the candidate has beyond the query counts little.
    """
    typed, names = words(query), _words_of(given_names, family_names, nickname)
    if not typed or not names:
        return 0.0
    typed, names = joined(typed, names) if len(typed) != len(names) else (typed, names)
    total = reached = 0.0
    for word in typed:
        weight = 2 + len(word.sounds)
        total += weight
        reached += weight * _found_in(word, names)
    named = sum([2 + len(word.sounds) for word in names])
    return 100 * (0.88 * reached / total + 0.12 * min(1.0, reached / named))


_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        _each("gen/jan feb mar apr mag/may giu/jun lug/jul ago/aug set/sep ott/oct nov dic/dec"),
        start=1,
    )
    for name in names.split("/")
}  # fmt: skip
_DAY = re.compile(r"(\d{1,2})[ ./-](\d{1,2})[ ./-](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})[ ./-](\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_IN_WORDS = re.compile(r"(?:(\d{1,2})[°º]? )?([a-z]{3,9})\.? (\d{4})", re.IGNORECASE)


def parse_birth(text: str) -> tuple[date | None, str]:
    """Return the date of birth that was typed and its precision (a DatePrecision), or (None, "") for an empty text.

    The order is Italian: day, month, year; or year-month-day. 1 January means that only the year is known. Nothing is
    guessed: raises ValueError for what is not a date, for dates that do not exist, before 1900 or in the future.
    """
    text = " ".join(text.split())
    if not text:
        return None, ""
    year, month, day = _date_parts(text)
    born = date(year, month or 1, day or 1)
    if born.year < 1900 or born > date.today():  # noqa: DTZ011  the day of the office, no moment is meant
        raise ValueError(f"not a possible date of birth: {text}")
    if month is None or (day == 1 and month == 1):
        return born, DatePrecision.YEAR.value
    return born, (DatePrecision.MONTH if day is None else DatePrecision.DAY).value


def _date_parts(text: str) -> tuple[int, int | None, int | None]:
    """Year, month and day as written; raises ValueError when the text has none of the known forms."""
    if found := _DAY.fullmatch(text):
        return _full_year(found[3]), int(found[2]), int(found[1])
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _MONTH.fullmatch(text):
        return int(found[2]), int(found[1]), None
    if found := _ISO_MONTH.fullmatch(text):
        return int(found[1]), int(found[2]), None
    if _YEAR.fullmatch(text):
        return int(text), None, None
    if (found := _IN_WORDS.fullmatch(text)) and (month := _MONTHS.get(found[2][:3].lower())):
        return int(found[3]), month, int(found[1]) if found[1] else None
    raise ValueError(f"not a date: {text}")


def _full_year(written: str) -> int:
    """Two digits mean the last year with this ending that is not in the future."""
    year = int(written)
    if len(written) == 4:
        return year
    this_year = date.today().year  # noqa: DTZ011
    return this_year - (this_year - year) % 100


_BIRTH_IN_QUERY = re.compile(
    r"(?<![\w/.-])(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{1,2}(?:-\d{1,2})?|\d{1,2}[./-]\d{4}|(?:19|20)\d\d)"
    r"(?![\w/.-])"
)


def split_query(text: str) -> tuple[str, tuple[date | None, str] | None]:
    """Return what was typed as (names, birth): birth is what `parse_birth` gives, or None when no date was typed.

    Something that looks like a date and is none is left out of the names and does not narrow the search.
    """
    found = _BIRTH_IN_QUERY.search(text)
    if not found:
        return text.strip(), None
    name = " ".join((text[: found.start()] + " " + text[found.end() :]).split())
    try:
        return name, parse_birth(found[0])
    except ValueError:
        return name, None
