"""Couples and families from an existing client: members are linked and unlinked, nothing else follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from models.clients import assigning, households, overview
from models.clients.tables import Client
from models.core.database import fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, Missing


async def names(cast: Any, actor: Any, client: str) -> list[str]:
    return [one["name"] for one in await cast.inside(lambda: overview.household(actor, cast.clients[client]))]


async def test_members_are_linked_and_unlinked_from_the_overview(cast: Any, browse: Any) -> None:
    desk, owner = await browse(cast, "owner"), await cast.actor("owner")
    here = f"/staff/clients/{cast.clients['teen']}"
    page = await (await desk.get(f"{here}/family")).get_data(as_text=True)
    assert "Who belongs together with Leo Marsh" in page
    found = await (await desk.send(f"{here}/family", {"words": "Nora"})).get_json()
    assert [one["name"] for one in found["clients"]] == ["Nora Marsh"]
    assert (await desk.send(f"{here}/family/add", {"client": str(cast.clients["child"])})).status_code == 200
    assert await names(cast, owner, "teen") == ["Nora Marsh"] and await names(cast, owner, "child") == ["Leo Marsh"]
    assert (await desk.send(f"{here}/family/add", {"client": str(cast.clients["child"])})).status_code == 200
    events = await cast.inside(lambda: fetch_all("SELECT rights FROM event WHERE type = 'client.household_changed'"))
    assert len(events) == 2 and not any(row["rights"] for row in events), "it opens nothing to anybody"
    assert (await desk.send(f"{here}/family/remove", {"client": str(cast.clients["child"])})).status_code == 200
    assert await names(cast, owner, "teen") == await names(cast, owner, "child") == []
    assert not await cast.inside(lambda: fetch_all("SELECT 1 FROM household")), "who is alone belongs to nobody"


async def test_members_keep_a_login_and_walls_of_their_own(cast: Any, browse: Any) -> None:
    owner, ids = await cast.actor("owner"), cast.clients
    await cast.inside(lambda: households.link(owner, ids["client"], ids["teen"]))
    for who, own, other, name in (("client", "client", "teen", "Marsh"), ("teen", "teen", "client", "Beltrán")):
        window = await browse(cast, who)
        assert (await window.json(f"/for/{ids[own]}/profile")).status_code == 200
        for path in ("home", "profile", "messages"):
            assert (await window.json(f"/for/{ids[other]}/{path}")).status_code == 404
        for path in ("/home", "/profile", "/messages/new"):
            page = await (await window.get(path)).get_data(as_text=True)
            assert name not in page, "of the other one nothing stands on any page"
        me = await (await window.json("/me")).get_json()
        assert [one["id"] for one in me["clients"]] == [str(ids[own])]


async def test_a_third_joins_and_two_families_are_not_made_one(cast: Any) -> None:
    owner, ids = await cast.actor("owner"), cast.clients
    await cast.inside(lambda: households.link(owner, ids["teen"], ids["child"]))
    await cast.inside(lambda: households.link(owner, ids["client"], ids["child"]))
    assert await names(cast, owner, "client") == ["Leo Marsh", "Nora Marsh"]
    await cast.inside(lambda: households.unlink(owner, ids["teen"], ids["client"]))
    assert await names(cast, owner, "teen") == ["Nora Marsh"]
    made = await cast.inside(lambda: Client.create(name="Ana Two", first_name="Ana", last_name="Two"))
    await cast.inside(lambda: households.link(owner, ids["client"], made.id))
    with pytest.raises(Conflict, match="other-household"):
        await cast.inside(lambda: households.link(owner, ids["client"], ids["teen"]))


async def test_only_staff_who_manage_both_link_them(cast: Any) -> None:
    owner, ids = await cast.actor("owner"), cast.clients
    maya, biller = await cast.actor("practitioner"), await cast.actor("biller")
    await cast.inside(lambda: households.link(maya, ids["teen"], ids["child"]))
    await cast.inside(lambda: assigning.end_assignment(owner, ids["child"], cast.staff["practitioner"]))
    for actor, refusal in ((maya, Missing), (biller, Forbidden)):
        for verb in (households.link, households.unlink):
            with pytest.raises(refusal):
                await cast.inside(lambda verb=verb, actor=actor: verb(actor, ids["teen"], ids["child"]))
    with pytest.raises(Invalid):
        await cast.inside(lambda: households.link(owner, ids["teen"], ids["teen"]))
    assert await names(cast, maya, "teen") == [], "whom they do not see is not told"
