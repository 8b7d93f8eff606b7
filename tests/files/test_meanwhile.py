"""What changes while an upload is on its way, and who else is at it in the same moment."""

import asyncio
from uuid import uuid4

import pytest

from models.accounts import features
from models.core.database import execute
from tests.files import samples
from tests.files.test_uploading import VIDEO, Going

DISCHARGED = "UPDATE client SET status = 'discharged', read_only_until = current_date + 5 WHERE id = $1"
REVOKED = "UPDATE portal_access SET revoked_at = now() WHERE id = $1"
OFF = "UPDATE portal_access SET features_off = '{client-uploads}' WHERE id = $1"


@pytest.fixture
def karen(cast, browse):
    """The parent of two, in a browser that uploads."""
    async def open_one() -> Going:
        return Going(await browse(cast, "parent"))

    return open_one


@pytest.mark.parametrize(("change", "of"), [(DISCHARGED, "client"), (REVOKED, "access"), (OFF, "access")])
async def test_what_a_parent_of_two_sends_for_one_who_was_discharged_or_closed_meanwhile_is_not_kept(
    cast, karen, rows, stored, change, of,
):
    here = await karen()
    _, begun = await here.begin(client=str(cast.clients["teen"]))
    await here.piece(begun["upload"]["id"], 0, VIDEO[:500])
    id = cast.clients["teen"] if of == "client" else cast.accesses["parent", "teen"]
    await cast.inside(lambda: execute(change, id))
    status, told = await (await karen()).piece(begun["upload"]["id"], 500, VIDEO[500:])
    assert (status, told["upload"]["state"]) == (200, "refused"), told
    assert "Nothing was kept" in told["upload"]["reason"]
    assert await rows("SELECT id FROM client_file") == [] == await rows("SELECT id FROM file")
    found = await (await karen()).whole(client=str(cast.clients["child"]))
    assert found["state"] == "ready", "the other child's portal is as it was"


async def test_one_key_begins_a_file_for_one_child_only(cast, karen):
    here, key = await karen(), str(uuid4())
    status, first = await here.begin(key=key, client=str(cast.clients["teen"]))
    assert (status, first["upload"]["client"]) == (200, str(cast.clients["teen"]))
    for other in ({"client": str(cast.clients["child"])}, {}):
        status, told = await here.begin(key=key, **other)
        assert (status, told["code"]) == (409, "key-reused"), "it would have gone to the other child's record"


async def test_what_one_parent_sends_the_other_and_the_teen_do_not_see_coming(cast, karen, browse):
    """Neither its name nor that there is one: as long as it is on its way, and when it was refused."""
    here, teen = await karen(), str(cast.clients["teen"])
    begun = (await here.begin(name="canary.mp4", client=teen))[1]["upload"]
    refused = await here.whole(b"no film", name="canary-two.mp4", client=teen)
    assert (begun["state"], refused["state"]) == ("uploading", "refused"), "the premise"
    for name, base in (("coparent", f"/for/{teen}"), ("coparent", ""), ("teen", "")):
        answer = await (await browse(cast, name)).json(f"{base}/uploads")
        assert answer.status_code == 200 and "canary" not in await answer.get_data(as_text=True), name
        assert (await Going(await browse(cast, name)).state(begun["id"]))["code"] == "not-found"
    own = await (await browse(cast, "parent")).json(f"/for/{teen}/uploads")
    assert "canary-two.mp4" in await own.get_data(as_text=True)


async def test_of_forty_that_begin_in_one_moment_twenty_are_open(cast, browse):
    tabs = [Going(await browse(cast, "client")) for _ in range(4)]
    begun = await asyncio.gather(*(tabs[number % 4].begin() for number in range(40)))
    open_ones = [told["upload"]["id"] for status, told in begun if status == 200]
    assert len(open_ones) == 20
    assert {told["code"] for status, told in begun if status != 200} == {"too-many-uploads"}


async def test_what_staff_delete_while_the_client_reads_it_is_over_with_the_link(cast, browse, keep):
    kept = await keep("client", "client", "card.png", samples.picture())
    ana, maya = await browse(cast, "client"), await browse(cast, "practitioner")
    links = [(await ana.get(f"/files/{kept.file_id}{more}")).headers["Location"] for more in ("", "/thumbnail")]
    assert [(await ana.get(link)).status_code for link in links] == [200, 200], "the premise"
    await maya.send(f"/staff/clients/{cast.clients['client']}/files/{kept.id}/delete", {"reason": "Of somebody else"})
    assert [(await ana.get(link)).status_code for link in links] == [404, 404]


async def test_uploads_switched_off_leave_what_came_before_and_the_paperclip(cast, browse, keep):
    kept = await keep("client", "client")
    owner = await cast.actor("owner")
    await cast.inside(lambda: features.set_feature(owner, "client-uploads", on=False))
    ana = await browse(cast, "client")
    assert (await ana.opened(f"/files/{kept.file_id}")).status_code == 200
    status, begun = await Going(ana).begin()
    assert (status, begun["upload"]["client"]) == (200, None), "what is sent with a message follows secure messaging"
