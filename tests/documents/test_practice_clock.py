"""What day it is for a form: the practice’s, wherever it is filled in, tried, or filled in on a client’s behalf."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.accounts import details
from models.documents.printing import printed
from models.documents.receipts import receipts_of
from models.documents.submitting import submit
from models.documents.tables import Signature, Submission
from tests.documents.forms import asks, form
from tests.documents.shelf import HERE, published
from tests.support.signing import fields

EARLIEST, LATEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
SWITCH = time(10, 30)  # by UTC; half an hour from the midnight of either, so that no test meets one
TODAY = {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
         "valueExpression": {"language": "text/fhirpath", "expression": "today()"}}
BEGUN = {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression",
         "valueExpression": {"language": "text/fhirpath", "expression": "today()"}}
DAYS = form(asks("day", "date", extension=[TODAY]), asks("begun", "date", extension=[BEGUN]), asks("name"))


async def elsewhere(cast: Any) -> tuple[str, str]:
    """The practice is where another day than that of UTC is now; where that is, and which day it is there."""
    at = datetime.now(UTC)
    zone = EARLIEST if at.time() >= SWITCH else LATEST
    owner = await cast.actor("owner")
    await cast.inside(lambda: details.set_details(owner, None, {"time_zone": zone}))
    day = at.astimezone(ZoneInfo(zone)).date().isoformat()
    assert day != at.date().isoformat(), "the premise"
    return zone, day


def in_words(day: str) -> str:
    return f"{date.fromisoformat(day):%A, %B %-d, %Y}"


def drawn(page: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The form and the answers that a page hands to its script."""
    held = [page.split(f"data-{name}='", 1)[1].split("'", 1)[0] for name in ("form", "answers")]
    made, told = (json.loads(unescape(one)) for one in held)
    return made, told


@pytest.mark.parametrize("who", ["client", "practitioner"])
async def test_it_is_the_practices_day_for_who_fills_in_and_for_who_helps(cast, browse, paper, who):
    zone, day = await elsewhere(cast)
    document = await paper.ask(questionnaire=DAYS)
    where = f"/documents/{document.id}"
    if who == "practitioner":
        where = f"/staff/clients/{cast.clients['client']}{where}/fill"
    page = await (await (await browse(cast, who)).get(where)).get_data(as_text=True)
    made, told = drawn(page)
    assert made["clock"] == {"zone": zone, "dayBegan": False}
    assert told["begun"]["value"] == [day] and in_words(day) in page


async def test_it_is_the_practices_day_where_a_form_is_tried(cast, browse):
    zone, day = await elsewhere(cast)
    kept = await published(cast, json.dumps(DAYS))
    page = await (await (await browse(cast, "practitioner")).get(f"{HERE}/{kept.id}/preview")).get_data(as_text=True)
    made, told = drawn(page)
    assert made["clock"]["zone"] == zone and told["begun"]["value"] == [day] and in_words(day) in page


async def test_what_is_signed_counts_from_the_beginning_of_the_day_in_the_browser_too(cast, browse, paper):
    await elsewhere(cast)
    document = await paper.ask(questionnaire=DAYS, signs=True)
    page = await (await (await browse(cast, "client")).get(f"/documents/{document.id}")).get_data(as_text=True)
    assert drawn(page)[0]["clock"]["dayBegan"] is True


MOMENT = {**TODAY, "valueExpression": {"language": "text/fhirpath", "expression": "now()"}}
MOMENTS = form(asks("at", "dateTime", extension=[MOMENT]), asks("name"))


@pytest.mark.parametrize("signs", [True, False], ids=["signed", "not signed"])
async def test_a_receipt_says_of_now_what_the_form_said_when_it_was_handed_in(cast, browse, paper, signs):
    await elsewhere(cast)
    document, ana = await paper.ask(questionnaire=MOMENTS, signs=signs), await cast.actor("client")
    await paper.answer(document, "name", "Ada")
    sent = await fields(cast, ana, document) if signs else None
    await cast.inside(lambda: submit(ana, document.id, signature=sent))
    [row] = await cast.inside(lambda: Submission.filter(document_id=document.id))
    handed_in = {one["linkId"]: one["answer"][0] for one in json.loads(row.response)["item"]}
    [receipt] = await cast.inside(lambda: receipts_of(document))
    [read] = [node.values for sheet in receipt.sheets for node in sheet.every if node.path == "at"]
    assert read == [handed_in["at"]["valueDateTime"]] and ("T00:00:00" in read[0]) is signs
    if signs:
        kept = await cast.inside(lambda: Signature.get(document_id=document.id))
        shown = json.loads(kept.shown)
        assert shown["answers"]["at"] == read
        lines = [line for line in shown["content"] if line["kind"] == "question"]
    else:
        printed_now = await cast.inside(lambda: printed(document))
        lines = [line for line in printed_now.content if line["kind"] == "question"]
    page = await (await (await browse(cast, "client")).get(f"/documents/{document.id}")).get_data(as_text=True)
    assert lines[0]["answers"] and all(words in unescape(page) for words in lines[0]["answers"])
