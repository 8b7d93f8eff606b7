"""Start Setup: a banner until it is finished, page one that confirms, the end."""

from __future__ import annotations

from typing import Any

import pytest

from models.clients.access import client_for
from models.clients.setup import finish_setup
from models.core.database import execute
from models.core.errors import Forbidden

CONFIRMED = {"first_name": "Ana", "last_name": "Beltrán", "preferred_name": "", "pronouns": "she/her",
             "email": "ana@example.com", "born_on": "1988-04-09", "phone_1_number": "2075550148",
             "phone_1_kind": "mobile", "phone_1_leave": "both"}


async def page(records: Any, path: str, by: str = "practitioner") -> str:
    answer = await (await records.browse(records.cast, by)).get(records.address("client", path))
    assert answer.status_code == 200
    text: str = await answer.get_data(as_text=True)
    return text


async def test_start_setup_stays_on_the_details_tab_until_it_is_finished(records: Any, cast: Any) -> None:
    await cast.inside(lambda: execute("UPDATE client SET set_up_at = NULL WHERE id = $1", cast.clients["client"]))
    assert "Start Setup" in await page(records, "details")
    assert 'value="1988-04-09"' in await page(records, "setup")
    browser = await records.browse(cast, "practitioner")
    refused = await browser.post(records.address("client", "setup"), {**CONFIRMED, "born_on": "tomorrow"})
    text = await refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'value="ana@example.com"' in text and "Give a day of the calendar" in text
    assert "Start Setup" in await page(records, "details")
    assert (await browser.post(records.address("client", "setup"), CONFIRMED)).status_code == 303
    assert (await records.staff("client", "names"))["pronouns"] == "she/her"
    contact = await records.staff("client", "contact")
    assert (contact["email"], contact["phone_1_number"]) == ("ana@example.com", "(207) 555-0148")
    actor = await cast.actor("practitioner")

    async def finish() -> None:
        await finish_setup(actor, await client_for(actor, cast.clients["client"]))

    await cast.inside(finish)
    assert "Start Setup" not in await page(records, "details")
    await cast.inside(finish)
    assert len(await records.events("client.set_up")) == 1, "finished once"


async def test_who_only_sees_the_record_neither_starts_nor_finishes_setup(records: Any, cast: Any) -> None:
    assert "Start Setup" not in await page(records, "details", by="biller")
    browser = await records.browse(cast, "biller")
    assert (await browser.json(records.address("client", "setup"))).status_code == 403
    assert (await browser.send(records.address("client", "setup"), CONFIRMED)).status_code == 403
    actor = await cast.actor("biller")

    async def finish() -> None:
        await finish_setup(actor, await client_for(actor, cast.clients["client"]))

    with pytest.raises(Forbidden):
        await cast.inside(finish)


async def test_setup_of_a_client_out_of_sight_is_missing(records: Any, cast: Any) -> None:
    await cast.inside(lambda: execute("DELETE FROM assignment"))
    browser = await records.browse(cast, "practitioner")
    assert (await browser.json(records.address("client", "setup"))).status_code == 404
    assert (await browser.send(records.address("client", "setup"), CONFIRMED)).status_code == 404
