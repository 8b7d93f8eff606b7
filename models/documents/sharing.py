"""Manage Documentation, saved: what is new is shared, what is unchecked is taken back, the rest is put in order. One
e-mail goes to each person who gets something new."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from models.accounts.practices import today_here
from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.change import change
from models.core.database import fetch_one
from models.core.errors import Conflict, Invalid, missing
from models.documents import notices
from models.documents.asking import Wanted, ask
from models.documents.clinical_words import clinical_words
from models.documents.ordering import arrange
from models.documents.recipients import recipients_of
from models.documents.registries import SECURE_MESSAGES
from models.documents.rights import documentation_of
from models.documents.shareable import shareable
from models.documents.sharing_plan import CHANGED, Item, Plan, plan
from models.documents.standing import standing_of, version_of
from models.documents.tables import Document
from models.documents.withdrawing import withdraw

LOCKED = "SELECT 1 FROM client WHERE practice_id = portico_here() AND id = $1 FOR UPDATE"


@dataclass(frozen=True)
class Wishes:
    """How a save is meant. `message`: the words of the e-mail, None while nobody was asked for them; `words_ok`: the
    writer has looked at what should not stand in one; `secure`: they go as a secure message instead, and the e-mail
    only says that something is new; `close_started`: answers that were begun may be closed."""

    version: str
    message: str | None = None
    words_ok: bool = False
    secure: bool = False
    close_started: bool = False


@dataclass(frozen=True)
class Saved:
    shared: int
    withdrawn: int
    mails: int


async def save(
    actor: Actor, client_id: UUID, people: Collection[UUID], items: Sequence[Item], wishes: Wishes
) -> Saved:
    """All of it or nothing. Raises Missing, Forbidden, Invalid; Conflict `changed-meanwhile` when the set is not the
    one that was looked at, `started-answers` before begun answers are closed, `message-needed` when something is new
    and no words were given; Invalid `words_ok` for words that should not stand in an e-mail."""
    await documentation_of(actor, client_id)
    async with change(actor, "document.share"):
        await fetch_one(LOCKED, client_id)  # of two who save at once the second sees what the first did
        found = await standing_of(client_id)
        if version_of(found) != wishes.version:
            raise Conflict("changed-meanwhile", CHANGED)
        planned = plan(await recipients_of(actor, client_id), found, people, items, today=await today_here())
        await _ask_first(client_id, planned, wishes)
        await _carry_out(actor, planned)
        mails = await _notify(actor, client_id, planned, wishes)
    return Saved(len(planned.new), len(planned.withdrawn), mails)


async def _ask_first(client_id: UUID, planned: Plan, wishes: Wishes) -> None:
    if planned.started and not wishes.close_started:
        said = _closing([one.title for one in planned.started])
        raise Conflict("started-answers", said, errors={"close_started": [said]})
    if not planned.new:
        return
    if wishes.message is None:
        raise Conflict("message-needed", MESSAGE, errors={"message_needed": [MESSAGE]})
    if len(wishes.message) > notices.LONGEST:
        raise Invalid(errors={"message": [f"Use at most {notices.LONGEST} characters."]})
    if not (wishes.words_ok or wishes.secure):
        await _refuse_words(client_id, planned, wishes.message)


async def _refuse_words(client_id: UUID, planned: Plan, message: str) -> None:
    titles = [wanted.title for _, wanted, _ in planned.new if wanted.title]
    titles += [one.title for one in await shareable([wanted.id for _, wanted, _ in planned.new if wanted.id])]
    if said := await clinical_words(client_id, message, titles):
        raise Invalid(errors={"words_ok": [WORDS.format(said=", ".join(said))]})


MESSAGE = "Something new is shared. Write what the e-mail says, then send it."
WORDS = ("An e-mail can be read by others. {said}: leave out who it is about, what they are treated for and what forms"
         " are called, or send it as a secure message.")


def _closing(titles: list[str]) -> str:
    what = ", ".join(titles)
    return (f"{what}: answers were begun. They close for the person and stay with the practice, where staff with"
            " clinical access read them. Shared again, it begins anew.")


async def _carry_out(actor: Actor, planned: Plan) -> list[Document]:
    rows = {one.id: one for one in await Document.filter(
        id__in=[one.id for one in (*planned.withdrawn, *(kept for kept, _, _ in planned.kept))])}
    for one in planned.withdrawn:
        await withdraw(actor, rows[one.id])
    await arrange(actor, [(rows[one.id], place, due_on) for one, place, due_on in planned.kept])
    return [
        await ask(actor, await PortalAccess.get(id=recipient.access_id), wanted, place=place)
        for recipient, wanted, place in planned.new
    ]


async def _notify(actor: Actor, client_id: UUID, planned: Plan, wishes: Wishes) -> int:
    """One e-mail for the batch to each person; how many."""
    message = (wishes.message or "").strip()
    reached = {recipient.id: recipient for recipient, _, _ in planned.new if recipient.mailed}
    for recipient in reached.values():
        if wishes.secure and message:
            await _say_securely(actor, client_id, recipient.id, message)
        access = await PortalAccess.get(id=recipient.access_id)
        await notices.notify(actor, access, kind="shared", message="" if wishes.secure else message)
    return len(reached)


async def _say_securely(actor: Actor, client_id: UUID, person: UUID, message: str) -> None:
    for say in SECURE_MESSAGES:
        await say(actor, client_id, person, message)


async def share_file(
    actor: Actor, client_id: UUID, person: UUID, wanted: Wanted, *, message: str, words_ok: bool = False,
    secure: bool = False,
) -> UUID:
    """One file that was uploaded, to one person, at the end of theirs; gives the document's id. Raises as `save`."""
    await documentation_of(actor, client_id)
    async with change(actor, "document.share"):
        await fetch_one(LOCKED, client_id)
        found, people = await standing_of(client_id), await recipients_of(actor, client_id)
        recipient = next((one for one in people if one.id == person), None) or missing("person")
        planned = Plan(new=[(recipient, wanted, max((one.place for one in found), default=0) + 1)])
        if recipient.why_not:
            raise Invalid(errors={"person": [f"{recipient.name}: {recipient.why_not}"]})
        wishes = Wishes("", message, words_ok, secure)
        await _ask_first(client_id, planned, wishes)
        [document] = await _carry_out(actor, planned)
        await _refuse_title(client_id, wishes, document)
        await _notify(actor, client_id, planned, wishes)
    return document.id


async def _refuse_title(client_id: UUID, wishes: Wishes, document: Document) -> None:
    """What the file is called is known once it is found; nothing was kept when this raises."""
    if wishes.words_ok or wishes.secure:
        return
    if said := await clinical_words(client_id, wishes.message or "", [document.title]):
        raise Invalid(errors={"words_ok": [WORDS.format(said=", ".join(said))]})
