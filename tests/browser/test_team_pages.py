"""Every page of the team and of one's practices: nothing that axe objects to, and no sideways scroll on a phone."""

from __future__ import annotations

import pytest

from models.accounts import inviting
from models.accounts.standing import Standing
from models.core.actor import Role
from tests.browser.window import axe

TEAM = "/settings/team"
PAGES = [
    ("owner", TEAM), ("owner", f"{TEAM}/invite"), ("owner", f"{TEAM}/{{maya}}"),
    ("owner", f"{TEAM}/{{maya}}/deactivate"), ("owner", f"{TEAM}/{{jonas}}/deactivate"), ("owner", "/practices"),
    ("biller", "/team"),
]
NAME = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Maximiliana"
FORMS = [(360, "dark"), (1280, "light")]


@pytest.mark.parametrize(("name", "path"), PAGES)
async def test_a_page_is_fit_for_everybody(window, cast, axe_source, name, path):
    owner, chosen = await cast.actor("owner"), Standing(NAME, "Therapist", frozenset({Role.PRACTITIONER}))
    await cast.inside(lambda: inviting.invite(owner, f"{'without.a.space.' * 3}noor@{cast.subdomain}.test", chosen))
    for width, scheme in FORMS:
        form = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
        page = await window(cast, name, path.format(maya=cast.staff["practitioner"], jonas=cast.staff["owner"]), **form)
        assert await page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{width} px"
        assert await axe(page, axe_source) == []
