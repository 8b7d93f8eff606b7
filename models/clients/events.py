"""What happens to clients' records. Staff who see the client hear of it, by ids alone; who and when are in the log."""

from __future__ import annotations

from uuid import UUID

from models.core.events import REGISTRY, Audience, ToStaffAllClients, ToStaffOf, event_type

SEEN_BY = "staff-of staff-all-clients"

ADDED = event_type("client.added", audiences=SEEN_BY, ids="client")
CHANGED = event_type("client.changed", audiences=SEEN_BY, ids="client")
# Clients and contacts hear it too: their portal turns read-only, or opens again.
STATUS_CHANGED = event_type("client.status_changed", audiences=f"{SEEN_BY} access", ids="client")
PORTAL_CLOSED = event_type("client.portal_closed", audiences=SEEN_BY, ids="client")
# Clients and contacts hear these two too, without whom: their portal shows whom they may write to (care.py).
ASSIGNED = event_type("client.assigned", audiences=f"{SEEN_BY} access", ids="client staff")
UNASSIGNED = event_type("client.unassigned", audiences=f"{SEEN_BY} access", ids="client staff")
# To who saw the record that went: `client` is that one, `into` where it went. To who sees what there is now, portal
# people as well: `client` is that one, `gone` what came to it.
MERGED = event_type("client.merged", audiences=f"{SEEN_BY} access", ids="client into gone")
HOUSEHOLD_CHANGED = event_type("client.household_changed", audiences=SEEN_BY, ids="client")
TAGGED = event_type("client.tagged", audiences=SEEN_BY, ids="client")


ABOUT_CLIENTS = ("client.", "contact.", "access.", "invitation.")
ABOUT_ONE = frozenset({"staff-of", "staff-all-clients"})


def told_of_clients() -> str:
    """The names of all events by which pages about clients follow, also those of areas that came later."""
    return " ".join(
        name for name, kind in sorted(REGISTRY.items())
        if name == "clients.imported" or (name.startswith(ABOUT_CLIENTS) and kind.audiences & ABOUT_ONE)
    )


def who_sees(client_id: UUID) -> list[Audience]:
    """Staff to whom this client's record is open."""
    return [ToStaffOf(client_id), ToStaffAllClients()]
