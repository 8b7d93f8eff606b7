"""Worlds to look at: `demo` (the cast, two practices), `empty` (nothing but tables), `load` (many practices and rows).

The demo world is made once; making it again finds it there. Its logins exist in development only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from argon2 import PasswordHasher

from models.accounts.tables import Login, PracticeProfile, StaffMember
from models.appointments.tables import BookingSettings
from models.clients.tables import Assignment, Client, ClientContact, Contact, PortalAccess
from models.core.clock import now
from models.core.database import close_database, execute, fetch_one, open_database
from models.core.ids import new_id
from models.core.scope import practice_scope
from models.core.settings import settings
from models.messaging.tables import MessagingSettings

PASSWORD = "portico-demo"
CRISIS = "Read on working days, usually within a day. In an emergency call 911, or call or text 988."


@dataclass(frozen=True)
class Face:
    """What a practice shows of itself."""

    subdomain: str
    name: str
    address: str = "14 Wharf Street, 2nd floor\nPortland, Maine 04101"
    phone: str = "(207) 555-0132"
    welcome: str = "Counseling for adults, young people and families."
    hours: str = "Monday to Friday, 8:30 AM to 6 PM"
    accent: str = "#1b5470"
    time_zone: str = "America/New_York"


@dataclass
class People:
    """The cast of one practice: ids by the name before the @, and of the records behind them."""

    practice_id: UUID
    subdomain: str
    logins: dict[str, UUID] = field(default_factory=dict)
    staff: dict[str, UUID] = field(default_factory=dict)
    clients: dict[str, UUID] = field(default_factory=dict)
    contacts: dict[str, UUID] = field(default_factory=dict)
    accesses: dict[tuple[str, str], UUID] = field(default_factory=dict)


STAFF: Sequence[tuple[str, str, str, tuple[str, ...]]] = (
    ("owner", "Jonas Lindqvist", "Psychologist", ("administrator", "practitioner")),
    ("practitioner", "Maya Okafor", "Therapist", ("practitioner",)),
    ("supervisor", "Imani Brooks", "Clinical supervisor", ("supervisor", "practitioner")),
    ("frontdesk", "Tess Moreau", "Front desk", ("scheduler",)),
    ("biller", "Ruth Calloway", "Billing", ("biller",)),
)
CLIENTS = (
    ("client", "Ana Beltrán", date(1988, 4, 9)),
    ("teen", "Leo Marsh", date(2011, 3, 2)),
    ("child", "Nora Marsh", date(2017, 9, 21)),
)
PRONOUNS = {"client": "she/her", "teen": "he/him", "child": "she/her"}
OWN = ("client", "teen")  # have access to their own record
CONTACTS = (("parent", "Karen Marsh", "mother", ("teen", "child")), ("coparent", "David Ellison", "father", ("teen",)))

HARBOR = Face("harbor", "Harbor Counseling")
LAKESIDE = Face(
    "lakeside",
    "Lakeside Speech and Play Therapy",
    "27 Mill Pond Road\nBurlington, Vermont 05401",
    "(802) 555-0119",
    "Small steps, said out loud, and plenty of play.",
    "Monday to Thursday, 8:30 AM to 5:30 PM",
    "#6b4d8a",
)


async def seed(world: str) -> str:
    """Make a world; returns a sentence about what is there now."""
    url = settings().database_url
    if url is None:
        raise ValueError("DATABASE_URL is not set; `make seed` starts a local PostgreSQL and sets it.")
    await open_database(url, pool=4)
    try:
        return await _make(world)
    finally:
        await close_database()


async def _make(world: str) -> str:
    if world == "empty":
        return "The tables are there and nothing is in them."
    if world == "load":
        from server.load_world import make_load_world

        return await make_load_world()
    if settings().production:
        raise ValueError("The demo world exists in development only.")
    return await _make_demo((HARBOR, LAKESIDE))


async def _make_demo(faces: Sequence[Face]) -> str:
    lacking = [face for face in faces if not await _stands(face.subdomain)]
    if lacking:  # at every later start there is nothing to make, and reading the whole house would take seconds
        from server.wiring import wire

        wire()  # invitations of the demo are mailed by whoever listens
        password = PasswordHasher().hash(PASSWORD)
        for face in lacking:
            await found(face, mail_domain=f"{face.subdomain}.test", password_hash=password, furnish=_furnish_demo)
    said = f"{len(lacking)} practices made, {len(faces) - len(lacking)} found"
    return f"Demo world: {said}; the password of all is {PASSWORD}."


async def _furnish_demo(people: People) -> None:
    """What stands in a practice of the demo world besides its cast."""
    from server.demo_appointments import add_appointments
    from server.demo_clients import add_more, owner_of
    from server.demo_documents import add_documents
    from server.demo_entries import add_entries
    from server.demo_forms import add_forms
    from server.demo_group import add_group

    await add_more(people)
    await add_appointments(people, owner_of(people))
    await add_entries(people)
    await add_group([people.clients["client"]])
    await add_forms(people)
    await add_documents(people, owner_of(people))


async def found(
    face: Face,
    *,
    mail_domain: str,
    password_hash: str | None,
    furnish: Callable[[People], Awaitable[None]] | None = None,
) -> People | None:
    """A practice with the cast of the demo; None when its subdomain is there already.

    `furnish` adds to it in the same transaction: a practice is there whole, or not at all.
    """
    if await _stands(face.subdomain):
        return None
    practice_id = new_id()
    people = People(practice_id, face.subdomain)
    async with practice_scope(practice_id):
        await _open_house(practice_id, face)
        await _hire(people, mail_domain, password_hash)
        await _admit(people, mail_domain, password_hash)
        if furnish is not None:
            await furnish(people)
    return people


async def _stands(subdomain: str) -> bool:
    return await fetch_one("SELECT 1 FROM practice WHERE subdomain = $1", subdomain) is not None


async def _open_house(practice_id: UUID, face: Face) -> None:
    await execute("INSERT INTO practice (id, subdomain, state) VALUES ($1, $2, 'open')", practice_id, face.subdomain)
    await execute("INSERT INTO practice_head (practice_id) VALUES ($1)", practice_id)
    await PracticeProfile.create(
        practice_id=practice_id,
        name=face.name,
        address=face.address,
        phone=face.phone,
        welcome=face.welcome,
        hours=face.hours,
        accent=face.accent,
        time_zone=face.time_zone,
        crisis_text=CRISIS,
    )
    await MessagingSettings.create(practice_id=practice_id)
    await BookingSettings.create(practice_id=practice_id)


async def _hire(people: People, mail_domain: str, password_hash: str | None) -> None:
    logins = [_login(people, one[0], mail_domain, password_hash) for one in STAFF]
    members = [
        StaffMember(login_id=login.id, name=name, title=title, roles=list(roles), voice=voice)
        for login, (_, name, title, roles), voice in zip(logins, STAFF, "abcde", strict=True)
    ]
    people.staff |= {one[0]: member.id for one, member in zip(STAFF, members, strict=True)}
    await Login.bulk_create(logins)
    await StaffMember.bulk_create(members)
    await execute(
        "INSERT INTO supervision (supervisor_id, supervisee_id) VALUES ($1, $2)",
        people.staff["supervisor"],
        people.staff["practitioner"],
    )


async def _admit(people: People, mail_domain: str, password_hash: str | None) -> None:
    clients = [_client(key, name, born_on, mail_domain) for key, name, born_on in CLIENTS]
    people.clients |= {one[0]: client.id for one, client in zip(CLIENTS, clients, strict=True)}
    logins = [_login(people, key, mail_domain, password_hash) for key in (*OWN, *(one[0] for one in CONTACTS))]
    contacts, links, accesses = list[Contact](), list[ClientContact](), [_access(people, key, key) for key in OWN]
    for key, name, relation, about in CONTACTS:
        first, _, last = name.partition(" ")
        contact = Contact(name=name, first_name=first, last_name=last, email=f"{key}@{mail_domain}")
        people.contacts[key] = contact.id
        contacts.append(contact)
        for one in about:
            links.append(ClientContact(client_id=people.clients[one], contact_id=contact.id, relation=relation))
            accesses.append(_access(people, key, one, contact_id=contact.id))
    await Login.bulk_create(logins)
    await Client.bulk_create(clients)
    await Assignment.bulk_create(
        Assignment(client_id=client.id, staff_id=people.staff["practitioner"]) for client in clients
    )
    await Contact.bulk_create(contacts)
    await ClientContact.bulk_create(links)
    await PortalAccess.bulk_create(accesses)


def _client(key: str, name: str, born_on: date, mail_domain: str) -> Client:
    first, _, last = name.partition(" ")
    return Client(
        name=name, first_name=first, last_name=last, pronouns=PRONOUNS[key], born_on=born_on,
        kind="adult" if key == "client" else "minor", phone="(207) 555-0148", set_up_at=now(),
        email="" if key == "child" else f"{key}@{mail_domain}",
    )


def _access(people: People, key: str, client_key: str, *, contact_id: UUID | None = None) -> PortalAccess:
    access = PortalAccess(
        client_id=people.clients[client_key],
        contact_id=contact_id,
        login_id=people.logins[key],
        permissions=[] if contact_id is None else ["appointments", "information", "documentation"],
        invited_at=now(),
        accepted_at=now(),
    )
    people.accesses[(key, client_key)] = access.id
    return access


def _login(people: People, key: str, mail_domain: str, password_hash: str | None) -> Login:
    login = Login(email=f"{key}@{mail_domain}", password_hash=password_hash, password_at=now())
    people.logins[key] = login.id
    return login
