"""The doors of signing, as browsers walk them: a form is signed as it is handed in, and what follows at the desk."""

from __future__ import annotations

import io
import re
from html import unescape

from pypdf import PdfReader

from models.core.database import execute
from models.documents.tables import Document, Signature
from server.worlds import PASSWORD
from tests.documents.test_countersigning import _panel
from tests.support.papers import a_document, a_form
from tests.support.signing import CONSENT, DRAWN, a_file_to_sign, beside, make_copy, signed_file, spelled


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


async def _page(browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.status_code
    return unescape(await answer.get_data(as_text=True))


def _sent(page: str, name: str, **more) -> dict[str, str]:
    return {"sign_shown": _hidden(page, "sign_shown"), "sign_disclosure": _hidden(page, "sign_disclosure"),
            "sign_name": name, "sign_agreed": "true", **more}


async def _consent(cast) -> Document:
    form = await a_form(cast, CONSENT, kind="consent", signs=True)
    document = await a_document(cast, form, countersigns=True)
    sql = """INSERT INTO answer (document_id, path, value, login_id, side)
      VALUES ($1, 'reached', '["Ada"]', $2, 'portal')"""
    await cast.inside(lambda: execute(sql, document.id, cast.people.logins["client"]))
    return document


async def test_a_form_is_signed_as_it_is_handed_in_without_a_script(browse, cast):
    document, ana = await _consent(cast), await browse(cast, "client")
    name = (await cast.actor("client")).name
    here = f"/documents/{document.id}"
    review = await _page(ana, f"{here}/review")
    assert "Before you sign here for the first time" in review and "By signing you confirm" in review
    refused = await ana.post(f"{here}/submit", {"sign_name": name})
    assert refused.status_code == 422 and "agree" in await refused.get_data(as_text=True)
    again = await ana.post(f"{here}/submit", {**_sent(review, "Somebody Else"), "sign_zone": "America/Chicago"})
    words = unescape(await again.get_data(as_text=True))
    assert again.status_code == 422 and "This is my name, as I sign it" in words and 'value="Somebody Else"' in words
    done = await ana.post(f"{here}/submit", _sent(review, name, sign_zone="America/Chicago"))
    assert done.status_code == 303
    kept = await cast.inside(lambda: Signature.get(document_id=document.id))
    assert kept.submission_id and kept.submission_sha256 and kept.zone == "America/Chicago"
    assert "Your signed copy is being made" in await _page(ana, here)
    await make_copy(cast, document)
    copy = await ana.get(f"{here}/copy")
    assert copy.headers["Content-Type"] == "application/pdf"
    assert "Certificate of signing" in "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(await copy.get_data())).pages
    )


async def test_without_a_signature_it_is_not_handed_in(browse, cast):
    document, ana = await _consent(cast), await browse(cast, "client")
    assert (await ana.send(f"/documents/{document.id}/submit", {})).status_code == 422
    assert (await cast.inside(lambda: Document.get(id=document.id))).submitted_at is None
    desk = await browse(cast, "practitioner")
    there = f"/staff/clients/{document.client_id}/documents/{document.id}/fill/submit"
    assert (await desk.send(there, {})).status_code == 422, "staff hand in nothing that somebody else is to sign"


async def test_what_was_typed_elsewhere_meanwhile_is_not_signed(browse, cast):
    document, ana = await _consent(cast), await browse(cast, "client")
    name = (await cast.actor("client")).name
    review = await _page(ana, f"/documents/{document.id}/review")
    change = "UPDATE answer SET value = '[\"Bo\"]' WHERE document_id = $1"
    await cast.inside(lambda: execute(change, document.id))
    stale = await ana.post(f"/documents/{document.id}/submit", _sent(review, name))
    assert stale.status_code == 409 and "changed after this page was shown" in await stale.get_data(as_text=True)


async def test_a_signed_form_is_not_sent_back_but_voided(browse, cast):
    document, ana, desk = await _consent(cast), await browse(cast, "client"), await browse(cast, "practitioner")
    review = await _page(ana, f"/documents/{document.id}/review")
    await ana.post(f"/documents/{document.id}/submit", _sent(review, (await cast.actor("client")).name))
    there = f"/staff/clients/{document.client_id}/documents/{document.id}"
    assert "Ask for corrections" not in await _page(desk, there)
    assert (await desk.send(f"{there}/return", {"note": "Please correct"})).status_code == 409
    assert (await desk.post(f"{there}/void", {"reason": "x"})).status_code == 422
    assert (await desk.post(f"{there}/void", {"reason": "The wrong form"})).status_code == 303
    page = await _page(ana, f"/documents/{document.id}")
    assert 0 < page.index("This document is void") < page.index("The wrong form") < page.index("Handed in")
    assert "Void since" in await _page(ana, "/documents")


async def test_staff_sign_beside_on_the_page_of_the_document(browse, cast):
    document, ana, desk = await _consent(cast), await browse(cast, "client"), await browse(cast, "practitioner")
    review = await _page(ana, f"/documents/{document.id}/review")
    there = f"/staff/clients/{document.client_id}/documents/{document.id}"
    assert "Sign beside" not in await _page(desk, there)
    await ana.post(f"/documents/{document.id}/submit", _sent(review, (await cast.actor("client")).name))
    page = await _page(desk, there)
    assert "Waits for the practice’s signature" in page
    name = (await cast.actor("practitioner")).name
    done = await desk.post(f"{there}/countersign", _sent(page, name, sign_way="drawn", sign_mark=DRAWN))
    assert done.status_code == 303 and f"Signed beside by {name}" in await _page(desk, there)


async def test_a_shared_file_is_signed_on_its_page(browse, cast):
    document, ana = await a_file_to_sign(cast), await browse(cast, "client")
    assert (await ana.get(f"/documents/{document.id}")).headers["Location"].endswith("/sign")
    page = await _page(ana, f"/documents/{document.id}/sign")
    assert "pdf-pages" in page
    sent = _sent(page, (await cast.actor("client")).name)
    key = {"key": _hidden(page, "key")}
    first = await ana.post(f"/documents/{document.id}/sign", {**sent, **key})
    twice = await ana.post(f"/documents/{document.id}/sign", {**sent, **key})
    assert (first.status_code, twice.status_code) == (303, 303), "the same page sent twice signs once"
    assert (await ana.post(f"/documents/{document.id}/sign", sent)).status_code == 409
    await make_copy(cast, document)
    assert "Download your copy" in await _page(ana, f"/documents/{document.id}/sign")


async def test_after_the_step_up_what_was_filled_in_is_sent_on(browse, cast, later):
    owner = await browse(cast, "owner")
    await owner.post("/staff/settings/signing", {"confirms": "on", "typed": "on", "version": 1})
    document, ana = await a_file_to_sign(cast), await browse(cast, "client")
    page = await _page(ana, f"/documents/{document.id}/sign")
    later(minutes=11)
    asked = await ana.post(f"/documents/{document.id}/sign", _sent(page, (await cast.actor("client")).name))
    held = await asked.get_data(as_text=True)
    assert asked.status_code == 403 and "Confirm that it is you" in held and "sign_shown" in held
    confirmed = await ana.post("/step-up", {"action": _hidden(held, "action"), "kept": _hidden(held, "kept"),
                                            "password": PASSWORD})
    page, name = await confirmed.get_data(as_text=True), (await cast.actor("client")).name
    words = unescape(page)
    assert "Nothing is signed yet" in words and f"you sign, as {name}," in words and "What you wrote" not in words
    assert not await cast.inside(lambda: Signature.exists(document_id=document.id))
    done = await ana.post(f"/documents/{document.id}/sign", {
        field: unescape(value) for field, value in re.findall(r'name="(sign_\w+)" value="([^"]*)"', page)})
    assert done.status_code == 303
    kept = await cast.inside(lambda: Signature.get(document_id=document.id))
    assert kept.name == name and "confirmed with a password" in kept.method


async def test_one_withdraws_and_agrees_again_in_ones_own_account(browse, cast):
    ana = await browse(cast, "client")
    assert "You have not agreed yet" in await _page(ana, "/signing")
    await ana.post("/signing/agree", {"number": "1"})
    assert "You sign on screen" in await _page(ana, "/signing")
    await ana.post("/signing/withdraw")
    assert "You sign on paper" in await _page(ana, "/signing")
    document = await a_file_to_sign(cast)
    page = await _page(ana, f"/documents/{document.id}/sign")
    assert "You chose to sign on paper" in page and "sign_shown" not in page


async def test_staff_download_the_copy_too(browse, cast):
    document, desk = await signed_file(cast), await browse(cast, "practitioner")
    there = f"/staff/clients/{document.client_id}/documents/{document.id}/copy"
    assert (await desk.get(there)).status_code == 404, "it is being made"
    await make_copy(cast, document)
    assert (await desk.get(there)).headers["Content-Type"] == "application/pdf"
    for name, status in (("frontdesk", 403), ("biller", 403)):
        assert (await (await browse(cast, name)).get(there)).status_code == status


async def test_who_views_as_the_client_reads_and_signs_nothing(browse, cast):
    document, desk = await a_file_to_sign(cast), await browse(cast, "owner")
    begun = await desk.post(f"/staff/clients/{document.client_id}/view-as", {
        "access": str(document.access_id), "reason": "Helping by phone",
    })
    base = f"/staff/view-as/{document.access_id}"
    assert begun.status_code == 303
    page = await _page(desk, f"{base}/documents/{document.id}/sign")
    sent = _sent(page, "Anybody")
    assert (await desk.post(f"{base}/documents/{document.id}/sign", sent)).status_code == 403
    assert not await cast.inside(lambda: Signature.exists(document_id=document.id))


async def test_the_page_that_staff_signed_from_is_sent_once(browse, cast):
    document = await signed_file(cast, countersigns=True)
    practitioner, desk = await cast.actor("practitioner"), await browse(cast, "practitioner")
    panel = await _panel(cast, practitioner, document)
    there = f"/staff/clients/{document.client_id}/documents/{document.id}/countersign"
    sent = spelled(beside(panel))
    assert (await desk.post(there, sent)).status_code == 303
    assert (await desk.post(there, sent)).status_code == 409
