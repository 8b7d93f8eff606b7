"""A file comes in by pieces, goes on where it stopped, and is one whatever is lost, doubled or killed on the way."""

import asyncio
from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from models.accounts import features
from models.core.database import execute
from models.core.errors import Busy, Missing
from models.files import uploading
from models.files.arriving import LINGERS
from server import receiving, storage, uploads
from tests.files import samples
from tests.support.meeting import meet

HERE = "/files/uploads"
VIDEO = samples.boxes(media=bytes(range(256)) * 80)


class Going:
    """A browser that uploads in pieces."""

    def __init__(self, browser) -> None:
        self.browser = browser

    async def begin(self, content=VIDEO, name="film.mp4", key=None, **more):
        answer = await self.browser.send(HERE, {"name": name, "size": len(content), "key": key or str(uuid4()), **more})
        return answer.status_code, await answer.get_json()

    async def piece(self, id, at, content, **headers):
        made = self.browser._headers({"Accept": "application/json", "Upload-Offset": str(at), **headers})
        answer = await self.browser.client.post(f"{HERE}/{id}/pieces", data=content, headers=made)
        return answer.status_code, await answer.get_json()

    async def state(self, id):
        return await (await self.browser.json(f"{HERE}/{id}")).get_json()

    async def whole(self, content=VIDEO, name="film.mp4", step=3000, **more):
        status, begun = await self.begin(content, name, **more)
        assert status == 200, begun
        found = begun["upload"]
        for at in range(0, len(content), step):
            status, told = await self.piece(found["id"], at, content[at:at + step])
            assert status == 200, told
            found = told["upload"]
        return found


@pytest.fixture
def going(browse, cast):
    async def open_one(name="client", of=None):
        return Going(await browse(of or cast, name))

    return open_one


async def test_pieces_become_one_file_with_the_checksum_of_the_whole(cast, going, rows, stored):
    found = await (await going()).whole()
    assert (found["state"], found["received"]) == ("ready", len(VIDEO))
    (row,) = await rows("SELECT * FROM file WHERE id = $1", found["file"])
    assert (row["sha256"], row["size"], row["name"]) == (sha256(VIDEO).digest(), len(VIDEO), "film.mp4")
    assert stored() == 1, "the pieces are gone"


async def test_it_goes_on_where_it_stopped_also_for_who_begins_again_with_the_key(going):
    here, key = await going(), str(uuid4())
    _, begun = await here.begin(key=key)
    await here.piece(begun["upload"]["id"], 0, VIDEO[:5000])
    _, again = await (await going()).begin(key=key)
    assert (again["upload"]["id"], again["upload"]["received"]) == (begun["upload"]["id"], 5000)
    status, told = await here.piece(again["upload"]["id"], 5000, VIDEO[5000:])
    assert (status, told["upload"]["state"]) == (200, "ready")


async def test_a_key_that_began_another_file_is_refused(going):
    here, key = await going(), str(uuid4())
    await here.begin(key=key)
    status, told = await here.begin(content=b"other", name="other.txt", key=key)
    assert (status, told["code"]) == (409, "key-reused")


async def test_a_piece_elsewhere_is_refused_and_says_where_it_goes_on(going, stored):
    here = await going()
    _, begun = await here.begin()
    id = begun["upload"]["id"]
    await here.piece(id, 0, VIDEO[:5000])
    for at in (0, 4000, 9000):
        status, told = await here.piece(id, at, VIDEO[at:at + 100])
        assert (status, told["code"], told["errors"]["received"]) == (409, "piece-elsewhere", ["5000"])
    assert stored() == 1
    assert (await here.piece(id, 5000, VIDEO[5000:] + b"more"))[0] == 409, "more than was said"


async def test_the_same_piece_twice_at_once_is_kept_once(going, rows, stored):
    one, other = await going(), await going()
    _, begun = await one.begin()
    id = begun["upload"]["id"]
    answers = await asyncio.gather(*(here.piece(id, 0, VIDEO[:5000]) for here in (one, other)))
    assert sorted(status for status, _ in answers) == [200, 409]
    assert (await one.state(id))["upload"]["received"] == 5000
    assert stored() == 1


async def test_the_same_file_twice_at_once_under_one_key_is_one_and_under_two_is_two(going, rows, cast):
    one, other, key = await going(), await going(), str(uuid4())
    begun = await asyncio.gather(one.begin(key=key), other.begin(key=key))
    assert [status for status, _ in begun] == [200, 200]
    assert len({told["upload"]["id"] for _, told in begun}) == 1
    await asyncio.gather(one.whole(), other.whole())
    (row,) = await rows("SELECT count(*) AS files FROM file WHERE login_id = $1", cast.logins["client"])
    assert row["files"] == 2


async def test_where_nobody_knows_whether_a_piece_was_noted_its_bytes_stay(going, rows, cast, monkeypatch):
    """The database goes away in the midst of the commit: noted or not, whoever asks is told, and goes on there."""
    here = await going()
    _, begun = await here.begin()
    id, real = begun["upload"]["id"], uploads.run_scope

    async def unsure(practice_id, work):
        made = await real(practice_id, work)
        if getattr(made, "received", 0):
            raise Busy("database-away", retry_after=1)
        return made

    with monkeypatch.context() as away:
        away.setattr(uploads, "run_scope", unsure)
        assert (await here.piece(id, 0, VIDEO[:5000]))[0] == 503
    assert (await here.state(id))["upload"]["received"] == 5000
    assert (await here.piece(id, 5000, VIDEO[5000:]))[1]["upload"]["state"] == "ready"


async def test_a_damaged_piece_is_refused_and_can_be_sent_again(going):
    here = await going()
    _, begun = await here.begin()
    id, right = begun["upload"]["id"], sha256(VIDEO[:5000]).hexdigest()
    status, told = await here.piece(id, 0, b"x" + VIDEO[1:5000], **{"Upload-Checksum": f"sha-256 {right}"})
    assert (status, told["code"]) == (409, "piece-damaged")
    assert (await here.piece(id, 0, VIDEO[:5000], **{"Upload-Checksum": f"sha-256 {right}"}))[0] == 200


@pytest.mark.parametrize("given", ["", "-1", "nonsense", "1e3", "9" * 40])
async def test_a_piece_that_does_not_say_where_it_belongs_is_refused(going, given):
    here = await going()
    _, begun = await here.begin()
    assert (await here.piece(begun["upload"]["id"], given, VIDEO[:10]))[0] == 422


async def test_a_piece_of_more_than_eight_megabytes_is_refused(going, stored):
    here = await going()
    content = b"a" * (uploading.PIECE + 100_000)
    _, begun = await here.begin(content, "a.txt")
    assert (await here.piece(begun["upload"]["id"], 0, content))[0] == 413
    assert stored() == 0


async def test_cut_at_99_per_cent_it_waits_and_then_ends(going):
    here = await going()
    _, begun = await here.begin()
    id, cut = begun["upload"]["id"], len(VIDEO) * 99 // 100
    await here.piece(id, 0, VIDEO[:cut])
    assert (await here.state(id))["upload"]["state"] == "uploading"
    assert (await here.piece(id, cut, VIDEO[cut:]))[1]["upload"]["state"] == "ready"


async def test_a_piece_that_is_cut_off_is_not_kept(going, stored):
    here = await going()
    _, begun = await here.begin()
    id = begun["upload"]["id"]
    status, told = await here.piece(id, 0, VIDEO[:100], **{"Content-Length": "5000"})
    assert (status, told["code"]) == (422, "piece-cut-off")
    assert (await here.state(id))["upload"]["received"] == 0 and stored() == 0


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [("letter.pdf", samples.office(), "not a PDF"), ("cut.mp4", VIDEO[:-100], "incomplete"),
     ("film.mp4", b"nonsense" * 999, "not a MP4")],
)
async def test_what_is_not_what_it_says_is_refused_with_the_reason_when_it_is_whole(going, stored, name, content, word):
    found = await (await going()).whole(content, name)
    assert found["state"] == "refused" and word in found["reason"]
    assert stored() == 0


async def test_what_cannot_be_taken_is_refused_before_a_byte_comes(going, cast):
    here = await going()
    for name, size, status in (("run.exe", 5, 422), ("a.txt", 0, 422), ("a.txt", 501 * 1024**2, 413), ("", 5, 422),
                               ("../..", 5, 422)):
        answer = await here.browser.send(HERE, {"name": name, "size": size, "key": str(uuid4())})
        assert answer.status_code == status, name


async def test_nobody_sees_or_moves_anothers_upload(going, neighbours):
    _, begun = await (await going()).begin()
    id = begun["upload"]["id"]
    for other in (await going("practitioner"), await going("teen"), await going("client", neighbours)):
        assert (await other.browser.json(f"{HERE}/{id}")).status_code == 404
        assert (await other.piece(id, 0, VIDEO[:10]))[0] == 404
        assert (await other.browser.send(f"{HERE}/{id}/cancel")).status_code == 404


async def test_cancelled_it_is_erased_and_takes_no_more(cast, going, stored):
    here = await going()
    _, begun = await here.begin()
    id = begun["upload"]["id"]
    await here.piece(id, 0, VIDEO[:5000])
    assert (await (await here.browser.send(f"{HERE}/{id}/cancel")).get_json())["upload"]["state"] == "refused"
    assert (await here.piece(id, 5000, VIDEO[5000:]))[0] == 409
    await receiving.end_job(cast.practice_id, {"upload": id})
    assert stored() == 0


async def test_after_a_day_it_is_gone_with_its_pieces(cast, going, rows, stored, later):
    here = await going()
    _, begun = await here.begin()
    id = begun["upload"]["id"]
    await here.piece(id, 0, VIDEO[:5000])
    assert (await receiving.end_job(cast.practice_id, {"upload": id})).total_seconds() > 80_000, "not before"
    await cast.inside(lambda: execute("UPDATE upload SET ends_at = now() - interval '1 second'"))
    assert (await here.browser.json(f"{HERE}/{id}")).status_code == 410
    assert await receiving.end_job(cast.practice_id, {"upload": id}) is not None, "a piece may still be on its way"
    assert stored() == 0
    await cast.inside(lambda: execute("UPDATE upload SET ends_at = ends_at - $1::interval", LINGERS))
    assert await receiving.end_job(cast.practice_id, {"upload": id}) is None
    assert (stored(), await rows("SELECT id FROM upload")) == (0, [])


async def test_twenty_may_be_open_and_no_more(going):
    here = await going()
    for _ in range(20):
        assert (await here.begin())[0] == 200
    status, told = await here.begin()
    assert (status, told["code"]) == (429, "too-many-uploads")


async def test_a_worker_killed_while_it_checked_leaves_it_to_the_job(cast, going, monkeypatch):
    async def killed(practice_id, upload_id):
        return None  # its process is gone: nothing more of this request happens

    here = await going()
    monkeypatch.setattr(uploads, "finish", killed)
    found = await here.whole()
    assert found["state"] == "checking"
    await receiving.finish_job(cast.practice_id, {"upload": found["id"]})
    assert (await here.state(found["id"]))["upload"]["state"] == "ready"


async def test_two_workers_that_finish_it_make_one_file(cast, going, monkeypatch, rows, stored):
    async def later(practice_id, upload_id):
        return None

    here = await going()
    monkeypatch.setattr(uploads, "finish", later)
    found = await here.whole()
    await asyncio.gather(*(receiving.finish_job(cast.practice_id, {"upload": found["id"]}) for _ in range(3)))
    assert (await here.state(found["id"]))["upload"]["state"] == "ready"
    assert len(await rows("SELECT id FROM file")) == 1 and stored() == 1


async def test_what_is_large_is_checked_by_a_job(cast, going, monkeypatch):
    monkeypatch.setattr(uploads, "AT_ONCE", 1000)
    monkeypatch.setattr(uploading, "AT_ONCE", 1000)
    here = await going()
    found = await here.whole()
    assert found["state"] == "checking" and found["file"] is None
    await receiving.finish_job(cast.practice_id, {"upload": found["id"]})
    assert (await here.state(found["id"]))["upload"]["state"] == "ready"


async def test_a_full_disk_keeps_what_was_there_and_says_so(going, monkeypatch):
    async def full(key, content):
        raise storage._trouble(OSError(28, "No space left on device"))

    here = await going()
    _, begun = await here.begin()
    id = begun["upload"]["id"]
    await here.piece(id, 0, VIDEO[:5000])
    with monkeypatch.context() as crowded:
        crowded.setattr(storage, "keep", full)
        status, told = await here.piece(id, 5000, VIDEO[5000:])
    assert (status, told["code"]) == (503, "storage-full")
    assert (await here.piece(id, 5000, VIDEO[5000:]))[1]["upload"]["state"] == "ready"


async def test_a_piece_that_was_lost_in_the_storage_refuses_the_whole_in_words(cast, going, kept):
    here = await going()
    _, begun = await here.begin()
    id = begun["upload"]["id"]
    await here.piece(id, 0, VIDEO[:5000])
    for path in kept.rglob("*"):
        if path.is_file():
            path.unlink()
    _, told = await here.piece(id, 5000, VIDEO[5000:])
    assert told["upload"]["state"] == "refused" and "lost here" in told["upload"]["reason"]


async def test_for_a_client_it_goes_into_the_record_and_staff_hear_of_it(cast, going, rows):
    found = await (await going("parent")).whole(client=str(cast.clients["teen"]))
    (kept,) = await rows("SELECT * FROM client_file")
    assert (str(kept["file_id"]), kept["client_id"]) == (found["file"], cast.clients["teen"])
    assert kept["access_id"] == cast.accesses["parent", "teen"]
    (event,) = await rows("SELECT audience FROM event WHERE type = 'client.file_uploaded'")
    assert f"staff-of:{cast.clients['teen']}" in event["audience"]
    assert f"access:{cast.accesses['coparent', 'teen']}" not in event["audience"]


async def test_for_somebody_elses_client_or_where_uploads_are_off_nothing_begins(cast, going):
    assert (await (await going("coparent")).begin(client=str(cast.clients["child"])))[0] == 404
    assert (await (await going("practitioner")).begin(client=str(cast.clients["teen"])))[0] in (403, 404)
    owner = await cast.actor("owner")
    await cast.inside(lambda: features.set_feature(owner, "client-uploads", on=False))
    status, told = await (await going("client")).begin(client=str(cast.clients["client"]))
    assert (status, told["code"]) == (403, "client-uploads-off")
    assert (await (await going("client")).begin())[0] == 200, "the paperclip follows messaging"


async def test_uploads_switched_off_on_the_way_bring_nothing_into_the_record(cast, going, rows, stored):
    here = await going()
    _, begun = await here.begin(client=str(cast.clients["client"]))
    owner = await cast.actor("owner")
    await cast.inside(lambda: features.set_feature(owner, "client-uploads", on=False))
    _, told = await here.piece(begun["upload"]["id"], 0, VIDEO)
    assert told["upload"]["state"] == "refused" and "switched off" in told["upload"]["reason"]
    assert await rows("SELECT id FROM client_file") == []


async def test_who_looks_through_anothers_eyes_begins_and_finds_nothing(cast, going):
    from dataclasses import replace

    _, begun = await (await going()).begin()
    client = await cast.actor("client")
    eyes = replace(await cast.actor("practitioner"), login_id=client.login_id, lens=client.access)
    with pytest.raises(Missing):
        await cast.inside(lambda: uploading.upload_for(eyes, begun["upload"]["id"]))


async def test_what_two_cancel_at_once_is_told_once(going, rows, cast):
    here, ana = await going(), await cast.actor("client")
    id = UUID((await here.begin())[1]["upload"]["id"])
    cancel = lambda: cast.inside(lambda: uploading.cancel(ana, id))  # noqa: E731
    assert await meet(cast.practice_id, cancel, cancel) == [None, None]
    assert len(await rows("SELECT 1 FROM event WHERE type = 'upload.ended'")) == 1
