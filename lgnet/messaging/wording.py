"""What messages are about, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEST = "test"
KINDS: dict[str, str | Promise] = {TEST: _("test of the gateway")}


def name_kind(kind: str, words: str | Promise) -> None:
    """Say in words what messages of a kind are about; each app does so for its own, when it is loaded."""
    KINDS[kind] = words


def kind_words(kind: str) -> str:
    """What a message of this kind is about."""
    return str(KINDS.get(kind, kind.replace("_", " ").replace("-", " ")))
