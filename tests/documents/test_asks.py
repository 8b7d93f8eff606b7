"""The same over the line: an answer is acknowledged, an older one hears what stands there."""

from __future__ import annotations

import asyncio

import pytest

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


class Ear:
    """Hears what others are told, and looks at once at what stands there."""

    def __init__(self, cast):
        self.cast, self.found = cast, asyncio.get_running_loop().create_future()

    async def tell(self, practice_id, rooms, name, payload):
        kept = await self.cast.inside(lambda: told_answers(payload["document"]))
        self.found.set_result((name, {path: one["value"] for path, one in kept.items()}))


async def test_whoever_is_told_of_an_answer_finds_it_at_once(cast, paper, wired, monkeypatch):
    """Told a moment before the commit, another tab would look too early and then never again."""
    document, ear = await paper.ask(), Ear(cast)
    monkeypatch.setattr(presence, "ear", ear)
    await ask(cast, "client", "document.answer", document=str(document.id), path="about/why", value=["Here"])
    assert await asyncio.wait_for(ear.found, 60) == ("answered", {"about/why": ["Here"]})


@pytest.mark.parametrize(("who", "root"), [("client", ""), ("practitioner", "/staff")])
async def test_so_does_whoever_is_told_of_one_that_is_too_large_for_the_line(
    cast, paper, browse, monkeypatch, who, root
):
    document, ear = await paper.ask(), Ear(cast)
    browser = await browse(cast, who)
    monkeypatch.setattr(presence, "ear", ear)
    answers = [{"path": "about/why", "value": ["long " * 9_000]}, {"path": "sleep/hours", "value": [5]}]
    await browser.send(f"{root}/documents/{document.id}/answers", {"answers": answers})
    told = {one["path"]: one["value"] for one in answers}
    assert await asyncio.wait_for(ear.found, 60) == ("answered", told)


async def test_a_page_of_a_browser_without_a_script_is_told_of_once(cast, paper, browse, monkeypatch):
    document, ear = await paper.ask(), Ear(cast)
    ana = await browse(cast, "client")
    monkeypatch.setattr(presence, "ear", ear)
    await ana.post(f"/documents/{document.id}/page", {"page": "1", "a/about/why": "Here"})
    assert await asyncio.wait_for(ear.found, 60) == ("answered", {"about/why": ["Here"]})
