"""Requested and Shared Documents on the Portal tab: what is asked of whom, how far it is, and who sees it."""

from __future__ import annotations

import pytest

from models.core.database import execute
from models.documents.asking import Wanted
from models.documents.portal_section import section_of
from tests.documents.desk import Desk
from tests.support.papers import a_form


@pytest.fixture
def desk(cast):
    return Desk(cast)


async def page_of(desk, browse, name="practitioner"):
    answer = await (await browse(desk.cast, name)).get(f"/staff/clients/{desk.client}/portal")
    return str(await answer.get_data(as_text=True))


async def test_it_says_how_far_each_is_with_due_dates_and_what_became_of_the_email(cast, desk, browse):
    form = await a_form(cast)
    [one] = await desk.share("parent", Wanted("form", form.id))
    await desk.mails()
    await cast.inside(lambda: execute(
        """UPDATE document SET started_at = now(), saved_at = now(), page = 3, pages = 5, due_on = '2020-01-02'
          WHERE id = $1""", one.id))
    page = await page_of(desk, browse)
    for words in ("Requested and Shared Documents", "Manage Documentation", "Intake", "Page 3 of 5", "Overdue since",
                  "E-mail sent", "Nudge", f'href="/staff/clients/{desk.client}/documents/{one.id}"'):
        assert words in page, words
    assert "document.progressed" in page, "and follows live"


async def test_without_anything_it_says_so_and_who_cannot_be_reached(cast, desk, browse):
    page = await page_of(desk, browse)
    assert "Nothing is asked of or shared with Leo yet" in page
    assert "No portal access yet" in await page_of(Desk(cast, "child"), browse)


@pytest.mark.parametrize(("name", "sees"), [
    ("practitioner", True), ("supervisor", True), ("frontdesk", True), ("biller", False), ("owner", False)])
async def test_who_sees_it(cast, desk, browse, name, sees):
    actor = await cast.actor(name)
    assert (await cast.inside(lambda: section_of(actor, desk.client)) is not None) is sees
    assert ("Requested and Shared Documents" in await page_of(desk, browse, name)) is sees


async def test_a_nudge_by_the_button_shows_there(cast, desk, browse):
    [one] = await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    maya = await browse(cast, "practitioner")
    nudged = await maya.post(f"/staff/clients/{desk.client}/documents/{one.id}/nudge")
    assert nudged.status_code == 303
    page = await page_of(desk, browse)
    assert "Reminded" in page and "/nudge" not in page
