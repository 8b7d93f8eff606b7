"""What tests of filling in share: forms, and each step as a door would do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from models.documents import answering, submitting
from models.documents.tables import Document
from tests.documents.in_browser import a_browser
from tests.support.papers import INTAKE, a_document, a_form

THOUGHTS: dict[str, Any] = {
    "resourceType": "Questionnaire", "status": "active", "title": "How you have been",
    "item": [
        {"linkId": "tired", "type": "choice", "text": "How often were you tired?", "required": True,
         "answerOption": [{"valueString": one} for one in ("Not at all", "Some days", "Every day")]},
        {"linkId": "harm", "type": "choice", "text": "How often did you think of hurting yourself?",
         "answerOption": [
             {"valueString": "Not at all"},
             *({"valueString": one, "extension": [
                 {"url": "https://portico.example/fhir/StructureDefinition/risk", "valueBoolean": True}]}
               for one in ("Some days", "Every day")),
         ]},
    ],
}


class Paper:
    """A form asked of somebody, and what people do with it."""

    def __init__(self, cast: Any) -> None:
        self.cast = cast

    async def ask(
        self, person: str = "client", questionnaire: dict[str, Any] = INTAKE, *, client: str | None = None, **more: Any
    ) -> Document:
        form = await a_form(self.cast, questionnaire)
        return await a_document(self.cast, form, person, client=client, **more)

    async def answer(
        self, document: Document, path: str, *value: Any, who: str = "client", client: str | None = None, **more: Any
    ) -> Any:
        actor = await self.cast.actor(who, client=client)
        return await self.cast.inside(lambda: answering.answer(actor, document.id, path=path, value=value, **more))

    async def submit(self, document: Document, who: str = "client", client: str | None = None) -> Any:
        actor = await self.cast.actor(who, client=client)
        return await self.cast.inside(lambda: submitting.submit(actor, document.id))

    async def now(self, document: Document | UUID) -> Document:
        id = document if isinstance(document, UUID) else document.id
        return await self.cast.inside(lambda: Document.get(id=id))

    async def change(self, document: Document, **values: Any) -> None:
        await self.cast.inside(lambda: Document.filter(id=document.id).update(**values))


@pytest.fixture(scope="module")
def browser() -> Any:
    with a_browser() as process:
        yield process


@pytest.fixture
def paper(cast: Any) -> Paper:
    return Paper(cast)


def paths(found: Sequence[Any]) -> list[str]:
    return [one.path for one in found]
