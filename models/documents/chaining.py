"""One chain over a practice's signatures: each signature, copy and voiding carries the hash of the one before, so that
none is changed, put in or taken away unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

import orjson

from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Conflict
from models.documents.covering import lost_parts

Kind = Literal["signature", "copy", "void"]
BATCH = 200

BEGIN = "INSERT INTO signing_head DEFAULT VALUES ON CONFLICT DO NOTHING"
HEAD = "SELECT number, hash FROM signing_head WHERE practice_id = portico_here()"
LINK = """INSERT INTO signing_link (number, kind, subject_id, document_id, digest, before, hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7)"""
TAKEN = "SELECT 1 FROM signing_link WHERE practice_id = portico_here() AND number = $1"
MOVE = "UPDATE signing_head SET number = $1, hash = $2 WHERE practice_id = portico_here()"
LINKS = """SELECT number, kind, subject_id, document_id, digest, before, hash FROM signing_link
  WHERE practice_id = portico_here() AND number > $1 AND number <= $2 ORDER BY number LIMIT $3"""
OF_DOCUMENT = """SELECT number, kind, subject_id, hash FROM signing_link
  WHERE practice_id = portico_here() AND document_id = $1 ORDER BY number"""
SET_BACK = ("The practice’s chain over signatures was changed from outside of Portico, so nothing can be signed or "
            "voided. Nothing was written. Whoever runs this installation has to look at it.")
# What each kind covers, in this order; a column more needs a kind of its own, so that what was made before still holds.
COVERED: Mapping[str, tuple[str, str]] = {
    "signature": ("signature", """id, document_id, submission_id, role, login_id, name, way, mark, intent, disclosure,
      agreed_at, shown, shown_sha256, submission_sha256, version_sha256, file_sha256, signed_at, zone, address, device,
      session, method, read_to_end"""),
    "copy": ("signed_copy", "id, document_id, after, storage_key, sha256, size, made_at"),
    "void": ("document", "id, voided_at, voided_by, void_reason"),
}
# In one statement, because the practice goes on working while the chain is walked.
END = """SELECT coalesce((SELECT number FROM signing_head WHERE practice_id = portico_here()), 0) AS number,
  coalesce((SELECT hash FROM signing_head WHERE practice_id = portico_here()), '') AS hash,
  (SELECT count(*) FROM signature WHERE practice_id = portico_here())::int AS signature,
  (SELECT count(*) FROM signed_copy WHERE practice_id = portico_here())::int AS copy,
  (SELECT count(*) FROM document d WHERE d.practice_id = portico_here() AND d.voided_at IS NOT NULL
    AND EXISTS (SELECT FROM signature s WHERE s.practice_id = d.practice_id AND s.document_id = d.id))::int AS void"""


@dataclass(frozen=True)
class Link:
    """Its number in the practice's chain, counted from 1, and its hash."""

    number: int
    hash: bytes


async def add_link(kind: Kind, subject_id: UUID, document_id: UUID) -> Link:
    """Inside a change, after the subject's row was written: one after the other, up to the commit. Raises Conflict
    `chain-broken` where somebody set the end of the chain back from outside: the next entry is there already."""
    await execute(BEGIN)
    head = await fetch_one(f"{HEAD} FOR UPDATE")
    digest = (await _digests(kind, [subject_id])).get(subject_id)
    assert head is not None and digest is not None
    number, before = head["number"] + 1, bytes(head["hash"])
    if await fetch_one(TAKEN, number) is not None:
        raise Conflict("chain-broken", SET_BACK)
    hashed = _hash(number, kind, subject_id, document_id, digest, before)
    await execute(LINK, number, kind, subject_id, document_id, digest, before, hashed)
    await execute(MOVE, number, hashed)
    return Link(number, hashed)


async def links_of(document_id: UUID) -> dict[tuple[str, UUID], Link]:
    """The links about one document, by kind and subject; whether they hold is not looked at."""
    rows = await fetch_all(OF_DOCUMENT, document_id)
    return {(row["kind"], row["subject_id"]): Link(row["number"], bytes(row["hash"])) for row in rows}


async def holding(links: list[Row]) -> frozenset[int]:
    """Of these rows of signing_link the numbers of those that are, with what they are about, as they were when they
    were written; whether the whole chain holds is not looked at."""
    found = await _digests_of(links)
    return frozenset(row["number"] for row in links if _holds(row, bytes(row["before"]), found))


async def walk_signings() -> tuple[int, int | None]:
    """How many links the open practice's chain has, and the number of the first that does not hold, or covers what
    is not any more what was signed; None when all do, the chain ends there, and nothing stands beside it."""
    counted, before, kinds, end = 0, b"", dict.fromkeys(COVERED, 0), await fetch_one(END)
    assert end is not None
    while rows := await fetch_all(LINKS, counted, end["number"], BATCH):
        found = await _digests_of(rows)
        lost = await lost_parts(row["subject_id"] for row in rows if row["kind"] == "signature")
        for row in rows:
            if row["subject_id"] in lost or row["number"] != counted + 1 or not _holds(row, before, found):
                return counted, counted + 1
            counted, before = row["number"], bytes(row["hash"])
            kinds[row["kind"]] += 1
    whole = (end["number"], bytes(end["hash"])) == (counted, before) and all(end[kind] == kinds[kind] for kind in kinds)
    return counted, None if whole else counted + 1


async def head_hash() -> str:
    """The hash at the end of the chain in hexadecimal; empty before the first signature."""
    row = await fetch_one(HEAD)
    return bytes(row["hash"]).hex() if row else ""


def _holds(row: Row, before: bytes, found: Mapping[tuple[str, UUID], bytes]) -> bool:
    subject = (row["kind"], row["subject_id"])
    digest = found.get(subject)
    if digest is None or digest != bytes(row["digest"]) or bytes(row["before"]) != before:
        return False
    return bytes(row["hash"]) == _hash(row["number"], *subject, row["document_id"], digest, before)


async def _digests_of(rows: list[Row]) -> dict[tuple[str, UUID], bytes]:
    found: dict[tuple[str, UUID], bytes] = {}
    for kind in COVERED:
        ids = [row["subject_id"] for row in rows if row["kind"] == kind]
        found |= {(kind, id): digest for id, digest in (await _digests(kind, ids)).items()}
    return found


async def _digests(kind: str, ids: list[UUID]) -> dict[UUID, bytes]:
    """What the subjects hold now, as digests; without those that are no longer there."""
    if not ids:
        return {}
    table, columns = COVERED[kind]
    sql = f"SELECT {columns} FROM {table} WHERE practice_id = portico_here() AND id = ANY($1)"
    return {row["id"]: sha256(orjson.dumps([_plain(one) for one in row.values()])).digest()
            for row in await fetch_all(sql, ids)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value) if isinstance(value, UUID) else value


def _hash(number: int, kind: str, subject: UUID, document: UUID, digest: bytes, before: bytes) -> bytes:
    return sha256(before + f"{number}:{kind}:{subject}:{document}:".encode() + digest).digest()
