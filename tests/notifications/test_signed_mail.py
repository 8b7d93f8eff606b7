"""The mail to a signer."""

from __future__ import annotations

from models.accounts.preferences import set_kind
from models.core.database import execute, fetch_all
from models.documents.voiding import void
from models.notifications import mailing
from tests.support.signing import make_copy, signed_file


async def _mails(cast):
    async def found():
        rows = await fetch_all("SELECT id FROM outgoing_mail WHERE kind = 'signed-copy' ORDER BY id")
        return [await mailing.take(row["id"]) for row in rows]

    return await cast.inside(found)


async def test_a_copy_that_is_ready_is_told_to_its_signer_once(cast):
    document = await signed_file(cast)
    assert await _mails(cast) == []
    await make_copy(cast, document)
    await make_copy(cast, document)
    (letter,) = await _mails(cast)
    assert letter.login_id == cast.people.logins["client"] and letter.facts["what"] == "copy"
    assert "Practice policies" not in str(letter)


async def test_voiding_is_told_instead_of_the_copy(cast):
    document, practitioner = await signed_file(cast), await cast.actor("practitioner")
    await cast.inside(lambda: void(practitioner, document.client_id, document.id, "Sent to the wrong person"))
    await make_copy(cast, document)
    (letter,) = await _mails(cast)
    assert letter.facts["what"] == "void" and "wrong person" not in str(letter)


async def test_who_wants_no_such_mail_or_lost_the_access_gets_none(cast):
    document, client = await signed_file(cast), await cast.actor("client")
    await cast.inside(lambda: set_kind(client, "signed-copy", on=False))
    await make_copy(cast, document)
    assert await _mails(cast) == [None]


async def test_whose_access_was_revoked_meanwhile_gets_none(cast):
    document = await signed_file(cast)
    await make_copy(cast, document)
    await cast.inside(lambda: execute("UPDATE portal_access SET revoked_at = now() WHERE id = $1", document.access_id))
    assert await _mails(cast) == [None]
