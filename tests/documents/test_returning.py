"""Corrections: the note is read, the answers stay, and so does what was handed in before."""

from __future__ import annotations

import pytest

from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.documents import histories, receipts, returning
from models.documents.filling import answers_of
from tests.documents.conftest import Paper


async def send_back(cast, document, note="Which year was that?", who="practitioner"):
    actor = await cast.actor(who)
    return await cast.inside(
        lambda: returning.return_for_correction(actor, document.client_id, document.id, note)
    )


async def done(paper: Paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.submit(document)
    return document


async def test_the_form_is_open_again_with_its_answers_and_the_note(cast, paper):
    document = await done(paper)
    await send_back(cast, document)
    there = await paper.now(document)
    assert there.submitted_at is None and there.returned_at is not None
    assert there.return_note == "Which year was that?"
    assert (await cast.inside(lambda: answers_of(document.id)))["about/why"] == ["I cannot sleep"]


async def test_what_was_handed_in_before_stays_as_it_was(cast, paper):
    document = await done(paper)
    await send_back(cast, document)
    await paper.answer(document, "about/why", "I cannot sleep since spring")
    await paper.submit(document)
    there = await paper.now(document)
    newest, first = await cast.inside(lambda: receipts.receipts_of(there))
    assert (newest.number, first.number) == (2, 1) and first.return_note == "Which year was that?"
    assert "spring" not in str(first.response) and "spring" in str(newest.response)
    assert there.returned_at is None


async def test_only_who_manages_and_reads_asks_for_corrections(cast, paper):
    document = await done(paper)
    for who in ("frontdesk", "owner", "biller"):
        with pytest.raises(Forbidden):
            await send_back(cast, document, who=who)
    with pytest.raises(Missing):
        actor = await cast.actor("practitioner")
        await cast.inside(lambda: returning.return_for_correction(actor, cast.clients["child"], document.id, "x"))


async def test_a_note_is_needed_and_something_handed_in(cast, paper):
    document = await done(paper)
    for note in ("  ", "x" * 2001):
        with pytest.raises(Invalid):
            await send_back(cast, document, note)
    await send_back(cast, document)
    with pytest.raises(Conflict):
        await send_back(cast, document)


async def test_the_history_says_who_did_what(cast, paper):
    document = await done(paper)
    await send_back(cast, document)
    there = await paper.now(document)
    told = await cast.inside(lambda: histories.history_of(there))
    assert [(one.who.split()[0], one.what) for one in told][:2] == [
        ("Maya", "asked for a correction"), ("Ana", "handed it in")]
