"""What becomes of a picture that somebody uploads as a logo: pixels and nothing else, or a sentence."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from models.accounts.logo_picture import HIGHEST, MOST_PIXELS, WIDEST, logo_picture
from models.core.errors import Invalid

SECRET = "taken at home 43.66 -70.25"


def picture(form="PNG", *, size=(200, 120), mode="RGB", colour=(30, 90, 80), **options):
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, form, **options)
    return out.getvalue()


def clear(ink, *, size=(200, 120)):
    made = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(made).ellipse((40, 20, 140, 100), fill=ink)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def made(data):
    return logo_picture(io.BytesIO(data))


def refused(data):
    with pytest.raises(Invalid) as found:
        made(data)
    (said,) = found.value.errors["logo"]
    return said


def claims(width, height):
    """A PNG of a few bytes whose header claims a picture of that size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    chunks = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_png_jpeg_and_webp_become_a_png_of_the_same_picture(form):
    logo = made(picture(form))
    drawn = Image.open(io.BytesIO(logo.png))
    assert (drawn.format, drawn.size, logo.width, logo.height) == ("PNG", (200, 120), 200, 120)
    assert len(logo.stamp) == 16 and logo.stamp == made(picture(form)).stamp


def test_nothing_but_pixels_survives():
    notes = PngInfo()
    notes.add_text("Comment", SECRET)
    exif = Image.Exif()
    exif[0x010E] = SECRET
    png = picture(pnginfo=notes, exif=exif, icc_profile=SECRET.encode())
    jpeg = picture("JPEG", exif=exif, comment=SECRET.encode())
    webp = picture("WEBP", exif=exif, xmp=SECRET.encode())
    for data in (png, jpeg, webp, picture() + b"<script>" + SECRET.encode()):
        assert SECRET.encode() in data or data is png, "the premise"
        logo = made(data)
        assert SECRET.encode() not in logo.png and b"<script" not in logo.png
        chunks = {logo.png[at - 4 : at] for at in _chunks(logo.png)}
        assert chunks <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


def _chunks(png):
    at = 8
    while at < len(png):
        yield at + 8
        at += 12 + struct.unpack(">I", png[at : at + 4])[0]


def test_a_picture_lying_on_its_side_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert (made(picture("JPEG", exif=exif)).width, made(picture("JPEG", exif=exif)).height) == (120, 200)


def test_a_large_one_becomes_small_and_a_clear_border_goes():
    logo = made(picture(size=(3000, 1000)))
    assert (logo.width, logo.height) == (WIDEST, HIGHEST)
    assert (made(clear((10, 40, 60, 255))).width, made(clear((10, 40, 60, 255))).height) == (101, 81)


@pytest.mark.parametrize(
    ("data", "plate"),
    [(clear((10, 40, 60, 255)), "light"), (clear((250, 250, 250, 255)), "dark"), (clear((110, 140, 110, 255)), ""),
     (picture(colour=(5, 5, 5)), "")],
    ids=["dark ink", "light ink", "middle", "brings its own ground"],
)
def test_a_logo_that_would_vanish_in_one_scheme_gets_a_plate(data, plate):
    assert made(data).plate == plate


@pytest.mark.parametrize(
    "data",
    [b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', b'<?xml version="1.0"?><svg/>',
     b"\xef\xbb\xbf  <!-- made by hand --><svg/>", b"\x1f\x8b\x08\x00svgz"],
    ids=["svg", "xml", "comment", "svgz"],
)
def test_an_svg_is_refused_with_a_way_on(data):
    assert "An SVG can hold small programs" in refused(data) and "PNG" in refused(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"), (b"%PDF-1.7 no picture", "not a PNG, JPEG or WebP"), (b"GIF89a" + b"\0" * 40, "not a PNG"),
        (picture("GIF"), "not a PNG"), (picture("BMP"), "not a PNG"), (picture("TIFF"), "not a PNG"),
        (b"\x89PNG\r\n\x1a\n", "not a PNG"), (picture(size=(20, 200)), "only 20 by 200"),
        (clear((0, 0, 0, 0)), "nothing to see"),
    ],
    ids=["empty", "pdf", "gif head", "gif", "bmp", "tiff", "png head", "tiny", "all clear"],
)
def test_anything_else_is_refused_in_words(data, said):
    assert said in refused(data)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_one_is_refused(form, part):
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, form)
    data = out.getvalue()
    assert made(data).width == 300, "whole it is taken"
    assert "incomplete or damaged" in refused(data[: int(len(data) * part)])


@pytest.mark.parametrize("size", [(30_000, 30_000), (6001, 100), (5000, 4000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_a_pixel_is_read(size):
    assert "too many pixels" in refused(claims(*size)) or size[0] > 2**30
    assert MOST_PIXELS < 5000 * 4000


def test_a_header_that_promises_more_than_there_is_is_damaged():
    assert "incomplete or damaged" in refused(claims(2000, 2000))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_way_to_store_pixels_is_read(mode):
    grey = Image.linear_gradient("L").resize((120, 64))
    made_in_mode = grey.convert("I").convert("I;16") if mode == "I;16" else grey.convert(mode)
    out = io.BytesIO()
    made_in_mode.save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert made(out.getvalue()).width == 120
