"""The pages of docs/ lead somewhere, and the guides call things as the screen does."""

import re
from pathlib import Path

import pytest

from lgnet.core.catalogues import PUBLIC, STAFF, read_catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Buttons that read the same in every language.
NO_LABEL = {"IT / EN", "XLSX", "CSV"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_and_pictures_are_there(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def texts() -> set[str]:
    """What the screen says in Italian."""
    found = set()
    for part in (STAFF, PUBLIC):
        for entry in read_catalogue("it", part):
            strings = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
            found |= {text.rstrip(":").casefold() for text in strings if text}
    return found


@pytest.mark.parametrize("page", GUIDES, ids=name)
def test_a_guide_names_things_as_the_screen_does(page):
    """Words in italics are labels; bold ones are checked when they are italic too."""
    text = page.read_text(encoding="utf-8")
    marked = re.findall(r"(?<![\w*])(?:\*\*\*|\*)(?![\s*])([^*\n]+)(?:\*\*\*|\*)(?![\w*])", text)
    labels = {label.strip() for one in marked for label in one.split("→")} - NO_LABEL
    known = texts()
    assert labels
    assert {label for label in labels if label.casefold() not in known} == set()
