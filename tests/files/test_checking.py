"""What may be sent: by its name and by its bytes, and whole."""

import io
import struct
import tempfile
import zipfile

import pytest
from PIL import Image, ImageOps

from models.core.errors import Invalid
from models.files.checking import check
from models.files.kinds import ACCEPT, KINDS, kind_named
from tests.files import samples

GOOD = {
    "a.jpg": samples.picture("JPEG"),
    "a.jpeg": samples.picture("JPEG"),
    "a.png": samples.picture("PNG"),
    "a.gif": samples.picture("GIF"),
    "a.webp": samples.picture("WEBP"),
    "a.heic": samples.boxes(b"heic"),
    "a.heif": samples.boxes(b"heic"),
    "a.pdf": samples.PDF,
    "a.docx": samples.office(),
    "a.xlsx": samples.office("xl/workbook.xml"),
    "a.txt": samples.TEXT,
    "a.csv": samples.CSV,
    "a.mp4": samples.boxes(),
    "a.m4v": samples.boxes(),
    "a.mov": samples.boxes(b"qt  "),
    "a.m4a": samples.boxes(b"M4A "),
    "a.mp3": samples.MP3,
}


def checked(name: str, content: bytes):
    return check(io.BytesIO(content), kind_named(name))


@pytest.mark.parametrize("name", GOOD)
def test_each_kind_is_taken(name):
    thumbnail = checked(name, GOOD[name])
    assert (thumbnail is not None) == (kind_named(name).form == "picture")


def test_every_kind_of_the_table_has_a_sample():
    assert {f".{name.rpartition('.')[2]}" for name in GOOD} == set(ACCEPT.split(","))


@pytest.mark.parametrize("name", GOOD)
def test_no_kind_takes_the_bytes_of_a_program(name):
    with pytest.raises(Invalid):
        checked(name, b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 2000)


@pytest.mark.parametrize("name", [name for name in GOOD if kind_named(name).form not in ("text", "sound")])
def test_a_cut_off_file_is_refused(name):
    with pytest.raises(Invalid) as refusal:
        checked(name, GOOD[name][: len(GOOD[name]) * 2 // 3])
    assert "incomplete or damaged" in refusal.value.detail


@pytest.mark.parametrize("name", ["run.exe", "page.html", "drawing.svg", "old.doc", "pack.zip", "noending", ".pdf"])
def test_other_names_are_refused_with_what_may_be_sent(name):
    with pytest.raises(Invalid) as refusal:
        kind_named(name)
    assert "up to 500 MB each" in refusal.value.detail


def test_a_picture_under_another_pictures_name_is_refused():
    with pytest.raises(Invalid) as refusal:
        checked("a.png", samples.picture("JPEG"))
    assert refusal.value.code == "file-content"


def test_a_web_page_named_pdf_is_refused():
    with pytest.raises(Invalid):
        checked("a.pdf", b"<html><script>alert(1)</script></html> %PDF-1.4 %%EOF")


def test_a_package_that_is_no_document_is_refused():
    with pytest.raises(Invalid):
        checked("a.docx", samples.office("payload.bin"))


def test_a_document_with_macros_is_refused_with_what_to_do():
    with pytest.raises(Invalid) as refusal:
        checked("a.docx", samples.office(macros=True))
    assert "without them" in refusal.value.detail


def test_a_package_with_a_huge_directory_is_refused_before_it_is_read(monkeypatch):
    many = samples.office(more=6000)
    monkeypatch.setattr("models.files.checking.zipfile.ZipFile", None)
    with pytest.raises(Invalid) as refusal:
        checked("a.docx", many)
    assert refusal.value.code == "file-content"


def test_a_picture_that_claims_a_billion_pixels_is_refused():
    with pytest.raises(Invalid) as refusal:
        checked("a.png", samples.png_of(32_000, 32_000))
    assert refusal.value.code == "file-pixels"


def test_a_thumbnail_is_upright_small_and_knows_nothing():
    raw = samples.sideways_photo()
    assert b"canary-place" in raw
    made = checked("a.jpg", raw)
    assert made is not None
    thumbnail = Image.open(io.BytesIO(made))
    assert (thumbnail.width, thumbnail.height) == (240, 480)
    assert not thumbnail.getexif()
    assert b"canary-place" not in made


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("a.mp4", b"iso5"),
        ("a.mp4", b"avc1"),
        ("a.m4v", b"M4V "),
        ("a.m4a", b"mp42"),
        ("a.heic", b"mif1"),
        ("a.mov", b"qt  "),
    ],
)
def test_every_recorders_brand_is_known(name, brand):
    assert checked(name, samples.boxes(brand)) is None


@pytest.mark.parametrize(
    ("name", "brand"), [("a.mp4", b"heic"), ("a.heic", b"avif"), ("a.mov", b"isom"), ("a.m4a", b"qt  ")]
)
def test_another_brand_under_this_name_is_refused(name, brand):
    with pytest.raises(Invalid) as refusal:
        checked(name, samples.boxes(brand, also=b""))
    assert refusal.value.code == "file-content"


def test_a_quicktime_file_of_old_has_no_brand():
    assert checked("a.mov", samples.boxes()[24:]) is None


def test_pictures_of_every_make_get_a_thumbnail():
    frames = [Image.new("RGB", (300, 200), (40 * one, 0, 0)) for one in range(3)]
    for form, name in (("GIF", "a.gif"), ("WEBP", "a.webp"), ("PNG", "a.png"), ("MPO", "a.jpg")):
        out = io.BytesIO()
        frames[0].save(out, form, save_all=True, append_images=frames[1:])
        assert checked(name, out.getvalue())
    for mode, form, name in (
        ("CMYK", "JPEG", "a.jpg"),
        ("I;16", "PNG", "a.png"),
        ("1", "PNG", "a.png"),
        ("LA", "PNG", "a.png"),
    ):
        out = io.BytesIO()
        Image.new(mode, (90, 60)).save(out, form)
        assert checked(name, out.getvalue())


def test_text_of_other_times_is_text():
    for coding in ("utf-8-sig", "utf-16", "latin-1"):
        checked("a.txt", "Grüße".encode(coding))


def test_all_extensions_belong_to_one_kind():
    names = [extension for kind in KINDS for extension in kind.extensions]
    assert len(names) == len(set(names))


def large_archive(names: int) -> bytes:
    """A directory that the usual end calls small, and the one for large archives does not."""
    whole = samples.office()
    at = whole.rfind(b"PK\x05\x06")
    (before,) = struct.unpack("<I", whole[at + 16:at + 20])
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 6) + bytes(16)
    directory = whole[before:at] + b"".join(entry + b"%06d" % number for number in range(names))
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, names + 2, names + 2, len(directory), before)
    where = struct.pack("<4sLQL", b"PK\x06\x07", 0, before + len(directory), 1)
    return whole[:before] + directory + large + where + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, 99, 99, 0)


def test_a_huge_directory_is_refused_also_where_the_usual_end_calls_it_small(monkeypatch):
    assert checked("a.docx", large_archive(3)) is None, "the premise"
    huge = large_archive(30_000)
    monkeypatch.setattr("models.files.checking.zipfile.ZipFile", None)
    with pytest.raises(Invalid) as refusal:
        checked("a.docx", huge)
    assert refusal.value.code == "file-content"


def test_a_document_whose_parts_share_their_bytes_is_a_bomb():
    """Two hundred parts of a megabyte, of which only the first is there."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", bytes(1024 * 1024))
        package.filelist += package.filelist[1:] * 200
    with pytest.raises(Invalid) as refusal:
        checked("a.docx", out.getvalue())
    assert refusal.value.code == "file-bomb"


def test_a_picture_whose_notes_are_broken_is_still_a_picture():
    """A width in letters: whoever writes the notes anew, without how the picture is turned, stumbles over it."""
    notes = struct.pack("<HHI4s", 0x0100, 2, 2, b"x\x00\x00\x00") + struct.pack("<HHII", 0x0112, 3, 1, 6)
    raw = samples.picture("JPEG", (60, 40), exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00" + notes + bytes(4))
    made = checked("a.jpg", raw)
    assert made is not None and Image.open(io.BytesIO(made)).size == (40, 60), "turned all the same"


@pytest.mark.parametrize("way", range(1, 9))
def test_every_way_a_camera_was_held_comes_out_upright(way):
    exif = Image.Exif()
    exif[0x0112] = way
    drawn = Image.new("RGB", (60, 40))
    drawn.paste((255, 0, 0), (0, 0, 30, 20))
    out = io.BytesIO()
    drawn.save(out, "PNG", exif=exif)
    made = checked("a.png", out.getvalue())
    assert made is not None
    upright, expected = Image.open(io.BytesIO(made)), ImageOps.exif_transpose(Image.open(io.BytesIO(out.getvalue())))
    assert expected is not None and upright.size == expected.size
    at = [(x, y) for x in (5, upright.width - 5) for y in (5, upright.height - 5)]
    assert [upright.getpixel(one)[0] > 128 for one in at] == [expected.getpixel(one)[0] > 128 for one in at]


def test_a_picture_of_a_thousand_scans_is_refused_before_it_is_drawn(monkeypatch):
    raw = samples.picture("JPEG", (60, 40), progressive=True)
    at = [place for place in range(len(raw)) if raw[place:place + 2] == b"\xff\xda"]
    assert checked("a.jpg", raw) is not None and len(at) > 2, "the premise"
    monkeypatch.setattr("models.files.pictures.Image.open", None)
    with pytest.raises(Invalid) as refusal:
        checked("a.jpg", raw[:at[2]] + raw[at[1]:at[2]] * 1000 + raw[at[2]:])
    assert "no camera" in refusal.value.detail


def test_a_picture_of_over_100_mb_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("models.files.pictures.Image.open", None)
    with tempfile.TemporaryFile() as file:
        file.write(samples.picture("WEBP", (60, 40)))
        file.truncate(101 * 1024**2)
        with pytest.raises(Invalid) as refusal:
            check(file, kind_named("a.webp"))
    assert "100 MB" in refusal.value.detail


def test_of_a_large_picture_no_second_copy_is_made_before_it_is_small(monkeypatch):
    turned: list[tuple[int, int]] = []
    convert = Image.Image.convert

    def noted(self, mode, *args, **more):
        turned.append(self.size)
        return convert(self, mode, *args, **more)

    monkeypatch.setattr(Image.Image, "convert", noted)
    for mode in ("L", "P", "RGB", "RGBA", "1"):
        out = io.BytesIO()
        Image.new(mode, (6000, 3000)).save(out, "PNG")
        made = checked("a.png", out.getvalue())
        assert made is not None and Image.open(io.BytesIO(made)).size == (480, 240)
    assert max(width for width, _ in turned) < 4000
