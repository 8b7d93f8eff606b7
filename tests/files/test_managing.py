"""What staff do with the files of a client: rename, move, tag, delete, restore."""

import pytest

from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, Missing, Refusal
from models.core.ids import new_id
from models.files import listing, managing, own_files
from models.files.own_files import own_uploads
from models.files.tables import ClientFile, FileFolder
from tests.files import samples
from tests.files.conftest import opens
from tests.support.meeting import meet


@pytest.fixture
def maya(cast):
    """Runs a verb as the practitioner: `await maya(managing.rename, kept, "new.pdf")`."""

    async def run(verb, kept, *args, name="practitioner"):
        actor = await cast.actor(name)
        return await cast.inside(lambda: verb(actor, kept.client_id, kept.id, *args))

    return run


async def shown(cast, client="client", view="uploaded", **by):
    actor = await cast.actor("practitioner")
    narrowed = listing.Narrowed(**by)
    return (await cast.inside(lambda: listing.kept_files(actor, cast.clients[client], view, narrowed=narrowed))).files


async def test_renamed_it_is_so_for_staff_and_as_it_came_for_the_client(cast, keep, maya, sender):
    kept = await keep("client", "client", "IMG_0012.pdf")
    await maya(managing.rename, kept, "Insurance card")
    assert [one.name for one in await shown(cast)] == ["Insurance card.pdf"]
    client = await cast.actor("client")
    assert [one.name for one in (await cast.inside(lambda: own_uploads(client))).files] == ["IMG_0012.pdf"]
    for name, word in (("practitioner", "Insurance card.pdf"), ("client", "IMG_0012.pdf")):
        answer = await (await sender(cast, name)).browser.opened(f"/files/{kept.file_id}?download=1")
        assert f'filename="{word}"' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("given", "name"),
    [("../../x\u202e.pdf", "x.pdf"), ("a.exe", "a.exe.pdf"), ("Straße", "Straße.pdf")],
)
async def test_whatever_it_is_renamed_to_the_name_is_clean_and_the_ending_stays(cast, keep, maya, given, name):
    kept = await keep("client", "client")
    await maya(managing.rename, kept, given)
    assert [one.name for one in await shown(cast)] == [name]


async def test_a_name_of_nothing_is_refused(cast, keep, maya):
    with pytest.raises(Invalid):
        await maya(managing.rename, await keep("client", "client"), "\u202e. ")


async def test_into_a_folder_out_of_it_and_the_folder_goes(cast, keep, maya):
    kept = await keep("client", "client")
    actor = await cast.actor("practitioner")
    folder = await cast.inside(lambda: managing.add_folder(actor, kept.client_id, "Insurance"))
    same = await cast.inside(lambda: managing.add_folder(actor, kept.client_id, "insurance"))
    assert folder == same
    await maya(managing.move, kept, folder)
    assert [one.folder for one in await shown(cast, folder=folder)] == ["Insurance"]
    await cast.inside(lambda: managing.rename_folder(actor, kept.client_id, folder, "Cards"))
    around = await cast.inside(lambda: listing.around(actor, kept.client_id))
    assert [(one["name"], one["files"]) for one in around.folders] == [("Cards", 1)]
    await cast.inside(lambda: managing.remove_folder(actor, kept.client_id, folder))
    assert [one.folder for one in await shown(cast)] == [""]


async def test_into_a_folder_of_another_client_it_does_not_go(cast, keep, maya):
    kept = await keep("client", "client")
    actor = await cast.actor("practitioner")
    folder = await cast.inside(lambda: managing.add_folder(actor, cast.clients["teen"], "School"))
    with pytest.raises(Missing):
        await maya(managing.move, kept, folder)


async def test_tags_are_added_once_and_taken_off(cast, keep, maya):
    kept = await keep("client", "client")
    for name in ("insurance", "insurance", " 2026  card "):
        await maya(managing.tag, kept, name)
    assert [one.tags for one in await shown(cast, tag="insurance")] == [("2026 card", "insurance")]
    await maya(managing.untag, kept, "insurance")
    assert await shown(cast, tag="insurance") == []
    for number in range(9):
        await maya(managing.tag, kept, f"tag {number}")
    with pytest.raises(Invalid):
        await maya(managing.tag, kept, "one too many")


async def test_deleted_with_a_reason_nobody_opens_it_and_restored_everybody_does(cast, keep, maya):
    kept = await keep("parent", "teen")
    await maya(managing.delete, kept, "Of another family")
    assert not await opens(cast, "practitioner", kept.file_id)
    assert not await opens(cast, "parent", kept.file_id, "teen")
    parent = await cast.actor("parent", client="teen")
    assert [one.state for one in (await cast.inside(lambda: own_uploads(parent))).files] == ["deleted"]
    (gone,) = await shown(cast, "teen", "deleted")
    assert (gone.reason, gone.deleted_by, gone.opens) == ("Of another family", "Maya Okafor", False)
    await maya(managing.restore, kept)
    assert await opens(cast, "practitioner", kept.file_id)
    assert await opens(cast, "parent", kept.file_id, "teen")
    assert not await opens(cast, "coparent", kept.file_id)


async def test_thirty_days_after_it_was_deleted_it_is_erased(cast, keep, maya, stored):
    kept = await keep("client", "client")
    await maya(managing.delete, kept, "Sent twice")
    assert (await cast.inside(lambda: managing.erase_due(kept.id))).days == 29
    await cast.inside(lambda: execute("UPDATE client_file SET deleted_at = now() - interval '31 days'"))
    assert await cast.inside(lambda: managing.erase_due(kept.id)) is None
    from server.jobs import JOBS

    await JOBS["file.erase"](cast.practice_id, {"file": kept.file_id})
    assert stored() == 0
    with pytest.raises(Conflict):
        await maya(managing.restore, kept)


async def test_who_may_not_read_what_the_record_says_changes_nothing(cast, keep, maya):
    kept = await keep("client", "client")
    for name in ("frontdesk", "biller", "owner"):
        for verb, args in ((managing.rename, ("x",)), (managing.move, (None,)), (managing.tag, ("x",)),
                           (managing.delete, ("reason",))):
            with pytest.raises(Forbidden):
                await maya(verb, kept, *args, name=name)


async def test_a_stranger_to_the_record_finds_nothing(cast, keep, neighbours):
    kept = await keep("client", "client")
    other = await neighbours.actor("practitioner")
    with pytest.raises(Missing):
        await neighbours.inside(lambda: managing.rename(other, kept.client_id, kept.id, "x"))


async def test_under_another_clients_address_it_does_not_stand(cast, keep):
    kept = await keep("client", "client")
    actor = await cast.actor("practitioner")
    with pytest.raises(Missing):
        await cast.inside(lambda: managing.delete(actor, cast.clients["teen"], kept.id, "reason"))


async def test_a_clients_words_stay_out_of_events(cast, keep, maya, rows):
    kept = await keep("client", "client", "canary-name.txt", samples.TEXT)
    await maya(managing.rename, kept, "canary-new")
    await maya(managing.tag, kept, "canary-tag")
    await maya(managing.delete, kept, "canary-reason")
    told = await rows("SELECT ids::text || coalesce(audience::text, '') AS said FROM event WHERE type ~ 'file'")
    data = await rows("SELECT data::text AS said, ids::text AS ids FROM event_data")
    assert len(told) >= 4
    assert "canary" not in str([dict(one) for one in (*told, *data)])


async def test_two_records_that_become_one_have_all_files_once_and_folders_of_one_name(cast, keep, maya, rows):
    from models.files.merging import MERGING

    teen, child = await keep("parent", "teen", "a.pdf"), await keep("parent", "child", "b.pdf")
    actor = await cast.actor("practitioner")
    for kept, name in ((teen, "School"), (child, "school")):
        folder = await cast.inside(lambda kept=kept, name=name: managing.add_folder(actor, kept.client_id, name))
        await maya(managing.move, kept, folder)
        await maya(managing.tag, kept, "report")
    joined = {cast.accesses["parent", "child"]: cast.accesses["parent", "teen"]}
    await cast.inside(lambda: MERGING.move(cast.clients["teen"], cast.clients["child"], joined))
    assert [(one.name, one.folder) for one in await shown(cast, "teen")] == [("b.pdf", "School"), ("a.pdf", "School")]
    assert len(await rows("SELECT id FROM file_folder")) == 1
    assert len(await shown(cast, "teen", tag="report")) == 2, "found by their tag as well"
    (used,) = await rows("SELECT bytes FROM file_usage WHERE client_id = $1", cast.clients["teen"])
    assert used["bytes"] == 2 * len(samples.PDF)
    parent = await cast.actor("parent", client="teen")
    assert len((await cast.inside(lambda: own_uploads(parent))).files) == 2


async def test_what_staff_called_it_is_read_by_who_reads_that_record_alone(cast, browse, keep):
    """The front desk holds the bytes by something else, and reads no record: to them it is called as it came."""
    kept, desk, maya = await keep("client", "client"), await browse(cast, "frontdesk"), await cast.actor("practitioner")
    await cast.inside(lambda: managing.rename(maya, kept.client_id, kept.id, "canary-diagnosis"))
    await cast.inside(lambda: execute(
        "INSERT INTO file_grant (id, file_id, holder, holder_id, subject_id) VALUES ($1, $2, 'login', $3, $1)",
        new_id(), kept.file_id, cast.logins["frontdesk"],
    ))
    answer = await desk.opened(f"/files/{kept.file_id}")
    assert answer.status_code == 200 and "card.pdf" in answer.headers["Content-Disposition"]
    told = (await (await browse(cast, "practitioner")).opened(f"/files/{kept.file_id}")).headers["Content-Disposition"]
    assert "canary-diagnosis.pdf" in told, "the premise"


async def at_once(cast, *verbs):
    """Each of these verbs with its arguments, by the practitioner, in one moment: what it came to, in a word."""
    actor = await cast.actor("practitioner")
    tries = [lambda verb=verb, args=args: cast.inside(lambda: verb(actor, *args)) for verb, *args in verbs]
    return [one.code if isinstance(one, Refusal) else one for one in await meet(cast.practice_id, *tries)]


async def test_a_folder_that_two_add_at_once_is_one(cast):
    add = (managing.add_folder, cast.clients["client"], "School")
    first, second = await at_once(cast, add, add)
    assert first == second


async def test_of_two_who_add_the_last_folder_at_once_the_second_is_told(cast, monkeypatch):
    monkeypatch.setattr(managing, "MOST_FOLDERS", 1)
    said = await at_once(cast, *((managing.add_folder, cast.clients["client"], name) for name in ("School", "Court")))
    assert len(said) == 2 and said.count("invalid") == 1
    assert await cast.inside(lambda: FileFolder.filter(client_id=cast.clients["client"]).count()) == 1


async def test_of_two_who_give_a_file_its_last_tag_at_once_the_second_is_told(cast, keep, monkeypatch):
    monkeypatch.setattr(managing, "MOST_TAGS", 1)
    kept = await keep("client", "client")
    said = await at_once(cast, *((managing.tag, kept.client_id, kept.id, name) for name in ("school", "court")))
    assert sorted(said, key=str) == [None, "invalid"]
    assert len(await cast.inside(lambda: fetch_all(managing.TAGS, kept.id))) == 1


async def test_of_two_who_give_their_folders_one_name_at_once_the_second_is_told(cast):
    client = cast.clients["client"]
    actor = await cast.actor("practitioner")
    folders = [await cast.inside(lambda name=name: managing.add_folder(actor, client, name)) for name in "AB"]
    said = await at_once(cast, *((managing.rename_folder, client, one, "School") for one in folders))
    assert sorted(said, key=str) == [None, "invalid"]


async def test_a_folder_goes_while_a_file_comes_into_it(cast, keep):
    kept = await keep("client", "client")
    actor = await cast.actor("practitioner")
    folder = await cast.inside(lambda: managing.add_folder(actor, kept.client_id, "School"))
    moved, removed = await at_once(cast, (managing.move, kept.client_id, kept.id, folder),
                                   (managing.remove_folder, kept.client_id, folder))
    assert removed is None and moved in (None, "not-found")
    assert [one.folder for one in await shown(cast)] == [""]


async def test_of_two_who_delete_it_at_once_the_first_ones_reason_stands(cast, keep):
    kept = await keep("client", "client")
    said = await at_once(cast, *((managing.delete, kept.client_id, kept.id, reason) for reason in ("Twice", "Blank")))
    (gone,) = await shown(cast, view="deleted")
    assert sorted(said, key=str) == [None, "not-found"]
    assert gone.reason == ("Twice" if said[0] is None else "Blank")


async def test_what_its_sender_takes_back_while_staff_delete_it_is_one_of_both(cast, keep):
    kept, client = await keep("client", "client"), await cast.actor("client")
    maya = await cast.actor("practitioner")
    await meet(cast.practice_id, lambda: cast.inside(lambda: own_files.remove(client, kept.id)),
               lambda: cast.inside(lambda: managing.delete(maya, kept.client_id, kept.id, "Blank")))
    row = await cast.inside(lambda: ClientFile.get(id=kept.id))
    assert (row.removed_at is None) is not (row.deleted_at is None)


@pytest.mark.parametrize("erased_first", [True, False])
async def test_what_is_restored_in_the_moment_its_days_end_is_whole_or_erased(cast, keep, maya, erased_first):
    kept = await keep("client", "client")
    await maya(managing.delete, kept, "Blank")
    await cast.inside(lambda: execute("UPDATE client_file SET deleted_at = now() - interval '31 days'"))
    tries = [lambda: cast.inside(lambda: managing.erase_due(kept.id)), lambda: maya(managing.restore, kept)]
    said = await meet(cast.practice_id, *(tries if erased_first else tries[::-1]))
    told = [one.code for one in said if isinstance(one, Refusal)]
    assert [one for one in said if isinstance(one, Exception) and not isinstance(one, Refusal)] == []
    assert await opens(cast, "practitioner", kept.file_id) is (told == [])
