"""Practices with pairs of people in them, a practitioner and a client each, made in bulk past the policies."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from models.core.clock import now
from models.core.ids import new_id, new_token, token_hash


@dataclass(frozen=True)
class Person:
    """Signed in: `token` is what their browser's cookie holds."""

    practice_id: UUID
    subdomain: str
    login_id: UUID
    session_id: UUID
    side: str
    token: str


@dataclass(frozen=True)
class Pair:
    practitioner: Person
    client: Person
    staff_id: UUID
    client_id: UUID
    access_id: UUID

    @property
    def practice_id(self) -> UUID:
        return self.client.practice_id


async def new_practices(admin: asyncpg.Connection, practices: int, *, pairs: int = 1) -> list[list[Pair]]:
    """So many practices with so many pairs each, written by COPY: one statement a table."""
    made = [_pairs(new_id(), f"b{secrets.token_hex(6)}", pairs) for _ in range(practices)]
    await _write_practices(admin, [group[0].client for group in made])
    await _write_people(admin, [pair for group in made for pair in group])
    return made


def _pairs(practice_id: UUID, subdomain: str, count: int) -> list[Pair]:
    def person(side: str) -> Person:
        return Person(practice_id, subdomain, new_id(), new_id(), side, new_token())

    return [Pair(person("desk"), person("portal"), new_id(), new_id(), new_id()) for _ in range(count)]


async def _write_practices(admin: asyncpg.Connection, faces: Sequence[Person]) -> None:
    await _copy(admin, "practice", "id subdomain", [(one.practice_id, one.subdomain) for one in faces])
    await _copy(admin, "practice_head", "practice_id", [(one.practice_id,) for one in faces])
    await _copy(admin, "practice_profile", "practice_id name", [(one.practice_id, one.subdomain) for one in faces])
    await _copy(admin, "messaging_settings", "practice_id", [(one.practice_id,) for one in faces])


async def _write_people(admin: asyncpg.Connection, pairs: Sequence[Pair]) -> None:
    people = [person for pair in pairs for person in (pair.practitioner, pair.client)]
    moment = now()
    ends, due = moment + timedelta(hours=10), moment + timedelta(minutes=10)
    await _copy(admin, "login", "practice_id id email",
                [(one.practice_id, one.login_id, f"{one.login_id}@bench.test") for one in people])
    await _copy(admin, "staff_member", "practice_id id login_id name roles",
                [(p.practice_id, p.staff_id, p.practitioner.login_id, "Maya Okafor", ["practitioner"]) for p in pairs])
    await _copy(admin, "client", "practice_id id name", [(p.practice_id, p.client_id, "Ana Beltrán") for p in pairs])
    await _copy(admin, "assignment", "practice_id id client_id staff_id",
                [(p.practice_id, uuid4(), p.client_id, p.staff_id) for p in pairs])
    await _copy(admin, "portal_access", "practice_id id client_id login_id invited_at accepted_at",
                [(p.practice_id, p.access_id, p.client_id, p.client.login_id, moment, moment) for p in pairs])
    await _copy(admin, "session", "practice_id id login_id side ends_at",
                [(one.practice_id, one.session_id, one.login_id, one.side, ends) for one in people])
    await _copy(admin, "session_key", "hash practice_id session_id login_id ends_at due_at",
                [(token_hash(one.token), one.practice_id, one.session_id, one.login_id, ends, due) for one in people])


async def _copy(admin: asyncpg.Connection, table: str, columns: str, records: list[tuple[Any, ...]]) -> None:
    await admin.copy_records_to_table(table, columns=columns.split(), records=records)
