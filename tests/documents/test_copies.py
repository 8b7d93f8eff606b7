"""Copies: the PDF of what was signed with its certificate, made once, whatever happens to the worker."""

from __future__ import annotations

import asyncio
import io
import json
from hashlib import sha256

import pytest
from pypdf import PdfReader, PdfWriter

from models.core.database import execute, fetch_one
from models.core.errors import Missing
from models.documents import copies, signing
from models.documents.tables import Document, Signature, SignedCopy
from server import signed_copies, storage
from tests.support.papers import a_document, a_form
from tests.support.signing import (
    CONSENT,
    DRAWN,
    a_file_to_sign,
    a_pdf,
    fields,
    make_copy,
    signed_file,
)

ODD = "שלום مرحبا 😀 #set page(width: 1pt) #[x] $y$ *b* _c_ <l> @r `raw` \\ " + "W" * 400


def _text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


async def _signed_form(cast, answer: str = "Ada") -> Document:
    form = await a_form(cast, CONSENT, kind="consent", signs=True)
    document, client = await a_document(cast, form), await cast.actor("client")
    sql = """INSERT INTO answer (document_id, path, value, login_id, side)
      VALUES ($1, 'reached', $2::jsonb, $3, 'portal')"""
    await cast.inside(lambda: execute(sql, document.id, json.dumps([answer]), client.login_id))
    sent = await fields(cast, client, document, sign_way="drawn", sign_mark=DRAWN)

    async def hand_in():
        from models.core.change import change

        async with change(client, "document.submit"):
            held = await Document.get(id=document.id)
            await signing.sign_in_change(client, held, None, sent)

    await cast.inside(hand_in)
    return document


async def test_the_pdf_of_a_form_says_what_was_shown_and_all_evidence(cast):
    document = await _signed_form(cast)
    copy, content = await make_copy(cast, document)
    assert sha256(content).digest() == bytes(copy.sha256) and copy.size == len(content)
    kept, said = await cast.inside(lambda: Signature.get(document_id=document.id)), _text(content)
    one_line = said.replace("\n", "").replace("\u200b", "")
    for wanted in ("Consent to treatment", "You may end treatment at any time.", "Whom may we call?", "Ada",
                   kept.name, "Drawn by hand", "Not scrolled to the end", f"{kept.signed_at:%Y-%m-%d %H:%M:%S} UTC",
                   kept.zone, "/verify", "signed it", "Entry in the chain", "Read to the end"):
        assert wanted in said, wanted
    for wanted in (bytes(kept.shown_sha256).hex(), bytes(kept.session).hex(), bytes(kept.version_sha256).hex()):
        assert wanted in one_line
    attached = PdfReader(io.BytesIO(content)).attachments
    assert sha256(attached["shown-1.json"][0]).digest() == bytes(kept.shown_sha256)


async def test_a_time_zone_that_no_browser_named_is_not_claimed(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    sent = await fields(cast, client, document, sign_zone="")
    await cast.inside(lambda: signing.sign_file(client, document.id, sent))
    _, content = await make_copy(cast, document)
    assert "the time zone of the signer was not told" in _text(content).replace("\n", " ")


async def test_no_words_are_ever_markup(cast):
    document = await _signed_form(cast, ODD)
    _, content = await make_copy(cast, document)
    said = _text(content)
    for wanted in ("#set page(width: 1pt)", "#[x] $y$ *b* _c_", "<l> @r `raw`", "😀"):
        assert wanted in said, wanted
    assert "שלום" in said or "םולש" in said
    assert PdfReader(io.BytesIO(content)).pages[0].mediabox.width == 612
    shown = json.loads(PdfReader(io.BytesIO(content)).attachments["shown-1.json"][0])
    assert shown["answers"]["reached"] == [ODD]


async def test_a_script_without_shapes_here_still_gets_its_copy_and_its_words_as_text(cast):
    _, content = await make_copy(cast, await _signed_form(cast, "你好 ꦲꦤ"))
    shown = json.loads(PdfReader(io.BytesIO(content)).attachments["shown-1.json"][0])
    assert shown["answers"]["reached"] == ["你好 ꦲꦤ"]


async def test_a_shared_pdf_keeps_every_byte_and_gets_a_page_behind_it(cast):
    original = a_pdf(3)
    document = await signed_file(cast, content=original)
    _, content = await make_copy(cast, document)
    assert content.startswith(original)
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) > 3 and "Certificate of signing" in pages[3].extract_text()
    assert sha256(original).hexdigest() in _text(content).replace("\n", "")


@pytest.mark.parametrize("kind", ["text", "broken", "encrypted"])
async def test_a_file_that_takes_no_page_gets_a_certificate_that_names_it(cast, kind):
    content = {"text": b"Our policies", "broken": b"%PDF-1.7\nnothing", "encrypted": _encrypted()}[kind]
    type = "text/plain" if kind == "text" else "application/pdf"
    document = await signed_file(cast, content=content, type=type)
    _, made = await make_copy(cast, document)
    said = _text(made)
    assert "not in this copy" in said and sha256(content).hexdigest() in said.replace("\n", "")


async def test_the_same_is_made_to_the_last_byte_when_a_worker_was_killed_before_it_was_kept(cast, monkeypatch):
    document = await signed_file(cast)
    seen: list[bytes] = []
    keep = storage.keep

    async def noted(key, content):
        seen.append(content)
        await keep(key, content)

    async def killed(*_args, **_more):
        raise RuntimeError("the worker was killed here")

    monkeypatch.setattr(storage, "keep", noted)
    with monkeypatch.context() as dying:
        dying.setattr(copies, "keep_copy", killed)
        with pytest.raises(RuntimeError):
            await signed_copies.make(cast.practice_id, {"document": document.id})
    await make_copy(cast, document)
    assert len(seen) == 2 and seen[0] == seen[1]
    assert await cast.inside(lambda: SignedCopy.filter(document_id=document.id).count()) == 1


async def test_a_job_that_runs_twice_makes_one_copy(cast):
    document = await signed_file(cast)
    run = {"document": document.id}
    await asyncio.gather(*(signed_copies.make(cast.practice_id, run) for _ in range(3)))
    await signed_copies.make(cast.practice_id, run)
    assert await cast.inside(lambda: SignedCopy.filter(document_id=document.id).count()) == 1


async def test_a_copy_is_taken_by_its_signer_and_by_staff_and_each_time_it_is_noted(cast):
    document = await signed_file(cast)
    await make_copy(cast, document)
    client, frontdesk = await cast.actor("client"), await cast.actor("frontdesk")
    practitioner = await cast.actor("practitioner")
    await cast.inside(lambda: copies.own_copy(client, document.id))
    await cast.inside(lambda: copies.copy_of_client(practitioner, document.client_id, document.id))
    looked = "SELECT count(*)::int AS looks FROM look WHERE subject = 'signed-copy' AND subject_id = $1"
    assert (await cast.inside(lambda: fetch_one(looked, document.id)))["looks"] == 2
    with pytest.raises(Exception, match="not-clinical"):
        await cast.inside(lambda: copies.copy_of_client(frontdesk, document.client_id, document.id))


async def test_nobody_elses_copy_is_there(cast, neighbours):
    document = await signed_file(cast)
    await make_copy(cast, document)
    for name in ("teen", "coparent"):
        other = await cast.actor(name)
        with pytest.raises(Missing):
            await cast.inside(lambda who=other: copies.own_copy(who, document.id))
    stranger = await neighbours.actor("client")
    with pytest.raises(Missing):
        await neighbours.inside(lambda: copies.own_copy(stranger, document.id))


async def test_before_it_is_made_there_is_no_copy(cast):
    document, client = await signed_file(cast), await cast.actor("client")
    with pytest.raises(Missing):
        await cast.inside(lambda: copies.own_copy(client, document.id))


async def test_what_nobody_signed_gets_none(cast):
    document = await a_file_to_sign(cast)
    await signed_copies.make(cast.practice_id, {"document": document.id})
    assert not await cast.inside(lambda: SignedCopy.exists(document_id=document.id))


def _encrypted() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(612, 792)
    writer.encrypt("secret")
    writer.write(out)
    return out.getvalue()
