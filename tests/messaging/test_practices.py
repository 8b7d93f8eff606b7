"""What the practice decides about messaging."""

from __future__ import annotations

from typing import Any

from models.core.database import fetch_one
from models.messaging import practices


async def test_by_default_clients_see_only_that_staff_have_read(talk: Any) -> None:
    settings = await talk.do(practices.messaging_settings)
    assert settings.clients_see_read and not settings.clients_see_online and not settings.clients_see_typing
    assert not settings.clients_write_front_desk and not settings.start_needs_access


async def test_only_administrators_change_it_and_what_is_not_named_stays(talk: Any) -> None:
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.configure(owner, {"clients_see_online": True}))
    await talk.do(lambda: practices.configure(owner, {"clients_see_read": False}))
    settings = await talk.do(practices.messaging_settings)
    assert settings.clients_see_online and not settings.clients_see_read
    for other in ("practitioner", "frontdesk", "client"):
        actor = await talk.as_(other)
        step = talk.do(lambda actor=actor: practices.configure(actor, {"clients_see_read": True}))
        await talk.is_refused(step, "administrator-only")


async def test_the_crisis_text_is_never_empty(talk: Any) -> None:
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.set_banner(owner, "Call 988."))
    row = await talk.do(lambda: fetch_one("SELECT crisis_text FROM practice_profile"))
    assert row["crisis_text"] == "Call 988."
    refusal = await talk.is_refused(talk.do(lambda: practices.set_banner(owner, "  ")), "invalid")
    assert "crisis_text" in refusal.errors


async def test_one_practices_settings_are_not_anothers(talk: Any, elsewhere: Any) -> None:
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.configure(owner, {"clients_see_online": True}))
    assert (await talk.do(practices.messaging_settings)).clients_see_online
    assert not (await elsewhere.do(practices.messaging_settings)).clients_see_online
