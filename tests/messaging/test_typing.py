"""Who may know that somebody types, and that somebody is online."""

from __future__ import annotations

from typing import Any

from models.messaging import practices, typing
from models.messaging.presence import audience_of


async def heard_by(talk: Any, who: str, conversation: Any) -> set[Any]:
    _, rooms = await talk.at(who, conversation, lambda actor, there: typing.hearers(there))
    return {(one.kind, one.id) for one in rooms}


async def test_staff_always_see_a_client_type_clients_only_where_the_practice_lets_it(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    cast = talk.cast
    practitioner = ("desk", cast.logins["practitioner"])
    teen, parent = (("access", cast.accesses[name, "teen"]) for name in ("teen", "parent"))
    assert await heard_by(talk, "teen", conversation) == {practitioner, parent}
    assert await heard_by(talk, "practitioner", conversation) == set()
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.configure(owner, {"clients_see_typing": True}))
    assert await heard_by(talk, "practitioner", conversation) == {teen, parent}


async def test_who_left_types_to_nobody(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    assert await heard_by(talk, "parent", conversation)
    await talk.remove("practitioner", conversation, "Karen Marsh")
    await talk.is_refused(heard_by(talk, "parent", conversation), "not-seated")


async def test_a_client_learns_that_staff_are_online_only_where_the_practice_lets_it(talk: Any) -> None:
    practitioner, owner = await talk.as_("practitioner"), await talk.as_("owner")

    async def kinds() -> set[str]:
        return {one.kind for _, _, rooms in await audience_of(practitioner) for one in rooms}

    assert await talk.do(kinds) == {"staff"}
    await talk.do(lambda: practices.configure(owner, {"clients_see_online": True}))
    assert await talk.do(kinds) == {"staff", "access"}
