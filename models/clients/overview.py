"""The Overview of a client: what is next or missing, what happened lately, who belongs together."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from models.accounts.me import initials
from models.accounts.practices import today_here
from models.clients.access import seen_clients
from models.clients.profile import years_between
from models.clients.registries import HAPPENINGS
from models.clients.tables import Client
from models.core.actor import Actor
from models.core.database import Row, fetch_all

MOST = 12

LATEST = """SELECT e.seq, e.type, e.at, coalesce(m.name, '') AS who, coalesce(s.name, '') AS staff
  FROM (SELECT seq, type, at, login_id, side, ids FROM event WHERE practice_id = portico_here() AND subject_id = $1
    AND type ^@ 'client.' AND type = ANY($2) ORDER BY seq DESC LIMIT $3) e
  LEFT JOIN staff_member m ON m.login_id = e.login_id AND e.side = 'desk'
  LEFT JOIN staff_member s ON s.id = (e.ids->>'staff')::uuid
  ORDER BY e.seq DESC"""

MEMBERS = """SELECT DISTINCT c.id, c.name, c.born_on, c.by_last FROM household_member mine
  JOIN household_member theirs ON theirs.household_id = mine.household_id AND theirs.client_id <> mine.client_id
  JOIN client c ON c.id = theirs.client_id
  WHERE mine.client_id = {client} {seen} ORDER BY c.by_last, c.id"""


class Happened(TypedDict):
    seq: int
    icon: str
    who: str
    what: str
    at: datetime


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


async def happened_lately(client_id: UUID) -> list[Happened]:
    """The latest dozen, newest first; the client must have been found for the actor before."""
    rows = await fetch_all(LATEST, client_id, list(HAPPENINGS), MOST)
    return [_told(row) for row in rows]


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
    if client.set_up_at is None:
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


def _told(row: Row) -> Happened:
    icon, what = HAPPENINGS[row["type"]]
    return {"seq": row["seq"], "icon": icon, "who": row["who"], "what": what.format(staff=row["staff"]),
            "at": row["at"]}
