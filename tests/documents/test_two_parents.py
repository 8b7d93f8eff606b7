"""The two-parents wall at every door of documents: what one parent opens is not there for the other, nor for the child.

The doors are read from the list that guards keep, so that a new one stands here by itself.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from models.core.clock import now
from models.documents import file_requests
from models.documents.asking import Wanted
from tests.documents.desk import Desk
from tests.support.papers import a_form
from tests.support.signing import make_copy, signed_file

LISTED = Path(__file__).parents[1] / "guards" / "doors.txt"
DOORS = sorted(
    tuple(line.split(" |")[0].split(" ", 1)) for line in LISTED.read_text().splitlines()
    if " /documents/<uuid:id>" in line and line.endswith("| portal")
)
# The other parent, who acts for the child alone; the child; and this parent while they act for another child.
OTHERS = (("coparent", ""), ("teen", ""), ("parent", "child"))


async def every_kind(cast):
    """One of each kind, shared with one parent: a form, one that was handed in, one to sign, a file, a PDF to sign, one
    that was signed, files that are asked for with one added."""
    desk = Desk(cast)
    plain, done, signs = await a_form(cast), await a_form(cast), await a_form(cast, signs=True)
    shared = await desk.share(
        "parent", Wanted("form", plain.id), Wanted("form", done.id), Wanted("form", signs.id),
        Wanted("file", await desk.file("One.pdf")), Wanted("sign", await desk.file("Two.pdf")),
        Wanted("request", title="Card"))
    karen, wanted = await cast.actor("parent", client="teen"), shared[-1]
    file = await desk.file("card.pdf", who="parent", client="teen")
    await cast.inside(lambda: file_requests.add_files(karen, wanted.id, [file]))
    await desk.rows("UPDATE document SET submitted_at = $2 WHERE id = $1 RETURNING 1", shared[1].id, now())
    return [*shared, await signed_file(cast, "parent", client="teen")], file


# What is sent, where nothing at all would be refused of anybody.
SENT = {"answers": {"answers": [{"path": "about/why", "value": ["Sleep"]}]}}


async def status(browser, method, path):
    sent = SENT.get(path.rpartition("/")[2], {})
    answer = await (browser.json(path) if method == "GET" else browser.send(path, sent))
    return answer.status_code


@pytest.mark.parametrize(("method", "rule"), DOORS, ids=lambda one: one)
async def test_a_door_that_opens_for_one_parent_is_none_for_anybody_else(cast, browse, method, rule):
    shared, file = await every_kind(cast)
    if rule.endswith("/copy"):
        await make_copy(cast, shared[-1])
    others = [(await browse(cast, name), f"/for/{cast.clients[child]}" if child else "") for name, child in OTHERS]
    karen, of_teen = await browse(cast, "parent"), f"/for/{cast.clients['teen']}"
    opened = 0
    for one in shared:
        path = rule.replace("<uuid:id>", str(one.id)).replace("<uuid:file>", str(file))
        refused = [await status(browser, method, base + path) for browser, base in others]
        assert refused == [404] * len(others), f"{method} {path} ({one.title})"
        opened += await status(karen, method, of_teen + path) != 404
    assert opened, "no refusal says anything unless it opens for somebody"


async def test_no_list_of_one_parent_holds_what_is_anothers(cast, browse):
    shared, _ = await every_kind(cast)
    karen, mine = await browse(cast, "parent"), {str(one.id) for one in shared}
    seen = await (await karen.json(f"/for/{cast.clients['teen']}/documents")).get_data(as_text=True)
    assert [one for one in mine if one in seen], "the premise"
    for name, child in OTHERS:
        base = f"/for/{cast.clients[child]}" if child else ""
        browser = await browse(cast, name)
        for path in ("/documents", "/uploads", "/home"):
            told = await (await browser.json(base + path)).get_data(as_text=True)
            page = await (await browser.get(base + path)).get_data(as_text=True)
            assert not [one for one in mine if one in told or one in page], f"{name} at {path}"
