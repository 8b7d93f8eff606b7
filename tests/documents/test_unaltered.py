"""The page where anybody asks whether a PDF is unaltered."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest
from pypdf import PdfReader, PdfWriter

from models.core.database import execute
from models.core.verifying import check_chains
from models.documents.countersigning import countersign, countersign_panel
from models.documents.unaltered import judge, reference_in
from server.verifying import COMPARED
from tests.support.signing import a_pdf, beside, make_copy, signed_file
from tests.support.tampering import FORGED, as_owner


async def _verify(browse, cast, content: bytes):
    stranger = await browse(cast)
    made = stranger._headers({"Accept": "application/json", "Content-Type": "application/pdf"})
    return await stranger.client.post("/verify", data=content, headers=made)


async def test_a_stranger_reads_that_a_copy_is_unaltered_and_no_more_than_it_says_itself(browse, cast):
    document = await signed_file(cast)
    copy, content = await make_copy(cast, document)
    told = await (await _verify(browse, cast, content)).get_json()
    assert told["answer"] == "unaltered" and len(told["signers"]) == 1
    initials, role, _ = told["signers"][0]
    assert role == "recipient" and all(part.endswith(".") and len(part) == 2 for part in initials.split())
    page = await (await (await browse(cast)).get(f"/verify?sha256={bytes(copy.sha256).hex()}")).get_data(as_text=True)
    assert "Unaltered" in page and "Practice policies" not in page


async def test_one_byte_a_page_or_an_answer_changed_is_told(browse, cast):
    _, content = await make_copy(cast, await signed_file(cast, content=a_pdf(3)))
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    writer, shorter = PdfWriter(clone_from=PdfReader(io.BytesIO(content))), io.BytesIO()
    writer.remove_page(0)
    writer.write(shorter)
    rewritten, edited = PdfWriter(clone_from=PdfReader(io.BytesIO(content))), io.BytesIO()
    rewritten.add_metadata({"/Title": "Edited"})
    rewritten.write(edited)
    for tampered in (bytes(flipped), shorter.getvalue(), edited.getvalue(), content + b"\n", content[:-1]):
        told = await (await _verify(browse, cast, tampered)).get_json()
        assert told["answer"] == "altered", len(tampered)
        assert told["signers"] == [] and told["made_at"] is None


async def test_a_byte_anywhere_is_told(browse, cast):
    _, content = await make_copy(cast, await signed_file(cast, content=a_pdf(3)))
    for place in (0, 8, *range(97, len(content) - 60, len(content) // 12), len(content) - 60, len(content) - 1):
        tampered = bytearray(content)
        tampered[place] ^= 1
        told = await (await _verify(browse, cast, bytes(tampered))).get_json()
        assert told["answer"] in ("altered", "unknown") and told["signers"] == [], place


async def test_an_update_put_behind_a_copy_is_told(browse, cast):
    _, content = await make_copy(cast, await signed_file(cast, content=a_pdf(3)))
    writer, grown = PdfWriter(io.BytesIO(content), incremental=True), io.BytesIO()
    writer.add_blank_page(612, 792)
    writer.write(grown)
    assert grown.getvalue().startswith(content) and len(PdfReader(io.BytesIO(grown.getvalue())).pages) > 4
    far = content + b"\n" + b"%x" * (9 * 1024 * 1024)
    for tampered in (grown.getvalue(), far):
        assert (await (await _verify(browse, cast, tampered)).get_json())["answer"] == "altered", len(tampered)


async def test_a_certificate_behind_another_document_is_told(browse, cast):
    _, one = await make_copy(cast, await signed_file(cast, content=a_pdf(3)))
    _, other = await make_copy(cast, await signed_file(cast, content=a_pdf(5)))
    swapped, out = PdfWriter(), io.BytesIO()
    swapped.append(io.BytesIO(one), pages=(0, 3))
    swapped.append(io.BytesIO(other), pages=(5, len(PdfReader(io.BytesIO(other)).pages)))
    swapped.add_metadata({"/Keywords": f"portico-copy:{reference_in(other)}"})
    swapped.write(out)
    for tampered in (out.getvalue(), one + other, other[: len(other) // 2] + one):
        assert (await (await _verify(browse, cast, tampered)).get_json())["answer"] == "altered"


async def test_the_copy_of_a_large_file_is_compared_as_well(browse, cast):
    large = a_pdf(1) + b"\n%" + b"x" * (27 * 1024 * 1024)
    _, content = await make_copy(cast, await signed_file(cast, content=large))
    assert content.startswith(large)
    assert (await (await _verify(browse, cast, content)).get_json())["answer"] == "unaltered"
    assert (await (await _verify(browse, cast, content + b" ")).get_json())["answer"] == "altered"


async def test_an_older_copy_names_those_who_had_signed_it(cast):
    document, practitioner = await signed_file(cast, countersigns=True), await cast.actor("practitioner")
    older, _ = await make_copy(cast, document)
    panel = await cast.inside(lambda: countersign_panel(practitioner, document))
    sent = beside(panel)
    await cast.inside(lambda: countersign(practitioner, document.client_id, document.id, sent))
    newer, _ = await make_copy(cast, document)
    told = await cast.inside(lambda: judge(bytes(older.sha256), None))
    assert [role for _, role, _ in told.signers] == ["recipient"] and told.newer
    told = await cast.inside(lambda: judge(bytes(newer.sha256), None))
    assert [role for _, role, _ in told.signers] == ["recipient", "staff"] and not told.newer


@pytest.mark.parametrize("forgery", [
    FORGED, "UPDATE document SET voided_at = now(), void_reason = 'Nobody said so' WHERE id = $1",
], ids=["a second signature", "a voiding"])
async def test_what_was_written_beside_the_chain_is_not_vouched_for(cast, forgery):
    document = await signed_file(cast)
    copy, _ = await make_copy(cast, document)
    await cast.inside(lambda: execute(forgery, document.id))
    assert (await cast.inside(lambda: judge(bytes(copy.sha256), None))).answer == "broken"
    assert not (await cast.inside(check_chains)).whole


async def test_what_was_never_made_here_is_not_known(browse, cast, neighbours):
    _, elsewhere = await make_copy(neighbours, await signed_file(neighbours))
    for content in (a_pdf(), elsewhere, b"nothing of a PDF"):
        assert (await (await _verify(browse, cast, content)).get_json())["answer"] == "unknown"


async def test_what_is_kept_about_it_must_hold_as_well(cast):
    document = await signed_file(cast)
    copy, _ = await make_copy(cast, document)
    await as_owner(cast, "UPDATE signature SET name = 'X' WHERE document_id = $1", document.id)
    assert (await cast.inside(lambda: judge(bytes(copy.sha256), None))).answer == "broken"


async def test_who_asks_too_often_waits(browse, cast, monkeypatch):
    monkeypatch.setattr("server.verifying.COMPARED", type(COMPARED)("verify", most=1, seconds=3600))
    assert (await _verify(browse, cast, b"x")).status_code == 200
    assert (await _verify(browse, cast, b"x")).status_code == 429


async def test_nonsense_in_its_address_is_told(browse, cast):
    stranger = await browse(cast)
    assert (await stranger.json("/verify?sha256=zz")).status_code == 422
    assert (await stranger.json(f"/verify?sha256={sha256(b'x').hexdigest()}&copy=no")).status_code == 422
    assert (await stranger.get("/verify")).status_code == 200


def test_a_pdf_says_which_copy_it_is_in_its_last_words():
    one, two = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
    assert str(reference_in(f"portico-copy:{one} x portico-copy:{two}".encode())) == two
    assert reference_in(b"portico-copy:nothing") is None
