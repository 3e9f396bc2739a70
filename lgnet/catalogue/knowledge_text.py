"""The texts of pages of answers: drawn safely, compared, searched.

Plain text with very little marking: an empty line begins a paragraph, "- " or "1. " an item of a list, "## " a heading,
and **two stars** make words bold. Everything else, HTML too, is shown as it was typed.
"""

import re
import unicodedata
from difflib import SequenceMatcher
from itertools import groupby

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_ITEM, _NUMBERED, _HEADING = (
    re.compile(r"[-*•]\s+(.*)"),
    re.compile(r"\d{1,3}[.)]\s+(.*)"),
    re.compile(r"#{1,3}\s+(.*)"),
)
_BETWEEN_WORDS = re.compile(r"[\s\-–—,.;:!?()\[\]\"'’‘“”«»/*#،؛؟।]+")
_TOKEN = re.compile(r"\s+|\S+")
MOST_TERMS = 8
# Words that are in every text and tell nothing.
_COMMON_WORDS = (
    "che chi come con cosa cui dal dalla dei del della delle degli per piu non nel nella nelle sul sulla una uno gli "
    "sono essere avere devo puo posso fare ha ho hanno the and for with what how can you your not are who where dove "
    "quando quanto questa questo quale mio mia suo sua anche senza vuole vorrebbe chiede serve"
)
_COMMON = frozenset(_COMMON_WORDS.split())


def render_text(body: str) -> SafeString:
    """The text as HTML. Nothing that was typed becomes HTML by itself."""
    return mark_safe("".join(_block(kind, lines) for kind, lines in _blocks(body)))


def plain_text(body: str) -> str:
    """The text without its marking, for the first words of it and for reading aloud."""
    return " ".join(line for _kind, lines in _blocks(body) for line in lines).replace("**", "")


def fold(text: str) -> str:
    """The text in small letters without accents, as it is searched."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).split())


def search_terms(text: str) -> list[str]:
    """The words that tell something, each without its ending: "permessi" finds "permesso", "rinnovo" "rinnovare"."""
    words = [word for word in _BETWEEN_WORDS.split(fold(text)) if word]
    telling = [word for word in words if word not in _COMMON and (len(word) > 2 or any(c.isdigit() for c in word))]
    return list(dict.fromkeys(_stem(word) for word in telling or words))[:MOST_TERMS]


def differences(before: str, after: str) -> SafeString:
    """Both texts as one, with what went as `<del>` and what came as `<ins>`."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    parts: list[str] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        went, came = "".join(old[i1:i2]), "".join(new[j1:j2])
        if what == "equal":
            parts.append(escape(went))
            continue
        parts.append(format_html("<del>{}</del>", went) if went.strip() else "")
        parts.append(format_html("<ins>{}</ins>", came) if came.strip() else escape(came))
    return mark_safe("".join(parts))


def _stem(word: str) -> str:
    if not word.isascii() or not word.isalpha() or len(word) < 5:
        return word
    return word[:-1] if len(word) == 5 else word[: max(5, len(word) - 2)]


def _blocks(body: str) -> list[tuple[str, list[str]]]:
    """Kind ("p", "ul", "ol", "h2") and lines of each block, in order."""
    found: list[tuple[str, list[str]]] = []
    for paragraph in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        lines = [_line(line.strip()) for line in paragraph.split("\n") if line.strip()]
        for kind, group in groupby(lines, key=lambda line: line[0]):
            found.append((kind, [text for _kind, text in group]))
    return found


def _line(line: str) -> tuple[str, str]:
    for kind, pattern in (("h2", _HEADING), ("ul", _ITEM), ("ol", _NUMBERED)):
        if match := pattern.fullmatch(line):
            return kind, match[1]
    return "p", line


def _block(kind: str, lines: list[str]) -> str:
    marked = [_BOLD.sub(r"<strong>\1</strong>", escape(line)) for line in lines]
    if kind in {"ul", "ol"}:
        return f"<{kind}>" + "".join(f"<li>{line}</li>" for line in marked) + f"</{kind}>"
    if kind == "h2":
        return "".join(f"<h2>{line}</h2>" for line in marked)
    return f"<p>{'<br>'.join(marked)}</p>"
