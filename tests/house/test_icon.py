"""The conversation icon in the upper right, with its unread count: on every page of both sides."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from models.core import limits
from server.door import DOORS
from tests.support.steps import address, told
from tests.support.walking import Walk

LOOK = re.compile(r'<body class="(desk|portal)"')
LINK = r'<a class="[^"]*with-count" href="([^"]+)".*?'
ICON = re.compile(LINK + r'<live-region src="([^"]+)" on="([^"]+)">(.*?)</live-region>', re.DOTALL)
PEOPLE = (("practitioner", "client"), ("owner", "client"), ("client", "client"), ("parent", "teen"))


@pytest.mark.timeout(300)  # a busy machine is slower, not wrong
async def test_the_conversation_icon_with_its_count_stands_on_every_page_of_both_sides(cast, browse):
    walk = Walk(cast, browse)
    await walk.things_made()
    await _written_to(cast, browse)
    drawn: dict[str, set[str]] = defaultdict(set)
    for name, about in PEOPLE:
        await walk.add(name, name, about)
        for door in DOORS:
            if door.method == "GET" and door.practice and not door.bare and not door.streams:
                limits.forget_all()
                answer = await walk.people[name].browser.get(address(door, walk.people[name]).replace("<stamp>", "1"))
                page = str(await answer.get_data(as_text=True))
                look = LOOK.search(page)
                if look and answer.status_code == 200:
                    drawn[look[1]].add(door.path)
                    _has_the_icon(page, look[1], unread="" if name == "owner" else "1", where=door.path)
    assert len(drawn["desk"]) > 30 and len(drawn["portal"]) > 12, "the walk must see pages for this to mean anything"


async def _written_to(cast, browse):
    """One unread message for the client and one for the parent; the practitioner has one already."""
    maya, teen = await browse(cast, "practitioner"), str(cast.clients["teen"])
    for people, about in ((str(cast.clients["client"]), None), (str(cast.contacts["parent"]), teen)):
        talk = await told(maya, "/staff/conversations", people=[people], client=about)
        await told(maya, f"/staff/conversations/{talk['conversation']}/messages", body="Hello")


def _has_the_icon(page: str, look: str, *, unread: str, where: str) -> None:
    icon = ICON.search(page.partition('class="strip-end"')[2])
    assert icon, where
    href, badge, events, count = icon.groups()
    assert href.endswith("/messages") and badge.endswith("/messages/badge"), where
    assert badge.startswith("/staff") == (look == "desk") and "message.sent" in events.split(), where
    assert re.sub(r"<[^>]+>", "", count).strip(" ,") == (f"{unread} unread" if unread else ""), where
