"""The shared forms go the whole way through the doors: brought, published, asked, answered, handed in, and out."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from models.documents.texts import MOST_TEXT
from tests.documents.forms import FHIR, SHARED, asks, form
from tests.documents.shelf import HERE

LOINC = "http://loinc.org"
Answers = dict[str, list[Any]]


def coded(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, **more}


def loinc(code: str, display: str) -> dict[str, Any]:
    return {"system": LOINC, "code": code, "display": display}


METERS = {"value": 1.7, "unit": "meters", "system": "http://unitsofmeasure.org", "code": "m"}
DAILY = loinc("LA6571-9", "Nearly every day")
APGAR = {"32406-1": "LA6724-4", "32407-9": "LA6718-6", "32409-5": "LA6721-0", "32408-7": "LA6715-2",
         "32410-3": "LA6727-7"}
PHQ9 = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
# What somebody answers to each form; what of it goes out, each with its own linkId; and what is missing where they
# answer nothing that is asked for.
GIVEN: dict[str, Answers] = {
    "phq9": {f"%2F{code}": [coded("LA6571-9", system=LOINC)] for code in PHQ9},
    "apgar-with-itemWeight-variable": {item: [coded(code, system=LOINC)] for item, code in APGAR.items()},
    "q-with-contained-valueset": {"link-1/link-1.1/link-1.1.1": [coded("some-code-2", system="some-system-1")]},
    "enableWhen-test.R4": {
        "g1/Q1": [True], "g1/Q1-true": ["it is"], "g1/Q1-false": ["never asked"], "g3/Q3": [7], "g4/Q4": ["2026-11-29"],
        "g7/Q7": ["beta"],
    },
    "bit-of-everything": {
        "root/Item-string": ["words"], "root/Item-text": ["more\nwords"], "root/Item-bool": [False],
        "root/Item-date": ["2026-11"], "root/Item-datetime": ["2026-11-29T10:00:00Z"], "root/Item-time": ["10:30:00"],
        "root/Item-integer": [3], "root/Item-decimal": [1.5], "root/Item-url": ["https://example.org/a"],
        "root/Item-reference": [{"display": "Dr. Sol"}], "root/Item-quantity": [METERS],
        "root/Item-rb-local": [coded("b", system="http://example.org/coding-test")], "root/Item12": ["my own words"],
    },
}
COMES_OUT: dict[str, dict[str, list[Any]]] = {
    "phq9": {**{f"/{code}": [DAILY] for code in PHQ9}, "/44261-6": [27]},
    "apgar-with-itemWeight-variable": {"9272-6": [10]},
    "q-with-contained-valueset": {"link-2": [2]},
    "enableWhen-test.R4": {"Q1": [True], "Q1-true": ["it is"], "Q3": [7], "Q4": ["2026-11-29"], "Q7": ["beta"]},
    "bit-of-everything": {
        "Item-string": ["words"], "Item-text": ["more\nwords"], "Item-bool": [False], "Item-date": ["2026-11"],
        "Item-datetime": ["2026-11-29T10:00:00Z"], "Item-time": ["10:30:00"], "Item-integer": [3],
        "Item-decimal": [1.5], "Item-url": ["https://example.org/a"], "Item-reference": [{"display": "Dr. Sol"}],
        "Item-quantity": [METERS], "Item-rb-local": [
            coded("b", system="http://example.org/coding-test", display="option B")], "Item12": ["my own words"],
    },
}
KEYS = {
    "Item-string": "valueString", "Item-text": "valueString", "Item-bool": "valueBoolean", "Item-date": "valueDate",
    "Item-datetime": "valueDateTime", "Item-time": "valueTime", "Item-integer": "valueInteger",
    "Item-decimal": "valueDecimal", "Item-url": "valueUri", "Item-reference": "valueReference",
    "Item-quantity": "valueQuantity", "Item12": "valueString", "/44250-9": "valueCoding", "/44261-6": "valueDecimal",
}


async def told(answer: Any) -> Any:
    assert answer.status_code == 200, await answer.get_data(as_text=True)
    return await answer.get_json()


async def shared_with(cast: Any, desk: Any, text: str) -> tuple[str, str]:
    """The form, brought as a file and published, and the client who is asked for it."""
    headers = desk._headers({"Accept": "application/json", "Content-Type": "application/fhir+json"})
    brought = (await told(await desk.client.post(f"{HERE}/import/file", data=text.encode(), headers=headers)))["import"]
    wish = {"publish": True, "title": "Brought"}
    (came,) = (await told(await desk.send(f"{HERE}/import/{brought}", wish)))["outcome"]
    assert came["what"] == "published", came
    client = cast.clients["client"]
    here = f"/staff/clients/{client}/documentation"
    version = (await told(await desk.json(here)))["version"]
    ask = {"version": version, "people": [str(client)], "items": [f"{client}/form/{came['form']}"],
           "message": "Please look.", "key": str(uuid4())}
    await told(await desk.send(here, ask))
    return came["form"], client


def said(items: list[Any]) -> dict[str, list[tuple[str, Any]]]:
    """Each answer with the value[x] it stands under, by linkId."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for item in items:
        for answer in item.get("answer", []):
            found.setdefault(item["linkId"], []).extend((key, one) for key, one in answer.items() if key != "item")
            found |= said(answer.get("item", []))
        found |= said(item.get("item", []))
    return found


@pytest.mark.parametrize("name", SHARED)
async def test_a_shared_form_goes_the_whole_way_and_out_again(cast, browse, name):
    text = (FHIR / f"{name}.json").read_text().strip()
    desk, ana = await browse(cast, "practitioner"), await browse(cast, "client")
    made, client = await shared_with(cast, desk, text)
    (document,) = [one["id"] for one in (await told(await ana.json("/documents")))["todo"]]
    page = await ana.get(f"/documents/{document}")
    assert page.status_code == 200 and "Page 1 of" in await page.get_data(as_text=True)
    empty = await ana.send(f"/documents/{document}/submit", {"key": str(uuid4())})
    assert empty.status_code == 422, "a blank form is never complete"
    answers = [{"path": path, "value": value} for path, value in GIVEN[name].items()]
    await told(await ana.send(f"/documents/{document}/answers", {"answers": answers}))
    assert (await ana.get(f"/documents/{document}/review")).status_code == 200
    await told(await ana.send(f"/documents/{document}/submit", {"key": str(uuid4())}))
    await goes_out(desk, f"/staff/clients/{client}/documents/{document}/answers.json", name, json.loads(text))
    out = await desk.get(f"{HERE}/{made}/versions/1/questionnaire.json")
    assert await out.get_data(as_text=True) == text


async def goes_out(desk: Any, path: str, name: str, source: Any) -> None:
    answer = await desk.get(path)
    assert answer.headers["Content-Type"].startswith("application/fhir+json")
    response = json.loads(await answer.get_data(as_text=True))
    assert (response["resourceType"], response["status"]) == ("QuestionnaireResponse", "completed")
    assert response["authored"] and (not source.get("url") or response["questionnaire"].startswith(source["url"]))
    found = said(response["item"])
    if name in ("apgar-with-itemWeight-variable", "q-with-contained-valueset"):
        found = {link: held for link, held in found.items() if link in COMES_OUT[name]}
    assert {link: [value for _, value in held] for link, held in found.items()} == COMES_OUT[name]
    keys = {link: held[0][0] for link, held in found.items() if link in KEYS}
    assert keys == {link: KEYS[link] for link in found if link in KEYS}


async def test_the_largest_form_comes_in_is_asked_answered_and_goes_out(cast, browse):
    asked = [asks(f"q{number}", "text", text="word " * 4_000) for number in range(MOST_TEXT // 20_200)]
    text = json.dumps(form(*asked))
    assert 0.95 * MOST_TEXT < len(text) <= MOST_TEXT
    desk, ana = await browse(cast, "practitioner"), await browse(cast, "client")
    made, client = await shared_with(cast, desk, text)
    (document,) = [one["id"] for one in (await told(await ana.json("/documents")))["todo"]]
    page = await (await ana.get(f"/documents/{document}")).get_data(as_text=True)
    assert "Page 1 of" in page and page.count("word ") >= 4_000
    answer = [{"path": "q97", "value": ["the last one"]}]
    await told(await ana.send(f"/documents/{document}/answers", {"answers": answer}))
    await told(await ana.send(f"/documents/{document}/submit", {"key": str(uuid4())}))
    out = await desk.get(f"/staff/clients/{client}/documents/{document}/answers.json")
    assert said(json.loads(await out.get_data(as_text=True))["item"]) == {"q97": [("valueString", "the last one")]}
    assert await (await desk.get(f"{HERE}/{made}/versions/1/questionnaire.json")).get_data(as_text=True) == text
