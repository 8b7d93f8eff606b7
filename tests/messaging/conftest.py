"""People who talk: each step is done by somebody of the cast, in a scope of its own, as a door would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import pytest

from models.core.actor import Actor
from models.core.database import fetch_all
from models.core.errors import Refusal
from models.messaging import changing, desk, finding, inbox, keeping, notes, reading, sending, starting, thread
from models.messaging import withdrawing as taking_back
from models.messaging.seats import Sitting, conversation_for
from models.messaging.views import ConversationLine, Thread
from tests.support.cast import Cast

T = TypeVar("T")


class Talk:
    """What the cast does in conversations, by name."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.actors: dict[tuple[str, str | None], Actor] = {}

    async def as_(self, name: str, client: str | None = None) -> Actor:
        if (name, client) not in self.actors:
            self.actors[name, client] = await self.cast.actor(name, client=client)
        return self.actors[name, client]

    async def do(self, work: Callable[[], Awaitable[T]]) -> T:
        return await self.cast.inside(work)

    async def start(self, who: str, *people: str, about: str | None = None, subject: str = "") -> UUID:
        """`start("practitioner", "client")`; people by their name in the cast, "desk" is Front desk."""
        actor = await self.as_(who, about if who in PORTAL else None)
        client = self.cast.clients[about] if about else None
        ids = [self.id(one) for one in people]
        return await self.do(lambda: starting.start(actor, ids, client=client, subject=subject))

    def id(self, name: str) -> UUID:
        if name == "desk":
            return self.cast.practice_id
        known: UUID = {**self.cast.contacts, **self.cast.clients, **self.cast.staff}[name]
        return known

    async def at(self, who: str, conversation: UUID, verb: Callable[[Actor, Sitting], Awaitable[T]]) -> T:
        """Do something with a conversation as that person finds it."""
        actor = await self.as_(who)

        async def work() -> T:
            return await verb(actor, await conversation_for(actor, conversation))

        return await self.do(work)

    async def say(self, who: str, conversation: UUID, body: str = "Hello", **more: Any) -> UUID:
        return await self.at(who, conversation, lambda actor, there: sending.send(actor, there, body=body, **more))

    async def note(self, who: str, conversation: UUID, body: str = "For us") -> UUID:
        return await self.at(who, conversation, lambda actor, there: notes.add_note(actor, there, body))

    async def read(self, who: str, conversation: UUID, message: UUID) -> None:
        await self.at(who, conversation, lambda actor, there: reading.read(actor, there, message))

    async def delivered(self, who: str, conversation: UUID, message: UUID) -> None:
        await self.at(who, conversation, lambda actor, there: reading.delivered(actor, there, message))

    async def undo(self, who: str, message: UUID) -> None:
        actor = await self.as_(who)
        await self.do(lambda: taking_back.undo(actor, message))

    async def delete(self, who: str, message: UUID) -> None:
        actor = await self.as_(who)
        await self.do(lambda: taking_back.delete(actor, message))

    async def keep(self, who: str, conversation: UUID, what: Any, on: bool = True) -> None:
        await self.at(who, conversation, lambda actor, there: keeping.keep(actor, there, what, on=on))

    async def add(self, who: str, conversation: UUID, *people: str) -> None:
        ids = [self.id(one) for one in people]
        await self.at(who, conversation, lambda actor, there: changing.change_people(actor, there, add=ids))

    async def remove(self, who: str, conversation: UUID, name: str) -> None:
        """Remove the person whose shown name that is."""

        async def verb(actor: Actor, there: Sitting) -> None:
            seats = [seat.id for seat in there.open_seats if seat.name == name]
            assert seats, f"{name} must sit there for this to mean anything"
            await changing.change_people(actor, there, remove=seats)

        await self.at(who, conversation, verb)

    async def hand_over(self, who: str, conversation: UUID, **more: Any) -> None:
        await self.at(who, conversation, lambda actor, there: desk.hand_over(actor, there, **more))

    async def open(self, who: str, conversation: UUID, **more: Any) -> Thread:
        return await self.at(who, conversation, lambda actor, there: thread.thread(actor, there, **more))

    async def words(self, who: str, conversation: UUID) -> list[str]:
        """What that person reads there, messages and notes, oldest first."""
        lines = (await self.open(who, conversation))["page"]["lines"]
        return [line["body"] for line in lines if "body" in line]

    async def line(self, who: str, message: UUID, conversation: UUID) -> Any:
        lines = (await self.open(who, conversation))["page"]["lines"]
        return next((line for line in lines if line["id"] == message), None)

    async def inbox(self, who: str, show: Any = "mine", **more: Any) -> list[ConversationLine]:
        actor = await self.as_(who)
        return (await self.do(lambda: inbox.inbox(actor, show=show, **more)))["conversations"]

    async def badge(self, who: str) -> int:
        actor = await self.as_(who)
        return await self.do(lambda: inbox.unread_total(actor))

    async def find(self, who: str, words: str = "", person: str = "") -> Any:
        actor = await self.as_(who)
        return await self.do(lambda: finding.find(actor, words=words, person=person))

    async def heard(self, kind: str) -> list[Any]:
        """The parts of all events of that kind, oldest first: rooms, ids, data."""
        return await self.do(lambda: _parts(kind))

    async def rooms(self, kind: str) -> set[tuple[str, str | None]]:
        """Who ever heard an event of that kind."""
        return {(of[0], of[1]) for part in await self.heard(kind) for of in part["rooms"]}

    async def is_refused(self, step: Awaitable[Any], code: str) -> Refusal:
        """The step is refused with that code; gives the refusal, for its sentence."""
        with pytest.raises(Refusal) as refused:
            await step
        assert refused.value.code == code, refused.value.detail
        return refused.value


PORTAL = frozenset({"client", "teen", "parent", "coparent", "child"})


async def _parts(kind: str) -> Sequence[Any]:
    return await fetch_all(
        "SELECT d.rooms, d.ids, d.data, e.login_id FROM event e JOIN event_data d USING (practice_id, seq)"
        " WHERE e.type = $1 ORDER BY e.seq, d.part",
        kind,
    )


@pytest.fixture
def talk(cast: Cast) -> Talk:
    return Talk(cast)


@pytest.fixture
def elsewhere(neighbours: Cast) -> Talk:
    """The other practice's people."""
    return Talk(neighbours)
