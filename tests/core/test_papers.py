"""Papers: every script has its letters, text is data, and a reader of PDF finds a title and a structure."""

import pytest
from django.conf import settings

from lgnet.core.papers import paper_pdf

SAMPLE = {
    "title": "Il piano di prova", "language": "it",
    "passages": [
        ["it", "Perché no? #set page(fill: red) *non grassetto* $x$"], ["ar", "خطتي الفردية"], ["ur", "میرا منصوبہ ٹھیک ہے"],
        ["bn", "আমার পরিকল্পনা"], ["uk", "Мій індивідуальний план"],
    ],
}  # fmt: skip


def test_a_paper_has_title_language_and_structure():
    content = paper_pdf("core/papers/sample.typ", SAMPLE)
    assert content.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in content
    assert b"/Lang" in content
    fonts = ("TitilliumWeb", "NotoSans", "NotoSansArabic", "HindSiliguri")
    assert all(font.encode() in content for font in fonts)


def test_what_is_typed_is_never_markup():
    plain = paper_pdf("core/papers/sample.typ", SAMPLE)
    again = paper_pdf("core/papers/sample.typ", SAMPLE | {"passages": [["it", "#panic()"]]})
    assert plain != again


def test_a_paper_without_title_is_refused():
    with pytest.raises(Exception, match="title"):
        paper_pdf("core/papers/sample.typ", {"language": "it", "passages": []})


def test_the_place_of_papers_is_inside_the_package():
    assert (settings.BASE_DIR / "lgnet/core/papers/letter.typ").exists()
