"""Invite to portal, for selected rows of the list of clients: after an import each gets an invitation of their own."""

from __future__ import annotations

import pytest

from models.clients import inviting_many
from models.core.database import execute

CHOOSE, SEND = "/staff/clients/invite", "/staff/clients/invitations"


@pytest.fixture
async def imported(portal, cast):
    """Three people as an import leaves them, one without an address; and Ana, who has access already."""
    rosa, otto, nobody = [await portal.newcomer(name) for name in ("Rosa Núñez", "Otto Falk", "Nils Ohne")]
    await portal.run("UPDATE client SET email = $2 WHERE id = $1", otto, portal.address("otto"))
    await portal.run("UPDATE client SET email = '' WHERE id = $1", nobody)
    return {"rosa": rosa, "otto": otto, "nobody": nobody, "ana": cast.clients["client"]}


async def test_the_page_says_who_will_be_invited_and_who_not_and_why(imported, browse, cast):
    desk = await browse(cast, "frontdesk")
    answer = await desk.send(CHOOSE, {"clients": [str(one) for one in imported.values()]})
    people = {one["name"]: one["why_not"] for one in (await answer.get_json())["people"]}
    assert people == {
        "Ana Beltrán": "Has access already", "Nils Ohne": "No e-mail address", "Otto Falk": "", "Rosa Núñez": "",
    }
    chosen = "&".join(f"clients={one}" for one in imported.values())
    headers = desk._headers({"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"})
    page = await desk.client.post(CHOOSE, data=chosen, headers=headers)
    text = await page.get_data(as_text=True)
    assert "Invite 2 clients" in text and text.count('name="clients"') == 2


async def test_looking_sends_nothing_and_sending_mails_each_their_own(imported, portal, browse, cast):
    desk = await browse(cast, "frontdesk")
    ids = [str(one) for one in imported.values()]
    await desk.send(CHOOSE, {"clients": ids})
    assert await portal.leave() == []
    answer = await desk.send(SEND, {"clients": ids, "message": "Welcome"})
    assert answer.status_code == 200 and (await answer.get_json())["invited"] == 2
    assert {mail["To"] for mail in await portal.leave()} == {portal.address("rosa"), portal.address("otto")}
    rows = await portal.rows("SELECT message FROM invitation")
    assert [row["message"] for row in rows] == ["Welcome", "Welcome"]


async def test_an_address_that_is_somebody_elses_is_said_before_and_the_others_are_invited(
    imported, portal, browse, cast
):
    await portal.run("UPDATE client SET email = '' WHERE id = $1", imported["ana"])
    await portal.run("UPDATE client SET email = $2 WHERE id = $1", imported["otto"], portal.address("client"))
    child = cast.clients["child"]
    await portal.run("UPDATE client SET email = $2 WHERE id = $1", child, portal.address("parent"))
    ids = {"clients": [str(imported["rosa"]), str(imported["otto"]), str(child)]}
    desk = await browse(cast, "frontdesk")
    told = {one["name"]: one["why_not"] for one in (await (await desk.send(CHOOSE, ids)).get_json())["people"]}
    assert told["Rosa Núñez"] == "" and "another client’s own sign-in" in told["Otto Falk"]
    assert told["Nora Marsh"].startswith("Karen Marsh (mother) signs in with this address")
    assert (await (await desk.send(SEND, ids)).get_json())["invited"] == 1
    assert [mail["To"] for mail in await portal.leave()] == [portal.address("rosa")]


async def test_all_are_invited_or_none(imported, portal, browse, cast, monkeypatch):
    """Somebody takes an address between the look and the sending: the whole is refused, and nobody was invited."""

    async def nothing_yet(_: object) -> str:
        return ""

    monkeypatch.setattr(inviting_many, "not_theirs", nothing_yet)
    await portal.run("UPDATE client SET email = '' WHERE id = $1", imported["ana"])
    await portal.run("UPDATE client SET email = $2 WHERE id = $1", imported["otto"], portal.address("client"))
    desk = await browse(cast, "frontdesk")
    answer = await desk.send(SEND, {"clients": [str(imported["rosa"]), str(imported["otto"])]})
    assert answer.status_code == 409 and (await answer.get_json())["code"] == "address-taken"
    assert await portal.leave() == [] and await portal.rows("SELECT 1 FROM invitation") == []


@pytest.mark.parametrize("path", [CHOOSE, SEND])
async def test_a_biller_invites_nobody_and_a_practitioner_only_their_own(imported, browse, cast, path):
    ids = {"clients": [str(imported["rosa"]), str(imported["ana"])]}
    assert (await (await browse(cast, "biller")).send(path, ids)).status_code == 403
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now() WHERE client_id = $1", imported["rosa"]))
    answer = await (await browse(cast, "practitioner")).send(path, ids)
    told = await answer.get_json()
    if path == CHOOSE:
        assert [one["name"] for one in told["people"]] == ["Ana Beltrán"]
    else:
        assert answer.status_code == 409 and told["code"] == "nobody-to-invite"


async def test_nobody_chosen_is_said_in_words(browse, cast):
    answer = await (await browse(cast, "frontdesk")).send(CHOOSE, {"clients": []})
    assert answer.status_code == 422 and "Select clients" in (await answer.get_json())["detail"]


async def test_clients_of_another_practice_are_left_out(imported, browse, neighbours):
    answer = await (await browse(neighbours, "owner")).send(CHOOSE, {"clients": [str(imported["rosa"])]})
    assert (await answer.get_json())["people"] == []
