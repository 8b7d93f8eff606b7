"""Features of the portal: the practice's switch holds for everybody, at once, and for those who were away as well."""

from __future__ import annotations

import pytest

from models.accounts.features import set_feature
from models.core.errors import Forbidden, Missing


async def test_an_administrator_switches_messaging_off_and_on(browse, cast, people):
    owner, client = await browse(cast, "owner"), await browse(cast, "client")
    assert (await client.json("/messages")).status_code == 200, "must be on for this to mean anything"
    assert (await owner.send("/staff/settings/portal/features/messaging", {})).status_code == 200
    answer = await client.json("/messages")
    assert (answer.status_code, (await answer.get_json())["code"]) == (403, "messaging-off")
    assert (await owner.send("/staff/settings/portal/features/messaging", {"on": True})).status_code == 200
    assert (await client.json("/messages")).status_code == 200
    assert [one["ids"] for one in await people.events("features.changed")] == [{"feature": "messaging"}] * 2


async def test_the_event_names_every_portal_login_with_a_session_and_no_other(browse, cast, people):
    for name in ("client", "parent", "practitioner"):
        await cast.session(name)
    owner = await cast.actor("owner")
    await cast.inside(lambda: set_feature(owner, "messaging", on=False))
    (event,) = await people.events("features.changed")
    assert set(event["rights"]) == {cast.logins["client"], cast.logins["parent"]}
    assert ["staff", None] in event["rooms"]


async def test_switching_to_where_it_stands_is_no_change(cast, people):
    owner = await cast.actor("owner")
    await cast.inside(lambda: set_feature(owner, "messaging", on=True))
    assert await people.events("features.changed") == []


@pytest.mark.parametrize("name", ["practitioner", "frontdesk", "client"])
async def test_nobody_else_switches(browse, cast, name):
    other = await browse(cast, name)
    assert (await other.send("/staff/settings/portal/features/messaging", {})).status_code == 403
    actor = await cast.actor(name)
    with pytest.raises(Forbidden):
        await cast.inside(lambda: set_feature(actor, "messaging", on=False))


async def test_an_unknown_feature_is_missing(browse, cast):
    owner = await cast.actor("owner")
    with pytest.raises(Missing):
        await cast.inside(lambda: set_feature(owner, "nothing", on=False))


async def test_the_neighbours_keep_theirs(browse, cast, neighbours):
    owner = await cast.actor("owner")
    await cast.inside(lambda: set_feature(owner, "messaging", on=False))
    assert (await (await browse(neighbours, "client")).json("/messages")).status_code == 200
    assert (await (await browse(cast, "client")).json("/messages")).status_code == 403


async def test_where_it_is_off_no_page_leads_there(browse, cast):
    client, owner = await browse(cast, "client"), await cast.actor("owner")
    assert 'href="/messages"' in await _page(client, "/home")
    await cast.inside(lambda: set_feature(owner, "messaging", on=False))
    for path in ("/home", "/bar", "/bar/end", "/sessions"):
        assert "/messages" not in await _page(client, path), path
    answer = await client.get("/messages/new")
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 403 and "Secure Messaging is switched off" in page and "(207) 555-0132" in page


async def test_staff_read_in_the_thread_that_it_is_off(browse, cast):
    from models.messaging.starting import start

    client, owner = await cast.actor("client"), await cast.actor("owner")
    talk = await cast.inside(lambda: start(client, [cast.staff["practitioner"]]))
    maya = await browse(cast, "practitioner")
    assert "message-composer" in await _page(maya, f"/staff/messages/{talk}")
    await cast.inside(lambda: set_feature(owner, "messaging", on=False))
    page = await _page(maya, f"/staff/messages/{talk}")
    assert "Secure messaging is switched off for Ana Beltrán." in page and "<message-composer" not in page


async def _page(browser, path):
    return await (await browser.get(path)).get_data(as_text=True)


async def test_the_bar_of_a_parent_of_two_follows_on_pages_of_neither_child(browse, cast):
    parent, owner = await browse(cast, "parent"), await cast.actor("owner")
    always = ["Appointments", "Documents & Forms"]
    for on, shown in ((True, ["Home", "Messages", *always]), (False, ["Home", *always])):
        await cast.inside(lambda on=on: set_feature(owner, "messaging", on=on))
        answer = await parent.json("/bar?current=")
        assert answer.status_code == 200
        assert [one["label"] for one in (await answer.get_json())["nav"]] == shown
        assert (await parent.get("/bar/end?current=")).status_code == 200
    assert (await parent.json("/home")).status_code == 409, "that page is about one of them"
