"""Which clients a staff member sees, by role."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.clients import access
from models.core.actor import Actor
from models.core.database import execute, fetch_all


async def seen(cast: Any, actor: Actor) -> set[str]:
    """The clients of the cast that this person sees, asked one by one, as a list and row by row: all must agree."""
    listed = await cast.inside(lambda: access.visible_clients(actor))
    clients = cast.clients.items()
    there = {name for name, id in clients if await cast.inside(lambda id=id: access.sees_client(actor, id))}
    assert there == ({*cast.clients} if listed is None else {name for name, id in clients if id in listed})
    sql = f"SELECT c.id FROM client c WHERE {access.sees_row(actor, 'c.id')}"
    rows = [row["id"] for row in await cast.inside(lambda: fetch_all(sql, actor.staff_id))]
    assert there == {name for name, id in clients if id in rows}
    return there


@pytest.mark.parametrize("name", ["owner", "frontdesk", "biller"])
async def test_administrators_schedulers_and_billers_see_everyone(cast: Any, name: str) -> None:
    assert await seen(cast, await cast.actor(name)) == {*cast.clients}


async def test_a_practitioner_sees_who_is_assigned(cast: Any) -> None:
    practitioner = await cast.actor("practitioner")
    assert await seen(cast, practitioner) == {*cast.clients}
    end = "UPDATE assignment SET ended_at = now() WHERE client_id = $1"
    await cast.inside(lambda: execute(end, cast.clients["teen"]))
    assert await seen(cast, practitioner) == {"client", "child"}


async def test_a_supervisor_sees_the_clients_of_whom_they_supervise(cast: Any) -> None:
    supervisor = await cast.actor("supervisor")
    assert await seen(cast, supervisor) == {*cast.clients}
    await cast.inside(lambda: execute("DELETE FROM supervision"))
    assert await seen(cast, supervisor) == set()


async def test_the_switch_shows_everyone_to_whoever_has_it(cast: Any) -> None:
    await cast.inside(lambda: execute("DELETE FROM supervision"))
    supervisor = await cast.actor("supervisor")
    assert await seen(cast, supervisor) == set()
    assert await seen(cast, replace(supervisor, all_clients=True)) == {*cast.clients}


async def test_portal_people_and_a_look_through_other_eyes_see_no_record(cast: Any) -> None:
    owner, client = await cast.actor("owner"), await cast.actor("client")
    assert await seen(cast, owner) == {*cast.clients}
    assert await seen(cast, client) == set()
    assert await seen(cast, replace(owner, lens=client.access)) == set()


async def test_another_practices_client_is_missing_for_everyone(cast: Any, neighbours: Any) -> None:
    from models.core.errors import Missing

    owner = await cast.actor("owner")
    assert (await cast.inside(lambda: access.client_for(owner, cast.clients["teen"]))).name == "Leo Marsh"
    with pytest.raises(Missing):
        await cast.inside(lambda: access.client_for(owner, neighbours.clients["teen"]))


async def test_schedulers_and_administrators_answer_for_the_front_desk(cast: Any) -> None:
    answering = {name for name in cast.staff if access.handles_front_desk(await cast.actor(name))}
    assert answering == {"owner", "frontdesk"}
