"""What is done to a practice from the shell, by whoever runs the house."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from models.accounts.membership import make_administrator as promote
from models.accounts.resets import reset_from_shell
from models.core.database import close_database, fetch_one, open_database
from models.core.scope import run_scope
from models.core.settings import settings


async def make_administrator(subdomain: str, email: str) -> str:
    """A member of that practice's team becomes an administrator; returns a sentence. Raises ValueError when there is
    no such practice or member."""
    return f"{await _of(subdomain, lambda: promote(email))} is an administrator of {subdomain} now."


async def reset_second_factor(subdomain: str, email: str) -> str:
    """A member's second factor is gone, with passkeys and known devices; they are told by mail. As above."""
    name = await _of(subdomain, lambda: reset_from_shell(email))
    return f"The second factor of {name} at {subdomain} is reset. All their sessions have ended."


async def _of(subdomain: str, work: Callable[[], Awaitable[str]]) -> str:
    url = settings().database_url
    if url is None:
        raise ValueError("DATABASE_URL is not set; give the address of the practice's database.")
    await open_database(url, pool=3)
    try:
        practice = await fetch_one("SELECT id FROM practice WHERE subdomain = $1", subdomain.strip().lower())
        if practice is None:
            raise ValueError(f"No practice has the subdomain {subdomain}.")
        return await run_scope(practice["id"], lambda _: work())
    finally:
        await close_database()
