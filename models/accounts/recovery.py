"""Ten recovery codes, for who has lost the app: each works once. Only keyed hashes are kept."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from uuid import UUID

from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.secret import key_for, keys_for

PURPOSE = "recovery-code"
HOW_MANY = 10
# No letter that is taken for a digit. Ten of them are fifty bits.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


async def renew(login_id: UUID) -> list[str]:
    """Inside a change: ten new ones, as they are shown this once; the former are gone."""
    await forget(login_id)
    made = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(HOW_MANY)]
    await execute(
        "INSERT INTO recovery_code (login_id, hash) SELECT $1, unnest($2::bytea[])",
        login_id, [_hash(key_for(PURPOSE), login_id, code) for code in made],
    )
    return [f"{code[:5]}-{code[5:]}" for code in made]


async def use(login_id: UUID, typed: str) -> bool:
    """Use one up. Of two at once with the same code one gets it."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(code) != 10:
        return False
    return bool(await execute(
        "UPDATE recovery_code SET used_at = $3"
        " WHERE practice_id = portico_here() AND login_id = $1 AND hash = ANY($2::bytea[]) AND used_at IS NULL",
        login_id, [_hash(key, login_id, code) for key in keys_for(PURPOSE)], now(),
    ))


async def left(login_id: UUID) -> int:
    row = await fetch_one(
        "SELECT count(*) AS n FROM recovery_code"
        " WHERE practice_id = portico_here() AND login_id = $1 AND used_at IS NULL",
        login_id,
    )
    return int(row["n"]) if row else 0


async def forget(login_id: UUID) -> None:
    await execute("DELETE FROM recovery_code WHERE practice_id = portico_here() AND login_id = $1", login_id)


def _hash(key: bytes, login_id: UUID, code: str) -> bytes:
    return hmac.new(key, login_id.bytes + code.encode(), sha256).digest()
