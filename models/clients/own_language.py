"""The language a person would like to be spoken and written to in: theirs to say, for staff to read. A client's stands
in their record, a contact's with the contact."""

from __future__ import annotations

from uuid import UUID

from models.clients.choices import LANGUAGES
from models.clients.contacts import keep_language
from models.clients.sections import SECTIONS
from models.clients.tables import Contact
from models.core.actor import AccessOf, Actor
from models.core.change import change
from models.core.database import fetch_one
from models.core.errors import Invalid, missing

WORDS = dict(LANGUAGES)
SAID = """SELECT coalesce(nullif(co.language, ''), d.language, '') AS language
  FROM contact co LEFT JOIN client_details d ON d.practice_id = co.practice_id AND d.id = co.client_id
  WHERE co.practice_id = portico_here() AND co.id = $1
  UNION ALL SELECT d.language FROM client_details d WHERE d.practice_id = portico_here() AND d.id = $1"""


async def own_language(actor: Actor) -> str | None:
    """What this person said, empty for nothing yet; None for who has no record here to say it in, or may only read."""
    own = _own_record(actor)
    if own is not None:
        return None if own.read_only else await _said(own.client_id)
    contact_id = _contact_id(actor)
    return await _said(contact_id) if contact_id else None


async def set_own_language(actor: Actor, language: str) -> None:
    """Raises Invalid for one that is not on the list, Missing for who has no record to say it in."""
    if language not in WORDS:
        raise Invalid(errors={"language": ["Choose one of the list."]})
    own = _own_record(actor)
    if own is not None:
        section = SECTIONS["time_zone"]
        return await section.save(actor.acting_for(own.client_id), own.client_id, {"language": language})
    contact_id = _contact_id(actor) or missing("record")
    if (await Contact.get(id=contact_id)).language != language:
        async with change(actor, "preferences.set_language"):
            await keep_language(actor, contact_id, language)
    return None


def spoken(language: str) -> str:
    """In words, for staff; empty where nothing was said, and for English, which everybody here speaks."""
    return "" if language in ("", "en") else WORDS.get(language, "")


async def _said(person_id: UUID) -> str:
    row = await fetch_one(SAID, person_id)
    return str(row["language"]) if row else ""


def _own_record(actor: Actor) -> AccessOf | None:
    return next((one for one in actor.accesses if one.contact_id is None), None)


def _contact_id(actor: Actor) -> UUID | None:
    return next((one.contact_id for one in actor.accesses if one.contact_id), None)
