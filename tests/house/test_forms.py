"""What a page's forms send is what their doors take: a field too many would be refused, and no page would say why."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from models.accounts import tickets
from server.door import DOORS, Door

CONTROLS = {"input", "select", "textarea", "button"}


class Forms(HTMLParser):
    """The forms of a page that change something: (action, names of their controls)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._open = (given.get("method") or "").lower() == "post" and "action" in given
            if self._open:
                self.found.append((given["action"] or "", set()))
        elif self._open and tag in CONTROLS and given.get("name") and "form" not in given:
            self.found[-1][1].add(given["name"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


@pytest.mark.parametrize("name", [None, "client", "parent", "practitioner", "owner"])
async def test_each_form_sends_what_its_door_takes(browse, cast, name):
    browser = await browse(cast, name)
    forms = [form for path in _pages() for form in await _forms(browser, path)]
    assert forms, "no page had a form"
    assert [one for action, names in forms for one in _too_many(action, names)] == []


async def test_the_form_behind_a_mailed_link_does_too(browse, cast):
    token = await cast.inside(lambda: tickets.issue(cast.logins["client"], tickets.PASSWORD))
    forms = await _forms(await browse(cast), f"/reset/{token}")
    assert [(action, names) for action, names in forms] == [(f"/reset/{token}", {"password"})]
    assert _too_many(*forms[0]) == []


def _pages() -> list[str]:
    return [door.path for door in DOORS if door.method == "GET" and "<" not in door.path and door.practice]


async def _forms(browser: Any, path: str) -> list[tuple[str, set[str]]]:
    answer = await browser.get(path)
    if answer.status_code != 200 or not answer.content_type.startswith("text/html"):
        return []
    return Forms(await answer.get_data(as_text=True)).found


def _too_many(action: str, names: set[str]) -> list[str]:
    door = _door_at(action)
    if door.streams:
        return []  # it takes one file, whatever the field is called, and passes over the rest
    taken = set(door.body.model_fields) if door.body else set()
    return [f"{action}: {name}" for name in sorted(names - taken - {"key"})]


def _door_at(action: str) -> Door:
    path = action.partition("?")[0]
    fitting = [door for door in DOORS if door.method == "POST" and _pattern(door.path).fullmatch(path)]
    assert fitting, f"no door answers {action}"
    return min(fitting, key=lambda door: door.path.count("<"))  # an address of words before one with a place for an id


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"<[^>]+>", "[^/]+", path))
