"""The default rights of each role, as a practice is told them, and what the switches add."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.clients.access import OF_THE_HOUSE, RIGHTS, Reach, may, permissions_of, reaches
from models.core.actor import Actor, Role
from models.core.kinds import Kind, kind_of

# role: (over the practice, for whose clients). What is not named is not given.
TABLE: dict[str, tuple[str, str]] = {
    "administrator": ("front_desk settings team audit", "demographics:all manages:all"),
    "practitioner": (
        "",
        "demographics:assigned manages:assigned clinical:assigned document_status:assigned calendar:assigned"
        " visits:assigned",
    ),
    "supervisor": (
        "",
        "demographics:supervised manages:supervised clinical:supervised document_status:supervised"
        " countersign:supervised calendar:supervised visits:supervised",
    ),
    "scheduler": ("front_desk", "demographics:all manages:all document_status:all calendar:all visits:all"),
    "biller": ("", "demographics:all visits:all billing:all"),
}


async def _as(cast: Any, *roles: str, **switches: bool) -> Actor:
    biller = await cast.actor("biller")
    return replace(biller, roles=frozenset(Role(role) for role in roles), **switches)


def _has(actor: Actor) -> tuple[set[str], set[str]]:
    reached = {f"{right}:{reach}" for right in RIGHTS for reach in reaches(actor, right)}
    return {word for word in OF_THE_HOUSE if may(actor, word)}, reached


@pytest.mark.parametrize("role", list(TABLE))
async def test_each_role_has_its_default_rights_and_no_other(cast: Any, role: str) -> None:
    house, reached = TABLE[role]
    assert _has(await _as(cast, role)) == ({*house.split()}, {*reached.split()})


async def test_roles_combine(cast: Any) -> None:
    both = await _as(cast, "administrator", "practitioner")
    assert reaches(both, "demographics") == {Reach.ALL, Reach.ASSIGNED}
    assert reaches(both, "clinical") == {Reach.ASSIGNED} and may(both, "team")


async def test_an_administrator_reads_clinical_content_only_with_full_clinical_access(cast: Any) -> None:
    assert reaches(await _as(cast, "administrator"), "clinical") == set()
    assert reaches(await _as(cast, "administrator", clinical=True), "clinical") == {Reach.ALL}


async def test_who_may_see_all_clients_has_what_the_roles_give_for_all_of_them(cast: Any) -> None:
    supervisor = await _as(cast, "supervisor", all_clients=True)
    assert Reach.ALL in reaches(supervisor, "clinical") and Reach.ALL in reaches(supervisor, "calendar")
    assert reaches(supervisor, "countersign") == {Reach.SUPERVISED}
    assert reaches(await _as(cast, "biller", all_clients=True), "clinical") == set()


async def test_the_billing_switch_reaches_as_far_as_one_sees_clients(cast: Any) -> None:
    assert reaches(await _as(cast, "practitioner"), "billing") == set()
    assert reaches(await _as(cast, "practitioner", billing=True), "billing") == {Reach.ASSIGNED}
    assert reaches(await _as(cast, "scheduler", billing=True), "billing") == {Reach.ALL}


async def test_portal_people_and_a_look_through_other_eyes_have_no_right(cast: Any) -> None:
    owner, client = await cast.actor("owner"), await cast.actor("client")
    assert permissions_of(owner)
    assert permissions_of(client) == []
    assert permissions_of(replace(owner, lens=client.access, all_clients=True, clinical=True, billing=True)) == []


async def test_the_permissions_of_staff_me_follow_from_the_table(browse: Any, cast: Any) -> None:
    me = await (await (await browse(cast, "frontdesk")).json("/staff/me")).get_json()
    assert me["permissions"] == [
        "front-desk", "all-clients", "demographics:all", "manages:all", "document-status:all", "calendar:all",
        "visits:all",
    ]


async def test_full_clinical_access_reaches_as_far_as_one_sees_clients(cast: Any) -> None:
    assert reaches(await _as(cast, "biller", clinical=True), "clinical") == {Reach.ALL}
    assert reaches(await _as(cast, "practitioner", clinical=True), "clinical") == {Reach.ASSIGNED}
    every = await _as(cast, "practitioner", clinical=True, all_clients=True)
    assert Reach.ALL in reaches(every, "clinical")


async def test_the_kind_before_doors_is_what_the_table_says_of_the_house(cast: Any) -> None:
    """Doors of administrators ask for the kind, the table gives settings, team and audit: they mean the same."""
    for role in Role:
        actor = await _as(cast, role.value)
        rights = {word for word in ("settings", "team", "audit") if may(actor, word)}
        assert (kind_of(actor) is Kind.ADMINISTRATOR) == (rights == {"settings", "team", "audit"})
        assert rights in (set(), {"settings", "team", "audit"})
