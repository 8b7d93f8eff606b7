"""Doors that show messaging: the list, a conversation, the picker, search, the badge. The same for both sides."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from models.core import presence
from models.core.actor import Actor
from models.core.looking import note_found, note_look
from models.files import keeping
from models.files.kinds import ACCEPT, told
from models.files.room import room
from models.messaging import finding, inbox, picking, replies, thread
from models.messaging.asks import Find, Inbox, Lines, NewConversation, Nothing, OpenThread, Pick
from models.messaging.listing import MOST_UNREAD
from models.messaging.seats import Sitting, conversation_for
from models.messaging.showing import with_presence
from models.messaging.views import Choice, ConversationLine, Found, InboxPage, Thread
from models.messaging.waiting import Waiting, what_waits
from server.door import PORTAL, STAFF, Done, Page, get, post
from server.frames import base_of


@get("/messages", allow=PORTAL, feature="messaging", portal=True, query=Inbox)
@get("/staff/messages", allow=STAFF, query=Inbox)
async def messages(actor: Actor, query: Inbox) -> Page:
    """The list, latest first."""
    page = await _inbox(actor, query)
    if actor.desk:
        context = {**await _desk_context(actor, query, page), "waiting": await _waiting(actor)}
        return Page("messaging/inbox.html", json={**page}, **context, thread=None)
    writable = await picking.choices(actor)
    return Page("messaging/portal_inbox.html", json={**page}, inbox=page, show=query.show, writable=writable)


@get("/messages/list", allow=PORTAL, feature="messaging", portal=True, query=Inbox)
@get("/staff/messages/list", allow=STAFF, query=Inbox)
@get("/conversations", allow=PORTAL, feature="messaging", portal=True, query=Inbox)
@get("/staff/conversations", allow=STAFF, query=Inbox)
async def conversations(actor: Actor, query: Inbox) -> Page:
    """The list alone."""
    page = await _inbox(actor, query)
    return Page("messaging/_list.html", json={**page}, inbox=page, show=query.show, base=base_of(actor))


@get("/messages/badge", allow=PORTAL, feature="messaging")
@get("/staff/messages/badge", allow=STAFF)
async def badge(actor: Actor) -> Page:
    """How much is unread, of all clients a person acts for; at most 100, which means "99+"."""
    by_client = await inbox.unread_by_client(actor)
    unread = min(sum(by_client.values()), MOST_UNREAD)
    clients = [{"client": client, "unread": count} for client, count in by_client.items()]
    return Page("messaging/_badge.html", json={"unread": unread, "clients": clients}, unread=unread)


@get("/messages/new", allow=PORTAL, feature="messaging", portal=True, query=NewConversation)
@get("/staff/messages/new", allow=STAFF, query=NewConversation)
async def new_conversation(actor: Actor, query: NewConversation | None = None) -> Page:
    """Whom one may write to, to choose from."""
    return await _choose(actor, to=query.to if query else None)


@post("/messages/new", allow=PORTAL, feature="messaging", portal=True, body=Pick)
@post("/staff/messages/new", allow=STAFF, body=Pick)
async def find_for_new(actor: Actor, body: Pick) -> Page:
    """The same page with those of that name, where no script asks for them."""
    return await _choose(actor, words=body.words)


@post("/messages/people", allow=PORTAL, feature="messaging", portal=True, body=Pick)
@post("/staff/messages/people", allow=STAFF, body=Pick)
async def people(actor: Actor, body: Pick) -> Done:
    """Whom one may write to, by part of the name; greyed (`reason`) whom no message would reach."""
    return Done({"choices": await picking.choices(actor, body.words)})


@get("/messages/search", allow=PORTAL, feature="messaging", portal=True, query=Nothing)
@get("/staff/messages/search", allow=STAFF, query=Nothing)
async def search_page(actor: Actor, query: Nothing) -> Page:
    """To search with: what is looked for is posted, an address would be kept and logged on its way."""
    return _found(actor, Find(), None)


@post("/messages/search", allow=PORTAL, feature="messaging", portal=True, body=Find)
@post("/staff/messages/search", allow=STAFF, body=Find)
async def search(actor: Actor, body: Find) -> Page:
    """Messages by words, conversations by person."""
    asked = body.words.strip() or body.person.strip()
    found = await finding.find(actor, words=body.words, person=body.person) if asked else None
    if found and actor.desk:
        about = {one["conversation"]: one["about"]["client"] for one in found["messages"] if one["about"]}
        await note_found(actor, about)
    return _found(actor, body, found)


async def _choose(actor: Actor, *, to: UUID | None = None, words: str = "") -> Page:
    choices = await picking.choices(actor, words)
    chosen = [str(to)] if to else _only_one(choices) if actor.portal else []
    shown: dict[str, Any] = {"choices": choices, "chosen": chosen, "words": words}
    return Page("messaging/new.html", json={"choices": choices}, **shown, key=uuid4())


def _found(actor: Actor, asked: Find, found: Found | None) -> Page:
    told = {**(found or {"conversations": [], "messages": []})}
    return Page("messaging/search.html", json=told, query=asked, found=found, base=base_of(actor))


@get("/messages/<uuid:id>", allow=PORTAL, feature="messaging", portal=True, query=OpenThread)
@get("/staff/messages/<uuid:id>", allow=STAFF, query=OpenThread)
async def conversation(actor: Actor, id: UUID, query: OpenThread) -> Page:
    """A conversation, opened."""
    sitting = await conversation_for(actor, id)
    await _note(actor, sitting)
    shown = await _thread(actor, sitting, query.around)
    if not actor.desk:
        rules = await upload_rules()
        return Page("messaging/portal_thread.html", json={**shown}, thread=shown, upload=rules, base=base_of(actor))
    context = await _desk_context(actor, query, await _inbox(actor, query))
    saved = await keeping.saved_from_messages(actor, shown["about"]["client"]) if shown["about"] else []
    return Page("messaging/inbox.html", json={**shown}, **context, thread=shown, saved=saved)


@get("/conversations/<uuid:id>/messages", allow=PORTAL, feature="messaging", portal=True, query=Lines)
@get("/staff/conversations/<uuid:id>/messages", allow=STAFF, query=Lines)
async def messages_of(actor: Actor, id: UUID, query: Lines) -> Page:
    """A page of lines, oldest first: everything in `lines`, what was said alone in `messages`."""
    sitting = await conversation_for(actor, id)
    await _note(actor, sitting, again=True)
    page = await thread.lines(actor, sitting, **query.model_dump())
    said = [line for line in page["lines"] if line["kind"] in ("message", "deleted")]
    shown = {**page, "messages": said, "people": await thread.people(actor, sitting)}
    return Page("messaging/_lines.html", json=shown, page=page)


@get("/conversations/<uuid:id>/people", allow=PORTAL, feature="messaging", portal=True)
async def people_of(actor: Actor, id: UUID) -> Done:
    """Who sits in a conversation, and who did."""
    return Done({"people": await thread.people(actor, await conversation_for(actor, id))})


@get("/staff/conversations/<uuid:id>/people", allow=STAFF)
async def people_at(actor: Actor, id: UUID) -> Done:
    """Who sits in a conversation, who did, and who may be added."""
    sitting = await conversation_for(actor, id)
    return Done({"people": await thread.people(actor, sitting), "choices": await picking.addable(actor, sitting)})


async def _note(actor: Actor, sitting: Sitting, *, again: bool = False) -> None:
    """What staff read of a client's conversation is a look at that record; lines come in pieces."""
    if actor.desk and sitting.client_id is not None:
        await note_look(actor, "conversation", sitting.id, client_id=sitting.client_id, again=again)


async def _inbox(actor: Actor, query: Inbox) -> InboxPage:
    page = await inbox.inbox(actor, show=query.show, cursor=query.cursor, limit=query.limit)
    await _with_online(actor, page["conversations"])
    return page


async def _waiting(actor: Actor) -> Waiting:
    found = await what_waits(actor)
    await _with_online(actor, [*found["unanswered"], *found["claimed"], *found["unread"]])
    return found


async def _with_online(actor: Actor, lines: list[ConversationLine]) -> None:
    online = await presence.online(actor.practice_id)
    for line in lines:
        with_presence(line["people"], online)
        if line["desk"] is not None:
            line["desk"]["replying"] = await inbox.replying(actor, line["id"], online)


async def _thread(actor: Actor, sitting: Sitting, around: UUID | None) -> Thread:
    shown = await thread.thread(actor, sitting, around=around)
    online = await presence.online(actor.practice_id)
    with_presence(shown["people"], online)
    if shown["desk"] is not None:
        shown["desk"]["replying"] = await inbox.replying(actor, sitting.id, online)
    return shown


async def _desk_context(actor: Actor, query: Inbox, page: InboxPage) -> dict[str, Any]:
    return {
        "inbox": page, "show": query.show, "upload": await upload_rules(),
        "unclaimed": await inbox.waiting_at_desk(actor), "replies": await replies.replies_of(actor), "key": uuid4(),
    }


def _only_one(choices: list[Choice]) -> list[str]:
    """Where there is one person to write to, they are chosen already."""
    open_to = [str(one["id"]) for one in choices if not one["reason"]]
    return open_to if len(open_to) == 1 else []


async def upload_rules() -> dict[str, Any]:
    """What the paperclip takes here."""
    most = (await room()).most_file
    return {"accept": ACCEPT, "told": told(most), "most": most}
