"""Voiding: with a reason, readable ever after, never undone."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.core.verifying import check_chains
from models.documents.submitting import submit
from models.documents.tables import Document, Signature
from models.documents.unaltered import judge
from models.documents.voiding import void
from tests.support.papers import a_document, a_form
from tests.support.signing import CONSENT, a_file_to_sign, a_pdf, fields, make_copy, signed_file

REASON = "Signed for the wrong child"


async def test_it_says_void_with_the_reason_before_its_own_pages_and_behind_and_keeps_its_signatures(cast):
    original = a_pdf(2)
    document, practitioner = await signed_file(cast, content=original), await cast.actor("practitioner")
    await make_copy(cast, document)
    await cast.inside(lambda: void(practitioner, document.client_id, document.id, REASON))
    copy, content = await make_copy(cast, document)
    cover, *own, certificate = _parts(content)
    assert own == ["", ""] and content.startswith(original), "its own pages and bytes are as they were"
    for said in (cover, certificate):
        assert "VOID" in said.replace(" ", "") and REASON in said and practitioner.name in said
    assert "Certificate" not in cover and "behind the cover" in certificate
    assert await cast.inside(lambda: Signature.exists(document_id=document.id))
    verdict = await cast.inside(lambda: judge(bytes(copy.sha256), None))
    assert verdict.answer == "unaltered" and verdict.voided_at and not verdict.newer
    assert (await cast.inside(check_chains)).whole


def _parts(content: bytes) -> list[str]:
    """The words of the cover, of each of its two own pages, and of the certificate."""
    said = _words(content)
    return [*said[:3], " ".join(said[3:])]


def _words(content: bytes) -> list[str]:
    """Of each page, wherever its lines break."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


async def test_of_a_form_every_page_says_void(cast):
    form = await a_form(cast, CONSENT, kind="consent", signs=True)
    document, practitioner = await a_document(cast, form), await cast.actor("practitioner")
    answer = """INSERT INTO answer (document_id, path, value, login_id, side)
      VALUES ($1, 'reached', '["Ada"]', $2, 'portal')"""
    await cast.inside(lambda: execute(answer, document.id, cast.people.logins["client"]))
    client = await cast.actor("client")
    sent = await fields(cast, client, document)
    await cast.inside(lambda: submit(client, document.id, signature=sent))
    await cast.inside(lambda: void(practitioner, document.client_id, document.id, REASON))
    _, content = await make_copy(cast, document)
    pages = _words(content)
    assert len(pages) > 1 and all("VOID" in said.replace(" ", "") for said in pages)
    assert REASON in pages[0]


async def test_a_copy_of_before_says_at_the_verify_page_that_it_is_void(cast):
    document, practitioner = await signed_file(cast), await cast.actor("practitioner")
    copy, _ = await make_copy(cast, document)
    await cast.inside(lambda: void(practitioner, document.client_id, document.id, REASON))
    await make_copy(cast, document)
    verdict = await cast.inside(lambda: judge(bytes(copy.sha256), None))
    assert verdict.answer == "unaltered" and verdict.voided_at and verdict.newer


async def test_its_signer_is_told(cast):
    document, practitioner = await signed_file(cast), await cast.actor("practitioner")
    await cast.inside(lambda: void(practitioner, document.client_id, document.id, REASON))
    told = "SELECT audience FROM event WHERE type = 'document.voided' AND subject_id = $1"
    row = await cast.inside(lambda: fetch_one(told, document.id))
    assert f"access:{document.access_id}" in row["audience"]


async def test_a_reason_is_needed(cast):
    document, practitioner = await signed_file(cast), await cast.actor("practitioner")
    with pytest.raises(Invalid):
        await cast.inside(lambda: void(practitioner, document.client_id, document.id, " x "))


async def test_what_nobody_signed_and_what_is_void_is_not_voided(cast):
    open_one, document = await a_file_to_sign(cast), await signed_file(cast)
    practitioner = await cast.actor("practitioner")
    with pytest.raises(Conflict):
        await cast.inside(lambda: void(practitioner, open_one.client_id, open_one.id, REASON))
    await cast.inside(lambda: void(practitioner, document.client_id, document.id, REASON))
    with pytest.raises(Conflict):
        await cast.inside(lambda: void(practitioner, document.client_id, document.id, REASON))


async def test_it_is_never_undone(cast):
    document, practitioner = await signed_file(cast), await cast.actor("practitioner")
    await cast.inside(lambda: void(practitioner, document.client_id, document.id, REASON))
    undo = "UPDATE document SET voided_at = NULL, void_reason = '' WHERE id = $1"
    with pytest.raises(Exception, match="only voided"):
        await cast.inside(lambda: execute(undo, document.id))
    assert (await cast.inside(lambda: Document.get(id=document.id))).void_reason == REASON


async def test_only_staff_who_read_it_and_look_after_the_client_void_it(cast):
    document = await signed_file(cast)
    for name in ("frontdesk", "biller", "owner"):
        who = await cast.actor(name)
        if name == "owner":
            await cast.inside(lambda: execute("DELETE FROM assignment WHERE staff_id = $1", cast.people.staff["owner"]))
        with pytest.raises((Forbidden, Missing)):
            await cast.inside(lambda who=who: void(who, document.client_id, document.id, REASON))
