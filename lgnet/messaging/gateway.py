"""What every way out of the platform does: it takes a message, or says why not."""

from dataclasses import dataclass
from typing import Protocol

from lgnet.messaging.models import OutgoingMessage


@dataclass(frozen=True)
class Sent:
    """The gateway took the message; `provider_id` is its name for it, perhaps none."""

    provider_id: str = ""


class TryAgain(Exception):
    """It did not work now. `may_have_gone`: the gateway had the message when something went wrong."""

    def __init__(self, reason: str, *, may_have_gone: bool = False) -> None:
        super().__init__(reason)
        self.may_have_gone = may_have_gone


class Refused(Exception):
    """The gateway will never take this message."""


class Gateway(Protocol):
    """A way out. If it `is_safe_to_repeat`, the same message handed over twice arrives once, or is a known double."""

    @property
    def is_safe_to_repeat(self) -> bool: ...

    def send(self, message: OutgoingMessage) -> Sent:
        """Hand the message over. Raises TryAgain or Refused."""
