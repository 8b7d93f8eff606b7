"""Saved replies."""

from __future__ import annotations

from typing import Any

from models.messaging import replies


async def save(talk: Any, who: str, title: str, **more: Any) -> Any:
    actor = await talk.as_(who)
    return await talk.do(lambda: replies.save(actor, title=title, body=f"{title}, in full", **more))


async def titles(talk: Any, who: str) -> list[str]:
    actor = await talk.as_(who)
    return [one.title for one in await talk.do(lambda: replies.replies_of(actor))]


async def test_ones_own_and_the_practices_stand_together(talk: Any) -> None:
    await save(talk, "practitioner", "Mine")
    await save(talk, "owner", "Ours", shared=True)
    await save(talk, "supervisor", "Hers")
    assert await titles(talk, "practitioner") == ["Mine", "Ours"]
    assert await titles(talk, "supervisor") == ["Hers", "Ours"]


async def test_only_administrators_keep_the_practices(talk: Any) -> None:
    shared = await save(talk, "owner", "Ours", shared=True)
    await talk.is_refused(save(talk, "practitioner", "Theirs", shared=True), "administrator-only")
    practitioner, owner = await talk.as_("practitioner"), await talk.as_("owner")
    await talk.is_refused(talk.do(lambda: replies.reply_for(practitioner, shared)), "administrator-only")
    reply = await talk.do(lambda: replies.reply_for(owner, shared))
    await talk.do(lambda: replies.rewrite(owner, reply, title="Ours, better", body="x"))
    assert await titles(talk, "practitioner") == ["Ours, better"]


async def test_nobody_changes_the_replies_of_others(talk: Any) -> None:
    mine = await save(talk, "practitioner", "Mine")
    for other in ("owner", "supervisor"):
        actor = await talk.as_(other)
        await talk.is_refused(talk.do(lambda actor=actor: replies.reply_for(actor, mine)), "not-found")
    practitioner = await talk.as_("practitioner")
    reply = await talk.do(lambda: replies.reply_for(practitioner, mine))
    await talk.do(lambda: replies.drop(practitioner, reply))
    assert await titles(talk, "practitioner") == []


async def test_clients_have_none(talk: Any) -> None:
    await save(talk, "owner", "Ours", shared=True)
    await talk.is_refused(titles(talk, "client"), "forbidden")
