"""The portal turned on and off: who may, what clients read, that staff work on, and where it stands."""

from __future__ import annotations

import secrets

import pytest

from models.accounts import portal
from models.accounts.practices import forget_practices
from models.clients import invitation_mail
from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Forbidden, SignedOut
from realtime.door import heard

HERE = "/staff/settings/portal"


async def _state(cast):
    return (await fetch_one("SELECT state FROM practice WHERE id = $1", cast.practice_id))["state"]


async def _page(browser, path):
    answer = await browser.get(path)
    return answer.status_code, await answer.get_data(as_text=True)


async def test_while_it_is_off_every_door_of_the_client_side_says_so(browse, cast):
    owner, client = await browse(cast, "owner"), await browse(cast, "client")
    assert (await client.json("/me")).status_code == 200, "must be open for this to mean anything"
    assert (await owner.send(f"{HERE}/off")).status_code == 200
    for path in ("/home", "/messages", "/me", "/sessions"):
        status, page = await _page(client, path)
        assert status == 403 and "This portal is not open" in page, path
        assert "Harbor Counseling" in page and "(207) 555-0132" in page and "call or text 988" in page, path
        assert (await (await client.json(path)).get_json())["code"] == "portal-closed"
    assert (await owner.json("/staff/messages")).status_code == 200
    assert (await owner.send(f"{HERE}/on", {"subdomain": cast.subdomain})).status_code == 200
    assert (await client.json("/me")).status_code == 200, "the session is the same as before"


async def test_while_it_is_off_asks_are_refused_too(cast):
    session, owner = await cast.session("client"), await cast.actor("owner")
    assert (await heard(cast.practice_id, session, "session.activity", {}))["ok"]
    await cast.inside(lambda: portal.turn_off(owner))
    answer = await heard(cast.practice_id, session, "session.activity", {})
    assert answer["error"]["code"] == "portal-closed"


async def test_nobody_is_invited_or_reminded_into_a_portal_that_is_off_and_a_link_waits_until_it_is_on(browse, cast):
    desk, teen = await browse(cast, "frontdesk"), cast.clients["teen"]
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET accepted_at = NULL, invited_at = NULL WHERE id = $1", cast.accesses["teen", "teen"]))
    path = f"/staff/clients/{teen}/portal/{teen}/invitation"
    assert (await desk.send(path, {})).status_code == 200, "the premise"
    link = (await (await desk.send(f"{path.removesuffix('invitation')}link")).get_json())["link"]
    here = link[link.index("/invitation/"):]
    visitor, owner = await browse(cast), await browse(cast, "owner")
    assert (await visitor.get(here)).status_code == 200
    sending = await cast.inside(lambda: fetch_one("SELECT sending FROM invitation"))
    await cast.inside(lambda: execute("UPDATE invitation SET mail_state = 'taken'"))
    await owner.send(f"{HERE}/off")
    status, page = await _page(visitor, here)
    assert status == 403 and "This portal is not open" in page and "(207) 555-0132" in page
    again = await desk.send(path.replace("invitation", "redeliver"))
    assert (again.status_code, (await again.get_json())["code"]) == (409, "portal-off")
    assert await cast.inside(lambda: invitation_mail.due_reminder(sending["sending"])) is None
    await owner.send(f"{HERE}/on", {"subdomain": cast.subdomain})
    assert (await visitor.get(here)).status_code == 200
    assert await cast.inside(lambda: invitation_mail.due_reminder(sending["sending"])), "the premise of no reminder"


async def test_a_visitor_reads_that_it_is_not_open_and_staff_sign_in(browse, cast, sign_in):
    owner = await cast.actor("owner")
    await cast.inside(lambda: portal.turn_off(owner))
    visitor = await browse(cast)
    status, page = await _page(visitor, "/")
    assert status == 200 and "The client portal is not open" in page and "(207) 555-0132" in page
    assert (await (await visitor.json("/messages")).get_json())["code"] == "portal-closed"
    assert (await visitor.json("/staff/me")).status_code == 401
    assert (await (await sign_in("client")).get_json())["code"] == "portal-closed"
    assert (await sign_in("practitioner")).status_code == 200


async def test_the_events_name_everybody_on_the_portal(cast, people):
    await cast.session("client")
    owner = await cast.actor("owner")
    await cast.inside(lambda: portal.turn_off(owner))
    await cast.inside(lambda: portal.turn_off(owner))
    await cast.inside(lambda: portal.turn_on(owner, cast.subdomain))
    for name in ("portal.closed", "portal.opened"):
        (event,) = await people.events(name)
        assert event["rights"] == [cast.logins["client"]], name
    assert await people.events("practice.moved") == []


async def test_it_is_not_turned_on_before_clients_know_whom_to_call(browse, cast, people):
    owner = await browse(cast, "owner")
    await owner.send(f"{HERE}/off")
    await people.run("UPDATE practice_profile SET crisis_text = ''")
    answer = await owner.send(f"{HERE}/on", {"subdomain": cast.subdomain})
    problem = await answer.get_json()
    assert (answer.status_code, problem["code"]) == (409, "not-ready")
    assert "whom to call in an emergency" in problem["detail"] and await _state(cast) == "closed"


async def test_turning_it_on_under_a_new_address_is_one_step(browse, cast):
    owner = await browse(cast, "owner")
    await owner.send(f"{HERE}/off")
    wanted = f"w{secrets.token_hex(5)}"
    answer = await owner.send(f"{HERE}/on", {"subdomain": wanted})
    assert (await answer.get_json())["link"] == f"http://{wanted}.localhost:8000"
    assert await portal_of(cast) == (wanted, [cast.subdomain], "open")


async def portal_of(cast):
    row = await fetch_one("SELECT subdomain, former_subdomains, state FROM practice WHERE id = $1", cast.practice_id)
    return row["subdomain"], row["former_subdomains"], row["state"]


async def test_a_refused_address_keeps_what_was_typed(browse, cast):
    owner = await browse(cast, "owner")
    answer = await owner.post(f"{HERE}/subdomain", {"subdomain": "admin"})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'value="admin"' in page and "kept for Portico itself" in page


async def test_staff_who_may_not_change_it_read_whom_to_ask(browse, cast):
    status, page = await _page(await browse(cast, "practitioner"), HERE)
    assert status == 200 and "Ask Jonas Lindqvist." in page and f'action="{HERE}' not in page
    status, page = await _page(await browse(cast, "owner"), HERE)
    assert status == 200 and f"http://{cast.subdomain}.localhost:8000" in page and "Secure Messaging" in page


@pytest.mark.parametrize("name", ["practitioner", "client"])
async def test_nobody_else_turns_it_off_or_on(cast, name):
    actor = await cast.actor(name)
    for verb in (lambda: portal.turn_off(actor), lambda: portal.turn_on(actor, cast.subdomain)):
        with pytest.raises(Forbidden):
            await cast.inside(verb)
    assert await _state(cast) == "open"


async def test_the_neighbours_portal_stays_open(browse, cast, neighbours):
    owner = await cast.actor("owner")
    await cast.inside(lambda: portal.turn_off(owner))
    assert (await (await browse(neighbours, "client")).json("/me")).status_code == 200


async def test_a_former_address_leads_over_with_the_sign_in(browse, cast, sign_in):
    signed_in = await browse(cast)
    await sign_in("client", browser=signed_in)
    old, new = cast.subdomain, await _moved(cast)
    answer = await signed_in.get("/messages?show=archived")
    location = answer.headers["Location"]
    assert answer.status_code == 303 and location.startswith(f"http://{new}.localhost:8000/arrive/")
    there = await browse(cast)
    there.host = f"{new}.localhost:8000"
    path = location.removeprefix(f"http://{new}.localhost:8000")
    arrived = there._keep(await there.get(path))
    assert arrived.headers["Location"] == "/messages?show=archived"
    assert (await there.json("/me")).status_code == 200
    assert (await (await there.json("/me")).get_json())["login"] == cast.logins["client"].__str__()
    again = await browse(cast)
    again.host = there.host
    assert (await again.get(path)).headers["Location"].startswith("/sign-in"), f"the ticket from {old} works once"


async def test_a_ticket_lasts_thirty_seconds(browse, cast, sign_in, later):
    signed_in = await browse(cast)
    await sign_in("client", browser=signed_in)
    new = await _moved(cast)
    path = (await signed_in.get("/home")).headers["Location"].removeprefix(f"http://{new}.localhost:8000")
    later(seconds=31)
    there = await browse(cast)
    there.host = f"{new}.localhost:8000"
    assert (await there.get(path)).headers["Location"].startswith("/sign-in")


async def test_a_ticket_is_worth_nothing_elsewhere_nor_to_somebody_signed_in(browse, cast, neighbours, sign_in):
    signed_in = await browse(cast)
    await sign_in("client", browser=signed_in)
    new = await _moved(cast)
    path = (await signed_in.get("/home")).headers["Location"].removeprefix(f"http://{new}.localhost:8000")
    stranger = await browse(neighbours)
    assert (await stranger.get(path)).headers["Location"].startswith("/sign-in")
    parent = await browse(cast, "parent")
    parent.host = f"{new}.localhost:8000"
    answer = parent._keep(await parent.get(path))
    assert "Set-Cookie" not in answer.headers
    assert (await (await parent.json("/me")).get_json())["login"] == str(cast.logins["parent"])


async def test_signed_out_and_fetching_pages_get_no_ticket(browse, cast, sign_in):
    signed_in = await browse(cast)
    await sign_in("client", browser=signed_in)
    new = await _moved(cast)
    visitor = await browse(cast)
    assert (await visitor.get("/home")).headers["Location"] == f"http://{new}.localhost:8000/home"
    assert (await signed_in.get("/home", Sec_Fetch_Mode="cors")).headers["Location"].endswith("8000/home")
    assert (await signed_in.json("/me")).headers["Location"].endswith("8000/me")


async def test_a_session_that_ended_does_not_arrive(browse, cast, sign_in):
    from models.accounts.arriving import arrive, ticket_for
    from models.accounts.sessions import actor_of_session, sign_out

    session = await cast.session("client")
    ticket = await cast.inside(lambda: ticket_for(session))

    async def leave():
        await sign_out(await actor_of_session(cast.practice_id, session))

    await cast.inside(leave)
    with pytest.raises(SignedOut):
        await cast.inside(lambda: actor_of_session(cast.practice_id, session))
    assert await cast.inside(lambda: arrive(ticket)) is None


async def _moved(cast):
    owner, new = await cast.actor("owner"), f"w{secrets.token_hex(5)}"
    assert await cast.inside(lambda: portal.move(owner, new))
    forget_practices()
    return new


async def test_an_address_taken_meanwhile_is_a_conflict(cast, neighbours):
    owner = await cast.actor("owner")
    await execute("UPDATE practice SET state = 'closed' WHERE id = $1", cast.practice_id)
    with pytest.raises(Conflict):
        await cast.inside(lambda: portal.turn_on(owner, neighbours.subdomain))
    assert await _state(cast) == "closed"
