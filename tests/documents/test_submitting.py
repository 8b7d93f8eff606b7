"""Handing in: the server looks at everything itself, and what it writes down never changes."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import orjson
import pytest

from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Gone, Invalid, Missing
from models.documents.receipts import receipts_of
from models.documents.shown import shown
from models.documents.tables import Submission
from tests.appointments.heard import heard
from tests.documents.forms import asks, extension, form, group
from tests.documents.test_beginning import INITIAL


async def handed_in(cast, document):
    return await cast.inside(lambda: Submission.filter(document_id=document.id).order_by("number"))


async def test_what_is_handed_in_is_a_response_with_its_hash(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.answer(document, "sleep/nights", "Every night")
    await paper.submit(document)
    [one] = await handed_in(cast, document)
    response = orjson.loads(one.response)
    assert (response["resourceType"], response["status"]) == ("QuestionnaireResponse", "completed")
    assert sha256(one.response.encode()).digest() == one.sha256
    assert response["item"][0]["item"][0]["answer"] == [{"valueString": "I cannot sleep"}]
    assert (await paper.now(document)).submitted_at is not None and not one.on_behalf
    assert len(await heard(cast, "document.submitted")) == 1


async def test_a_blank_form_is_never_complete_also_where_nothing_is_required(cast, paper):
    loose = {"resourceType": "Questionnaire", "status": "active", "title": "Loose",
             "item": [{"linkId": "a", "type": "string", "text": "Anything?"}]}
    document = await paper.ask(questionnaire=loose)
    with pytest.raises(Invalid) as told:
        await paper.submit(document)
    assert told.value.errors["form"]
    await paper.answer(document, "a", "  ")
    with pytest.raises(Invalid):
        await paper.submit(document)
    await paper.answer(document, "a", "Yes")
    await paper.submit(document)


async def test_what_is_missing_is_named_by_place_and_nothing_is_handed_in(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "sleep/hours", 5)
    with pytest.raises(Invalid) as told:
        await paper.submit(document)
    assert list(told.value.errors) == ["about/why"]
    assert await handed_in(cast, document) == [] and (await paper.now(document)).submitted_at is None


async def test_a_form_that_is_signed_is_not_handed_in_without_a_signature(cast, paper):
    document = await paper.ask(signs=True)
    await paper.answer(document, "about/why", "I cannot sleep")
    with pytest.raises(Invalid) as told:
        await paper.submit(document)
    assert "sign" in told.value.errors


async def test_answers_of_questions_that_are_not_asked_any_more_are_dropped(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.answer(document, "about/before", True)
    await paper.answer(document, "about/when", "In spring 2019")
    await paper.answer(document, "about/before", False)
    await paper.submit(document)
    [one] = await handed_in(cast, document)
    assert "spring" not in one.response


async def test_a_wrong_answer_is_said_and_kept_as_typed(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.answer(document, "sleep/hours", "five")
    with pytest.raises(Invalid) as told:
        await paper.submit(document)
    assert list(told.value.errors) == ["sleep/hours"]


async def test_handing_in_twice_at_once_is_once(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    found = await asyncio.gather(*(paper.submit(document) for _ in range(2)), return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in found) == 1
    assert len(await handed_in(cast, document)) == 1


async def test_a_form_taken_back_meanwhile_is_not_handed_in(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.change(document, withdrawn_at=now())
    with pytest.raises(Gone):
        await paper.submit(document)
    assert await handed_in(cast, document) == []


async def test_nobody_hands_in_what_was_asked_of_another(cast, paper):
    document = await paper.ask("parent", client="teen")
    await paper.answer(document, "about/why", "Mine", who="parent", client="teen")
    for who in ("coparent", "teen", "client"):
        with pytest.raises(Missing):
            await paper.submit(document, who)
    await paper.submit(document, "parent", "teen")


async def test_staff_hand_in_on_behalf_and_it_says_so(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "Told on the phone", who="practitioner")
    await paper.submit(document, "practitioner")
    [one] = await handed_in(cast, document)
    assert one.on_behalf


async def test_what_staff_filled_in_is_marked_answer_by_answer_for_good(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "Told on the phone", who="practitioner")
    await paper.answer(document, "about/before", True, who="practitioner")
    await paper.answer(document, "about/before", False)
    await paper.answer(document, "sleep/hours", 5)
    await paper.submit(document)
    [one] = await handed_in(cast, document)
    assert not one.on_behalf and one.response.count("Maya Okafor") == 1
    [receipt] = await cast.inside(lambda: receipts_of(document))
    assert receipt.by == {"about/why": "Maya Okafor"}
    said = orjson.loads(one.response)["item"][0]["item"][0]["answer"][0]
    assert said["extension"][0]["valueReference"] == {"type": "Practitioner", "display": "Maya Okafor"}


async def test_staff_fill_in_what_is_signed_and_leave_the_signature_to_whom_it_was_asked_of(cast, paper):
    document = await paper.ask(signs=True)
    await paper.answer(document, "about/why", "Told on the phone", who="practitioner")
    with pytest.raises(Invalid) as told:
        await paper.submit(document, "practitioner")
    assert "signs it and hands it in" in told.value.detail
    assert await handed_in(cast, document) == [] and (await paper.now(document)).submitted_at is None


async def test_what_repeats_is_handed_in_without_the_entries_that_were_taken_away(cast, paper):
    meds = {"resourceType": "Questionnaire", "status": "active", "title": "Medicines", "item": [
        {"linkId": "meds", "type": "group", "text": "Medicines", "repeats": True,
         "item": [{"linkId": "name", "type": "string", "text": "Name"}]}]}
    document = await paper.ask(questionnaire=meds)
    await paper.answer(document, "meds:1/name", "Aspirin")
    await paper.answer(document, "meds:2/name", "Ibuprofen")
    await paper.answer(document, "meds:1", "removed")
    await paper.answer(document, "meds:1/name", "Aspirin again, from a device that was offline")
    await paper.submit(document)
    [one] = await handed_in(cast, document)
    assert "Ibuprofen" in one.response and "Aspirin" not in one.response


async def test_what_stands_where_the_only_entry_was_taken_away_is_signed_and_handed_in(cast, paper):
    daily = {"linkId": "often", "type": "string", "text": "How often", "initial": [{"valueString": "daily"}]}
    document = await paper.ask(questionnaire=form(group("meds", asks("name"), daily, repeats=True), asks("other")))
    await paper.answer(document, "meds:1/name", "Aspirin")
    await paper.answer(document, "meds:1", "removed")
    await paper.answer(document, "meds:2/name", "Ibuprofen")
    disclosure = SimpleNamespace(number=1, sha256=b"")
    text = (await cast.inside(lambda: shown(document, intent="I sign", disclosure=disclosure))).text
    await paper.submit(document)
    [one] = await handed_in(cast, document)
    for words in (text, one.response):
        assert "Ibuprofen" in words and "Aspirin" not in words and "daily" not in words


async def test_today_is_the_practices_day_wherever_the_server_stands(cast, paper):
    """Of these two zones one always has another day than UTC."""
    zone = "Pacific/Kiritimati" if now().hour >= 10 else "Pacific/Pago_Pago"
    await cast.inside(lambda: execute("UPDATE practice_profile SET time_zone = $1", zone))
    words = {"language": "text/fhirpath", "expression": "today()"}
    source = form(asks("why"), asks("day", "date", extension=[extension(INITIAL, valueExpression=words)]))
    document = await paper.ask(questionnaire=source)
    await paper.answer(document, "why", "Because")
    here = now().astimezone(ZoneInfo(zone)).date()
    await paper.submit(document)
    [one] = await handed_in(cast, document)
    assert orjson.loads(one.response)["item"][1]["answer"] == [{"valueDate": here.isoformat()}]
    assert here != now().date()
