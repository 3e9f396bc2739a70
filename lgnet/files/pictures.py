"""Pictures: taken for what they contain, never for what they are called, and drawn anew before they are kept.

What comes out is a plain JPEG that this platform wrote: no place, no device, no thumbnail of before, and nothing that
was hidden behind or inside the file that was sent.
"""

import logging
from io import BytesIO
from typing import NamedTuple

from django.utils.translation import gettext as _
from PIL import Image

from lgnet.core.errors import DomainError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000  # more than the camera of a phone gives; a small file can claim to be huge
LONGEST_SIDE = 2000
THUMBNAIL_SIDE = 320
FORMATS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPE = "image/jpeg"
_BEGINNINGS = ((b"\xff\xd8\xff", 0), (b"\x89PNG\r\n\x1a\n", 0), (b"WEBP", 8))
_OF_TELEPHONES = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"heif", b"mif1", b"msf1", b"avif", b"avis")
_ORIENTATION = 0x0112  # of EXIF
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
logger = logging.getLogger(__name__)


class Picture(NamedTuple):
    """A picture as it is kept, and small."""

    full: bytes
    thumbnail: bytes


def clean_picture(content: bytes) -> Picture:
    """Turn a picture as its camera says, shrink it, and write it anew without any metadata.

    Raises DomainError, with a word for who sent it, for anything that is not a JPEG, PNG or WebP of a sensible size.
    """
    check_size(len(content))
    _check_kind(content)
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise DomainError(_too_large(), field="picture")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG need not be read in full to be shrunk
            drawn = _drawn_anew(picture)
    except DomainError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DomainError(_too_large(), field="picture") from None
    except Exception as error:  # a damaged file makes the library fail in any way
        logger.info("a picture could not be read: %s", type(error).__name__)
        raise DomainError(_("This picture is damaged or cut short. Take it again."), field="picture") from None
    small = drawn.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Picture(_as_jpeg(drawn), _as_jpeg(small))


def check_size(size: int) -> None:
    """Raise DomainError for a file that is empty or above the limit."""
    if size == 0:
        raise DomainError(_("This file is empty. Take the picture again."), field="picture")
    if size > MOST_BYTES:
        text = _("This picture is larger than %(most)s MB. Take it with a lower quality.")
        raise DomainError(text % {"most": MOST_BYTES // 2**20}, field="picture")


def _check_kind(content: bytes) -> None:
    if any(content[at : at + len(mark)] == mark for mark, at in _BEGINNINGS):
        return
    if content[4:8] == b"ftyp" and content[8:12] in _OF_TELEPHONES:
        text = _("This picture is in the HEIC or AVIF format, which most computers cannot show. Choose JPEG in the "
                 "settings of the camera, or send a screenshot of it.")  # fmt: skip
        raise DomainError(text, field="picture")
    raise DomainError(_("This file is no picture. JPEG, PNG and WebP pictures can be kept."), field="picture")


def _drawn_anew(picture: Image.Image) -> Image.Image:
    """The dots alone, upright, on white where they were transparent, at most LONGEST_SIDE long."""
    turn = _turn_of(picture)
    dots = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    dots.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new("RGB", dots.size, "white")
    plain.paste(dots, mask=dots.getchannel("A") if dots.mode == "RGBA" else None)
    return plain.transpose(turn) if turn is not None else plain


def _turn_of(picture: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # what a camera wrote beside the picture may be odd, the picture is not lost for it
        return None


def _as_jpeg(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.save(target, "JPEG", quality=85, optimize=True)
    return target.getvalue()


def _too_large() -> str:
    return _("This picture has too many dots. Take it with a lower quality.")
