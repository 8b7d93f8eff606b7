"""What tests of a form's controls share: a form of these items before the client, and what of it was handed in."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import Page, expect

from models.documents.tables import Submission
from tests.documents.forms import form
from tests.documents.sampler import HL7

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
READY = "form-filling[ready]"


class Asked:
    """A form that the client has open."""

    def __init__(self, cast: Any, document: Any, window: Any) -> None:
        self.cast, self.document, self.window = cast, document, window
        self.page: Page = window.page
        self.go = self.page.locator("[data-go]")

    async def hand_in(self) -> dict[str, Any]:
        """Through the review; what was handed in, by linkId."""
        return {item["linkId"]: item for item in await self.items()}

    async def items(self) -> list[dict[str, Any]]:
        """The same, one after the other. Without a line the review is only told to wait."""
        await self.window.live()
        while await self.go.inner_text() != "Review":
            await self.go.click()
        await self.go.click()
        await self.page.get_by_role("button", name="Hand in").click()
        await expect(self.page.get_by_role("main")).to_contain_text("Handed in")
        one = await self.cast.inside(lambda: Submission.get(document_id=self.document.id))
        items: list[dict[str, Any]] = json.loads(one.response)["item"]
        return items

    async def answers(self) -> dict[str, Any]:
        """The same, of each item its answers alone."""
        return {name: item["answer"] for name, item in (await self.hand_in()).items() if "answer" in item}


SENT = """async () => {
  document.activeElement.blur()
  const waits = () => Object.keys(localStorage).some((name) => name.startsWith("portico-answer:"))
  while (waits()) await new Promise((go_on) => setTimeout(go_on, 50))
}"""


async def sent(page: Page) -> None:
    """Until nothing that was answered here waits on this device any more. Whoever leaves a field has answered it: while
    somebody pauses in it, the same words may go out twice."""
    await page.evaluate(SENT)


async def ask(window: Any, cast: Any, paper: Any, *items: dict[str, Any], **more: Any) -> Asked:
    document = await paper.ask(questionnaire=form(*items, **more))
    ana = await window(cast, "client", f"/documents/{document.id}")
    await expect(ana.page.locator(READY)).to_be_attached()
    return Asked(cast, document, ana)


def says(name: str, **value: Any) -> dict[str, Any]:
    """An extension of the standard."""
    return {"url": HL7 + name, **value}


def formula(name: str, expression: str) -> dict[str, Any]:
    return {"url": SDC + name, "valueExpression": {"language": "text/fhirpath", "expression": expression}}
