"""What clients will see, drawn by the pages' own templates with what an administrator is typing, and nobody's data."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from models.accounts.asks import Shown
from models.accounts.branding import WHITE, Brand, brand, contrast
from models.accounts.dressing import colour
from models.accounts.me import initials
from models.accounts.practices import profile
from models.accounts.tables import PracticeProfile
from models.core.actor import Actor
from server.door import Page
from server.frames import practice_face
from server.letters import sample

FIRST = "#1b5470"
MOST_SHOWN = 600
COLOURS = ("accent", "ground")

# A frame in the settings page draws it: no script, no form, nothing from elsewhere.
FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self' blob:; font-src 'self'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'"
)
PAGES = {"landing": "accounts/landing.html", "home": "accounts/home.html"}


async def preview(actor: Actor, shown: Shown, typed: Mapping[str, str]) -> Page:
    """The page or mail that was asked for. What is typed and no colour yet leaves the saved one standing."""
    found = copy(await profile())
    typed = typed if typed.get("accent", " ").strip() else {**typed, "accent": found.accent}
    for name, text in typed.items():
        setattr(found, name, _colour(text, getattr(found, name)) if name in COLOURS and text else text[:MOST_SHOWN])
    headers = {"Content-Security-Policy": FRAMED}
    if shown.show == "mail":
        mail = Markup(sample(found, _address(found, "mail.css", theme=shown.theme)))
        return Page("accounts/preview_mail.html", json=vars(shown), headers=headers, mail=mail)
    face = practice_face(found) | {"brand_css": _address(found, "colours.css")}
    context = _home(actor) if shown.show == "home" else NOBODY
    return Page(PAGES[shown.show], json=vars(shown), headers=headers, practice=face, theme=shown.theme, preview=True,
                **context)


def brand_of(accent: str, ground: str) -> Brand:
    """For what is no colour yet, the house's own."""
    return brand(_colour(accent, FIRST), _colour(ground, "") if ground else "")


def colours_shown(made: Brand) -> dict[str, Any]:
    """What became of the chosen colours, and how well it can be read: ratios as WCAG counts them, 4.5 at least."""
    pairs = made.pairs
    accent, ground, ink = pairs["accent"], pairs["ground"], pairs["accent-ink"]
    return {
        "accent": {
            "chosen": made.chosen, "light": accent.light, "dark": accent.dark, "moved": list(made.moved),
            "as_chosen": _ratio(WHITE, made.chosen), "contrast": _ratio(WHITE, accent.light),
            "contrast_dark": _ratio(pairs["accent-on"].dark, accent.dark),
        },
        "ground": {
            "chosen": made.chosen_ground, "light": ground.light, "dark": ground.dark, "moved": list(made.ground_moved),
            "as_chosen": _ratio(ink.light, made.chosen_ground) if made.chosen_ground else None,
            "contrast": _ratio(ink.light, ground.light), "contrast_dark": _ratio(ink.dark, ground.dark),
        },
    }


def _ratio(one: str, other: str) -> float:
    """Rounded down: a ratio is never said to be better than it is."""
    return int(contrast(one, other) * 10) / 10


def _colour(text: str, otherwise: str) -> str:
    try:
        return colour(text)
    except ValueError:
        return otherwise


def _address(found: PracticeProfile, sheet: str, **more: str) -> str:
    chosen = {"accent": found.accent.lstrip("#"), "ground": found.ground.lstrip("#"), **more}
    return f"/staff/settings/branding/{sheet}?{urlencode(chosen)}"


NOBODY: Mapping[str, Any] = {"me": None, "email": "", "notice": "", "next": "", "key": None}


def _home(actor: Actor) -> dict[str, Any]:
    """A client's first page before anything was written, with the administrator as the practitioner."""
    nav = [
        {"href": "#", "icon": "house", "label": "Home", "key": "home"},
        {"href": "#messages", "icon": "message-circle", "label": "Messages", "key": "messages"},
    ]
    you = {"id": "", "name": actor.name, "initials": initials(actor.name), "voice": "who-a", "role": "Practitioner"}
    me = {"login": "", "name": "Your client", "initials": "YC", "voice": None, "side": "portal",
          "crosses": False}
    return {
        "me": me, "nav": nav, "current": "home", "greeting": "Good morning, Alex", "base": "", "talks": [], "news": [],
        "writable": [you], "accesses": [], "for_client": None, "unread": 0,
    }
