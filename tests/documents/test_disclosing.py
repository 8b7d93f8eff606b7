"""Agreeing to sign electronically, and withdrawing: once for each version of the words."""

from __future__ import annotations

import pytest

from models.core.database import execute
from models.core.errors import Conflict
from models.documents import disclosing
from models.documents.signing_settings import set_signing


async def _now(cast, actor):
    async def asked():
        return await disclosing.standing(actor, await disclosing.disclosure())

    return await cast.inside(asked)


async def test_the_words_say_what_the_law_wants_said(cast):
    words = (await cast.inside(disclosing.disclosure)).words
    for about in ("Paper instead:", "Withdrawing:", "Your copies:", "Reaching you:", "What you need:"):
        assert about in words


async def test_one_agrees_once_and_anew_when_the_words_change(cast):
    client, owner = await cast.actor("client"), await cast.actor("owner")
    await cast.inside(lambda: disclosing.agree(client, 1))
    at = (await _now(cast, client)).agreed_at
    assert at and (await cast.inside(lambda: disclosing.agree(client, 1))) == at, "asked again, nothing is written"
    await cast.inside(lambda: set_signing(owner, None, confirms=False, typed=True, paper="A copy costs nothing."))
    changed = await cast.inside(disclosing.disclosure)
    assert changed.number == 2 and "A copy costs nothing." in changed.words
    assert (await _now(cast, client)).agreed_at is None
    with pytest.raises(Conflict):
        await cast.inside(lambda: disclosing.agree(client, 1))
    await cast.inside(lambda: disclosing.agree(client, 2))
    assert (await _now(cast, client)).agreed_at


async def test_who_withdraws_signs_on_paper_until_they_agree_again(cast):
    client = await cast.actor("client")
    await cast.inside(lambda: disclosing.choose_paper(client))
    assert (await _now(cast, client)).withdrawn_at is None, "who never agreed has nothing to withdraw"
    await cast.inside(lambda: disclosing.agree(client, 1))
    await cast.inside(lambda: disclosing.choose_paper(client))
    stands = await _now(cast, client)
    assert stands.withdrawn_at and stands.agreed_at is None
    await cast.inside(lambda: disclosing.agree(client, 1))
    assert (await _now(cast, client)).agreed_at


async def test_each_person_agrees_for_themselves(cast):
    client, parent = await cast.actor("client"), await cast.actor("parent", client="teen")
    await cast.inside(lambda: disclosing.agree(client, 1))
    assert (await _now(cast, parent)).agreed_at is None


async def test_who_agreed_when_stays_written(cast):
    client = await cast.actor("client")
    await cast.inside(lambda: disclosing.agree(client, 1))
    with pytest.raises(Exception, match=r"append-only|permission denied"):
        await cast.inside(lambda: execute("DELETE FROM signing_agreement WHERE login_id = $1", client.login_id))


async def test_paper_is_reached_as_the_practice_says(cast):
    await cast.inside(lambda: execute("UPDATE practice_profile SET phone = '', address = ''"))
    assert await cast.inside(disclosing.paper_words) == "For paper, ask at the front desk."
