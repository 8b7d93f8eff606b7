"""Start Setup: a banner until it is finished, page one that confirms, the end."""

from __future__ import annotations

from typing import Any

import pytest

from models.clients.access import client_for
from models.clients.contacts import contacts_of
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


async def test_one_address_is_not_two_clients_own_and_the_wizard_offers_an_existing_contact(
    records: Any, cast: Any
) -> None:
    await cast.inside(lambda: execute("UPDATE client SET email = 'teen@home.test' WHERE id = $1", cast.clients["teen"]))
    given = {**CONFIRMED, "email": "Teen@home.test ", "pronouns": "they/them"}
    frontdesk = await records.browse(cast, "frontdesk")
    refused = await frontdesk.post(records.address("client", "setup"), given)
    text = await refused.get_data(as_text=True)
    assert refused.status_code == 422 and "teen@home.test is Leo Marsh’s own address" in text
    assert "Go on with this contact" in text and 'value="they/them"' in text, "nothing typed is lost"
    went = await frontdesk.post(records.address("client", "setup"), {**given, "owner_as": "other", "with_owner": "on"})
    assert went.status_code == 303 and went.headers["Location"].endswith("/setup/portal")
    assert (await records.staff("client", "contact"))["email"] == ""
    assert (await records.staff("client", "names"))["pronouns"] == "they/them"
    (linked,) = await cast.inside(lambda: contacts_of(cast.clients["client"]))
    assert (linked.name, linked.kind, linked.client_id) == ("Leo Marsh", "other", cast.clients["teen"])
    for out_of_sight in ("UPDATE assignment SET ended_at = now() WHERE client_id = $1",
                         "DELETE FROM client_contact WHERE contact_id = (SELECT id FROM contact WHERE client_id = $1)"):
        await cast.inside(lambda sql=out_of_sight: execute(sql, cast.clients["teen"]))
    maya = await records.browse(cast, "practitioner")
    text = await (await maya.post(records.address("client", "setup"), given)).get_data(as_text=True)
    assert "Another client’s record has this e-mail address" in text and "Go on with this contact" not in text
    refused = await maya.send(records.address("client", "setup"), {**given, "with_owner": True})
    assert refused.status_code == 404, "whom one does not see, one does not link"


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
