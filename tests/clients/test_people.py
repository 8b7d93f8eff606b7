"""Looking people up."""

from __future__ import annotations

from typing import Any

import pytest

from models.clients import people
from models.core.database import execute


async def test_who_is_assigned_is_found_while_they_work_here(cast: Any) -> None:
    async def assigned() -> list[str]:
        return [one.name for one in await people.assigned_to(cast.clients["client"])]

    assert await cast.inside(assigned) == ["Maya Okafor"]
    await cast.inside(lambda: execute("UPDATE staff_member SET deactivated_at = now() WHERE name = 'Maya Okafor'"))
    assert await cast.inside(assigned) == []


async def test_a_contact_stands_for_each_client(cast: Any) -> None:
    found = await cast.inside(lambda: people.portals_by_id([cast.contacts["parent"], cast.clients["child"]]))
    assert {(one.name, one.client_name, one.open) for one in found} == {
        ("Karen Marsh", "Leo Marsh", True), ("Karen Marsh", "Nora Marsh", True), ("Nora Marsh", "Nora Marsh", False),
    }


async def test_names_are_found_by_their_beginnings_and_only_about_clients_whom_one_sees(cast: Any) -> None:
    async def named(words: str, by: Any = None) -> list[str]:
        return [one.name for one in await cast.inside(lambda: people.portals_named(words, by=by, most=9))]

    everybody = ["Karen Marsh", "Karen Marsh", "Leo Marsh", "Nora Marsh"]
    assert await named("marsh") == everybody
    assert await named("marsh", await cast.actor("frontdesk")) == everybody
    maya = await cast.actor("practitioner")
    assert await named("marsh", maya) == everybody
    ended = "UPDATE assignment SET ended_at = now() WHERE client_id = $1"
    await cast.inside(lambda: execute(ended, cast.clients["teen"]))
    assert await named("marsh", maya) == ["Karen Marsh", "Nora Marsh"]
    await cast.inside(lambda: execute(ended, cast.clients["child"]))
    assert await named("marsh", maya) == []


@pytest.mark.parametrize("words", ["maya", "OKAF", "okafor m", "Maya Okafor"])
async def test_staff_are_found_by_the_beginnings_of_their_names(cast: Any, words: str) -> None:
    assert [one.name for one in await cast.inside(lambda: people.staff_named(words, most=9))] == ["Maya Okafor"]
    assert await cast.inside(lambda: people.staff_named("aya", most=9)) == []


async def test_a_new_name_of_a_colleague_is_found_and_the_old_one_no_longer(cast: Any) -> None:
    await cast.inside(lambda: execute("UPDATE staff_member SET name = 'Máya Nwosu' WHERE name = 'Maya Okafor'"))
    assert [one.name for one in await cast.inside(lambda: people.staff_named("maya nw", most=9))] == ["Máya Nwosu"]
    assert await cast.inside(lambda: people.staff_named("okafor", most=9)) == []


async def test_staff_of_another_practice_are_not_found(cast: Any, neighbours: Any) -> None:
    await neighbours.inside(lambda: execute("UPDATE staff_member SET name = 'Only There' WHERE name = 'Maya Okafor'"))
    assert await neighbours.inside(lambda: people.staff_named("only", most=9))
    assert await cast.inside(lambda: people.staff_named("only", most=9)) == []


@pytest.mark.parametrize("words", ["%", "_", "\\", "100%"])
async def test_what_people_type_has_no_wildcards(cast: Any, words: str) -> None:
    assert await cast.inside(lambda: people.staff_named("maya", most=9))
    assert await cast.inside(lambda: people.staff_named(words, most=9)) == []


def test_a_member_is_called_by_title_or_first_role() -> None:
    from uuid import uuid4

    def role(title: str, *roles: str) -> str:
        return people.Staff(uuid4(), uuid4(), "x", title, "a", frozenset(roles)).role

    assert role("Therapist", "practitioner") == "Therapist"
    assert role("", "administrator", "practitioner") == "Practitioner"
