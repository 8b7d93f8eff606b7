"""+Add: an adult, a minor, a couple or family."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from models.clients import contacts, overview, people
from models.clients.adding import NewClient, add
from models.clients.tables import Client
from models.core.actor import Role
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Forbidden, Invalid, Missing

MIA = NewClient("Mia", "Vale", "Mia@Mail.test", date(1990, 5, 4))


async def assigned(cast: Any, client: Any) -> list[str]:
    return [one.name for one in await cast.inside(lambda: people.assigned_to(client))]


async def added(cast: Any, who: str, *members: NewClient, **more: Any) -> list[Any]:
    actor = await cast.actor(who)
    return await cast.inside(lambda: add(actor, members, **more))


async def test_a_practitioner_who_adds_takes_care_of_the_client(cast: Any) -> None:
    (made,) = await added(cast, "practitioner", MIA)
    client = await cast.inside(lambda: Client.get(id=made))
    assert (client.name, client.email, client.kind, client.set_up_at) == ("Mia Vale", "mia@mail.test", "adult", None)
    assert await assigned(cast, made) == ["Maya Okafor"]


async def test_the_front_desk_chooses_the_practitioner_or_nobody(cast: Any) -> None:
    (made,) = await added(cast, "frontdesk", MIA, practitioner=cast.staff["owner"])
    assert await assigned(cast, made) == ["Jonas Lindqvist"]
    (other,) = await added(cast, "frontdesk", NewClient("Jo", "Vale"))
    assert await assigned(cast, other) == []


async def test_a_supervisor_without_clients_of_their_own_names_somebody_they_supervise(cast: Any) -> None:
    alone = replace(await cast.actor("supervisor"), roles=frozenset({Role.SUPERVISOR}))
    (made,) = await cast.inside(lambda: add(alone, [MIA], practitioner=cast.staff["practitioner"]))
    assert await assigned(cast, made) == ["Maya Okafor"]
    for staff in (None, cast.staff["owner"]):
        with pytest.raises(Invalid):
            await cast.inside(lambda staff=staff: add(alone, [NewClient("Jo", "Vale")], practitioner=staff))


async def test_billers_and_portal_people_add_nobody(cast: Any) -> None:
    assert await added(cast, "frontdesk", MIA)
    for who in ("biller", "client"):
        with pytest.raises(Forbidden):
            await added(cast, who, NewClient("Jo", "Vale"))


async def test_only_practitioners_can_be_assigned(cast: Any) -> None:
    with pytest.raises(Forbidden, match="no-practitioner"):
        await added(cast, "owner", MIA, practitioner=cast.staff["biller"])


async def test_a_family_is_linked_and_each_member_is_a_client_of_their_own(cast: Any) -> None:
    child = NewClient("Pia", "Vale", "", date(2015, 1, 2), "minor")
    ids = await added(cast, "practitioner", MIA, NewClient("Tom", "Vale"), child)
    practitioner = await cast.actor("practitioner")
    found = await cast.inside(lambda: overview.household(practitioner, ids[0]))
    assert [one["name"] for one in found] == ["Pia Vale", "Tom Vale"]
    assert [await assigned(cast, one) for one in ids] == [["Maya Okafor"]] * 3


async def test_of_a_household_one_sees_whose_records_one_sees(cast: Any) -> None:
    ids = await added(cast, "owner", MIA, NewClient("Tom", "Vale"))
    from models.clients.assigning import assign

    owner, maya = await cast.actor("owner"), await cast.actor("practitioner")
    await cast.inside(lambda: assign(owner, ids[0], cast.staff["practitioner"]))
    assert [one["name"] for one in await cast.inside(lambda: overview.household(owner, ids[0]))] == ["Tom Vale"]
    assert await cast.inside(lambda: overview.household(maya, ids[0])) == []


@pytest.mark.parametrize(
    ("member", "field"),
    [
        (NewClient("", "Vale"), "first_name.0"), (NewClient("Mia", " "), "last_name.0"),
        (NewClient("Mia", "Vale", "nowhere"), "email.0"), (NewClient("Mia", "Vale", "a b@c.test"), "email.0"),
        (NewClient("Mia", "Vale", born_on=date(2999, 1, 1)), "born_on.0"),
        (NewClient("Mia", "Vale", born_on=date(1066, 1, 1)), "born_on.0"),
        (NewClient("Mia", "Vale", kind="minor"), "born_on.0"),
    ],
)
async def test_what_is_missing_or_wrong_is_said_at_its_field(cast: Any, member: NewClient, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await added(cast, "owner", member)
    assert list(refused.value.errors) == [field]


async def test_one_address_is_one_clients_own(cast: Any) -> None:
    (mia,) = await added(cast, "owner", MIA)
    twin = NewClient("Max", "Vale", "MIA@mail.test ")
    with pytest.raises(Conflict, match="email-taken") as refused:
        await added(cast, "owner", twin)
    assert refused.value.errors["taken"] == [str(mia)] and "email.0" in refused.value.errors
    with pytest.raises(Conflict) as refused:
        await added(cast, "practitioner", twin)
    assert "taken" not in refused.value.errors, "whose it is, only for who may see them"
    (max_,) = await added(cast, "owner", twin, without_taken=True)
    assert (await cast.inside(lambda: Client.get(id=max_))).email == ""
    with pytest.raises(Invalid):
        await added(cast, "owner", NewClient("A", "B", "x@y.test"), NewClient("C", "D", "X@y.test"))


async def contacts_of(cast: Any, client: Any) -> list[tuple[str, str]]:
    return [(one.name, one.kind) for one in await cast.inside(lambda: contacts.contacts_of(client))]


async def test_whose_address_it_is_becomes_an_existing_contact_instead(cast: Any) -> None:
    (mia,) = await added(cast, "owner", MIA)
    pia = NewClient("Pia", "Vale", "mia@mail.test", date(2015, 1, 2), "minor")
    (child,) = await added(cast, "owner", pia, owner_as="parent")
    assert (await cast.inside(lambda: Client.get(id=child))).email == ""
    assert await contacts_of(cast, child) == [("Mia Vale", "parent")]
    (found,) = await cast.inside(lambda: contacts.contacts_of(child))
    assert found.client_id == mia, "one person, kept once"
    with pytest.raises(Missing):
        await added(cast, "practitioner", NewClient("Jo", "Vale", "mia@mail.test"), owner_as="partner")
    assert not await cast.inside(lambda: Client.filter(first_name="Jo").count()), "nothing half-done"


async def test_an_address_of_a_contact_is_a_minors_own_only_when_somebody_says_so(cast: Any) -> None:
    await cast.inside(lambda: execute("UPDATE contact SET email = 'karen@mail.test' WHERE name = 'Karen Marsh'"))
    pia = NewClient("Pia", "Marsh", "karen@mail.test", date(2015, 1, 2), "minor")
    for who, named in (("owner", True), ("practitioner", True)):
        with pytest.raises(Conflict, match="email-taken") as refused:
            await added(cast, who, pia)
        assert ("taken" in refused.value.errors) is named
    (child,) = await added(cast, "practitioner", pia, owner_as="parent")
    assert await contacts_of(cast, child) == [("Karen Marsh", "parent")]
    (other,) = await added(cast, "owner", replace(pia, first_name="Mia"), own_anyway=True)
    assert (await cast.inside(lambda: Client.get(id=other))).email == "karen@mail.test"
    await cast.inside(lambda: execute("UPDATE client SET email = '' WHERE id = $1", other))
    assert await added(cast, "owner", replace(pia, first_name="Karen", kind="adult", born_on=date(1980, 1, 1)))


async def test_the_same_address_is_free_in_another_practice(cast: Any, neighbours: Any) -> None:
    assert await added(cast, "owner", MIA) and await added(neighbours, "owner", MIA)


async def test_the_log_says_who_added_whom_and_tells_no_name(cast: Any) -> None:
    (made,) = await added(cast, "practitioner", MIA)
    rows = await cast.inside(lambda: fetch_all("SELECT type, login_id, rights FROM event WHERE subject_id = $1", made))
    assert [(row["type"], row["login_id"]) for row in rows] == [
        ("client.added", cast.logins["practitioner"]), ("client.assigned", cast.logins["practitioner"]),
    ]
    assert set(rows[1]["rights"]) == {cast.logins["practitioner"], cast.logins["supervisor"]}
    kept = await cast.inside(lambda: fetch_one("SELECT string_agg(ids::text || coalesce(data::text, ''), '') AS all"
                                               " FROM event_data"))
    assert "Vale" not in kept["all"] and "mail.test" not in kept["all"]


async def test_by_hand_one_lands_on_the_details(cast: Any, browse: Any) -> None:
    owner = await browse(cast, "owner")
    page = await (await owner.get("/staff/clients/new?kind=minor")).get_data(as_text=True)
    assert "Add a minor" in page
    answer = await owner.post("/staff/clients/new", {
        "kind": "minor", "first_name": "Mia", "last_name": "Vale", "email": "mia@mail.test", "born_on": "2015-01-02",
        "practitioner": "", "status": "prospect"})
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/details")
    again = await owner.post("/staff/clients/new", {
        "kind": "adult", "first_name": "Max", "last_name": "Vale", "email": "mia@mail.test", "born_on": "",
        "practitioner": "", "status": "active"})
    page = await again.get_data(as_text=True)
    assert again.status_code == 409 and "Open Mia Vale" in page and "Add without it" in page and 'value="Max"' in page
    assert "Add with this contact" in page and "Mia Vale, as" in page
    added_so = await owner.post("/staff/clients/new", {
        "kind": "adult", "first_name": "Max", "last_name": "Vale", "email": "mia@mail.test", "born_on": "",
        "practitioner": "", "status": "active", "owner_as": "partner", "with_owner": "on"})
    assert added_so.status_code == 303
    max_ = added_so.headers["Location"].split("/")[-2]
    assert await contacts_of(cast, UUID(max_)) == [("Mia Vale", "partner")]
    maya = await browse(cast, "practitioner")
    again = await maya.post("/staff/clients/new", {"first_name": "Max", "last_name": "Vale", "email": "mia@mail.test"})
    page = await again.get_data(as_text=True)
    assert again.status_code == 409 and "another client’s own address" in page
    assert "Mia Vale" not in page and "Add with this contact" not in page


async def test_a_family_by_hand_leaves_out_empty_rows(cast: Any, browse: Any) -> None:
    owner = await browse(cast, "owner")
    answer = await owner.send("/staff/clients/new", {
        "kind": "family", "first_name": ["Mia", "Tom", ""], "last_name": ["Vale", "Vale", ""], "email": ["", "", ""],
        "born_on": ["", "1980-02-03", ""], "member": ["adult", "adult", "adult"]})
    assert len((await answer.get_json())["clients"]) == 2
