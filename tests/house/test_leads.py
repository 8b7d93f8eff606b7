"""Nothing on a screen leads to what is not built: every address on every page that a person reaches is answered."""

from __future__ import annotations

import re
from html import unescape

import pytest

from server.door import DOORS
from tests.support.cast import DESK

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
LINKS = re.compile(r"<(a|live-region|wa-dropdown-item|img)\b[^>]*?\s(?:href|src|data-href)=\"([^\"]+)\"")
ACTIONS = re.compile(r"<form\b[^>]*method=\"post\"[^>]*action=\"([^\"]+)\"")
# Answered by bytes, or by another practice's host; each has tests of its own.
ASIDE = re.compile(r"^(?:/static/|/files/|/brand|/logo|/dev/|https?:|mailto:|tel:|#)|export|\.(?:csv|json)")


def shape(path):
    """Pages that differ in their ids are one."""
    return ID.sub("<id>", path.partition("?")[0])


async def walk(browser, start):
    """Every page that links lead to from here: (address, status, where the link stood, its forms, all of it)."""
    seen, ahead = {shape(start)}, [(start, "a", "")]
    while ahead:
        path, tag, origin = ahead.pop(0)
        answer = await browser.get(path)
        page = await answer.get_data(as_text=True) if answer.content_type.startswith("text/html") else ""
        if answer.status_code in (302, 303):
            page = f'<a href="{answer.headers["Location"]}">'
        # a page of its own, and no fragment: choosing whom it is about comes first
        asked = answer.status_code == 409 and "Whose portal?" in page and tag != "live-region"
        yield path, 200 if asked else answer.status_code, origin, ACTIONS.findall(page), page
        for by, link in ((by, unescape(link)) for by, link in LINKS.findall(page)):
            if not ASIDE.search(link) and shape(link) not in seen:
                seen.add(shape(link))
                ahead.append((link.partition("#")[0], by, path))


@pytest.mark.parametrize(
    "name", ["owner", "practitioner", "supervisor", "frontdesk", "biller", "client", "parent", "coparent", "teen", None]
)
async def test_every_link_and_form_of_every_page_is_answered(cast, browse, name):
    browser = await browse(cast, name)
    posts = [re.compile(re.sub(r"<[^>]+>", "[^/]+", door.path)) for door in DOORS if door.method == "POST"]
    dead, pages = [], 0
    async for path, status, origin, actions, _ in walk(browser, "/staff/today" if name in DESK else "/"):
        pages += 1
        if status >= 400:
            dead.append(f"{status} {path} on {origin}")
        for action in map(unescape, actions):
            bare = re.sub(r"^/(?:for|as)/[^/]+", "", action.partition("?")[0])
            if not any(post.fullmatch(bare) for post in posts):
                dead.append(f"no door for the form {action} on {path}")
    assert pages > (2 if name is None else 8), "the premise: pages were walked"
    assert dead == []


@pytest.mark.parametrize(("name", "areas"), [
    ("owner", ["Today", "Messages", "Calendar", "Clients", "Forms", "Account Settings"]),
    ("practitioner", ["Today", "Messages", "Calendar", "Clients", "Forms", "Team"]),
    ("client", ["Home", "Messages", "Appointments", "Documents &amp; Forms"]),
])  # fmt: skip
async def test_the_bars_hold_the_areas_that_are_built(cast, browse, name, areas):
    answer = await (await browse(cast, name)).get("/staff/today" if name in DESK else "/home")
    bar = r"<nav class=\"rail\".*?</nav>|<live-region class=\"tabs-bar\".*?</a>\s*</live-region>"
    page = re.search(bar, await answer.get_data(as_text=True), re.DOTALL).group()
    entries = re.findall(r"<a class=\"rail-link\".*?</a>|<a href=.*?</a>", page, re.DOTALL)
    inside = [re.search(r"</svg>\s*(.*?)(?:<live-region|</a>)", one, re.DOTALL).group(1) for one in entries]
    assert [re.sub(r"<[^>]+>", "", words).strip() for words in inside] == areas
