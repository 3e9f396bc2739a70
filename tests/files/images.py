"""Pictures made for tests: as phones send them, and as somebody who wants to do harm would."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

PLACE = b"Here the person sleeps"


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (120, 80), color: Any = "red", **options: Any) -> bytes:
    """A picture of one colour."""
    target = BytesIO()
    Image.new(options.pop("mode", "RGB"), size, color).save(target, kind, **options)
    return target.getvalue()


def from_a_phone(turn: int = 6) -> bytes:
    """A JPEG, red above and blue below as the sensor saw it, with the way it was held, the device and the place."""
    picture = Image.new("RGB", (400, 200), "blue")
    picture.paste("red", (0, 0, 400, 100))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = turn, "Telefonica", "Prova 7"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (44.0, 24.0, 18.0), "E", (8.0, 56.0, 6.0)
    gps[27] = PLACE
    target = BytesIO()
    picture.save(target, "JPEG", exif=exif, comment=PLACE)
    return target.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A small PNG whose head says that it is huge: what comes out of it fills the memory."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(bytes(3_000_000), 9)) + _chunk(b"IEND", b"")


def png_with_a_bomb_of_text() -> bytes:
    """A PNG whose compressed text becomes 100 MB."""
    plain = a_picture("PNG")
    bomb = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9))
    return plain[:33] + bomb + plain[33:]


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
