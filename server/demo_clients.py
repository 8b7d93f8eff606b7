"""More clients for the demo world, so that its list looks like that of a practice. Tests count on the cast alone."""

from __future__ import annotations

from datetime import date, timedelta
from unicodedata import normalize

from models.accounts.practices import today_here
from models.accounts.registries import FEATURES
from models.clients import admitting, inviting
from models.clients.invitation_settings import usual_asks
from models.clients.portal_people import person_for
from models.clients.tables import Assignment, Client
from models.core.actor import Actor, Role, Side
from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_id
from server.worlds import People

# First name, last name, preferred name, pronouns, born, of whom, status, portal.
MORE: tuple[tuple[str, str, str, str, date, tuple[str, ...], str, str], ...] = (
    ("Elizabeth", "Abara", "Betsy", "she/her", date(1957, 11, 30), ("owner",), "active", "invited"),
    ("Siobhán", "O'Neil", "", "she/her", date(1979, 6, 17), ("practitioner",), "active", "none"),
    ("Tomás", "García-López", "", "he/him", date(1984, 2, 8), ("owner", "practitioner"), "active", "on"),
    ("Lucía", "García-López", "", "she/her", date(1986, 10, 1), ("owner",), "active", "none"),
    ("Xiaolong", "李", "小龙", "he/him", date(1996, 3, 12), ("practitioner",), "active", "invited"),
    ("Robin", "Achterberg", "", "they/them", date(2002, 8, 25), ("supervisor",), "active", "none"),
    ("Margarethe", "Weiß", "Greta", "she/her", date(1949, 1, 19), ("owner",), "active", "revoked"),
    ("Devon", "Price", "", "he/him", date(1991, 5, 5), (), "prospect", "none"),
    ("Aaliyah", "Fofana", "", "she/her", date(1999, 12, 2), (), "prospect", "none"),
    ("Henrik", "Søndergaard", "", "he/him", date(1972, 7, 21), ("owner",), "discharged", "none"),
    ("Theodore", "Whitcombe", "Theo", "he/him", date(2013, 9, 14), ("practitioner",), "active", "none"),
)
TAGGED = {"Evening group": ("O'Neil", "Achterberg", "Price"), "Couples": ("García-López",), "Waiting list": ("Fofana",)}


async def add_more(people: People) -> None:
    """In the scope of a practice that is being made."""
    ids: dict[str, list[object]] = {}
    for first, last, preferred, pronouns, born_on, staff, status, portal in MORE:
        today = await today_here()
        minor = today.year - born_on.year < 18
        client = await Client.create(
            name=f"{preferred or first} {last}", first_name=first, last_name=last, preferred_name=preferred,
            pronouns=pronouns, born_on=born_on, kind="minor" if minor else "adult", status=status,
            email="" if minor else f"{_plain(first)}@mail.test", phone=f"(207) 555-01{len(ids):02}",
            set_up_at=None if portal == "none" and status == "active" else now(),
            read_only_until=today + timedelta(days=12) if status == "discharged" else None,
            discharge_reason="Goals reached." if status == "discharged" else "",
        )
        ids.setdefault(last, []).append(client.id)
        for one in staff:
            await Assignment.create(client_id=client.id, staff_id=people.staff[one])
        await _admit(owner_of(people), client, portal)
    await _link_and_tag(ids)


async def _admit(owner: Actor, client: Client, portal: str) -> None:
    """As the owner does it on the Portal tab, so that every page and the mailbox tell the same."""
    if portal == "on":
        await admitting.turn_on(owner, await person_for(owner, client.id, client.id))
    if portal in ("invited", "revoked"):
        wishes = inviting.Wishes(tuple(FEATURES), (), await usual_asks())
        await inviting.send(owner, await person_for(owner, client.id, client.id), wishes)
    if portal == "revoked":
        await admitting.revoke(owner, await person_for(owner, client.id, client.id))


def owner_of(people: People) -> Actor:
    """The owner, as they act in this practice."""
    return Actor(
        people.practice_id, people.logins["owner"], Side.DESK, new_id(), "Jonas Lindqvist",
        staff_id=people.staff["owner"], roles=frozenset({Role.ADMINISTRATOR, Role.PRACTITIONER}),
    )


def _plain(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


async def _link_and_tag(ids: dict[str, list[object]]) -> None:
    household = new_id()
    await execute("INSERT INTO household (id) VALUES ($1)", household)
    for client in ids["García-López"]:
        await execute("INSERT INTO household_member (household_id, client_id) VALUES ($1, $2)", household, client)
    for name, bearers in TAGGED.items():
        tag = new_id()
        await execute("INSERT INTO tag (id, name) VALUES ($1, $2)", tag, name)
        for client in [one for bearer in bearers for one in ids[bearer]]:
            await execute("INSERT INTO client_tag (client_id, tag_id) VALUES ($1, $2)", client, tag)
