"""Which pages are looks at a client's record, and whose."""

from __future__ import annotations

from uuid import uuid4

import pytest
from obstore.store import LocalStore

from models.core.database import execute
from models.core.ids import new_id
from models.files.tables import ClientFile, File
from server import storage
from server.door import DOORS
from tests.files import samples
from tests.files.conftest import Sender
from tests.messaging.conftest import Talk
from tests.support.steps import Person, address
from tests.support.walking import ids_about


@pytest.fixture
def talk(cast):
    return Talk(cast)


async def test_staff_who_read_a_clients_conversation_look_at_that_record(cast, browse, talk, log):
    conversation = await talk.start("practitioner", "parent", about="teen")
    maya = await browse(cast, "practitioner")
    await maya.get(f"/staff/messages/{conversation}")
    (kept,) = await log.looks("conversation")
    assert (kept["login_id"], kept["client_id"]) == (cast.logins["practitioner"], cast.clients["teen"])
    await maya.json(f"/staff/conversations/{conversation}/messages")
    assert len(await log.looks("conversation")) == 1, "lines come in pieces: the same look"
    await maya.get(f"/staff/messages/{conversation}")
    assert len(await log.looks("conversation")) == 2, "a page opened anew is a look of its own"


async def test_what_a_search_shows_of_a_client_is_a_look_at_that_record(cast, browse, talk, log):
    about_teen = await talk.start("practitioner", "parent", about="teen")
    await talk.say("parent", about_teen, "He likes the harbour")
    own = await talk.start("practitioner", "client", about="client")
    await talk.say("client", own, "I like the harbour, too")
    maya, ana = await browse(cast, "practitioner"), await browse(cast, "client")
    for _ in range(2):
        found = await (await maya.send("/staff/messages/search", {"words": "harbour"})).get_json()
        assert len(found["messages"]) == 2, "the premise"
    kept = await log.looks("message-search")
    assert {(one["subject_id"], one["client_id"]) for one in kept} == {
        (about_teen, cast.clients["teen"]), (own, cast.clients["client"]),
    } and len(kept) == 2, "typing on is the same look"
    await maya.send("/staff/messages/search", {"words": "nothing of it"})
    await ana.send("/messages/search", {"words": "harbour"})
    assert len(await log.looks("message-search")) == 2, "what is one's own, or was not found, is none"


async def test_a_contact_who_opens_a_childs_record_stands_in_its_log(cast, browse, log):
    teen = cast.clients["teen"]
    karen = await browse(cast, "parent")
    assert (await karen.json(f"/for/{teen}/profile")).status_code == 200
    assert (await (await browse(cast, "client")).json("/profile")).status_code == 200
    (kept,) = await log.looks("client.profile")
    assert (kept["login_id"], kept["client_id"]) == (cast.logins["parent"], teen), "and one's own is none"
    tab = await (await (await browse(cast, "owner")).json(f"/staff/clients/{teen}/audit")).get_json()
    told = [f"{one['who']} {one['words']}" for one in tab["entries"]]
    assert "Karen Marsh looked at a child’s information" in told


async def test_among_staff_and_for_clients_it_is_none(cast, browse, talk, log):
    staff = await talk.start("practitioner", "owner")
    await (await browse(cast, "practitioner")).get(f"/staff/messages/{staff}")
    own = await talk.start("practitioner", "client", about="client")
    await (await browse(cast, "client")).get(f"/messages/{own}")
    assert await log.looks("conversation") == []


async def test_a_clients_file_and_its_picture_opened_by_staff(cast, browse, talk, log, tmp_path, monkeypatch):
    place = LocalStore(prefix=tmp_path, mkdir=True)
    monkeypatch.setattr(storage, "store", lambda: place)
    conversation = await talk.start("practitioner", "client", about="client")
    ana, maya = await browse(cast, "client"), await browse(cast, "practitioner")
    file = await Sender(ana).sent("a.png", samples.picture())
    await ana.send(f"/conversations/{conversation}/messages", {"files": [str(file["id"])]})
    assert (await ana.opened(f"/files/{file['id']}")).status_code == 200
    (own,) = await log.looks("file")
    assert own["login_id"] == cast.logins["client"], "every download is kept, one's own as well"
    for _ in range(2):
        assert (await maya.opened(f"/files/{file['id']}")).status_code == 200
    assert (await maya.opened(f"/files/{file['id']}/thumbnail")).status_code == 200
    (kept,) = [one for one in await log.looks("file") if one["login_id"] != cast.logins["client"]]
    assert (kept["login_id"], kept["client_id"]) == (cast.logins["practitioner"], cast.clients["client"])
    assert kept["session_id"] == maya.session_id


async def a_kept_file(cast) -> str:
    """In the record of the teen, brought by themselves."""
    async def work() -> str:
        file = await File.create(login_id=cast.logins["teen"], name="a.txt", type="text/plain", size=1, sha256=b"0",
                                 storage_key=str(uuid4()))
        kept = await ClientFile.create(client_id=cast.clients["teen"], file_id=file.id, source="upload", name="a.txt",
                                       access_id=cast.accesses["teen", "teen"])
        return str(kept.id)

    return str(await cast.inside(work))


async def test_no_page_of_a_clients_record_opens_unseen(cast, browse, log):
    """Each door under a client's address, as a page and as JSON. A new one is found here."""
    await cast.inside(lambda: execute(
        "UPDATE staff_member SET all_clients = true, clinical = true WHERE id = $1", cast.staff["owner"]
    ))
    owner = await browse(cast, "owner")
    others = {"<uuid:other>": str(cast.clients["child"]), "<uuid:kept>": await a_kept_file(cast)}
    ids = {**ids_about(cast, "teen"), **others}
    person, seen = Person(owner, cast, "teen", None, ids), 0
    await owner.json(f"/staff/clients/{cast.clients['teen']}/messages/list")
    assert len(await log.looks("client-messages")) == 1, "a list alone is a look, once a minute"
    for door in DOORS:
        if door.method == "GET" and "/staff/clients/<uuid:id>" in door.path:
            for ask in (owner.get, owner.json):
                before = len(await log.looks())
                answer = await ask(address(door, person))
                looks = [one for one in (await log.looks())[before:] if one["client_id"] == cast.clients["teen"]]
                noted = looks or door.path.endswith("/messages/list")
                assert answer.status_code == 200 and noted, (door.path, answer.status_code)
                seen += 1
    assert seen > 25, "the premise"


async def test_who_is_refused_has_not_looked(cast, browse, talk, log):
    conversation = await talk.start("practitioner", "client", about="client")
    biller = await browse(cast, "biller")
    assert (await biller.get(f"/staff/messages/{conversation}")).status_code == 404
    assert await log.looks() == []


async def test_a_file_of_two_records_is_a_look_at_both(cast, browse, log, tmp_path, monkeypatch):
    """A couple's attachment, or one that was saved to both: each of the two finds it in their own log."""
    place = LocalStore(prefix=tmp_path, mkdir=True)
    monkeypatch.setattr(storage, "store", lambda: place)
    maya = await browse(cast, "practitioner")
    file = await Sender(maya).sent("a.txt", samples.TEXT)
    for whose in ("client", "teen"):
        await cast.inside(lambda whose=whose: execute(
            "INSERT INTO file_grant (id, file_id, holder, holder_id, subject_id)"
            " VALUES ($1, $2, 'staff-of-client', $3, $1)",
            new_id(), file["id"], cast.clients[whose],
        ))
    for _ in range(2):
        assert (await maya.opened(f"/files/{file['id']}")).status_code == 200
    kept = await log.looks("file")
    assert sorted(one["client_id"] for one in kept) == sorted([cast.clients["client"], cast.clients["teen"]])
