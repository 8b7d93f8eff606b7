"""The pages of portal access and onboarding: fit for axe, for fingers, and for the narrowest phone with long names."""

from __future__ import annotations

import pytest

from models.core.database import execute
from tests.browser.test_fit import LONG, SIDEWAYS, SMALL
from tests.browser.window import axe

TOUCH = {"width": 360, "color_scheme": "dark", "has_touch": True, "reduced_motion": "reduce"}
WIDE = {"width": 1280, "color_scheme": "light", "reduced_motion": "reduce"}
DESK = ["/clients/{teen}/portal", "/clients/{child}/portal/{child}/invitation", "/clients/{child}/setup/portal"]
PAGES = [("practitioner", path) for path in DESK] + [
    ("owner", "/settings/invitations"), ("client", "/home"), ("client", "/onboarding"),
    ("client", "/onboarding/preferences"), ("client", "/onboarding/contact"), ("client", "/preferences"),
]


@pytest.mark.parametrize(("name", "path"), PAGES)
async def test_a_page_about_access_is_fit_for_everybody(window, cast, axe_source, name, path):
    await cast.inside(lambda: furnish(cast))
    for form in (TOUCH, WIDE):
        seen = await window(cast, name, path.format(**cast.clients), **form)
        assert await seen.page.evaluate(SIDEWAYS) <= 0, form["width"]
        assert await axe(seen, axe_source) == []
        if form is TOUCH:
            assert await seen.page.evaluate(SMALL) == []


async def furnish(cast):
    """Somebody long-named was refused, somebody is half way through onboarding."""
    await execute("UPDATE contact SET name = $1, email = $2", f"Karen {LONG}", f"{LONG.lower()}@elsewhere.test")
    for person, state in (("coparent", "refused"), ("client", "taken")):
        access = cast.accesses[(person, "teen" if person == "coparent" else person)]
        await execute(INVITED, access, state, "Hello " + LONG)
    await execute("UPDATE portal_access SET accepted_at = NULL WHERE id = $1", cast.accesses[("coparent", "teen")])


INVITED = """INSERT INTO invitation (id, access_id, sending, asks, message, ends_at, mail_state, mail_failure, mail_at)
  VALUES (gen_random_uuid(), $1, gen_random_uuid(), '{"preferences": "optional", "contact": "optional"}', $3,
    now() + interval '9 days', $2, '550', now())"""
