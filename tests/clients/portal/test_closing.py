"""Close my account: the person asks, the practice agrees or says why not, and nobody else hears of it."""

from __future__ import annotations

import pytest

from models.clients import closing
from models.core.errors import Conflict, Forbidden, Invalid


async def _ask(portal, browse, name="client", reason="I moved away"):
    browser = await browse(portal.cast, name)
    assert (await browser.send("/account/close", {"reason": reason})).status_code == 200
    return browser


async def _own(browser):
    return (await (await browser.json("/account")).get_json())["closing"]


async def _of(portal, name, child):
    (row,) = await portal.rows(
        "SELECT contact_id FROM portal_access WHERE login_id = $1 AND client_id = $2",
        portal.cast.logins[name], portal.cast.clients[child],
    )
    return row["contact_id"]


async def test_a_request_stands_on_the_portal_card_and_on_today_and_nothing_ends(portal, browse, cast):
    ana = await _ask(portal, browse)
    await ana.post("/account/close", {"reason": "again"})
    assert len(await portal.events("access.closing_asked")) == 1
    maya, id = await browse(cast, "practitioner"), cast.clients["client"]
    page = await (await maya.get(f"/staff/clients/{id}/portal")).get_data(as_text=True)
    assert "asks to close their account" in page and "I moved away" in page
    assert "asks to close their account" in await (await maya.get("/staff/closing-requests")).get_data(as_text=True)
    assert (await ana.json("/me")).status_code == 200
    assert "You asked to close your account" in await (await ana.get("/account")).get_data(as_text=True)
    (event,) = await portal.rows("SELECT ids, data FROM event_data ORDER BY seq DESC LIMIT 1")
    assert "moved" not in str(dict(event))


async def test_agreeing_revokes_the_access_and_ends_the_sessions(portal, browse, cast):
    ana, id = await _ask(portal, browse), cast.clients["client"]
    answer = await (await browse(cast, "practitioner")).post(f"/staff/clients/{id}/portal/{id}/closing/agree")
    assert answer.status_code == 303
    card = await portal.card(id)
    assert (card.state, card.closing) == ("revoked", None)
    assert (await ana.json("/me")).status_code == 401
    assert len(await portal.events("access.closing_agreed")) == len(await portal.events("access.revoked")) == 1


async def test_declining_takes_a_sentence_that_the_person_reads_and_puts_away(portal, browse, cast):
    ana, id = await _ask(portal, browse), cast.clients["client"]
    with pytest.raises(Invalid):
        await portal.act(closing.decline, id, None, "  ")
    await portal.act(closing.decline, id, None, "A bill is open. Call us.")
    assert (await ana.json("/me")).status_code == 200 and (await portal.card(id)).closing is None
    assert "Your account stays open" in await (await ana.get("/home")).get_data(as_text=True)
    assert "A bill is open. Call us." in await (await ana.get("/account")).get_data(as_text=True)
    await ana.post("/account/close/read")
    assert await _own(ana) == [] and "stays open" not in await (await ana.get("/home")).get_data(as_text=True)
    await _ask(portal, browse)
    assert len(await _own(ana)) == 1


async def test_what_was_taken_back_cannot_be_decided_any_more(portal, browse, cast):
    ana, id = await _ask(portal, browse), cast.clients["client"]
    await ana.post("/account/close/withdraw")
    assert await _own(ana) == [] and (await portal.card(id)).closing is None
    for verb, words in ((closing.agree, ()), (closing.decline, ("no",))):
        with pytest.raises(Conflict):
            await portal.act(verb, id, None, *words)
    assert (await ana.json("/me")).status_code == 200


async def test_each_clients_staff_answer_for_their_own_and_the_sign_in_ends_with_the_last(portal, browse, cast):
    parent = await _ask(portal, browse, "parent")
    assert len(await _own(parent)) == 2
    for child, status in (("teen", 200), ("child", 401)):
        await portal.act(closing.agree, cast.clients[child], await _of(portal, "parent", child))
        assert (await parent.json("/me")).status_code == status


async def test_no_other_person_of_the_client_hears_of_it(portal, browse, cast):
    await _ask(portal, browse, "parent", "Because of Dana")
    for name in ("coparent", "teen"):
        browser = await browse(cast, name)
        assert await _own(browser) == []
        assert "asked to close" not in await (await browser.get("/account")).get_data(as_text=True)
    rooms = await portal.rows(
        "SELECT d.rooms FROM event_data d JOIN event e ON e.practice_id = d.practice_id AND e.seq = d.seq"
        " WHERE e.type = 'access.closing_asked'"
    )
    assert rooms and all(str(cast.logins["coparent"]) not in str(row["rooms"]) for row in rooms)
    assert all("access" not in str(row["rooms"]) for row in rooms)


async def test_who_only_looks_reads_no_reason_and_decides_nothing(portal, browse, cast, neighbours):
    await _ask(portal, browse)
    id = cast.clients["client"]
    assert (await portal.card(id, by="biller")).closing is None
    with pytest.raises(Forbidden):
        await portal.act(closing.agree, id, by="biller")
    biller = await (await browse(cast, "biller")).json("/staff/closing-requests")
    assert (await biller.get_json())["requests"] == []
    stranger = await browse(neighbours, "owner")
    assert (await stranger.send(f"/staff/clients/{id}/portal/{id}/closing/agree")).status_code == 404
    assert (await (await stranger.json("/staff/closing-requests")).get_json())["requests"] == []
