"""Whether bytes are what their name says, and whole. Pure and blocking: call it in a thread."""

from __future__ import annotations

import codecs
import os
import re
import struct
import zipfile
from collections.abc import Callable
from typing import BinaryIO

import puremagic

from models.core.errors import Invalid
from models.files.kinds import FileKind, Form
from models.files.pictures import thumbnail

HEAD = 8192
PIECE = 256 * 1024
MOST_DIRECTORY = 1024 * 1024
LARGE_END = 76  # the end of an archive of over 4 GB, and where it stands; both before the usual end
MOST_UNPACKED, MOST_TIMES = 100 * 1024 * 1024, 100
BOXES_AFTER_FTYP = frozenset({b"mdat", b"moov", b"meta"})
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def check(file: BinaryIO, kind: FileKind) -> bytes | None:
    """The thumbnail of a picture, else None. Raises Invalid: not what its name says, cut off, with macros, too big."""
    file.seek(0)
    head = file.read(HEAD)
    if kind.magic and not (kind.magic & (_brands(head) if kind.form == "boxes" else _seen(head))):
        raise _not_a(kind)
    if kind.form == "picture":
        file.seek(0)
        return thumbnail(file)
    _WHOLE[kind.form](file, kind)
    return None


def _seen(head: bytes) -> set[str]:
    try:
        found = {match.extension.lstrip(".").lower() for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        found = set()
    # Slower MP3 of speech recorders, without a tag: puremagic knows only the faster frames.
    return found | ({"mp3"} if head[:1] == b"\xff" and head[1:2] and head[1] & 0xE6 == 0xE2 else set())


def _brands(head: bytes) -> set[str]:
    """What the first box of an MP4 or relative says it is; QuickTime's oldest files have no such box."""
    size, name = _box(head[:16], len(head))
    if name in (b"moov", b"mdat", b"wide"):
        return {"qt"}
    if name != b"ftyp" or size > len(head):
        return set()
    named = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    return {brand.decode("latin-1").strip() for brand in named}


def _not_a(kind: FileKind) -> Invalid:
    return Invalid("file-content", f"This is not a {kind.words}, although its name says so. It was not kept.")


def _cut_off(kind: FileKind) -> Invalid:
    return Invalid("file-damaged", f"This {kind.words} is incomplete or damaged. Save it again, then send the new one.")


def _pdf(file: BinaryIO, kind: FileKind) -> None:
    file.seek(0)
    if not file.read(5).startswith(b"%PDF-"):
        raise _not_a(kind)
    if b"%%EOF" not in _tail(file, 2048):
        raise _cut_off(kind)


def _office(file: BinaryIO, kind: FileKind) -> None:
    _refuse_huge_directory(file, kind)
    try:
        with zipfile.ZipFile(file) as package:
            names, packed = set(package.namelist()), package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        raise _cut_off(kind) from None
    _refuse_bomb(packed, _size(file), kind)
    if OFFICE_PARTS[kind.extensions[0]] not in names or "[Content_Types].xml" not in names:
        raise _not_a(kind)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid("file-macros", "This document holds macros (small programs). Save it without them, then send it.")


def _refuse_bomb(packed: list[zipfile.ZipInfo], size: int, kind: FileKind) -> None:
    """Nothing is unpacked here; whoever opens it on their desk is not to fill theirs either. A thousand parts may share
    the same bytes, so what they say they take is believed up to the size of the file."""
    unpacked = sum(one.file_size for one in packed)
    if unpacked > MOST_UNPACKED and unpacked > MOST_TIMES * min(size, sum(one.compress_size for one in packed)):
        raise Invalid("file-bomb", f"This {kind.words} would unpack to many times its size and fill a computer. "
                      "It was not kept.")


def _refuse_huge_directory(file: BinaryIO, kind: FileKind) -> None:
    """A directory of half a million names fits into a few megabytes and would fill the memory of whoever reads it. Its
    size may be told once more, for archives of over 4 GB, and that one is believed by who reads it."""
    tail = _tail(file, 65_557 + LARGE_END)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 20:
        raise _cut_off(kind)
    (size,) = struct.unpack("<I", tail[at + 12 : at + 16])
    large = tail[max(0, at - LARGE_END) : at]
    if len(large) == LARGE_END and large[-20:-16] == b"PK\x06\x07":
        size = max(size, *struct.unpack("<Q", large[40:48]))
    if size > MOST_DIRECTORY:
        raise _not_a(kind)


def _text(file: BinaryIO, kind: FileKind) -> None:
    """Any coding will do, as long as there is none of the control bytes that programs and pictures are full of."""
    file.seek(0)
    wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-16" if wide else "latin-1")()
    try:
        while piece := file.read(PIECE):
            if CONTROL.search(decoder.decode(piece)):
                raise _not_a(kind)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _not_a(kind) from None


def _boxes(file: BinaryIO, kind: FileKind) -> None:
    """MP4 and its relatives are a row of boxes, each led by its size: they must fill the file exactly."""
    end, at, names = _size(file), 0, set[bytes]()
    while at < end:
        file.seek(at)
        size, name = _box(file.read(16), end - at)
        if size < 8 or len(names) > 10_000:
            raise _cut_off(kind)
        names.add(name)
        at += size
    if at != end or not names & BOXES_AFTER_FTYP:
        raise _cut_off(kind)


def _box(lead: bytes, rest: int) -> tuple[int, bytes]:
    if len(lead) < 8:
        return 0, b""
    size, name = struct.unpack(">I4s", lead[:8])
    if size == 0:  # by its meaning: to the end of the file
        return rest, name
    if size == 1:
        return (struct.unpack(">Q", lead[8:16])[0], name) if len(lead) == 16 else (0, name)
    return size, name


def _sound(file: BinaryIO, kind: FileKind) -> None:
    if _size(file) < 128:
        raise _cut_off(kind)


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def _tail(file: BinaryIO, most: int) -> bytes:
    file.seek(max(0, _size(file) - most))
    return file.read()


_WHOLE: dict[Form, Callable[[BinaryIO, FileKind], None]] = {
    "pdf": _pdf, "office": _office, "text": _text, "boxes": _boxes, "sound": _sound,
}
