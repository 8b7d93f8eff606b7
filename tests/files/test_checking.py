"""What may be sent: by its name and by its bytes, and whole."""

import io

import pytest
from PIL import Image

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
