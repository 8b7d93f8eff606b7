"""The frame of a client's pages: the bar, which follows the features that are on, and a page of one that is off."""

from __future__ import annotations

from models.accounts.asks import CurrentPage
from models.accounts.registries import FEATURES
from models.core.actor import Actor
from models.core.errors import Refusal
from server.door import PORTAL, Page, get, on_refusal
from server.frames import portal_nav


@get("/bar", allow=PORTAL, portal=True, unchosen=True, query=CurrentPage)
async def bar(actor: Actor, query: CurrentPage) -> Page:
    """The entries of the bar."""
    nav = portal_nav(actor)
    return Page("accounts/_portal_tabs.html", json={"nav": nav}, nav=nav, current=query.current)


@get("/bar/end", allow=PORTAL, portal=True, unchosen=True, query=CurrentPage)
async def bar_end(actor: Actor, query: CurrentPage) -> Page:
    """The conversation icon; nothing where messaging is off."""
    nav = portal_nav(actor)
    return Page("accounts/_portal_icon.html", json={"nav": nav}, nav=nav, current=query.current)


def pages_of_switched_off_features() -> None:
    """Called when every feature is registered: each refuses by a code of its own."""
    for key in FEATURES:
        on_refusal(f"{key}-off")(_switched_off)


async def _switched_off(actor: Actor, refusal: Refusal) -> Page:
    """In place of each of its pages, and back again by itself."""
    title = FEATURES[refusal.code.removesuffix("-off")].title
    return Page("accounts/feature_off.html", status=403, title=title, words=refusal.detail)
