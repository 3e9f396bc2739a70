"""Italian is complete: every text of code and templates has a translation with the same placeholders."""

import re
from collections import Counter

import pytest

from lgnet.core.catalogues import PACKAGE, messages, read_catalogue

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CATALOGUE = read_catalogue("it")


def test_every_text_is_in_the_catalogue():
    missing = {m.text for m in messages() if CATALOGUE.get(m.text, context=m.context or None) is None}
    assert missing == set(), "run `lgnet update_catalogues` and translate"


def test_nothing_is_untranslated_fuzzy_or_left_over():
    used = {(m.text, m.context) for m in messages()}
    for entry in CATALOGUE:
        if entry.id:
            text = entry.id if isinstance(entry.id, str) else entry.id[0]
            strings = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
            assert all(strings), f"no translation: {text}"
            assert not entry.fuzzy, f"fuzzy: {text}"
            assert (text, entry.context or "") in used, f"no longer used: {text}"


def test_placeholders_are_kept():
    for entry in CATALOGUE:
        if not entry.id:
            continue
        ids = [entry.id] if isinstance(entry.id, str) else list(entry.id)
        strings = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        for source, target in zip(ids, strings, strict=True):
            assert Counter(PLACEHOLDER.findall(source)) == Counter(PLACEHOLDER.findall(target)), source


# Shown when nothing else works, so it speaks both languages at once.
BILINGUAL = {"500.html"}
TEMPLATES = sorted(path for path in PACKAGE.rglob("templates/**/*.html") if path.name not in BILINGUAL)
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
TRANSLATED = re.compile(
    r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}|{%\s*comment.*?{%\s*endcomment\s*%}", re.DOTALL
)
# Proper names and signs that read the same in every language.
SAME_EVERYWHERE = {
    "LGNet",
    "PROG",
    "LGNet3",
    "FAMI",
    "CUP",
    "XLSX",
    "CSV",
    "IT",
    "EN",
    "Italiano",
    "English",
    "ID",
    "QR",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.as_posix().split("/templates/")[1])
def test_templates_say_nothing_untranslated(path):
    source = TRANSLATED.sub(" ", path.read_text(encoding="utf-8"))
    source = re.sub(r"<(script|style|svg).*?</\1>", " ", source, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", TAG.sub(" ", source))
    words = set(re.findall(r"[^\W\d_]{2,}\w*", re.sub(r"&\w+;", " ", text))) - SAME_EVERYWHERE
    assert words == set()
