"""Doors of Account Settings > Branding: colours, words, the logo, and a preview of all three. For administrators."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Mapping

from models.accounts import dressing
from models.accounts.asks import Colours, JustDone, MailColours, PreviewBrand, SetBrand, Shown
from models.accounts.branding import brand
from models.accounts.logo_picture import LogoPicture, logo_picture
from models.accounts.practices import profile
from models.core.actor import Actor
from models.core.errors import Busy, Refusal, TooLarge
from models.core.scope import run_scope
from server import storage
from server.brand_preview import brand_of, colours_shown, preview
from server.door import ADMINISTRATOR, Done, Page, Raw, get, post, upload
from server.incoming import Incoming, incoming
from server.letters import sample_sheet

HERE = "/staff/settings/branding"
CSS = "text/css; charset=utf-8"
MOST_BYTES = 2 * 1024 * 1024
TOO_LARGE = "This picture is larger than 2 MB. Nothing was kept; save it smaller, then upload it again."
CHECKED_AT_ONCE = asyncio.Semaphore(1)
SAID = {
    "brand": "Saved. Pages show it from their next load on.",
    "logo": "Your logo stands on every page and in every mail from now on.",
    "removed": "The logo is removed. The practice’s initial stands in its place.",
}


@get(HERE, allow=ADMINISTRATOR, query=JustDone)
async def branding_page(actor: Actor, query: JustDone | None = None) -> Page:
    """Logo, two colours, welcome text, hours; beside them what clients will see."""
    found = await profile()
    shown = {
        "accent": found.accent, "ground": found.ground, "welcome": found.welcome, "about": found.about,
        "hours": found.hours, "crisis_text": found.crisis_text, "version": found.brand_version,
    }
    return Page(
        "accounts/settings_branding.html", json={**shown, "logo": found.logo_stamp or None}, brand=shown,
        colours=colours_shown(brand(found.accent, found.ground)),
        toast_words=SAID.get(query.done if query else "", ""),
        current="settings",
    )


@post(HERE, allow=ADMINISTRATOR, body=SetBrand, again=branding_page)
async def set_brand(actor: Actor, body: SetBrand) -> Done:
    """What is sent is saved, what is not stays. With `version`, only over what the page showed."""
    given = body.model_dump(include={"accent", "ground", "welcome", "about", "hours"})
    if body.own_ground is False:
        given["ground"] = ""
    await dressing.set_brand(actor, body.version, given)
    return Done(see=f"{HERE}?done=brand")


@upload(f"{HERE}/logo", allow=ADMINISTRATOR, again=branding_page)
async def set_logo(actor: Actor, stream: AsyncIterator[bytes], headers: Mapping[str, str]) -> Done:
    """A PNG, JPEG or WebP. Only its pixels are kept."""
    async with incoming(stream, headers, "logo") as came:
        picture = await _picture(came)
    await _worn(actor, picture)
    return Done({"logo": picture.stamp}, see=f"{HERE}?done=logo")


@post(f"{HERE}/logo/remove", allow=ADMINISTRATOR)
async def remove_logo(actor: Actor) -> Done:
    await dressing.remove_logo(actor)
    return Done(see=f"{HERE}?done=removed")


@get(f"{HERE}/preview", allow=ADMINISTRATOR, query=Shown)
async def preview_page(actor: Actor, query: Shown) -> Page:
    """As it is saved: what the frame beside the form opens with."""
    return await preview(actor, query, {})


@post(f"{HERE}/preview", allow=ADMINISTRATOR, body=PreviewBrand, step_up=False)
async def preview_typed(actor: Actor, body: PreviewBrand) -> Page:
    """As it would look with what is being typed. Nothing is saved."""
    typed = body.model_dump(include={"welcome", "about", "hours", "accent"})
    return await preview(actor, body, {**typed, "ground": body.ground if body.own_ground else ""})


@get(f"{HERE}/colours", allow=ADMINISTRATOR, query=Colours)
async def what_became(query: Colours) -> Page:
    """What becomes of colours as they are chosen, with the contrast of what is read on them."""
    made = dressing.checked_brand({"accent": query.accent, "ground": query.ground})
    shown = colours_shown(brand(made["accent"], made["ground"]))
    return Page("accounts/_colours.html", json=shown, colours=shown)


@get(f"{HERE}/colours.css", allow=ADMINISTRATOR, query=Colours)
async def colours_css(query: Colours) -> Raw:
    """brand.css for colours that are not saved: pages may hold no styles of their own."""
    return Raw(brand_of(query.accent, query.ground).css, CSS)


@get(f"{HERE}/mail.css", allow=ADMINISTRATOR, query=MailColours)
async def mail_css(query: MailColours) -> Raw:
    """The look of a mail, for the same reason."""
    return Raw(sample_sheet(brand_of(query.accent, query.ground), night=query.theme == "dark"), CSS)


async def _picture(came: Incoming) -> LogoPicture:
    if came.size > MOST_BYTES:
        raise TooLarge("logo-too-large", TOO_LARGE, errors={"logo": [TOO_LARGE]})
    came.file.seek(0)
    async with CHECKED_AT_ONCE:  # sixteen million pixels take a hundred megabytes while they are made small
        return await asyncio.to_thread(logo_picture, came.file)


async def _worn(actor: Actor, picture: LogoPicture) -> None:
    """The bytes first: no page ever names a logo that is not there. Refused, they go again; where nobody knows what
    became of it (the caller or the database went away in the midst of it) a job looks later whether it is worn."""
    logo_id = dressing.new_logo_id()
    key = await run_scope(actor.practice_id, lambda _: dressing.place_for_logo(logo_id))
    await storage.keep(key, io.BytesIO(picture.png))
    try:
        await run_scope(actor.practice_id, lambda _: dressing.set_logo(actor, logo_id, picture))
    except Busy:
        raise
    except Refusal:
        await storage.erase(key)
        raise
