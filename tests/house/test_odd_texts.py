"""Odd words in every field of every door: taken as they are or refused in words, never trouble on our side; and words
that are markup stay words on every page."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from models.core import limits
from models.core.database import execute
from server.door import ANYONE, DOORS
from tests.house.test_leads import walk
from tests.support.cast import DESK
from tests.support.sent import SENT
from tests.support.steps import Person, address, filled, fresh, undone
from tests.support.walking import Walk

ODD = {
    "huge": "x" * 100_000, "nul": "a\x00b", "a lone half of a letter": "\ud800",
    "laden": "\u202eשלם 👩‍👩‍👧 <script>alert(1)</script>{{ 7*7 }}'; DROP TABLE login; --\u202c",
}
LADEN = "<img src=x onerror=alert(1)>\u202e\"'{{ 7 * 7 }}"
PEOPLE = ("owner", "client", "")


def texts(door):
    """The fields of a door's body that take words of one's own."""
    found = door.body.model_json_schema().get("properties", {}) if door.body else {}
    return [name for name, given in found.items() if any(map(_is_text, [given, *given.get("anyOf", ())]))]


def _is_text(given):
    return given.get("type") == "string" and not {"format", "enum", "const"} & set(given)


def _who(door):
    if door.path.startswith("/staff"):
        return "owner"
    return "" if door.allow == ANYONE else "client"


async def _troubles(person, door):
    """What was answered with trouble or without a sentence; and how often each status came."""
    where, troubles, statuses = address(door, person), [], Counter()
    given = filled(SENT.get(f"{door.method} {door.path}", {}), person.ids)
    for name in texts(door):
        for what, odd in ODD.items():
            limits.forget_all()
            status, words = await _sent(fresh(person), where, {**given, name: odd})
            statuses[status] += 1
            if status >= 500 or (status >= 400 and not words):
                troubles.append(f"{status} {door.method} {door.path} {name}: {what}")
    return troubles, statuses


async def _sent(browser, where, body):
    headers = browser._headers({"Accept": "application/json", "Content-Type": "application/json"})
    answer = await browser.client.post(where, data=json.dumps(body).encode(), headers=headers)
    told = await answer.get_json(silent=True) or {}
    return answer.status_code, told.get("detail")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PEOPLE)
async def test_odd_words_in_any_field_bring_no_door_into_trouble(cast, browse, name):
    walked = Walk(cast, browse)
    await walked.things_made()
    if name:
        await walked.add(name, name, "client")
    person = walked.people.get(name) or Person(await browse(cast), cast, ids=dict(walked.things))
    troubles, statuses = [], Counter()
    with undone():
        for door in DOORS:
            if door.method == "POST" and not door.streams and not door.bare and _who(door) == name and texts(door):
                wrong, seen = await _troubles(person, door)
                troubles += wrong
                statuses += seen
    assert not troubles, "\n".join(troubles)
    assert statuses[422] > 20, f"too little was reached: {statuses}"


@pytest.mark.parametrize("name", ["owner", "practitioner", "client", "parent", None])
async def test_words_that_are_markup_stay_words_on_every_page(cast, browse, name):
    async def work():
        for table, column in (
            ("practice_profile", "name"), ("practice_profile", "welcome"), ("practice_profile", "about"),
            ("practice_profile", "crisis_text"), ("practice_profile", "address"), ("staff_member", "name"),
            ("client", "name"), ("client", "first_name"), ("client", "preferred_name"), ("contact", "name"),
        ):
            await execute(f"UPDATE {table} SET {column} = $1", LADEN)

    walked = Walk(cast, browse)
    await walked.things_made()
    await cast.inside(work)
    browser, pages, laden = await browse(cast, name), 0, 0
    async for path, status, _, _, page in walk(browser, "/staff/today" if name in DESK else "/"):
        pages += 1
        laden += "&lt;img src=x" in page
        assert status < 500 and "<img src=x" not in page and "49" not in page.partition("&lt;img src=x")[2][:40], path
    assert pages > (2 if name is None else 8) and laden > pages // 2, "the premise: the words stand on the pages"
