"""PDF files made for tests: as an office prints them, and as somebody who wants to do harm would."""

import zlib
from collections.abc import Callable


def a_pdf(
    *, catalog: bytes = b"", packed: bytes = b"", trailer: bytes = b"", head: bytes = b"/Type /ObjStm /N 1 /First 4",
    pack: Callable[[bytes], bytes] = zlib.compress,
) -> bytes:  # fmt: skip
    """A PDF of one empty page; `catalog` goes into its root, `packed` into a compressed stream of objects."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    if packed:
        stream = pack(packed)
        about = b"<< " + head + b" /Filter /FlateDecode /Length %d >>" % len(stream)
        objects.append(about + b"\nstream\n" + stream + b"\nendstream")
    body, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + text + b"\nendobj\n"
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R " % (len(objects) + 1) + trailer + b" >>\n"
    return body + b"startxref\n%d\n%%%%EOF\n" % table
