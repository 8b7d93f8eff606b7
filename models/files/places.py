"""Where a picture or a film was taken is taken out of it: nobody shares their home with a photo of an insurance card.

In place and without loss: the notes that tell a place are blanked, the picture stays bit for bit, and so do its
orientation and its time. JPEG, PNG, WebP, HEIC, MP4 and QuickTime. What an action camera records as a track of its own
(a position each second) stays. Pure and blocking: call it in a thread.
"""

from __future__ import annotations

import mmap
import re
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from models.core.errors import Invalid
from models.files.kinds import FileKind

EXIF = b"Exif\x00\x00"
GPS_IFD, LONGEST_IFD = 0x8825, 500
# A camera writes one set of notes for each picture in a file. Who writes thousands, all leading to one long directory,
# wants them to be read for hours.
MOST_NOTES = 100
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
# What Adobe's notes (XMP) call a place, as an attribute or as an element.
TOLD = rb"exif:GPS\w+|photoshop:(?:City|State|Country)|(?:Iptc4xmpCore|Iptc4xmpExt):(?:Location|City|Country)\w*"
VALUE = rb"\s*=\s*(?:\"([^\"]{0,4000})\"|'([^']{0,4000})')"
XMP = re.compile(rb"(?:%b)%b|<(?:%b)(?:\s[^>]{0,400})?>([^<]{0,4000})<" % (TOLD, VALUE, TOLD))
XMP_STARTS, XMP_ENDS = b"<x:xmpmeta", b"</x:xmpmeta>"
MOST_XMP = 4 * 1024 * 1024
# The press's notes (IPTC): city, sublocation, state, country; and Photoshop's block that holds them.
IPTC, IPTC_PLACES = b"8BIM\x04\x04", frozenset({26, 27, 90, 92, 95, 100, 101})
PNG_START, PNG_WORDS = b"\x89PNG\r\n\x1a\n", (b"tEXt", b"zTXt", b"iTXt")
INSIDE = frozenset({b"moov", b"udta", b"trak", b"meta", b"mdia", b"minf"})
XMP_BOXES = frozenset({b"uuid", b"XMP_"})
FILM_PLACES = frozenset({b"\xa9xyz", b"loci", b"gps0", b"GPS "})
DEEPEST = 8


def strip_place(file: BinaryIO, kind: FileKind) -> bool:
    """Take the place out of a picture or film that was checked; True when there was one."""
    if kind.form not in ("picture", "boxes"):
        return False
    file.flush()
    with mmap.mmap(file.fileno(), 0) as held:
        if kind.form == "boxes" and kind.type != "image/heic":
            return _film(held, 0, len(held))  # of a long film only what stands around the frames is read
        found = [_exif(held), _xmp(held, 0, len(held)), _iptc(held)]
        if kind.extensions[0] == "png":
            found.append(_png(held))
        if kind.extensions[0] == "webp":
            found.append(_webp(held))
        return any(found)


def _exif(held: mmap.mmap) -> bool:
    """Wherever a camera's notes stand: also in a second picture behind the first, and in HEIC. Raises Invalid for more
    of them than any camera writes."""
    found, at, notes = False, held.find(EXIF), 0
    while at >= 0:
        notes += 1
        if notes > MOST_NOTES:
            raise Invalid("file-damaged", "This picture holds more notes than any camera writes. Open it on your "
                          "device, save it again, then send the new one.")
        found |= _blank_gps(held, at + len(EXIF), len(held))
        at = held.find(EXIF, at + len(EXIF))
    return found


def _blank_gps(held: mmap.mmap, start: int, end: int) -> bool:
    """The directory of positions in TIFF's notes that begin at `start`; what is no such thing is left alone."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(held[start : start + 4])
    if order is None:
        return False
    try:
        (first,) = struct.unpack(f"{order}I", held[start + 4 : start + 8])
        for at, tag, _, _ in _entries(held, start + first, order, end):
            if tag == GPS_IFD:
                (gps,) = struct.unpack(f"{order}I", held[at + 8 : at + 12])
                return _blank_entries(held, start, start + gps, order, end)
    except struct.error:
        return False
    return False


def _blank_entries(held: mmap.mmap, start: int, directory: int, order: str, end: int) -> bool:
    found = False
    for at, _, form, count in list(_entries(held, directory, order, end)):
        length = SIZES.get(form, 1) * count
        if length > 4:
            (value,) = struct.unpack(f"{order}I", held[at + 8 : at + 12])
            if start + value + length <= end and length < 64 * 1024:
                found |= _zero(held, start + value, start + value + length)
        else:
            found |= _zero(held, at + 8, at + 12)
    return found


def _entries(held: mmap.mmap, directory: int, order: str, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Of each entry of a directory: where it stands, its tag, form and count."""
    if not 0 < directory < end - 2:
        return
    (count,) = struct.unpack(f"{order}H", held[directory : directory + 2])
    for number in range(min(count, LONGEST_IFD)):
        at = directory + 2 + 12 * number
        if at + 12 > end:
            return
        tag, form, several = struct.unpack(f"{order}HHI", held[at : at + 8])
        yield at, tag, form, several


def _xmp(held: mmap.mmap, start: int, stop: int) -> bool:
    found, at = False, held.find(XMP_STARTS, start, stop)
    while at >= 0:
        end = held.find(XMP_ENDS, at, min(at + MOST_XMP, stop))
        if end < 0:
            return found
        for match in XMP.finditer(held[at:end]):
            for group in (1, 2, 3):
                if match.group(group):
                    found |= _fill(held, at + match.start(group), at + match.end(group), b" ")
        at = held.find(XMP_STARTS, end, stop)
    return found


def _iptc(held: mmap.mmap) -> bool:
    found, at = False, held.find(IPTC)
    while at >= 0:
        name = 1 + held[at + 6] if at + 6 < len(held) else 1  # a name of its own, padded to an even length
        block = at + 6 + name + name % 2
        if block + 4 > len(held):
            return found
        (size,) = struct.unpack(">I", held[block : block + 4])
        touched, behind = _iptc_entries(held, block + 4, min(block + 4 + size, len(held)))
        found |= touched
        at = held.find(IPTC, behind)
    return found


def _iptc_entries(held: mmap.mmap, at: int, end: int) -> tuple[bool, int]:
    """Also where they end: what stands in one of them is read once, whatever it looks like."""
    found = False
    while at + 5 <= end and held[at] == 0x1C:
        record, name, size = struct.unpack(">BBH", held[at + 1 : at + 5])
        if size & 0x8000 or at + 5 + size > end:
            return found, at
        if record == 2 and name in IPTC_PLACES:
            found |= _fill(held, at + 5, at + 5 + size, b" ")
        at += 5 + size
    return found, at


def _png(held: mmap.mmap) -> bool:
    """Notes have a checksum here, and words may be packed: packed ones and those of other programs are emptied."""
    found, at = False, len(PNG_START)
    while at + 12 <= len(held):
        (size,) = struct.unpack(">I", held[at : at + 4])
        name, data, end = held[at + 4 : at + 8], at + 8, at + 8 + size
        if end + 4 > len(held):
            return found
        touched = False
        if name == b"eXIf":
            touched = _blank_gps(held, data, end)
        elif name in PNG_WORDS:
            touched = _png_words(held, name, data, end)
        if touched or name in (b"eXIf", *PNG_WORDS):
            held[end : end + 4] = struct.pack(">I", zlib.crc32(held[at + 4 : end]))
        found |= touched
        at = end + 4
    return found


def _png_words(held: mmap.mmap, name: bytes, data: int, end: int) -> bool:
    """A profile of notes written as letters, or anything packed that may hold one: its words become none, so that the
    chunk stays a valid one of the same length."""
    keyword = held[data : min(end, data + 80)].partition(b"\x00")[0]
    packed = name == b"zTXt" or (name == b"iTXt" and held[data + len(keyword) + 1 : data + len(keyword) + 2] == b"\x01")
    if not (keyword.startswith(b"Raw profile type") or (packed and keyword in (b"XML:com.adobe.xmp", b"Comment"))):
        return False
    held[data - 4 : data] = b"poRT"  # private, not needed, not to be copied: what readers pass over
    return _zero(held, data, end)


def _webp(held: mmap.mmap) -> bool:
    found, at = False, 12
    while at + 8 <= len(held):
        name, (size,) = held[at : at + 4], struct.unpack("<I", held[at + 4 : at + 8])
        if name == b"EXIF":
            found |= _blank_gps(held, at + 8, min(at + 8 + size, len(held)))
        at += 8 + size + size % 2
    return found


def _film(held: mmap.mmap, at: int, end: int, depth: int = 0) -> bool:
    """Boxes that tell a place are renamed to "free" and emptied; Apple's named ones lose their value."""
    found = False
    keys: set[int] = set()
    for name, start, data, stop in _boxes(held, at, end):
        if name in FILM_PLACES:
            held[start + 4 : start + 8] = b"free"
            _zero(held, data, stop)
            found = True
        elif name == b"keys":
            keys = _places_among(held, data, stop)
        elif name == b"ilst" and keys:
            found |= _apple(held, keys, data, stop)
        elif name in XMP_BOXES:
            found |= _xmp(held, data, min(stop, data + MOST_XMP))
        elif name in INSIDE and depth < DEEPEST:
            # In MP4 the box "meta" begins with four bytes of version, in QuickTime it does not.
            skip = 4 if name == b"meta" and held[data + 4 : data + 8] != b"hdlr" else 0
            found |= _film(held, data + skip, stop, depth + 1)
    return found


def _boxes(held: mmap.mmap, at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Of each box: its name, where it starts, where its data start and end."""
    while at + 8 <= end:
        size, name = struct.unpack(">I4s", held[at : at + 8])
        lead = 8
        if size == 1 and at + 16 <= end:
            (size,) = struct.unpack(">Q", held[at + 8 : at + 16])
            lead = 16
        size = end - at if size == 0 else size
        if size < lead or at + size > end:
            return
        yield name, at, at + lead, at + size
        at += size


def _places_among(held: mmap.mmap, data: int, stop: int) -> set[int]:
    """The numbers of Apple's names that tell a place."""
    named = (held[start + 8 : end].lower() for _, start, _, end in _boxes(held, data + 8, stop))
    return {number for number, name in enumerate(named, 1) if b"location" in name}


def _apple(held: mmap.mmap, places: set[int], data: int, stop: int) -> bool:
    found = False
    for name, start, inside, end in _boxes(held, data, stop):
        if int.from_bytes(name, "big") in places:
            held[start + 4 : start + 8] = b"free"
            found |= _zero(held, inside, end)
    return found


def _zero(held: mmap.mmap, start: int, end: int) -> bool:
    return _fill(held, start, end, b"\x00")


def _fill(held: mmap.mmap, start: int, end: int, with_: bytes) -> bool:
    blank = with_ * max(0, end - start)
    if held[start:end] == blank:
        return False
    held[start:end] = blank
    return True
