"""Copies: the PDF of what was signed with its certificate, made once, whatever happens to the worker."""

from __future__ import annotations

import asyncio
import io
import json
from contextvars import copy_context
from hashlib import sha256

import pytest
from pypdf import PdfReader, PdfWriter

from models.core.database import execute, fetch_one
from models.core.errors import Missing
from models.documents import copies, signing
from models.documents.tables import Document, Signature, SignedCopy
from models.documents.voiding import void
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

ODD = "😀 #set page(width: 1pt) #[x] $y$ *b* _c_ <l> @r `raw` \\ שלום مرحبا " + "W" * 400
NAMES = (
    "李明", "王小明 臺灣", "田中 さくら", "김민준", "محمد بن عبد الله", "שרה כהן", "अनीता शर्मा", "অনিতা রায়",
    "கண்ணன்", "తెలుగు", "ગુજરાતી", "ਪੰਜਾਬੀ", "ಕನ್ನಡ", "മലയാളം", "සිංහල", "สมชาย", "ລາວ", "សុខា", "မြန်မာ", "ქართული",
    "Հայերեն", "አበበ", "ଓଡ଼ିଆ", "Nguyễn Thị Ánh", "Łukasz Żółć", "Ελένη", "Ольга",
)


def _text(content: bytes) -> str:
    """All words on one line: where a line ends depends on how wide the letters before it came out."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def _solid(said: str) -> str:
    """Without what parts the letters: a hash runs over several lines."""
    return said.replace(" ", "").replace("\u200b", "")


async def _signed_form(cast, answer: str = "Ada", form=CONSENT) -> Document:
    asked = await a_form(cast, form, kind="consent", signs=True)
    document, client = await a_document(cast, asked), await cast.actor("client")
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
    for wanted in ("Consent to treatment", "You may end treatment at any time.", "Whom may we call?", "Ada",
                   kept.name, "Drawn by hand", "Not scrolled to the end", f"{kept.signed_at:%Y-%m-%d %H:%M:%S} UTC",
                   kept.zone, "/verify", "signed it", "Entry in the chain", "Read to the end"):
        assert wanted in said, wanted
    for wanted in (bytes(kept.shown_sha256).hex(), bytes(kept.session).hex(), bytes(kept.version_sha256).hex()):
        assert wanted in _solid(said)
    attached = PdfReader(io.BytesIO(content)).attachments
    assert sha256(attached["shown-1.json"][0]).digest() == bytes(kept.shown_sha256)


async def test_a_time_zone_that_no_browser_named_is_not_claimed(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    sent = await fields(cast, client, document, sign_zone="")
    await cast.inside(lambda: signing.sign_file(client, document.id, sent))
    _, content = await make_copy(cast, document)
    assert "the time zone of the signer was not told" in _text(content)


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


async def test_names_of_most_scripts_have_their_shapes(cast):
    names = " ".join(NAMES)
    _, content = await make_copy(cast, await _signed_form(cast, names))
    assert b"pdfaid:part>3<" in content, "a standard that takes no letter without a shape"
    assert "no shape" not in _text(content)


async def test_a_script_without_shapes_here_still_gets_its_copy_says_so_and_has_its_words_as_text(cast):
    _, content = await make_copy(cast, await _signed_form(cast, "你好 ꦲꦤ"))
    assert "This PDF has no shape for some of the letters" in _text(content)
    shown = json.loads(PdfReader(io.BytesIO(content)).attachments["shown-1.json"][0])
    assert shown["answers"]["reached"] == ["你好 ꦲꦤ"]


async def test_a_very_long_document_is_copied_to_its_last_word(cast):
    words = [f"Sentence {number}: " + "you may end treatment at any time. " * 6 for number in range(300)]
    form = {**CONSENT, "item": [*CONSENT["item"], *(
        {"linkId": f"w{number}", "type": "display", "text": said} for number, said in enumerate(words))]}
    _, content = await make_copy(cast, await _signed_form(cast, form=form))
    pages = PdfReader(io.BytesIO(content)).pages
    said = _text(content)
    assert len(pages) > 12 and all(f"Sentence {number}:" in said for number in (0, 150, 299))


async def test_a_shared_pdf_keeps_every_byte_and_gets_a_page_behind_it(cast):
    original = a_pdf(3)
    document = await signed_file(cast, content=original)
    _, content = await make_copy(cast, document)
    assert content.startswith(original)
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) > 3 and "Certificate of signing" in pages[3].extract_text()
    assert sha256(original).hexdigest() in _solid(_text(content))
    kept = await cast.inside(lambda: Signature.get(document_id=document.id))
    attached = PdfReader(io.BytesIO(content)).attachments["shown-1.json"]
    assert [sha256(one).digest() for one in attached] == [bytes(kept.shown_sha256)], "as the certificate says"


async def test_what_the_shared_pdf_had_attached_stays_beside_it(cast):
    writer, out = PdfWriter(io.BytesIO(a_pdf(1))), io.BytesIO()
    writer.append(io.BytesIO(a_pdf(1)))
    writer.add_attachment("shown-1.json", b"of the practice")
    writer.write(out)
    document = await signed_file(cast, content=out.getvalue())
    _, content = await make_copy(cast, document)
    attached = PdfReader(io.BytesIO(content)).attachments["shown-1.json"]
    assert b"of the practice" in attached and len(attached) == 2


@pytest.mark.parametrize("kind", ["text", "broken", "encrypted"])
async def test_a_file_that_takes_no_page_gets_a_certificate_that_names_it(cast, kind):
    content = {"text": b"Our policies", "broken": b"%PDF-1.7\nnothing", "encrypted": _encrypted()}[kind]
    type = "text/plain" if kind == "text" else "application/pdf"
    document = await signed_file(cast, content=content, type=type)
    _, made = await make_copy(cast, document)
    said = _text(made)
    assert "not in this copy" in said and sha256(content).hexdigest() in _solid(said)


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


async def test_who_voids_while_a_copy_is_made_is_in_it_whole_or_not_at_all(cast, monkeypatch):
    document, practitioner = await signed_file(cast), await cast.actor("practitioner")
    read, racing, outside = copies.fetch_one, [], copy_context()

    async def held(sql, *values):
        if sql == copies.LAST and not racing:
            voiding = cast.inside(lambda: void(practitioner, document.client_id, document.id, "The wrong child"))
            racing.append(asyncio.create_task(voiding, context=outside))
            await asyncio.wait(racing, timeout=0.5)
        return await read(sql, *values)

    monkeypatch.setattr(copies, "fetch_one", held)
    made = await cast.inside(lambda: copies.making(document.id))
    await racing[0]
    assert made is not None and (made.document.voided_at is None) == (made.void_link is None)
    _, content = await make_copy(cast, document)
    assert "The wrong child" in " ".join(_text(content).split()), "wherever its line ends"


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
