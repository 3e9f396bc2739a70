"""Two people wrote in one text at once: what each changed is joined by lines; where both changed, both stay."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

MANY = 2000  # lines: longer texts are not compared, both are kept whole

Lines = list[str]


@dataclass(frozen=True)
class Both:
    """The same lines, written by two: as the first saved them, and as the second sent them."""

    saved: Lines
    sent: Lines


def lines_of(text: str) -> Lines:
    """The lines of a text, whatever ended them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def merge_lines(base: Lines, saved: Lines, sent: Lines) -> list[Lines | Both]:
    """What came of `base` when one writer saved `saved` and another sent `sent`: lines, and places where both wrote."""
    if max(len(base), len(saved), len(sent)) > MANY:
        return [_joined(base, saved, sent)]
    found: list[Lines | Both] = []
    at_base = at_saved = at_sent = 0
    for start, end, in_saved, in_sent in _untouched(base, saved, sent):
        part = _joined(base[at_base:start], saved[at_saved:in_saved], sent[at_sent:in_sent])
        found += [part, base[start:end]]
        at_base, at_saved, at_sent = end, in_saved + end - start, in_sent + end - start
    return [part for part in found if part != []]


def _joined(base: Lines, saved: Lines, sent: Lines) -> Lines | Both:
    """Lines between two places that nobody touched."""
    if sent in (base, saved):
        return saved
    return sent if saved == base else Both(saved, sent)


def _untouched(base: Lines, saved: Lines, sent: Lines) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines of `base` that both kept: from, to, where they are in `saved` and in `sent`; the end last."""
    kept_in_saved, kept_in_sent = _kept(base, saved), _kept(base, sent)
    first = second = 0
    while first < len(kept_in_saved) and second < len(kept_in_sent):
        one, other = kept_in_saved[first], kept_in_sent[second]
        start, end = max(one.a, other.a), min(one.a + one.size, other.a + other.size)
        if start < end:
            yield start, end, one.b + start - one.a, other.b + start - other.a
        if one.a + one.size < other.a + other.size:
            first += 1
        else:
            second += 1
    yield len(base), len(base), len(saved), len(sent)


def _kept(base: Lines, other: Lines) -> list[Match]:
    return SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()


def merged(base: str, stored: str, mine: str) -> str:
    """What `stored` and `mine` have become of `base`, in one text; where both wrote, what is new of both stands.

    What was taken out of `stored` does not come back with `mine`; what both still have stays.
    """
    known, theirs, own = (lines_of(plain(text)) for text in (base, stored, mine))
    gone = {*known} - {*theirs, ""}
    lines: Lines = []
    for part in merge_lines(known, theirs, own):
        if isinstance(part, Both):
            lines += [*part.saved, *(line for line in part.sent if line not in part.saved)]
        else:
            lines += part
    lines += [line for line in dict.fromkeys(own) if line in theirs and line not in lines]  # each took out another one
    return "\n".join(line for line in lines if line not in gone).strip("\n")


def plain(text: str) -> str:
    """A text with the line ends of one system only, and nothing empty around it."""
    return "\n".join(lines_of(text)).strip()


def differences(before: str, after: str) -> list[tuple[str, str]]:
    """The lines of both, in order: each with "same", "gone" or "new"."""
    old, new = lines_of(before), lines_of(after)
    found: list[tuple[str, str]] = []
    if max(len(old), len(new)) > MANY:
        return [*(("gone", line) for line in old), *(("new", line) for line in new)]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [("same", line) for line in old[i1:i2]]
        else:
            found += [*(("gone", line) for line in old[i1:i2]), *(("new", line) for line in new[j1:j2])]
    return found
