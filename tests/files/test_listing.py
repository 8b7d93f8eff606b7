"""The files of a client as staff see them: by who brought them, who shared them, and in which conversation."""

import pytest

from models.core.change import change
from models.core.database import execute
from models.core.errors import Forbidden
from models.core.ids import new_id
from models.files import listing
from models.files.granting import grant_to_seats
from models.files.keeping import save_from_message
from models.messaging import sending, starting
from models.messaging.seats import conversation_for
from tests.files import samples


@pytest.fixture
def lists(cast):
    async def list_one(what, name="practitioner", client="client", **options):
        actor = await cast.actor(name)
        return await cast.inside(lambda: what(actor, cast.clients[client], **options))

    return list_one


async def test_who_and_when_and_whether_it_is_new(cast, keep, lists, sender):
    await keep("client", "client", "a.pdf")
    kept = await keep("client", "client", "b.pdf")
    await (await sender(cast, "practitioner")).browser.opened(f"/files/{kept.file_id}")
    found = (await lists(listing.kept_files)).files
    assert [(one.name, one.who, one.seen, one.seen_by) for one in found] == [
        ("b.pdf", "Ana Beltrán", True, "Maya Okafor"), ("a.pdf", "Ana Beltrán", False, "")]
    assert (await lists(listing.around)).new == 1


async def test_staff_see_what_both_parents_brought_with_their_names(keep, lists):
    await keep("parent", "teen", "a.pdf")
    await keep("coparent", "teen", "b.pdf")
    found = (await lists(listing.kept_files, client="teen")).files
    assert [one.who for one in found] == ["David Ellison", "Karen Marsh"]


async def test_pages_follow_each_other_by_key(keep, lists):
    for number in range(5):
        await keep("client", "client", f"{number}.pdf")
    first = await lists(listing.kept_files, limit=2)
    second = await lists(listing.kept_files, limit=2, before=first.next)
    third = await lists(listing.kept_files, limit=2, before=second.next)
    names = [one.name for page in (first, second, third) for one in page.files]
    assert names == [f"{number}.pdf" for number in (4, 3, 2, 1, 0)] and third.next is None


async def test_part_of_a_name_finds_it_whatever_its_case_and_signs(keep, lists):
    for name in ("Insurance 100%_card.pdf", "Report.pdf"):
        await keep("client", "client", name)
    for words, found in (("insur", 1), ("100%_", 1), ("%", 1), ("nothing", 0), ("", 2)):
        page = await lists(listing.kept_files, narrowed=listing.Narrowed(words=words))
        assert len(page.files) == found, words


async def test_what_the_practice_shared_stands_by_its_grants(cast, sender, lists, keep):
    await keep("parent", "teen")
    file = await (await sender(cast, "practitioner")).sent("Handout.pdf", samples.PDF)
    grants = [("access", cast.accesses["parent", "teen"]), ("access", cast.accesses["teen", "teen"]),
              ("staff-of-client", cast.clients["teen"])]
    for holder, holder_id in grants:
        await cast.inside(lambda holder=holder, holder_id=holder_id: execute(
            "INSERT INTO file_grant (id, file_id, holder, holder_id, subject_id) VALUES ($1, $2, $3, $4, $5)",
            new_id(), file["id"], holder, holder_id, new_id()))
    (one,) = (await lists(listing.shared_files, client="teen")).files
    assert (one.name, one.who, sorted(one.with_whom), one.opens) == (
        "Handout.pdf", "Maya Okafor", ["Karen Marsh", "Leo Marsh"], True)
    assert (await lists(listing.shared_files, client="client")).files == []
    await cast.inside(lambda: execute("UPDATE file_grant SET until = now() WHERE holder = 'access'"))
    assert (await lists(listing.shared_files, client="teen")).files == [], "un-shared"


async def _sent(cast, sender):
    client = await cast.actor("client")
    conversation = await cast.inside(lambda: starting.start(client, [cast.staff["practitioner"]]))
    file = await (await sender(cast, "client")).sent("Photo.pdf", samples.PDF)
    sitting = await cast.inside(lambda: conversation_for(client, conversation))
    await cast.inside(lambda: sending.send(client, sitting, files=[file["id"]]))
    return conversation, file


async def test_attachments_of_a_conversation_stand_there_for_who_sits_in_it_until_they_are_saved(cast, sender, lists):
    conversation, file = await _sent(cast, sender)
    (one,) = (await lists(listing.attached_files)).files
    assert (str(one.file), one.who, one.conversation, one.id) == (file["id"], "Ana Beltrán", conversation, None)
    assert (await lists(listing.attached_files, name="supervisor")).files == [], "they do not sit there"
    maya = await cast.actor("practitioner")
    await cast.inside(lambda: save_from_message(maya, file["id"], cast.clients["client"]))
    assert (await lists(listing.attached_files)).files == []
    (saved,) = (await lists(listing.kept_files, name="supervisor", view="messages")).files
    assert (saved.name, saved.source, saved.who) == ("Photo.pdf", "message", "Maya Okafor")


async def test_who_may_not_read_what_the_record_says_sees_no_list(keep, lists):
    await keep("client", "client")
    for name in ("frontdesk", "biller", "owner"):
        for what in (listing.kept_files, listing.shared_files, listing.attached_files, listing.around):
            with pytest.raises(Forbidden):
                await lists(what, name=name)


async def test_overview_tells_the_front_desk_how_many_are_new_and_no_name(cast, browse, keep):
    await keep("client", "client", "canary.pdf")
    for name, says in (("frontdesk", {"new": 1}), ("biller", {"new": None})):
        browser = await browse(cast, name)
        answer = await browser.json(f"/staff/clients/{cast.clients['client']}/files/newest")
        assert (answer.status_code, await answer.get_json()) == (200, says)
        page = await (await browser.get(f"/staff/clients/{cast.clients['client']}/files/newest")).get_data(as_text=True)
        assert "canary" not in page


async def test_the_pages_draw_each_view(cast, browse, keep, sender):
    kept = await keep("client", "client", "Card.pdf")
    await _sent(cast, sender)
    maya = await browse(cast, "practitioner")
    here = f"/staff/clients/{cast.clients['client']}"
    newest = await (await maya.get(f"{here}/files/newest")).get_data(as_text=True)
    for words in ("Uploaded by the client (1 new)", "Shared by the practice", "From messages", "Card.pdf", "Photo.pdf",
                  "Save to Files", "New"):
        assert words in newest
    for view in ("uploaded", "shared", "messages", "deleted"):
        assert (await maya.get(f"{here}/files?view={view}")).status_code == 200
    page = await (await maya.get(f"{here}/files")).get_data(as_text=True)
    assert "Not scanned for viruses" in page and f"kept-{kept.id}" in page
    found = await maya.post(f"{here}/files/find", {"view": "uploaded", "words": "card"})
    assert "Card.pdf" in await found.get_data(as_text=True)
    assert f"{here}/files/newest" in await (await maya.get(here)).get_data(as_text=True)


async def test_the_grants_of_ones_own_upload_are_not_called_shared(cast, keep, lists, talk):
    kept = await keep("client", "client")
    client = await cast.actor("client")

    async def attach():
        async with change(client, "message.send"):
            await grant_to_seats(client, [kept.file_id], [talk["practitioner"]], subject_id=new_id())

    await cast.inside(attach)
    assert (await lists(listing.shared_files)).files == []
