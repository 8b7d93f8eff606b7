"""What is done to a form of the library as a whole: made, renamed, copied, archived, taken away."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Invalid
from models.core.ids import new_id
from models.documents.library import KINDS, form_to_change, newest_version, told, version_for
from models.documents.publishing import ensure_on_the_shelf
from models.documents.rights import ensure_edits_forms
from models.documents.tables import Form, FormVersion
from models.documents.texts import parsed, written

MOST_FORMS = 500
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('form.add:' || portico_here()::text, 0))"
CHANGED = (
    "Somebody else changed this form after you opened it. What stands there now is said beside what you typed; save"
    " again to put yours in its place."
)


async def add_form(
    actor: Actor, kind: str, title: str, *, draft: str | None = None, made_from: str = "", sample: bool = False
) -> Form:
    """A new form, to be built: an empty draft with this title, or `draft` as it is. Raises Forbidden, Invalid by field,
    Conflict `too-many-forms`."""
    ensure_edits_forms(actor)
    kind, title = checked(kind, title)
    async with change(actor, "form.add"):
        await room_for_forms()
        made = await Form.create(
            id=new_id(), kind=kind, title=title, draft=draft or empty(title), made_from=made_from, sample=sample,
            created_by=actor.staff_id,
        )
        await told(actor, made.id)
        return made


async def add_alone() -> None:
    """Inside a change: forms come into a library one after the other, so that each counts those before it. Whoever also
    holds a form waits here first, or two would wait for each other."""
    await execute(ALONE)


async def room_for_forms(more: int = 1) -> None:
    """The same, where so many come. Raises Conflict `too-many-forms`."""
    await add_alone()
    if await Form.filter(archived_at=None).count() + more > MOST_FORMS:
        raise Conflict("too-many-forms", f"A library holds {MOST_FORMS} forms. Archive one that is not used.")


async def change_form(
    actor: Actor, form_id: UUID, *, kind: str, title: str, guardian_signs: bool, countersigns: bool = False,
    version: int | None = None,
) -> None:
    """What the library calls it, and who signs (`countersigns`: staff beside whoever is asked). A new title is in the
    draft as well: people read it with the next version. `version`: the one that the page showed. Raises as add_form
    does, Missing, Conflict `changed-meanwhile`."""
    async with change(actor, "form.change"):
        form = await form_to_change(actor, form_id)
        kind, title = checked(kind, title)
        if version is not None and version != form.version:
            raise Conflict("changed-meanwhile", CHANGED, errors={"version": [CHANGED]})
        if title != form.title:
            await _retitle(form, title)
        await execute("UPDATE form SET kind = $2, title = $3, guardian_signs = $4, countersigns = $5,"
                      " version = version + 1 WHERE practice_id = portico_here() AND id = $1",
                      form.id, kind, title, guardian_signs, countersigns)
        await told(actor, form.id)


async def archive_form(actor: Actor, form_id: UUID) -> None:
    """Not shared with anybody any more; who has it to fill in goes on. Twice changes nothing. Raises Missing."""
    async with change(actor, "form.archive"):
        form = await form_to_change(actor, form_id)
        if form.archived_at is None:
            await Form.filter(id=form.id).update(
                archived_at=now(), archived_by=actor.staff_id, version=form.version + 1
            )
            await told(actor, form.id)


async def bring_back_form(actor: Actor, form_id: UUID) -> None:
    """To be shared again, as it was. Twice changes nothing. Raises Missing, Conflict `too-many-forms`."""
    async with change(actor, "form.bring_back"):
        await add_alone()
        form = await form_to_change(actor, form_id)
        if form.archived_at is not None:
            await room_for_forms()
            await Form.filter(id=form.id).update(archived_at=None, archived_by=None, version=form.version + 1)
            await told(actor, form.id)


async def review_form(actor: Actor, form_id: UUID) -> None:
    """The practice has had this sample reviewed: it is called one no longer. Raises Missing."""
    async with change(actor, "form.review"):
        form = await form_to_change(actor, form_id)
        if form.sample:
            await Form.filter(id=form.id).update(sample=False, version=form.version + 1)
            await told(actor, form.id)


async def duplicate_form(actor: Actor, form_id: UUID) -> Form:
    """A form of its own that begins with what stands there now, its draft before its newest version. Raises Missing."""
    async with change(actor, "form.duplicate"):
        await add_alone()
        form = await form_to_change(actor, form_id)
        source, title = await latest_text(form), f"Copy of {form.title}"[:200]
        # A canonical address belongs to the form that was copied.
        copied = {name: value for name, value in parsed(source).items() if name not in ("url", "version")}
        draft = written({**copied, "title": title})
        made = await add_form(
            actor, form.kind, title, draft=draft, made_from=form.made_from, sample=form.sample
        )
        await Form.filter(id=made.id).update(
            guardian_signs=form.guardian_signs, countersigns=form.countersigns
        )
        return made


async def remove_form(actor: Actor, form_id: UUID) -> None:
    """Gone, if it was never published: nobody can have seen it. Raises Missing, Conflict `form-published`."""
    async with change(actor, "form.remove"):
        form = await form_to_change(actor, form_id)
        if await FormVersion.exists(form_id=form.id):
            raise Conflict("form-published", "This form was published and is part of records. Archive it instead.")
        await told(actor, form.id)
        await execute("DELETE FROM form WHERE practice_id = portico_here() AND id = $1", form.id)


async def edit_version(actor: Actor, form_id: UUID, number: int, *, over: bool = False) -> None:
    """The draft begins anew with what this version says; with `over` also in place of a draft that is there.

    Raises Missing, Conflict `form-archived` and `draft-there`.
    """
    async with change(actor, "form.edit_version"):
        form = await form_to_change(actor, form_id)
        ensure_on_the_shelf(form)
        found = await version_for(actor, form.id, number)
        if form.draft is not None and not over:
            raise Conflict("draft-there", "A draft with changes is there. Begin from this version only if it may go.")
        await Form.filter(id=form.id).update(draft=found.questionnaire, draft_version=form.draft_version + 1)
        await told(actor, form.id)


async def drop_draft(actor: Actor, form_id: UUID) -> None:
    """What was edited since the newest version is gone. Raises Missing, Conflict `never-published`."""
    async with change(actor, "form.drop_draft"):
        form = await form_to_change(actor, form_id)
        newest = await newest_version(form.id)
        if newest is None:
            raise Conflict("never-published", "This form was never published, so its draft is all there is of it.")
        await Form.filter(id=form.id).update(
            draft=None, draft_version=form.draft_version + 1, title=newest.title, version=form.version + 1
        )
        await told(actor, form.id)


async def latest_text(form: Form) -> str:
    """What stands there now: the draft, else the newest version."""
    newest = None if form.draft is not None else await newest_version(form.id)
    return newest.questionnaire if newest else form.draft or empty(form.title)


def checked(kind: str, title: str) -> tuple[str, str]:
    """As they are kept. Raises Invalid by field."""
    title, wrong = " ".join(title.split()), dict[str, list[str]]()
    if kind not in KINDS:
        wrong["kind"] = ["Choose what kind of form this is."]
    if not title:
        wrong["title"] = ["Give the form a title that clients will understand."]
    if len(title) > 200:
        wrong["title"] = ["Use at most 200 characters."]
    if wrong:
        raise Invalid(errors=wrong)
    return kind, title


def empty(title: str) -> str:
    """A Questionnaire that asks nothing yet."""
    return written({"resourceType": "Questionnaire", "status": "active", "title": title, "item": []})


async def _retitle(form: Form, title: str) -> None:
    source = parsed(await latest_text(form))
    await execute("UPDATE form SET draft = $2, draft_version = draft_version + 1 WHERE practice_id = portico_here()"
                  " AND id = $1", form.id, written({**source, "title": title}))
