"""The chain over signatures: whole while nothing is touched, and broken by whoever touches it, even as the owner."""

from __future__ import annotations

import pytest

from models.core.settings import settings
from models.core.verifying import check_and_keep, check_chains, head_hash, sentence
from models.documents.chaining import walk_signings
from models.documents.vouching import vouch
from server.verify import verify
from tests.support.signing import make_copy, signed_file
from tests.support.tampering import as_owner


async def test_each_signature_and_each_copy_is_one_entry_after_the_other(cast):
    for _ in range(2):
        await make_copy(cast, await signed_file(cast))
    found = await cast.inside(check_chains)
    assert found.whole and found.signings == 4
    assert "and 4 of signing" in sentence(found, "x")
    assert len((await cast.inside(head_hash)).split("-")) == 3 or (await cast.inside(head_hash)).count("-") >= 1


async def test_nothing_signed_is_a_whole_chain(cast):
    assert await cast.inside(walk_signings) == (0, None)


@pytest.mark.parametrize("forgery", [
    "UPDATE signature SET name = 'Somebody Else' WHERE document_id = $1",
    "UPDATE signature SET read_to_end = NOT read_to_end WHERE document_id = $1",
    "UPDATE signature SET signed_at = signed_at - interval '1 day' WHERE document_id = $1",
    "UPDATE signed_copy SET sha256 = decode(repeat('00', 32), 'hex') WHERE document_id = $1",
    "DELETE FROM signing_link WHERE document_id = $1 AND kind = 'signature'",
    "UPDATE signing_link SET before = decode(repeat('00', 32), 'hex') WHERE document_id = $1",
    """INSERT INTO signature SELECT practice_id, gen_random_uuid(), document_id, submission_id, 'staff', login_id, name,
      way, mark, intent, disclosure, agreed_at, shown, shown_sha256, submission_sha256, version_sha256, file_sha256,
      signed_at, zone, address, device, session, method, read_to_end FROM signature WHERE document_id = $1""",
])
async def test_what_the_owner_of_the_database_forges_is_found(cast, forgery):
    document = await signed_file(cast)
    await make_copy(cast, document)
    assert (await cast.inside(check_and_keep)).whole
    await as_owner(cast, forgery, document.id)
    found = await cast.inside(check_chains)
    assert not found.whole and found.broken_signing in (1, 2, 3)
    assert "chain over signatures" in sentence(found, "")


async def test_a_chain_that_became_shorter_is_found(cast):
    document = await signed_file(cast)
    await make_copy(cast, document)
    await cast.inside(check_and_keep)
    await as_owner(cast, "DELETE FROM signing_link WHERE document_id = $1", document.id)
    await as_owner(cast, "DELETE FROM signed_copy WHERE document_id = $1", document.id)
    await as_owner(cast, "DELETE FROM signature WHERE document_id = $1", document.id)
    await as_owner(cast, "UPDATE signing_head SET number = 0, hash = '' WHERE $1::uuid IS NOT NULL", document.id)
    assert (await cast.inside(walk_signings))[1] is None, "by itself it looks whole"
    assert (await cast.inside(check_chains)).broken_signing == 1


async def test_of_one_document_the_entries_hold_or_not(cast):
    document, other = await signed_file(cast), await signed_file(cast)
    await as_owner(cast, "UPDATE signature SET name = 'X' WHERE document_id = $1", document.id)
    assert not (await cast.inside(lambda: vouch(document.id))).holds
    assert (await cast.inside(lambda: vouch(other.id))).holds


async def test_portico_verify_walks_it_as_well(cast, capsys):
    document = await signed_file(cast)
    from models.core.database import close_database, open_database

    await close_database()
    try:
        assert await verify(cast.subdomain) == 0
    finally:
        await open_database(settings().database_url or "", pool=10)
    assert "of signing" in capsys.readouterr().out and document.id
