"""Undo and redo of a draft: over a reload, a hundred steps, one's own alone, and only while nothing else changed it."""

from __future__ import annotations

import pytest

from models.core.errors import Conflict
from models.documents import edit_history
from models.documents.publishing import publish
from models.documents.shelving import edit_version
from tests.documents.drafts import a_draft, page_of, source_of, texts
from tests.documents.talking import TALK


async def test_changes_are_taken_back_and_done_again_in_order(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "practitioner", form)
    await page.does(do="remove", item="before")
    await page.does(do="move", item="sleep", under="you", at=0)
    await page.says("why", required=False)
    there = await source_of(cast, form)
    for _ in range(3):
        saved = await page.turns()
    assert await source_of(cast, form) == TALK and not saved.undo and saved.redo
    for _ in range(3):
        saved = await page.turns(again=True)
    assert await source_of(cast, form) == there and saved.undo and not saved.redo
    with pytest.raises(Conflict, match="nothing-to-undo"):
        await page.turns(again=True)


async def test_another_page_of_the_same_person_goes_on_taking_back(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "practitioner", form)
    await page.does(do="remove", item="sleep")
    again = await page_of(cast, "practitioner", form)
    await again.begins(take_over=True)
    assert (await again.looks()).undo
    await again.turns()
    assert await source_of(cast, form) == TALK


async def test_what_is_done_after_taking_back_takes_the_place_of_what_was_undone(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "practitioner", form)
    await page.does(do="remove", item="sleep")
    await page.turns()
    saved = await page.does(do="remove", item="weight")
    assert not saved.redo
    await page.turns()
    assert await source_of(cast, form) == TALK


async def test_words_that_are_typed_are_taken_back_in_one_go(cast, later):
    form = await a_draft(cast)
    page = await page_of(cast, "practitioner", form)
    for text in ("W", "Wh", "Why"):
        await page.says("why", text=text)
    await page.says("before", text="Before?")
    await page.says("why", text="Why?")
    later(seconds=21)
    await page.says("why", text="Why now, then?")
    shown = []
    for _ in range(4):
        await page.turns()
        shown.append((await texts(cast, form))[1:3])
    assert shown == [["Why?", "Before?"], ["Why", "Before?"], ["Why", "Have you been in therapy?"],
                     ["Why now?", "Have you been in therapy?"]]


async def test_nobody_takes_back_what_somebody_else_did(cast):
    form = await a_draft(cast)
    first, second = await page_of(cast, "practitioner", form), await page_of(cast, "owner", form)
    await first.does(do="remove", item="sleep")
    await second.begins(take_over=True)
    assert not (await second.looks()).undo
    with pytest.raises(Conflict, match="nothing-to-undo"):
        await second.turns()
    await second.does(do="remove", item="weight")
    assert not (await second.turns()).undo


async def test_ways_end_where_the_draft_was_changed_by_other_means(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "owner", form)
    await page.does(do="remove", item="sleep")
    await cast.inside(lambda: publish(page.actor, form.id))
    assert not (await page.looks()).undo
    await page.does(do="remove", item="weight")
    await cast.inside(lambda: edit_version(page.actor, form.id, 1, over=True))
    assert not (await page.looks()).undo
    await page.does(do="remove", item="before")
    assert not (await page.turns()).undo, "what was before is cut off"


async def test_a_hundred_are_kept(cast, monkeypatch):
    monkeypatch.setattr(edit_history, "KEPT", 3)
    form = await a_draft(cast)
    page = await page_of(cast, "owner", form)
    for at in (0, 1, 2, 0, 1):
        await page.does(do="move", item="sleep", under=None, at=at)
    for left in (True, True, False):
        assert (await page.turns()).undo is left
