"""The Overview of a client: what is next or missing, what happened lately, who belongs together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import groupby, islice
from typing import TypedDict
from uuid import UUID

from models.accounts.me import initials
from models.accounts.practices import today_here
from models.clients.access import seen_clients
from models.clients.profile import years_between
from models.clients.registries import FURTHER_HAPPENINGS, HAPPENINGS, Happenings
from models.clients.tables import Client
from models.core.actor import Actor
from models.core.database import Row, fetch_all

MOST = 12
LOOKED_AT = 60  # several in a row are one line

# Of the client itself, and of what upper areas add, each by an index of its own.
LATEST = """SELECT e.seq, e.type, e.at, e.subject_id, coalesce(m.name, k.name, c.name, '') AS who,
    coalesce(s.name, '') AS staff
  FROM (
    (SELECT seq, type, at, login_id, side, ids, subject_id FROM event WHERE practice_id = portico_here()
      AND subject_id = $1 AND type ^@ 'client.' AND type = ANY($2) ORDER BY seq DESC LIMIT $4)
    UNION ALL
    (SELECT seq, type, at, login_id, side, ids, subject_id FROM event WHERE practice_id = portico_here()
      AND client_id = $1 AND type = ANY($3) ORDER BY seq DESC LIMIT $5)
  ) e
  LEFT JOIN staff_member m ON m.login_id = e.login_id AND e.side = 'desk'
  LEFT JOIN staff_member s ON s.id = (e.ids->>'staff')::uuid
  LEFT JOIN portal_access a ON m.id IS NULL AND a.id = (e.ids->>'access')::uuid
  LEFT JOIN contact k ON k.id = a.contact_id
  LEFT JOIN client c ON c.id = a.client_id AND a.contact_id IS NULL
  ORDER BY e.seq DESC"""

MEMBERS = """SELECT DISTINCT c.id, c.name, c.born_on, c.by_last FROM household_member mine
  JOIN household_member theirs ON theirs.household_id = mine.household_id AND theirs.client_id <> mine.client_id
  JOIN client c ON c.id = theirs.client_id
  WHERE mine.client_id = {client} {seen} ORDER BY c.by_last, c.id"""


class Happened(TypedDict):
    """`path`: where it leads, behind the client's address, or empty."""

    seq: int
    icon: str
    who: str
    what: str
    at: datetime
    path: str


class Member(TypedDict):
    id: UUID
    name: str
    initials: str
    age: int | None


class Missing(TypedDict):
    """What is next or missing. `tab`: where it is seen to."""

    icon: str
    tone: str
    title: str
    words: str
    tab: str


async def happened_lately(actor: Actor, client_id: UUID) -> list[Happened]:
    """The latest dozen, newest first; the client must have been found for the actor before."""
    further = [one for one in FURTHER_HAPPENINGS if await one.shown(actor, client_id)]
    added = {kind: one for one in further for kind in one.words}
    rows = await fetch_all(LATEST, client_id, list(HAPPENINGS), list(added), MOST, LOOKED_AT)
    there = {(row["type"], row["subject_id"]) for row in rows}
    runs = groupby((row for row in rows if not _told_already(row, there, added)), key=partial(_run, added))
    return [_told(list(run), added) for _, run in islice(runs, MOST)]


def told_of_happenings() -> str:
    """The names of the events that upper areas add."""
    return " ".join(kind for one in FURTHER_HAPPENINGS for kind in one.words)


async def household(actor: Actor, client_id: UUID) -> list[Member]:
    """Who came together with this client, as far as this staff member sees them."""
    seen, today = seen_clients(actor), await today_here()
    if seen is None:
        rows = await fetch_all(MEMBERS.format(client="$1", seen=""), client_id)
    else:
        rows = await fetch_all(MEMBERS.format(client="$2", seen=f"AND c.id IN ({seen})"), actor.staff_id, client_id)
    return [
        {"id": row["id"], "name": row["name"], "initials": initials(row["name"]),
         "age": years_between(row["born_on"], today) if row["born_on"] else None}
        for row in rows
    ]


def whats_missing(client: Client, *, assigned: int, today: date) -> list[Missing]:
    """In the order in which it is worth doing."""
    if client.status == "discharged":
        return [_discharged(client, today)]
    found = []
    if client.set_up_at is None and client.portal not in ("invited", "accepted"):
        words = "Confirm the details, then choose what the portal offers and send the invitation."
        found.append(_line("list-checks", "warn", "Setup is not finished", words, "details"))
    if not assigned:
        words = "Clients can only start writing to practitioners who are assigned."
        found.append(_line("user-plus", "warn", "Nobody is assigned", words, "assign"))
    if not client.email and client.kind == "adult":
        found.append(_line("at-sign", "warn", "No e-mail address", "Without one there is no invitation.", "details"))
    if client.portal != "accepted":
        found.append(_line(*PORTAL[client.portal], "portal"))
    return found


PORTAL = {
    "none": ("globe", "", "No portal access", "Nobody can sign in for this client yet."),
    "on": ("mail", "warn", "Portal is on, not invited", "The invitation has not been sent."),
    "invited": ("mail-check", "", "Invited", "The invitation has not been accepted yet."),
    "revoked": ("user-x", "", "Portal access is revoked", "What was shared stays. It can be restored."),
}


def _discharged(client: Client, today: date) -> Missing:
    since, until = f"{client.status_since:%B %-d, %Y}", client.read_only_until
    if until is None or until < today:
        told = "The portal is closed."
    else:
        told = f"The portal can be read until {until:%A, %B %-d}, then it is closed."
    return _line("circle-check", "", f"Discharged on {since}", f"{client.discharge_reason} {told}".strip(), "")


def _line(icon: str, tone: str, title: str, words: str, tab: str) -> Missing:
    return {"icon": icon, "tone": tone, "title": title, "words": words, "tab": tab}


def _told_already(row: Row, there: set[tuple[str, UUID]], added: Mapping[str, Happenings]) -> bool:
    """Whether another line says the same of this subject."""
    by = added[row["type"]].told if row["type"] in added else {}
    return any((first, row["subject_id"]) in there for first, second in by.items() if second == row["type"])


def _run(added: Mapping[str, Happenings], row: Row) -> tuple[object, ...]:
    """Rows that follow each other with the same key stand in one line."""
    return (row["type"], row["who"]) if row["type"] in added else (row["seq"],)


def _told(run: Sequence[Row], added: Mapping[str, Happenings]) -> Happened:
    row, path = run[0], ""
    if (of := added.get(row["type"])) is not None:
        icon, one, several = of.words[row["type"]]
        what, path = (several.format(len(run)), "") if len(run) > 1 else (one, of.path.format(row["subject_id"]))
    else:
        icon, words = HAPPENINGS[row["type"]]
        what = words.format(staff=row["staff"])
    return {"seq": row["seq"], "icon": icon, "who": row["who"], "what": what, "at": row["at"], "path": path}
