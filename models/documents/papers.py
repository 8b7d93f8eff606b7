"""Consents, intake, documents to sign and file requests in an invitation: offered, put in order, asked.

What was chosen is a list of words: `form:required:<id>`, `sign:optional:<file id>`, `file:required:<file id>` (to be
read), `request:required:<which files>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from models.clients.registries import Papers
from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.database import execute
from models.documents.asking import Kind, Wanted, ask, ensure_signable
from models.documents.onboarding import stages
from models.documents.shareable import Shareable, guardian_alone, shareable
from models.documents.standing import WORDS
from models.documents.tables import Document
from models.documents.withdrawing import withdraw
from models.files.holding import hold_for_practice
from models.files.tables import File

KINDS = ("form", "sign", "file", "request")
WISHES = ("required", "optional")
ARRANGE = "UPDATE document SET place = $2, required = $3 WHERE practice_id = portico_here() AND id = $1"


def wanted_of(word: str) -> Wanted | None:
    """What a word asks for; None for one that says nothing."""
    kind, _, rest = word.partition(":")
    wish, _, what = rest.partition(":")
    if kind not in KINDS or wish not in WISHES or not what.strip():
        return None
    required, known = wish == "required", cast(Kind, kind)
    if kind == "request":
        return Wanted(known, title=" ".join(what.split()), required=required)
    with suppress(ValueError):
        return Wanted(known, UUID(what), required=required)
    return None


async def known(chosen: Sequence[str], own: bool, minor: bool) -> list[str]:
    """What of it there still is, and what this person can be asked."""
    forms = {one.id: one for one in await shareable()}
    return [word for word in dict.fromkeys(chosen) if await _fits(word, forms, alone=own and minor)]


async def _fits(word: str, forms: dict[UUID, Shareable], *, alone: bool) -> bool:
    wanted = wanted_of(word)
    if wanted is None:
        return False
    if wanted.kind == "form":
        form = forms.get(cast(UUID, wanted.id))
        return form is not None and not (alone and form.guardian_signs)
    return wanted.kind == "request" or await File.exists(id=wanted.id, refused_at=None)


async def choices(chosen: Sequence[str], own: bool, minor: bool) -> list[dict[str, Any]]:
    """For the dialog: what is asked in its order, then what else the library has, then an empty line for files. Each
    {kind, id, title, words, wish, why_not}."""
    forms = {one.id: one for one in await shareable()}
    wishes: dict[UUID, str] = {}
    lines = list[dict[str, Any]]()
    for word in chosen:
        wanted = wanted_of(word)
        if wanted is None:
            continue
        wish = "required" if wanted.required else "optional"
        if wanted.kind == "form" and wanted.id in forms:
            wishes[wanted.id] = wish
            lines.append(_of_form(forms[wanted.id], wish, alone=own and minor))
        elif wanted.kind == "request":
            lines.append({"kind": "request", "id": "", "title": wanted.title, "words": WORDS["file-request"],
                          "wish": wish, "why_not": ""})
        elif (file := await File.get_or_none(id=wanted.id, refused_at=None)) is not None:
            lines.append({"kind": wanted.kind, "id": file.id, "title": file.name, "words": WORDS["file"],
                          "wish": wish, "why_not": ""})
    return lines + [_of_form(form, "", alone=own and minor) for form in forms.values() if form.id not in wishes]


def _of_form(form: Shareable, wish: str, *, alone: bool) -> dict[str, Any]:
    why_not = guardian_alone(form.title) if alone and form.guardian_signs else ""
    return {"kind": "form", "id": form.id, "title": form.title, "words": WORDS[form.kind],
            "wish": "" if why_not else wish, "why_not": why_not}


async def ask_all(actor: Actor, access_id: UUID, chosen: Sequence[str]) -> None:
    """Inside the change that invites: exactly this is asked from now on; what an earlier invitation asked and this one
    does not is taken back, unless it was handed in."""
    access = await PortalAccess.get(id=access_id)
    there = await Document.filter(access_id=access_id, onboarding=True, withdrawn_at=None, submitted_at=None)
    before = {_same(one): one for one in there}
    for place, wanted in enumerate(filter(None, map(wanted_of, dict.fromkeys(chosen))), 1):
        kept = before.pop((wanted.kind, wanted.title if wanted.kind == "request" else wanted.id), None)
        if kept is None:
            await _ask(actor, access, wanted, place)
        else:
            await execute(ARRANGE, kept.id, place, wanted.required)
    for gone in before.values():
        await withdraw(actor, gone)


async def keep_usual(actor: Actor, chosen: Sequence[str]) -> None:
    """Inside the change that sets what the practice usually asks: the files among it are kept for as long as they stand
    there, and whoever invites may ask for them. Raises Missing for a file of somebody else, Invalid for what is no PDF
    and to be signed."""
    wanted = [one for one in map(wanted_of, chosen) if one is not None and one.kind in ("sign", "file")]
    files = {file.id: file for file in await hold_for_practice(actor, [cast(UUID, one.id) for one in wanted])}
    for one in wanted:
        if one.kind == "sign":
            ensure_signable(files[cast(UUID, one.id)])


async def _ask(actor: Actor, access: PortalAccess, wanted: Wanted, place: int) -> None:
    """What was handed in already, or is asked beside, is not asked a second time."""
    if wanted.kind == "form" and await Document.exists(
        access_id=access.id, form_id=wanted.id, withdrawn_at=None, voided_at=None
    ):
        return
    await ask(actor, access, wanted, place=place, onboarding=True)


def _same(document: Document) -> tuple[str, Any]:
    if document.kind == "form":
        return "form", document.form_id
    if document.kind == "file":
        return "sign" if document.signs else "file", document.file_id
    return "request", document.title


PAPERS = Papers("documents/_invitation_papers.html", choices, known, ask_all, stages, keep_usual)
