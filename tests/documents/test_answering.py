"""Answers, field by field: kept in the order of typing, however late they come; one’s own alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.core.clock import now
from models.core.errors import Conflict, Forbidden, Gone, Invalid, Missing
from models.documents.filling import answers_of
from tests.appointments.heard import heard


async def stands(cast, document):
    return await cast.inside(lambda: answers_of(document.id))


async def test_each_answer_is_kept_as_it_is_typed_and_an_empty_one_empties_the_field(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep", page=1)
    await paper.answer(document, "sleep/hours", 5, page=2)
    assert await stands(cast, document) == {"about/why": ["I cannot sleep"], "sleep/hours": [5]}
    await paper.answer(document, "sleep/hours", page=2)
    assert (await stands(cast, document))["sleep/hours"] == []
    there = await paper.now(document)
    assert there.page == 2 and there.started_at is not None and there.saved_at is not None


async def test_what_was_typed_earlier_never_stands_over_what_was_typed_later(cast, paper):
    document, at = await paper.ask(), now()
    await paper.answer(document, "about/why", "written later", typed_at=at)
    late = await paper.answer(document, "about/why", "written on the train", typed_at=at - timedelta(minutes=9))
    assert late.stale and list(late.value) == ["written later"]
    assert await stands(cast, document) == {"about/why": ["written later"]}


async def test_a_twin_changes_nothing_and_a_clock_that_is_ahead_counts_as_now(cast, paper):
    document, at = await paper.ask(), now()
    for _ in range(2):
        assert not (await paper.answer(document, "about/why", "once", typed_at=at)).stale
    await paper.answer(document, "about/why", "from the future", typed_at=at + timedelta(days=400))
    await paper.answer(document, "about/why", "a moment later")
    assert await stands(cast, document) == {"about/why": ["a moment later"]}


@pytest.mark.parametrize("path", ["nothing", "about", "about/why/more", "about:1/why", "x" * 1001, "", "about//why"])
async def test_a_place_that_the_form_does_not_have_is_refused(cast, paper, path):
    document = await paper.ask()
    with pytest.raises(Invalid):
        await paper.answer(document, path, "hello")
    assert await stands(cast, document) == {}


@pytest.mark.parametrize("value", ["\x00", {"a": {"b": "c"}}, ["a"], "x" * 300_000, 2**70])
async def test_what_cannot_be_kept_is_refused(cast, paper, value):
    document = await paper.ask()
    with pytest.raises(Invalid):
        await paper.answer(document, "about/why", value)


async def test_progress_is_told_at_the_first_answer_and_at_each_page_not_at_every_letter(cast, paper):
    document = await paper.ask()
    for letters in ("I", "I c", "I ca", "I can"):
        await paper.answer(document, "about/why", letters, page=1)
    assert len(await heard(cast, "document.progressed")) == 1
    await paper.answer(document, "sleep/hours", 5, page=2)
    [_, second] = await heard(cast, "document.progressed")
    assert second["ids"]["document"] == str(document.id)
    assert "sleep" not in str(dict(second)) and "Intake" not in str(dict(second))


async def test_others_are_told_again_after_half_a_minute(cast, paper, later):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I", page=1)
    later(seconds=31)
    await paper.answer(document, "about/why", "I cannot", page=1)
    assert len(await heard(cast, "document.progressed")) == 2


async def test_what_was_handed_in_is_not_written_in_any_more(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.submit(document)
    with pytest.raises(Conflict):
        await paper.answer(document, "about/why", "Something else")
    assert (await stands(cast, document))["about/why"] == ["I cannot sleep"]


async def test_a_form_that_was_taken_back_says_so_and_keeps_nothing_more(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot")
    await paper.change(document, withdrawn_at=now())
    with pytest.raises(Gone) as told:
        await paper.answer(document, "about/why", "I cannot sleep")
    assert "took this form back" in told.value.detail
    assert (await stands(cast, document))["about/why"] == ["I cannot"]


async def test_two_parents_never_fill_in_each_others_form(cast, paper):
    document = await paper.ask("parent", client="teen")
    await paper.answer(document, "about/why", "Karen’s words", who="parent", client="teen")
    for who in ("coparent", "teen", "client"):
        with pytest.raises(Missing):
            await paper.answer(document, "about/why", "Not mine", who=who)
    assert (await stands(cast, document))["about/why"] == ["Karen’s words"]


async def test_a_parent_of_two_answers_without_saying_for_whom(cast, paper):
    document = await paper.ask("parent", client="child")
    await paper.answer(document, "about/why", "For the younger one", who="parent")
    assert (await stands(cast, document))["about/why"] == ["For the younger one"]


async def test_a_contact_without_manage_documentation_fills_in_nothing(cast, paper):
    from models.core.database import execute

    document = await paper.ask("parent", client="teen")
    await paper.answer(document, "about/why", "May", who="parent", client="teen")
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE contact_id IS NOT NULL"))
    with pytest.raises(Missing):
        await paper.answer(document, "about/why", "May not", who="parent", client="teen")


async def test_staff_fill_in_for_a_client_whom_they_manage_and_read(cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "Told on the phone", who="practitioner")
    for who, refusal in (("frontdesk", Forbidden), ("biller", Forbidden), ("owner", Forbidden)):
        with pytest.raises(refusal):
            await paper.answer(document, "about/why", "Not mine to write", who=who)
    assert (await stands(cast, document))["about/why"] == ["Told on the phone"]
