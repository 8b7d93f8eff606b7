"""The practice's own colours as a style sheet, linked by every page after look.css, and its logo."""

from __future__ import annotations

from uuid import UUID

from quart import Request

from models.accounts.branding import brand
from models.accounts.dressing import logo_key_of
from models.accounts.logo_picture import TYPE
from models.accounts.practices import profile
from models.core.errors import missing
from models.core.scope import run_scope
from server import storage
from server.door import ANYONE, Raw, get

FOR_EVER = f"public, max-age={365 * 24 * 3600}, immutable"

# A mail program shows the logo on a page of its own origin; opened alone it is a picture and nothing else.
AS_PICTURE = {
    "Cache-Control": FOR_EVER, "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin", "Content-Disposition": "inline",
}


@get("/brand.css", allow=ANYONE, while_locked=True, anywhere=True)
async def brand_css() -> Raw:
    """Pages name it with a version that changes with the colours, so a browser may keep it."""
    found = await profile()
    css = brand(found.accent, found.ground).css
    return Raw(css, "text/css; charset=utf-8", {"Cache-Control": "private, max-age=86400"})


@get("/logo/<stamp>", allow=ANYONE, streams=True, while_locked=True, anywhere=True)
async def logo(request: Request, practice: UUID) -> Raw:
    """The logo with this stamp of its contents, while the practice wears it: another picture has another address."""
    stamp = str((request.view_args or {})["stamp"])
    key = await run_scope(practice, lambda _: logo_key_of(stamp)) or missing("logo")
    return Raw(await storage.read_all(key), TYPE, AS_PICTURE)
