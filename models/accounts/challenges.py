"""What a passkey has to sign: random, for one purpose and (but at sign-in) one login, once, within five minutes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from models.core.clock import now
from models.core.database import execute, fetch_one

LASTS = timedelta(minutes=5)

SIGN_IN = "sign-in"
ADD = "add"
STEP_UP = "step-up"
UNLOCK = "unlock"


async def issue(purpose: str, login_id: UUID | None) -> tuple[UUID, bytes]:
    """A new one: its id, and the bytes to sign. Those that are over go."""
    challenge_id, challenge, moment = uuid4(), secrets.token_bytes(32), now()
    await execute("DELETE FROM passkey_challenge WHERE practice_id = portico_here() AND ends_at < $1", moment)
    await execute(
        "INSERT INTO passkey_challenge (id, challenge, purpose, login_id, ends_at) VALUES ($1, $2, $3, $4, $5)",
        challenge_id, challenge, purpose, login_id, moment + LASTS,
    )
    return challenge_id, challenge


async def redeem(challenge_id: UUID, purpose: str, login_id: UUID | None) -> bytes | None:
    """Use it up; None when it is unknown, used, too old, for something else or for somebody else."""
    row = await fetch_one(
        "DELETE FROM passkey_challenge WHERE practice_id = portico_here() AND id = $1 AND purpose = $2"
        " AND login_id IS NOT DISTINCT FROM $3 AND ends_at > $4 RETURNING challenge",
        challenge_id, purpose, login_id, now(),
    )
    return bytes(row["challenge"]) if row else None
