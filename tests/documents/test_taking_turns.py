"""Opened by two: the second is told and may take over; the first loses nothing that was saved."""

from __future__ import annotations

import pytest

from models.core.errors import Conflict
from models.documents import taking_turns
from tests.documents.drafts import a_draft, page_of, texts


async def test_the_second_is_told_who_edits_since_when(cast):
    form = await a_draft(cast)
    first, second = await page_of(cast, "practitioner", form), await page_of(cast, "owner", form)
    mine = await first.begins()
    assert mine.tab == first.tab
    there = await second.begins()
    assert (there.tab, there.name, there.since) == (first.tab, "Maya Okafor", mine.since)
    with pytest.raises(Conflict, match="editing-elsewhere") as refused:
        await second.says("why", text="Mine")
    assert "Maya Okafor edits this form now" in refused.value.detail


async def test_who_takes_over_edits_and_the_first_no_longer(cast):
    form = await a_draft(cast)
    first, second = await page_of(cast, "practitioner", form), await page_of(cast, "owner", form)
    await first.says("why", text="Kept")
    assert (await second.begins(take_over=True)).tab == second.tab
    await second.looks()
    await second.says("before", text="Mine")
    with pytest.raises(Conflict, match="editing-elsewhere"):
        await first.says("why", text="Lost")
    assert (await cast.inside(lambda: taking_turns.beat(first.actor, form.id, first.tab))).tab == second.tab
    assert {"Kept", "Mine"} <= set(await texts(cast, form))


async def test_two_pages_of_one_person_are_two(cast):
    form = await a_draft(cast)
    first, second = await page_of(cast, "owner", form), await page_of(cast, "owner", form)
    await first.begins()
    there = await second.begins()
    assert taking_turns.shown(there, second.actor, second.tab) == {
        "tab": first.tab, "name": there.name, "since": there.since, "here": False, "own": True}
    with pytest.raises(Conflict, match="editing-elsewhere") as refused:
        await second.says("why", text="No")
    assert "Another page of yours" in refused.value.detail


async def test_a_page_that_went_lets_go_by_itself(cast, later):
    form = await a_draft(cast)
    first, second = await page_of(cast, "practitioner", form), await page_of(cast, "owner", form)
    await first.begins()
    later(seconds=40)
    await cast.inside(lambda: taking_turns.beat(first.actor, form.id, first.tab))
    later(seconds=40)
    assert (await second.begins()).tab == first.tab, "it said that it is there"
    later(seconds=46)
    assert (await second.begins()).tab == second.tab


async def test_who_leaves_lets_go_at_once_and_nobody_is_sent_away_by_another(cast):
    form = await a_draft(cast)
    first, second = await page_of(cast, "practitioner", form), await page_of(cast, "owner", form)
    await first.begins()
    await cast.inside(lambda: taking_turns.leave(second.actor, form.id, first.tab))
    assert (await second.begins()).tab == first.tab
    await cast.inside(lambda: taking_turns.leave(first.actor, form.id, first.tab))
    assert (await second.begins()).tab == second.tab


async def test_a_page_that_slept_goes_on_when_nobody_else_came(cast, later):
    form = await a_draft(cast)
    first = await page_of(cast, "practitioner", form)
    await first.begins()
    later(hours=2)
    await first.says("why", text="Still me")
    assert (await cast.inside(lambda: taking_turns.editor_of(form.id))).tab == first.tab
