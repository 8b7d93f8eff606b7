"""The same over the line: an answer is acknowledged, an older one hears what stands there."""

from __future__ import annotations

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
