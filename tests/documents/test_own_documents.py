"""The tab Documents & Forms and filling in, at the doors: also without a script, and only one's own."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

from pypdf import PdfReader

from models.accounts.practices import today_here
from models.core.clock import now
from models.core.database import execute
from models.documents.filling import answers_of
from tests.documents.conftest import THOUGHTS


async def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(await answer.get_data(as_text=True))


async def test_the_tab_lists_what_is_to_do_in_order_with_due_dates_and_how_far_one_is(cast, paper, browse):
    today = await cast.inside(today_here)
    second = await paper.ask(questionnaire=THOUGHTS, place=2, due_on=today)
    first = await paper.ask(place=1, due_on=today - timedelta(days=1))
    ana = await browse(cast, "client")
    shown = await (await ana.json("/documents")).get_json()
    assert [one["id"] for one in shown["todo"]] == [str(first.id), str(second.id)]
    page = await text(await ana.get("/documents"))
    assert "Was due" in page and "Due today" in page and "Documents &amp; Forms" in page
    await text(await ana.get(f"/documents/{first.id}"))
    await paper.answer(first, "about/why", "I cannot sleep", page=1)
    assert "1 of 2 pages, go on" in await text(await ana.get("/documents"))


async def test_an_empty_tab_says_what_will_stand_there(cast, browse):
    page = await text(await (await browse(cast, "client")).get("/documents"))
    for words in ("Nothing to do", "Nothing shared yet", "Nothing handed in yet"):
        assert words in page


async def test_the_first_page_says_what_is_to_do(cast, paper, browse):
    await paper.ask()
    ana = await browse(cast, "client")
    assert "One form waits for you" in await text(await ana.get("/home"))
    assert "One form waits" in await text(await ana.get("/home/head"))


async def test_the_bar_counts_what_is_to_do_for_whom_one_acts(cast, paper, browse):
    karen, child, teen = await browse(cast, "parent"), cast.clients["child"], cast.clients["teen"]
    done, taken = await paper.ask("parent", client="child"), await paper.ask("parent", client="child")
    await paper.ask("parent", client="child")
    await paper.ask("coparent", client="teen")
    await paper.change(done, submitted_at=now())
    await paper.change(taken, withdrawn_at=now())
    counted = {path: (await (await karen.json(f"{path}/documents/badge")).get_json())["to_do"]
               for path in ("", f"/for/{child}", f"/for/{teen}")}
    assert counted == {"": 1, f"/for/{child}": 1, f"/for/{teen}": 0}
    page = await text(await karen.get(f"/for/{child}/home"))
    assert f'/for/{child}/documents/badge' in page and "1<span class=\"unseen\"> to do" in page
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE contact_id IS NOT NULL"))
    assert (await (await karen.json("/documents/badge")).get_json())["to_do"] == 0


async def test_a_form_is_filled_in_reviewed_and_handed_in_without_a_script(cast, paper, browse):
    document = await paper.ask()
    ana, here = await browse(cast, "client"), f"/documents/{document.id}"
    page = await text(await ana.get(here))
    assert "Page 1 of 2" in page and "What brings you here?" in page
    answer = await ana.post(
        f"{here}/page", {"page": "1", "go": "next", "a/about/why": "I cannot sleep", "a/about/before": "true"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{here}?page=2")
    answer = await ana.post(f"{here}/page", {"page": "2", "go": "review", "a/sleep/hours": "5", "a/sleep/nights": "2"})
    assert answer.headers["Location"] == f"{here}/review"
    assert await cast.inside(lambda: answers_of(document.id)) == {
        "about/why": ["I cannot sleep"], "about/before": [True], "sleep/hours": [5], "sleep/nights": ["Every night"]}
    review = await text(await ana.get(f"{here}/review"))
    assert "Every night" in review and "I cannot sleep" in review
    answer = await ana.post(f"{here}/submit", {"key": str(uuid4())})
    assert (answer.status_code, answer.headers["Location"]) == (303, here)
    receipt = await text(await ana.get(here))
    assert "Handed in" in receipt and "Receipt" in receipt and "I cannot sleep" in receipt
    copy = await ana.get(f"{here}/copy")
    assert "attachment" in copy.headers["Content-Disposition"]
    pages = PdfReader(BytesIO(await copy.get_data())).pages
    assert "I cannot sleep" in pages[0].extract_text() and "No signature was asked for" in pages[0].extract_text()


async def test_what_is_missing_is_said_with_the_way_to_it_and_nothing_is_lost(cast, paper, browse):
    document = await paper.ask()
    ana, here = await browse(cast, "client"), f"/documents/{document.id}"
    await paper.answer(document, "sleep/hours", 5)
    answer = await ana.post(f"{here}/submit", {"key": str(uuid4())})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Not complete yet" in page and f"{here}?page=1#q-about/why" in page
    told = await (await ana.send(f"{here}/submit", {})).get_json()
    assert list(told["errors"]) == ["about/why"]


async def test_the_same_key_hands_in_once(cast, paper, browse):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    ana, key = await browse(cast, "client"), str(uuid4())
    first = await (await ana.send(f"/documents/{document.id}/submit", {"key": key})).get_json()
    again = await (await ana.send(f"/documents/{document.id}/submit", {"key": key})).get_json()
    assert first["submission"] == again["submission"]
    other = await ana.send(f"/documents/{document.id}/submit", {"key": str(uuid4())})
    assert other.status_code == 409


async def test_a_form_taken_back_says_so_at_every_door_and_breaks_nothing(cast, paper, browse):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot")
    await paper.change(document, withdrawn_at=now())
    ana, here = await browse(cast, "client"), f"/documents/{document.id}"
    for answer in (
        await ana.get(here), await ana.get(f"{here}/review"), await ana.post(f"{here}/submit", {}),
        await ana.post(f"{here}/page", {"page": "1", "a/about/why": "I cannot sleep"}),
    ):
        assert answer.status_code == 410
        assert "The practice took this form back" in await answer.get_data(as_text=True)
    assert (await ana.json(f"{here}/answers")).status_code == 410
    assert (await (await ana.json("/documents")).get_json())["todo"] == []


async def test_two_parents_see_their_own_form_alone_and_neither_the_others_answers(cast, paper, browse):
    karens = await paper.ask("parent", client="teen")
    davids = await paper.ask("coparent", client="teen")
    await paper.answer(karens, "about/why", "Karen’s words", who="parent", client="teen")
    await paper.answer(davids, "about/why", "David’s words", who="coparent", client="teen")
    karen, david = await browse(cast, "parent"), await browse(cast, "coparent")
    teen = cast.clients["teen"]
    page = await text(await karen.get(f"/for/{teen}/documents/{karens.id}"))
    assert "Karen’s words" in page and "David’s words" not in page
    await paper.submit(davids, "coparent")
    for path in ("", "/answers", "/review", "/copy"):
        assert (await karen.json(f"/for/{teen}/documents/{davids.id}{path}")).status_code == 404
        assert (await david.json(f"/documents/{karens.id}{path}")).status_code == 404
    assert "David’s words" in await text(await david.get(f"/documents/{davids.id}"))


async def test_contacts_find_the_childs_paperwork_under_the_childs_name(cast, paper, browse):
    document = await paper.ask("parent", client="child")
    karen, child = await browse(cast, "parent"), cast.clients["child"]
    page = await text(await karen.get(f"/for/{child}/documents"))
    assert "’s documents &amp; forms" in page and str(document.id) in page
    assert str(document.id) not in await text(await karen.get(f"/for/{cast.clients['teen']}/documents"))


async def test_without_manage_documentation_a_contact_reads_what_they_handed_in_and_no_more(cast, paper, browse):
    done, new = await paper.ask("parent", client="child"), await paper.ask("parent", THOUGHTS, client="child")
    await paper.answer(done, "about/why", "Mine", who="parent", client="child")
    await paper.submit(done, "parent", "child")
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE contact_id IS NOT NULL"))
    karen, child = await browse(cast, "parent"), cast.clients["child"]
    shown = await (await karen.json(f"/for/{child}/documents")).get_json()
    assert shown["todo"] == [] and [one["id"] for one in shown["done"]] == [str(done.id)]
    assert "Mine" in await text(await karen.get(f"/for/{child}/documents/{done.id}"))
    assert (await karen.get(f"/for/{child}/documents/{new.id}")).status_code == 404


async def test_an_answer_that_may_mean_danger_shows_the_practices_words_also_without_a_script(cast, paper, browse):
    await cast.inside(lambda: execute("UPDATE practice_profile SET crisis_text = 'Call 988, day and night.'"))
    document = await paper.ask(questionnaire=THOUGHTS)
    ana, here = await browse(cast, "client"), f"/documents/{document.id}"
    assert 'data-crisis hidden' in await text(await ana.get(here))
    await ana.post(f"{here}/page", {"page": "1", "go": "save", "a/tired": "1", "a/harm": "1"})
    for path in (here, f"{here}/review"):
        page = await text(await ana.get(path))
        assert "Call 988, day and night." in page and 'data-crisis hidden' not in page
        assert "Nobody watches this form" in page
    await ana.post(f"{here}/submit", {})
    assert "Call 988, day and night." in await text(await ana.get(here))


async def test_entries_of_what_repeats_are_added_and_taken_away_without_a_script(cast, paper, browse):
    meds = {"resourceType": "Questionnaire", "status": "active", "title": "Medicines", "item": [
        {"linkId": "meds", "type": "group", "text": "Medicines", "repeats": True,
         "item": [{"linkId": "name", "type": "string", "text": "Name"}]}]}
    document = await paper.ask(questionnaire=meds)
    ana, here = await browse(cast, "client"), f"/documents/{document.id}"
    await ana.post(f"{here}/page", {"page": "1", "a/meds:1/name": "Aspirin", "more": "meds"})
    assert "a/meds:2/name" in await text(await ana.get(here))
    both = {"a/meds:1/name": "Aspirin", "a/meds:2/name": "Ibuprofen"}
    await ana.post(f"{here}/page", {"page": "1", "less": "meds:1", **both})
    page = await text(await ana.get(here))
    assert "Ibuprofen" in page and "Aspirin" not in page


async def test_staff_who_view_as_the_client_read_and_change_nothing(cast, paper, browse):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    maya, access = await browse(cast, "owner"), document.access_id
    reason = {"access": str(access), "reason": "Ana cannot find her form"}
    await maya.send(f"/staff/clients/{cast.clients['client']}/view-as", reason)
    page = await maya.get(f"/staff/view-as/{access}/documents/{document.id}")
    assert "I cannot sleep" in await text(page)
    assert (await maya.post(f"/staff/view-as/{access}/documents/{document.id}/submit", {})).status_code == 403
    assert (await paper.now(document)).opened_at is None


async def test_what_was_typed_since_is_given_to_another_tab(cast, paper, browse):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    ana = await browse(cast, "client")
    told = await (await ana.json(f"/documents/{document.id}/answers")).get_json()
    assert told["answers"]["about/why"]["value"] == ["I cannot sleep"]
    since = f"/documents/{document.id}/answers?since={told['at'] + 1}"
    assert (await (await ana.json(since)).get_json())["answers"] == {}


async def test_what_came_in_late_from_a_device_that_was_offline_is_given_as_well(cast, paper, browse):
    document, at = await paper.ask(), now()
    await paper.answer(document, "about/why", "On the laptop", typed_at=at)
    ana = await browse(cast, "client")
    told = await (await ana.json(f"/documents/{document.id}/answers")).get_json()
    await paper.answer(document, "sleep/hours", 5, typed_at=at - timedelta(minutes=20))
    later = await (await ana.json(f"/documents/{document.id}/answers?since={told['at']}")).get_json()
    assert list(later["answers"]) == ["sleep/hours"]
