"""What somebody wrote into the database beside Portico: every page and job stays up and says what is wrong, and nothing
of it counts as signed."""

from __future__ import annotations

import io
from html import unescape
from typing import Any

import pytest
from pypdf import PdfReader

from models.core.errors import Conflict
from models.core.verifying import check_and_keep, sentence
from models.documents import vouching
from models.documents.answering import answer
from models.documents.chaining import SET_BACK
from models.documents.countersigning import countersign, countersign_panel
from models.documents.own_data import documents_part
from models.documents.returning import return_for_correction
from models.documents.signatures import guardians_signed
from models.documents.signing import sign_file
from models.documents.submitting import submit
from models.documents.tables import Document, Signature
from models.documents.unaltered import judge
from models.documents.voiding import void
from models.documents.vouching import vouch
from models.documents.withdrawing import withdraw
from server import signed_copies
from tests.support.papers import a_document, a_form
from tests.support.signing import CONSENT, a_file_to_sign, beside, fields, make_copy, signed_file, spelled
from tests.support.tampering import FORGED, FROM_NOTHING, as_owner

# What is done to one signed form, and what every page says of it.
TAMPERED = {
    "a second signature": (FORGED, vouching.FORGED),
    "a signature without its link": (
        "DELETE FROM signing_link WHERE document_id = $1 AND kind = 'signature'", vouching.FORGED),
    "another name": ("UPDATE signature SET name = 'Somebody Else' WHERE document_id = $1", vouching.ALTERED),
    "another time": (
        "UPDATE signature SET signed_at = signed_at - interval '1 day' WHERE document_id = $1", vouching.ALTERED),
    "another shown text": (
        "UPDATE signature SET shown = replace(shown, 'Ada', 'Eve') WHERE document_id = $1", vouching.ALTERED),
    "a shown text that is no JSON": ("UPDATE signature SET shown = '{\"content\": [' WHERE document_id = $1",
                                     vouching.LOST["shown"]),
    "another hash of what was shown": (
        "UPDATE signature SET shown_sha256 = decode(repeat('00', 32), 'hex') WHERE document_id = $1", vouching.ALTERED),
    "a mark that is no line": (
        "UPDATE signature SET way = 'drawn', mark = '\"/><script>' WHERE document_id = $1", vouching.ALTERED),
    "another hash in the chain": (
        "UPDATE signing_link SET hash = decode(repeat('00', 32), 'hex') WHERE document_id = $1", vouching.ALTERED),
    "links in another order": (
        "UPDATE signing_link SET number = 1000 - number WHERE document_id = $1", vouching.ALTERED),
    "a signature taken away": ("DELETE FROM signature WHERE document_id = $1", vouching.GONE.format(1)),
    "answers taken away": ("UPDATE submission SET number = number + 1, document_id = (SELECT id FROM document "
                           "WHERE id <> $1 LIMIT 1) WHERE document_id = $1", vouching.LOST["answers"]),
    "other answers": ("UPDATE submission SET response = replace(response, 'Ada', 'Eve') WHERE document_id = $1",
                      vouching.LOST["answers"]),
    "other answers with their hash": (
        """UPDATE submission SET response = replace(response, 'Ada', 'Eve'),
          sha256 = sha256(convert_to(replace(response, 'Ada', 'Eve'), 'UTF8')) WHERE document_id = $1""",
        vouching.LOST["answers"]),
    "answers that are no JSON": ("UPDATE submission SET response = '[' WHERE document_id = $1",
                                 vouching.LOST["answers"]),
    "answers of another shape": (
        """UPDATE submission SET response = '{"item": [{"linkId": "reached", "answer": 5}]}' WHERE document_id = $1""",
        vouching.LOST["answers"]),
    "another form": (
        """UPDATE form_version SET questionnaire = replace(questionnaire, 'may end', 'never end')
          WHERE id = (SELECT version_id FROM document WHERE id = $1)""", vouching.LOST["form"]),
    "a copy from elsewhere": ("UPDATE signed_copy SET storage_key = 'elsewhere' WHERE document_id = $1", vouching.COPY),
    "a copy taken away": ("DELETE FROM signed_copy WHERE document_id = $1", vouching.COPY),
    "a voiding": ("UPDATE document SET voided_at = now(), void_reason = 'So it is' WHERE id = $1", vouching.VOID),
    "not handed in any more": ("UPDATE document SET submitted_at = NULL WHERE id = $1", vouching.REOPENED),
    "another role": ("UPDATE signature SET role = 'staff' WHERE document_id = $1", vouching.ALTERED),
}


async def _signed_form(cast: Any) -> Document:
    form = await a_form(cast, CONSENT, kind="consent", signs=True)
    document, ana = await a_document(cast, form), await cast.actor("client")
    await cast.inside(lambda: answer(ana, document.id, path="reached", value=["Ada"]))
    sent = await fields(cast, ana, document)
    await cast.inside(lambda: submit(ana, document.id, signature=sent))
    return await cast.inside(lambda: Document.get(id=document.id))


async def _disclosed(cast: Any) -> int:
    """The number of words about signing that somebody has agreed to."""
    other = await signed_file(cast)
    return (await cast.inside(lambda: Signature.get(document_id=other.id))).disclosure


async def _read(browser: Any, path: str, *, status: int = 200) -> str:
    answered = await browser.get(path)
    assert answered.status_code == status, (path, answered.status_code)
    return unescape(await answered.get_data(as_text=True))


@pytest.mark.parametrize("how", TAMPERED)
async def test_every_page_and_job_stays_up_and_says_what_is_wrong(cast, browse, how):
    sql, words = TAMPERED[how]
    await signed_file(cast)  # another document, whose signatures go on to hold
    document = await _signed_form(cast)
    copy, _ = await make_copy(cast, document)
    assert (await cast.inside(check_and_keep)).whole and (await cast.inside(lambda: vouch(document.id))).holds
    number = (await cast.inside(lambda: vouching.fetch_all(
        "SELECT number FROM signing_link WHERE document_id = $1 AND kind = 'signature'", document.id)))[0]["number"]
    words = words.replace("entry 1 ", f"entry {number} ")
    await as_owner(cast, sql, document.id)
    maya, ana, ours = await browse(cast, "practitioner"), await browse(cast, "client"), f"/documents/{document.id}"
    there = f"/staff/clients/{document.client_id}"
    assert words in await _read(maya, f"{there}{ours}")
    if how == "not handed in any more":
        assert "This document cannot be vouched for" in await _read(ana, ours, status=409)
    else:
        assert words in await _read(ana, ours)
        assert "Cannot be vouched for" in await _read(maya, f"{there}/handed-in/{document.client_id}")
    assert "annot be vouched for" in await _read(ana, "/documents")
    assert "Cannot be vouched for" in await _read(maya, f"{there}/portal")
    told = await cast.inside(lambda: judge(bytes(copy.sha256), copy.id))
    said = words.replace("This signature", "A signature here")
    assert told.answer == "broken" and said in told.faults and told.signers == ()
    page = await _read(await browse(cast), f"/verify?sha256={bytes(copy.sha256).hex()}&copy={copy.id}")
    assert said in page and "It cannot be vouched for" in page
    for browser, path in ((maya, f"{there}{ours}/copy"), (ana, f"{ours}/copy")):
        assert (await browser.get(path)).status_code in (200, 404, 409)
    if how != "a copy taken away":
        await as_owner(cast, "DELETE FROM signed_copy WHERE document_id = $1", document.id)
    await signed_copies.make(cast.practice_id, {"document": document.id})  # as if nothing had been made yet
    found = await cast.inside(check_and_keep)
    assert not found.whole and "chain over signatures" in sentence(found, "")
    audit = await _read(await browse(cast, "owner"), "/staff/settings/audit")
    assert "Cannot be vouched for" in audit and f"{there}{ours}" in audit


async def test_the_signature_that_is_forged_is_told_from_the_one_that_stands(cast, browse):
    document = await _signed_form(cast)
    await as_owner(cast, FORGED, document.id)
    maya = await browse(cast, "practitioner")
    page = await _read(maya, f"/staff/clients/{document.client_id}/documents/{document.id}")
    assert page.count("Not counted: signature in the name of") == 1 and page.count("Signed by ") == 1
    assert "Waits for the practice’s signature" not in page


async def test_the_pdf_of_a_voided_document_names_what_is_forged(cast):
    document, maya = await _signed_form(cast), await cast.actor("practitioner")
    await as_owner(cast, FORGED, document.id)
    await cast.inside(lambda: void(maya, document.client_id, document.id, "Somebody forged a signature"))
    _, content = await make_copy(cast, document)
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert "This document cannot be vouched for" in words and "Not counted: signature in the name of" in words
    assert words.count("Entry in the chain") == 1
    assert len(PdfReader(io.BytesIO(content)).attachments) == 1


async def test_under_a_form_with_a_forged_signature_nothing_is_typed_taken_back_or_signed(cast, browse):
    form = await a_form(cast, CONSENT, kind="consent", signs=True)
    document, ana = await a_document(cast, form), await cast.actor("client")
    maya = await cast.actor("practitioner")
    number = await _disclosed(cast)
    await cast.inside(lambda: answer(ana, document.id, path="reached", value=["Ada"]))
    sent = await fields(cast, ana, document)
    await as_owner(cast, FROM_NOTHING, document.id, cast.people.logins["client"], number)
    for verb in (lambda: answer(ana, document.id, path="reached", value=["Eve"]),
                 lambda: submit(ana, document.id, signature=sent), lambda: withdraw(maya, document)):
        with pytest.raises(Conflict) as refused:
            await cast.inside(verb)
        assert refused.value.code == "not-vouched"
    page = await _read(await browse(cast, "client"), f"/documents/{document.id}", status=409)
    assert vouching.STOPPED in page
    staff = await browse(cast, "practitioner")
    assert vouching.FORGED in await _read(staff, f"/staff/clients/{document.client_id}/documents/{document.id}")
    assert "Cannot be vouched for" in await _read(await browse(cast, "client"), "/documents")
    await cast.inside(lambda: void(maya, document.client_id, document.id, "A signature was forged"))
    assert (await cast.inside(lambda: Document.get(id=document.id))).voided_at is not None


async def test_nobody_signs_beside_a_signature_that_does_not_hold(cast):
    document = await signed_file(cast, countersigns=True)
    maya = await cast.actor("practitioner")
    panel = await cast.inside(lambda: countersign_panel(maya, document))
    assert panel is not None, "the premise"
    await as_owner(cast, "UPDATE signature SET shown = 'no JSON' WHERE document_id = $1", document.id)
    assert await cast.inside(lambda: countersign_panel(maya, document)) is None
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: countersign(maya, document.client_id, document.id, beside(panel)))
    assert refused.value.code == "not-vouched"
    with pytest.raises(Conflict):
        await cast.inside(lambda: return_for_correction(maya, document.client_id, document.id, "Again, please"))


async def test_a_file_with_a_forged_signature_says_so_and_is_not_signed_any_more(cast, browse):
    document, ana = await a_file_to_sign(cast), await cast.actor("client")
    sent = await fields(cast, ana, document)
    await as_owner(cast, FROM_NOTHING, document.id, cast.people.logins["client"], await _disclosed(cast))
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: sign_file(ana, document.id, sent))
    assert refused.value.code == "not-vouched"
    page = await _read(await browse(cast, "client"), f"/documents/{document.id}/sign")
    assert vouching.FORGED in page and "Sign this document" not in page and "No copy of it is handed out." in page


async def test_where_the_end_of_the_chain_was_set_back_nothing_is_signed_and_that_is_told(cast, browse):
    await signed_file(cast)
    document, ana = await a_file_to_sign(cast), await cast.actor("client")
    sent = await fields(cast, ana, document)
    await as_owner(cast, "UPDATE signing_head SET number = 0, hash = '' WHERE $1::uuid IS NOT NULL", document.id)
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: sign_file(ana, document.id, sent))
    assert refused.value.code == "chain-broken"
    answered = await (await browse(cast, "client")).post(f"/documents/{document.id}/sign", spelled(sent))
    assert answered.status_code == 409 and SET_BACK in unescape(await answered.get_data(as_text=True))
    assert not await cast.inside(lambda: Signature.exists(document_id=document.id))
    assert not (await cast.inside(check_and_keep)).whole


async def test_ones_own_data_are_made_also_where_what_was_handed_in_is_no_json_any_more(cast, paper):
    document, ana = await paper.ask(), await cast.actor("client")
    await paper.answer(document, "about/why", "I sleep badly")
    await paper.submit(document)
    await as_owner(cast, "UPDATE submission SET response = '[' WHERE document_id = $1", document.id)
    [told] = await cast.inside(lambda: documents_part(ana, ana.accesses[0]))
    assert [one["response"] for one in told["handed_in"]] == ["["]


async def test_a_forged_signature_counts_for_no_guardian(cast):
    form = await a_form(cast, CONSENT, kind="consent", signs=True)
    papers = [await a_document(cast, form, name, client="teen") for name in ("parent", "coparent")]
    await as_owner(cast, FROM_NOTHING, papers[0].id, cast.people.logins["parent"], await _disclosed(cast))
    found = await cast.inside(lambda: guardians_signed(papers[0].client_id, form.id))
    assert (found.asked, found.signed) == (2, 0)


async def test_a_file_that_was_exchanged_under_its_signature_is_told_and_not_put_into_a_copy(cast, browse):
    document, maya = await signed_file(cast), await cast.actor("practitioner")
    await as_owner(cast, "UPDATE file SET sha256 = decode(repeat('00', 32), 'hex') WHERE id = "
                   "(SELECT file_id FROM document WHERE id = $1)", document.id)
    assert vouching.LOST["file"] in await _read(await browse(cast, "client"), f"/documents/{document.id}/sign")
    await cast.inside(lambda: void(maya, document.client_id, document.id, "The file was exchanged"))
    _, content = await make_copy(cast, document)
    assert len(PdfReader(io.BytesIO(content)).pages) < 4 and b"portico-copy" in content


async def test_what_was_handed_in_without_a_signature_and_changed_is_told(cast, browse, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I sleep badly")
    await paper.submit(document)
    for forgery, said in (("replace(response, 'badly', 'well')", "are not those that were handed in"),
                          ("'['", "cannot be read any more")):
        await as_owner(cast, f"UPDATE submission SET response = {forgery} WHERE document_id = $1", document.id)
        client, staff = await browse(cast, "client"), await browse(cast, "practitioner")
        assert said in await _read(client, f"/documents/{document.id}")
        assert said in await _read(staff, f"/staff/clients/{document.client_id}/documents/{document.id}")
        assert (await client.get(f"/documents/{document.id}/copy")).status_code == 409
