"""Small real files of each kind, and broken ones. Made here, so that nobody wonders what is in them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TEXT = "Frühstück um 9 — 早餐\n".encode()
CSV = b"day,mood\n2026-11-23,calm\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x64" + b"\x00" * 400


def picture(form: str = "PNG", size: tuple[int, int] = (900, 600), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (27, 84, 112)).save(out, form, **options)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A header that claims this size, with a true checksum and no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def sideways_photo() -> bytes:
    """As a phone held upright writes it: lying on its side, with the place in its notes."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "canary-place"
    return picture("JPEG", (800, 400), exif=exif)


def office(part: str = "word/document.xml", *, macros: bool = False, more: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(part, "<document/>")
        if macros:
            package.writestr("word/vbaProject.bin", b"\x01")
        for number in range(more):
            package.writestr(f"word/media/{number:0200}.png", b"")
    return out.getvalue()


def boxes(brand: bytes = b"isom", media: bytes = b"\x00" * 300, also: bytes | None = None) -> bytes:
    """An MP4 or one of its relatives; `also`: a second brand."""
    head = brand + b"\x00\x00\x02\x00" + brand + (brand if also is None else also)
    return b"".join(struct.pack(">I4s", len(data) + 8, name) + data
                    for name, data in ((b"ftyp", head), (b"moov", b"\x00" * 40), (b"mdat", media)))
