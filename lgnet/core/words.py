"""Texts as people type them."""


def one_line(text: str) -> str:
    """The words of a text on one line, with one space between them."""
    return " ".join(text.split())
