"""What happened lately, on the first page of a staff member: what belongs together stands in one line."""

from __future__ import annotations

from models.notifications.happenings import latest


async def _lines(cast, name):
    actor = await cast.actor(name)
    return [(one["who"], one["what"]) for one in await cast.inside(lambda: latest(actor))]


async def test_several_messages_in_a_row_are_one_line_until_somebody_else_writes(talk, cast):
    ana = await talk.start("client", about="client")
    leo = await talk.start("teen", about="teen")
    for body in ("One", "Two", "Three"):
        await talk.say("client", ana, body)
    await talk.say("teen", leo, "Four")
    await talk.say("client", ana, "Five")
    assert (await _lines(cast, "practitioner"))[:3] == [
        ("Ana Beltrán", "sent you a message"),
        ("Leo Marsh", "sent you a message"),
        ("Ana Beltrán", "sent you 3 messages"),
    ]
    assert await _lines(cast, "biller") == []


async def test_a_long_talk_does_not_push_out_what_else_happened(talk, cast):
    leo = await talk.start("teen", about="teen")
    await talk.say("teen", leo, "Hello")
    ana = await talk.start("client", about="client")
    for number in range(20):
        await talk.say("client", ana, f"Line {number}")
    lines = await _lines(cast, "practitioner")
    assert lines[0] == ("Ana Beltrán", "sent you 20 messages")
    assert ("Leo Marsh", "sent you a message") in lines


async def test_an_upload_stands_there_with_who_it_was_and_leads_to_the_files(cast):
    from models.core.ids import new_id
    from models.files.keeping import keep_for_client
    from models.files.tables import File

    karen = await cast.actor("parent", client="teen")
    file = await cast.inside(lambda: File.create(
        id=new_id(), login_id=karen.login_id, name="canary.pdf", type="application/pdf", size=9, sha256=b"0",
        storage_key=str(new_id())))
    await cast.inside(lambda: keep_for_client(
        karen, file.id, cast.clients["teen"], "upload", access_id=cast.accesses["parent", "teen"]))
    maya = await cast.actor("practitioner")
    (line,) = [one for one in await cast.inside(lambda: latest(maya)) if "upload" in one["what"]]
    assert (line["who"], line["what"]) == ("Karen Marsh", "uploaded a file")
    assert line["href"] == f"/staff/clients/{cast.clients['teen']}/files"
    assert await _lines(cast, "biller") == []
