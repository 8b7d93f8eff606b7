"""What is signed is what stands on the page, word by word: the text whose SHA-256 the page names says the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from models.core.database import execute
from models.core.ids import new_id
from models.documents import signing
from models.documents.content import content_of
from models.documents.disclosing import disclosure
from models.documents.questionnaires import read
from models.documents.ready import READY
from models.documents.shown import shown
from models.documents.tables import Document
from tests.documents.forms import FHIR, SHARED
from tests.support.papers import INTAKE, a_document, a_form
from tests.support.signing import CONSENT, FILE, a_file_to_sign

VOID = ("br", "input", "img", "hr")
HTML = "http://hl7.org/fhir/StructureDefinition/rendering-xhtml"
RICH = {
    "resourceType": "Questionnaire", "status": "active", "title": "Everything",
    "item": [
        {"linkId": "page", "type": "group", "text": "Your rights", "prefix": "1.",
         "_text": {"extension": [{"url": HTML, "valueString": "<h2>Your rights</h2><p>You may <b>end</b> it.</p>"}]},
         "item": [
             {"linkId": "born", "type": "date", "text": "When were you born?"},
             {"linkId": "again", "type": "group", "text": "Medication", "repeats": True, "item": [
                 {"linkId": "what", "type": "string", "text": "What?", "prefix": "a)"}]},
             {"linkId": "tall", "type": "decimal", "text": "How tall are you?", "extension": [
                 {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit",
                  "valueCoding": {"code": "m", "display": "m"}}]},
             {"linkId": "never", "type": "string", "text": "Never seen",
              "enableWhen": [{"question": "born", "operator": "exists", "answerBoolean": False}]},
         ]},
        {"linkId": "two", "type": "group", "text": "Agreement", "item": [
            {"linkId": "words", "type": "display", "text": "First words.\n\nSecond words."},
            {"linkId": "call", "type": "choice", "repeats": True, "text": "Whom may we call?",
             "answerOption": [{"valueString": "My parents"}, {"valueString": "My partner"}]},
            {"linkId": "open", "type": "boolean", "text": "Open?"},
            {"linkId": "age", "type": "date", "text": "Day of this form", "readOnly": True, "extension": [
                {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
                 "valueExpression": {"language": "text/fhirpath", "expression": "today()"}}]},
        ]},
    ],
}
ANSWERS = {"page/born": ["1990-05-04"], "page/again:1/what": ["Sertraline"], "page/again:2/what": ["Ibuprofen"],
           "page/tall": [1.83], "two/call": ["My parents", "My partner"]}


def _shared(name):
    return json.loads((FHIR / f"{name}.json").read_text())


class _Words(HTMLParser):
    """What can be read of what was answered, without what is wrong with it and the ways back to change it."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.inside, self.away = "", 0, 0

    def handle_starttag(self, tag, attrs):
        kind = dict(attrs).get("class") or ""
        if self.inside or (tag == "section" and "answered" in kind.split()):
            self.inside += tag not in VOID
        back = tag == "a" and dict(attrs)["href"].startswith("/documents/")
        if self.inside and (self.away or back or "wrong" in kind.split()):
            self.away += tag not in VOID

    def handle_endtag(self, tag):
        self.inside -= bool(self.inside)
        self.away -= bool(self.away)

    def handle_data(self, data):
        if self.inside and not self.away:
            self.words += data


def _said(lines) -> str:
    answers = (", ".join(line["answers"]) or "No answer" if line["kind"] == "question" else "" for line in lines)
    return "".join(line["text"] + answer for line, answer in zip(lines, answers, strict=True))


def _tight(words: str) -> str:
    return "".join(words.split())


async def _answer(cast, document: Document, answers) -> None:
    sql = """INSERT INTO answer (document_id, path, value, login_id, side) VALUES ($1, $2, $3::jsonb, $4, 'portal')"""
    for path, value in answers.items():
        await cast.inside(lambda path=path, value=value: execute(
            sql, document.id, path, json.dumps(value), cast.people.logins["client"]))


@pytest.mark.parametrize(("form", "answers"), [
    (RICH, ANSWERS), (RICH, {}), (CONSENT, {"reached": ["Ada\nand <b>Bo</b>"], "voice": [True]}),
    (INTAKE, {"about/why": ["Sleep"], "sleep/nights": ["Never"]}), *((_shared(name), {}) for name in SHARED),
    *((json.loads(READY[name].source), {}) for name in ("consent-treatment", "privacy-practices", "intake-child")),
], ids=["rich", "rich, empty", "consent", "intake", *SHARED, "treatment", "privacy", "child"])
async def test_the_page_says_what_is_signed_word_by_word(browse, cast, form, answers):
    document, client = await a_document(cast, await a_form(cast, form, signs=True)), await cast.actor("client")
    await _answer(cast, document, answers)
    ana = await browse(cast, "client")
    page, reader = await ana.get(f"/documents/{document.id}/review"), _Words()
    assert page.status_code == 200
    reader.feed(await page.get_data(as_text=True))
    told = await cast.inside(lambda: _shown(client, document))
    content = json.loads(told.text)["content"]
    assert content and _tight(reader.words) == _tight(_said(content))
    assert told.sha256 == sha256(told.text.encode()).digest()


async def _shown(client, document):
    held = await Document.get(id=document.id)
    return await shown(held, intent=signing.intent_of(client.access, held), disclosure=await disclosure())


async def test_minutes_later_it_is_the_same_and_another_day_it_is_not(cast, later):
    document, client = await a_document(cast, await a_form(cast, RICH, signs=True)), await cast.actor("client")
    first = await cast.inside(lambda: signing.panel(client, document))
    assert (await cast.inside(lambda: signing.panel(client, document))).shown == first.shown
    later(days=1)
    assert (await cast.inside(lambda: signing.panel(client, document))).shown != first.shown, "it says the day"


async def test_a_message_that_came_with_it_belongs_to_what_was_shown(cast):
    document, client = await a_file_to_sign(cast, note="Only a draft"), await cast.actor("client")
    assert json.loads((await cast.inside(lambda: _shown(client, document))).text)["note"] == "Only a draft"


async def test_a_file_among_the_answers_is_known_by_its_bytes(cast):
    form = {**CONSENT, "item": [{"linkId": "card", "type": "attachment", "text": "Your card"}]}
    document, client = await a_document(cast, await a_form(cast, form, signs=True)), await cast.actor("client")
    file, digest = new_id(), sha256(b"front").digest()
    await cast.inside(lambda: execute(
        FILE, file, client.login_id, "card.png", "image/png", 5, digest, f"{cast.practice_id}/{file}"))
    await _answer(cast, document, {"card": [{"file": str(file), "title": "card.png"}]})
    told = json.loads((await cast.inside(lambda: _shown(client, document))).text)
    assert told["files"] == [{"file": str(file), "name": "card.png", "sha256": digest.hex()}]


def test_what_is_calculated_is_of_the_moment_that_is_given():
    lines, _ = content_of(read(RICH), {}, datetime(2026, 2, 3, tzinfo=UTC))
    (day,) = [line["answers"] for line in lines if line["text"] == "Day of this form"]
    assert day == ["Tuesday, February 3, 2026"]
