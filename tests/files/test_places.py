"""Where a picture or film was taken leaves it; the picture itself stays bit for bit."""

import io
import struct
import tempfile
import time
import zlib
from contextlib import suppress

import pytest
from PIL import Image

from models.core.errors import Invalid
from models.files.checking import check
from models.files.kinds import kind_named
from models.files.places import strip_place
from tests.files import samples

XMP = (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="43,39.4N"'
       b' exif:GPSLongitude=\'70,15.2W\' photoshop:City="canary-town" tiff:Make="Kept">'
       b"<Iptc4xmpCore:Location>canary-street</Iptc4xmpCore:Location></rdf:Description></x:xmpmeta>")


def exif(*, place: bool = True) -> Image.Exif:
    made = Image.Exif()
    made[0x0112], made[0x010F] = 6, "Kept Camera"
    if place:
        made.get_ifd(0x8825).update({1: "N", 2: (43.0, 39.0, 24.5), 3: "W", 4: (70.0, 15.0, 12.5), 29: "2026:11:23"})
    return made


def stripped(name: str, content: bytes) -> tuple[bool, bytes]:
    """Whether there was a place, and what is kept; the file is still what it says."""
    kind = kind_named(name)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        found = strip_place(file, kind)
        check(file, kind)
        file.seek(0)
        return found, file.read()


def gps_of(content: bytes) -> list[object]:
    with Image.open(io.BytesIO(content)) as picture:
        return [one for one in picture.getexif().get_ifd(0x8825).values() if _says(one)]


def _says(value: object) -> bool:
    return any(set(str(one)) - set("\x00 0.nan()b'\\x") for one in (value if isinstance(value, tuple) else [value]))


@pytest.mark.parametrize(("name", "form"), [("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")])
def test_the_place_goes_and_camera_orientation_and_every_pixel_stay(name, form):
    content = samples.picture(form, (60, 40), exif=exif())
    assert gps_of(content), "the premise"
    found, kept = stripped(name, content)
    assert found and len(kept) == len(content)
    assert gps_of(kept) == []
    with Image.open(io.BytesIO(kept)) as after, Image.open(io.BytesIO(content)) as before:
        assert (after.getexif()[0x0112], after.getexif()[0x010F]) == (6, "Kept Camera")
        assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize(("name", "form"), [("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP"), ("a.gif", "GIF")])
def test_a_picture_without_a_place_is_not_touched(name, form):
    content = samples.picture(form, (60, 40), **({} if form == "GIF" else {"exif": exif(place=False)}))
    assert stripped(name, content) == (False, content)


@pytest.mark.parametrize(("name", "form"), [("a.jpg", "JPEG"), ("a.webp", "WEBP")])
def test_places_in_adobes_notes_are_blanked_and_the_rest_of_them_stays(name, form):
    found, kept = stripped(name, samples.picture(form, (60, 40), xmp=XMP))
    assert found and b"canary" not in kept and b"43,39" not in kept and b"70,15" not in kept
    assert b'tiff:Make="Kept"' in kept


def _png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    plain = samples.picture("PNG", (60, 40))
    more = b"".join(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
                    for name, data in chunks)
    return plain[:33] + more + plain[33:]


def test_notes_of_a_png_are_blanked_also_where_they_are_packed():
    content = _png_with(
        (b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + XMP),
        (b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(XMP)),
        (b"zTXt", b"Raw profile type exif\x00\x00" + zlib.compress(b"canary")),
        (b"tEXt", b"Title\x00Kept"),
    )
    found, kept = stripped("a.png", content)
    assert found and b"canary" not in kept and b"Title\x00Kept" in kept
    assert zlib.compress(XMP) not in kept and zlib.compress(b"canary") not in kept


def test_the_presss_notes_lose_city_and_country():
    entries = b"".join(struct.pack(">BBBH", 0x1C, 2, name, len(words)) + words
                       for name, words in ((90, b"canary-town"), (101, b"canary-land"), (116, b"Kept rights")))
    block = b"Photoshop 3.0\x00" + b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(entries)) + entries
    plain = samples.picture("JPEG", (60, 40))
    content = plain[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + plain[2:]
    found, kept = stripped("a.jpg", content)
    assert found and b"canary" not in kept and b"Kept rights" in kept


def test_a_second_picture_behind_the_first_loses_its_place_as_well():
    content = samples.picture("JPEG", (60, 40), exif=exif()) + samples.picture("JPEG", (30, 20), exif=exif())
    found, kept = stripped("a.jpg", content)
    assert found and gps_of(kept) == [] and gps_of(kept[kept.index(b"\xff\xd8", 2):]) == []


def _box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data) + 8, name) + data


def test_a_phones_picture_in_heic_loses_its_place():
    notes = exif().tobytes()
    content = _box(b"ftyp", b"heic\x00\x00\x00\x00heicmif1") + _box(b"meta", b"\x00" * 40) + _box(
        b"mdat", b"\x00\x00\x00\x06" + notes + b"pixels" * 40)
    assert b"2026:11:23" in content, "the premise"
    found, kept = stripped("a.heic", content)
    assert found and b"2026:11:23" not in kept and b"Kept Camera" in kept and b"pixels" in kept


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.m4a"])
def test_films_and_sounds_lose_the_boxes_that_tell_a_place(name):
    brand = {"a.mp4": b"isom", "a.mov": b"qt  ", "a.m4a": b"M4A "}[name]
    place = _box(b"\xa9xyz", struct.pack(">HH", 18, 0x15C7) + b"+43.6591-070.2568/")
    keys = _box(b"keys", b"\x00" * 4 + struct.pack(">I", 2) + _box(b"mdta", b"com.apple.quicktime.make")
                + _box(b"mdta", b"com.apple.quicktime.location.ISO6709"))
    values = _box(b"ilst", _box(struct.pack(">I", 1), _box(b"data", b"\x00" * 8 + b"Kept"))
                  + _box(struct.pack(">I", 2), _box(b"data", b"\x00" * 8 + b"+43.6591-070.2568/")))
    apple = _box(b"meta", _box(b"hdlr", b"\x00" * 24) + keys + values)
    trak = _box(b"trak", _box(b"udta", _box(b"loci", b"\x00" * 6 + b"canary-town\x00")))
    content = _box(b"ftyp", brand + b"\x00\x00\x00\x00" + brand) + _box(b"moov", _box(b"udta", place) + apple + trak)
    content += _box(b"mdat", b"frames" * 50)
    found, kept = stripped(name, content)
    assert found and len(kept) == len(content)
    assert b"43.6591" not in kept and b"canary" not in kept and b"Kept" in kept and b"frames" in kept


@pytest.mark.parametrize("seed", range(40))
def test_whatever_stands_where_notes_should_be_nothing_breaks(seed):
    import random

    luck = random.Random(seed)
    content = bytearray(samples.picture("JPEG", (60, 40), exif=exif()))
    start = content.index(b"Exif\x00\x00") + 6
    for _ in range(luck.randint(1, 12)):
        content[start + luck.randrange(4, 120)] = luck.randrange(256)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        strip_place(file, kind_named("a.jpg"))
        file.seek(0)
        assert len(file.read()) == len(content)


@pytest.mark.parametrize(("name", "content"), [("a.pdf", samples.PDF), ("a.txt", b"exif:GPSLatitude=\"1\""),
                                              ("a.mp3", samples.MP3)])
def test_other_files_are_left_alone(name, content):
    assert stripped(name, content) == (False, content)


def patiently(name: str, content: bytes) -> float:
    """How long the processor worked to find no place, or to refuse."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        began = time.process_time()
        with suppress(Invalid):
            strip_place(file, kind_named(name))
        return time.process_time() - began


def notes_within_notes() -> bytes:
    """Each entry of the press's notes holds the beginning of such notes, which goes on with the next entry."""
    lead = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", 0x7FFFFFFF)
    return lead + (b"\x1c" + struct.pack(">BBH", 2, 5, len(lead)) + lead) * 20_000


def notes_of_one_directory() -> bytes:
    """Twenty thousand cameras share the longest directory there may be."""
    many, lead = 20_000, 14
    directory = struct.pack("<H", 500) + struct.pack("<HHII", 1, 3, 1, 0) * 500
    leads = (b"Exif\x00\x00II*\x00" + struct.pack("<I", (many - at) * lead - 6) for at in range(many))
    return b"".join(leads) + directory


def notes_without_their_end() -> bytes:
    """Boxes of a film that begin Adobe's notes, of which the last box alone ends one."""
    begun, ended = b"<x:xmpmeta", b"</x:xmpmeta>"
    return (struct.pack(">I4s", 8 + len(begun), b"uuid") + begun) * 50_000 + struct.pack(">I4s", 20, b"free") + ended


def names_of_one_value() -> bytes:
    """Apple's name of a megabyte, which each of twenty thousand values has."""
    name = struct.pack(">I4s", 8 + 1024**2, b"mdta") + b"n" * 1024**2
    keys = struct.pack(">I4sII", 16 + len(name), b"keys", 0, 1) + name
    return keys + struct.pack(">I4s", 8 + 8 * 20_000, b"ilst") + struct.pack(">II", 8, 1) * 20_000


@pytest.mark.parametrize(("name", "notes"), [
    ("a.jpg", notes_within_notes), ("a.jpg", notes_of_one_directory), ("a.mp4", notes_without_their_end),
    ("a.mov", names_of_one_value),
])
def test_notes_made_to_keep_the_server_busy_are_read_once_or_refused(name, notes):
    whole = samples.picture("JPEG", (60, 40)) if name == "a.jpg" else samples.boxes()
    assert patiently(name, whole + notes()) < 2


def test_behind_notes_of_the_press_that_claim_too_much_the_true_ones_are_found():
    def entry(words: bytes) -> bytes:
        return b"\x1c" + struct.pack(">BBH", 2, 90, len(words)) + words

    block = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", 0x7FFFFFFF)
    content = samples.picture("JPEG", (60, 40)) + block + entry(b"canary-one") + b"\x00" + block + entry(b"canary-two")
    found, kept = stripped("a.jpg", content)
    assert found and b"canary" not in kept
