"""Account Settings > Signing."""

from __future__ import annotations

import pytest

from models.core.errors import Conflict, Forbidden
from models.documents.signing_settings import SigningSettings, set_signing, signing_settings


async def test_a_new_practice_takes_typed_names_and_asks_for_no_proof(cast):
    assert await cast.inside(signing_settings) == SigningSettings()


async def test_an_administrator_sets_them_and_nobody_else(cast):
    owner, practitioner = await cast.actor("owner"), await cast.actor("practitioner")
    await cast.inside(lambda: set_signing(owner, 1, confirms=True, typed=False, paper="Ask Dana."))
    assert await cast.inside(signing_settings) == SigningSettings(True, False, "Ask Dana.", 2)
    with pytest.raises(Forbidden):
        await cast.inside(lambda: set_signing(practitioner, None, confirms=False, typed=True, paper=""))


async def test_of_two_who_change_them_the_second_is_told(cast):
    owner = await cast.actor("owner")
    await cast.inside(lambda: set_signing(owner, 1, confirms=True, typed=True, paper=""))
    with pytest.raises(Conflict):
        await cast.inside(lambda: set_signing(owner, 1, confirms=False, typed=True, paper=""))


async def test_its_page_shows_and_keeps_them(browse, cast):
    desk = await browse(cast, "owner")
    assert "A typed name is a signature" in await (await desk.get("/staff/settings/signing")).get_data(as_text=True)
    saved = await desk.post("/staff/settings/signing", {"typed": "on", "paper": "By mail.", "version": 1})
    assert saved.status_code == 303
    assert "By mail." in await (await desk.get("/staff/settings/signing")).get_data(as_text=True)
