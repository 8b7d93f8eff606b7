"""A draft becomes the next version of its form. What was published never changes: documents go on showing the version
that was asked of them."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change
from models.core.database import execute, fetch_one
from models.core.errors import Conflict
from models.documents.candidates import title_in
from models.documents.draft_faults import faults
from models.documents.library import form_to_change, newest_version, told
from models.documents.questionnaires import form_in
from models.documents.tables import Form, FormVersion
from models.documents.texts import parsed, same

CHANGED = "Somebody else changed this form after you opened it. Look at what stands there now, then try again."
NOTHING_NEW = "There is nothing new to publish: the draft says what the newest version says."
EMPTY = "This form asks nothing yet. Add a question or a text, then publish it."
NEXT = """SELECT coalesce(max(number), 0) + 1 AS number FROM form_version
  WHERE practice_id = portico_here() AND form_id = $1"""
PUBLISHED = """UPDATE form SET draft = NULL, draft_version = draft_version + 1, version = version + 1, title = $2
  WHERE practice_id = portico_here() AND id = $1"""


async def publish(
    actor: Actor, form_id: UUID, *, draft_version: int | None = None, title: str = ""
) -> FormVersion:
    """The draft as the next version, which is asked of people from now on. `draft_version`: the one the page showed.
    `title`: what it is called, instead of what the Questionnaire calls itself.

    Raises Missing, Forbidden, Conflict `form-archived`, `changed-meanwhile`, `nothing-new`, `draft-faults` and
    `form-empty`, and Invalid with a sentence that says where the draft is no questionnaire.
    """
    async with change(actor, "form.publish"):
        form = await form_to_change(actor, form_id)
        ensure_on_the_shelf(form)
        ensure_draft_unchanged(form, draft_version)
        newest = await newest_version(form.id)
        if form.draft is None or (newest is not None and same(form.draft, newest.questionnaire)):
            raise Conflict("nothing-new", NOTHING_NEW)
        ensure_without_faults(form.draft, form.kind)
        made = await add_version(form, form.draft, by=actor.staff_id, title=title)
        await execute(PUBLISHED, form.id, made.title)
        await told(actor, form.id)
        return made


async def add_version(form: Form, source: str, *, by: UUID | None, title: str = "") -> FormVersion:
    """Inside a change that holds the form: its next version, with exactly this text. Raises Invalid, Conflict
    `form-empty`."""
    if not parsed(source).get("item"):
        raise Conflict("form-empty", EMPTY)
    found = form_in(source)
    following = await fetch_one(NEXT, form.id)
    assert following is not None
    called = title or title_in(found.source) or form.title
    return await FormVersion.create(
        form_id=form.id, number=following["number"], title=called, questionnaire=source,
        sha256=sha256(source.encode()).digest(), url=found.url[:1000], signs=found.signs, published_by=by,
    )


def ensure_without_faults(draft: str, kind: str) -> None:
    """Raises Invalid for what is no questionnaire, Conflict `draft-faults` with the first question that cannot be asked
    so. An empty draft is told of by itself."""
    source = parsed(draft)
    if not source.get("item"):
        return
    form_in(draft)
    found = [one.words for one in faults(source, kind) if one.blocks and one.item]
    if found:
        more = f" {len(found) - 1} more keep it from being published: the builder shows each." if found[1:] else ""
        raise Conflict("draft-faults", f"{found[0]}{more}")


def ensure_on_the_shelf(form: Form) -> None:
    """Raises Conflict `form-archived`."""
    if form.archived_at is not None:
        raise Conflict("form-archived", "This form is archived. Bring it back first.")


def ensure_draft_unchanged(form: Form, shown: int | None) -> None:
    """Raises Conflict `changed-meanwhile` when the draft was kept anew after the page was drawn."""
    if shown is not None and shown != form.draft_version:
        raise Conflict("changed-meanwhile", CHANGED, errors={"version": [CHANGED]})
