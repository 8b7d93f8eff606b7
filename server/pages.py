"""Jinja, alone: templates get plain data and run no query. Rendering ends before the scope does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.core.actor import Actor
from models.documents.drawing import DRAWN
from models.files.room import spoken
from server.assets import asset, look_again

ROOT = Path(__file__).parent.parent

PagePart = Callable[[Actor | None], Awaitable[Mapping[str, Any]]]

# What every page needs, filled by server.wiring in the order of the areas: the practice's face, the unread count …
PAGE_PARTS: list[PagePart] = []

# The pages of Account Settings: key, words, address. Filled by server.wiring.
SETTINGS_PAGES: list[tuple[str, str, str]] = []


@cache
def environment() -> Environment:
    jinja = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    jinja.filters.update(several=several, spoken_size=spoken)
    jinja.globals.update(asset=asset, settings_pages=SETTINGS_PAGES, drawn=DRAWN, **DEFAULTS)
    return jinja


def several(value: Any) -> list[Any]:
    """What a form sent under one name: once, several times, or not at all."""
    return [] if value is None else [value] if isinstance(value, str) else list(value)


# A page that says nothing about these has none.
DEFAULTS: dict[str, Any] = {
    "practice": None,
    "me": None,
    "nav": (),
    "current": "",
    "cursor": None,
    "epoch": "",
    "unread": 0,
    "requests_waiting": 0,
    "alerts_waiting": (),
    "for_client": None,
    "read_only": "",
    "accesses": (),
    "acting_for": "",
    "practices": (),
    "banner": "",
    "viewing_as": None,
    "theme": "",
    "toast_words": "",
    "preview": False,
    "errors": {},
    "refusal": None,
    "values": {},
    "title": "",
}


async def page_context(actor: Actor | None) -> dict[str, Any]:
    """What the frame of a page shows, asked of every area inside the open scope."""
    context: dict[str, Any] = {}
    for part in PAGE_PARTS:
        context.update(await part(actor))
    return context


def render(template: str, context: Mapping[str, Any]) -> str:
    look_again()
    return environment().get_template(template).render(context)
