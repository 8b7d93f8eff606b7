"""Signing: every piece of evidence, and all that is refused."""

from __future__ import annotations

import asyncio
import io
import json
from hashlib import sha256

import pytest
from pypdf import PdfReader

from models.accounts.actors import actor_of_session
from models.accounts.proving import StepUp, note_proof
from models.core.change import change
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.core.scope import Whence, comes_from
from models.documents import disclosing, signing
from models.documents.countersigning import countersign, countersign_panel
from models.documents.signing_settings import set_signing
from models.documents.submitting import submit
from models.documents.tables import Document, Signature
from tests.support.papers import a_document, a_form
from tests.support.signing import (
    CONSENT,
    DRAWN,
    a_file_to_sign,
    beside,
    fields,
    jobs_of,
    make_copy,
    signed_file,
)


async def _signature(cast, document: Document) -> Signature:
    return await cast.inside(lambda: Signature.get(document_id=document.id, role="recipient"))


async def _sign(cast, actor, document, **more):
    sent = await fields(cast, actor, document, **more)
    return await cast.inside(lambda: signing.sign_file(actor, document.id, sent))


async def test_a_signature_keeps_what_was_shown_and_how_it_was_known_who_signed(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    await cast.inside(lambda: note_proof(client, by="a password"))
    comes_from(Whence("203.0.113.7", "Firefox on Linux"))
    await _sign(cast, client, document, sign_read=True, sign_zone="Europe/Berlin")
    kept = await _signature(cast, document)
    assert sha256(kept.shown.encode()).digest() == bytes(kept.shown_sha256)
    shown = json.loads(kept.shown)
    assert (shown["title"], shown["intent"]) == ("Practice policies", kept.intent)
    assert shown["file"]["sha256"] == bytes(kept.file_sha256).hex()
    assert (kept.role, kept.way, kept.mark) == ("recipient", "typed", kept.name)
    assert (kept.zone, kept.address, kept.device) == ("Europe/Berlin", "203.0.113.7", "Firefox on Linux")
    assert kept.read_to_end and kept.agreed_at <= kept.signed_at
    assert "confirmed with a password at" in kept.method and kept.method.endswith("UTC")
    assert client.session_id.bytes not in bytes(kept.session) and len(kept.session) == 32
    assert await jobs_of(cast, document) == 1
    comes_from(Whence())


async def test_not_scrolled_and_not_noted_are_never_claimed(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    await _sign(cast, client, document, sign_zone="Mars/Olympus")
    kept = await _signature(cast, document)
    assert not kept.read_to_end and kept.zone == "", "a zone that is none is not the signer's"
    assert "what was not noted" in kept.method, "a session of which nobody noted how it began says so"


async def test_a_form_is_signed_with_its_answers_and_the_very_version(cast):
    form = await a_form(cast, CONSENT, kind="consent", signs=True)
    document, client = await a_document(cast, form), await cast.actor("client")
    await _answer(cast, document, "reached", '["Ada"]')

    async def hand_in():
        async with change(client, "document.submit"):
            held = await Document.get(id=document.id)
            return await signing.sign_in_change(client, held, None, sent)

    sent = await fields(cast, client, document)
    kept = await cast.inside(hand_in)
    shown = json.loads(kept.shown)
    assert shown["answers"] == {"reached": ["Ada"]}
    assert {"kind": "words", "deep": 0, "text": "You may end treatment at any time."} in shown["content"]
    assert {"kind": "question", "deep": 0, "text": "Whom may we call?", "answers": ["Ada"]} in shown["content"]
    assert shown["form"]["sha256"] == bytes(kept.version_sha256).hex()


async def test_what_changed_after_it_was_shown_is_not_signed(cast):
    form = await a_form(cast, CONSENT, signs=True)
    document, client = await a_document(cast, form), await cast.actor("client")
    await _answer(cast, document, "reached", '["Ada"]')
    before = await cast.inside(lambda: signing.panel(client, document))
    await _answer(cast, document, "reached", '["Somebody else"]')
    after = await cast.inside(lambda: signing.panel(client, document))
    assert before.shown != after.shown


async def test_a_stale_page_signs_nothing(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    with pytest.raises(Conflict) as stale:
        await _sign(cast, client, document, sign_shown="0" * 64)
    assert stale.value.code == "shown-changed"
    assert not await cast.inside(lambda: Signature.exists(document_id=document.id))


async def test_of_two_tabs_that_sign_at_once_one_does(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    await _agree(cast, client)
    sent = await fields(cast, client, document)
    both = await asyncio.gather(
        *(cast.inside(lambda: signing.sign_file(client, document.id, sent)) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(one) for one in both if isinstance(one, Exception)) == [Conflict]
    assert await cast.inside(lambda: Signature.filter(document_id=document.id).count()) == 1


async def test_a_document_taken_back_after_it_was_shown_cannot_be_signed(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    sent = await fields(cast, client, document)
    await cast.inside(lambda: execute("UPDATE document SET withdrawn_at = now() WHERE id = $1", document.id))
    with pytest.raises(Missing):
        await cast.inside(lambda: signing.sign_file(client, document.id, sent))


async def test_who_withdrew_after_it_was_shown_signs_nothing_and_reads_how_to_get_paper(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    await _agree(cast, client)
    sent = await fields(cast, client, document)
    await cast.inside(lambda: disclosing.choose_paper(client))
    with pytest.raises(Forbidden) as refused:
        await cast.inside(lambda: signing.sign_file(client, document.id, sent))
    assert refused.value.code == "paper-chosen" and "For paper," in refused.value.detail


async def test_nobody_signs_before_they_have_agreed_to_the_words(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    with pytest.raises(Invalid) as refused:
        await _sign(cast, client, document, sign_agreed=False)
    assert list(refused.value.errors) == ["sign_agreed"]
    await _sign(cast, client, document)
    assert (await cast.inside(lambda: signing.panel(client, document))).agreed_at


async def test_a_drawing_is_kept_as_lines_and_a_dot_is_none(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    for wrong in ("", "M10.0,10.0L10.5,10.5", "M0,0<script>", "M1.0,1.0L9999.0,1.0"):
        with pytest.raises(Invalid) as refused:
            await _sign(cast, client, document, sign_way="drawn", sign_mark=wrong)
        assert list(refused.value.errors) == ["sign_mark"]
    await _sign(cast, client, document, sign_way="drawn", sign_mark=DRAWN)
    kept = await _signature(cast, document)
    assert (kept.way, kept.mark) == ("drawn", DRAWN)


async def test_a_name_that_is_not_the_records_is_asked_about_and_kept_as_typed(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    with pytest.raises(Invalid) as asked:
        await _sign(cast, client, document, name="Somebody Else")
    assert "Somebody Else" in asked.value.errors["sign_name"][0]
    await _sign(cast, client, document, name="Somebody Else", sign_sure=True)
    assert (await _signature(cast, document)).name == "Somebody Else"


async def test_a_contact_says_that_they_may_sign_for_the_child(cast):
    document = await a_file_to_sign(cast, "parent", client="teen")
    await _allow(cast, document)
    parent = await cast.actor("parent", client="teen")
    panel = await cast.inside(lambda: signing.panel(parent, document))
    assert "that you may sign for" in panel.intent
    await _sign(cast, parent, document)
    assert (await _signature(cast, document)).intent == panel.intent


async def test_the_other_parent_and_staff_never_sign_what_was_asked_of_one(cast):
    document = await a_file_to_sign(cast, "parent", client="teen")
    await _allow(cast, document)
    parent = await cast.actor("parent", client="teen")
    sent = await fields(cast, parent, document)
    for name in ("coparent", "teen"):
        other = await cast.actor(name)
        with pytest.raises(Missing):
            await cast.inside(lambda who=other: signing.sign_file(who, document.id, sent))
    practitioner = await cast.actor("practitioner")
    with pytest.raises(Missing):
        await cast.inside(lambda: signing.sign_file(practitioner, document.id, sent))
    await cast.inside(lambda: signing.sign_file(parent, document.id, sent))


async def test_a_contact_without_the_permission_signs_nothing(cast):
    document = await a_file_to_sign(cast, "parent", client="teen")
    await _allow(cast, document, on=False)
    parent = await cast.actor("parent", client="teen")
    with pytest.raises(Missing):
        await _sign(cast, parent, document)


async def test_where_the_practice_asks_who_signs_proves_to_be_there(cast, later):
    owner = await cast.actor("owner")
    await cast.inside(lambda: set_signing(owner, None, confirms=True, typed=True, paper=""))
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    later(minutes=11)
    assert (await cast.inside(lambda: signing.panel(client, document))).confirms
    with pytest.raises(StepUp):
        await _sign(cast, client, document)
    await cast.inside(lambda: note_proof(client, by="a passkey", strong=True))
    again = await cast.inside(lambda: actor_of_session(cast.practice_id, client.session_id))
    await _sign(cast, again.acting_for(None), document)
    assert "confirmed with a passkey" in (await _signature(cast, document)).method


async def test_where_the_practice_wants_it_drawn_a_typed_name_is_refused(cast):
    owner = await cast.actor("owner")
    await cast.inside(lambda: set_signing(owner, None, confirms=False, typed=False, paper=""))
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    with pytest.raises(Invalid):
        await _sign(cast, client, document)
    await _sign(cast, client, document, sign_way="drawn", sign_mark=DRAWN)


@pytest.mark.parametrize("statement", [
    "UPDATE signature SET name = 'X' WHERE document_id = $1",
    "DELETE FROM signature WHERE document_id = $1",
    "UPDATE signing_link SET hash = 'x' WHERE document_id = $1",
    "UPDATE document SET title = 'X' WHERE id = $1",
    "UPDATE document SET submitted_at = NULL WHERE id = $1",
    "UPDATE document SET returned_at = now() WHERE id = $1",
    "UPDATE document SET withdrawn_at = now() WHERE id = $1",
    "UPDATE document SET note = 'Only a draft' WHERE id = $1",
    "UPDATE document SET countersigns = NOT countersigns WHERE id = $1",
    "UPDATE document SET voided_at = now(), void_reason = ' ' WHERE id = $1",
    "UPDATE document SET client_id = (SELECT id FROM client c WHERE c.id <> client_id LIMIT 1) WHERE id = $1",
    """UPDATE document SET (client_id, access_id) =
       (SELECT a.client_id, a.id FROM portal_access a WHERE a.client_id <> document.client_id LIMIT 1) WHERE id = $1""",
    "DELETE FROM document WHERE id = $1",
    "DELETE FROM signed_copy WHERE document_id = $1",
    "UPDATE signed_copy SET sha256 = '' WHERE document_id = $1",
    "DELETE FROM signing_link WHERE document_id = $1",
    "UPDATE signing_agreement SET withdrawn = true FROM signature s WHERE s.document_id = $1",
    "UPDATE signing_disclosure SET words = 'X' FROM signature s WHERE s.document_id = $1",
    "UPDATE file SET sha256 = '' FROM document d WHERE d.file_id = file.id AND d.id = $1",
    "UPDATE file SET refused_at = now() FROM document d WHERE d.file_id = file.id AND d.id = $1",
    """INSERT INTO answer (document_id, path, value, login_id, side)
       SELECT $1, 'x', '[]', login_id, 'portal' FROM signature WHERE document_id = $1""",
    """INSERT INTO submission (id, document_id, number, response, sha256, login_id)
       SELECT gen_random_uuid(), $1, 2, '{}', '', login_id FROM signature WHERE document_id = $1""",
])
async def test_a_signed_document_cannot_be_edited_or_deleted(cast, statement):
    document = await signed_file(cast)
    await make_copy(cast, document)
    with pytest.raises(Exception, match=r"signed document|append-only|permission denied"):
        await cast.inside(lambda: execute(statement, document.id))


async def test_a_second_signature_stands_as_well(cast):
    document, practitioner = await signed_file(cast, countersigns=True), await cast.actor("practitioner")
    panel = await cast.inside(lambda: countersign_panel(practitioner, document))
    sent = beside(panel)
    await cast.inside(lambda: countersign(practitioner, document.client_id, document.id, sent))
    undo = "UPDATE document SET countersigned_at = NULL WHERE id = $1"
    with pytest.raises(Exception, match="only voided"):
        await cast.inside(lambda: execute(undo, document.id))


@pytest.mark.parametrize("other", ["answer", "submission"])
async def test_what_was_answered_under_a_signature_stands(cast, other):
    form = await a_form(cast, CONSENT, kind="consent", signs=True)
    document, client = await a_document(cast, form), await cast.actor("client")
    await _answer(cast, document, "reached", '["Ada"]')
    sent = await fields(cast, client, document)
    await cast.inside(lambda: submit(client, document.id, signature=sent))
    for change_it in (f"DELETE FROM {other} WHERE document_id = $1",
                      f"UPDATE {other} SET login_id = gen_random_uuid() WHERE document_id = $1"):
        with pytest.raises(Exception, match="signed document"):
            await cast.inside(lambda sql=change_it: execute(sql, document.id))


async def test_a_signature_of_one_document_is_none_of_another(cast):
    first, second, client = await a_file_to_sign(cast), await a_file_to_sign(cast), await cast.actor("client")
    sent = await fields(cast, client, first)
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: signing.sign_file(client, second.id, sent))
    assert refused.value.code == "shown-changed"
    await cast.inside(lambda: signing.sign_file(client, first.id, sent))


async def test_no_clock_and_no_name_of_later_reaches_a_signature(cast, later):
    began, document, ended = now(), await signed_file(cast), now()
    before = await _signature(cast, document)
    assert began <= before.signed_at <= ended, "the server's clock, whatever a device says"
    rename = "UPDATE client SET name = 'Somebody Else' WHERE id = $1"
    await cast.inside(lambda: execute(rename, document.client_id))
    await cast.inside(lambda: execute("UPDATE practice_profile SET time_zone = 'Asia/Tokyo'"))
    later(days=400)
    after = await _signature(cast, document)
    assert (after.name, after.zone, after.signed_at) == (before.name, before.zone, before.signed_at)
    _, content = await make_copy(cast, document)
    said = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert f"Signature of {before.name}" in said and f"{before.signed_at:%Y-%m-%d %H:%M:%S} UTC" in said
    assert "America/New_York" in said


async def _answer(cast, document: Document, path: str, value: str) -> None:
    sql = """INSERT INTO answer (document_id, path, value, login_id, side) VALUES ($1, $2, $3::jsonb, $4, 'portal')
      ON CONFLICT (practice_id, document_id, path) DO UPDATE SET value = excluded.value"""
    await cast.inside(lambda: execute(sql, document.id, path, value, cast.people.logins["client"]))


async def _agree(cast, actor) -> None:
    async def agreed():
        await disclosing.agree(actor, (await disclosing.disclosure()).number)

    await cast.inside(agreed)


async def _allow(cast, document: Document, *, on: bool = True) -> None:
    given = "array_append(permissions, 'documentation')" if on else "array_remove(permissions, 'documentation')"
    sql = f"UPDATE portal_access SET permissions = {given} WHERE id = $1"
    await cast.inside(lambda: execute(sql, document.access_id))
