"""Many who want one time, at once, over HTTP and from both workers."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from models.accounts.tables import Location, Login
from models.appointments.tables import BookingSettings, Offering, Room
from models.clients.tables import Client, PortalAccess
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.ids import new_id
from tests.appointments.conftest import offer, open_week
from tests.appointments.times import at
from tests.faults.ground import WebWorker

BOOK = "/appointments/book"
MINUTES = 50
LENGTH = timedelta(minutes=MINUTES)
STARTS = [at(10) + timedelta(minutes=5 * number) for number in range(10)]  # each overlaps each


@dataclass
class Answer:
    """Of one attempt. Status 0: the line was cut before an answer came."""

    status: int
    told: dict[str, Any] = field(default_factory=dict)
    retry_after: str = ""

    @property
    def code(self) -> str:
        return str(self.told.get("code", ""))


@dataclass
class Ring:
    """A practice in which one time is fought for."""

    cast: Any
    service: UUID
    staff: list[UUID]
    place: UUID
    rooms: list[UUID]
    clients: dict[str, UUID] = field(default_factory=dict)
    sessions: dict[str, UUID] = field(default_factory=dict)

    async def ask(self, worker: WebWorker, name: str, path: str, **data: Any) -> Answer:
        """As that person, by one POST on a line of its own."""
        return await sent(worker, self.cast, self.sessions[name], path, data)

    async def sign_in(self, *names: str) -> list[str]:
        """Before the race: nobody loses time at the door."""
        for name in names:
            self.sessions[name] = await self.cast.session(name)
        return list(names)

    async def take(
        self, worker: WebWorker, name: str, starts_at: datetime, *, path: str = BOOK, place: UUID | None = None,
        **more: Any,
    ) -> Answer:
        """A client, or a contact for the child, books or holds: by phone, or in person at a place."""
        where = f"/for/{self.cast.clients['child']}{path}" if name == "parent" else path
        given = {"practitioner": self.staff[0], **wish(self.service, starts_at, place), **more}
        return await self.ask(worker, name, where, **given)

    async def fill(self, worker: WebWorker, name: str, starts_at: datetime, **more: Any) -> Answer:
        """Staff put a client there."""
        given = {"service": self.service, "minutes": MINUTES, "practitioner": self.staff[0], "mode": "phone",
                 "starts_at": starts_at.isoformat(), "clients": [self.cast.clients["client"]], **more}
        return await self.ask(worker, name, "/staff/calendar/new", **given)

    async def coming(self, appointment: str) -> int:
        """How many clients it has."""
        sql = "SELECT count(*)::int AS count FROM attendance WHERE appointment_id = $1 AND state = 'booked'"
        [row] = await self.cast.inside(lambda: fetch_all(sql, UUID(appointment)))
        return int(row["count"])

    async def standing(self) -> list[dict[str, Any]]:
        """What takes time on any calendar."""
        sql = """SELECT id, staff_id, room_id, state, starts_at, busy FROM appointment
          WHERE state IN ('hold', 'requested', 'offered', 'scheduled') ORDER BY starts_at"""
        return [dict(row) for row in await self.cast.inside(lambda: fetch_all(sql))]


def wish(service: UUID, starts_at: datetime, place: UUID | None) -> dict[str, Any]:
    """What the door of a client's booking takes of a time."""
    return {"service": service, "minutes": MINUTES, "mode": "in-person" if place else "phone",
            "time": starts_at.isoformat(), "location": place}


async def new_ring(
    cast: Any, *, clients: int = 12, rooms: int = 0, practitioners: Sequence[str] = ("practitioner",), group: int = 0
) -> Ring:
    """The service can be booked by everyone at once, every five minutes; a contact may book for the child. `group`: it
    is one for so many."""
    staff = [cast.staff[name] for name in practitioners]
    kind: dict[str, Any] = {"kind": "group", "capacity": group} if group else {}
    made = Ring(cast, new_id(), staff, new_id(), [new_id() for _ in range(rooms)])

    async def work() -> None:
        await execute("UPDATE practice_profile SET features_off = '{}'")
        await execute("UPDATE portal_access SET permissions = '{appointments,booking}' WHERE contact_id IS NOT NULL")
        await BookingSettings.all().update(slot_minutes=5)
        service = await Offering.create(id=made.service, name="Counseling", modes=["in-person", "phone"],
                                        bookable="everyone", confirm="instant", **kind)
        await execute("INSERT INTO service_length (service_id, minutes) VALUES ($1, $2)", service.id, MINUTES)
        await Location.create(id=made.place, name="Wharf Street")
        for number, room in enumerate(made.rooms):
            await Room.create(id=room, location_id=made.place, name=f"Room {number}")
        for staff_id in made.staff:
            await offer(service, staff_id)
            await open_week(staff_id, made.place)
        for number in range(clients):
            made.clients[f"c{number}"] = await _one_more(cast, f"c{number}")

    await cast.inside(work)
    return made


async def _one_more(cast: Any, name: str) -> UUID:
    client = await Client.create(name=f"Rosa {name}", first_name="Rosa", last_name=name, set_up_at=now())
    login = await Login.create(email=f"{name}@{cast.subdomain}.test", password_hash="", password_at=now())
    await PortalAccess.create(
        client_id=client.id, login_id=login.id, permissions=[], invited_at=now(), accepted_at=now()
    )
    cast.people.clients[name], cast.people.logins[name] = client.id, login.id
    return client.id


async def sent(worker: WebWorker, cast: Any, session_id: UUID, path: str, data: dict[str, Any]) -> Answer:
    host, body = f"{cast.subdomain}.localhost:{worker.port}", json.dumps(data, default=str).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n"
        f"Cookie: {worker.cookie}={cast.tokens[session_id]}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: {uuid4()}\r\n\r\n"
    )
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", worker.port)
    except OSError:
        return Answer(0)
    try:
        writer.write(head.encode() + body)
        async with asyncio.timeout(100):
            answer = await reader.read()
    except OSError:
        return Answer(0)
    finally:
        writer.close()
    first, _, rest = answer.partition(b"\r\n\r\n")
    if not first:
        return Answer(0)
    lines = dict(line.lower().split(": ", 1) for line in first.decode().split("\r\n")[1:])
    return Answer(int(first.split()[1]), json.loads(rest) if rest[:1] == b"{" else {}, lines.get("retry-after", ""))


def one_won(answers: Sequence[Answer], standing: Sequence[dict[str, Any]]) -> Answer:
    """The answer of who got the time. Everybody else was told that it is taken, with other times that are free; nobody
    was sent away unheard (a worker lets in as many as can be answered within seconds) and nothing broke."""
    won = [one for one in answers if one.status == 200]
    assert len(won) == 1 and len(standing) == 1, (tally(answers), standing)
    lost = [one for one in answers if one.status != 200]
    assert {one.status for one in lost} == {409}, tally(answers)
    assert {one.code for one in lost} <= {"time-taken", "overlaps", "changed-meanwhile"}, tally(answers)
    busy = standing[0]["busy"]
    for one in lost:
        if one.code == "time-taken":
            times = [datetime.fromisoformat(each) for each in one.told["errors"]["times"]]
            assert times and all(each >= busy.upper or each + LENGTH <= busy.lower for each in times), one.told
    return won[0]


def tally(answers: Sequence[Answer]) -> dict[str, int]:
    """How often each answer was given."""
    return dict(Counter(f"{one.status} {one.code}".strip() for one in answers))
