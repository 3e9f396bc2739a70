"""Every text has a translation with the same placeholders: staff pages in Italian, the public site in all languages."""

import re
import unicodedata
from collections import Counter

import pytest
from django.conf import settings

from lgnet.core.catalogues import LANGUAGES, PACKAGE, PUBLIC, STAFF, catalogue_path, messages, read_catalogue

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CATALOGUES = [(part, language) for part, languages in LANGUAGES.items() for language in languages]
each_catalogue = pytest.mark.parametrize(
    ("part", "language"), CATALOGUES, ids=[f"{part.name}-{language}" for part, language in CATALOGUES]
)


def test_every_language_of_the_settings_has_its_catalogue():
    assert {"en", *LANGUAGES[STAFF]} == set(dict(settings.LANGUAGES))
    assert {"en", *LANGUAGES[PUBLIC]} == set(dict(settings.PUBLIC_LANGUAGES))
    assert {path.parent.parent.name for path in PUBLIC.rglob("*.po")} == set(LANGUAGES[PUBLIC])


def test_both_parts_say_the_same_in_italian():
    """Django looks into both for a text: one that both have must not read differently in them."""
    staff, public = read_catalogue("it"), read_catalogue("it", PUBLIC)
    for entry in public:
        if entry.id and (known := staff.get(entry.id, context=entry.context)):
            assert known.string == entry.string


@each_catalogue
def test_every_text_is_in_the_catalogue(part, language):
    catalogue = read_catalogue(language, part)
    missing = {m.text for m in messages(part) if catalogue.get(m.text, context=m.context or None) is None}
    assert missing == set(), "run `lgnet update_catalogues` and translate"


@each_catalogue
def test_nothing_is_untranslated_fuzzy_or_left_over(part, language):
    used = {(m.text, m.context) for m in messages(part)}
    assert catalogue_path(language, part).exists()
    for entry in read_catalogue(language, part):
        if entry.id:
            text = entry.id if isinstance(entry.id, str) else entry.id[0]
            strings = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
            assert all(strings), f"no translation: {text}"
            assert not entry.fuzzy, f"fuzzy: {text}"
            assert (text, entry.context or "") in used, f"no longer used: {text}"


@each_catalogue
def test_placeholders_are_kept(part, language):
    for entry in read_catalogue(language, part):
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
    "JSON",
    "HSDS",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.as_posix().split("/templates/")[1])
def test_templates_say_nothing_untranslated(path):
    source = TRANSLATED.sub(" ", path.read_text(encoding="utf-8"))
    source = re.sub(r"<(script|style|svg).*?</\1>", " ", source, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", TAG.sub(" ", source))
    words = set(re.findall(r"[^\W\d_]{2,}\w*", re.sub(r"&\w+;", " ", text))) - SAME_EVERYWHERE
    assert words == set()


@pytest.mark.parametrize(
    ("language", "script"), [("ar", "ARABIC"), ("ur", "ARABIC"), ("uk", "CYRILLIC"), ("bn", "BENGALI")]
)
def test_a_language_is_written_in_its_own_script(language, script):
    for entry in read_catalogue(language, PUBLIC):
        if entry.id:
            letters = [sign for sign in PLACEHOLDER.sub("", entry.string) if sign.isalpha()]
            assert all(unicodedata.name(sign).startswith(script) for sign in letters), entry.string
