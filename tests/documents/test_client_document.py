"""One document at the desk: how far it is for some, what it says for others, and that it was looked at."""

from __future__ import annotations

from uuid import uuid4

from models.core.database import fetch_all
from models.documents.asking import Wanted
from tests.documents.desk import Desk


async def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(await answer.get_data(as_text=True))


def there(cast, document):
    return f"/staff/clients/{cast.clients['client']}/documents/{document.id}"


async def test_the_front_desk_sees_how_far_it_is_and_not_what_it_says(cast, paper, browse):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    page = await text(await (await browse(cast, "frontdesk")).get(there(cast, document)))
    assert "Page 1 of" in page and "I cannot sleep" not in page and "not open to you" in page
    page = await text(await (await browse(cast, "practitioner")).get(there(cast, document)))
    assert "I cannot sleep" in page


async def test_a_look_is_kept_when_what_it_says_is_opened(cast, paper, browse):
    document = await paper.ask()
    await (await browse(cast, "frontdesk")).get(there(cast, document))
    looks = "SELECT 1 FROM look WHERE subject = 'document'"
    assert await cast.inside(lambda: fetch_all(looks)) == []
    await (await browse(cast, "practitioner")).get(there(cast, document))
    assert len(await cast.inside(lambda: fetch_all(looks))) == 1


async def test_billers_and_who_does_not_see_the_client_find_nothing(cast, paper, browse):
    document = await paper.ask("parent", client="teen")
    here = f"/staff/clients/{cast.clients['teen']}/documents/{document.id}"
    assert (await (await browse(cast, "biller")).json(here)).status_code == 403
    wrong = f"/staff/clients/{cast.clients['client']}/documents/{document.id}"
    assert (await (await browse(cast, "practitioner")).json(wrong)).status_code == 404


async def test_what_was_handed_in_goes_out_as_fhir_and_corrections_are_asked_for_at_the_door(cast, paper, browse):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.submit(document)
    maya = await browse(cast, "practitioner")
    told = await (await maya.get(f"{there(cast, document)}/answers.json")).get_json(force=True)
    assert told["resourceType"] == "QuestionnaireResponse"
    assert (await maya.post(f"{there(cast, document)}/return", {"note": ""})).status_code == 422
    assert (await maya.post(f"{there(cast, document)}/return", {"note": "Since when?"})).status_code == 303
    page = await text(await (await browse(cast, "client")).get(f"/documents/{document.id}"))
    assert "Since when?" in page and "I cannot sleep" in page


async def test_staff_fill_in_and_hand_in_at_their_own_doors(cast, paper, browse):
    document, maya = await paper.ask(), await browse(cast, "practitioner")
    here = f"{there(cast, document)}/fill"
    assert "You fill this in for" in await text(await maya.get(here))
    await maya.post(f"{here}/page", {"page": "1", "go": "next", "a/about/why": "Told on the phone"})
    assert (await maya.post(f"{here}/submit", {"key": str(uuid4())})).status_code == 303
    assert "Filled in by staff" in await text(await maya.get(there(cast, document)))
    for who in ("frontdesk", "owner", "biller"):
        assert (await (await browse(cast, who)).json(here)).status_code == 403


async def test_a_file_to_be_read_is_shared_and_not_asked_for(cast, browse):
    desk = Desk(cast, "client")
    shown, signed = await desk.share(
        "client", Wanted("file", await desk.file("Plan.pdf")), Wanted("sign", await desk.file("Consent.pdf")))
    maya = await browse(cast, "practitioner")
    page = await text(await maya.get(there(cast, shown)))
    assert "Shared with Ana" in page and "shared this" in page and "Asked of" not in page
    page = await text(await maya.get(there(cast, signed)))
    assert "Asked of Ana" in page and "asked for this" in page
