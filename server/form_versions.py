"""Doors of what was published of a form: looking at it, beginning anew from it, taking it out as FHIR."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.documents import giving_out, library, shelving
from models.documents.form_asks import EditVersion
from models.documents.giving_out import TYPE
from models.documents.questionnaires import form_in
from models.documents.rights import edits_forms
from server.door import STAFF, Done, Page, Raw, get, post
from server.form_outline import outline
from server.form_pages import ONE, form_page, version_told
from server.form_preview import tried
from server.forms import HERE, listed

VERSION = f"{ONE}/versions/<int:number>"


@get(VERSION, allow=STAFF)
async def version_page(actor: Actor, id: UUID, number: int) -> Page:
    """A version as it was published; nothing of it can be changed."""
    form = listed(await library.shelved_form(actor, id))
    found = await library.version_for(actor, id, number)
    told = next(version_told(row) for row in await library.versions_of(actor, id) if row["number"] == number)
    asks = outline(form_in(found.questionnaire))
    return Page("documents/form_version.html", json={**told, "form": id, "asks": asks}, form=form, one=told, asks=asks,
                may_edit=edits_forms(actor), current="forms")


@get(f"{VERSION}/preview", allow=STAFF)
async def try_version(actor: Actor, id: UUID, number: int) -> Page:
    """The version as a client gets it, to be tried; nothing of it is kept."""
    found = await library.version_for(actor, id, number)
    return await tried(found.title, found.questionnaire)


@post(f"{VERSION}/edit", allow=STAFF, body=EditVersion, again=form_page)
async def edit_version(actor: Actor, id: UUID, number: int, body: EditVersion) -> Done:
    """The draft begins with this version; with `over` also where a draft is."""
    await shelving.edit_version(actor, id, number, over=body.over)
    return Done({"form": id}, see=f"{HERE}/{id}/edit")


@post(f"{ONE}/draft/discard", allow=STAFF, again=form_page)
async def discard_draft(actor: Actor, id: UUID) -> Done:
    """What was edited since the newest version is gone."""
    await shelving.drop_draft(actor, id)
    return Done({"form": id}, see=f"{HERE}/{id}?done=dropped")


@get(f"{VERSION}/questionnaire.json", allow=STAFF)
async def export_version(actor: Actor, id: UUID, number: int) -> Raw:
    """The FHIR R4 Questionnaire, letter by letter as it was published."""
    return _file(*await giving_out.version_text(actor, id, number))


@get(f"{ONE}/draft/questionnaire.json", allow=STAFF)
async def export_draft(actor: Actor, id: UUID) -> Raw:
    """The draft as it stands."""
    return _file(*await giving_out.draft_text(actor, id))


@get(f"{HERE}/library.json", allow=STAFF)
async def export_library(actor: Actor) -> Raw:
    """Every form that is not archived, as a FHIR R4 Bundle (type collection)."""
    return _file("forms.fhir.json", await giving_out.library_text(actor))


def _file(name: str, text: str) -> Raw:
    return Raw(text.encode(), f"{TYPE}; charset=utf-8", {"Content-Disposition": f'attachment; filename="{name}"'})
