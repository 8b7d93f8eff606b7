"""Forms that a practice has from its first day: measures that anybody may use, and samples of consents and intakes.

Each is a Questionnaire in ready/<key>.json. They are copied into a practice’s library, which may change its copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from models.core.actor import Actor
from models.core.change import change
from models.core.database import execute, fetch_all, json_text
from models.core.errors import missing
from models.core.events import Event
from models.core.ids import new_id
from models.documents.library import told
from models.documents.rights import ensure_edits_forms, ensure_sees_forms
from models.documents.shelving import add_alone, room_for_forms
from models.documents.tables import Form
from models.documents.texts import parsed

FOLDER = Path(__file__).parent / "ready"


@dataclass(frozen=True)
class Ready:
    """`sample`: it is to be reviewed before it is used; `guardian_signs`: never asked of a minor."""

    key: str
    kind: str
    sample: bool = False
    guardian_signs: bool = False

    @property
    def source(self) -> str:
        return _text(self.key)

    @property
    def title(self) -> str:
        return str(_parsed(self.key)["title"])

    @property
    def description(self) -> str:
        return str(_parsed(self.key)["description"])

    @property
    def signs(self) -> bool:
        return "questionnaire-signatureRequired" in self.source


MEASURES = tuple(Ready(key, "assessment") for key in ("phq-9", "gad-7", "phq-2", "gad-2", "pcl-5"))
SAMPLES = (
    Ready("consent-treatment", "consent", sample=True),
    Ready("consent-telehealth", "consent", sample=True),
    Ready("privacy-practices", "consent", sample=True),
    Ready("consent-minor", "consent", sample=True, guardian_signs=True),
    Ready("intake-adult", "intake", sample=True),
    Ready("intake-child", "intake", sample=True),
)
READY = {one.key: one for one in (*MEASURES, *SAMPLES)}

FORMS = """INSERT INTO form (id, kind, title, made_from, sample, guardian_signs, created_by)
  SELECT r.id, r.kind, r.title, r.key, r.sample, r.guardian, $2
  FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, key text, kind text, title text, sample boolean,
    guardian boolean)"""
VERSIONS = """INSERT INTO form_version (id, form_id, number, title, questionnaire, sha256, url, signs, published_by)
  SELECT r.version, r.id, 1, r.title, r.source, decode(r.sha256, 'hex'), r.url, r.signs, $2
  FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, version uuid, title text, source text, sha256 text, url text,
    signs boolean)"""


async def furnish(actor: Actor | None, event: Event) -> None:
    """Listener on practice.founded: a new practice has all of them."""
    await put_in_library(list(READY.values()))


async def put_in_library(chosen: list[Ready], *, by: Actor | None = None) -> list[Form]:
    """Each as a form of its own with one version. Inside a scope; whoever calls it says so to the open pages."""
    rows: list[dict[str, Any]] = [_row(one) for one in chosen]
    staff = by.staff_id if by else None
    await execute(FORMS, rows, staff)
    await execute(VERSIONS, rows, staff)
    return await Form.filter(id__in=[row["id"] for row in rows])


async def add_ready(actor: Actor, keys: list[str]) -> list[Form]:
    """Those of these that are not in the library yet, or are only archived there. Raises Forbidden, Missing for a key
    that means nothing, and Conflict `too-many-forms`."""
    ensure_edits_forms(actor)
    wanted = [READY[key] if key in READY else missing("form") for key in dict.fromkeys(keys)]
    async with change(actor, "form.add_ready"):
        await add_alone()  # two who press at once make no twins
        there = await _there()
        fresh = [one for one in wanted if one.key not in there]
        if fresh:
            await room_for_forms(len(fresh))
        made = await put_in_library(fresh, by=actor)
        for form in made:
            await told(actor, form.id)
        return made


async def ready_forms(actor: Actor) -> list[tuple[Ready, bool]]:
    """All of them, each with whether it is in the library. Raises Forbidden."""
    ensure_sees_forms(actor)
    there = await _there()
    return [(one, one.key in there) for one in READY.values()]


def for_practices_that_are_there() -> str:
    """The statement that puts all of them into the library of each practice, for the migration that brings them."""
    made = [_row(one) for one in READY.values()]
    rows = [{name: value for name, value in one.items() if name not in ("id", "version")} for one in made]
    return f"SELECT portico_for_each_practice($library${THERE.format(rows=json_text(rows))}$library$);"


THERE = """WITH r AS MATERIALIZED (SELECT gen_random_uuid() AS id, r.*
    FROM jsonb_to_recordset($ready${rows}$ready$::jsonb) AS r (key text, kind text, title text, sample boolean,
      guardian boolean, source text, sha256 text, url text, signs boolean)),
  forms AS (INSERT INTO form (id, kind, title, made_from, sample, guardian_signs)
    SELECT id, kind, title, key, sample, guardian FROM r)
  INSERT INTO form_version (id, form_id, number, title, questionnaire, sha256, url, signs)
  SELECT gen_random_uuid(), id, 1, title, source, decode(sha256, 'hex'), url, signs FROM r"""


async def _there() -> set[str]:
    rows = await fetch_all("SELECT made_from FROM form WHERE practice_id = portico_here() AND archived_at IS NULL")
    return {row["made_from"] for row in rows}


def _row(one: Ready) -> dict[str, Any]:
    return {
        "id": new_id(), "version": new_id(), "key": one.key, "kind": one.kind, "title": one.title,
        "sample": one.sample, "guardian": one.guardian_signs, "source": one.source, "signs": one.signs,
        "sha256": sha256(one.source.encode()).hexdigest(), "url": _parsed(one.key)["url"],
    }


@cache
def _text(key: str) -> str:
    return (FOLDER / f"{key}.json").read_text(encoding="utf-8")


@cache
def _parsed(key: str) -> dict[str, Any]:
    return parsed(_text(key))
