"""The preview of a draft: the form as a client will get it, in a frame of the builder. It can be tried, and what is
typed there never leaves the page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from models.accounts.practices import profile
from models.core.actor import Actor
from models.core.clock import now
from models.core.errors import Invalid
from models.documents import questionnaires
from models.documents.beginning import first_answers
from models.documents.definition import for_browser
from models.documents.evaluating import Context, evaluate
from models.documents.filling import moment_of
from models.documents.library import form_for
from models.documents.sheets import sheets_of
from models.documents.shelving import latest_text
from models.documents.texts import parsed
from server.door import STAFF, Page, get
from server.filling import risky

# As every page's, but that the builder may frame it; a form posts nowhere.
FRAMED = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


@get("/staff/forms/<uuid:id>/preview", allow=STAFF)
async def preview(actor: Actor, id: UUID) -> Page:
    """What stands in the draft, else in the newest version."""
    form = await form_for(actor, id)
    return await tried(form.title, await latest_text(form))


async def tried(title: str, text: str) -> Page:
    """A form to be tried, for a frame: whatever Questionnaire this is, or why it cannot be shown."""
    headers = {"Content-Security-Policy": FRAMED}
    try:
        return Page("documents/preview.html", headers=headers, json={"title": title}, form={"title": title}, fault="",
                    **await _shown(parsed(text)))
    except Invalid as refusal:
        json = {"title": title, "fault": refusal.detail}
        return Page("documents/preview.html", headers=headers, json=json, form={"title": title}, fault=refusal.detail)


async def _shown(source: dict[str, Any]) -> dict[str, Any]:
    questionnaire, practice = questionnaires.read(source), await profile()
    context = Context(now=await moment_of(questionnaire))
    answers = first_answers(questionnaire, context=context)
    state = evaluate(questionnaire, answers, context=context)
    at = now().timestamp() * 1000
    source = for_browser(questionnaire, zone=practice.time_zone, day_began=questionnaire.signs)
    return {
        "sheets": sheets_of(state), "source": source, "signs": questionnaire.signs,
        "told": {path: {"value": value, "at": at} for path, value in answers.items()},
        "crisis": practice.crisis_text, "risky": risky(state),
    }
