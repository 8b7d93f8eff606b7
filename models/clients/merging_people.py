"""Who has access to the portals of two records that become one: which accesses are joined, which end, and what each
contact would newly see. Walls never widen unseen: of two accesses of one person the narrower limits stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from models.clients.registries import MANAGE_INFORMATION
from models.core.database import Row, fetch_all

ACCESSES = """SELECT a.id, a.client_id, a.contact_id, a.login_id, a.permissions, a.features_off, a.starts_on, a.ends_on,
    a.accepted_at IS NOT NULL AS accepted, a.revoked_at IS NOT NULL AS revoked, coalesce(t.name, c.name) AS name,
    coalesce(r.relation, '') AS relation, l.email
  FROM portal_access a JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  LEFT JOIN contact t ON t.practice_id = a.practice_id AND t.id = a.contact_id
  LEFT JOIN client_contact r ON r.practice_id = a.practice_id AND r.client_id = a.client_id
    AND r.contact_id = a.contact_id
  LEFT JOIN login l ON l.practice_id = a.practice_id AND l.id = a.login_id
  WHERE a.practice_id = portico_here() AND a.client_id = ANY($1)
    AND (a.revoked_at IS NULL OR NOT EXISTS (SELECT FROM portal_access o WHERE o.practice_id = a.practice_id
      AND o.client_id = a.client_id AND o.contact_id IS NOT DISTINCT FROM a.contact_id
      AND (o.revoked_at IS NULL OR (o.revoked_at, o.id) > (a.revoked_at, a.id))))
  ORDER BY a.contact_id NULLS FIRST, a.id"""
LINKS = """SELECT cc.client_id, cc.contact_id, co.name, co.client_id AS own FROM client_contact cc
  JOIN contact co ON co.practice_id = cc.practice_id AND co.id = cc.contact_id
  WHERE cc.practice_id = portico_here() AND cc.client_id = ANY($1) ORDER BY co.name, co.id"""


NOT_ADDRESSES = ("Not its addresses: those stay hidden from this contact until you show them on the Details tab."
                 " Nothing that another contact entered.")
NO_DAYS = "Its days on the two records have none in common. Restore it on the Portal tab if it should go on."


@dataclass(frozen=True)
class Held:
    """An access that stays, with the limits it will have. `side`: whose record it was, "kept", "gone" or "both"."""

    id: UUID
    contact_id: UUID | None
    login_id: UUID | None
    name: str
    relation: str
    email: str
    accepted: bool
    permissions: tuple[str, ...]
    features_off: tuple[str, ...]
    starts_on: object
    ends_on: object
    side: str

    @property
    def impossible(self) -> bool:
        """The days of both have none in common."""
        return bool(self.starts_on and self.ends_on and self.ends_on < self.starts_on)  # type: ignore[operator]


@dataclass(frozen=True)
class Ends:
    """An access that ends. `into`: the one that the same person keeps instead, None when nothing is left."""

    id: UUID
    login_id: UUID | None
    name: str
    why: str
    into: UUID | None = None


@dataclass(frozen=True)
class Choice:
    """One person signs in with two different logins: which of the two accesses ends, staff choose."""

    name: str
    options: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True)
class Accesses:
    stays: tuple[Held, ...]
    ends: tuple[Ends, ...]
    choices: tuple[Choice, ...]
    blocked: tuple[str, ...]

    @property
    def joined(self) -> dict[UUID, UUID]:
        return {one.id: one.into for one in self.ends if one.into is not None}


async def accesses_of(kept: UUID, gone: UUID, ending: Collection[UUID]) -> Accesses:
    """What becomes of everybody's access; `ending`: those that staff chose to end."""
    rows = await fetch_all(ACCESSES, [kept, gone])
    links = await fetch_all(LINKS, [kept, gone])
    return decided(rows, links, kept=kept, gone=gone, ending=ending)


def decided(
    rows: Sequence[Row], links: Sequence[Row], *, kept: UUID, gone: UUID, ending: Collection[UUID]
) -> Accesses:
    """The rule, out of rows alone."""
    both = {one["contact_id"] for one in links if one["client_id"] == kept} & {
        one["contact_id"] for one in links if one["client_id"] == gone}
    stays: list[Held] = []
    ends: list[Ends] = []
    choices: list[Choice] = []
    for contact in dict.fromkeys(row["contact_id"] for row in rows):
        pair = sorted((row for row in rows if row["contact_id"] == contact), key=lambda row: row["client_id"] != kept)
        _decide(pair, kept, contact in both, ending, stays, ends, choices)
    _join_logins(stays, ends)
    stays[:] = [one for one in stays if not one.impossible]
    return Accesses(tuple(stays), tuple(ends), tuple(choices), tuple(_blocked(links, stays, {kept, gone})))


def _decide(
    pair: Sequence[Row], kept: UUID, both: bool, ending: Collection[UUID], stays: list[Held], ends: list[Ends],
    choices: list[Choice],
) -> None:
    open_ones = [row for row in pair if not row["revoked"]]
    if len(open_ones) == 2:
        _two(open_ones, kept, ending, stays, ends, choices)
    elif open_ones and both and len(pair) == 2:
        why = "It was revoked on the other record: the narrower holds. Restore it on the Portal tab if it should not."
        ends.append(_ends(open_ones[0], why))
    elif open_ones:
        stays.append(_held(open_ones[0], "both" if both else "kept" if open_ones[0]["client_id"] == kept else "gone"))


def _two(
    pair: Sequence[Row], kept: UUID, ending: Collection[UUID], stays: list[Held], ends: list[Ends],
    choices: list[Choice],
) -> None:
    first, second = pair
    if first["accepted"] and second["accepted"] and first["login_id"] != second["login_id"]:
        options = tuple((row["id"], str(row["email"])) for row in pair)
        choices.append(Choice(first["name"], options))
        if first["id"] in ending:
            first, second = second, first
    elif second["accepted"] and not first["accepted"]:
        first, second = second, first
    narrower = _narrower(_held(first, "both"), second)
    if narrower.impossible:
        ends.extend(_ends(row, NO_DAYS) for row in pair)
        return
    stays.append(narrower)
    same = first["login_id"] == second["login_id"]
    why = "Joined with the other access of the same person." if same or not second["accepted"] else (
        "The other sign-in stays. Conversations go on there.")
    ends.append(_ends(second, why, into=first["id"]))


def _join_logins(stays: list[Held], ends: list[Ends]) -> None:
    """Two contacts with one login are one person: one access remains, with the narrower limits."""
    met: dict[UUID, int] = {}
    for one in list(stays):
        if one.login_id is None or one.contact_id is None:
            continue
        if one.login_id in met:
            place = met[one.login_id]
            first = stays[place]
            stays[place] = replace(
                first, permissions=tuple(sorted(set(first.permissions) & set(one.permissions))),
                features_off=tuple(sorted(set(first.features_off) | set(one.features_off))),
                starts_on=_latest(first.starts_on, one.starts_on), ends_on=_earliest(first.ends_on, one.ends_on),
            )
            stays.remove(one)
            if stays[place].impossible:
                ends.append(Ends(first.id, first.login_id, first.name, NO_DAYS))
            ends.append(Ends(one.id, one.login_id, one.name, "Joined with the other access of the same person.",
                             into=first.id))
        else:
            met[one.login_id] = stays.index(one)


def _blocked(links: Sequence[Row], stays: Sequence[Held], clients: set[UUID]) -> list[str]:
    """Two people who are not the same: whatever the names say."""
    own = {one.login_id for one in stays if one.contact_id is None and one.login_id}
    said = [
        f"{one['name']} is a client of one record and a contact of the other: these are two people. If they are not,"
        " unlink the contact first." for one in links if one["own"] in clients
    ]
    said += [
        f"{one.name} signs in as the client on one record and as a contact on the other: these are two people. If they"
        " are not, revoke one of the accesses on the Portal tab first."
        for one in stays if one.contact_id is not None and one.login_id in own
    ]
    return list(dict.fromkeys(said))


def _held(row: Row, side: str) -> Held:
    return Held(
        id=row["id"], contact_id=row["contact_id"], login_id=row["login_id"], name=row["name"],
        relation=row["relation"], email=row["email"] or "", accepted=row["accepted"],
        permissions=tuple(sorted(row["permissions"])), features_off=tuple(sorted(row["features_off"])),
        starts_on=row["starts_on"], ends_on=row["ends_on"], side=side,
    )


def _narrower(one: Held, other: Row) -> Held:
    return replace(
        one, permissions=tuple(sorted(set(one.permissions) & set(other["permissions"]))),
        features_off=tuple(sorted(set(one.features_off) | set(other["features_off"]))),
        starts_on=_latest(one.starts_on, other["starts_on"]), ends_on=_earliest(one.ends_on, other["ends_on"]),
    )


def _latest(one: object, other: object) -> object:
    return max((day for day in (one, other) if day), default=None)  # type: ignore[type-var]


def _earliest(one: object, other: object) -> object:
    return min((day for day in (one, other) if day), default=None)  # type: ignore[type-var]


def _ends(row: Row, why: str, *, into: UUID | None = None) -> Ends:
    return Ends(row["id"], row["login_id"], row["name"], why, into)


def newly_sees(one: Held, other_name: str, read: Sequence[str]) -> tuple[str, ...]:
    """What this person will see that they do not see now; in sentences. `read`: what of the other record they could."""
    if one.side == "both":
        return ("Nothing new: this person is on both records. Of two accesses the narrower permissions stay.",)
    what = f"Reads of it, as far as you choose it above: {'; '.join(read)}." if read else "Reads no detail of it anew."
    if one.contact_id is None:
        return (f"The record of {other_name} becomes theirs.", what,
                "What was shared with either, by messages and files, stays with whom it was shared with.")
    told = [f"Learns that the record of {other_name} is the same person’s."]
    if MANAGE_INFORMATION in one.permissions:
        told += [f"Manage information: {what[0].lower()}{what[1:]}", NOT_ADDRESSES]
    return (*told, "No conversation and no file of the other record: those stay with whom they were shared with.")
