"""A nudge: one e-mail that names nothing, once a day at most for one person."""

from __future__ import annotations

import pytest

from models.core.errors import Conflict, Forbidden
from models.documents import nudging
from models.documents.asking import Wanted
from tests.documents.desk import Desk, text_of
from tests.support.papers import a_form
from tests.support.standing import stands


@pytest.fixture
async def desk(cast):
    made = Desk(cast)
    await made.share("parent", Wanted("form", (await a_form(cast)).id), Wanted("request", title="Canary card"))
    await made.mails()
    return made


async def nudge(desk, document, by="practitioner"):
    actor = await desk.cast.actor(by)
    await desk.cast.inside(lambda: nudging.nudge(actor, desk.client, document.id))


async def test_a_nudge_is_one_email_that_names_nothing_and_an_event(desk):
    one, _ = await desk.documents("parent")
    await nudge(desk, one)
    [mail] = await desk.mails()
    assert mail["Subject"].startswith("A reminder") and "still waits" in text_of(mail)
    assert "Intake" not in text_of(mail) and not stands("Leo", text_of(mail))
    assert [row["subject_id"] for row in await desk.events("document.nudged")] == [one.id]


async def test_once_a_day_at_most_whatever_waits(desk, later):
    one, other = await desk.documents("parent")
    await nudge(desk, one)
    for again in (one, other):
        with pytest.raises(Conflict) as refused:
            await nudge(desk, again)
        assert refused.value.code == "nudged-today"
    later(hours=25)
    await nudge(desk, other)


async def test_what_was_taken_back_since_counts_as_a_nudge_of_that_day(desk):
    one, other = await desk.documents("parent")
    await nudge(desk, one)
    await desk.rows("UPDATE document SET withdrawn_at = now() WHERE id = $1 RETURNING 1", one.id)
    with pytest.raises(Conflict) as refused:
        await nudge(desk, other)
    assert refused.value.code == "nudged-today"


async def test_nobody_is_reminded_of_what_is_done_or_cannot_be_reached(desk):
    one, other = await desk.documents("parent")
    await desk.rows("UPDATE document SET submitted_at = now() WHERE id = $1 RETURNING 1", one.id)
    with pytest.raises(Conflict) as refused:
        await nudge(desk, one)
    assert refused.value.code == "nothing-waits"
    await desk.rows("UPDATE portal_access SET permissions = '{}' WHERE id = $1 RETURNING 1", other.access_id)
    with pytest.raises(Conflict) as refused:
        await nudge(desk, other)
    assert refused.value.code == "not-reachable"


async def test_a_biller_nudges_nobody(desk):
    one, _ = await desk.documents("parent")
    with pytest.raises(Forbidden):
        await nudge(desk, one, by="biller")
