"""Newcomers ask for an appointment without a login: a time held for their page, an address proven by six digits, and a
request that staff decide about.

Whether an address is known here decides only what its mail says; that is looked up when the mail leaves, so that
neither the answer nor its time tells anybody.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from models.accounts.practices import portal_open, profile, reach_by_phone, today_here
from models.accounts.reach import by_email, checked, spelled
from models.appointments.answers import checked_answers
from models.appointments.availability import bookable_services, rooms_at
from models.appointments.booking import with_room
from models.appointments.events import CODE_ASKED, REQUESTED
from models.appointments.holding import keep, own_hold
from models.appointments.locking import hold_calendars
from models.appointments.moments import expire_then, request_ends
from models.appointments.registering import BOOK_ONLINE
from models.appointments.tables import Appointment, BookingCode, BookingRequest
from models.appointments.taking import Offer, Wanted, ensure_free, offer_for, put, row_of, video_link
from models.appointments.telling import tell
from models.clients.adding import OLDEST
from models.clients.owning import owners
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Invalid, Missing, missing
from models.core.ids import new_id, token_hash
from models.core.limits import Limit, give_back, network_of, take
from models.core.scope import current_scope
from models.core.secret import key_for

HOLDS_BY_NETWORK = Limit("booking-hold-network", most=40, seconds=3600)
HOLDS_HERE = Limit("booking-hold-practice", most=600, seconds=3600)
# An open page looks again after whatever others take, at most three times a second; to look is to reckon for weeks.
LOOKS_BY_NETWORK = Limit("booking-look-network", most=1800, seconds=600)
# Within the five minutes that a hold lasts, so no visitor keeps more than a few times from clients; one that is let go
# for another does not count.
HELD_BY_NETWORK = Limit("booking-held-network", most=6, seconds=300)
HELD_HERE = Limit("booking-held-practice", most=60, seconds=300)
CODES_BY_NETWORK = Limit("booking-code-network", most=12, seconds=3600)
CODES_BY_EMAIL = Limit("booking-code-email", most=5, seconds=3600)
CODES_HERE = Limit("booking-code-practice", most=200, seconds=3600)
TRIES_BY_NETWORK = Limit("booking-code-tries", most=60, seconds=3600)
# A request keeps its time from clients for up to three days, and addresses cost nothing.
ASKED_BY_NETWORK = Limit("booking-asked-network", most=10, seconds=86_400)
MOST_TRIES = 5
MOST_OPEN, MOST_OPEN_HERE = 3, 100
CODE_LASTS = timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(hours=1)
FORGET = "booking.forget_code"

NEWCOMERS = "SELECT 1 FROM practitioner_booking WHERE staff_id = $1 AND online AND new_clients"
HOURS_TO_COME = """SELECT 1 FROM weekly_hours WHERE staff_id = ANY ($1) AND coalesce(valid_until >= $2, true)
  UNION ALL SELECT 1 FROM day_hours WHERE staff_id = ANY ($1) AND day >= $2 AND until_minute > from_minute LIMIT 1"""
COUNT = "UPDATE booking_code SET tries = tries + 1 WHERE id = $1 AND tries < $2 RETURNING tries"
WAITING = """SELECT count(*)::int AS here, count(*) FILTER (WHERE email = $1)::int AS own FROM booking_request
  WHERE client_id IS NULL AND state IN ('open', 'countered')"""
OVER = "This code can no longer be used. Have a new one sent."


@dataclass(frozen=True)
class Asker:
    """Who asks. For a child the names are the contact's and `other_…` the child's; for a couple both are who comes."""

    for_whom: str
    first_name: str
    last_name: str
    email: str
    phone: str = ""
    other_first_name: str = ""
    other_last_name: str = ""
    other_born_on: date | None = None
    relation: str = ""


@dataclass(frozen=True)
class Asked:
    """`wrong`: the sentence about the code, then nothing was asked for. `until`: when somebody has answered."""

    wrong: str = ""
    until: datetime | None = None


async def open_to_visitors() -> bool:
    """Whether anybody may look at free times: online booking is on, and the portal open."""
    return BOOK_ONLINE.key not in (await profile()).features_off and await portal_open()


async def takes_newcomers() -> bool:
    """Whether somebody has hours to come in which newcomers may ask for something that they may ask for."""
    staff = {one.id for service in await bookable_services(newcomer=True) for one in service.practitioners}
    return bool(staff) and await fetch_one(HOURS_TO_COME, list(staff), await today_here()) is not None


async def ensure_open() -> None:
    """Raises Missing, with the practice's phone."""
    if not await open_to_visitors():
        raise Missing("booking-off", f"Appointments cannot be asked for here. {await reach_by_phone()}")


async def count_look(address: str) -> None:
    """Before a visitor's look at free times. Raises TooMany."""
    await take(LOOKS_BY_NETWORK, network_of(address))


async def count_hold(address: str) -> None:
    """Before a visitor's hold. Raises TooMany."""
    here = current_scope().practice_id
    await take(HOLDS_BY_NETWORK, network_of(address))
    await take(HOLDS_HERE, here)
    await take(HELD_BY_NETWORK, here, network_of(address))
    await take(HELD_HERE, here)


async def count_let_go(address: str) -> None:
    """After a visitor's hold was let go by who placed it."""
    here = current_scope().practice_id
    await give_back(HELD_BY_NETWORK, here, network_of(address))
    await give_back(HELD_HERE, here)


async def ask_code(asker: Asker, hold_id: UUID, secret: str, *, address: str) -> UUID:
    """Have six digits mailed to the address; the time is held for fifteen minutes now. Returns the proof's id. Raises
    Invalid by field, TooMany."""
    await ensure_open()
    asker = await checked_asker(asker)
    await take(CODES_BY_NETWORK, network_of(address))
    await take(CODES_BY_EMAIL, current_scope().practice_id, asker.email)
    await take(CODES_HERE, current_scope().practice_id)
    async with change(None, "booking.ask_code"):
        made = await BookingCode.create(id=new_id(), email=asker.email, ends_at=now() + CODE_LASTS)
        await enqueue(FORGET, {"code": made.id}, after=FORGOTTEN_AFTER, key=f"{FORGET}:{made.id}")
        await record(None, CODE_ASKED, [], subject_id=made.id)
    try:
        await keep(None, hold_id, secret)
    except Conflict:
        pass  # it is over; whether the time is free is looked at when it is asked for
    return made.id


@dataclass(frozen=True)
class Outgoing:
    """What a code's mail says. Without digits the address is known here: its owner signs in instead."""

    email: str
    code: str


async def outgoing(code_id: UUID) -> Outgoing | None:
    """For a mail that leaves now; digits of an earlier try of it end. None when nobody waits for it any more."""
    row = await BookingCode.get_or_none(id=code_id)
    if row is None or row.ends_at <= now():
        return None
    if await _known(row.email):
        return Outgoing(row.email, "")
    code = f"{secrets.randbelow(1_000_000):06d}"
    await execute("UPDATE booking_code SET code_hash = $2 WHERE id = $1", code_id, _digest(code_id, code))
    return Outgoing(row.email, code)


async def ask(
    wanted: Wanted, asker: Asker, *, code: str, proof: UUID, hold_id: UUID, secret: str, address: str,
    answers: Mapping[str, Any] | None = None, message: str = "",
) -> Asked:
    """The request stands in the staff's queue. A wrong code is answered, not raised: it is counted all the same. The
    same page sent twice asks once.

    Raises Invalid by field, Missing, Conflict `time-taken` with other times, `too-many-open` and `too-many-here`,
    TooMany.
    """
    await ensure_open()
    if (before := await _asked_before(hold_id, secret)) is not None:
        return before
    await take(TRIES_BY_NETWORK, network_of(address))
    asker = await checked_asker(asker)
    offer = await offered_to_newcomers(wanted)
    said = checked_answers(offer.service.questions, answers or {})
    if wrong := await _wrong_code(proof, asker.email, code):  # pressed twice, the second waited here for the first
        return await _asked_before(hold_id, secret) or Asked(wrong)
    async with change(None, "request.place"):
        await hold_calendars([wanted.staff_id, *await rooms_at(wanted.location_id)])
        held = await _held(hold_id, secret)
        await ensure_free(offer, wanted, besides=held)
        await _ensure_few(asker.email, address)
        await execute("DELETE FROM booking_code WHERE id = $1", proof)
        row = row_of(offer, await with_room(offer, wanted, held), id=held or new_id(), state="requested", side="public",
                     link=await video_link(offer, wanted.staff_id))
        request = await _request(asker, row, said, message)
        row.request_id, row.hold_secret = request.id, token_hash(secret)
        await put(row, over=held is not None)
        await tell(None, REQUESTED, row, [], free=False, ids={"request": request.id})
        return Asked(until=request.expires_at)


async def offered_to_newcomers(wanted: Wanted) -> Offer:
    """Raises Missing, Invalid by field."""
    offer = await offer_for(wanted)
    if offer.service.bookable != "everyone" or await fetch_one(NEWCOMERS, wanted.staff_id) is None:
        missing("service")
    return offer


async def checked_asker(asker: Asker) -> Asker:
    """Tidied; raises Invalid by field."""
    tidy = Asker(**{name: " ".join(value.split()) if isinstance(value, str) else value  # type: ignore[arg-type]
                    for name, value in vars(asker).items()})
    wrong: dict[str, list[str]] = {}
    names = ["first_name", "last_name"] + ["other_first_name", "other_last_name"] * (asker.for_whom != "self")
    for name in names:
        if not getattr(tidy, name):
            wrong[name] = [f"Fill in the {'first' if 'first' in name else 'last'} name."]
    if asker.for_whom == "child":
        if not tidy.relation:
            wrong["relation"] = ["Say who you are to the child."]
        if tidy.other_born_on is None or not OLDEST <= tidy.other_born_on <= await today_here():
            wrong["other_born_on"] = ["Give the child’s birth date."]
    try:
        email = checked(tidy.email)
    except Invalid as unfit:
        wrong |= unfit.errors
    if wrong:
        raise Invalid(errors=wrong)
    return Asker(**{**vars(tidy), "email": email})


async def forget_code(code_id: UUID) -> None:
    """The job: nobody uses it any more."""
    await execute("DELETE FROM booking_code WHERE id = $1", code_id)


async def _known(email: str) -> bool:
    return await by_email(email) is not None or bool(await owners([spelled(email)]))


async def _wrong_code(proof: UUID, email: str, code: str) -> str:
    """The try counts before it is compared, from however many tabs it comes."""
    tries = await fetch_one(COUNT, proof, MOST_TRIES)
    row = await BookingCode.get_or_none(id=proof, email=email)
    if row is None or row.ends_at <= now() or tries is None:
        return OVER
    typed = "".join(code.split())
    if row.code_hash is None or not hmac.compare_digest(bytes(row.code_hash), _digest(proof, typed)):
        left = MOST_TRIES - tries["tries"]
        said = "This is not the code from the e-mail."
        return f"{said} {left} {'try' if left == 1 else 'tries'} left." if left else f"{said} {OVER}"
    return ""


def _digest(code_id: UUID, code: str) -> bytes:
    """Worth nothing without the server's key."""
    return hmac.new(key_for("booking-code"), f"{code_id}:{code}".encode(), sha256).digest()


async def _asked_before(hold_id: UUID, secret: str) -> Asked | None:
    row = await Appointment.get_or_none(id=hold_id, state="requested", made_side="public")
    if row is None or not row.hold_secret or not hmac.compare_digest(bytes(row.hold_secret), token_hash(secret)):
        return None
    request = await BookingRequest.get(id=row.request_id)
    return Asked(until=request.expires_at)


async def _held(hold_id: UUID, secret: str) -> UUID | None:
    """Who took longer than it lasts asks for the time if it is still free."""
    try:
        return await own_hold(None, hold_id, secret)
    except Conflict:
        return None


async def _ensure_few(email: str, address: str) -> None:
    row = await fetch_one(WAITING, email)
    if row and row["own"] >= MOST_OPEN:
        raise Conflict("too-many-open", f"{MOST_OPEN} requests of yours wait for an answer already.")
    if row and row["here"] >= MOST_OPEN_HERE:
        raise Conflict("too-many-here", f"Too many wait for an answer here already. {await reach_by_phone()}")
    await take(ASKED_BY_NETWORK, current_scope().practice_id, network_of(address))


async def _request(asker: Asker, row: Appointment, answers: list[dict[str, str]], message: str) -> BookingRequest:
    at = now()
    ends = request_ends(row.starts_at, at)
    made = await BookingRequest.create(
        id=new_id(), **vars(asker), message=message.strip(), answers=answers, expires_at=ends,
    )
    await expire_then(made.id, ends - at, "asked")
    return made
