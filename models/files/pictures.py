"""Thumbnails: upright, small, and without anything the camera wrote into the picture (place, time, device)."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from models.core.errors import Invalid

# 8,000 by 8,000: a few kilobytes can claim a picture that fills the memory of every screen it is shown on.
MOST_PIXELS = 64_000_000
Image.MAX_IMAGE_PIXELS = None  # ours is stricter, and a sentence instead of a warning
EDGE = 480
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
TYPE = "image/webp"


def thumbnail(file: BinaryIO) -> bytes:
    """A WebP of at most 480 by 480 pixels; blocking. Reads every pixel, so a cut-off picture is Invalid here."""
    try:
        with Image.open(file, formats=FORMATS) as picture:
            _refuse_bombs(picture)
            return _webp(_upright(picture))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        raise Invalid("file-damaged", "This picture is incomplete or damaged. Open it on your device, save it again, "
                      "then send the new one.") from error


def _refuse_bombs(picture: Image.Image) -> None:
    """Before a pixel is read: the header alone tells the size."""
    if picture.width * picture.height > MOST_PIXELS:
        raise Invalid("file-pixels", "This picture has over 64 million pixels. Make it smaller, then send it again.")


def _upright(picture: Image.Image) -> Image.Image:
    picture.draft("RGB", (EDGE, EDGE))  # JPEG alone: decodes at a fraction of its size
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    return ImageOps.exif_transpose(picture).convert("RGBA" if clear else "RGB")


def _webp(upright: Image.Image) -> bytes:
    upright.thumbnail((EDGE, EDGE))
    bare = Image.new(upright.mode, upright.size)  # pixels only: the copy knows nothing of the camera's notes
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=80)
    return out.getvalue()
