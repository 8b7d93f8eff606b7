"""The list of 50,000 clients: each filter, each order, each kind of search, for who sees all and for who sees theirs.

Server time of the whole door: session, rights, the list, its count, and the page drawn; in this process, so that no
network and no other process counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

import uvloop

from realtime.fanout import settle_collector
from server import wiring
from server.load_clients import LARGE, make_large
from tests.bench.stack.figures import percentile, tell
from tests.bench.stack.house import House, new_house
from tests.support.browsing import Browser, Browsers
from tests.support.cast import Cast

GOAL = 100.0
ROUNDS, WARM = 20, 2

FILTERS: Mapping[str, Mapping[str, str]] = {
    "everyone": {}, "prospects": {"status": "prospect"}, "active": {"status": "active"},
    "discharged": {"status": "discharged"}, "minors": {"kind": "minor"}, "adults": {"kind": "adult"},
    "nobody assigned": {"practitioner": "nobody"}, "no access": {"portal": "none"}, "on": {"portal": "on"},
    "invited": {"portal": "invited"}, "has access": {"portal": "accepted"}, "revoked": {"portal": "revoked"},
    "by first name": {"sort": "first"}, "newest first": {"sort": "newest"},
    "newest discharged minors without access": {
        "sort": "newest", "status": "discharged", "kind": "minor", "portal": "none"},
}
SEARCHES = {
    "a letter": "m", "a frequent name": "miller", "a rare name": "李", "two words": "mia gar", "two letters": "m g",
    "an address": "client4999", "a number": "(207) 555-01", "nobody's name": "qqq",
}


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    wiring.wire()
    async with new_house("clients") as house:
        cast = await _large(house)
        browsers = Browsers()
        await (await browsers.open(cast, "owner")).get("/staff/clients")
        settle_collector()  # as each web worker does: walking all that was ever made took 80 ms of a request
        for who, sees in (("owner", "all"), ("supervisor", "nine tenths"), ("practitioner", "three")):
            browser = await browsers.open(cast, who)
            await _lists(browser, sees, await _more(browser, cast))


async def _large(house: House) -> Cast:
    began = time.monotonic()
    people = await make_large(LARGE)
    assert people is not None
    tell("clients", "making 50,000 clients", time.monotonic() - began, "s")
    await house.admin.execute("VACUUM ANALYZE", timeout=120)
    return Cast(people)


async def _more(browser: Browser, cast: Cast) -> dict[str, dict[str, str]]:
    """Filters that name somebody, and a page far down the list."""
    page = await (await browser.get("/staff/clients")).get_data(as_text=True)
    tag = page.partition('name="tag"')[2].split('value="')[2].split('"')[0]
    far = await cast.inside(_far)
    found = {"a practitioner": {"practitioner": str(cast.staff["supervisor"])}, "a tag": {"tag": tag}}
    seen = (await browser.send("/staff/clients/list", {"after": far})).status_code == 200
    return {**found, "a page far down": {"after": far}, "and back": {"before": far}} if seen else found


async def _far() -> str:
    from models.core.database import fetch_one

    row = await fetch_one("""SELECT c.id FROM client c JOIN assignment a ON a.client_id = c.id
      JOIN staff_member s ON s.id = a.staff_id WHERE s.name = 'Imani Brooks' ORDER BY c.by_last DESC, c.id OFFSET 9000
      LIMIT 1""")
    assert row is not None
    return str(row["id"])


async def _lists(browser: Browser, sees: str, more: Mapping[str, Mapping[str, str]]) -> None:
    asked: dict[str, Mapping[str, Any]] = {f"list, {name}": given for name, given in {**FILTERS, **more}.items()}
    asked |= {f"search, {name}": {"words": words} for name, words in SEARCHES.items()}
    for name, given in asked.items():
        times = [await _once(browser, given) for _ in range(WARM + ROUNDS)][WARM:]
        figure = f"{name}, for who sees {sees}, p95"
        tell("clients", figure, percentile(times, 95) * 1000, "ms", goal=GOAL, median=percentile(times, 50) * 1000)


async def _once(browser: Browser, given: Mapping[str, Any]) -> float:
    began = time.perf_counter()
    answer = await browser.client.post(
        "/staff/clients/list", json=dict(given), headers=browser._headers({"Accept": "text/html"})
    )
    assert answer.status_code == 200, answer.status_code
    await answer.get_data()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
