"""Merging two records of one person: what moves, what ends, and that nobody sees more than the preview said."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from models.accounts.actors import actor_of_session
from models.accounts.tables import Login
from models.clients import (
    assigning,
    contacts,
    households,
    import_preview,
    importing,
    listing,
    merging,
    overview,
    people,
    tags,
)
from models.clients.asks import FindClients
from models.clients.audit import Asked, audit_page
from models.clients.merging_moves import MOVED, STAYS
from models.clients.merging_preview import preview
from models.clients.registries import MERGINGS
from models.clients.sections import SECTIONS, seen
from models.clients.tables import Client, ClientContact, Contact, PortalAccess
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one, pool
from models.core.errors import Conflict, Forbidden, Gone, Invalid, Missing
from models.core.looking import note_look
from models.files.holders import holds_any
from models.messaging import starting
from models.messaging.seats import conversation_for

PHONE = "INSERT INTO client_phone (id, client_id, number, main) VALUES (gen_random_uuid(), $1, $2, $3)"


class Twins:
    """The teen's record of the cast, and a second one of the same person, as an import leaves it."""

    def __init__(self, cast: Any) -> None:
        self.cast = cast
        self.kept: UUID = cast.clients["teen"]
        self.gone: UUID

    async def begin(self, **facts: Any) -> None:
        given = {"name": "Leonard Marsh", "first_name": "Leonard", "last_name": "Marsh", "kind": "minor",
                 "born_on": date(2011, 3, 2), **facts}
        self.gone = (await self.cast.inside(lambda: Client.create(**given))).id

    async def contact(self, name: str, *, client: UUID | None = None, **facts: Any) -> UUID:
        """A contact of the second record, with access, signed in by a login of their own."""
        async def work() -> UUID:
            login = await Login.create(email=f"{name.lower()}@{self.cast.subdomain}.test", password_hash=None)
            self.cast.people.logins[name] = login.id
            made = await Contact.create(name=f"{name} Stone", first_name=name, last_name="Stone")
            await ClientContact.create(client_id=client or self.gone, contact_id=made.id, relation="father")
            await self.access(login=login.id, contact=made.id, client=client, **facts)
            return made.id

        return await self.cast.inside(work)

    async def access(
        self, *, login: UUID, contact: UUID | None = None, client: UUID | None = None, **facts: Any
    ) -> UUID:
        given = {"permissions": ["information"] if contact else [], "invited_at": now(), "accepted_at": now(), **facts}
        made = await PortalAccess.create(client_id=client or self.gone, contact_id=contact, login_id=login, **given)
        return made.id

    async def preview(self, by: str = "owner") -> Any:
        actor = await self.cast.actor(by)
        return await self.cast.inside(lambda: preview(actor, self.kept, self.gone))

    async def merge(self, by: str = "owner", *, end: Any = (), **chosen: str) -> None:
        seen = (await self.preview()).seen
        actor = await self.cast.actor(by)
        await self.cast.inside(lambda: merging.merge(actor, self.kept, self.gone, chosen, end=end, seen=seen))

    async def rows(self, sql: str, *args: object) -> list[Any]:
        return await self.cast.inside(lambda: fetch_all(sql, *args))


@pytest.fixture
def twins(cast: Any) -> Twins:
    return Twins(cast)


async def test_fields_come_from_the_side_that_was_chosen_and_rows_from_both(twins: Twins, records: Any) -> None:
    await twins.begin(pronouns="they/them", email="leonard@mail.test")
    async def furnish() -> None:
        await execute("INSERT INTO client_details (id, gender, heard_from) VALUES ($1, 'boy', 'School')", twins.gone)
        for number, client in enumerate((twins.kept, twins.gone)):
            await execute(PHONE, client, f"(207) 555-020{number}", True)
        await execute(PHONE, twins.gone, "(207) 555-0200", False)
    await twins.cast.inside(furnish)
    owner = await twins.cast.actor("owner")
    await twins.cast.inside(lambda: tags.add_tag(owner, twins.gone, "Evening"))
    await twins.merge(first_name="gone", email="gone")
    (row,) = await twins.rows("SELECT name, first_name, pronouns, email, phone FROM client WHERE id = $1", twins.kept)
    assert dict(row) == {"name": "Leonard Marsh", "first_name": "Leonard", "pronouns": "he/him",
                         "email": "leonard@mail.test", "phone": "(207) 555-0200"}
    numbers = await twins.rows("SELECT number, main FROM client_phone WHERE client_id = $1 ORDER BY 1", twins.kept)
    assert [tuple(one.values()) for one in numbers] == [("(207) 555-0200", True), ("(207) 555-0201", False)]
    (details,) = await twins.rows("SELECT id, gender, heard_from FROM client_details")
    assert tuple(details.values()) == (twins.kept, "boy", "School"), "what one of them has alone is not lost"
    assert [one.name for one in await twins.cast.inside(lambda: tags.tags_of(twins.kept))] == ["Evening"]


async def test_the_second_record_is_nowhere_any_more_and_its_addresses_say_where_it_went(
    twins: Twins, browse: Any
) -> None:
    await twins.begin()
    owner = await twins.cast.actor("owner")
    async def found() -> tuple[int, int, int]:
        all_ = await listing.clients(owner, FindClients())
        named = await listing.clients(owner, FindClients(words="Leonard"))
        picked = await people.portals_named("Leonard", most=9)
        return all_["total"], named["total"], len(picked)
    assert await twins.cast.inside(found) == (4, 1, 1)
    desk = await browse(twins.cast, "owner")
    assert (await desk.get(f"/staff/clients/{twins.gone}")).status_code == 200
    await twins.merge()
    assert await twins.cast.inside(found) == (3, 0, 0)
    for tab in ("", "/details", "/messages", "/portal", "/audit"):
        answer = await desk.get(f"/staff/clients/{twins.gone}{tab}")
        said = await answer.get_data(as_text=True)
        assert answer.status_code == 410 and f"/staff/clients/{twins.kept}" in said
        assert "merged into the record of" in said
    told = await (await desk.json(f"/staff/clients/{twins.gone}")).get_json()
    assert told["code"] == "merged" and told["errors"]["into"] == [str(twins.kept)]
    for verb in (lambda: tags.add_tag(owner, twins.gone, "Late"), lambda: contacts.find(owner, twins.gone, "x")):
        with pytest.raises(Gone):
            await twins.cast.inside(verb)
    with pytest.raises(Missing):
        await twins.cast.inside(lambda: starting.start(owner, [twins.gone], client=twins.gone))
    assert await twins.cast.inside(lambda: contacts.find(owner, twins.cast.clients["client"], "Leonard")) == []


async def test_who_does_not_see_the_first_record_learns_nothing_of_the_second(twins: Twins, browse: Any) -> None:
    await twins.begin()
    await twins.merge()
    await twins.cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    desk = await browse(twins.cast, "practitioner")
    assert (await desk.get(f"/staff/clients/{twins.gone}")).status_code == 404


async def test_assignments_households_and_emergencies_move_and_rights_follow(twins: Twins) -> None:
    await twins.begin()
    owner, cast = await twins.cast.actor("owner"), twins.cast
    await cast.inside(lambda: assigning.assign(owner, twins.gone, cast.staff["owner"]))
    await cast.inside(lambda: assigning.assign(owner, twins.gone, cast.staff["practitioner"]))
    await cast.inside(lambda: households.link(owner, twins.gone, cast.clients["child"]))
    await cast.inside(lambda: execute(
        "INSERT INTO emergency (id, staff_id, client_id, reason, ends_at) VALUES (gen_random_uuid(), $1, $2,"
        " 'She called from the ward.', now() + interval '1 hour')", cast.staff["supervisor"], twins.gone))
    await twins.merge()
    assert {one.name for one in await cast.inside(lambda: people.assigned_to(twins.kept))} == {
        "Jonas Lindqvist", "Maya Okafor"}
    assert [one["name"] for one in await cast.inside(lambda: overview.household(owner, twins.kept))] == ["Nora Marsh"]
    (opening,) = await twins.rows("SELECT client_id, ended_at FROM emergency")
    assert opening["client_id"] == twins.kept and opening["ended_at"], "it was opened for what the other record held"
    (event,) = await twins.rows("SELECT ids, rights, subject_id FROM event WHERE type = 'client.merged'")
    assert event["ids"] == {"client": str(twins.kept), "into": str(twins.kept), "gone": str(twins.gone)}
    assert set(event["rights"]) >= {cast.logins[name] for name in ("owner", "practitioner", "supervisor", "teen",
                                                                   "parent", "coparent")}


async def test_two_parents_one_on_each_record_see_no_address_of_the_other_side(twins: Twins, records: Any) -> None:
    await twins.begin()
    cast = twins.cast
    stone = await twins.contact("Simon")
    await cast.inside(lambda: execute(
        "INSERT INTO client_address (id, client_id, line_1) VALUES (gen_random_uuid(), $1, '4 Mother Lane'),"
        " (gen_random_uuid(), $2, '9 Father Road')", twins.kept, twins.gone))
    await cast.inside(lambda: execute(
        "INSERT INTO client_phone (id, client_id, number, by_contact_id) VALUES (gen_random_uuid(), $1,"
        " '(207) 555-0999', $2)", twins.gone, stone))
    async def read(name: str, client: UUID) -> str:
        browser = await records.browse(cast, name)
        page = await browser.get(f"/for/{client}/profile")
        assert page.status_code == 200
        return str(await page.get_data(as_text=True))
    assert "4 Mother Lane" in await read("parent", twins.kept) and "9 Father Road" in await read("Simon", twins.gone)
    found = await twins.preview()
    told = {one.name: " ".join(said) for one, said in found.walls}
    assert "Manage information" in told["Simon Stone"] and "stay hidden" in told["Karen Marsh"]
    await twins.merge()
    mother, father = await read("parent", twins.kept), await read("Simon", twins.gone)
    assert "4 Mother Lane" in mother and "9 Father Road" not in mother and "555-0999" not in mother
    assert "9 Father Road" in father and "4 Mother Lane" not in father and "Karen" not in father
    assert "9 Father Road" in str(await records.staff("teen", "contact", by="owner"))


async def test_accesses_of_a_contact_of_both_are_joined_with_the_narrower_limits(twins: Twins) -> None:
    await twins.begin()
    cast = twins.cast
    contact, login = cast.contacts["parent"], cast.logins["parent"]
    async def also() -> None:
        await ClientContact.create(client_id=twins.gone, contact_id=contact, relation="mother")
        await twins.access(login=login, contact=contact, permissions=["appointments", "billing"],
                           features_off=["messaging"], ends_on=date(2031, 1, 1))
    await cast.inside(also)
    await twins.merge()
    rows = await twins.rows("SELECT permissions, features_off, ends_on, client_id, revoked_at IS NULL AS open"
                            " FROM portal_access WHERE contact_id = $1 AND client_id <> $2 ORDER BY open",
                            contact, cast.clients["child"])
    assert [row["open"] for row in rows] == [False, True] and {row["client_id"] for row in rows} == {twins.kept}
    assert (rows[1]["permissions"], rows[1]["features_off"], rows[1]["ends_on"]) == (
        ["appointments"], ["messaging"], date(2031, 1, 1))
    actor = await cast.actor("parent", client="teen")
    assert len([one for one in actor.accesses if one.client_id == twins.kept]) == 1


async def test_an_access_that_was_revoked_on_one_record_does_not_come_back_by_the_other(twins: Twins) -> None:
    await twins.begin()
    cast, contact = twins.cast, twins.cast.contacts["coparent"]
    async def revoked_here_open_there() -> None:
        await execute("UPDATE portal_access SET revoked_at = now() WHERE contact_id = $1", contact)
        await ClientContact.create(client_id=twins.gone, contact_id=contact, relation="father")
        await twins.access(login=cast.logins["coparent"], contact=contact)
    await cast.inside(revoked_here_open_there)
    session = await cast.session("coparent")
    assert (await cast.inside(lambda: actor_of_session(cast.practice_id, session))).accesses
    assert any("revoked on the other record" in said for said in (await twins.preview()).ends)
    await twins.merge()
    assert not await twins.rows("SELECT 1 FROM portal_access WHERE contact_id = $1 AND revoked_at IS NULL", contact)
    assert (await twins.rows("SELECT 1 FROM session WHERE id = $1 AND ended_at IS NOT NULL", session))


async def test_two_sign_ins_of_the_client_are_refused_until_one_is_chosen_to_end(twins: Twins) -> None:
    await twins.begin()
    cast = twins.cast
    async def second_login() -> UUID:
        login = await Login.create(email=f"leonard@{cast.subdomain}.test", password_hash=None)
        cast.people.logins["leonard"] = login.id
        return await twins.access(login=login.id)
    other = await cast.inside(second_login)
    with pytest.raises(Invalid):
        await twins.merge()
    assert not await twins.rows("SELECT 1 FROM client WHERE merged_into IS NOT NULL")
    with pytest.raises(Invalid):
        await twins.merge(end=[other, cast.accesses["teen", "teen"]])
    await twins.merge(end=[cast.accesses["teen", "teen"]])
    (own,) = await twins.rows("SELECT id, client_id FROM portal_access WHERE contact_id IS NULL AND revoked_at IS NULL"
                              " AND client_id = $1", twins.kept)
    assert own["id"] == other
    (ended,) = await twins.rows("SELECT rights FROM event WHERE type = 'access.revoked'")
    assert ended["rights"] == [cast.logins["teen"]]


async def test_the_same_sign_in_on_both_leaves_one_access_with_all_its_conversations(twins: Twins) -> None:
    await twins.begin()
    cast = twins.cast
    await cast.inside(lambda: execute("UPDATE portal_access SET revoked_at = now() WHERE id = $1",
                                      cast.accesses["teen", "teen"]))
    await cast.inside(lambda: twins.access(login=cast.logins["teen"]))
    owner = await cast.actor("owner")
    await cast.inside(lambda: assigning.assign(owner, twins.gone, cast.staff["practitioner"]))
    teen = (await cast.actor("teen")).acting_for(twins.gone)
    talk = await cast.inside(lambda: starting.start(teen, [cast.staff["practitioner"]]))
    assert await cast.inside(lambda: conversation_for(teen, talk))
    await twins.merge()
    now_ = (await cast.actor("teen")).acting_for(twins.gone)
    assert now_.access and now_.access.client_id == twins.kept, "an address of before still means the same portal"
    sitting = await cast.inside(lambda: conversation_for(now_, talk))
    assert sitting.seat and sitting.client_id == twins.kept


async def test_a_conversation_stays_with_those_who_sit_in_it(twins: Twins) -> None:
    await twins.begin()
    cast = twins.cast
    await twins.contact("Simon")
    owner = await cast.actor("owner")
    await cast.inside(lambda: assigning.assign(owner, twins.gone, cast.staff["practitioner"]))
    cast.people.clients["second"] = twins.gone
    simon = await cast.actor("Simon", client="second")
    talk = await cast.inside(lambda: starting.start(simon, [cast.staff["practitioner"]]))
    await twins.merge()
    simon = await cast.actor("Simon", client="second")
    assert (await cast.inside(lambda: conversation_for(simon, talk))).seat
    for name in ("parent", "coparent", "teen"):
        other = await cast.actor(name, client="teen")
        with pytest.raises(Missing):
            await cast.inside(lambda other=other: conversation_for(other, talk))


async def test_two_people_are_not_merged(twins: Twins) -> None:
    await twins.begin()
    cast = twins.cast
    async def as_contact() -> None:
        made = await Contact.create(name="Leonard Marsh", first_name="Leonard", last_name="Marsh", client_id=twins.gone)
        await ClientContact.create(client_id=twins.kept, contact_id=made.id, relation="father")
    await cast.inside(as_contact)
    assert "two people" in (await twins.preview()).accesses.blocked[0]
    with pytest.raises(Conflict, match="two-people"):
        await twins.merge()


async def test_what_speaks_against_it_is_pointed_out_and_own_consent_holds(twins: Twins) -> None:
    await twins.begin(born_on=date(2011, 3, 3), own_consent_at=now())
    said = " ".join((await twins.preview()).odd)
    assert "birth dates differ" in said and "consents alone" in said
    cast = twins.cast
    assert (await cast.actor("parent", client="teen")).access
    await twins.merge()
    assert twins.kept not in {one.client_id for one in (await cast.actor("parent")).accesses}, "hidden from contacts"


async def test_an_adult_after_all_leaves_no_access_to_contacts_of_the_minor(twins: Twins) -> None:
    await twins.begin(born_on=date(1990, 3, 3), kind="adult")
    assert any("an adult’s" in said for said in (await twins.preview()).odd)
    await twins.merge(born_on="gone", kind="gone")
    (row,) = await twins.rows("SELECT kind FROM client WHERE id = $1", twins.kept)
    assert row["kind"] == "adult"
    assert not await twins.rows("SELECT 1 FROM portal_access WHERE client_id = $1 AND contact_id IS NOT NULL"
                                " AND revoked_at IS NULL", twins.kept)


async def test_who_does_not_manage_all_clients_merges_nothing(twins: Twins, browse: Any) -> None:
    await twins.begin()
    owner = await twins.cast.actor("owner")
    seen = (await twins.preview()).seen
    await twins.cast.inside(lambda: assigning.assign(owner, twins.gone, twins.cast.staff["practitioner"]))
    for name in ("practitioner", "biller", "supervisor"):
        actor = await twins.cast.actor(name)
        with pytest.raises(Forbidden):
            await twins.cast.inside(lambda actor=actor: merging.merge(actor, twins.kept, twins.gone, {}, seen=seen))
        desk = await browse(twins.cast, name)
        assert (await desk.get(f"/staff/clients/{twins.kept}/merge/{twins.gone}")).status_code == 403
        assert (await desk.get(f"/staff/clients/{twins.kept}/merge")).status_code == 403
        assert "Merge with another record" not in await (await desk.get(f"/staff/clients/{twins.kept}")).get_data(
            as_text=True)
    with pytest.raises(Invalid):
        await twins.cast.inside(lambda: merging.merge(owner, twins.kept, twins.kept, {}, seen=seen))
    await twins.merge("frontdesk")


async def test_two_contacts_with_one_sign_in_keep_one_access(twins: Twins) -> None:
    await twins.begin()
    cast = twins.cast
    async def again(**days: Any) -> None:
        made = await Contact.create(name="K. Marsh", first_name="K.", last_name="Marsh")
        await ClientContact.create(client_id=twins.gone, contact_id=made.id, relation="mother")
        await twins.access(login=cast.logins["parent"], contact=made.id, permissions=["appointments"], **days)
    await cast.inside(again)
    await twins.merge()
    rows = await twins.rows(OPEN_OF, twins.kept, cast.logins["parent"])
    assert [row["permissions"] for row in rows] == [["appointments"]]
    await twins.begin()
    await cast.inside(lambda: execute("UPDATE portal_access SET ends_on = '2020-01-01' WHERE id = $1", rows[0]["id"]))
    await cast.inside(lambda: again(starts_on=date(2030, 1, 1)))
    await twins.merge()
    assert not await twins.rows(OPEN_OF, twins.kept, cast.logins["parent"]), "their days have none in common"


OPEN_OF = """SELECT id, permissions FROM portal_access WHERE client_id = $1 AND login_id = $2
  AND revoked_at IS NULL"""


async def test_what_changed_since_the_preview_is_looked_at_again(twins: Twins) -> None:
    await twins.begin()
    owner, seen = await twins.cast.actor("owner"), (await twins.preview()).seen
    await twins.contact("Simon")
    with pytest.raises(Conflict, match="changed-since"):
        await twins.cast.inside(lambda: merging.merge(owner, twins.kept, twins.gone, {}, seen=seen))
    await twins.merge()


async def test_merged_again_nothing_happens_and_a_pointer_leads_all_the_way(twins: Twins) -> None:
    await twins.begin()
    await twins.merge()
    owner = await twins.cast.actor("owner")
    await twins.cast.inside(lambda: merging.merge(owner, twins.kept, twins.gone, {}, seen=""))
    assert len(await twins.rows("SELECT 1 FROM event WHERE type = 'client.merged'")) == 1
    with pytest.raises(Gone):
        await twins.cast.inside(lambda: preview(owner, twins.gone, twins.kept))
    first, twins.gone, twins.kept = twins.gone, twins.kept, twins.cast.clients["child"]
    await twins.cast.inside(lambda: execute("DELETE FROM client_contact WHERE client_id = $1", twins.kept))
    await twins.cast.inside(lambda: execute("UPDATE portal_access SET revoked_at = now() WHERE client_id = $1",
                                            twins.kept))
    await twins.merge()
    rows = await twins.rows("SELECT id FROM client WHERE merged_into = $1", twins.kept)
    assert {row["id"] for row in rows} == {first, twins.gone}


async def test_merges_of_overlapping_records_at_once_leave_one_whole_record(twins: Twins) -> None:
    await twins.begin()
    cast, owner, second = twins.cast, await twins.cast.actor("owner"), twins.gone
    await twins.begin(first_name="Leo", name="Leo M.")
    third = twins.gone
    seen = {pair: (await cast.inside(lambda pair=pair: preview(owner, *pair))).seen
            for pair in ((twins.kept, second), (second, third), (third, twins.kept), (second, twins.kept))}
    results = await asyncio.gather(*(
        cast.inside(lambda pair=pair: merging.merge(owner, *pair, {}, seen=seen[pair])) for pair in seen
    ), return_exceptions=True)
    assert None in results and not [one for one in results if one and not isinstance(one, (Gone, Conflict))], results
    rows = await twins.rows("SELECT id, merged_into FROM client WHERE id = ANY($1)", [twins.kept, second, third])
    there = {row["id"] for row in rows if row["merged_into"] is None}
    assert there and all(row["merged_into"] in there for row in rows if row["merged_into"])
    assert not await twins.rows("SELECT 1 FROM portal_access a JOIN client c ON c.id = a.client_id"
                                " WHERE c.merged_into IS NOT NULL")


async def test_what_comes_a_moment_too_late_finds_where_the_record_went(twins: Twins) -> None:
    await twins.begin()
    owner, seen = await twins.cast.actor("owner"), (await twins.preview()).seen
    late = asyncio.Event()
    async def slow_tag() -> None:
        await tags.tags_of(twins.gone)
        row = await fetch_one("SELECT merged_into FROM client WHERE id = $1", twins.gone)
        if row and row["merged_into"] is None:
            await late.wait()
        await tags.add_tag(owner, twins.gone, "Late")
    waiting = asyncio.create_task(twins.cast.inside(slow_tag))
    await asyncio.sleep(0)
    await twins.cast.inside(lambda: merging.merge(owner, twins.kept, twins.gone, {}, seen=seen))
    late.set()
    with pytest.raises(Gone):
        await waiting
    with pytest.raises(Exception, match="merged into another"):
        await _straight_into(twins)


async def _straight_into(twins: Twins) -> None:
    """Past every check of ours, as a row that was begun before: the table itself refuses it."""
    async with pool().acquire() as connection, connection.transaction():
        await connection.execute("SELECT set_config('portico.practice', $1, true)", str(twins.cast.practice_id))
        await connection.execute("INSERT INTO client_phone (id, client_id, number) VALUES (gen_random_uuid(), $1, '1')",
                                 twins.gone)


async def test_the_history_of_both_is_read_in_one_log(twins: Twins, browse: Any) -> None:
    await twins.begin()
    owner = await twins.cast.actor("owner")
    desk = await browse(twins.cast, "owner")
    assert (await desk.get(f"/staff/clients/{twins.kept}/merge/{twins.gone}")).status_code == 200
    looks = await twins.rows("SELECT client_id FROM look ORDER BY id")
    assert {row["client_id"] for row in looks} == {twins.kept, twins.gone}, "both were looked at"
    await twins.cast.inside(lambda: tags.add_tag(owner, twins.gone, "Before"))
    await twins.cast.inside(lambda: note_look(owner, "client-overview", twins.gone, client_id=twins.gone))
    await twins.merge()
    page = await twins.cast.inside(lambda: audit_page(owner, Asked(client=twins.kept)))
    names = [one.name for one in page.entries]
    assert {"client.merged", "client.tagged", "client-overview"} <= set(names)
    assert {one.client_name for one in page.entries} >= {"Leo Marsh", "Leonard Marsh"}


async def test_the_preview_names_each_person_and_what_they_will_read_of_the_other_record(twins: Twins) -> None:
    await twins.begin(pronouns="they/them", preferred_name="Leonie")
    cast = twins.cast
    simon = await twins.contact("Simon")
    async def furnish() -> None:
        await execute(PHONE, twins.gone, "(207) 555-0201", True)
        for payer, by in (("Acme", simon), ("Beacon", None)):
            await execute("INSERT INTO insurance_policy (id, client_id, payer, member_id, by_contact_id)"
                          " VALUES (gen_random_uuid(), $1, $2, 'A1', $3)", twins.gone, payer, by)
        await execute("INSERT INTO client_address (id, client_id, line_1)"
                      " VALUES (gen_random_uuid(), $1, '9 Hidden Lane')", twins.gone)
        await execute("UPDATE portal_access SET permissions = '{}' WHERE contact_id = $1", cast.contacts["coparent"])
    await cast.inside(furnish)
    owner = await cast.actor("owner")
    await cast.inside(lambda: assigning.assign(owner, twins.gone, cast.staff["owner"]))
    found = await twins.preview()
    said = {one.name: " ".join(words) for one, words in found.walls}
    (coparent,) = (one.name for one, _ in found.walls if one.contact_id == cast.contacts["coparent"])
    for told in ("Pronouns they/them", "Preferred name Leonie", "Phone (207) 555-0201", "Policy Beacon, A1"):
        assert told in said["Karen Marsh"] and told in said["Leo Marsh"]
        assert told not in said[coparent], "without Manage information nothing is read"
    assert "Acme" not in said["Karen Marsh"], "what another contact entered stays theirs"
    assert "Acme" in said["Leo Marsh"]
    assert "Hidden Lane" not in said["Karen Marsh"] and "Hidden Lane" in said["Leo Marsh"]
    staff = " ".join(found.staff)
    assert "Maya Okafor (and Imani Brooks by supervising them) will see what stands in the record of Leonard" in staff
    assert "Jonas Lindqvist will see what stands in the record of Leo Marsh" in staff
    await twins.merge()
    parent = (await cast.actor("parent")).acting_for(twins.kept)
    policies = await cast.inside(lambda: seen(parent, SECTIONS["insurance"], twins.kept))
    assert policies["policy_1_payer"] == "Beacon" and "policy_2_payer" not in policies, "and so it is"
    assert "Hidden Lane" not in str(await cast.inside(lambda: seen(parent, SECTIONS["contact"], twins.kept)))


async def test_files_stay_open_to_those_they_were_shared_with_and_to_staff_of_the_merged_record(twins: Twins) -> None:
    await twins.begin()
    cast, contact = twins.cast, twins.cast.contacts["parent"]
    async def furnish() -> tuple[UUID, UUID]:
        await ClientContact.create(client_id=twins.gone, contact_id=contact, relation="mother")
        second = await twins.access(login=cast.logins["parent"], contact=contact)
        file = UUID(int=7)
        await execute("INSERT INTO file (id, login_id, name, type, size, sha256, storage_key) VALUES ($1, $2, 'a.pdf',"
                      " 'application/pdf', 1, '', 'x')", file, cast.logins["parent"])
        for holder, holder_id in (("access", second), ("staff-of-client", twins.gone)):
            await execute("INSERT INTO file_grant (id, file_id, holder, holder_id)"
                          " VALUES (gen_random_uuid(), $1, $2, $3)", file, holder, holder_id)
        return second, file
    second, file = await cast.inside(furnish)
    assert "1 file, open to whom they were shared with" in (await twins.preview()).moves
    await twins.merge()
    rows = await twins.rows("SELECT holder, holder_id FROM file_grant WHERE file_id = $1 ORDER BY holder", file)
    stays = cast.accesses["parent", "teen"]
    assert [tuple(row.values()) for row in rows] == [("access", stays), ("staff-of-client", twins.kept)]
    grants = [(row["holder"], row["holder_id"]) for row in rows]
    for name, opens in (("parent", True), ("practitioner", True), ("coparent", False), ("teen", False)):
        actor = await cast.actor(name, client=None if name == "practitioner" else "teen")
        assert await cast.inside(lambda actor=actor: holds_any(actor, grants)) is opens, name
    ended = await twins.rows("SELECT 1 FROM portal_access WHERE id = $1 AND revoked_at IS NOT NULL", second)
    assert ended, "the other access of the same person is no way in"


async def test_a_row_of_an_import_that_waits_as_a_twin_points_to_the_record_that_stays(twins: Twins) -> None:
    await twins.begin()
    batch = UUID(int=9)
    async def waiting() -> None:
        await execute("INSERT INTO import_batch (id, staff_id, login_id, headings, rows, state) VALUES ($1, $2, $3,"
                      " '{Name}', 1, 'checked')", batch, twins.cast.staff["owner"], twins.cast.logins["owner"])
        await execute("INSERT INTO import_row (batch_id, number, cells, client_id, twin_id, facts) VALUES ($1, 2,"
                      " '{Leonard}', gen_random_uuid(), $2, '{}')", batch, twins.gone)
    await twins.cast.inside(waiting)
    await twins.merge()
    owner = await twins.cast.actor("owner")
    async def shown() -> Any:
        return await import_preview.rows_of(await importing.batch_for(owner, batch), "twins")
    rows, _ = await twins.cast.inside(shown)
    assert [(row["twin"], row["twin_id"]) for row in rows] == [("Leo Marsh", twins.kept)]


# Where the catalogue says that a table names a client: by a column of that name, or by a foreign key.
NAMING = """SELECT DISTINCT t.relname AS name, a.attname AS column, c.conname IS NOT NULL AS bound
  FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f' AND c.confrelid = 'client'::regclass
    AND a.attnum = ANY (c.conkey) AND a.attname <> 'practice_id'
  WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
    AND (a.attname = 'client_id' OR c.conname IS NOT NULL)"""
GUARDED = """SELECT t.relname AS name FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
  WHERE g.tgname = 'unmerged'"""


async def test_every_table_that_names_a_client_is_handled_by_the_merge() -> None:
    """A new table of a client: say in merging_moves.py, or in a Merging of its area, what becomes of it."""
    rows = await pool().fetch(NAMING)
    handled = {*MOVED, *STAYS, *(table for part in MERGINGS for table in part.tables)}
    assert {row["name"] for row in rows} - handled == set()
    guarded = {row["name"] for row in await pool().fetch(GUARDED)}
    assert {row["name"] for row in rows if row["bound"]} - guarded == {"client", "unusual_look"}, (
        "SELECT portico_of_client('…') keeps rows from coming to a record a moment after it was merged")
