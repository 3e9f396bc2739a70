"""A text as a QR code, drawn as one path: sharp at every size, no picture file, nothing a policy forbids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import qrcode
from qrcode.constants import ERROR_CORRECT_M

BORDER = 4  # modules of quiet zone, as the standard asks: without it many scanners see nothing


@dataclass(frozen=True)
class QRCode:
    """A square of `size` by `size` modules, its quiet border among them; `path` draws the dark ones in SVG."""

    size: int
    path: str


def qr_code(text: str) -> QRCode:
    """The code of a short text; a sixth of it may be dirty or torn."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=BORDER)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    rows = code.get_matrix()
    return QRCode(len(rows), "".join(part for number, row in enumerate(rows) for part in _bars(number, row)))


def _bars(number: int, row: Sequence[bool]) -> Iterator[str]:
    """Each run of dark modules of a row as one bar."""
    start = 0
    for is_dark, run in groupby(row, key=bool):
        length = len(list(run))
        if is_dark:
            yield f"M{start} {number}h{length}v1h-{length}z"
        start += length
