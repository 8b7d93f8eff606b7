"""Files that nobody ever shared go after a day; nothing else does."""

from datetime import timedelta

from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.ids import new_id
from models.files.bringing import let_forgotten_go, withdraw
from models.files.granting import end_grants, grant_to_seats
from server.jobs import JOBS
from tests.files import samples


async def brought(cast, sender, *, hours):
    file = await (await sender(cast, "client")).sent("a.png", samples.picture())
    await cast.inside(lambda: execute(
        "UPDATE file SET created_at = $2 WHERE id = $1", file["id"], now() - timedelta(hours=hours)
    ))
    return file


async def left(cast):
    rows = await cast.inside(lambda: fetch_all("SELECT id, refused_at FROM file ORDER BY id"))
    return {str(row["id"]): row["refused_at"] is None for row in rows}


async def test_after_a_day_an_unshared_file_is_erased_with_its_thumbnail(cast, sender, stored):
    old, new = await brought(cast, sender, hours=25), await brought(cast, sender, hours=23)
    assert await cast.inside(let_forgotten_go) == 1
    assert await left(cast) == {old["id"]: False, new["id"]: True}
    await JOBS["file.erase"](cast.practice_id, {"file": old["id"]})
    assert await left(cast) == {new["id"]: True}
    assert stored() == 2


async def test_erasing_twice_changes_nothing(cast, sender, stored):
    old = await brought(cast, sender, hours=25)
    await cast.inside(let_forgotten_go)
    for _ in range(2):
        await JOBS["file.erase"](cast.practice_id, {"file": old["id"]})
    assert stored() == 0


async def test_a_file_that_is_shared_or_was_once_stays(cast, sender, talk):
    actor, subject = await cast.actor("client"), new_id()
    once = await brought(cast, sender, hours=90)
    still = await brought(cast, sender, hours=90)

    async def share():
        async with change(actor, "message.send"):
            await grant_to_seats(actor, [still["id"]], [talk["client"]], subject_id=new_id())
            await grant_to_seats(actor, [once["id"]], [talk["client"]], subject_id=subject)
            await end_grants(subject)

    await cast.inside(share)
    assert await cast.inside(let_forgotten_go) == 0


async def test_the_erasing_job_leaves_a_file_that_somebody_holds(cast, sender, stored):
    file = await brought(cast, sender, hours=1)
    await JOBS["file.erase"](cast.practice_id, {"file": file["id"]})
    assert await left(cast) == {file["id"]: True}
    assert stored() == 2


async def test_a_file_let_go_is_shared_no_more(cast, sender, talk):
    file = await brought(cast, sender, hours=25)
    await cast.inside(let_forgotten_go)
    browser = (await sender(cast, "client")).browser
    assert (await browser.json(f"/files/{file['id']}")).status_code == 404


async def test_what_an_undone_message_shared_is_erased_unless_something_else_shares_it(cast, sender, talk, stored):
    actor, undone, other = await cast.actor("client"), new_id(), new_id()
    alone, twice = [await brought(cast, sender, hours=0) for _ in range(2)]

    async def share():
        async with change(actor, "message.send"):
            await grant_to_seats(actor, [alone["id"], twice["id"]], [talk["practitioner"]], subject_id=undone)
            await grant_to_seats(actor, [twice["id"]], [talk["practitioner"]], subject_id=other)

    await cast.inside(share)
    staff, client = (await sender(cast, "practitioner")).browser, (await sender(cast, "client")).browser
    assert (await staff.json(f"/files/{alone['id']}")).status_code == 200, "the premise"
    await cast.inside(lambda: withdraw(undone))
    for one in (staff, client):
        assert (await one.json(f"/files/{alone['id']}")).status_code == 404
        assert (await one.json(f"/files/{twice['id']}")).status_code == (200 if one is staff else 404)
    assert stored() == 4
    for file in (alone, twice):
        await JOBS["file.erase"](cast.practice_id, {"file": file["id"]})
    assert await left(cast) == {twice["id"]: True}
    assert stored() == 2
