"""Account Settings > Portal > Client uploads: how much room files have. For administrators."""

from __future__ import annotations

from typing import Any

from models.accounts.practices import profile
from models.core.actor import Actor
from models.files import room
from models.files.asks import SetRoom
from models.files.registering import UPLOADS
from models.files.room import GB, MB, spoken
from server import antivirus
from server.door import ADMINISTRATOR, Done, Page, get, post
from server.portal_settings import Section

HERE = "/staff/settings/portal/files"
SECTION = Section(HERE, "features.changed file.room_changed")


@get(HERE, allow=ADMINISTRATOR)
async def files_section(actor: Actor) -> Page:
    """The section of the Portal tab: limits, what is taken, and whether files are scanned."""
    shown = await _shown()
    return Page("files/_room.html", json=shown, room=shown)


@get(f"{HERE}/edit", allow=ADMINISTRATOR)
async def edit_room(actor: Actor) -> Page:
    shown = await _shown()
    return Page("files/room.html", json=shown, room=shown, current="settings")


@post(HERE, allow=ADMINISTRATOR, body=SetRoom, again=edit_room)
async def set_room(actor: Actor, body: SetRoom) -> Done:
    """They hold for what comes from now on."""
    await room.set_room(actor, body.version, most_file=body.most_file_mb * MB, most_client=body.most_client_gb * GB,
                        most_practice=body.most_practice_gb * GB)
    return Done(see="/staff/settings/portal#files")


async def _shown() -> dict[str, Any]:
    limits, taken = await room.room(), await room.used()
    return {
        "on": UPLOADS.key not in (await profile()).features_off, "most_file_mb": limits.most_file // MB,
        "most_client_gb": limits.most_client // GB, "most_practice_gb": limits.most_practice // GB,
        "version": limits.version, "taken": spoken(taken.bytes) if taken.bytes else "", "files": taken.files,
        "scans": antivirus.is_set_up(),
    }
