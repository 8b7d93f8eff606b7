"""Documents & Forms after years: what is done and what is to read go on page by page, each document on one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.core.clock import now
from models.documents import own
from models.documents.asking import Wanted
from tests.documents.desk import Desk
from tests.support.papers import a_document, a_form


async def done(cast, paper, count, at=None):
    """So many handed in, newest last; the ids newest first."""
    form = await a_form(cast)
    ids = []
    for number in range(count):
        document = await a_document(cast, form, "client")
        await paper.change(document, submitted_at=at or now() - timedelta(days=count - number))
        ids.append(document.id)
    return ids[::-1]


async def walk(cast, name, key, more):
    """Pages of one list from its beginning on."""
    ana, pages, edge = await cast.actor("client"), [], None
    while True:
        found = await cast.inside(lambda e=edge: own.papers_of(ana, limit=2, **({key: e} if e else {})))
        pages.append([one.id for one in getattr(found, name)])
        edge = getattr(found, more)
        if edge is None:
            return pages


async def test_what_was_handed_in_goes_on_newest_first_until_the_oldest(cast, paper):
    ids = await done(cast, paper, 5)
    assert await walk(cast, "done", "done_before", "more_done") == [ids[:2], ids[2:4], ids[4:]]


async def test_of_those_handed_in_in_one_moment_none_is_left_out(cast, paper):
    ids = await done(cast, paper, 4, at=now())
    pages = await walk(cast, "done", "done_before", "more_done")
    assert sorted(id for page in pages for id in page) == sorted(ids) and [len(one) for one in pages] == [2, 2]


async def test_files_to_read_go_on_in_the_practices_order(cast, paper):
    desk = Desk(cast, "client")
    files = [await desk.file(f"Plan {number}.pdf") for number in range(5)]
    await desk.share("client", *(Wanted("file", file) for file in files))
    pages = await walk(cast, "shared", "shared_after", "more_shared")
    assert [len(one) for one in pages] == [2, 2, 1]
    titles = {one.id: one.title for one in await desk.documents("client")}
    assert [titles[id] for page in pages for id in page] == [f"Plan {number}.pdf" for number in range(5)]


async def test_the_page_leads_to_older_ones_and_back(cast, paper, browse, monkeypatch):
    monkeypatch.setattr(own.papers_of, "__kwdefaults__", {"shared_after": None, "done_before": None, "limit": 2})
    ids = await done(cast, paper, 3)
    ana = await browse(cast, "client")
    first = await (await ana.get("/documents")).get_data(as_text=True)
    assert f'href="/documents?done={ids[1]}#done"' in first and "Newest" not in first
    older = await (await ana.get(f"/documents?done={ids[1]}")).get_data(as_text=True)
    assert str(ids[2]) in older and f'src="/documents?done={ids[1]}"' in older and 'href="/documents#done"' in older
    assert "Older ones" not in older
    beyond = await (await ana.get(f"/documents?done={ids[2]}")).get_data(as_text=True)
    assert "There are none that are older" in beyond and "Nothing handed in yet" not in beyond


@pytest.mark.parametrize("edge", ["shared=no", "done=no"])
async def test_an_edge_that_is_no_document_is_told(cast, browse, edge):
    ana = await browse(cast, "client")
    assert (await ana.json(f"/documents?{edge}")).status_code == 422


async def test_somebody_elses_document_is_no_edge(cast, paper, browse):
    ids = await done(cast, paper, 1)
    david = await browse(cast, "coparent")
    shown = await (await david.json(f"/documents?done={ids[0]}&shared={ids[0]}")).get_json()
    assert shown["done"] == [] and shown["shared"] == []
