"""The jobs there are, and what runs by the clock. Each job finds its practice and ids in its payload; each looks anew
whether it is still due, because it may run late, twice, or after what it was for has gone.

A job answers None when it is done, or a timedelta: try again after that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts import sign_in_rule
from models.accounts.sessions import sweep_idle
from models.core import retention, sealing
from models.core.queue import PULSE
from models.core.scope import run_scope
from models.files import bringing
from models.messaging import away
from models.notifications import account_mail, mailing, security_mail, unread
from server import mail, storage

Answer = timedelta | None
Job = Callable[[UUID, Mapping[str, UUID]], Coroutine[Any, Any, Answer]]


@dataclass(frozen=True)
class Regular:
    """Work by the clock; `when` as cron writes it, in UTC. One worker of all takes each turn."""

    name: str
    when: str
    work: Callable[[], Awaitable[None]]


def inside(verb: Callable[[UUID], Awaitable[Answer]], id_name: str) -> Job:
    """A job that is one verb in the scope of its practice."""

    async def run(practice_id: UUID, ids: Mapping[str, UUID]) -> Answer:
        return await run_scope(practice_id, lambda _: verb(ids[id_name]))

    return run


async def _send_mail(practice_id: UUID, ids: Mapping[str, UUID]) -> Answer:
    return await mail.send_mail(practice_id, ids["mail"])


async def _erase_file(practice_id: UUID, ids: Mapping[str, UUID]) -> Answer:
    """Bytes first, then the row: cut off in between, the next run finds the row and goes on."""
    at = await run_scope(practice_id, lambda _: bringing.stored_at(ids["file"]))
    if at is not None:
        await storage.erase(at.key, *filter(None, [at.thumbnail_key]))
        await run_scope(practice_id, lambda _: bringing.forget(ids["file"]))
    return None


async def _nets() -> None:
    """What the queue lost, if it ever loses anything."""
    await unread.wake_all_overdue()
    await mailing.wake_all_lost()


async def _idle_sessions() -> None:
    await sweep_idle()


JOBS: dict[str, Job] = {
    "unread.mail": inside(unread.mail_if_unread, "streak"),
    "mail.reset": inside(account_mail.mail_reset, "login"),
    "mail.sign_in_link": inside(security_mail.mail_link, "login"),
    "mail.send": _send_mail,
    "file.erase": _erase_file,
    away.BEGIN: inside(away.begin, "away"),
    sign_in_rule.BEGINS: inside(sign_in_rule.begins, "practice_rule"),
}

# Each asks the database which practices have such work: a practice where nothing happened costs nothing.
REGULAR: list[Regular] = [
    Regular("house.nets", "*/5 * * * *", _nets),
    Regular(PULSE, "* * * * * */20", _idle_sessions),
    Regular("house.seal_looks", "* * * * *", sealing.seal_all_looks),
    Regular("house.forgotten_files", "17 * * * *", bringing.let_all_forgotten_go),
    Regular("house.retention", "*/10 * * * *", retention.drop_what_is_old),
]
