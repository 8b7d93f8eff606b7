"""What staff read beside a person on the Portal tab: the address they sign in with, their language, and why an access
that was given shows nothing."""

from __future__ import annotations

from dataclasses import dataclass

from models.clients.own_language import spoken
from models.clients.portal_people import PortalPerson
from models.core.database import fetch_one

READ = """SELECT portico_hidden($1, $2) AS hidden, EXISTS (SELECT FROM majority_ending e
    WHERE e.practice_id = portico_here() AND e.id = $3) AS ended,
  coalesce((SELECT portico_turns(c.born_on, portico_majority()) <= portico_today() FROM client c
    WHERE c.practice_id = portico_here() AND c.id = $1), false) AS of_age,
  coalesce((SELECT nullif(co.language, '') FROM contact co WHERE co.practice_id = portico_here() AND co.id = $2),
    (SELECT d.language FROM client_details d WHERE d.practice_id = portico_here() AND d.id = coalesce(
      (SELECT co.client_id FROM contact co WHERE co.practice_id = portico_here() AND co.id = $2),
      CASE WHEN $2::uuid IS NULL THEN $1::uuid END)), '') AS language,
  coalesce((SELECT l.email FROM login l WHERE l.practice_id = portico_here() AND l.id = $4), '') AS email"""


@dataclass(frozen=True)
class Aside:
    """`email`: what they sign in with, or will, where that is known; `language` in words, empty for English and where
    nothing was said; `hidden`: the record is hidden from this contact whatever access there is; `of_age`: the client
    is; `ended`: the access ended on that day."""

    email: str
    language: str
    hidden: bool
    of_age: bool
    ended: bool


async def aside(person: PortalPerson) -> Aside:
    access = person.access
    ended = access.id if access is not None and access.revoked_at is not None else None
    signs_in = access.login_id if access is not None else None
    row = await fetch_one(READ, person.client.id, person.contact.id if person.contact else None, ended, signs_in)
    assert row is not None
    return Aside(row["email"], spoken(row["language"]), row["hidden"], row["of_age"], row["ended"])
