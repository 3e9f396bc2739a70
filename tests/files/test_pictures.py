"""Pictures are taken for what they contain, and nothing of them is kept but what one sees."""

from io import BytesIO

import pytest
from PIL import Image

from lgnet.core.errors import DomainError
from lgnet.files.pictures import LONGEST_SIDE, MOST_BYTES, clean_picture
from tests.files.images import PLACE, a_picture, from_a_phone, png_that_claims, png_with_a_bomb_of_text


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_written_anew_as_jpeg(kind):
    kept = clean_picture(a_picture(kind, (300, 200)))
    full, small = opened(kept.full), opened(kept.thumbnail)
    assert (full.format, full.size, small.format, small.size) == ("JPEG", (300, 200), "JPEG", (300, 200))
    red, green, blue = full.getpixel((10, 10))
    assert (red > 250, green < 5, blue < 5) == (True, True, True)


def test_place_device_and_comments_are_gone_and_it_stands_upright():
    sent = from_a_phone(turn=6)  # held sideways: what the sensor saw above is to the right
    assert PLACE in sent
    kept = clean_picture(sent)
    for part in kept:
        picture = opened(part)
        assert not picture.getexif()
        assert not {"exif", "comment", "xmp", "icc_profile"} & set(picture.info)
        assert PLACE not in part
        assert b"Telefonica" not in part
        assert picture.size[0] < picture.size[1]
    upright = opened(kept.full)
    assert upright.getpixel((180, 200))[0] > 200  # red to the right
    assert upright.getpixel((20, 200))[2] > 200  # blue to the left


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_way_of_holding_is_known(turn):
    from PIL import ImageOps

    expected = ImageOps.exif_transpose(opened(from_a_phone(turn))).convert("RGB")
    found = opened(clean_picture(from_a_phone(turn)).full)
    assert found.size == expected.size
    for at in ((20, 20), (found.width - 20, 20), (20, found.height - 20)):
        assert abs(found.getpixel(at)[0] - expected.getpixel(at)[0]) < 10


def test_large_ones_are_shrunk_and_transparent_ones_stand_on_white():
    kept = clean_picture(a_picture("JPEG", (4000, 3000)))
    assert opened(kept.full).size == (LONGEST_SIDE, 1500)
    assert max(opened(kept.thumbnail).size) == 320
    clear = clean_picture(a_picture("PNG", mode="RGBA", color=(0, 0, 0, 0)))
    assert opened(clear.full).getpixel((5, 5)) == (255, 255, 255)
    for mode, color in (("L", 9), ("P", 1), ("LA", (9, 9)), ("1", 1), ("I;16", 9)):
        assert opened(clean_picture(a_picture("PNG", mode=mode, color=color)).full).mode == "RGB"
    assert opened(clean_picture(a_picture("JPEG", mode="CMYK", color=(9, 9, 9, 9))).full).mode == "RGB"


def test_what_hides_behind_a_picture_is_not_kept():
    page = b"<html><script>alert(1)</script></html>"
    archive = b"PK\x03\x04 a zip"
    for kind in ("JPEG", "PNG", "WEBP"):
        kept = clean_picture(a_picture(kind) + page + archive)
        assert page not in kept.full
        assert archive not in kept.full
    inside = a_picture("JPEG", comment=page)
    assert page not in clean_picture(inside).full


HOSTILE = {
    "empty": (b"", "empty"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "no picture"),
    "html": (b"<!doctype html><script>alert(1)</script>", "no picture"),
    "pdf": (b"%PDF-1.7\n" + a_picture(), "no picture"),
    "zip": (b"PK\x03\x04" + a_picture(), "no picture"),
    "gif": (a_picture("GIF"), "no picture"),
    "tiff": (a_picture("TIFF"), "no picture"),
    "bmp": (a_picture("BMP"), "no picture"),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
    "avif": (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif", "HEIC"),
    "video": (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isomiso2", "no picture"),
    "cut short": (a_picture("JPEG", (900, 900), color=(9, 200, 31))[:-300], "damaged"),
    "cut shorter": (a_picture("PNG", (90, 90))[:40], "damaged"),
    "only a beginning": (b"\xff\xd8\xff", "damaged"),
    "only a beginning of png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "damaged"),
    "webp with nothing": (b"RIFF\x00\x00\x00\x00WEBP", "damaged"),
    "a gif called webp": (b"GIF89a\x00\x00WEBP" + b"\0" * 20, "damaged"),
    "60 million dots": (png_that_claims(10_000, 6_000), "too many dots"),
    "100 million dots": (png_that_claims(10_000, 10_000), "too many dots"),
    "a billion dots": (png_that_claims(40_000, 40_000), "too many dots"),
    "more than there are": (png_that_claims(2**31 - 1, 2**31 - 1), "too many dots"),
    "less than it claims": (png_that_claims(5_000, 5_000), "damaged"),
    "bomb of text": (png_with_a_bomb_of_text(), "damaged"),
    "too large": (a_picture() + bytes(MOST_BYTES), "10 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_with_a_word(name):
    content, word = HOSTILE[name]
    with pytest.raises(DomainError, match=word) as refusal:
        clean_picture(content)
    assert refusal.value.field == "picture"


@pytest.mark.filterwarnings("ignore::UserWarning")  # the library only warns, and tests make errors of warnings
def test_odd_metadata_is_no_reason_to_refuse_a_picture():
    broken = a_picture("JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff nonsense")
    assert opened(clean_picture(broken).full).size == (120, 80)
