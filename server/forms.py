"""Doors of the library of forms: the list, searching it, and adding a form. Words of titles stand in no address."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from models.core.actor import Actor
from models.documents import library, shelving
from models.documents.form_asks import AddForm, FindForms, ListForms
from models.documents.library import KINDS, Shelved
from models.documents.rights import edits_forms, ensure_edits_forms
from server.door import STAFF, Done, Page, get, post

HERE = "/staff/forms"
SAID = {
    "removed": "Form deleted.", "ready": "Added to the library.", "dropped": "What was brought is forgotten.",
}
KIND_OPTIONS = list(KINDS.items())


@get(HERE, allow=STAFF, query=ListForms)
async def forms_page(actor: Actor, query: ListForms) -> Page:
    """The library: what is used by title, then what is archived."""
    return await _list(actor, FindForms(kind=query.kind), said=SAID.get(query.done, ""))


@post(f"{HERE}/find", allow=STAFF, body=FindForms)
async def find_forms(actor: Actor, body: FindForms) -> Page:
    """The same page with those found, where no script asks for them."""
    return await _list(actor, body)


@post(f"{HERE}/list", allow=STAFF, body=FindForms)
async def found_forms(actor: Actor, body: FindForms) -> Page:
    """The list alone, as the page asks for it while somebody types and when something changed."""
    found = [listed(one) for one in await library.library(actor, kind=body.kind, words=body.words)]
    return Page("documents/_forms_found.html", json={"forms": found}, forms=found, asked=body,
                may_edit=edits_forms(actor))


@get(f"{HERE}/new", allow=STAFF)
async def new_form(actor: Actor) -> Page:
    """+Add: from nothing, or the way to a ready form or an import."""
    ensure_edits_forms(actor)
    return Page("documents/form_new.html", json={"kinds": KINDS}, kinds=KIND_OPTIONS, key=uuid4(), current="forms")


@post(f"{HERE}/new", allow=STAFF, body=AddForm, key="form.add", again=new_form)
async def add_form(actor: Actor, body: AddForm) -> Done:
    """A form that asks nothing yet; it goes on in the builder."""
    made = await shelving.add_form(actor, body.kind, body.title)
    return Done({"form": made.id}, see=f"{HERE}/{made.id}/edit")


def listed(one: Shelved) -> dict[str, Any]:
    """A form of the library as lists, pages and programs are told of it."""
    return {
        "id": one.id, "kind": one.kind, "kind_words": KINDS[one.kind], "title": one.title, "sample": one.sample,
        "guardian_signs": one.guardian_signs, "countersigns": one.countersigns, "signs": one.signs,
        "made_from": one.made_from, "number": one.number,
        "published_at": one.published_at, "published_by": one.published_by, "drafted": one.drafted,
        "archived_at": one.archived_at, "open": one.open, "version": one.version, "draft_version": one.draft_version,
    }


async def _list(actor: Actor, asked: FindForms, *, said: str = "") -> Page:
    found = [listed(one) for one in await library.library(actor, kind=asked.kind, words=asked.words)]
    return Page("documents/forms.html", json={"forms": found}, forms=found, asked=asked, kinds=KIND_OPTIONS,
                may_edit=edits_forms(actor), toast_words=said, current="forms")
