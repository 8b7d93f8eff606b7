"""How a practice looks to its clients: colours, welcome, hours, and its logo in place of its initial."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from models.accounts.branding import brand
from models.accounts.details import (
    ensure_administrator,
    ensure_unchanged,
    plain_lines,
    profile_to_change,
    save_profile,
)
from models.accounts.events import BRAND_CHANGED
from models.accounts.logo_picture import LogoPicture
from models.accounts.practices import profile
from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.errors import Invalid
from models.core.events import Part, ToStaff
from models.core.scope import current_scope

UNWORN_FOR = timedelta(hours=1)
COLOUR = "Write a color as # and six digits, such as #1b5470."
BARE: Mapping[str, Any] = {"logo_id": None, "logo_stamp": "", "logo_width": 0, "logo_height": 0, "logo_plate": ""}


async def set_brand(actor: Actor, version: int | None, given: Mapping[str, str | None]) -> None:
    """Save what is given of accent, ground, welcome, about, hours. Colours are kept as chosen and moved when drawn.

    Raises Forbidden for anyone but an administrator, Invalid with a sentence per field, Conflict `changed-meanwhile`.
    """
    ensure_administrator(actor)
    made = checked_brand(given)
    async with change(actor, "practice.set_brand"):
        before = await profile_to_change()
        ensure_unchanged(version, before.brand_version)
        changed = {name: value for name, value in made.items() if getattr(before, name) != value}
        if changed:
            await save_profile({**changed, "brand_version": before.brand_version + 1})
            await record(actor, BRAND_CHANGED, [Part([ToStaff()])])


def checked_brand(given: Mapping[str, str | None]) -> dict[str, str]:
    """As it will be kept. Raises Invalid for a colour that is none."""
    made, wrong = {}, {}
    for name in ("accent", "ground"):
        text = given.get(name)
        if text is not None:
            try:
                made[name] = colour(text) if text.strip() or name == "accent" else ""
            except ValueError:
                wrong[name] = [COLOUR]
    if wrong:
        raise Invalid(errors=wrong)
    words = {name: given.get(name) for name in ("welcome", "about", "hours")}
    return made | {name: plain_lines(text) for name, text in words.items() if text is not None}


def colour(text: str) -> str:
    """#rrggbb in small letters, also where the # was left out; raises ValueError."""
    text = text.strip()
    return brand(text if text.startswith("#") else f"#{text}").chosen


async def set_logo(actor: Actor, logo_id: UUID, picture: LogoPicture) -> None:
    """Wear this logo, whose bytes lie in the storage already (logo_key); the former one's bytes go by a job."""
    ensure_administrator(actor)
    worn = {"logo_id": logo_id, "logo_stamp": picture.stamp, "logo_width": picture.width,
            "logo_height": picture.height, "logo_plate": picture.plate}
    await _wear(actor, "practice.set_logo", worn)


async def remove_logo(actor: Actor) -> None:
    """Back to the seal with the practice's initial."""
    ensure_administrator(actor)
    await _wear(actor, "practice.remove_logo", BARE)


async def logo_key_of(stamp: str) -> str | None:
    """Where the bytes of the open practice's logo lie, while it is the one with this stamp."""
    found = await profile()
    return logo_key(found.logo_id) if found.logo_id and found.logo_stamp == stamp else None


async def unused_logo_key(logo_id: UUID) -> str | None:
    """Where the bytes of a logo lie that is worn no more; None while it is."""
    return None if (await profile()).logo_id == logo_id else logo_key(logo_id)


async def place_for_logo(logo_id: UUID) -> str:
    """Where the bytes of a new one go; a job erases them if it is not worn in an hour."""
    await enqueue("logo.erase", {"logo": logo_id}, after=UNWORN_FOR, key=f"logo.erase:{logo_id}:unworn")
    return logo_key(logo_id)


def logo_key(logo_id: UUID) -> str:
    """The storage key in the open practice."""
    return f"{current_scope().practice_id}/logo/{logo_id}"


def new_logo_id() -> UUID:
    """Says nothing and is never used again."""
    return uuid4()


async def _wear(actor: Actor, verb: str, logo: Mapping[str, Any]) -> None:
    async with change(actor, verb):
        before = await profile_to_change()
        if before.logo_id == logo["logo_id"]:
            return
        await save_profile(logo)
        if before.logo_id is not None:
            await enqueue("logo.erase", {"logo": before.logo_id}, key=f"logo.erase:{before.logo_id}")
        await record(actor, BRAND_CHANGED, [Part([ToStaff()])])
