"""Download my data: a person asks, a job makes one ZIP of what is theirs and what they may see, and it goes after seven
days. It opens for that person alone, signed in, and only while they may see no less than when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from models.accounts.actors import actor_of_session
from models.accounts.events import DATA_ASKED, DATA_FAILED, DATA_GONE, DATA_READY
from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_one
from models.core.errors import Conflict, Gone, Refusal, missing
from models.core.events import EventType, Part, ToLogin
from models.core.ids import new_id
from models.core.limits import Limit, take
from models.core.scope import current_scope

BUILD, ERASE = "own_data.build", "own_data.erase"
KEPT = timedelta(days=7)
GIVEN_UP = timedelta(days=1)  # as the job itself does
LOOK_AFTER = GIVEN_UP + timedelta(hours=1)  # for bytes of what nobody was ever offered
ASKS = Limit("own-data", most=5, seconds=86400)
COLUMNS = "id, login_id, session_id, asked_at, ready_at, ends_at, failed_at, erased_at, storage_key, size, rights"
CURRENT = f"""SELECT {COLUMNS} FROM own_data WHERE practice_id = portico_here() AND login_id = $1
  ORDER BY asked_at DESC, id DESC LIMIT 1"""
ONE = f"SELECT {COLUMNS} FROM own_data WHERE practice_id = portico_here() AND id = $1"
READY = """UPDATE own_data SET ready_at = coalesce(ready_at, $2), ends_at = coalesce(ends_at, $3), size = $4,
  rights = $5 WHERE id = $1"""
CHANGED = "What you may see has changed since this was made. Ask for it again."


@dataclass(frozen=True)
class OwnData:
    """Times are UTC. `ready_at`: made then, and there until `ends_at`; `failed_at`: it could not be made."""

    id: UUID
    login_id: UUID
    session_id: UUID
    asked_at: datetime
    ready_at: datetime | None
    ends_at: datetime | None
    failed_at: datetime | None
    erased_at: datetime | None
    storage_key: str
    size: int
    rights: bytes | None

    @property
    def state(self) -> str:
        """waiting, ready, failed or gone."""
        if self.failed_at is not None or (self.ready_at is None and self.asked_at < now() - GIVEN_UP):
            return "failed"
        if self.erased_at is not None or (self.ends_at is not None and self.ends_at <= now()):
            return "gone"
        return "ready" if self.ready_at is not None else "waiting"


async def ask(actor: Actor) -> UUID:
    """Have it made; while one is being made or is ready nothing new begins. Raises TooMany after five a day."""
    found = await latest(actor)
    if found is not None and found.state == "waiting":
        return found.id
    if found is not None and found.state == "ready":
        raise Conflict("data-ready", "Your data is ready already. Download it, or remove it and ask again.")
    await take(ASKS, actor.login_id)
    async with change(actor, "account.ask_for_data"):
        if found is not None and found.state == "gone" and found.erased_at is None:
            await _erase_soon(found)
        if found is not None and found.state == "failed":
            await execute("UPDATE own_data SET failed_at = coalesce(failed_at, $2) WHERE id = $1", found.id, now())
        made = new_id()
        await execute(
            "INSERT INTO own_data (id, login_id, session_id, asked_at, storage_key) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT DO NOTHING",
            made, actor.login_id, actor.session_id, now(), f"{actor.practice_id}/{uuid4()}",
        )
        current = await latest(actor) or missing("data")
        if current.id == made:
            await enqueue(BUILD, {"data": made}, key=f"{BUILD}:{made}")
            await enqueue(ERASE, {"data": made}, after=LOOK_AFTER, key=f"{ERASE}:{made}:unmade")
            await _tell(actor, DATA_ASKED, current)
    return current.id


async def latest(actor: Actor) -> OwnData | None:
    """The newest this person asked for."""
    return _read(await fetch_one(CURRENT, actor.login_id))


async def openable(actor: Actor, data_id: UUID) -> OwnData:
    """For the person whose it is; raises Missing for anybody else, Gone after its days or when rights ended."""
    found = _read(await fetch_one(ONE, data_id))
    if found is None or found.login_id != actor.login_id or found.state == "waiting":
        missing("data")
    if found.state != "ready":
        raise Gone("data-gone", "This was removed after its days. Ask for it again.")
    if found.rights != rights_of(actor):
        raise Gone("data-changed", CHANGED)
    return found


async def remove(actor: Actor, data_id: UUID) -> None:
    """The person wants it gone before its days are over."""
    found = _read(await fetch_one(ONE, data_id))
    if found is None or found.login_id != actor.login_id:
        missing("data")
    if found.state == "ready":
        async with change(actor, "account.remove_data"):
            await _erase_soon(found)
            await _tell(actor, DATA_GONE, found)


async def whose(data_id: UUID) -> tuple[OwnData, Actor] | None:
    """For the job: what is to be made, and the person with the rights of this moment; None when it is no longer due.
    Who was signed out meanwhile has to ask again."""
    found = _read(await fetch_one(ONE, data_id))
    if found is None or found.state != "waiting":
        return None
    try:
        return found, await actor_of_session(current_scope().practice_id, found.session_id)
    except Refusal:
        await failed(data_id)
        return None


async def ready(data_id: UUID, size: int, rights: bytes) -> bool:
    """It lies in the storage; the person is told, and a job erases it when its days are over. A job that ran twice has
    written it anew: what lies there now counts. False: nobody waits for it any more."""
    found = _read(await fetch_one(ONE + " FOR UPDATE", data_id))
    if found is None or found.state not in ("waiting", "ready"):
        return False
    async with change(None, "account.data_ready"):
        await execute(READY, data_id, now(), now() + KEPT, size, rights)
        if found.state == "waiting":
            await enqueue(ERASE, {"data": data_id}, after=KEPT, key=f"{ERASE}:{data_id}:days")
            await _tell(None, DATA_READY, found)
    return True


async def failed(data_id: UUID) -> None:
    found = _read(await fetch_one(ONE + " FOR UPDATE", data_id))
    if found is not None and found.state == "waiting":
        async with change(None, "account.data_failed"):
            await execute("UPDATE own_data SET failed_at = $2 WHERE id = $1", data_id, now())
            await _tell(None, DATA_FAILED, found)


async def to_erase(data_id: UUID) -> str | timedelta | None:
    """Where bytes lie that nobody may open any more, or never could. A timedelta: it was called that much too early."""
    found = _read(await fetch_one(ONE, data_id))
    if found is None or found.state not in ("waiting", "ready"):
        return found.storage_key if found is not None else None
    return max((found.ends_at or found.asked_at + GIVEN_UP) - now(), timedelta(seconds=1))


async def erased(data_id: UUID) -> None:
    """The bytes are gone; pages that showed the link hear of it."""
    found = _read(await fetch_one(ONE + " FOR UPDATE", data_id))
    if found is not None and found.erased_at is None:
        async with change(None, "account.data_gone"):
            await execute("UPDATE own_data SET erased_at = $2 WHERE id = $1", data_id, now())
            await _tell(None, DATA_GONE, found)


def rights_of(actor: Actor) -> bytes:
    """A hash of what this person may see: which clients, with which permissions and features."""
    one_by_one = sorted(
        f"{one.access_id} {sorted(one.permissions)} {sorted(one.features)}" for one in actor.accesses
    )
    return sha256("\n".join(one_by_one).encode()).digest()


async def _erase_soon(found: OwnData) -> None:
    await execute("UPDATE own_data SET erased_at = $2 WHERE id = $1", found.id, now())
    await enqueue(ERASE, {"data": found.id}, key=f"{ERASE}:{found.id}:now")


async def _tell(actor: Actor | None, kind: EventType, found: OwnData) -> None:
    await record(actor, kind, [Part([ToLogin(found.login_id)], {"data_id": found.id})], subject_id=found.login_id)


def _read(row: Row | None) -> OwnData | None:
    return OwnData(**row) if row else None
