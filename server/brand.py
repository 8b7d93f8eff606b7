"""The practice's own colours as a style sheet, linked by every page after look.css."""

from __future__ import annotations

from models.accounts.branding import brand
from models.accounts.practices import profile
from server.door import ANYONE, Raw, get


@get("/brand.css", allow=ANYONE, while_locked=True)
async def brand_css() -> Raw:
    """Pages name it with a version that changes with the colour, so a browser may keep it."""
    found = await profile()
    return Raw(brand(found.accent).css, "text/css; charset=utf-8", {"Cache-Control": "private, max-age=86400"})
