"""The list of clients: who sees whom, found as typed, and pages that stay where they are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.clients import admitting, status, tags
from models.clients.access import visible_clients
from models.clients.adding import NewClient, add
from models.clients.asks import FindClients
from models.clients.events import told_of_clients
from models.clients.listing import clients
from models.clients.portal_people import person_for
from models.clients.sections import SECTIONS
from models.core.database import execute, fetch_all
from models.core.errors import Invalid
from realtime.rooms import room, rooms_of

EVERYONE = ["Ana Beltrán", "Leo Marsh", "Nora Marsh"]


async def listed(cast: Any, who: str, **asked: Any) -> list[str]:
    actor = await cast.actor(who)
    page = await cast.inside(lambda: clients(actor, FindClients(**asked)))
    assert asked.get("after") or asked.get("before") or page["total"] >= len(page["clients"])
    return [one["name"] for one in page["clients"]]


async def put(cast: Any, *names: tuple[str, str], who: str = "owner", **more: Any) -> list[Any]:
    actor = await cast.actor(who)
    made = [NewClient(first, last, **more) for first, last in names]
    return [one for single in made for one in await cast.inside(lambda single=single: add(actor, [single]))]


@pytest.mark.parametrize("who", ["owner", "frontdesk", "biller", "practitioner", "supervisor"])
async def test_each_role_lists_the_clients_it_sees(cast: Any, who: str) -> None:
    assert sorted(await listed(cast, who)) == EVERYONE


async def test_who_sees_only_assigned_clients_lists_searches_and_counts_only_those(cast: Any) -> None:
    await put(cast, ("Ana", "Other"))
    assert await listed(cast, "owner", words="ana") == ["Ana Beltrán", "Ana Other"]
    assert await listed(cast, "practitioner", words="ana") == ["Ana Beltrán"]
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now() WHERE client_id = $1",
                                      cast.clients["client"]))
    assert await listed(cast, "practitioner", words="ana") == []
    page = await cast.inside(_counted(await cast.actor("practitioner")))
    assert page["total"] == 2
    await cast.inside(lambda: execute("DELETE FROM supervision"))
    assert await listed(cast, "supervisor") == []


def _counted(actor: Any) -> Any:
    return lambda: clients(actor, FindClients())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("beltran", ["Ana Beltrán"]), ("BELTRÁN", ["Ana Beltrán"]), ("beltr ana", ["Ana Beltrán"]),
        ("eltran", []), ("oneil", ["Shea O'Neil"]), ("o’neil", ["Shea O'Neil"]), ("neil", ["Shea O'Neil"]),
        ("garcia", ["Zoë García-López"]), ("lopez zoe", ["Zoë García-López"]), ("garcia-l", ["Zoë García-López"]),
        ("李", ["小龙 李"]), ("小龙", ["小龙 李"]), ("soren", ["Søren Weiß"]), ("weiss", ["Søren Weiß"]),
        ("marsh", ["Leo Marsh", "Nora Marsh"]), ("%", []), ("_", []), ("'", []), ("-", []), ("ana marsh", []),
    ],
)
async def test_names_are_found_as_typed_by_the_beginnings_of_their_words(cast: Any, words: str, found: Any) -> None:
    await put(cast, ("Shea", "O'Neil"), ("Zoë", "García-López"), ("小龙", "李"), ("Søren", "Weiß"))
    assert sorted(await listed(cast, "owner", words=words)) == found


@pytest.mark.parametrize("words", ["shea@mail", "SHEA@", "(207) 555-0199", "5550199", "0199", "+1 207 555 0199"])
async def test_an_address_or_a_number_is_found_by_its_beginning(cast: Any, words: str) -> None:
    await put(cast, ("Shea", "Two"), email="shea@mail.test")
    await cast.inside(lambda: execute("UPDATE client SET phone = '+1 (207) 555-0199' WHERE last_name = 'Two'"))
    assert await listed(cast, "owner", words=words) == ["Shea Two"]
    assert await listed(cast, "owner", words="mail.test") == []


async def test_a_new_name_is_found_and_the_old_one_no_longer(cast: Any) -> None:
    await cast.inside(lambda: execute(
        "UPDATE client SET name = 'Anastasia Vega', last_name = 'Vega' WHERE id = $1", cast.clients["client"]))
    assert await listed(cast, "owner", words="vega") == ["Anastasia Vega"]
    assert await listed(cast, "owner", words="beltran") == []


async def test_filters_narrow_and_combine(cast: Any) -> None:
    await put(cast, ("Mia", "Prospect"), kind="minor", born_on=date(2015, 1, 1))
    await cast.inside(lambda: execute("UPDATE client SET status = 'prospect' WHERE last_name = 'Prospect'"))
    assert await listed(cast, "owner", status="prospect") == ["Mia Prospect"]
    assert await listed(cast, "owner", kind="minor", sort="first") == ["Leo Marsh", "Mia Prospect", "Nora Marsh"]
    assert await listed(cast, "owner", kind="minor", status="prospect") == ["Mia Prospect"]
    assert await listed(cast, "owner", practitioner="nobody") == ["Mia Prospect"]
    maya = cast.staff["practitioner"]
    assert await listed(cast, "owner", practitioner=maya, words="leo") == ["Leo Marsh"]
    assert await listed(cast, "owner", practitioner=cast.staff["owner"]) == []
    assert await listed(cast, "owner", practitioner="nobody", status="active") == []


async def test_the_state_of_the_portal_follows_its_accesses_whoever_writes_them(cast: Any) -> None:
    assert sorted(await listed(cast, "owner", portal="accepted")) == EVERYONE
    for column, state in (("revoked_at = now()", "revoked"), ("revoked_at = NULL, accepted_at = NULL", "invited"),
                          ("invited_at = NULL", "on")):
        set_all = f"UPDATE portal_access SET {column} WHERE client_id = $1"
        await cast.inside(lambda sql=set_all: execute(sql, cast.clients["teen"]))
        assert await listed(cast, "owner", portal=state) == ["Leo Marsh"], state
    await put(cast, ("Nobody", "There"))
    assert await listed(cast, "owner", portal="none") == ["Nobody There"]


async def test_a_page_goes_on_where_the_last_one_ended_whoever_is_added_meanwhile(cast: Any) -> None:
    rows = """INSERT INTO client (id, name, first_name, last_name)
      SELECT gen_random_uuid(), 'Page ' || lpad(n::text, 3, '0'), 'Page', lpad(n::text, 3, '0')
      FROM generate_series(1, 120) n"""
    await cast.inside(lambda: execute(rows))
    owner = await cast.actor("owner")

    async def page(**asked: Any) -> Any:
        return await cast.inside(lambda: clients(owner, FindClients(words="page", **asked)))

    first = await page()
    assert (first["total"], first["previous"], first["clients"][-1]["name"]) == (120, None, "Page 050")
    await put(cast, ("Page", "000"), ("Page", "0505"))
    second = await page(after=first["next"])
    assert [one["name"] for one in second["clients"]][:2] == ["Page 0505", "Page 051"], "nobody twice, nobody left out"
    third = await page(after=second["next"])
    assert third["next"] is None and third["clients"][-1]["name"] == "Page 120"
    back = await page(before=third["previous"])
    assert [one["id"] for one in back["clients"]] == [one["id"] for one in second["clients"]]
    newest = await page(sort="newest")
    assert {one["name"] for one in newest["clients"][:2]} == {"Page 000", "Page 0505"}


async def test_a_cursor_of_a_client_one_does_not_see_is_refused(cast: Any, neighbours: Any) -> None:
    hidden = (await put(cast, ("Not", "Mine")))[0]
    assert "Not Mine" in await listed(cast, "owner")
    for cursor in (hidden, neighbours.clients["client"]):
        with pytest.raises(Invalid):
            await listed(cast, "practitioner", after=cursor)


async def test_nothing_of_another_practice_is_found(cast: Any, neighbours: Any) -> None:
    await put(neighbours, ("Only", "There"))
    assert await listed(neighbours, "owner", words="only") == ["Only There"]
    assert await listed(cast, "owner", words="only") == []


async def test_the_page_draws_the_list_and_what_was_found(cast: Any, browse: Any) -> None:
    owner = await browse(cast, "owner")
    page = await (await owner.get("/staff/clients")).get_data(as_text=True)
    assert "3 clients" in page and "Leo Marsh" in page and "Has access" in page
    found = await owner.post("/staff/clients", {"words": "beltran"})
    page = await found.get_data(as_text=True)
    assert "1 client found" in page and "Leo Marsh" not in page
    fragment = await owner.send("/staff/clients/list", {"words": "nobody of that name"})
    assert (await fragment.get_json())["total"] == 0
    assert (await owner.json("/staff/clients?words=ana")).status_code == 422, "a name stands in no address"


async def test_an_empty_practice_says_what_to_do_next_with_one_primary_button(cast: Any, browse: Any) -> None:
    await cast.inside(lambda: execute("UPDATE client SET merged_into = (SELECT id FROM client WHERE name = 'Leo Marsh')"
                                      " WHERE name <> 'Leo Marsh'"))
    await cast.inside(lambda: execute("DELETE FROM assignment"))
    for who, words in (("practitioner", "Add a client"), ("supervisor", "Add a client")):
        page = await (await (await browse(cast, who)).get("/staff/clients")).get_data(as_text=True)
        main = page.partition("<main")[2].partition("<noscript")[0] + page.partition("</noscript>")[2]
        assert "No clients yet" in page and words in page and main.count("wa-brand") == 1
        assert "Import a table of them" not in page, "only who manages all clients imports"


async def test_who_sees_many_walks_the_list_and_sees_the_same(cast: Any, monkeypatch: Any) -> None:
    _, opened = await put(cast, ("Not", "Mine"), ("Opened", "Marsh"))
    open_ = """INSERT INTO emergency (id, staff_id, client_id, reason, began_at, ends_at)
      VALUES (gen_random_uuid(), $1, $2, 'A crisis line', now(), now() + interval '1 hour')"""
    await cast.inside(lambda: execute(open_, cast.staff["practitioner"], opened))
    gathered = {who: await listed(cast, who) for who in ("practitioner", "supervisor")}
    monkeypatch.setattr("models.clients.listing.GATHERED", 0)
    for who, names in gathered.items():
        assert await listed(cast, who) == names and "Not Mine" not in names
        also = ["Opened Marsh"] if who == "practitioner" else []
        assert await listed(cast, who, words="marsh") == ["Leo Marsh", "Nora Marsh", *also]


async def test_more_than_a_thousand_of_a_search_are_said_to_be_more(cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("models.clients.listing.COUNTED", 1)
    owner = await cast.actor("owner")
    everyone, marsh = [await cast.inside(lambda asked=asked: clients(owner, FindClients(words=asked)))
                       for asked in ("", "marsh")]
    assert (everyone["total"], everyone["many"], marsh["total"], marsh["many"]) == (3, False, 1, True)


LISTERS = ("owner", "frontdesk", "biller", "practitioner", "supervisor")


async def _renamed(actor: Any, client: Any) -> None:
    await SECTIONS["names"].save(actor, client, {"first_name": "Leopold"})


async def _born(actor: Any, client: Any) -> None:
    await SECTIONS["demographics"].save(actor, client, {"born_on": date(2010, 1, 1)})


async def _discharged(actor: Any, client: Any) -> None:
    await status.discharge(actor, client, reason="", days=3)


async def _tagged(actor: Any, client: Any) -> None:
    await tags.add_tag(actor, client, "Evening")


async def _revoked(actor: Any, client: Any) -> None:
    await admitting.revoke(actor, await person_for(actor, client, client))


@pytest.mark.parametrize("act", [_renamed, _born, _discharged, _tagged, _revoked])
async def test_whatever_the_list_shows_is_heard_at_once_by_each_who_lists_the_client_and_nobody_else(
    cast: Any, act: Any
) -> None:
    (hidden,) = await put(cast, ("Not", "Theirs"))
    owner, leo = await cast.actor("owner"), cast.clients["teen"]
    await cast.inside(lambda: act(owner, leo))
    rows = await cast.inside(lambda: fetch_all(
        "SELECT e.type, d.rooms FROM event e JOIN event_data d ON d.practice_id = e.practice_id AND d.seq = e.seq"
        " ORDER BY e.seq DESC LIMIT 1"))
    assert rows[0]["type"] in told_of_clients().split(), "the list asks again"
    heard = {room(cast.practice_id, kind, of) for kind, of in (one if len(one) == 2 else (*one, None)
                                                                for one in rows[0]["rooms"])}
    for who in LISTERS:
        actor = await cast.actor(who)
        clients_seen = await cast.inside(lambda actor=actor: visible_clients(actor))
        assert rooms_of(actor, clients_seen) & heard, who
        assert clients_seen is None or hidden not in clients_seen, who
    alone = rooms_of(await cast.actor("practitioner"), [hidden])
    assert not alone & heard, "who does not list the client hears nothing"
