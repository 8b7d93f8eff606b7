"""What somebody does who holds the database: rows written beside Portico, with the rules of the rows switched off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from models.core.settings import settings

LOOSE = ("signature", "signed_copy", "signing_link", "signing_head", "document", "submission", "answer", "form_version",
         "file")
# Of one document and its own signature: a second one, of staff, that nobody gave.
FORGED = """INSERT INTO signature SELECT practice_id, gen_random_uuid(), document_id, submission_id, 'staff', login_id,
  name, way, mark, intent, disclosure, agreed_at, shown, shown_sha256, submission_sha256, version_sha256, file_sha256,
  signed_at, zone, address, device, session, method, read_to_end FROM signature WHERE document_id = $1"""
# Under a document that nobody signed; $2 is the login in whose name.
FROM_NOTHING = """INSERT INTO signature (id, document_id, role, login_id, name, way, mark, intent, disclosure,
    agreed_at, shown, shown_sha256, signed_at, zone, address, device, session, method, read_to_end)
  VALUES (gen_random_uuid(), $1, 'recipient', $2, 'Ana Beltrán', 'typed', 'Ana Beltrán', '', $3, now(), '{}', '', now(),
    '', '', '', '', '', true)"""


async def as_owner(cast: Any, sql: str, *values: UUID | int) -> None:
    """One statement, as the owner of the database, who switches off triggers and the keys between tables."""
    owner = await asyncpg.connect(settings().owner_url)
    try:
        async with owner.transaction():
            await owner.execute("SELECT set_config('portico.practice', $1, true)", str(cast.practice_id))
            for table in LOOSE:
                await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            assert await owner.execute(sql, *values) not in ("UPDATE 0", "DELETE 0", "INSERT 0 0")
            for table in LOOSE:
                await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    finally:
        await owner.close()
