"""Files in a client's record: brought by the client or a contact, or saved from a message."""

from functools import partial

import pytest

from models.clients.overview import happened_lately
from models.core.errors import Forbidden, Missing
from models.files.granting import grant_to_seats
from models.files.keeping import keep_for_client, save_from_message, saved_from_messages
from tests.files import samples
from tests.files.conftest import opens


async def test_who_brought_it_and_staff_who_read_the_record_may_open_it(cast, keep):
    kept = await keep("client", "client")
    assert [await opens(cast, name, kept.file_id) for name in ("client", "practitioner")] == [True, True]
    assert [await opens(cast, name, kept.file_id) for name in ("frontdesk", "biller", "owner")] == [False] * 3


async def test_the_other_parent_and_the_teen_do_not_see_what_one_parent_brought(cast, keep):
    kept = await keep("parent", "teen")
    assert await opens(cast, "parent", kept.file_id, "teen")
    assert not await opens(cast, "coparent", kept.file_id)
    assert not await opens(cast, "teen", kept.file_id)


async def test_what_a_parent_brought_for_one_child_is_not_read_acting_for_the_other(cast, keep):
    kept = await keep("parent", "teen")
    assert not await opens(cast, "parent", kept.file_id, "child")


async def test_nobody_puts_a_file_into_a_record_as_somebody_else(cast, sender):
    sent = await (await sender(cast, "parent")).sent("card.pdf", samples.PDF)
    parent = await cast.actor("parent", client="teen")
    for client, access in (("teen", ("coparent", "teen")), ("child", ("parent", "child"))):
        with pytest.raises(Missing):
            await cast.inside(lambda client=client, access=access: keep_for_client(
                parent, sent["id"], cast.clients[client], "upload", access_id=cast.accesses[access]))


async def test_nobody_keeps_a_file_that_another_person_brought(cast, sender):
    sent = await (await sender(cast, "parent")).sent("card.pdf", samples.PDF)
    client = await cast.actor("client")
    with pytest.raises(Missing):
        await cast.inside(lambda: keep_for_client(
            client, sent["id"], cast.clients["client"], "upload", access_id=cast.accesses["client", "client"]))


async def test_the_same_file_kept_twice_is_one_entry(cast, sender):
    sent = await (await sender(cast, "client")).sent("card.pdf", samples.PDF)
    client = await cast.actor("client")
    ids = [await cast.inside(lambda: keep_for_client(
        client, sent["id"], cast.clients["client"], "upload", access_id=cast.accesses["client", "client"]))
        for _ in range(2)]
    assert ids[0].id == ids[1].id


async def test_staff_hear_of_it_with_ids_alone(cast, keep, rows):
    kept = await keep("client", "client")
    (row,) = await rows("SELECT ids, audience FROM event WHERE type = 'client.file_uploaded'")
    assert row["ids"] == {"client": str(kept.client_id), "access": str(kept.access_id), "file": str(kept.file_id),
                          "kept": str(kept.id)}
    assert f"desk:{cast.logins['practitioner']}" in row["audience"]


async def _attached(cast, sender, talk) -> str:
    sent = await (await sender(cast, "client")).sent("photo.pdf", samples.PDF)
    client = await cast.actor("client")
    await cast.inside(lambda: grant_to_seats(
        client, [sent["id"]], [talk["practitioner"], talk["client"]], subject_id=talk["conversation"]))
    return sent["id"]


async def test_a_messages_attachment_is_saved_to_files_for_all_who_read_the_record(cast, sender, talk):
    file = await _attached(cast, sender, talk)
    assert not await opens(cast, "supervisor", file)
    maya = await cast.actor("practitioner")
    kept = await cast.inside(lambda: save_from_message(maya, file, cast.clients["client"]))
    again = await cast.inside(lambda: save_from_message(maya, file, cast.clients["client"]))
    assert kept.source == "message" and again.id == kept.id
    assert await opens(cast, "supervisor", file)
    for name, says in (("practitioner", [kept.file_id]), ("frontdesk", []), ("biller", [])):
        actor = await cast.actor(name)
        assert await cast.inside(partial(saved_from_messages, actor, kept.client_id)) == says


async def test_only_who_may_open_an_attachment_saves_it_and_only_to_whose_record_it_belongs(cast, sender, talk):
    file = await _attached(cast, sender, talk)
    for name, client in (("supervisor", "client"), ("frontdesk", "client"), ("practitioner", "teen")):
        actor = await cast.actor(name)
        with pytest.raises(Missing):
            await cast.inside(lambda actor=actor, client=client: save_from_message(actor, file, cast.clients[client]))
    biller = await cast.actor("biller")
    with pytest.raises(Forbidden):
        await cast.inside(lambda: save_from_message(biller, file, cast.clients["client"]))


async def test_what_one_person_uploaded_in_a_row_is_one_line_of_what_happened_lately(cast, keep):
    for name in ("front.pdf", "back.pdf", "letter.pdf"):
        await keep("client", "client", name)
    for who in ("practitioner", "owner"):
        actor = await cast.actor(who)
        found = await cast.inside(partial(happened_lately, actor, cast.clients["client"]))
        assert [(one["who"], one["what"]) for one in found] == [("Ana Beltrán", "uploaded 3 files")]
