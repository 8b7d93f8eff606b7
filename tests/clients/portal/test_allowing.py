"""What one person may do: features below the practice's ceiling, a contact's permissions, first and last days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from models.accounts.practices import today_here
from models.clients import allowing, inviting
from models.clients.registries import CONTACT_PERMISSIONS, ContactPermission
from models.core.errors import Conflict, Invalid


@pytest.fixture
def looks() -> Iterator[str]:
    """A permission that an area registered."""
    CONTACT_PERMISSIONS["looks"] = ContactPermission("looks", "View Something", "Sees it in the portal")
    yield "looks"
    del CONTACT_PERMISSIONS["looks"]


async def test_you_can_switch_a_feature_off_for_one_person(portal, browse, cast):
    browser = await browse(cast, "client")
    assert (await browser.json("/conversations")).status_code == 200
    await portal.act(allowing.set_features, cast.clients["client"], None, [])
    assert (await browser.json("/conversations")).status_code == 403
    (event,) = await portal.events("access.features_changed")
    assert event["rights"] == [cast.logins["client"]]
    assert (await (await browse(cast, "teen")).json("/conversations")).status_code == 200
    await portal.act(allowing.set_features, cast.clients["client"], None, ["messaging"])
    assert (await browser.json("/conversations")).status_code == 200


async def test_never_on_beyond_the_practice(portal, browse, cast):
    await portal.run("UPDATE practice_profile SET features_off = '{messaging}'")
    await portal.act(allowing.set_features, cast.clients["client"], None, ["messaging"])
    assert (await (await browse(cast, "client")).json("/conversations")).status_code == 403
    features = (await portal.card(cast.clients["client"])).features
    switch = next(one for one in features if one["key"] == "messaging")
    assert (switch["on"], switch["ceiling"]) == (False, False)


async def test_what_the_practice_has_off_keeps_the_persons_own_choice(portal, cast):
    await portal.act(allowing.set_features, cast.clients["client"], None, [])
    await portal.run("UPDATE practice_profile SET features_off = '{messaging}'")
    await portal.act(allowing.set_features, cast.clients["client"], None, ["messaging"])
    await portal.run("UPDATE practice_profile SET features_off = '{}'")
    assert not (await portal.card(cast.clients["client"])).features[0]["on"]


async def test_once_a_contact_has_been_invited_you_may_manage_their_permissions(portal, browse, cast, looks):
    teen, parent = cast.clients["teen"], cast.contacts["parent"]
    page = await (await browse(cast, "practitioner")).get(f"/staff/clients/{teen}/portal")
    assert "View Something" in await page.get_data(as_text=True)
    await portal.act(allowing.set_permissions, teen, parent, [looks, "made-up"])
    actor = await cast.actor("parent", client="teen")
    assert looks in actor.access.permissions and "made-up" not in actor.access.permissions
    assert looks not in (await cast.actor("parent", client="child")).access.permissions
    await portal.act(allowing.set_permissions, teen, parent, [])
    assert looks not in (await cast.actor("parent", client="teen")).access.permissions
    assert len(await portal.events("access.permissions_changed")) == 2


async def test_who_books_also_sees_and_who_no_longer_sees_no_longer_books(portal, cast):
    teen, parent = cast.clients["teen"], cast.contacts["parent"]
    both = {"appointments", "booking"}
    for allowed, has in ((["booking"], both), (["booking", "reminders"], {"reminders"}), (["booking"], both)):
        await portal.act(allowing.set_permissions, teen, parent, allowed)
        held = (await cast.actor("parent", client="teen")).access.permissions
        assert held & {"appointments", "booking", "reminders"} == has


async def test_who_booked_without_seeing_keeps_it_when_something_else_changes(portal, cast):
    teen, parent = cast.clients["teen"], cast.contacts["parent"]
    access = cast.accesses["parent", "teen"]
    await portal.run("UPDATE portal_access SET permissions = '{booking}' WHERE id = $1", access)
    await portal.act(allowing.set_permissions, teen, parent, ["booking", "reminders"])
    held = (await cast.actor("parent", client="teen")).access.permissions
    assert held == {"appointments", "booking", "reminders"}


async def test_a_permission_that_nothing_registers_is_not_shown(browse, cast):
    page = await (await browse(cast, "practitioner")).get(f"/staff/clients/{cast.clients['teen']}/portal")
    assert "View Something" not in await page.get_data(as_text=True)


async def test_a_client_needs_nobodys_permission(portal, cast, looks):
    with pytest.raises(Conflict):
        await portal.act(allowing.set_permissions, cast.clients["client"], None, [looks])


async def test_access_begins_and_ends_with_its_days(portal, browse, cast):
    teen, coparent = cast.clients["teen"], cast.contacts["coparent"]
    browser, today = await browse(cast, "coparent"), await cast.inside(today_here)
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    assert (await browser.json("/me")).status_code == 200
    await portal.act(allowing.set_days, teen, coparent, starts_on=None, ends_on=yesterday)
    assert (await browser.json("/me")).status_code == 401
    assert (await portal.card(teen, coparent)).state == "ended"
    await portal.act(allowing.set_days, teen, coparent, starts_on=tomorrow, ends_on=None)
    assert (await portal.card(teen, coparent)).state == "waiting"
    await portal.act(allowing.set_days, teen, coparent, starts_on=today, ends_on=today)
    assert (await (await browse(cast, "coparent")).json("/me")).status_code == 200


async def test_a_last_day_before_the_first_is_refused(portal, cast):
    with pytest.raises(Invalid):
        days = {"starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}
        await portal.act(allowing.set_days, cast.clients["teen"], cast.contacts["parent"], **days)


async def test_at_midnight_a_job_makes_open_pages_notice_once(portal, cast, later):
    teen, coparent = cast.clients["teen"], cast.contacts["coparent"]
    today = await cast.inside(today_here)
    await portal.act(allowing.set_days, teen, coparent, starts_on=None, ends_on=today)
    (job,) = await portal.jobs("access.day")
    assert timedelta(0) < job["after"] <= timedelta(hours=25)
    (early,) = await portal.run_jobs("access.day")
    assert timedelta(0) < early <= timedelta(hours=25) and await portal.events("access.ended") == []
    await portal.run("UPDATE portal_access SET ends_on = ends_on - 1, days_told_on = days_told_on - 1"
                     " WHERE contact_id = $1", coparent)
    await portal.run_jobs("access.day")
    await portal.run_jobs("access.day")
    (event,) = await portal.events("access.ended")
    assert event["rights"] == [cast.logins["coparent"]]


async def test_days_that_were_moved_tell_nobody_on_the_former_day(portal, cast):
    teen, coparent = cast.clients["teen"], cast.contacts["coparent"]
    today = await cast.inside(today_here)
    await portal.act(allowing.set_days, teen, coparent, starts_on=None, ends_on=today)
    await portal.act(allowing.set_days, teen, coparent, starts_on=None, ends_on=None)
    assert await portal.run_jobs("access.day") == [None]
    assert await portal.events("access.ended") == []


async def test_nobody_is_invited_after_their_last_day(portal, cast):
    client = await portal.newcomer()
    ines = await portal.contact(client)
    await portal.invite(client, ines)
    await portal.run("UPDATE portal_access SET ends_on = portico_today() - 1 WHERE contact_id = $1", ines)
    with pytest.raises(Conflict, match="days-over"):
        await portal.act(inviting.redeliver, client, ines)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-01", ["x"]])
async def test_days_that_are_none_are_told_at_their_field(portal, browse, cast, day):
    client = await portal.newcomer()
    ines = await portal.contact(client)
    await portal.invite(client, ines)
    maya = await browse(cast, "practitioner")
    refused = await maya.send(f"/staff/clients/{client}/portal/{ines}/days", {"ends_on": day})
    assert refused.status_code == 422 and "ends_on" in (await refused.get_json())["errors"]


async def test_the_tab_tells_who_may_switch_and_who_may_only_look(browse, cast):
    path = f"/staff/clients/{cast.clients['client']}/portal"
    words = {
        name: await (await (await browse(cast, name)).get(path)).get_data(as_text=True)
        for name in ("practitioner", "biller", "frontdesk")
    }
    may = [name for name, page in words.items() if f'action="{path}/' in page]
    assert may and set(may) != set(words), "the premise: some may change it and some may only look"
    for name, page in words.items():
        assert ("You can switch it off for" in page) == (name in may), name
        assert ("can switch it off, never on beyond that" in page) == (name not in may), name
