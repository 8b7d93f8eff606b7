"""Doors of Manage Documentation: what each person is asked and what is shared with them, saved with one e-mail each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.clients.registries import PORTAL_SECTIONS
from models.core.actor import Actor
from models.documents import nudging, sharing
from models.documents.asking import Wanted
from models.documents.documentation import Documentation, Line, Panel, documentation
from models.documents.notices import USUAL
from models.documents.sharing_asks import SaveDocumentation, ShareFile, items_in
from models.documents.standing import WORDS
from models.files.kinds import ACCEPT, told
from models.files.room import room
from server.door import STAFF, Done, Page, get, post
from server.profile import profile_page

HERE = "/staff/clients/<uuid:id>/documentation"


@get(HERE, allow=STAFF)
async def documentation_page(actor: Actor, id: UUID) -> Page:
    """The client and each contact, with the library and shared files."""
    return await _page(actor, id, await documentation(actor, id))


async def documentation_again(actor: Actor, id: UUID, request: Request) -> Page:
    """The same with what was checked and typed, and what has to be said or written first."""
    form = await request.form
    typed = {name: form.getlist(name) if name in ("items", "people") else form[name] for name in form}
    return await _page(actor, id, _as_typed(await documentation(actor, id), typed), typed)


async def _page(actor: Actor, id: UUID, found: Documentation, typed: Mapping[str, Any] | None = None) -> Page:
    return await profile_page(
        actor, id, "portal", "documents/documentation.html", json=_plain(found), found=found, key=uuid4(),
        version=(typed or {}).get("version", found.version), usual=USUAL, typed=typed or {}, accept=ACCEPT,
        told=told((await room()).most_file), on=_events(),
    )


@post(HERE, allow=STAFF, body=SaveDocumentation, key="document.share", again=documentation_again)
async def save_documentation(actor: Actor, id: UUID, body: SaveDocumentation) -> Done:
    """Share what is new, take back what is unchecked, keep the order and the due dates."""
    wishes = sharing.Wishes(body.version, body.message, body.words_ok, body.secure, body.close_started)
    saved = await sharing.save(actor, id, body.people, items_in(body.items, body.model_extra or {}), wishes)
    return Done(asdict(saved), see=f"/staff/clients/{id}/portal")


@post(f"{HERE}/file", allow=STAFF, body=ShareFile, key="document.share_file")
async def share_file(actor: Actor, id: UUID, body: ShareFile) -> Done:
    """+Add: a file that was uploaded goes to one person."""
    wanted = Wanted("sign" if body.signs else "file", body.file)
    document = await sharing.share_file(
        actor, id, body.person, wanted, message=body.message, words_ok=body.words_ok, secure=body.secure
    )
    found = await documentation(actor, id)
    return Done({"document": document, "version": found.version}, see=f"/staff/clients/{id}/portal")


@post("/staff/clients/<uuid:id>/documents/<uuid:document>/nudge", allow=STAFF)
async def nudge(actor: Actor, id: UUID, document: UUID) -> Done:
    """An e-mail that it still waits."""
    await nudging.nudge(actor, id, document)
    return Done(see=f"/staff/clients/{id}/portal")


def _events() -> str:
    return " ".join(section.on for section in PORTAL_SECTIONS if section.key == "documents")


def _as_typed(found: Documentation, typed: Mapping[str, Any]) -> Documentation:
    """Every line as it was sent: in its order, checked or not, with its due date."""
    people = set(typed.get("people", ()))
    panels = [_typed(panel, typed) if str(panel.person.id) in people else panel for panel in found.panels]
    return replace(found, panels=tuple(panels))


def _typed(panel: Panel, typed: Mapping[str, Any]) -> Panel:
    library = [line for _, some in panel.library for line in some]
    lines = {line.key: line for line in (*panel.asked, *panel.files, *library)}
    chosen = [key for key in typed.get("items", ()) if key.startswith(f"{panel.person.id}/")]
    on = [_line(key, lines, typed) for key in chosen]
    there = {line.key for line in panel.files}
    off = [replace(line, on=False) for line in panel.asked if line.key not in chosen]
    return replace(
        panel,
        asked=tuple([*(line for line in on if line is not None and line.key not in there), *off]),
        files=tuple(replace(line, on=line.key in chosen) for line in panel.files),
        library=tuple((title, rest) for title, some in panel.library
                      if (rest := tuple(one for one in some if one.key not in chosen))),
    )


def _line(key: str, lines: Mapping[str, Line], typed: Mapping[str, Any]) -> Line | None:
    due_on = typed.get(f"due:{key}") or None
    if key in lines:
        return replace(lines[key], on=True, due_on=due_on)
    if "/request/" in key:
        return Line(key, str(typed.get(f"title:{key}", "")), WORDS["file-request"], on=True, due_on=due_on)
    return None


def _plain(found: Documentation) -> dict[str, Any]:
    return {"version": found.version, "people": [_plain_panel(panel) for panel in found.panels]}


def _plain_panel(panel: Panel) -> dict[str, Any]:
    library = [_plain_line(one) for _, lines in panel.library for one in lines]
    return {
        "id": panel.person.id, "name": panel.person.name, "why_not": panel.person.why_not, "library": library,
        "asked": _plain_lines(panel.asked), "files": _plain_lines(panel.files), "done": _plain_lines(panel.done),
    }


def _plain_lines(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [_plain_line(one) for one in lines]


def _plain_line(line: Line) -> dict[str, Any]:
    state = line.standing.state if line.standing else ""
    return {"item": line.key, "title": line.title, "kind": line.words, "due_on": line.due_on, "state": state,
            "why_not": line.why_not}
