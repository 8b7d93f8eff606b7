"""Secrets that work once and for a while: links by mail, the step between password and side. Only hashes are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.ids import new_token, token_hash

PASSWORD = "password"
INVITATION = "invitation"
SIGN_IN = "sign-in"
# Steps of one sign-in: the code after the password (or the link), and the side after one factor or two.
SECOND_STEP = "second-step"
SECOND_STEP_MAILED = "second-step-mailed"
CHOOSE_SIDE = "side"
CHOOSE_SIDE_STRONG = "side-strong"
CHOOSE_SIDE_MAILED = "side-mailed"
CHOOSE_SIDE_STRONG_MAILED = "side-strong-mailed"
# What each step has behind it: two factors; a link in a mailbox.
STRONG = frozenset({CHOOSE_SIDE_STRONG, CHOOSE_SIDE_STRONG_MAILED})
MAILED = frozenset({SECOND_STEP_MAILED, CHOOSE_SIDE_MAILED, CHOOSE_SIDE_STRONG_MAILED})
SECOND_STEPS = frozenset({SECOND_STEP, SECOND_STEP_MAILED})
STEPS = STRONG | MAILED | SECOND_STEPS | {CHOOSE_SIDE}
OPENING = "opening"

LASTS = {
    PASSWORD: timedelta(minutes=60),
    INVITATION: timedelta(days=14),
    SIGN_IN: timedelta(minutes=15),
    **dict.fromkeys(STEPS, timedelta(minutes=5)),
    **dict.fromkeys(SECOND_STEPS, timedelta(minutes=10)),
    OPENING: timedelta(days=7),
}
KEPT = timedelta(days=30)
LONGEST = 128

STAFF_INVITATION = "staff-invitation"
LASTS |= {STAFF_INVITATION: timedelta(days=14)}


@dataclass(frozen=True)
class Found:
    """A ticket of the open practice. `fresh`: it can still be redeemed."""

    login_id: UUID
    purpose: str
    fresh: bool


async def issue(login_id: UUID, purpose: str) -> str:
    """A new secret; earlier ones go on working until one is redeemed (the first mail may come second)."""
    token, moment = new_token(), now()
    await execute("DELETE FROM login_token WHERE login_id = $1 AND ends_at < $2", login_id, moment - KEPT)
    await execute(
        "INSERT INTO login_token (hash, purpose, login_id, created_at, ends_at) VALUES ($1, $2, $3, $4, $5)",
        token_hash(token), purpose, login_id, moment, moment + LASTS[purpose],
    )
    return token


async def look_at(token: str) -> Found | None:
    """What a secret is, changing nothing: a mail scanner that opens the link does not use it up."""
    row = await fetch_one(
        "SELECT login_id, purpose, used_at IS NULL AND ends_at > $2 AS fresh FROM login_token"
        " WHERE practice_id = portico_here() AND hash = $1",
        token_hash(token[:LONGEST]), now(),
    )
    return Found(row["login_id"], row["purpose"], row["fresh"]) if row else None


async def redeem(token: str, *purposes: str) -> UUID | None:
    """Use it up: whose it was, or None when it is unknown, too old, used, or for something else. Of two at once one
    gets it."""
    row = await fetch_one(
        "UPDATE login_token SET used_at = $2 WHERE practice_id = portico_here() AND hash = $1 AND used_at IS NULL"
        " AND ends_at > $2 AND purpose = ANY($3::text[]) RETURNING login_id",
        token_hash(token[:LONGEST]), now(), list(purposes),
    )
    return row["login_id"] if row else None


async def use_up(login_id: UUID) -> None:
    """End every open secret of a login: its password has just been chosen."""
    await execute("UPDATE login_token SET used_at = $2 WHERE login_id = $1 AND used_at IS NULL", login_id, now())


async def supersede(login_id: UUID, purpose: str) -> None:
    """End what was issued for this purpose before: only the newest is to work."""
    await execute(
        "UPDATE login_token SET used_at = $3 WHERE login_id = $1 AND purpose = $2 AND used_at IS NULL",
        login_id, purpose, now(),
    )
