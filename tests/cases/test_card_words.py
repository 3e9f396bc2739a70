"""The words of a card are there in eight languages, each in its own script and direction."""

import unicodedata

import pytest

from lgnet.cases.card_words import WORDS, card_words, direction

KEYS = {"title", "show_at", "place", "address", "hours", "code", "valid", "free", "no_names"}
SCRIPTS = {"ar": "ARABIC", "ur": "ARABIC", "bn": "BENGALI", "uk": "CYRILLIC"}


def test_there_are_eight_languages():
    assert set(WORDS) == {"it", "en", "fr", "es", "ar", "uk", "bn", "ur"}


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_language_is_complete_and_in_its_own_script(language):
    words = card_words(language)
    assert set(words) == KEYS
    for text in words.values():
        assert text == text.strip() != ""
        letters = [sign for sign in text if sign.isalpha()]
        script = SCRIPTS.get(language, "LATIN")
        assert all(unicodedata.name(sign).startswith(script) for sign in letters), text
    if language != "en":
        assert all(words[key] != card_words("en")[key] for key in KEYS)


def test_which_way_it_is_written():
    assert {language for language in WORDS if direction(language) == "rtl"} == {"ar", "ur"}
    assert direction("ar-MA") == "rtl"


@pytest.mark.parametrize("language", ["wo", "pcm", "fa", "", "xx-YY"])
def test_another_language_gets_english_and_italian(language):
    assert card_words(language)["place"] == "Where · Dove"
    assert direction(language) == "ltr"


def test_words_given_away_are_a_copy():
    card_words("fr")["title"] = "x"
    assert card_words("fr")["title"] == "Nous vous attendons"
