"""My Uploads: what a person brought for whom they act for, and nothing else."""

from uuid import uuid4

import pytest

from models.accounts import features
from models.core.errors import Conflict, Forbidden, Missing
from models.files import own_files
from models.files.granting import grant_to_seats
from models.files.own_files import own_uploads, remove
from tests.files import samples
from tests.files.conftest import opens


async def listed(cast, name, client=None):
    actor = await cast.actor(name, client=client)
    return (await cast.inside(lambda: own_uploads(actor))).files


async def test_each_parent_and_the_teen_see_only_their_own(cast, keep):
    await keep("parent", "teen", "from-karen.pdf")
    await keep("coparent", "teen", "from-david.pdf")
    await keep("teen", "teen", "from-leo.pdf")
    await keep("parent", "child", "for-nora.pdf")
    seen = {(name, client): [one.name for one in await listed(cast, name, client)]
            for name, client in (("parent", "teen"), ("coparent", "teen"), ("teen", "teen"), ("parent", "child"))}
    assert seen == {("parent", "teen"): ["from-karen.pdf"], ("coparent", "teen"): ["from-david.pdf"],
                    ("teen", "teen"): ["from-leo.pdf"], ("parent", "child"): ["for-nora.pdf"]}


async def test_the_newest_stands_first_with_its_day_and_size(cast, keep):
    await keep("client", "client", "one.pdf")
    await keep("client", "client", "two.txt", samples.TEXT)
    found = await listed(cast, "client")
    assert [(one.name, one.size, one.state, one.removable) for one in found] == [
        ("two.txt", len(samples.TEXT), "ready", True), ("one.pdf", len(samples.PDF), "ready", True)]


async def test_removed_it_is_gone_for_staff_too_and_erased(cast, keep, stored):
    kept = await keep("client", "client")
    client = await cast.actor("client")
    await cast.inside(lambda: remove(client, kept.id))
    assert await listed(cast, "client") == []
    assert not await opens(cast, "practitioner", kept.file_id)
    from server.jobs import JOBS

    await JOBS["file.erase"](cast.practice_id, {"file": kept.file_id})
    assert stored() == 0


async def test_what_staff_opened_stays(cast, keep, sender):
    kept = await keep("client", "client")
    assert (await (await sender(cast, "practitioner")).browser.opened(f"/files/{kept.file_id}")).status_code == 200
    client = await cast.actor("client")
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: remove(client, kept.id))
    assert refused.value.code == "seen-already"
    (one,) = await listed(cast, "client")
    assert (one.seen, one.removable) == (True, False)


async def test_nobody_removes_anothers(cast, keep):
    kept = await keep("parent", "teen")
    for name, client in (("coparent", "teen"), ("teen", "teen"), ("parent", "child")):
        actor = await cast.actor(name, client=client)
        with pytest.raises(Missing):
            await cast.inside(lambda actor=actor: remove(actor, kept.id))


async def test_removed_here_it_stays_in_the_message_it_was_sent_with(cast, keep, talk):
    kept = await keep("client", "client")
    client = await cast.actor("client")
    await cast.inside(lambda: grant_to_seats(client, [kept.file_id], [talk["practitioner"]], subject_id=uuid4()))
    await cast.inside(lambda: remove(client, kept.id))
    assert await opens(cast, "practitioner", kept.file_id)
    assert not await opens(cast, "supervisor", kept.file_id)


async def test_uploads_under_way_and_refused_stand_there_as_well(cast, browse):
    ana = await browse(cast, "client")
    begun = {"size": 500, "client": str(cast.clients["client"])}
    await ana.send("/files/uploads", {"name": "a.txt", "key": str(uuid4()), **begun})
    made = ana._headers({"Accept": "application/json"})
    answer = await ana.client.post("/uploads?name=b.pdf", data=b"nonsense", headers=made)
    assert answer.status_code == 422
    found = await listed(cast, "client")
    assert [(one.name, one.state) for one in found] == [("b.pdf", "refused"), ("a.txt", "uploading")]
    assert "not a PDF" in found[0].reason


async def test_the_section_is_a_fragment_a_page_and_json(cast, browse, keep):
    kept = await keep("client", "client")
    ana = await browse(cast, "client")
    fragment = await (await ana.get("/uploads", Portico_Fragment="1")).get_data(as_text=True)
    page = await (await ana.get("/uploads")).get_data(as_text=True)
    assert "My Uploads" in fragment and "<html" not in fragment and "<html" in page
    assert 'enctype="multipart/form-data"' in page and "card.pdf" in page
    told = await (await ana.json("/uploads")).get_json()
    assert [one["file"] for one in told["uploads"]] == [str(kept.file_id)]


async def test_without_a_script_a_plain_form_adds(cast, sender):
    karen = await sender(cast, "parent")
    here = f"/for/{cast.clients['child']}/uploads"
    body = (b'--b\r\nContent-Disposition: form-data; name="file"; filename="Card.pdf"\r\n\r\n' + samples.PDF
            + b"\r\n--b--\r\n")
    made = karen.browser._headers({"Accept": "text/html", "Content-Type": "multipart/form-data; boundary=b"})
    answer = await karen.browser.client.post(here, data=body, headers=made)
    assert (answer.status_code, answer.headers["Location"]) == (303, here)
    assert [one.name for one in await listed(cast, "parent", "child")] == ["Card.pdf"]
    wrong = await karen.browser.client.post(here, data=body.replace(b"%PDF", b"%XXX"), headers=made)
    assert wrong.status_code == 422 and "not a PDF" in await wrong.get_data(as_text=True)


async def test_switched_off_there_is_no_section_and_nothing_is_taken(cast, browse, keep):
    kept = await keep("client", "client")
    owner = await cast.actor("owner")
    await cast.inside(lambda: features.set_feature(owner, "client-uploads", on=False))
    ana = await browse(cast, "client")
    assert (await ana.json("/uploads")).status_code == 403
    assert (await ana.send(f"/uploads/{kept.id}/remove")).status_code == 403
    assert await opens(cast, "client", kept.file_id), "what was brought stays one's own to read"


async def test_staff_have_no_uploads_of_their_own_here(cast):
    maya = await cast.actor("practitioner")
    with pytest.raises(Missing):
        await cast.inside(lambda: own_uploads(maya))


async def test_who_looks_through_a_clients_eyes_sees_the_list_and_removes_nothing(cast, keep):
    from dataclasses import replace

    kept = await keep("client", "client")
    eyes = replace(await cast.actor("practitioner"), lens=(await cast.actor("client")).access)
    (one,) = (await cast.inside(lambda: own_uploads(eyes))).files
    assert (one.name, one.removable) == ("card.pdf", False)
    with pytest.raises(Forbidden):
        await cast.inside(lambda: own_files.remove(eyes, kept.id))
