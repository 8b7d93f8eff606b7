"""The files of a client as staff see them: by who brought them, who shared them, and in which conversation."""

import pytest

from models.core.change import change
from models.core.database import execute
from models.core.errors import Forbidden
from models.core.ids import new_id
from models.files import listing, managing
from models.files.granting import grant_to_people, grant_to_seats
from models.files.keeping import save_from_message
from models.files.listing import Narrowed
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
    assert f"kept-{kept.id}" in page and "Uploaded by the client (1 new)" in page
    assert "no virus scanner is set up" in page and "Not scanned for viruses" not in page, "said once, not of each"
    alone = await (await maya.get(f"{here}/files/{kept.id}")).get_data(as_text=True)
    assert "Not scanned for viruses" in alone
    await maya.post(f"{here}/files/{kept.id}/delete", {"reason": "Of another client"})
    deleted = await (await maya.get(f"{here}/files?view=deleted")).get_data(as_text=True)
    assert "Of another client" in deleted and ">New<" not in deleted
    await maya.post(f"{here}/files/{kept.id}/restore", {})
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


async def test_what_somebody_brought_for_a_paper_is_not_called_shared_by_the_practice(cast, sender, lists):
    """A photo for a form that is not handed in yet: staff neither read its name nor that it is there."""
    ana = await cast.actor("client")
    file = await (await sender(cast, "client")).sent("canary.pdf", samples.PDF)
    access, of = cast.accesses["client", "client"], cast.clients["client"]

    async def let(**holders):
        async with change(ana, "document.save"):
            await grant_to_people(ana, [file["id"]], subject_id=new_id(), **holders)

    await cast.inside(lambda: let(accesses=[access]))
    assert (await lists(listing.shared_files)).files == []
    await cast.inside(lambda: let(accesses=[access], staff_of=of))
    assert (await lists(listing.shared_files)).files == [], "nor once it is handed in"


async def test_a_page_of_what_was_shared_has_each_file_once_and_leads_to_those_before(cast, sender, lists):
    maya, brought = await cast.actor("practitioner"), await sender(cast, "practitioner")
    accesses = [cast.accesses["parent", "teen"], cast.accesses["teen", "teen"]]
    for name in ("1.pdf", "2.pdf", "3.pdf"):
        file = await brought.sent(name, samples.PDF)
        for _ in range(2):  # by two papers

            async def share(file=file):
                async with change(maya, "document.share"):
                    await grant_to_people(maya, [file["id"]], accesses=accesses, subject_id=new_id())

            await cast.inside(share)
    first = await lists(listing.shared_files, client="teen", limit=2)
    second = await lists(listing.shared_files, client="teen", limit=2, before=first.next)
    assert [one.name for one in (*first.files, *second.files)] == ["3.pdf", "2.pdf", "1.pdf"]
    assert second.next is None and sorted(first.files[0].with_whom) == ["Karen Marsh", "Leo Marsh"]


async def test_a_folder_and_a_tag_have_pages_of_their_own_and_tags_of_what_is_gone_are_not_offered(cast, keep, lists):
    maya = await cast.actor("practitioner")
    kept = [await keep("client", "client", f"{number}.pdf") for number in range(4)]
    folder = await cast.inside(lambda: managing.add_folder(maya, kept[0].client_id, "School"))
    for one in (kept[0], kept[2]):
        await cast.inside(lambda one=one: managing.move(maya, one.client_id, one.id, folder))
        await cast.inside(lambda one=one: managing.tag(maya, one.client_id, one.id, "report"))
    await cast.inside(lambda: managing.tag(maya, kept[1].client_id, kept[1].id, "Card"))
    for narrowed in (Narrowed(folder=folder), Narrowed(tag="report"), Narrowed(folder=folder, tag="report", words="P")):
        first = await lists(listing.kept_files, narrowed=narrowed, limit=1)
        second = await lists(listing.kept_files, narrowed=narrowed, limit=1, before=first.next)
        assert [one.name for one in (*first.files, *second.files)] == ["2.pdf", "0.pdf"] and second.next is None
    found = await lists(listing.around)
    assert sorted(found.tags) == ["Card", "report"] and [one["files"] for one in found.folders] == [2]
    await cast.inside(lambda: managing.delete(maya, kept[1].client_id, kept[1].id, "Of somebody else"))
    assert (await lists(listing.around)).tags == ["report"]


async def test_a_tag_beyond_the_first_hundred_is_searched_for(cast, browse, keep, lists, monkeypatch):
    monkeypatch.setattr(listing, "MOST_TAGS", 1)
    maya = await cast.actor("practitioner")
    kept = [await keep("client", "client", f"{number}.pdf") for number in range(3)]
    here, desk = f"/staff/clients/{kept[0].client_id}/files", await browse(cast, "practitioner")
    for one, name in zip(kept, ("Card", "school report"), strict=False):
        await cast.inside(lambda one=one, name=name: managing.tag(maya, one.client_id, one.id, name))
    found = await lists(listing.around)
    assert (found.tags, found.more_tags) == (["Card"], True)
    page = await (await desk.get(here)).get_data(as_text=True)
    beside = page.split('aria-label="Folders and tags"')[1]
    assert 'for="other-tag">Another tag' in beside and "school report" not in beside
    told = await (await desk.send(f"{here}/find", {"view": "uploaded", "tag": " school report "})).get_json()
    assert [one["name"] for one in told["files"]] == ["1.pdf"]
    nothing = await (await desk.post(f"{here}/find", {"view": "uploaded", "tag": "Reports"})).get_data(as_text=True)
    assert "No file here is called so, tagged so" in nothing and "upload in the portal stands here" not in nothing
    await cast.inside(lambda: managing.untag(maya, kept[1].client_id, kept[1].id, "school report"))
    assert (await lists(listing.around)).more_tags is False
    assert "Another tag" not in await (await desk.get(here)).get_data(as_text=True)


async def test_what_is_new_is_counted_to_a_hundred_and_said_as_more(cast, browse, keep, rows):
    kept = await keep("client", "client")
    await rows("""INSERT INTO client_file (id, client_id, file_id, access_id, source, name)
      SELECT gen_random_uuid(), client_id, gen_random_uuid(), access_id, 'upload', name FROM client_file,
        generate_series(1, 120)""")
    maya = await browse(cast, "practitioner")
    here = f"/staff/clients/{kept.client_id}/files"
    assert (await (await maya.json(here)).get_json())["new"] == 100
    for path in (here, f"{here}/newest"):
        page = await (await maya.get(path)).get_data(as_text=True)
        assert "99+" in page


async def test_attachments_have_pages_as_well(cast, sender, browse):
    client = await cast.actor("client")
    conversation = await cast.inside(lambda: starting.start(client, [cast.staff["practitioner"]]))
    ana = await sender(cast, "client")
    sitting = await cast.inside(lambda: conversation_for(client, conversation))
    for start in range(0, 32, 8):
        ids = [(await ana.sent(f"{number:02}.pdf", samples.PDF))["id"] for number in range(start, start + 8)]
        await cast.inside(lambda ids=ids: sending.send(client, sitting, files=ids))
    maya = await browse(cast, "practitioner")
    here = f"/staff/clients/{cast.clients['client']}/files?view=messages"
    first = await (await maya.json(here)).get_json()
    second = await (await maya.json(f"{here}&attached={first['attached_next']}")).get_json()
    names = [one["name"] for page in (first, second) for one in page["attached"]]
    assert names == [f"{number:02}.pdf" for number in range(31, -1, -1)] and second["attached_next"] is None
    page = await (await maya.get(here)).get_data(as_text=True)
    assert f"attached={first['attached_next']}" in page


async def test_what_was_looked_for_has_pages_that_ask_the_same_once_more(cast, browse, keep, rows):
    kept = await keep("client", "client", "Card.pdf")
    await rows("""INSERT INTO client_file (id, client_id, file_id, access_id, source, name)
      SELECT gen_random_uuid(), client_id, gen_random_uuid(), access_id, 'upload', name FROM client_file,
        generate_series(1, 30)""")
    await rows("""INSERT INTO file (id, login_id, name, type, size, sha256, storage_key)
      SELECT k.file_id, f.login_id, f.name, f.type, 1, f.sha256, k.file_id::text FROM client_file k, file f
      WHERE k.file_id <> f.id""")
    maya = await browse(cast, "practitioner")
    here = f"/staff/clients/{kept.client_id}/files/find"
    asked = {"view": "uploaded", "words": "card"}
    first = await (await maya.send(here, asked)).get_json()
    page = await (await maya.post(here, asked)).get_data(as_text=True)
    assert f'name="before" value="{first["next"]}"' in page
    assert '<input type="hidden" name="words" value="card">' in page
    second = await (await maya.send(here, {**asked, "before": first["next"]})).get_json()
    assert (len(first["files"]), len(second["files"]), second["next"]) == (30, 1, None)


async def test_one_file_has_a_page_with_all_that_is_done_with_it(cast, browse, keep):
    kept = await keep("client", "client", "Card.pdf")
    here = f"/staff/clients/{kept.client_id}/files"
    maya = await browse(cast, "practitioner")
    page = await (await maya.get(f"{here}/{kept.id}")).get_data(as_text=True)
    for words in ("rename", "tags", "delete", "seen"):
        assert f'action="{here}/{kept.id}/{words}"' in page
    assert f'href="{here}/{kept.id}"' in await (await maya.get(here)).get_data(as_text=True)
    refused = await maya.post(f"{here}/{kept.id}/rename", {"name": "evil.exe\u202e"})
    assert refused.status_code in (303, 422)
    short = await maya.post(f"{here}/{kept.id}/delete", {"reason": "x"})
    assert short.status_code == 422 and 'aria-describedby="file-reason' in await short.get_data(as_text=True)
    for path in (f"{here}/{new_id()}", f"/staff/clients/{cast.clients['teen']}/files/{kept.id}"):
        assert (await maya.get(path)).status_code == 404
    assert (await (await browse(cast, "frontdesk")).get(f"{here}/{kept.id}")).status_code == 403
