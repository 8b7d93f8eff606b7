"""Filling in a form, the same in the portal and at the desk on a client's behalf: its pages, its review, handing it in.

`here` is the form's own address; `back` where one comes from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from quart import Request

from models.accounts.practices import profile
from models.core.actor import Actor
from models.core.clock import now
from models.documents import answering, risk, signing, submitting
from models.documents.answering import Saved
from models.documents.beginning import first_answers
from models.documents.definition import for_browser
from models.documents.evaluating import Context, State
from models.documents.filling import (
    moment_of,
    opened_form,
    refuse_submitted,
    staff_in,
    state_of,
    told_answers,
    typed_by_staff,
)
from models.documents.filling_asks import NewerThan, OneAnswer, PostedPage
from models.documents.items import Value
from models.documents.paths import next_number
from models.documents.places import Node, every_node, most_instances
from models.documents.posted import read_posted
from models.documents.sheets import Sheet, seconds_left, sheets_of
from models.documents.tables import Document
from models.documents.values import plain
from server.door import Page, See

# Who tells other tabs and devices at once that an answer was kept; filled in by server.wiring.
TELLING: list[Callable[[Actor, UUID, Saved], None]] = []


@dataclass(frozen=True)
class Opened:
    """A form as it stands: who fills in what, and what evaluate() made of it."""

    actor: Actor
    document: Document
    state: State
    sheets: list[Sheet]
    answers: Mapping[str, list[Value]]

    def sheet(self, number: int | None) -> Sheet:
        """The page asked for, or the nearest one before it on which something is asked."""
        wanted = min(max(number or self.document.page or 1, 1), len(self.sheets))
        return next((one for one in self.sheets[wanted - 1 :: -1] if one.asks), self.sheets[wanted - 1])

    @property
    def asking(self) -> list[Sheet]:
        return [one for one in self.sheets if one.asks]


async def opened(actor: Actor, id: UUID) -> Opened:
    """The form with its answers; raises what models/documents/filling.py raises."""
    actor, document = await opened_form(actor, id)
    state, typed = await state_of(document)
    return Opened(actor, document, state, sheets_of(state), typed)


async def page_of(found: Opened, *, here: str, back: str, number: int | None, tried: bool, **more: Any) -> Page:
    """One page of the form, with all the others beside it for a browser that turns them by itself. `tried`: what is
    wrong on it is shown."""
    document, practice = found.document, await profile()
    await answering.note_opened(found.actor, document, len(found.sheets))
    sheet = found.sheet(number)
    place = found.asking.index(sheet) if sheet in found.asking else 0
    told = {**_begun(found), **await told_answers(document.id)}
    return Page(
        "documents/fill.html", current="documents", document=document, here=here, back=back, sheets=found.sheets,
        sheet=sheet, tried=tried, first=place == 0,
        last=place + 1 >= len(found.asking), minutes=_minutes(found.sheets[sheet.number - 1 :]),
        source=for_browser(found.state.questionnaire, zone=practice.time_zone, day_began=document.signs),
        told=told, crisis=practice.crisis_text,
        risky=risky(found.state), helped="" if found.actor.desk else staff_in(await typed_by_staff(document.id)),
        saved_at=document.saved_at and document.saved_at.astimezone(ZoneInfo(practice.time_zone)), **more,
        json={"document": shown(document), "answers": told, "pages": len(found.sheets),
              "questionnaire": plain_json(found.state.questionnaire.source), "faults": found.state.faults},
    )


async def keep_page(found: Opened, request: Request, body: PostedPage, here: str) -> See:
    """A page that a browser without a script posted: its answers are kept, and one goes on."""
    refuse_submitted(found.document)
    posted = {name: form.getlist(name) for form in [await request.form] for name in form}
    sheet = found.sheets[min(body.page, len(found.sheets)) - 1]
    zone = ZoneInfo((await profile()).time_zone)
    paths = [node.path for node in sheet.every if node.enabled and _drawn(node.path, posted, node.item.type)]
    values = read_posted(found.state.questionnaire.items, posted, paths, zone)
    changed = {path: value for path, value in values.items() if value != found.answers.get(path, [])}
    _tell_others(found.actor, found.document.id, [
        await answering.answer(found.actor, found.document.id, path=path, value=value, page=body.page)
        for path, value in changed.items()
    ])
    await _entries(found, posted)
    return See(_next(found, sheet, body, posted, here))


async def keep_answers(actor: Actor, id: UUID, given: list[OneAnswer]) -> dict[str, Any]:
    """Several answers in one request; what became of each."""
    saved = {}
    for one in given:
        saved[one.path] = await answering.answer(
            actor, id, path=one.path, value=one.value, page=one.page, typed_at=one.typed_at
        )
    _tell_others(actor, id, saved.values())
    return {"answers": {path: _what_became(kept) for path, kept in saved.items()}}


async def newer(id: UUID, query: NewerThan) -> dict[str, Any]:
    """What came in since, for a page that fills in the same form elsewhere; `at`: what it is to ask from next time."""
    at = now()
    answers = await told_answers(id, datetime.fromtimestamp(query.since / 1000, UTC))
    return {"answers": answers, "at": round(at.timestamp() * 1000)}


async def review_of(found: Opened, *, here: str, back: str, **more: Any) -> Page:
    """All answers before they are handed in, with the panel to sign them; what is still missing, with the way to it."""
    refuse_submitted(found.document)
    signs = found.document.signs and not found.actor.desk
    faults = [(sheet, node) for sheet in found.sheets for node in sheet.wrong]
    blank = () if not submitting.asks_anything(found.state) else found.state.faults.get("", ())
    return Page(
        "documents/review.html", current="documents", document=found.document, here=here, back=back,
        sheets=found.asking, faults=faults, blank=blank, key=uuid4(), risky=risky(found.state),
        crisis=(await profile()).crisis_text, by=await typed_by_staff(found.document.id), **more,
        signing=(panel := await signing.panel(found.actor, found.document) if signs else None),
        json={"document": shown(found.document), "faults": found.state.faults, "complete": not faults and not blank,
              **({"sign_shown": panel.shown, "sign_disclosure": panel.disclosure.number} if panel else {})},
    )


def risky(state: State) -> bool:
    """Whether an answer may mean danger: then the page says that nobody watches, and where help is."""
    return any(node.enabled and risk.is_risk(node.item, node.values) for node in every_node(state.nodes))


def shown(document: Document) -> dict[str, Any]:
    return {"id": document.id, "title": document.title, "kind": document.kind, "page": document.page,
            "pages": document.pages, "due_on": document.due_on, "saved_at": document.saved_at,
            "submitted_at": document.submitted_at, "returned_at": document.returned_at}


def _begun(found: Opened) -> dict[str, Any]:
    """What the form began with, older than anything that is typed."""
    return {path: {"value": value, "at": 0} for path, value in found.state.values.items()
            if path not in found.answers and not found.state.by_path[path].calculated}


def plain_json(source: Mapping[str, Any]) -> Any:
    """A questionnaire as JSON holds it: its numbers are kept exactly inside."""
    return json.loads(json.dumps(source, default=plain))


def _minutes(sheets: list[Sheet]) -> str:
    seconds = seconds_left(sheets)
    if not seconds:
        return "Nothing left to answer here"
    minutes = max(1, round(seconds / 60))
    return f"About {minutes} {'minute' if minutes == 1 else 'minutes'} left"


def _drawn(path: str, posted: Mapping[str, list[str]], kind: str) -> bool:
    """Whether the page had controls for this question: one without a choice sends nothing, all others send a field."""
    return f"a/{path}" in posted or kind in ("choice", "open-choice", "boolean", "attachment")


def _what_became(kept: Saved) -> dict[str, Any]:
    told = {"at": round(kept.at.timestamp() * 1000), "stale": kept.stale}
    return {**told, "value": list(kept.value)} if kept.stale else told


def _tell_others(actor: Actor, id: UUID, saved: Iterable[Saved]) -> None:
    """Once for all of a request: whoever hears it looks for all that is newer."""
    fresh = next((one for one in saved if not one.stale), None)
    if fresh is not None:
        for tell in TELLING:
            tell(actor, id, fresh)


async def _entries(found: Opened, posted: Mapping[str, list[str]]) -> None:
    """One entry more or less of what repeats."""
    id = found.document.id
    for group in posted.get("more", ())[:1]:
        node = found.state.by_path.get(group)
        if node is not None and not node.full and len(node.instances) < most_instances(node.item):
            await _one_more(found, node)
    for entry in posted.get("less", ())[:1]:
        await answering.answer(found.actor, id, path=entry, value=["removed"])


async def _one_more(found: Opened, group: Node) -> None:
    """What stands there stays, also when nothing is written in it; the new one begins as the form says."""
    known, there = await told_answers(found.document.id), [one.path for one in group.instances]
    entry = f"{group.path}:{next_number([*known, *there], group.path)}"
    moment = Context(now=await moment_of(found.document))
    begun = first_answers(found.state.questionnaire, context=moment, entry=entry)
    for path, value in {**{one: [] for one in there if one not in known}, entry: [], **begun}.items():
        await answering.answer(found.actor, found.document.id, path=path, value=value)


def _next(found: Opened, sheet: Sheet, body: PostedPage, posted: Mapping[str, list[str]], here: str) -> str:
    if "more" in posted or "less" in posted or body.go == "save":
        return f"{here}?page={sheet.number}"
    numbers = [one.number for one in found.sheets if one.asks or one.number == sheet.number]
    place = numbers.index(sheet.number) + (1 if body.go in ("next", "review") else -1)
    if body.go == "review" or place >= len(numbers):
        return f"{here}/review"
    return f"{here}?page={numbers[max(place, 0)]}"


async def sheets_now(document: Document) -> list[Sheet]:
    """The answers so far, as pages; for staff who read what documents say."""
    if document.submitted_at is not None or document.started_at is None:
        return []
    state, _ = await state_of(document)
    return [one for one in sheets_of(state) if one.asks]
