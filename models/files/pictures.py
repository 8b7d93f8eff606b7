"""Thumbnails: upright, small, and without anything the camera wrote into the picture (place, time, device)."""

from __future__ import annotations

import io
import os
import re
import struct
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from models.core.errors import Invalid

# 8,000 by 8,000: a few kilobytes can claim a picture that fills the memory of every screen it is shown on.
MOST_PIXELS = 64_000_000
Image.MAX_IMAGE_PIXELS = None  # ours is stricter, and a sentence instead of a warning
# Who reads pictures holds their notes in memory, and of WebP all of it.
MOST_BYTES = 100 * 1024 * 1024
# Each scan of a JPEG goes over all of the picture, and an empty one takes a hundred bytes. Programs write ten.
MOST_SCANS = 100
SCAN = re.compile(rb"\xff\xda\x00(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")
PIECE = 1024 * 1024
# What goes wrong in a picture that somebody broke, by accident or on purpose.
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError,
          ArithmeticError, struct.error)
ORIENTATION, TURN = 0x0112, Image.Transpose
TURNS = {2: TURN.FLIP_LEFT_RIGHT, 3: TURN.ROTATE_180, 4: TURN.FLIP_TOP_BOTTOM, 5: TURN.TRANSPOSE, 6: TURN.ROTATE_270,
         7: TURN.TRANSVERSE, 8: TURN.ROTATE_90}
EDGE = 480
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
TYPE = "image/webp"


def thumbnail(file: BinaryIO) -> bytes:
    """A WebP of at most 480 by 480 pixels; blocking. Reads every pixel, so a cut-off picture is Invalid here."""
    _refuse_long_work(file)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            _refuse_bombs(picture)
            return _webp(_upright(picture))
    except BROKEN as error:
        raise Invalid("file-damaged", "This picture is incomplete or damaged. Open it on your device, save it again, "
                      "then send the new one.") from error


def _refuse_long_work(file: BinaryIO) -> None:
    if file.seek(0, os.SEEK_END) > MOST_BYTES:
        raise Invalid("file-pixels", "This picture is larger than 100 MB. Make it smaller, then send it again.")
    file.seek(0)
    scans, before = 0, b""
    while piece := file.read(PIECE):
        scans += len(SCAN.findall(before + piece))
        before = piece[-4:]
    if scans > MOST_SCANS:
        raise Invalid("file-damaged", "This picture is built in a way that no camera uses. Open it on your device, "
                      "save it again, then send the new one.")
    file.seek(0)


def _refuse_bombs(picture: Image.Image) -> None:
    """Before a pixel is read: the header alone tells the size."""
    if picture.width * picture.height > MOST_PIXELS:
        raise Invalid("file-pixels", "This picture has over 64 million pixels. Make it smaller, then send it again.")


def _upright(picture: Image.Image) -> Image.Image:
    picture.draft("RGB", (EDGE, EDGE))  # JPEG alone: decodes at a fraction of its size
    picture = _smaller(picture)
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    turned = _turn(picture)
    return (picture.transpose(turned) if turned is not None else picture).convert("RGBA" if clear else "RGB")


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """What its notes say of that; notes that cannot be read break no picture."""
    try:
        return TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except BROKEN:
        return None


def _smaller(picture: Image.Image) -> Image.Image:
    """A large one of another kind, before it is turned and converted: each of that makes a copy of 256 MB of one that
    has 64 million pixels. Only plain colours are averaged, since the rest would be copied for that as well."""
    times = max(picture.size) // (4 * EDGE)
    if times < 2:
        return picture
    size = (max(1, picture.width // times), max(1, picture.height // times))
    return picture.resize(size, Image.Resampling.BOX if picture.mode in ("L", "RGB") else Image.Resampling.NEAREST)


def _webp(upright: Image.Image) -> bytes:
    upright.thumbnail((EDGE, EDGE))
    bare = Image.new(upright.mode, upright.size)  # pixels only: the copy knows nothing of the camera's notes
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=80)
    return out.getvalue()
