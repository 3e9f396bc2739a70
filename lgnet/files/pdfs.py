"""PDF files: looked at for what they contain. They are kept as they came, so what could act when opened is refused.

A PDF is never shown by the platform: it is saved, and opened by the reader's own program. This is no full reader of
the format: what it cannot look through, it refuses.
"""

import re
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError

CONTENT_TYPE = "application/pdf"
MOST_BYTES = 10 * 1024 * 1024
MOST_INFLATED = 30 * 1024 * 1024  # what is compressed in a file may become so large, all together
MOST_STREAMS = 20_000
_TAIL = 2048  # bytes at the end in which a file says where its table of contents is
_PEEK = 600  # compressed bytes that are enough to tell what a stream holds


def _name(*words: str) -> bytes:
    """A pattern of these names (ISO 32000-1): each sign may be written as its number, `#4A` for a J."""
    signs = (b"".join(b"(?:%c|#(?i:%02x))" % (ord(sign), ord(sign)) for sign in word) for word in words)
    return b"/(?:" + b"|".join(signs) + rb")(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"


# What runs, sends, opens or carries something else. Of what is done at the opening an array is let through: it is only
# a place in the document, which LibreOffice writes into every file.
_ACTS = re.compile(
    _name(
        "JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "XFA", "SubmitForm", "ImportData",
        "GoToE", "GoToR", "Rendition", "Movie",
    ) + b"|" + _name("OpenAction") + rb"(?!\s*\[)"
)  # fmt: skip
_ENCRYPTED = re.compile(_name("Encrypt"))
# Objects can be compressed, many in one stream. Such a stream begins with pairs of numbers; so do some others, which
# are looked through for nothing. Between its name and its content nothing may stand that a reader takes otherwise.
_OBJECTS = re.compile(_name("ObjStm") + rb"(?P<rest>[^%()]{0,2000}?>>\s*stream\r?\n)?")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PAIRS = re.compile(rb"\s*\d+\s+\d+\s")
_START = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z")
_OBJECT = re.compile(rb"\s*(?:xref\s|\d{1,10}\s+\d{1,5}\s+obj\b)")


def is_pdf(content: bytes) -> bool:
    """Whether the file begins as a PDF."""
    return content.startswith(b"%PDF-")


def check_pdf(content: bytes) -> None:
    """Raise DomainError, with a word for who sent it, for what is no whole, open and quiet PDF of a sensible size."""
    if len(content) > MOST_BYTES:
        raise DomainError(_("This PDF is larger than %(most)s MB.") % {"most": MOST_BYTES // 2**20}, field="pages")
    if not is_pdf(content) or not _is_whole(content):
        raise DomainError(_("This PDF is damaged or cut short. Save it again."), field="pages")
    for part in (content, *_inside(content)):
        if _ENCRYPTED.search(part):
            raise DomainError(_("This PDF is locked with a password. Save it without one."), field="pages")
        if _ACTS.search(part):
            raise _refused()


def _is_whole(content: bytes) -> bool:
    """Whether it ends by saying where its table of contents is, and there is one."""
    end = _START.search(content[-_TAIL:])
    return bool(end and _OBJECT.match(content, int(end[1])))


def _inside(content: bytes) -> Iterator[bytes]:
    """The objects that are compressed in the file. Raises DomainError for those that cannot be looked at."""
    for name in _OBJECTS.finditer(content):
        if not name["rest"] or not _PAIRS.match(_inflated(content, name.end(), 64)):
            raise _refused()
    left = MOST_INFLATED
    for number, stream in enumerate(_STREAM.finditer(content)):
        if number >= MOST_STREAMS:
            raise _refused()
        if _PAIRS.match(_inflated(content, stream.end(), 64)):
            part = _inflated(content, stream.end(), left + 1, whole=True)
            left -= len(part)
            if left < 0:
                raise _refused()
            yield part


def _inflated(content: bytes, start: int, most: int, *, whole: bool = False) -> bytes:
    """What the stream at `start` holds, at most so many bytes; as far as it can be read, if it is damaged."""
    packed = zlib.decompressobj()
    step = 65536 if whole else _PEEK
    found = b""
    try:
        while start < len(content) and not packed.eof and len(found) < most:
            found += packed.decompress(packed.unconsumed_tail or content[start : start + step], most - len(found))
            start += 0 if packed.unconsumed_tail else step
            if not whole:
                break
    except zlib.error:
        pass
    return found


def _refused() -> DomainError:
    return DomainError(
        _("This PDF can run programs or contains other files, so it is not kept. Print it to PDF again, "
          "or take a picture of it."),
        field="pages",
    )  # fmt: skip
