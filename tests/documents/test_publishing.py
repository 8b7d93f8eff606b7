"""A draft becomes the next version, and what was published never changes."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import asyncpg
import pytest

from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.documents import publishing, shelving
from models.documents.tables import Document, FormVersion
from tests.appointments.heard import heard
from tests.documents.shelf import HERE, built, mood, published, redrafted, row
from tests.support.papers import a_document


async def publish(cast, form, name="practitioner", **more):
    actor = await cast.actor(name)
    return await cast.inside(lambda: publishing.publish(actor, form.id, **more))


async def test_the_draft_is_published_letter_by_letter_with_its_hash(cast):
    source = '{ "resourceType":"Questionnaire","status":"draft", "item":[{"linkId":"a","type":"decimal",' \
             '"text":"Weight","initial":[{"valueDecimal":1.50}]}] }'
    form = await built(cast, source)
    made = await publish(cast, form)
    assert (made.number, made.title, made.signs) == (1, "Mood", False), "without a title of its own it keeps the form's"
    assert made.questionnaire == source and bytes(made.sha256) == sha256(source.encode()).digest()
    assert made.published_by == cast.staff["practitioner"]
    assert (await row(cast, form)).draft is None
    assert len(await heard(cast, "form.changed")) == 2, "made, and published"


async def test_a_sent_form_never_changes_under_the_person_who_fills_it_in(cast):
    form = await published(cast)
    document = await a_document(cast, form)
    await redrafted(cast, form, mood(title="Moods", item=[{"linkId": "new", "type": "string", "text": "And now?"}]))
    made = await publish(cast, form)
    assert (made.number, made.title, (await row(cast, form)).title) == (2, "Moods", "Moods")
    asked = await cast.inside(lambda: Document.get(id=document.id))
    there = await cast.inside(lambda: FormVersion.get(id=asked.version_id))
    assert (there.number, there.questionnaire) == (1, mood())


async def test_nobody_changes_a_version_or_takes_one_away(cast):
    form = await published(cast)
    for statement in ("UPDATE form_version SET questionnaire = '{}' WHERE form_id = $1",
                      "DELETE FROM form_version WHERE form_id = $1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await cast.inside(lambda statement=statement: execute(statement, form.id))


async def test_a_form_that_is_signed_says_so(cast):
    signature = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-signatureRequired",
                 "valueCodeableConcept": {"text": "Consent"}}
    made = await publish(cast, await built(cast, mood(extension=[signature])))
    assert made.signs


async def test_publishing_nothing_new_says_so(cast):
    form = await published(cast)
    await redrafted(cast, form, mood() + "\n")
    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            await publish(cast, form)
        assert refused.value.code == "nothing-new"
        await redrafted(cast, form, mood())


@pytest.mark.parametrize(("source", "code", "said"), [
    (mood(item=[]), "form-empty", "asks nothing yet"),
    (mood(item=[{"linkId": "a", "type": "riddle"}]), "invalid-form", "Item “a”"),
    ("{ not json", "not-json", "line 1, column 3"),
])
async def test_what_is_no_form_is_refused_with_where(cast, source, code, said):
    form = await built(cast, source)
    with pytest.raises((Invalid, Conflict)) as refused:
        await publish(cast, form)
    assert refused.value.code == code and said in refused.value.detail
    assert (await row(cast, form)).draft == source, "and nothing of it is lost"


async def test_of_two_who_publish_at_once_the_second_is_told(cast):
    form = await built(cast)
    both = await asyncio.gather(publish(cast, form), publish(cast, form, "owner"), return_exceptions=True)
    (refused,) = [one for one in both if isinstance(one, Conflict)]
    assert refused.code == "nothing-new"
    form = await built(cast, mood(title="Other"))
    shown = (await row(cast, form)).draft_version
    await redrafted(cast, form, mood(title="Changed meanwhile"))
    with pytest.raises(Conflict) as told:
        await publish(cast, form, draft_version=shown)
    assert told.value.code == "changed-meanwhile"
    assert (await publish(cast, form, draft_version=shown + 1)).number == 1


async def test_who_may_not_publish_and_what_is_archived(cast):
    form, owner = await built(cast), await cast.actor("owner")
    for name in ("frontdesk", "biller"):
        with pytest.raises(Forbidden):
            await publish(cast, form, name)
    await cast.inside(lambda: shelving.archive_form(owner, form.id))
    with pytest.raises(Conflict) as refused:
        await publish(cast, form)
    assert refused.value.code == "form-archived"
    await cast.inside(lambda: shelving.remove_form(owner, form.id))
    with pytest.raises(Missing):
        await publish(cast, form)


async def test_the_page_publishes_and_says_what_keeps_it(cast, browse):
    form = await built(cast)
    browser = await browse(cast, "practitioner")
    answer = await browser.post(f"{HERE}/{form.id}/publish", {"draft_version": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HERE}/{form.id}?done=published")
    answer = await browser.post(f"{HERE}/{form.id}/publish", {"draft_version": "1"})
    assert answer.status_code == 409
    assert "Somebody else changed this form" in await answer.get_data(as_text=True)
    told = await browser.send(f"{HERE}/{form.id}/publish")
    assert (await told.get_json())["code"] == "nothing-new"
