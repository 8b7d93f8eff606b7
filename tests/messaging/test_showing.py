"""People, titles, snippets and ticks: data in, words out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from models.messaging import showing
from models.messaging.looking import Looks
from models.messaging.seated import Seated, Viewer

AT = datetime(2026, 11, 23, 14, 17, tzinfo=UTC)

SEAT = Seated(
    id=uuid4(), conversation_id=uuid4(), kind="staff", staff_id=uuid4(), access_id=None, from_position=0,
    until_position=None, read_position=0, read_at=None, delivered_position=0, delivered_at=None, unread_since=None,
    marked_unread_at=None, muted_at=None, archived_at=None, joined_at=AT, left_at=None, name="Maya Okafor", voice="b",
    title="Therapist", client_id=None, client_name=None, contact_id=None, relation=None, login_id=uuid4(),
    covers_name=None, active=True, messaging=True,
)
ACCESS = replace(
    SEAT, id=uuid4(), kind="access", staff_id=None, access_id=uuid4(), name="Karen Marsh", voice="", title="",
    client_id=uuid4(), client_name="Leo Marsh", contact_id=uuid4(), relation="mother",
)
DESK = Looks(
    Viewer(staff_id=uuid4()), portal=False, sees_online=True, sees_read=True, acts_for_others=False, staff_id=None
)


def portal(**more: Any) -> Looks:
    return replace(DESK, viewer=Viewer(accesses=(uuid4(),)), portal=True, **{"sees_online": False, **more})


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Wilhelmina Oduya-Castellanos", "WO"), ("Ana Beltrán", "AB"), ("Cher", "C"), ("Mary Ann de la Cruz", "MC"),
     ("(Dr.) Kim", "K"), ("李 小龍", "李小"), ("", "")],
)
def test_initials_are_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert showing.initials(name) == letters


def test_a_contact_is_named_with_the_client() -> None:
    assert showing.relation(ACCESS) == "Mother of Leo Marsh"
    assert showing.relation(replace(ACCESS, contact_id=None)) == "Client"
    assert showing.relation(SEAT) == "Therapist"


def test_a_portal_person_sees_who_is_online_only_of_staff_and_only_when_the_practice_lets_it() -> None:
    assert showing.presence(SEAT, portal()) is None
    assert showing.presence(SEAT, portal(sees_online=True)) == {"kind": "login", "id": SEAT.login_id}
    assert showing.presence(ACCESS, portal(sees_online=True)) is None
    assert showing.presence(ACCESS, DESK) == {"kind": "access", "id": ACCESS.access_id}


def test_a_portal_person_learns_no_ids_of_others() -> None:
    for seat in (SEAT, ACCESS):
        shown = showing.person(seat, portal())
        assert shown["staff"] is None and shown["access"] is None and shown["presence"] is None


def test_who_is_online_is_filled_in_only_where_it_may_be_seen() -> None:
    people = [showing.person(SEAT, DESK), showing.person(SEAT, portal())]
    showing.with_presence(people, frozenset({f"login:{SEAT.login_id}"}))
    assert [one["online"] for one in people] == [True, None]
    showing.with_presence(people, frozenset())
    assert [one["online"] for one in people] == [False, None]


@pytest.mark.parametrize(
    ("body", "types", "deleted", "said", "shown"),
    [
        ("a\n\n b", (), False, True, "a b"), ("", ("image/png",), False, True, "Photo"),
        ("", ("application/pdf",), False, True, "File"), ("", ("image/png", "text/csv"), False, True, "2 files"),
        ("see", ("image/png",), False, True, "see"), ("x", (), True, True, "Message deleted"),
        ("", (), False, False, "No messages yet"),
    ],
)
def test_a_snippet_is_one_row(body: str, types: tuple[str, ...], deleted: bool, said: bool, shown: str) -> None:
    assert showing.snippet(body, types, deleted=deleted, said=said) == shown


def test_ticks_go_from_sent_over_delivered_to_read() -> None:
    assert showing.ticks(5, [ACCESS], [ACCESS], {})["state"] == "sent"
    delivered = replace(ACCESS, delivered_position=5, delivered_at=AT)
    assert showing.ticks(5, [delivered], [delivered], {}) == {
        "state": "delivered", "at": AT, "readers": [], "waiting": ["Karen Marsh"]
    }
    read = replace(delivered, read_position=5)
    assert showing.ticks(5, [read], [read], {read.id: AT})["readers"] == [
        {"id": read.id, "name": "Karen Marsh", "at": AT}
    ]
    assert showing.ticks(5, [read], [], {})["state"] == "delivered"


def test_ticks_count_only_who_sees_the_message() -> None:
    late = replace(ACCESS, from_position=5, read_position=9)
    assert showing.ticks(5, [late], [late], {}) == {"state": "sent", "at": None, "readers": [], "waiting": []}
