"""Whether what was signed stands as it was signed, in plain words: each signature, what it covers, and what was put in
or taken away beside the chain. Pages, copies and lists say it alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from models.core.database import Row, fetch_all
from models.core.errors import Conflict
from models.documents.chaining import holding
from models.documents.covering import Part, lost_parts

# What there is and what the chain says there is, in one statement: somebody may sign between two.
ABOUT = """WITH there AS (
    SELECT 'signature' AS kind, id, document_id FROM signature
      WHERE practice_id = portico_here() AND document_id = ANY($1)
    UNION ALL SELECT 'copy', id, document_id FROM signed_copy
      WHERE practice_id = portico_here() AND document_id = ANY($1)
    UNION ALL SELECT 'void', id, id FROM document
      WHERE practice_id = portico_here() AND id = ANY($1) AND voided_at IS NOT NULL),
  link AS (SELECT number, kind, subject_id, document_id, digest, before, hash FROM signing_link
    WHERE practice_id = portico_here() AND document_id = ANY($1))
  SELECT coalesce(t.kind, l.kind) AS kind, coalesce(t.id, l.subject_id) AS subject_id,
    coalesce(t.document_id, l.document_id) AS document_id, t.id IS NOT NULL AS there, l.number, l.digest, l.before,
    l.hash, d.submitted_at IS NULL AS open
  FROM there t FULL JOIN link l ON l.kind = t.kind AND l.subject_id = t.id AND l.document_id = t.document_id
  JOIN document d ON d.practice_id = portico_here() AND d.id = coalesce(t.document_id, l.document_id)"""

EVERY = """SELECT document_id AS id FROM signature WHERE practice_id = portico_here()
  UNION SELECT document_id FROM signed_copy WHERE practice_id = portico_here()
  UNION SELECT document_id FROM signing_link WHERE practice_id = portico_here()"""
NAMED = """SELECT d.id, d.client_id, d.title, c.name AS client FROM document d
  JOIN client c ON c.practice_id = d.practice_id AND c.id = d.client_id
  WHERE d.practice_id = portico_here() AND d.id = ANY($1) ORDER BY c.name, d.title, d.id LIMIT $2"""
BATCH, MOST = 500, 50

FORGED = ("This signature does not stand in the practice’s chain over signatures: it was put in from outside of "
          "Portico. It does not count.")
ALTERED = ("This signature is not as it was given: something of it, or of its entry in the chain over signatures, was "
           "changed afterwards. It does not count.")
GONE = "A signature that was given here was taken away: entry {} of the chain over signatures names it."
LOST: Mapping[Part, str] = {
    "shown": "What is kept as shown to the signer is not what was signed.",
    "answers": "The answers that are kept here are not those that were signed, or are not all there any more.",
    "form": "The form that is kept here is not the one that was signed.",
    "file": "The file that is kept here is not the one that was signed.",
}
COPY = "A PDF kept as a signed copy was not made by Portico, is not as it was made, or was taken away."
VOID = "It is marked as void, but no entry in the chain over signatures says so, or what it says was changed."
NOT_VOID = "It was voided: entry {} of the chain over signatures says so. It is not marked as void any more."
REOPENED = "It was signed, but is not marked as handed in any more."
STOPPED = ("What stands here about signatures was changed from outside of Portico, so nothing can be changed or "
           "signed. Nothing typed before is lost. The practice can void it, and ask for it anew.")


@dataclass(frozen=True)
class Vouched:
    """`faults`: by signature, why it does not count; `lost`: what is wrong with the document beside that. Nothing in
    either names a person or says what is in the document."""

    faults: Mapping[UUID, str] = field(default_factory=dict)
    lost: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        return not self.faults and not self.lost

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, each once, as it is said of the document."""
        of_one = [one.replace("This signature", "A signature here", 1) for one in self.faults.values()]
        return tuple(dict.fromkeys([*of_one, *self.lost]))


HOLDS = Vouched()


async def vouch(document_id: UUID) -> Vouched:
    """For one document; one that nobody signed holds."""
    return (await unvouched([document_id])).get(document_id, HOLDS)


async def unvouched(document_ids: Iterable[UUID]) -> dict[UUID, Vouched]:
    """Those of these documents about which something does not hold, with what that is."""
    rows = await fetch_all(ABOUT, list(document_ids))
    if not rows:
        return {}
    sound = await holding([row for row in rows if row["number"] is not None])
    lost = await lost_parts(row["subject_id"] for row in rows if row["kind"] == "signature" and row["there"])
    by_document: dict[UUID, list[Row]] = {}
    for row in rows:
        by_document.setdefault(row["document_id"], []).append(row)
    found = {id: _judged(about, sound, lost) for id, about in by_document.items()}
    return {id: one for id, one in found.items() if not one.holds}


@dataclass(frozen=True)
class Doubtful:
    """A document about which something does not hold."""

    id: UUID
    client_id: UUID
    title: str
    client: str


async def every_unvouched() -> list[Doubtful]:
    """Of the whole practice, by client, at most MOST; for administrators, when the chain is broken."""
    ids = [row["id"] for row in await fetch_all(EVERY)]
    wrong = [id for at in range(0, len(ids), BATCH) for id in await unvouched(ids[at : at + BATCH])]
    return [Doubtful(**row) for row in await fetch_all(NAMED, wrong, MOST)]


async def refuse_unvouched(document_id: UUID) -> None:
    """Nothing is written, taken back or signed under a document whose signatures do not hold; raises Conflict
    `not-vouched`."""
    if not (await vouch(document_id)).holds:
        refuse_as_unvouched()


def refuse_as_unvouched() -> NoReturn:
    raise Conflict("not-vouched", STOPPED)


def _judged(about: Sequence[Row], sound: frozenset[int], lost: Mapping[UUID, Sequence[Part]]) -> Vouched:
    if all(row["kind"] == "void" and row["number"] is None for row in about):
        return HOLDS  # nothing of it was ever signed
    signatures = [row for row in about if row["kind"] == "signature"]
    given = [row for row in signatures if row["there"]]
    wrong = [row for row in about if row["number"] not in sound]
    faults = {row["subject_id"]: FORGED if row["number"] is None else ALTERED for row in given if row in wrong}
    said = [GONE.format(row["number"]) for row in signatures if not row["there"]]
    said += [LOST[part] for row in given for part in lost.get(row["subject_id"], ())]
    said += [COPY for row in wrong if row["kind"] == "copy"]
    said += [_voiding(row) for row in wrong if row["kind"] == "void"]
    if about[0]["open"] and any(row["number"] is not None for row in signatures):
        said.append(REOPENED)
    return Vouched(faults, tuple(dict.fromkeys(said)))


def _voiding(row: Row) -> str:
    return VOID if row["there"] else NOT_VOID.format(row["number"])
