"""The same over the line: an answer is acknowledged, an older one hears what stands there."""

from __future__ import annotations

import asyncio

from models.documents.filling import told_answers
from realtime import presence
from realtime.door import heard


async def ask(cast, who, name, **payload):
    return await heard(cast.practice_id, await cast.session(who), name, payload)


async def test_an_answer_is_acknowledged_and_an_older_one_hears_what_stands(cast, paper, wired):
    document = str((await paper.ask()).id)
    first = await ask(cast, "client", "document.answer", document=document, path="about/why", value=["Later"], page=1)
    assert first["ok"] and not first["stale"]
    older = {"document": document, "path": "about/why", "value": ["Earlier"], "at": first["at"] - 60_000}
    second = await ask(cast, "client", "document.answer", **older)
    assert second["ok"] and second["stale"] and second["value"] == ["Later"]
    assert (await ask(cast, "client", "document.page", document=document, page=2))["ok"]
    assert (await paper.now(await paper.now(await paper.ask("teen")))).page == 0


async def test_what_is_not_ones_own_is_not_there(cast, paper, wired):
    document = str((await paper.ask()).id)
    for who in ("parent", "teen"):
        answer = await ask(cast, who, "document.answer", document=document, path="about/why", value=["x"])
        assert answer["error"]["code"] == "not-found"
    wrong = await ask(cast, "client", "document.answer", document=document, path="about/why", value="no list")
    assert wrong["error"]["code"] == "invalid"


async def test_whoever_is_told_of_an_answer_finds_it_at_once(cast, paper, wired, monkeypatch):
    """Told a moment before the commit, another tab would look too early and then never again."""
    document, found = await paper.ask(), asyncio.get_running_loop().create_future()

    class Ear:
        async def tell(self, practice_id, rooms, name, payload):
            kept = await cast.inside(lambda: told_answers(payload["document"]))
            found.set_result((name, kept["about/why"]["value"]))

    monkeypatch.setattr(presence, "ear", Ear())
    await ask(cast, "client", "document.answer", document=str(document.id), path="about/why", value=["Here"])
    assert await asyncio.wait_for(found, 10) == ("answered", ["Here"])
