"""A minor who consents alone: nothing of the record is there for contacts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.accounts.reach import by_login
from models.clients.invitation_mail import due_reminder
from models.clients.own_consent import set_own_consent
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid
from models.messaging.seats import conversation_for
from models.messaging.sending import send
from models.messaging.starting import start


async def switch(records: Any, on: bool, by: str = "practitioner", client: str = "teen") -> Any:
    browser = await records.browse(records.cast, by)
    return await browser.send(records.address(client, "details/own-consent"), {"own_consent": on})


async def names(records: Any, name: str) -> list[str]:
    browser = await records.browse(records.cast, name)
    answer = await browser.json("/me")
    return [one["name"] for one in (await answer.get_json())["clients"]] if answer.status_code == 200 else []


async def test_a_record_is_hidden_from_all_contacts_and_shown_again(records: Any, cast: Any) -> None:
    assert await names(records, "parent") == ["Leo Marsh", "Nora Marsh"]
    assert (await switch(records, True)).status_code == 200
    assert await names(records, "parent") == ["Nora Marsh"]
    assert await names(records, "teen") == ["Leo Marsh"], "the teen's own access stays"
    browser = await records.browse(cast, "parent")
    assert (await browser.json(records.for_client("teen", "profile"))).status_code == 404
    assert (await browser.json(records.for_client("teen", "conversations"))).status_code == 404
    assert (await switch(records, False)).status_code == 200
    assert await names(records, "parent") == ["Leo Marsh", "Nora Marsh"]


async def test_a_contact_of_nobody_else_is_signed_out_and_cannot_sign_in(records: Any, cast: Any) -> None:
    browser = await records.browse(cast, "coparent")
    assert (await browser.json("/me")).status_code == 200
    await switch(records, True)
    assert (await browser.json("/me")).status_code == 401
    reach = await cast.inside(lambda: by_login(cast.logins["coparent"]))
    assert reach is not None and not reach.sides


async def test_it_is_an_event_that_changes_the_rights_of_all_contacts(records: Any, cast: Any) -> None:
    await switch(records, True)
    await switch(records, True)
    (event,) = await records.events("client.own_consent_changed")
    assert set(event["rights"]) == {cast.logins["parent"], cast.logins["coparent"]}
    assert {kind for kind, _ in event["rooms"]} == {"staff-of", "staff-all-clients", "access"}


@pytest.mark.parametrize(("name", "status"), [("practitioner", 200), ("supervisor", 200), ("frontdesk", 403),
                                              ("biller", 403)])
async def test_staff_with_clinical_rights_decide(records: Any, name: str, status: int) -> None:
    assert (await switch(records, True, by=name)).status_code == status
    assert len(await names(records, "parent")) == (1 if status == 200 else 2)


async def test_an_administrator_needs_full_clinical_access(records: Any, cast: Any) -> None:
    owner = await cast.actor("owner")
    with pytest.raises(Forbidden):
        await cast.inside(lambda: set_own_consent(owner, cast.clients["teen"], True))
    await cast.inside(lambda: set_own_consent(replace(owner, clinical=True), cast.clients["teen"], True))
    assert len(await names(records, "parent")) == 1


async def test_an_adult_has_no_such_switch(records: Any, cast: Any) -> None:
    actor = await cast.actor("practitioner")
    with pytest.raises(Invalid):
        await cast.inside(lambda: set_own_consent(actor, cast.clients["client"], True))
    page = await (await records.browse(cast, "practitioner")).get(records.address("client", "details"))
    assert "consents alone" not in await page.get_data(as_text=True)
    page = await (await records.browse(cast, "practitioner")).get(records.address("teen", "details"))
    assert "The law of some states" in await page.get_data(as_text=True)


async def test_a_client_out_of_sight_is_missing(records: Any, cast: Any) -> None:
    await cast.inside(lambda: execute("DELETE FROM assignment"))
    assert (await switch(records, True)).status_code == 404


async def test_messages_about_the_child_reach_no_contact(records: Any, cast: Any) -> None:
    practitioner = await cast.actor("practitioner")
    people, about = [cast.contacts["coparent"]], cast.clients["teen"]
    talk = await cast.inside(lambda: start(practitioner, people, client=about))

    async def write() -> None:
        await send(practitioner, await conversation_for(practitioner, talk, lock=True), body="About Leo")

    await cast.inside(write)
    waiting = "SELECT 1 FROM unread_streak WHERE login_id = $1 AND ended_at IS NULL"
    assert await records.rows(waiting, cast.logins["coparent"]), "must be mailed for this to mean anything"
    await switch(records, True)
    with pytest.raises(Conflict):
        await cast.inside(write)
    with pytest.raises(Conflict):
        await cast.inside(lambda: start(practitioner, people, client=about, subject="Again"))


async def test_the_portal_tab_says_that_contacts_see_nothing(records: Any, cast: Any) -> None:
    async def states() -> dict[str, str]:
        browser = await records.browse(cast, "practitioner")
        people = (await (await browser.json(records.address("teen", "portal"))).get_json())["people"]
        return {one["name"]: one["state"] for one in people}

    assert set((await states()).values()) == {"accepted"}
    await switch(records, True)
    assert await states() == {"Leo Marsh": "accepted", "Karen Marsh": "hidden", "David Ellison": "hidden"}
    page = await (await records.browse(cast, "frontdesk")).get(records.address("teen", "portal"))
    text = await page.get_data(as_text=True)
    assert text.count("Hidden: consents alone") == 2 and "Karen sees nothing of this record" in text


async def test_no_invitation_of_a_contact_leads_anywhere_meanwhile(records: Any, cast: Any) -> None:
    invited = """UPDATE portal_access SET accepted_at = NULL WHERE id = $1"""
    await cast.inside(lambda: execute(invited, cast.accesses["parent", "teen"]))
    ask = """INSERT INTO invitation (id, access_id, sending, ends_at, mail_state) VALUES (gen_random_uuid(), $1,
      gen_random_uuid(), now() + interval '9 days', 'taken')"""
    await cast.inside(lambda: execute(ask, cast.accesses["parent", "teen"]))
    karen = await records.browse(cast, "parent")
    page, waiting = records.for_client("child", "home"), f"/invitations/{cast.accesses['parent', 'teen']}"
    assert "Another invitation waits" in await (await karen.get(page)).get_data(as_text=True)
    await switch(records, True)
    assert "Another invitation waits" not in await (await karen.get(page)).get_data(as_text=True)
    assert (await (await karen.json(waiting)).get_json())["state"] == "withdrawn"
    (row,) = await records.rows("SELECT sending FROM invitation")
    assert await cast.inside(lambda: due_reminder(row["sending"])) is None
    maya = await records.browse(cast, "practitioner")
    people = (await (await maya.json(records.address("teen", "portal"))).get_json())["people"]
    assert {one["state"] for one in people if one["id"] in map(str, cast.contacts.values())} == {"hidden"}
    for act in ("redeliver", "invitation"):
        refused = await maya.send(records.address("teen", f"portal/{cast.contacts['parent']}/{act}"), {})
        assert (refused.status_code, (await refused.get_json())["code"]) == (409, "hidden")
    await switch(records, False)
    assert (await (await karen.json(waiting)).get_json())["state"] == "open"
    assert await cast.inside(lambda: due_reminder(row["sending"])) is not None
