"""Something is said to one person about a client, in the conversation of these two or a new one."""

from __future__ import annotations

import pytest

from models.core.database import fetch_all
from models.core.errors import Conflict
from models.messaging.saying import say_to


async def test_it_begins_a_conversation_and_goes_on_in_it(cast):
    maya, leo, karen = await cast.actor("practitioner"), cast.clients["teen"], cast.contacts["parent"]
    first = await cast.inside(lambda: say_to(maya, leo, karen, "One"))
    second = await cast.inside(lambda: say_to(maya, leo, karen, "Two"))
    assert first == second
    sql = "SELECT body FROM message WHERE conversation_id = $1 ORDER BY id"
    said = await cast.inside(lambda: fetch_all(sql, first))
    assert [row["body"] for row in said] == ["One", "Two"]


async def test_who_cannot_be_reached_is_told(cast):
    maya, nora = await cast.actor("practitioner"), cast.clients["child"]
    with pytest.raises(Conflict):
        await cast.inside(lambda: say_to(maya, nora, nora, "Hello"))
