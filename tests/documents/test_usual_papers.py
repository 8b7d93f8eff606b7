"""What a practice usually asks of whom it invites: a PDF among it is the practice's, given on by whoever invites."""

from __future__ import annotations

import pytest

from models.clients import invitation_settings, inviting
from models.core.database import execute
from models.core.errors import Invalid, Missing
from models.files.bringing import let_forgotten_go
from models.files.granting import file_for
from models.files.whose import note_opened
from tests.clients.portal.conftest import Portal
from tests.documents.desk import Desk
from tests.documents.test_papers import accepted, acting, documents_of
from tests.support.papers import a_form


@pytest.fixture
def portal(cast):
    return Portal(cast)


async def usual(cast, by, words):
    actor = await cast.actor(by)
    await cast.inside(lambda: invitation_settings.configure(
        actor, asks={}, reminders=True, tells_front_desk=False, documents=words))


async def test_a_pdf_to_sign_is_usually_asked_by_whoever_invites_and_opens_for_each_of_them(cast, portal):
    desk = Desk(cast)
    file = await desk.file("Fees.pdf", who="owner")
    await usual(cast, "owner", [f"sign:required:{file}"])
    rosa, tom = await portal.newcomer(), await portal.newcomer("Tom Reed")
    for one, by in ((rosa, "practitioner"), (tom, "frontdesk")):
        await portal.act(inviting.send, one, None, inviting.Wishes(
            features=["messaging"], permissions=[], asks={}, documents=None), by=by)
        assert [(paper.title, paper.signs) for paper in await documents_of(cast, one)] == [("Fees.pdf", True)]
    await accepted(cast, rosa)
    actor = await acting(cast, rosa)
    assert (await cast.inside(lambda: file_for(actor, file))).id == file
    stranger = await cast.actor("parent", client="teen")
    with pytest.raises(Missing):
        await cast.inside(lambda: file_for(stranger, file))


async def test_what_is_usually_asked_is_kept_while_it_stands_there_and_given_on_by_nobody_after(cast, portal):
    desk = Desk(cast)
    file = await desk.file("Fees.pdf", who="owner")
    await usual(cast, "owner", [f"sign:required:{file}"])
    await desk.rows("UPDATE file SET created_at = now() - interval '3 days' WHERE id = $1 RETURNING 1", file)
    assert await cast.inside(let_forgotten_go) == 0
    await usual(cast, "owner", [])
    rosa = await portal.newcomer()
    with pytest.raises(Missing):
        await portal.invite(rosa, documents=[f"sign:required:{file}"])


async def test_nothing_is_usually_asked_that_cannot_be(cast):
    desk = Desk(cast)
    theirs, picture = await desk.file(who="frontdesk"), await desk.file("a.png", who="owner", kind="image/png")
    with pytest.raises(Missing):
        await usual(cast, "owner", [f"sign:required:{theirs}"])
    with pytest.raises(Invalid):
        await usual(cast, "owner", [f"sign:required:{picture}"])
    await usual(cast, "owner", [f"file:required:{picture}"])


async def test_what_cannot_be_asked_is_said_in_the_form_that_asked_for_it(cast, portal, browse):
    form, picture = await a_form(cast), await Desk(cast).file("a.png", kind="image/png")
    await cast.inside(lambda: execute("UPDATE form SET archived_at = now() WHERE id = $1", form.id))
    rosa, maya = await portal.newcomer(), await browse(cast, "practitioner")
    for word, said in ((f"form:required:{form.id}", "is not in the library any more"),
                       (f"sign:required:{picture}", "a.png is no PDF")):
        for path in (f"/staff/clients/{rosa}/portal/{rosa}/invitation", f"/staff/clients/{rosa}/setup/portal"):
            refused = await maya.post(path, {"features": ["messaging"], "documents": [word], "message": "Welcome"})
            page = await refused.get_data(as_text=True)
            assert refused.status_code == 422 and said in page and "Welcome" in page, path
    owner, brought = await browse(cast, "owner"), await Desk(cast).file("b.png", who="owner", kind="image/png")
    sent = {"documents": [f"sign:required:{brought}", "request:optional"], "requests": ["Old records"]}
    refused = await owner.post("/staff/settings/invitations", sent)
    page = await refused.get_data(as_text=True)
    assert refused.status_code == 422 and "b.png is no PDF" in page and "Old records" in page, "and nothing is lost"


async def test_who_opens_a_blank_of_the_practice_has_looked_at_nobodys_record(cast, portal):
    desk = Desk(cast)
    file, other = await desk.file("Fees.pdf", who="owner"), await desk.file("Plan.pdf")
    await usual(cast, "owner", [f"sign:required:{file}"])
    rosa = await portal.newcomer()
    await portal.invite(rosa, documents=[f"sign:required:{file}", f"file:required:{other}"])
    maya = await cast.actor("practitioner")
    for one in (file, other):
        await cast.inside(lambda id=one: _opened(maya, id))
    looks = await desk.rows("SELECT subject_id FROM look WHERE subject = 'file'")
    assert [row["subject_id"] for row in looks] == [other]


async def _opened(actor, id):
    await note_opened(actor, await file_for(actor, id))
