"""Doors of one form of the library: what it is, and what is done to it as a whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from models.accounts.asks import JustDone
from models.core.actor import Actor
from models.core.errors import Refusal
from models.documents import library, publishing, shelving
from models.documents.form_asks import ChangeForm, PublishForm
from models.documents.questionnaires import form_in
from models.documents.rights import edits_forms
from server.door import STAFF, Done, Page, get, post
from server.form_outline import outline
from server.forms import HERE, KIND_OPTIONS, listed

ONE = f"{HERE}/<uuid:id>"
SAID = {
    "published": "Published.", "saved": "Saved.", "archived": "Archived. Who has it to fill in goes on.",
    "back": "Back in the library.", "copied": "This is the copy.", "reviewed": "No longer called a sample.",
    "dropped": "The draft is discarded.", "draft": "The draft begins with this version.", "added": "Form added.",
}


@get(ONE, allow=STAFF, query=JustDone)
async def form_page(actor: Actor, id: UUID, query: JustDone | None = None) -> Page:
    """What the form is, what it asks, its versions, and how many have it to fill in."""
    shown = listed(await library.shelved_form(actor, id))
    versions = [version_told(row) for row in await library.versions_of(actor, id)]
    asks, fault = await _asks(actor, id)
    json = {**shown, "versions": versions, "asks": asks, "fault": fault}
    return Page(
        "documents/form.html", json=json, form=shown, versions=versions, asks=asks, fault=fault, kinds=KIND_OPTIONS,
        may_edit=edits_forms(actor), key=uuid4(), current="forms",
        toast_words=SAID.get(query.done if query else "", ""),
    )


@post(ONE, allow=STAFF, body=ChangeForm, again=form_page)
async def change_form(actor: Actor, id: UUID, body: ChangeForm) -> Done:
    """Title, kind, and who signs it; with `version` only over what the page showed."""
    await shelving.change_form(
        actor, id, kind=body.kind, title=body.title, guardian_signs=body.guardian_signs,
        countersigns=body.countersigns, version=body.version,
    )
    return Done({"form": id}, see=f"{HERE}/{id}?done=saved")


@post(f"{ONE}/publish", allow=STAFF, body=PublishForm, again=form_page)
async def publish_form(actor: Actor, id: UUID, body: PublishForm) -> Done:
    """The draft becomes the next version, asked of people from now on."""
    made = await publishing.publish(actor, id, draft_version=body.draft_version)
    return Done({"form": id, "number": made.number}, see=f"{HERE}/{id}?done=published")


@post(f"{ONE}/archive", allow=STAFF)
async def archive_form(actor: Actor, id: UUID) -> Done:
    """Not shared any more; who has it to fill in goes on."""
    await shelving.archive_form(actor, id)
    return Done({"form": id}, see=f"{HERE}/{id}?done=archived")


@post(f"{ONE}/bring-back", allow=STAFF)
async def bring_back_form(actor: Actor, id: UUID) -> Done:
    await shelving.bring_back_form(actor, id)
    return Done({"form": id}, see=f"{HERE}/{id}?done=back")


@post(f"{ONE}/duplicate", allow=STAFF, key="form.duplicate", again=form_page)
async def duplicate_form(actor: Actor, id: UUID) -> Done:
    """A form of its own that begins with what stands here."""
    made = await shelving.duplicate_form(actor, id)
    return Done({"form": made.id}, see=f"{HERE}/{made.id}?done=copied")


@post(f"{ONE}/reviewed", allow=STAFF)
async def review_form(actor: Actor, id: UUID) -> Done:
    """The practice had this sample reviewed."""
    await shelving.review_form(actor, id)
    return Done({"form": id}, see=f"{HERE}/{id}?done=reviewed")


@post(f"{ONE}/remove", allow=STAFF, again=form_page)
async def remove_form(actor: Actor, id: UUID) -> Done:
    """Only one that was never published."""
    await shelving.remove_form(actor, id)
    return Done(see=f"{HERE}?done=removed")


def version_told(row: Any) -> dict[str, Any]:
    return {
        "number": row["number"], "title": row["title"], "signs": row["signs"], "published_at": row["published_at"],
        "published_by": row["published_by"] or "", "sha256": bytes(row["sha256"]).hex(),
    }


async def _asks(actor: Actor, id: UUID) -> tuple[dict[str, Any] | None, str]:
    """The outline of what stands there now; a draft that cannot be read yet says why."""
    form = await library.form_for(actor, id)
    newest = await library.newest_version(id)
    try:
        return outline(form_in(newest.questionnaire if newest else form.draft or "")), ""
    except Refusal as refusal:
        return None, refusal.detail
