"""Two people write the same text at the same moment: nobody's lines are lost."""

from difflib import SequenceMatcher


def merged(base: str, stored: str, mine: str) -> str:
    """What `stored` and `mine` have become of `base`, in one text that holds every line that either has written.

    Lines that only one of them took out are out; where both wrote in the same place both stand, the stored ones first.
    """
    base, stored, mine = (plain(text) for text in (base, stored, mine))
    if mine in (base, stored):
        return stored
    if stored == base:
        return mine
    old, theirs, own = (text.split("\n") for text in (base, stored, mine))
    known, lines = set(old), []
    said, added = set(theirs), set(own)
    steps = SequenceMatcher(None, theirs, own, autojunk=False).get_opcodes()
    for act, from_theirs, to_theirs, from_own, to_own in steps:
        if act == "equal":
            lines += theirs[from_theirs:to_theirs]
            continue
        lines += [line for line in theirs[from_theirs:to_theirs] if line not in known or line in added]
        lines += [line for line in own[from_own:to_own] if line not in known and line not in said]
    return "\n".join(lines).strip("\n")


def plain(text: str) -> str:
    """A text with the line ends of one system only, and nothing empty around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
