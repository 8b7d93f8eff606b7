"""Short ways through the form builder, as somebody sees it."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, expect

from models.documents.tables import Form
from tests.browser.window import Window
from tests.documents.drafts import a_draft
from tests.support.cast import Cast

NEW = {"resourceType": "Questionnaire", "status": "active", "title": "First talk", "item": []}


class Builder:
    """A window that edits a form."""

    def __init__(self, window: Window) -> None:
        self.window, self.page = window, window.page

    async def ready(self) -> Builder:
        """It edits, and nobody else does."""
        await expect(self.page.locator(".build-palette button").first).to_be_enabled()
        return self

    async def add(self, kind: str, text: str = "") -> Locator:
        """By the palette; what is added is chosen and its words have the focus."""
        await self.page.locator(f".build-palette button[data-add={kind}]").click()
        item = self.chosen
        await expect(item).to_have_attribute("data-kind", kind)
        if text:
            await item.locator(":scope > .build-card [data-text]").fill(text)
        return item

    @property
    def chosen(self) -> Locator:
        return self.page.locator(".build-item[data-selected]")

    @property
    def panel(self) -> Locator:
        return self.page.locator("[data-panel]")

    def item(self, text: str) -> Locator:
        """The card of the item whose words these are."""
        return self.page.locator(f'.build-card:has(> .build-item-head > [aria-label$="“{text}”: settings"])')

    async def choose(self, text: str) -> None:
        await self.page.get_by_role("button", name=f"“{text}”: settings").click()

    async def texts(self) -> list[str]:
        """What stands in the form, from top to bottom."""
        found: list[str] = await self.page.eval_on_selector_all(
            ".build-form .build-item > .build-card [data-text]", "all => all.map((one) => one.value)")
        return found

    async def saved(self) -> None:
        # a whole form may wait, of which one change goes out after the other
        await expect(self.page.locator("[data-saved]")).to_contain_text("Saved", timeout=60_000)
        assert await self.page.evaluate("document.querySelector('form-builder').saving.waiting") == 0

    async def state(self) -> dict[str, Any]:
        """How the server says that it stands."""
        found: dict[str, Any] = await self.page.evaluate(
            "fetch(location.pathname, { headers: { Accept: 'application/json' } }).then((one) => one.json())")
        return found

    async def preview(self) -> Any:
        """The frame in which the draft is tried, once its script listens."""
        frame = self.page.frame_locator("iframe.build-frame")
        await expect(frame.locator("form-preview[ready]")).to_be_attached()
        return frame


async def opened(
    cast: Cast, window: Any, name: str = "practitioner", source: Any = NEW, form: Form | None = None, **options: Any
) -> tuple[Builder, Form]:
    """Somebody at the builder of this form, or of a new one of that source."""
    form = form or await a_draft(cast, source)
    made = await window(cast, name, f"/forms/{form.id}/edit", width=options.pop("width", 1440), **options)
    return Builder(made), form


def words(state: dict[str, Any]) -> list[Any]:
    """The texts of a state, what stands in a heading as a list behind it."""
    def of(items: list[dict[str, Any]]) -> list[Any]:
        return [one for item in items for one in ([item["text"], of(item["items"])][: 1 + bool(item["items"])])]

    return of(state["items"])
