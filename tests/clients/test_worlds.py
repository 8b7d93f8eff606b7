"""The clients of the demo and of the load world, whose statements a change of the tables may break."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from models.clients.asks import FindClients
from models.clients.listing import clients
from models.clients.portal_tab import portal_tab
from models.core.database import fetch_all
from server import load_clients
from server.demo_clients import add_more
from server.worlds import Face, found
from tests.support.cast import Cast


async def listed(made: Any, **asked: Any) -> Any:
    cast = Cast(made)
    owner = await cast.actor("owner")
    return await cast.inside(lambda: clients(owner, FindClients(**asked)))


async def test_the_demo_shows_more_clients_than_the_cast(cast: Any) -> None:
    name = f"demo-{uuid4().hex[:12]}"
    made = await found(Face(name, "Demo"), mail_domain=f"{name}.test", password_hash=None, furnish=add_more)
    assert (await listed(made))["total"] == 14 and (await listed(cast.people))["total"] == 3
    assert [one["name"] for one in (await listed(made, words="o'neil"))["clients"]] == ["Siobhán O'Neil"]
    assert {one["status"] for one in (await listed(made))["clients"]} == {"prospect", "active", "discharged"}


async def test_the_list_and_the_portal_tab_of_the_demo_say_the_same(cast: Any) -> None:
    name = f"demo-{uuid4().hex[:12]}"
    cast = Cast(await found(Face(name, "Demo"), mail_domain=f"{name}.test", password_hash=None, furnish=add_more))
    owner = await cast.actor("owner")
    told = set()
    for one in (await listed(cast.people))["clients"]:
        cards = (await cast.inside(lambda id=one["id"]: portal_tab(owner, id))).cards
        furthest = max((STATES[card.state] for card in cards), key=ORDER.index)
        assert one["portal"] == furthest, one["name"]
        told.add(one["portal"])
    assert told == set(ORDER)
    mails = await cast.inside(lambda: fetch_all("SELECT kind FROM outgoing_mail"))
    assert {row["kind"] for row in mails} == {"invitation"} and len(mails) == 3


ORDER = ("none", "revoked", "on", "invited", "accepted")
STATES = {"off": "none", "revoked": "revoked", "uninvited": "on", "queued": "invited", "accepted": "accepted"}


async def test_the_load_world_fills_one_practice_and_leaves_it_alone_when_it_is_there(monkeypatch: Any) -> None:
    monkeypatch.setattr(load_clients, "CLIENTS", 400)
    monkeypatch.setattr(load_clients, "AT_ONCE", 200)
    name = f"load-{uuid4().hex[:12]}"
    made = await load_clients.make_large(name)
    assert (await listed(made))["total"] == 403
    states = {state: (await listed(made, portal=state))["total"] for state in ("none", "on", "invited", "accepted")}
    assert all(states.values()), states
    assert await load_clients.make_large(name) is None
