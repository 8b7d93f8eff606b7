"""Locations of a practice: added, edited, closed on a day, never deleted."""

from __future__ import annotations

import asyncio
import re

import pytest

from models.accounts import locations
from models.accounts.locations import Place
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from tests.support.browsing import key

HERE = "/staff/settings/practice"


async def add(cast, name="Wharf Street", **more):
    owner = await cast.actor("owner")
    return await cast.inside(lambda: locations.add_location(owner, Place(name, **more)))


async def names(cast):
    return [(one.name, one.closed_at is None) for one in await cast.inside(locations.locations)]


async def page(browser, path=HERE):
    return await (await browser.get(path)).get_data(as_text=True)


async def test_an_administrator_adds_edits_closes_and_reopens_one(cast, browse, people):
    browser = await browse(cast, "owner")
    form = {"name": "Wharf  Street", "address": "14 Wharf Street\r\nPortland", "phone": "2075550132", "key": key()}
    for _ in range(2):
        assert (await browser.post(f"{HERE}/locations", form)).status_code == 303
    assert await names(cast) == [("Wharf Street", True)], "sent twice with one key, added once"
    drawn = await page(browser)
    assert "14 Wharf Street, Portland · (207) 555-0132" in drawn
    (one,) = re.findall(rf'href="({HERE}/locations/[0-9a-f-]+)"', drawn)
    assert 'value="Wharf Street"' in await page(browser, one)
    assert (await browser.post(one, {"name": "Old Wharf", "version": "1"})).status_code == 303
    assert (await browser.post(f"{one}/close")).status_code == 303
    assert (await browser.post(f"{one}/close")).status_code == 303
    assert await names(cast) == [("Old Wharf", False)]
    assert "Closed since" in await page(browser) and "Open it again" in await page(browser, one)
    assert (await browser.post(f"{one}/reopen")).status_code == 303
    assert await names(cast) == [("Old Wharf", True)]
    told = [event["type"] for event in await people.events() if event["type"].startswith("location.")]
    assert told == [f"location.{what}" for what in ("added", "changed", "closed", "reopened")]


async def test_a_closed_one_stands_below_and_keeps_its_row(cast):
    owner = await cast.actor("owner")
    gone = await add(cast, "Annex")
    await add(cast, "Wharf Street")
    await cast.inside(lambda: locations.close_location(owner, gone))
    assert await names(cast) == [("Wharf Street", True), ("Annex", False)]


async def test_two_open_ones_never_have_one_name(cast):
    owner = await cast.actor("owner")
    first = await add(cast, "Annex")
    with pytest.raises(Conflict):
        await add(cast, "annex")
    await cast.inside(lambda: locations.close_location(owner, first))
    await add(cast, "ANNEX")
    with pytest.raises(Conflict):
        await cast.inside(lambda: locations.reopen_location(owner, first))
    both = await asyncio.gather(add(cast, "Pier"), add(cast, "Pier"), return_exceptions=True)
    assert sorted(isinstance(one, Conflict) for one in both) == [False, True]


async def test_a_refusal_keeps_what_was_typed(cast, browse):
    browser = await browse(cast, "owner")
    for path, form in (
        (f"{HERE}/locations", {"name": " ", "address": "9 Hill", "phone": "nobody"}),
        (f"{HERE}/locations/{(await add(cast)).id}", {"name": "", "address": "9 Hill", "phone": "nobody"}),
    ):
        answer = await browser.post(path, form)
        drawn = await answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Give it a name by which clients know it." in drawn and "Write a phone number" in drawn
        assert "9 Hill" in drawn and 'value="nobody"' in drawn


async def test_the_second_of_two_who_edit_one_is_told(cast, browse):
    one = await add(cast)
    browser, path = await browse(cast, "owner"), f"{HERE}/locations/{one.id}"
    await browser.post(path, {"name": "Pier", "version": "1"})
    answer = await browser.post(path, {"name": "Quay", "version": "1"})
    drawn = await answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Quay"' in drawn and "Saved meanwhile: Pier" in drawn and 'name="version" value="2"' in drawn


async def test_others_of_the_practice_and_the_neighbours_reach_none_of_it(cast, neighbours, browse):
    one = await add(cast)
    assert (await (await browse(cast, "owner")).json(f"{HERE}/locations/{one.id}")).status_code == 200
    assert (await (await browse(cast, "frontdesk")).json(f"{HERE}/locations/{one.id}")).status_code == 403
    stranger = await neighbours.actor("owner")
    with pytest.raises(Missing):
        await neighbours.inside(lambda: locations.location_for(stranger, one.id))
    biller = await cast.actor("biller")
    for verb in (lambda: locations.close_location(biller, one), lambda: locations.reopen_location(biller, one),
                 lambda: locations.change_location(biller, one, None, Place("Mine"))):
        with pytest.raises(Forbidden):
            await cast.inside(verb)


async def test_no_practice_fills_the_list_without_end(cast, monkeypatch):
    monkeypatch.setattr(locations, "MOST_OPEN", 1)
    await add(cast, "One")
    with pytest.raises(Conflict):
        await add(cast, "Two")
    with pytest.raises(Invalid):
        await add(cast, "")
