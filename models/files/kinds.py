"""The files that may be sent: each by its extension AND by what its bytes say. Nothing else is taken.

`magic`: what puremagic may call the bytes (as extensions); for MP4 and its relatives ("boxes") the brands that their
first box may name, of which puremagic knows too few. `opens`: shown inside the page; the rest is only saved. HEIC and
QuickTime come from phones as they are; the browser decides whether it can show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.core.errors import Invalid
from models.files.names import extension_of

MOST_BYTES = 500 * 1024 * 1024
Form = Literal["picture", "pdf", "office", "text", "boxes", "sound"]


@dataclass(frozen=True)
class FileKind:
    extensions: tuple[str, ...]
    type: str
    words: str
    form: Form
    magic: frozenset[str]
    opens: bool = False


def _kind(extensions: str, type: str, words: str, form: Form, magic: str, *, opens: bool = False) -> FileKind:
    return FileKind(tuple(extensions.split()), type, words, form, frozenset(magic.split()), opens)


_MP4 = "isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 mp41 mp42 avc1 dash M4V M4VH M4VP MSNV 3gp4 3gp5 3gp6"
_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = (
    _kind("jpg jpeg", "image/jpeg", "JPEG picture", "picture", "jpg", opens=True),
    _kind("png", "image/png", "PNG picture", "picture", "png", opens=True),
    _kind("gif", "image/gif", "GIF picture", "picture", "gif", opens=True),
    _kind("webp", "image/webp", "WebP picture", "picture", "webp", opens=True),
    _kind("heic heif", "image/heic", "HEIC picture", "boxes", "heic heix heim heis hevc hevx mif1 msf1"),
    _kind("pdf", "application/pdf", "PDF", "pdf", "pdf", opens=True),
    _kind("docx", _OFFICE + "wordprocessingml.document", "Word document", "office", "docx"),
    _kind("xlsx", _OFFICE + "spreadsheetml.sheet", "Excel sheet", "office", "xlsx"),
    _kind("txt", "text/plain", "text", "text", ""),
    _kind("csv", "text/csv", "CSV table", "text", ""),
    _kind("mp4 m4v", "video/mp4", "MP4 video", "boxes", _MP4),
    _kind("mov", "video/quicktime", "QuickTime video", "boxes", "qt"),
    _kind("m4a", "audio/mp4", "M4A sound", "boxes", "M4A M4B " + _MP4),
    _kind("mp3", "audio/mpeg", "MP3 sound", "sound", "mp3 mpga"),
)

ACCEPT = ",".join(f".{extension}" for kind in KINDS for extension in kind.extensions)
TAKEN = "Pictures, PDF, Word, Excel, text, CSV, video and sound"


def kind_named(name: str) -> FileKind:
    """The kind that a name claims to be; raises Invalid with the list of what may be sent."""
    extension = extension_of(name)
    for kind in KINDS:
        if extension in kind.extensions:
            return kind
    said = f"Files named .{extension[:12]} cannot be sent." if extension else "The file’s name has no ending."
    raise Invalid("file-type", f"{said} {told()}", errors={"file": [said]})


def told(most: int = MOST_BYTES) -> str:
    """What may be sent, in a sentence; `most` bytes each."""
    return f"{TAKEN}, up to {most // 1024**2} MB each."


def opens_inside(type: str) -> bool:
    """True for what a page may show; all other types are only handed out to be saved."""
    return any(kind.opens and kind.type == type for kind in KINDS)
