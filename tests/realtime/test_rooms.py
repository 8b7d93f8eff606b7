"""Who may be in which room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.core.database import execute
from models.core.events import DESK_ONLY, REGISTRY
from realtime import rooms
from realtime.rooms import everyone, kind_of_room, room, rooms_of
from server.wiring import clients_of

ROOT = Path(__file__).parents[2]
# All that a visitor of a booking page may ever be told. No id of a person, and nothing that leads to one.
TOLD_TO_ALL: frozenset[str] = frozenset({"service", "starts_at", "ends_at", "hold", "free"})


async def _rooms(cast, name):
    actor = await cast.actor(name) if name != "parent" else await cast.actor(name, client="teen")
    clients = await cast.inside(lambda: clients_of(actor)) if actor.desk else ()
    return {one.removeprefix(f"p:{cast.practice_id}:") for one in rooms_of(actor, clients)}


async def test_each_person_is_in_the_rooms_of_their_rights(cast):
    logins, clients = cast.logins, cast.clients
    mine = {f"staff-of:{one}" for one in clients.values()}
    both = {f"access:{cast.accesses['parent', one]}" for one in ("teen", "child")}
    expected = {
        "owner": {f"login:{logins['owner']}", f"desk:{logins['owner']}", "staff", "front-desk", "staff-all-clients"},
        "practitioner": {f"login:{logins['practitioner']}", f"desk:{logins['practitioner']}", "staff", *mine},
        "supervisor": {f"login:{logins['supervisor']}", f"desk:{logins['supervisor']}", "staff", *mine},
        "biller": {f"login:{logins['biller']}", f"desk:{logins['biller']}", "staff", "staff-all-clients"},
        "client": {f"login:{logins['client']}", f"access:{cast.accesses['client', 'client']}", "public"},
        "parent": {f"login:{logins['parent']}", *both, "public"},
    }
    for name, wanted in expected.items():
        assert await _rooms(cast, name) == wanted, name


async def test_who_may_not_book_online_hears_no_free_times(cast):
    assert "public" in await _rooms(cast, "client")
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{online-booking}'"))
    assert "public" not in await _rooms(cast, "client")


async def test_a_portal_session_is_refused_every_room_of_the_desk(cast, monkeypatch):
    actor = await cast.actor("client")
    assert not {kind_of_room(one) for one in rooms_of(actor, None)} & DESK_ONLY
    for kind in sorted(DESK_ONLY):
        monkeypatch.setattr(rooms, "room", lambda practice, _kind, of=None, kind=kind: f"p:{practice}:{kind}")
        with pytest.raises(ValueError, match="must not hear the desk"):
            rooms_of(actor, None)


def test_a_room_is_spelled_by_kind_and_server_made_id_alone():
    assert room("P", "staff") == "p:P:staff" and room("P", "access", "A") == "p:P:access:A"
    for kind, of in (("staff", "X"), ("access", None), ("beat", None), ("everything", None)):
        with pytest.raises(ValueError, match="no room"):
            room("P", kind, of)
    assert kind_of_room(everyone("P")) not in {"login", "desk", "access", "public"}


def test_a_room_is_spelled_in_one_file():
    spelled = re.compile(r"""["']p:""")
    files = [path for folder in ("models", "realtime", "server") for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in files if spelled.search(path.read_text())] == ["rooms.py"]


@pytest.mark.usefixtures("wired")
def test_what_everybody_may_hear_names_no_person():
    ours = [kind for kind in REGISTRY.values() if not kind.name.startswith("test.")]
    open_to_all = [kind for kind in ours if "public" in kind.audiences]
    assert [kind.name for kind in open_to_all if (kind.ids | kind.data) - TOLD_TO_ALL] == []
