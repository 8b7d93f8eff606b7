"""From a picture that somebody uploaded to a logo: its pixels alone, as a small PNG. Pure and blocking: use a thread.

PNG whatever came in: every mail program draws it, and it keeps what is clear in the picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Literal

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from models.core.errors import Invalid

FORMATS = ("PNG", "JPEG", "WEBP")
TYPE = "image/png"
LEAST_EDGE, MOST_EDGE = 32, 6000
MOST_PIXELS = 16_000_000
Image.MAX_IMAGE_PIXELS = None  # ours is stricter, and a sentence instead of a warning
# three times the largest place that a page has for it
WIDEST, HIGHEST = 960, 320
DARK, LIGHT = 0.32, 0.68

Plate = Literal["", "light", "dark"]

SVG = (
    "An SVG can hold small programs, and mail programs do not show it. Export the logo as a PNG of at least 320 pixels "
    "in height, then upload that."
)
WRONG_TYPE = "This is not a PNG, JPEG or WebP picture. Save the logo as one of these, then upload it."
DAMAGED = "This picture is incomplete or damaged. Save it again, then upload the new one."


@dataclass(frozen=True)
class LogoPicture:
    """`plate`: the ground it needs in the scheme in which it would not be seen: a dark clear logo a light one."""

    png: bytes
    width: int
    height: int
    plate: Plate

    @property
    def stamp(self) -> str:
        """Of the contents: another picture has another address."""
        return sha256(self.png).hexdigest()[:16]


def logo_picture(file: BinaryIO) -> LogoPicture:
    """Raises Invalid with a sentence: an SVG, no picture, cut off, damaged, too small, too many pixels."""
    head = file.read(4096)
    if not head:
        raise _wrong("This file is empty. Choose another one.")
    if _looks_like_svg(head):
        raise _wrong(SVG)
    file.seek(0)
    try:
        return _made(_pixels(file))
    except UnidentifiedImageError:
        raise _wrong(WRONG_TYPE) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError):
        raise _wrong(DAMAGED) from None


def _wrong(sentence: str) -> Invalid:
    return Invalid("logo", sentence, errors={"logo": [sentence]})


def _looks_like_svg(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return text.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) or b"<svg" in text or head[:2] == b"\x1f\x8b"


def _pixels(file: BinaryIO) -> Image.Image:
    """Upright, and nothing but pixels: the copy knows no place, time, colour profile, comment or second frame."""
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    with Image.open(file, formats=FORMATS) as picture:
        _refuse_by_size(*picture.size)
        clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        upright = ImageOps.exif_transpose(picture).convert("RGBA" if clear else "RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def _refuse_by_size(width: int, height: int) -> None:
    """Before a pixel is read: the header alone tells the size, and a few bytes can claim a picture of gigabytes."""
    if width * height > MOST_PIXELS or max(width, height) > MOST_EDGE:
        raise _wrong("This picture has too many pixels: 16 million at most, 6,000 on a side. Make it smaller.")
    if min(width, height) < LEAST_EDGE:
        raise _wrong(f"This picture is only {width} by {height} pixels. Upload one of at least 32 on each side.")


def _made(picture: Image.Image) -> LogoPicture:
    picture = _trimmed(picture)
    picture.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    plate = _plate(picture)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return LogoPicture(out.getvalue(), *picture.size, plate)


def _trimmed(picture: Image.Image) -> Image.Image:
    """Without the clear border that drawing programs leave: beside a name it would look like a gap."""
    if picture.mode != "RGBA":
        return picture
    box = picture.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox()
    if box is None:
        raise _wrong("There is nothing to see in this picture: all of it is clear. Choose another one.")
    return picture.crop(box)


def _plate(picture: Image.Image) -> Plate:
    """How light its ink is, where one can look through it; a picture without clear pixels brings its own ground."""
    if picture.mode != "RGBA":
        return ""
    alpha = picture.getchannel("A")
    seen = sum(count * value for value, count in enumerate(alpha.histogram())) / 255
    if seen > 0.92 * picture.width * picture.height:
        return ""
    grey = Image.composite(picture.convert("L"), Image.new("L", picture.size, 0), alpha)
    lightness = sum(count * value for value, count in enumerate(grey.histogram())) / 255 / max(seen, 1)
    return "light" if lightness < DARK else "dark" if lightness > LIGHT else ""
