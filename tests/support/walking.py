"""Every kind of person before every door: the people, what they ask for, and what they are answered. Nothing is kept.

A walk undoes whatever a door did, so that one practice serves thousands of requests and no answer depends on another.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from models.accounts.actors import actor_of_session
from models.accounts.registries import FEATURES
from models.accounts.tables import Login, StaffMember
from models.appointments.tables import Appointment, Attendance, BookingRequest, Offering
from models.clients.registries import CONTACT_PERMISSIONS
from models.clients.tables import Assignment, Client, ClientContact, Contact, PortalAccess
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Refusal
from models.core.ids import new_id
from models.files.tables import ClientFile, File, Upload
from realtime import door as asks
from realtime.door import ASKS
from server.door import DOORS
from tests.support.browsing import Browser
from tests.support.cast import Cast, new_cast
from tests.support.papers import INTAKE
from tests.support.sent import SENT, SOON
from tests.support.steps import Ids, Person, answered, filled, of_class, only_id, sent, told, undone

NAME, TABLE = "clients.csv", "First name,Last name\nAda,Byron\n"
CSV = {"Content-Disposition": f'attachment; filename="{NAME}"', "Content-Type": "text/csv"}
NAMES = {"conversation": "talk", "message": "message"}
AT_ONCE = 4  # more of them hashing passwords at the same time would hear that the house is busy


class Walk:
    """The people by their word in the table, and their answers."""

    def __init__(self, cast: Cast, browse: Callable[..., Awaitable[Browser]]) -> None:
        self.cast, self.browse = cast, browse
        self.people: dict[str, Person] = {}
        self.things: Ids = {}
        self.entries: Ids = {}

    async def gather(self) -> None:
        """Everybody of the table, in the practice where the rule of their column holds."""
        await self.things_made()
        await self._portal_people()
        await self._staff()
        await self._shut_out()
        await self._lacking_one()

    async def things_made(self) -> None:
        """What the addresses are about: one of each, made at the doors by who may."""
        ana, maya = await self.browse(self.cast, "client"), await self.browse(self.cast, "practitioner")
        owner, desk = await self.browse(self.cast, "owner"), await self.browse(self.cast, "frontdesk")
        head, body = f"form-data; name=file; filename={NAME}", f"--x\r\n{{}}\r\n\r\n{TABLE}\r\n--x--\r\n"
        form = body.format(f"Content-Disposition: {head}\r\nContent-Type: text/csv")
        file = await sent(ana, "/files", form, **{"Content-Type": "multipart/form-data; boundary=x"})
        talk = (await told(ana, "/conversations", people=[str(self.cast.staff["practitioner"])]))["conversation"]
        said = (await told(ana, f"/conversations/{talk}/messages", body="Hello", files=[file["file"]["id"]]))["message"]
        too_late_to_undo = "UPDATE message SET sent_at = sent_at - interval '1 hour'"
        await self.cast.inside(lambda: execute(too_late_to_undo))
        reply = await told(maya, "/staff/saved-replies", title="Hello", body="Hello there")
        place = await told(owner, "/staff/settings/practice/locations", name="Wharf")
        room = await told(owner, f"/staff/settings/practice/locations/{only_id(place)}/rooms", room="Cove")
        service = await told(owner, "/staff/settings/services", name="Visit", modes=["phone"], minutes=["50"], fee=[""])
        staff = str(self.cast.staff["practitioner"])
        block = await told(maya, "/staff/blocks", what="practitioner", staff=staff, first=SOON)
        hired = await told(owner, "/staff/settings/team/invite", name="Ida", email="ida@mail.test", roles=["biller"])
        batch = await sent(desk, "/staff/clients/import", TABLE, **CSV)
        self.things = {
            "talk": talk, "message": said, "/conversations/<uuid:id>": talk, "GET /staff/messages/<uuid:id>": talk,
            "GET /messages/<uuid:id>": talk, "/messages/<uuid:id>": said, "/files/<uuid:id>": file["file"]["id"],
            "/saved-replies/<uuid:id>": only_id(reply), "/locations/<uuid:id>": only_id(place),
            "/staff/hours/<uuid:id>": staff, "/staff/blocks/<uuid:id>": str(block["block"]),
            "/settings/rooms/<uuid:id>": only_id(room), "/settings/services/<uuid:id>": only_id(service),
            "/team/invitations/<uuid:id>": only_id(hired), "/import/<uuid:id>": only_id(batch),
        }

        self.things["/staff/requests/<uuid:id>"] = await self.cast.inside(self._wish)
        await self._form(maya)
        await self.diary_opened()

    async def _form(self, maya: Browser) -> None:
        """A form of the library with a version and a draft of changes; and one that the practitioner brought."""
        brought = await told(maya, "/staff/forms/import", text=json.dumps(INTAKE))
        came = await told(maya, f"/staff/forms/import/{brought['import']}", publish=True)
        form = came["outcome"][0]["form"]
        await told(maya, f"/staff/forms/{form}", kind="intake", title="First visit")
        waits = await told(maya, "/staff/forms/import", text=json.dumps(INTAKE))
        self.things |= {"/staff/forms/<uuid:id>": form, "/staff/forms/import/<uuid:id>": waits["import"], "form": form}

    async def diary_opened(self) -> None:
        """A service of the practitioner and of the owner; an appointment of the teen with the practitioner."""
        async def work() -> str:
            made = await Offering.create(id=new_id(), name="Counseling", modes=["in-person"])
            await execute("INSERT INTO service_length (service_id, minutes) VALUES ($1, 50)", made.id)
            for name in ("practitioner", "owner"):
                staff = self.cast.staff[name]
                await execute("INSERT INTO service_offer (service_id, staff_id) VALUES ($1, $2)", made.id, staff)
            return str(made.id)

        self.things["service"] = await self.cast.inside(work)
        for about in ("client", "teen"):
            self.entries[about] = await self.entry_of(about, "practitioner")

    async def entry_of(self, about: str, staff: str) -> str:
        begins, of = datetime(2031, 3, 4, 9 + 2 * len(self.entries), tzinfo=UTC), self.cast.staff[staff]

        async def work() -> str:
            made = await Appointment.create(
                id=new_id(), state="scheduled", staff_id=of, service_id=UUID(self.things["service"]), starts_at=begins,
                ends_at=begins + timedelta(minutes=50), made_side="desk", overlap_ok=True,
            )
            await Attendance.create(appointment_id=made.id, client_id=self.cast.clients[about], booked_side="desk")
            return str(made.id)

        return await self.cast.inside(work)

    async def _wish(self) -> str:
        """A client asks for a time of the practitioner; what for is gone."""
        made, at = await BookingRequest.create(client_id=self.cast.clients["client"], expires_at=now()), now()
        await Appointment.create(
            state="requested", staff_id=self.cast.staff["practitioner"], starts_at=at + timedelta(days=9),
            ends_at=at + timedelta(days=9, hours=1), request_id=made.id, made_side="portal",
        )
        return str(made.id)

    async def _portal_people(self) -> None:
        self.people["visitor"] = Person(await self.browse(self.cast), self.cast)
        await self.cast.inside(lambda: execute(
            "UPDATE portal_access SET permissions = $1 WHERE contact_id IS NOT NULL", list(CONTACT_PERMISSIONS),
        ))
        for name in ("client", "teen", "parent", "coparent"):
            await self.add(name, name, "client" if name == "client" else "teen")
        await self.cast.inside(lambda: execute(
            "UPDATE portal_access SET permissions = '{}' WHERE id = $1", self.cast.accesses["parent", "child"],
        ))
        await self.add("parent, nothing allowed", "parent", "child")
        await self._switched_off("messaging")
        over = await self.one_more_client("over", revoked_at=now())
        await self.add("client, access revoked", over, over)

    async def _lacking_one(self) -> None:
        """Who lacks one permission alone, and who one feature."""
        for key, one in CONTACT_PERMISSIONS.items():
            name = await self.one_more_contact(f"no-{key}", "teen", set(CONTACT_PERMISSIONS) - {key})
            await self.add(f"contact, not {one.title}", name, "teen")
        for key in FEATURES:
            if key != "messaging":
                await self._switched_off(key)

    async def _switched_off(self, key: str) -> None:
        name = await self.one_more_client(f"off-{key}", features_off=[key])
        self.entries[name] = await self.entry_of(name, "practitioner")
        await self.add(f"client, {key} off", name, name)

    async def _staff(self) -> None:
        await self.one_more_client("far", assigned=False)
        await self.give_a_mother("far")
        self.entries["far"] = await self.entry_of("far", "owner")
        for word, roles, switches in (
            ("all", ["practitioner"], {"all_clients": True}),
            ("money", ["practitioner"], {"billing": True}),
            ("depth", ["practitioner"], {"clinical": True}),
            ("head", ["administrator"], {}),
        ):
            await self.one_more_member(word, roles, **switches)
        await self.one_more_member("overseer", ["supervisor"])
        supervises = "INSERT INTO supervision (supervisor_id, supervisee_id) VALUES ($1, $2)"
        await self.cast.inside(
            lambda: execute(supervises, self.cast.staff["overseer"], self.cast.staff["practitioner"])
        )
        for word, name, about in (
            ("practitioner, own client", "practitioner", "teen"), ("practitioner, another's", "practitioner", "far"),
            ("+ all clients", "all", "far"), ("+ billing", "money", "far"), ("+ full clinical", "depth", "far"),
            ("supervisor, supervisee's", "overseer", "teen"), ("supervisor, another's", "overseer", "far"),
            ("scheduler", "frontdesk", "far"), ("biller", "biller", "far"), ("administrator", "head", "far"),
        ):
            await self.add(word, name, about)

    async def _shut_out(self) -> None:
        neighbours, closed, strict = [await new_cast() for _ in range(3)]
        stranger = await self.browse(neighbours, "owner")
        stranger.host = f"{self.cast.subdomain}.localhost:8000"
        self.people["member of another practice"] = Person(stranger, self.cast, ids=self.ids_about("client"))
        gone = await self.one_more_member("gone", ["administrator"])
        await self.add("deactivated member", gone, "client")
        leave = "UPDATE {} SET deactivated_at = now() WHERE id = $1"
        await self.cast.inside(lambda: execute(leave.format("staff_member"), self.cast.staff[gone]))
        await self.cast.inside(lambda: execute(leave.format("login"), self.cast.logins[gone]))
        await self.add("desk locked", "practitioner", "client")
        locked = self.people["desk locked"].browser.session_id
        await self.cast.inside(lambda: execute("UPDATE session SET locked_at = now() WHERE id = $1", locked))
        await self._elsewhere("portal closed: client", closed, "client",
                              "UPDATE practice SET state = 'closed' WHERE id = portico_here()")
        await self._elsewhere("second factor required, none", strict, "owner",
                              "UPDATE practice_profile SET second_factor_from = '2020-01-01'")

    async def _elsewhere(self, word: str, cast: Cast, name: str, sql: str) -> None:
        """Somebody of a practice of its own, because the rule is the whole practice's."""
        await cast.inside(lambda: execute(sql))
        self.people[word] = Person(await self.browse(cast, name), cast, ids=ids_about(cast, "client"))

    async def add(self, word: str, name: str, about: str) -> None:
        browser = await self.browse(self.cast, name)
        several = name in ("parent", "coparent")
        acting = self.cast.clients[about] if several else None
        own = {"/sessions/<uuid:id>/end": str(browser.session_id),
               **{f"/staff/{where}/<uuid:id>": self.entries.get(about, str(uuid4()))
                  for where in ("calendar", "appointments")},
               "/appointments/<uuid:id>": self.entries.get(about, str(uuid4())),
               **await self.kept_of(name, about)}
        self.people[word] = Person(browser, self.cast, about, acting, {**self.things, **self.ids_about(about), **own})

    async def kept_of(self, name: str, about: str) -> Ids:
        """A file in this client's record: brought by themselves, for who is staff by the client."""
        accesses = self.cast.accesses
        access = accesses.get((name, about)) or accesses.get((about, about))
        if access is None:
            return {}
        client, login = self.cast.clients[about], self.cast.logins[name]

        async def work() -> str:
            file = await File.create(login_id=login, name="a.txt", type="text/plain", size=1, sha256=b"0",
                                     storage_key=str(uuid4()))
            kept = await ClientFile.create(client_id=client, file_id=file.id, access_id=access, source="upload",
                                           name="a.txt")
            begun = await Upload.create(login_id=login, key=uuid4(), name="a.txt", size=9, storage_key=str(uuid4()),
                                        ends_at=now() + timedelta(hours=1))
            return f"{kept.id} {begun.id}"

        kept, begun = (await self.cast.inside(work)).split()
        return {"<uuid:kept>": kept, "/uploads/<uuid:id>/remove": kept, "/uploads/<uuid:id>/cancel": begun,
                "/files/uploads/<uuid:id>": begun}

    def ids_about(self, about: str) -> Ids:
        return ids_about(self.cast, about)

    async def one_more_client(self, name: str, *, assigned: bool = True, **access: Any) -> str:
        """A client with an own login; `access`: how theirs differs."""
        async def work() -> None:
            client = await Client.create(name=f"Rosa {name}", first_name="Rosa", last_name=name, set_up_at=now())
            login = await Login.create(email=f"{name}@{self.cast.subdomain}.test", password_hash="", password_at=now())
            made = await PortalAccess.create(client_id=client.id, login_id=login.id, permissions=[], invited_at=now(),
                                             accepted_at=now(), **access)
            if assigned:
                await Assignment.create(client_id=client.id, staff_id=self.cast.staff["practitioner"])
            self.cast.clients[name], self.cast.logins[name] = client.id, login.id
            self.cast.accesses[name, name] = made.id

        await self.cast.inside(work)
        return name

    async def one_more_contact(self, name: str, about: str, permissions: set[str]) -> str:
        """A contact of this client with an own login, who may do this."""
        client = self.cast.clients[about]

        async def work() -> None:
            contact = await Contact.create(name=f"Rosa {name}", first_name="Rosa", last_name=name)
            await ClientContact.create(client_id=client, contact_id=contact.id, relation="aunt")
            login = await Login.create(email=f"{name}@{self.cast.subdomain}.test", password_hash="", password_at=now())
            made = await PortalAccess.create(client_id=client, contact_id=contact.id, login_id=login.id,
                                             permissions=sorted(permissions), invited_at=now(), accepted_at=now())
            self.cast.logins[name], self.cast.contacts[name] = login.id, contact.id
            self.cast.accesses[name, about] = made.id

        await self.cast.inside(work)
        return name

    async def give_a_mother(self, name: str) -> None:
        """The parent of the cast is this client's contact as well, with access."""
        mother, client = self.cast.contacts["parent"], self.cast.clients[name]

        async def work() -> None:
            await ClientContact.create(client_id=client, contact_id=mother, relation="mother")
            await PortalAccess.create(client_id=client, contact_id=mother, login_id=self.cast.logins["parent"],
                                      permissions=[], invited_at=now(), accepted_at=now())

        await self.cast.inside(work)

    async def one_more_member(self, name: str, roles: list[str], **switches: bool) -> str:
        async def work() -> None:
            login = await Login.create(email=f"{name}@{self.cast.subdomain}.test", password_hash="", password_at=now())
            made = await StaffMember.create(login_id=login.id, name=name, title="", roles=roles, voice="a", **switches)
            self.cast.logins[name], self.cast.staff[name] = login.id, made.id

        await self.cast.inside(work)
        return name

    async def actors(self) -> list[Actor]:
        """Those of them who are let in at all, acting for whom their column says."""
        found = []
        for person in self.people.values():
            session = person.browser.session_id
            with suppress(Refusal):
                async def work(person: Person = person, session: UUID | None = session) -> Actor:
                    actor = await actor_of_session(person.cast.practice_id, session or uuid4())
                    return actor.acting_for(person.acting) if actor.portal else actor

                found.append(await person.cast.inside(work))
        return found

    async def answers(self) -> dict[str, dict[str, str]]:
        """By door and ask, what each person is answered."""
        rows: dict[str, dict[str, str]] = {}
        few = asyncio.Semaphore(AT_ONCE)
        with undone():
            await asyncio.gather(*(self._walk(word, rows, few) for word in self.people))
        return rows

    async def _walk(self, word: str, rows: dict[str, dict[str, str]], few: asyncio.Semaphore) -> None:
        person = self.people[word]
        for door in DOORS:
            if door.practice and not door.bare:
                async with few:
                    rows.setdefault(f"{door.method} {door.path}", {})[word] = await answered(person, door)
        for name, ask in ASKS.items():
            if not name.startswith("test."):
                async with few:
                    rows.setdefault(f"ask {name}", {})[word] = await self.heard(person, name, ask.payload)

    async def heard(self, person: Person, name: str, payload: Any) -> str:
        required = payload.model_json_schema().get("required", [])
        given = {**{one: str(uuid4()) for one in required}, **{one: f"{{{NAMES[one]}}}" for one in required
                 if one in NAMES}, **SENT.get(f"ask {name}", {})}
        answer = await asks.heard(
            person.cast.practice_id, person.browser.session_id or uuid4(), name, filled(given, person.ids)
        )
        return of_class(answer.get("status", 200))


def ids_about(cast: Cast, about: str) -> Ids:
    client = str(cast.clients[about])
    access = next((str(one) for (_, of), one in cast.accesses.items() if of == about), str(uuid4()))
    return {
        "client": client, "/staff/clients/<uuid:id>": client, "<uuid:person>": client, "<uuid:access>": access,
        "staff": str(cast.staff["biller"]), "/team/<uuid:id>": str(cast.staff["biller"]), "own access": access,
        "practitioner": str(cast.staff["practitioner"]),
        "<uuid:contact>": str(cast.contacts["parent"]),
        **{f"<uuid:person>/{what}": str(cast.contacts["parent"]) for what in ("permissions", "days")},
    }
