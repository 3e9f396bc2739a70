"""A progress bar for the terminal."""

from collections.abc import Iterable
from typing import Protocol

WIDTH = 40


class Stream(Protocol):
    """Where the bar is drawn."""

    def write(self, msg: str, *, ending: str) -> object: ...

    def flush(self) -> object: ...

    def isatty(self) -> bool: ...


def progress_bar(shares: Iterable[float], *, label: str, stream: Stream) -> None:
    """Run through `shares` (0 to 1), drawing how far they are; outside a terminal one line for every quarter."""
    quarter = -1
    for share in shares:
        if stream.isatty():
            done = round(share * WIDTH)
            stream.write(f"\r{label} [{'█' * done}{'·' * (WIDTH - done)}] {share:4.0%}", ending="")
            stream.flush()
        elif int(share * 4) > quarter:
            quarter = int(share * 4)
            stream.write(f"{label}: {share:.0%}", ending="\n")
    if stream.isatty():
        stream.write("", ending="\n")
