"""Account Settings > Signing: whether who signs proves anew who they are, how one may sign, and how to get paper."""

from __future__ import annotations

from dataclasses import dataclass

from models.accounts.details import ensure_administrator, ensure_unchanged
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_one
from models.core.events import Part, ToStaff
from models.documents.events import SIGNING_SETTINGS

READ = "SELECT confirms, typed, paper, version FROM signing_settings WHERE practice_id = portico_here()"
BEGIN = "INSERT INTO signing_settings DEFAULT VALUES ON CONFLICT DO NOTHING"
SAVE = """UPDATE signing_settings SET confirms = $1, typed = $2, paper = $3, version = version + 1
  WHERE practice_id = portico_here()"""


@dataclass(frozen=True)
class SigningSettings:
    """`confirms`: who signs has proved within ten minutes to be there; `typed`: a typed name is a signature, else it is
    drawn; `paper`: what the practice adds about getting paper."""

    confirms: bool = False
    typed: bool = True
    paper: str = ""
    version: int = 1


async def signing_settings() -> SigningSettings:
    """Those of the open practice."""
    row = await fetch_one(READ)
    return SigningSettings(**row) if row else SigningSettings()


async def set_signing(actor: Actor, version: int | None, *, confirms: bool, typed: bool, paper: str) -> None:
    """They hold for every signature from now on; other words about paper are agreed to anew by everybody who signs.

    Raises Forbidden, Conflict `changed-meanwhile`.
    """
    ensure_administrator(actor)
    async with change(actor, "signing.set"):
        await execute(BEGIN)
        row = await fetch_one(f"{READ} FOR UPDATE")
        assert row is not None
        ensure_unchanged(version, row["version"])
        if (row["confirms"], row["typed"], row["paper"]) != (confirms, typed, paper):
            await execute(SAVE, confirms, typed, paper)
            await record(actor, SIGNING_SETTINGS, [Part([ToStaff()])])
