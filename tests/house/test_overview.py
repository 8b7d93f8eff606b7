"""OpenAPI and AsyncAPI are complete because they are made from the doors; the browser's names are fresh."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.core.events import REGISTRY
from realtime.door import ASKS
from realtime.wire import SIGNALS, all_down, asyncapi, javascript
from server.door import ANYONE, DOORS
from server.overview import BARE, openapi, routes

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def joined(wired):
    """All areas, as in a worker."""


def test_every_door_is_in_the_openapi_page_with_whom_it_allows():
    paths = openapi()["paths"]
    for door in DOORS:
        for path in door.paths:
            address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path + BARE if door.bare else path)
            found = paths[address][door.method.lower()]
            assert found["x-allow"] == sorted(door.allow)
            assert ("security" in found) == (door.allow != ANYONE)
    assert sum(len(one) for one in paths.values()) == sum(len(door.paths) for door in DOORS)


def test_no_schema_points_to_what_is_not_there():
    text = str(openapi())
    assert "#/$defs" not in text and set(re.findall(r"#/components/schemas/(\w+)", text)) == {"Problem"}


def test_every_ask_and_event_is_in_the_asyncapi_page():
    messages = asyncapi()["channels"]["/"]["messages"]
    assert set(messages) == {f"ask.{name}" for name in ASKS} | set(REGISTRY) | set(SIGNALS)


async def test_both_pages_are_served_without_a_practice(cast, browse):
    browser = await browse(cast)
    browser.host = "127.0.0.1:8000"
    assert (await (await browser.json("/api/openapi.json")).get_json())["openapi"] == "3.1.0"
    told = await (await browser.json("/api/asyncapi.json")).get_json()
    assert told["asyncapi"] == "3.0.0"
    live = told["channels"]["/"]["messages"]["live"]["payload"]
    assert "required" not in live and "neither cursor nor epoch" in live["description"], "visitors hear live {}"


def test_the_browser_s_names_are_those_of_the_server():
    own = "".join(line for line in javascript().splitlines(keepends=True) if '"test.' not in line)
    assert (ROOT / "static/js/wire.js").read_text() == own, "say `portico wire`"


def test_a_page_listens_only_for_what_exists():
    heard = set()
    for path in [*(ROOT / "static/js").rglob("*.js"), *(ROOT / "templates").rglob("*.html")]:
        text = path.read_text()
        heard |= set(re.findall(r"line\.on\(\s*[\"']([a-z_.]+)[\"']", text))
        for names in re.findall(r"\bon=\"([a-z_. ]+)\"", text):
            heard |= set(names.split())
    known = set(all_down()) | {name for name in heard if name.startswith("portico:")}
    assert heard and heard <= known


def test_events_refuse_fields_they_do_not_declare():
    sent = all_down()["message.sent"]
    with pytest.raises(ValueError, match="extra"):
        sent.model_validate({"seq": 1, "at": "2026-11-23T12:00:00Z", "diagnosis": "x"})


def test_data_that_travels_says_why():
    assert [
        kind.name for kind in REGISTRY.values() if kind.data and not kind.why and not kind.name.startswith("test.")
    ] == []


def test_routes_names_every_door_and_ask():
    text = routes()
    assert all(door.path in text for door in DOORS) and all(name in text for name in ASKS)
