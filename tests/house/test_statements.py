"""How many statements a page takes, from BEGIN to COMMIT: each is a round trip while a connection is held.

Whoever adds a part to every page finds the number here; it is raised on purpose, or the part joins another statement.
"""

from __future__ import annotations

import pytest

from tests.messaging.conftest import Talk

MOST = {
    "/staff/today": ("owner", 24), "/staff/messages": ("owner", 18), "/staff/clients": ("owner", 15),
    "/staff/clients/{client}": ("owner", 27), "/staff/clients/{client}/portal": ("owner", 29),
    "/staff/messages/{talk}": ("practitioner", 22), "/home": ("client", 17), "/messages": ("client", 12),
    "/messages/{talk}": ("client", 15), "/staff/calendar": ("frontdesk", 16),
    "/staff/needs-outcome": ("practitioner", 14), "/staff/calendar-day": ("frontdesk", 14),
}


@pytest.mark.parametrize("path", MOST)
async def test_a_page_takes_no_more_statements_than_is_written_here(cast, browse, statements, path):
    talk = await Talk(cast).start("practitioner", "client")
    await Talk(cast).say("practitioner", talk)
    who, most = MOST[path]
    browser, address = await browse(cast, who), path.format(client=cast.clients["client"], talk=talk)
    assert (await browser.get(address)).status_code == 200  # the first look at a message also marks it as delivered
    statements.clear()
    assert (await browser.get(address)).status_code == 200
    asked = [one for one in statements if not one.startswith(("SELECT t.oid", "WITH RECURSIVE"))]
    assert len(asked) <= most, "\n".join(asked)
    profiles = [one for one in asked if one.endswith("FROM \"practice_profile\" WHERE \"practice_id\"=$1 LIMIT $2")]
    assert len(profiles) == 1
