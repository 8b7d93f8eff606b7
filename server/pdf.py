"""PDFs: drawn by typst from templates/pdf with words as data, and pages added behind a PDF whose bytes stay.

The same data give the same bytes. Fonts are those of the house and of typst, never the machine's: so most of the
world's scripts have their shapes, on every machine alike.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import structlog
import typst
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from models.documents.printing import Printed

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates" / "pdf"
FONTS = (ROOT / "static" / "vendor" / "printed", Path(str(files("noto_cjk_sans_otc"))))
NO_SHAPE = "This PDF has no shape for some of the letters below: they print as boxes. The portal shows every letter."
AT_ONCE = asyncio.Semaphore(1)

log = structlog.get_logger("portico.pdf")


async def drawn(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """A PDF from a template; `at` stands in it as the time of its making."""
    async with AT_ONCE:  # one fills a core for up to a second
        return await asyncio.to_thread(_draw, template, data, int(at.timestamp()))


async def receipt(made: Printed) -> bytes:
    """What was handed in without a signature, as a PDF."""
    plain = {name: "" for name in ("void_word", "void_title", "void_words", "broken_title", "broken_words",
                                   "certificate_title", "certificate_words",
                                   "history_title", "disclosure_title", "qr", "qr_alt", "qr_words")}
    none: dict[str, Any] = {name: [] for name in ("facts", "signatures", "history", "disclosures", "attached")}
    return await drawn("signed", {
        **plain, **none, "title": made.title, "practice": made.practice, "reference": f"Receipt {made.code}",
        "footer": f"Receipt {made.code}", "page": "Page ", "void": False, "summary": made.summary,
        "content": made.content, "unanswered": "Not answered", "no_shape_words": NO_SHAPE,
    }, at=made.at)


async def behind(original: bytes, pages: bytes, *, keywords: str, cover: bytes | None = None) -> bytes | None:
    """The pages behind a PDF, with what is attached to them, and a cover before it, as an update of it: the result
    begins with every byte of the original. None for a PDF that cannot be added to: broken, or encrypted."""
    return await asyncio.to_thread(_behind, original, pages, keywords, cover)


async def page_count(content: bytes) -> int | None:
    """None for what is no readable PDF."""
    return await asyncio.to_thread(_pages, content)


@cache
def _source(template: str) -> bytes:
    return (TEMPLATES / f"{template}.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Looked through once."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(one) for one in FONTS])


def _draw(template: str, data: Mapping[str, Any], timestamp: int) -> bytes:
    """As PDF/A-3, to be kept for years. That standard takes no letter without a shape, and no font here has those of
    every script: such words come as a plain PDF, which says so."""
    try:
        return _compiled(template, {**data, "no_shape_words": ""}, timestamp, "a-3b")
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    return _compiled(template, data, timestamp, "1.7")


def _compiled(template: str, data: Mapping[str, Any], timestamp: int, standard: typst.PDFStandard) -> bytes:
    made = typst.compile(
        _source(template), sys_inputs={"data": orjson.dumps(data, default=str).decode()}, format="pdf",
        font_paths=_fonts(), ignore_system_fonts=True, timestamp=timestamp, pdf_standards=standard,
    )
    return bytes(made)


def _behind(original: bytes, pages: bytes, keywords: str, cover: bytes | None) -> bytes | None:
    try:
        reader = PdfReader(io.BytesIO(original))
        if reader.is_encrypted:
            return None
        writer = PdfWriter(io.BytesIO(original), incremental=True)
        added = PdfReader(io.BytesIO(pages))
        writer.append(added, import_outline=False)
        if cover is not None:
            writer.merge(0, PdfReader(io.BytesIO(cover)), import_outline=False)
        for one in added.attachment_list:  # pages come without them
            writer.add_attachment(one.name, one.content)
        writer.add_metadata({"/Keywords": keywords})
        made = io.BytesIO()
        writer.write(made)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, AttributeError, IndexError) as error:
        log.warning("pdf.not_added_to", error=type(error).__name__)
        return None
    whole = made.getvalue()
    return whole if whole.startswith(original) else None


def _pages(content: bytes) -> int | None:
    try:
        return len(PdfReader(io.BytesIO(content)).pages)
    except Exception:  # a file that somebody made to be odd may fail anywhere
        return None
