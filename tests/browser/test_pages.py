"""Every page of messaging: nothing that axe objects to, and no sideways scroll on the narrowest phone."""

from __future__ import annotations

import pytest

from tests.browser.window import axe

DESK = ["/messages", "/messages/{talk}", "/messages/new", "/messages/search?words=hello", "/away", "/saved-replies", "/today"]
PORTAL = ["/messages", "/messages/{talk}", "/messages/new", "/messages/search?words=hello", "/home"]
PAGES = [("practitioner", path) for path in DESK] + [("client", path) for path in PORTAL]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "path"), PAGES)
async def test_a_page_is_fit_for_everybody(window, cast, talk, axe_source, name, path, scheme):
    writer = await window(cast, "client", f"/messages/{talk}")
    await writer.write("Hello, see https://example.org")
    await writer.live()
    for width in (360, 1280):
        page = await window(cast, name, path.format(talk=talk), width=width, color_scheme=scheme, reduced_motion="reduce")
        assert await page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{width} px"
        assert await axe(page.page, axe_source) == []
