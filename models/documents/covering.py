"""What a signature covers beside its own row: what was shown, the answers handed in with it, the form or the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal
from uuid import UUID

from models.core.database import fetch_all

Part = Literal["shown", "answers", "form", "file"]
PARTS: tuple[Part, ...] = ("shown", "answers", "form", "file")
# By the texts and bytes themselves where they stand in the database, not by the SHA-256 that is kept beside them.
LOST = """SELECT s.id, s.shown_sha256 <> sha256(convert_to(s.shown, 'UTF8')) AS shown,
    (s.submission_id IS NOT NULL OR s.submission_sha256 IS NOT NULL) AND NOT EXISTS (SELECT FROM submission u
      WHERE u.practice_id = s.practice_id AND u.id = s.submission_id AND u.document_id = s.document_id
        AND sha256(convert_to(u.response, 'UTF8')) = s.submission_sha256) AS answers,
    s.version_sha256 IS NOT NULL AND NOT EXISTS (SELECT FROM document d JOIN form_version v
      ON v.practice_id = d.practice_id AND v.id = d.version_id WHERE d.practice_id = s.practice_id
        AND d.id = s.document_id AND sha256(convert_to(v.questionnaire, 'UTF8')) = s.version_sha256) AS form,
    s.file_sha256 IS NOT NULL AND NOT EXISTS (SELECT FROM document d JOIN file f ON f.practice_id = d.practice_id
      AND f.id = d.file_id WHERE d.practice_id = s.practice_id AND d.id = s.document_id
        AND f.sha256 = s.file_sha256) AS file
  FROM signature s WHERE s.practice_id = portico_here() AND s.id = ANY($1)"""


async def lost_parts(ids: Iterable[UUID]) -> Mapping[UUID, tuple[Part, ...]]:
    """Of these signatures those under which something is not any more what was signed, and what that is."""
    asked = list(ids)
    rows = await fetch_all(LOST, asked) if asked else []
    found = {row["id"]: tuple(part for part in PARTS if row[part]) for row in rows}
    return {id: parts for id, parts in found.items() if parts}
