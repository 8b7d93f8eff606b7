"""Every page of messaging and clients: nothing that axe objects to, and no sideways scroll on the narrowest phone."""

from __future__ import annotations

import pytest

from tests.browser.said import say
from tests.browser.window import axe

BOTH = ["/messages", "/messages/{talk}", "/messages/new", "/messages/search"]
RECORD = [f"/clients/{{client}}{tab}" for tab in ("", "/messages", "/discharge")]
CLIENTS = ["/clients", "/clients/new?kind=family", *RECORD]
DESK = [*BOTH, "/away", "/saved-replies", "/today", *CLIENTS]
PORTAL = [*BOTH, "/home"]
PAGES = [("practitioner", path) for path in DESK] + [("client", path) for path in PORTAL]
FORMS = [(360, "dark"), (1280, "light")]


@pytest.mark.parametrize(("name", "path"), PAGES)
async def test_a_page_is_fit_for_everybody(window, cast, talk, axe_source, name, path):
    await say(cast, talk, "client", ["Hello, see https://example.org", "A second line"])
    await say(cast, talk, "practitioner", ["An answer"])
    for width, scheme in FORMS:
        form = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
        address = path.format(talk=talk, client=cast.clients["client"])
        page = await window(cast, name, address, **form)
        assert await page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{width} px"
        assert await axe(page, axe_source) == []


@pytest.mark.parametrize("name", ["practitioner", "client"])
async def test_every_part_in_every_state_is_fit_for_everybody(window, cast, axe_source, name):
    for width, scheme in FORMS:
        seen = await window(cast, name, "/preferences", width=width, color_scheme=scheme, reduced_motion="reduce")
        await seen.page.goto(f"{seen.url}/dev/patterns")
        assert await seen.page.get_by_role("heading", name="Colour roles").count() == 1
        assert await seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{width} px"
        assert await axe(seen, axe_source) == []
