"""Overview: assignment, tags, status, and the conversations about a client."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.accounts.practices import today_here
from models.clients import assigning, people, status, tags
from models.clients.tables import Client
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Forbidden, Missing, SignedOut
from models.messaging import about_client, starting
from models.messaging.seats import conversation_for
from models.messaging.sending import send
from tests.support.meeting import meet


async def test_assigning_and_ending_name_the_logins_whose_rights_change(cast: Any) -> None:
    owner, teen = await cast.actor("owner"), cast.clients["teen"]
    await cast.inside(lambda: assigning.assign(owner, teen, cast.staff["owner"]))
    await cast.inside(lambda: assigning.assign(owner, teen, cast.staff["owner"]))
    there = [one.name for one in await cast.inside(lambda: people.assigned_to(teen))]
    assert there == ["Jonas Lindqvist", "Maya Okafor"]
    await cast.inside(lambda: assigning.end_assignment(owner, teen, cast.staff["practitioner"]))
    rows = await cast.inside(lambda: fetch_all("SELECT type, rights FROM event WHERE subject_id = $1", teen))
    assert [(row["type"], set(row["rights"])) for row in rows] == [
        ("client.assigned", {cast.logins["owner"]}),
        ("client.unassigned", {cast.logins["practitioner"], cast.logins["supervisor"]}),
    ]
    with pytest.raises(Conflict, match="not-assigned"):
        await cast.inside(lambda: assigning.end_assignment(owner, teen, cast.staff["practitioner"]))


async def test_the_clients_portal_hears_that_it_changed_and_nothing_of_whom(cast: Any) -> None:
    owner, teen = await cast.actor("owner"), cast.clients["teen"]
    await cast.inside(lambda: assigning.assign(owner, teen, cast.staff["owner"]))
    heard = {str(cast.accesses[who, "teen"]) for who in ("teen", "parent", "coparent")}
    parts = await cast.inside(lambda: fetch_all("SELECT rooms, ids FROM event_data WHERE subject_id = $1", teen))
    (at_home,) = [one for one in parts if {kind for kind, _ in one["rooms"]} == {"access"}]
    assert {access for _, access in at_home["rooms"]} == heard and at_home["ids"] == {"client": str(teen)}


async def test_who_only_looks_or_does_not_see_changes_nothing(cast: Any) -> None:
    teen, staff = cast.clients["teen"], cast.staff["owner"]
    biller, maya = await cast.actor("biller"), await cast.actor("practitioner")
    await cast.inside(lambda: assigning.assign(maya, teen, staff))
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    for actor, refusal in ((biller, Forbidden), (maya, Missing)):
        for verb in (
            lambda actor=actor: assigning.assign(actor, teen, staff),
            lambda actor=actor: assigning.end_assignment(actor, teen, staff),
            lambda actor=actor: tags.add_tag(actor, teen, "Group"),
            lambda actor=actor: tags.remove_tag(actor, teen, staff),
            lambda actor=actor: status.set_status(actor, teen, "prospect"),
            lambda actor=actor: status.discharge(actor, teen, reason="", days=7),
            lambda actor=actor: status.outlook(actor, teen),
        ):
            with pytest.raises(refusal):
                await cast.inside(verb)


async def test_ending_an_assignment_leaves_conversations_as_they_are(cast: Any) -> None:
    client, owner, maya = await cast.actor("client"), await cast.actor("owner"), await cast.actor("practitioner")
    talk = await cast.inside(lambda: starting.start(client, [cast.staff["practitioner"]]))
    await cast.inside(lambda: assigning.end_assignment(owner, cast.clients["client"], cast.staff["practitioner"]))
    assert (await cast.inside(lambda: conversation_for(maya, talk))).seat is not None


async def test_one_word_is_one_tag_however_it_is_spelled(cast: Any) -> None:
    owner, teen, child = await cast.actor("owner"), cast.clients["teen"], cast.clients["child"]
    first = await cast.inside(lambda: tags.add_tag(owner, teen, "  Déjà   vu "))
    assert await cast.inside(lambda: tags.add_tag(owner, child, "deja VU")) == first
    assert [one.name for one in await cast.inside(tags.tags_here)] == ["Déjà vu"]
    for client in (teen, child):
        await cast.inside(lambda client=client: tags.remove_tag(owner, client, first))
    assert await cast.inside(tags.tags_here) == [], "what nobody bears is not offered"


@pytest.mark.parametrize(("limit", "clients"), [("MOST_ON_ONE", ["teen", "teen"]), ("MOST_TAGS", ["teen", "child"])])
async def test_of_two_who_add_the_last_tag_at_once_the_second_is_told(
    cast: Any, monkeypatch: pytest.MonkeyPatch, limit: str, clients: list[str]
) -> None:
    monkeypatch.setattr(tags, limit, 1)
    owner = await cast.actor("owner")
    said = await meet(cast.practice_id, *(
        lambda client=cast.clients[client], word=word: cast.inside(lambda: tags.add_tag(owner, client, word))
        for client, word in zip(clients, ("School", "Court"), strict=True)
    ))
    assert [one.code for one in said if isinstance(one, Exception)] == ["too-many"]
    assert len(await cast.inside(tags.tags_here)) == 1


async def test_a_discharged_clients_portal_can_be_read_and_nothing_sent(cast: Any, browse: Any) -> None:
    client, owner = await cast.actor("client"), await cast.actor("owner")
    talk = await cast.inside(lambda: starting.start(client, [cast.staff["practitioner"]]))
    window = await browse(cast, "client")
    assert (await window.send(f"/conversations/{talk}/messages", {"body": "Before"})).status_code == 200
    await cast.inside(lambda: status.discharge(owner, cast.clients["client"], reason="Moved away", days=7))
    shown = await window.json(f"/messages/{talk}")
    assert shown.status_code == 200 and not (await shown.get_json())["may_write"]
    refused = await window.send(f"/conversations/{talk}/messages", {"body": "After"})
    assert (refused.status_code, (await refused.get_json())["code"]) == (403, "read-only")
    until = await cast.inside(today_here) + timedelta(days=7)
    for page in ("/home", f"/messages/{talk}", "/messages/new"):
        said = await (await window.get(page)).get_data(as_text=True)
        assert f"this portal can only be read, until {until:%A, %B %-d}." in said
    maya = await browse(cast, "practitioner")
    overview = await (
        await maya.get(f"/staff/clients/{cast.clients['client']}")
    ).get_data(as_text=True)
    assert "Moved away" in overview and f"{until:%A, %B %-d}" in overview, "staff read why and how long"
    assert "Moved away" not in said
    assert (await (await window.json("/me")).get_json())["clients"][0]["may_write_to"] == []
    started = await window.send("/conversations", {"people": [str(cast.staff["practitioner"])]})
    assert (await started.get_json())["code"] == "read-only"
    message = (await (await window.json(f"/conversations/{talk}/messages")).get_json())["messages"][0]["id"]
    assert (await window.send(f"/conversations/{talk}/read", {"message": message})).status_code == 200
    assert (await window.send("/preferences", {"email_unread": False})).status_code == 200, "their own affairs"


async def test_a_contact_of_several_may_still_write_for_the_others(cast: Any) -> None:
    owner, parent = await cast.actor("owner"), await cast.actor("parent")
    made = {name: await cast.inside(lambda name=name: starting.start(parent, [cast.staff["practitioner"]],
                                                                      client=cast.clients[name]))
            for name in ("teen", "child")}
    await cast.inside(lambda: status.discharge(owner, cast.clients["teen"], reason="", days=7))
    parent = await cast.actor("parent")
    assert {one.client_name: one.read_only for one in parent.accesses} == {"Leo Marsh": True, "Nora Marsh": False}

    async def say(name: str) -> None:
        await send(parent, await conversation_for(parent, made[name], lock=True), body="Hello")

    await cast.inside(lambda: say("child"))
    with pytest.raises(Conflict, match="nobody-there"):
        await cast.inside(lambda: say("teen"))
    with pytest.raises(Forbidden, match="read-only"):
        await cast.inside(lambda: starting.start(parent, [cast.staff["practitioner"]], client=cast.clients["teen"],
                                                 subject="New"))


async def test_after_the_reading_time_nobody_signs_in_and_reopening_gives_it_back(cast: Any) -> None:
    owner, client = await cast.actor("owner"), cast.clients["client"]
    await cast.inside(lambda: status.discharge(owner, client, reason="", days=7))
    assert (await cast.actor("client")).accesses
    with pytest.raises(Conflict, match="discharged"):
        await cast.inside(lambda: status.discharge(owner, client, reason="", days=7))

    async def a_week_later() -> None:
        await Client.filter(id=client).update(read_only_until=await today_here() - timedelta(days=1))
        assert await status.close_portal(client) is None

    await cast.inside(a_week_later)
    with pytest.raises(SignedOut):
        await cast.actor("client")
    last = await cast.inside(lambda: fetch_one("SELECT type, rights FROM event ORDER BY seq DESC LIMIT 1"))
    assert (last["type"], list(last["rights"])) == ("client.portal_closed", [cast.logins["client"]])
    await cast.inside(lambda: status.set_status(owner, client, "active"))
    assert not (await cast.actor("client")).accesses[0].read_only


async def test_the_job_that_closes_looks_whether_it_is_still_so(cast: Any) -> None:
    owner, client = await cast.actor("owner"), cast.clients["client"]
    assert await cast.inside(lambda: status.close_portal(client)) is None
    await cast.inside(lambda: status.discharge(owner, client, reason="", days=7))
    early = await cast.inside(lambda: status.close_portal(client))
    assert early is not None and timedelta(days=6) < early < timedelta(days=9)


async def test_closed_at_once_is_closed_at_once(cast: Any) -> None:
    owner = await cast.actor("owner")
    assert (await cast.actor("client")).accesses
    await cast.inside(lambda: status.discharge(owner, cast.clients["client"], reason="", days=0))
    with pytest.raises(SignedOut):
        await cast.actor("client")


async def test_a_discharge_shows_what_it_will_do_before_it_does(cast: Any, browse: Any) -> None:
    owner, teen = await browse(cast, "owner"), cast.clients["teen"]
    page = await (await owner.get(f"/staff/clients/{teen}/discharge")).get_data(as_text=True)
    assert "Karen Marsh" in page and "can only read" in page and "Maya Okafor stays assigned" in page
    done = await owner.post(f"/staff/clients/{teen}/discharge", {"reason": "Moved", "days": "30"})
    assert done.status_code == 303
    page = await (await owner.get(f"/staff/clients/{teen}")).get_data(as_text=True)
    assert "Discharged on" in page and "Moved" in page and "can be read until" in page and "Reopen" in page
    assert (await owner.post(f"/staff/clients/{teen}/status", {"status": "active"})).status_code == 303
    page = await (await owner.get(f"/staff/clients/{teen}")).get_data(as_text=True)
    assert "Discharged on" not in page


async def test_overview_says_what_is_missing_and_what_happened(cast: Any, browse: Any) -> None:
    owner = await browse(cast, "owner")
    made = await (await owner.send("/staff/clients/new", {"first_name": "Mia", "last_name": "Vale"})).get_json()
    client = made["clients"][0]
    told = await (await owner.json(f"/staff/clients/{client}")).get_json()
    assert [one["title"] for one in told["missing"]] == [
        "Setup is not finished", "Nobody is assigned", "No e-mail address", "No portal access"]
    await owner.send(f"/staff/clients/{client}/assignments", {"staff": str(cast.staff["practitioner"])})
    await owner.send(f"/staff/clients/{client}/tags", {"name": "Group"})
    told = await (await owner.json(f"/staff/clients/{client}")).get_json()
    assert [one["what"] for one in told["happened"]] == [
        "changed the tags", "assigned Maya Okafor", "added this client"]
    assert {one["who"] for one in told["happened"]} == {"Jonas Lindqvist"}


async def test_who_was_invited_from_the_portal_tab_lacks_no_setup(cast: Any, browse: Any) -> None:
    owner, client = await browse(cast, "owner"), cast.clients["client"]
    await cast.inside(lambda: execute("UPDATE client SET set_up_at = NULL WHERE id = $1", client))
    told = await (await owner.json(f"/staff/clients/{client}")).get_json()
    assert told["missing"] == []


async def test_who_loses_sight_by_ending_goes_back_to_the_list(cast: Any, browse: Any) -> None:
    maya, teen = await browse(cast, "practitioner"), cast.clients["teen"]
    done = await maya.post(f"/staff/clients/{teen}/assignments/end", {"staff": str(cast.staff["practitioner"])})
    assert done.headers["Location"].endswith("/staff/clients")
    assert (await maya.json(f"/staff/clients/{teen}")).status_code == 404


async def test_the_messages_tab_shows_the_conversations_one_sits_in(cast: Any, browse: Any) -> None:
    client = await cast.actor("client")
    await cast.inside(lambda: starting.start(client, [cast.staff["practitioner"]]))
    there = f"/staff/clients/{cast.clients['client']}/messages"
    maya, owner = await browse(cast, "practitioner"), await browse(cast, "owner")
    assert len((await (await maya.json(there)).get_json())["conversations"]) == 1
    shown = await (await owner.json(there)).get_json()
    assert shown["conversations"] == [], "nobody reads a practitioner's conversation because of a role"
    assert [one["name"] for one in shown["choices"]] == ["Ana Beltrán", "Maya Okafor"]
    assert (await (await owner.json(f"{there}/list")).get_json())["conversations"] == []
    begun = await owner.post("/staff/conversations", {"client": str(cast.clients["client"]),
                                                      "people": str(cast.clients["client"])})
    assert begun.status_code == 303
    assert len((await (await owner.json(there)).get_json())["conversations"]) == 1


async def test_front_desks_conversations_count_for_who_answers_there(cast: Any) -> None:
    owner, desk, maya = [await cast.actor(one) for one in ("owner", "frontdesk", "practitioner")]
    client = cast.clients["client"]
    await cast.inside(lambda: starting.start(owner, [cast.practice_id, client], client=client))
    counts = [len(await cast.inside(lambda one=one: about_client.talks_about(one, client))) for one in (desk, maya)]
    assert counts == [1, 0]


async def test_the_head_above_the_tabs_is_asked_again_alone_and_that_is_a_look_too(cast: Any, browse: Any) -> None:
    teen, tess = cast.clients["teen"], await browse(cast, "frontdesk")
    path = f"/staff/clients/{teen}"
    assert f'src="{path}/head"' in await (await tess.get(f"{path}/details")).get_data(as_text=True)
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: status.discharge(desk, teen, reason="", days=7))
    page = await (await tess.get(f"{path}/head", Portico_Fragment="1")).get_data(as_text=True)
    assert "Discharged" in page and "<h1>" in page and "<html" not in page
    sql = "SELECT count(*) AS n FROM look WHERE subject = 'client-head' AND subject_id = $1"
    assert (await cast.inside(lambda: fetch_one(sql, teen)))["n"] == 1
    stranger = await browse(cast, "practitioner")
    assert (await stranger.json(f"{path}/head")).status_code == 200, "the premise: their own client"
    other = await cast.inside(lambda: Client.create(name="Rosa Far", first_name="Rosa", last_name="Far"))
    assert (await stranger.json(f"/staff/clients/{other.id}/head")).status_code == 404
