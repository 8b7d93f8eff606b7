"""At an address that the portal has left: who comes to look is led over, and nothing that was begun there is lost."""

from __future__ import annotations

import secrets

import pytest

from models.accounts import portal
from models.accounts.practices import forget_practices
from models.core.database import execute
from tests.messaging.conftest import Talk
from tests.support.standing import stands

DETAILS = "/staff/settings/practice"


@pytest.fixture
def talk(cast):
    return Talk(cast)


@pytest.fixture
async def moved(cast):
    """The new host; the cast's own subdomain is a former one from here on."""
    owner, new = await cast.actor("owner"), f"w{secrets.token_hex(5)}"
    await cast.inside(lambda: portal.move(owner, new))
    forget_practices()
    return f"{new}.localhost:8000"


async def text(answer):
    return await answer.get_data(as_text=True)


def mark(cast, name, side="portal"):
    return f"{cast.logins[name]}_{side}"


async def test_a_form_that_was_open_when_the_portal_moved_is_kept(browse, cast, moved, people):
    owner = await browse(cast, "owner")
    answer = await owner.post(DETAILS, {"name": "Harbor Counseling", "legal_name": "Harbor Counseling LLC"})
    page = await text(answer)
    assert answer.status_code == 200 and f"now at {moved}" in page
    assert f'url={DETAILS}' in page, "goes on by itself, from here, so that the sign-in goes along"
    (row,) = await people.rows("SELECT legal_name FROM practice_profile")
    assert row["legal_name"] == "Harbor Counseling LLC"


async def test_a_message_sent_there_arrives_and_a_refused_form_is_drawn_again(browse, cast, talk, moved):
    conversation = await talk.start("practitioner", "client")
    client = await browse(cast, "client")
    sent = {"body": "Written before it moved", "key": "6f1c5a2e-0d5f-4b0a-9a53-2f1d6f0a7b11"}
    answer = await client.send(f"/conversations/{conversation}/messages", sent)
    assert answer.status_code == 200 and (await answer.get_json())["message"]
    owner = await browse(cast, "owner")
    again = await owner.post(DETAILS, {"name": "Harbor", "npi": "1234567890", "legal_name": "Typed and not lost"})
    assert again.status_code == 422 and 'value="Typed and not lost"' in await text(again)


async def test_its_page_wears_the_practices_colours_there_as_well(browse, cast, moved):
    visitor = await browse(cast)
    assert (await visitor.get("/brand.css", Sec_Fetch_Mode="no-cors")).status_code == 200
    assert (await visitor.get("/home")).headers["Location"] == f"http://{moved}/home", "all others lead over"


async def test_a_form_of_another_site_is_refused_there_too(browse, cast, moved):
    owner = await browse(cast, "owner")
    answer = await owner.post(DETAILS, {"name": "Evil"}, Origin="http://evil.test")
    assert answer.status_code == 403
    assert (await owner.post(DETAILS, {"name": "Evil"}, Origin=f"http://{moved}")).status_code == 403


async def test_signing_in_at_a_former_address_leads_on(browse, cast, moved, sign_in):
    browser = await browse(cast)
    form = {"email": f"client@{cast.subdomain}.test", "password": "portico-demo"}
    answer = await browser.post("/sign-in", form)
    assert answer.status_code == 200 and f"now at {moved}" in await text(answer) and browser.cookie
    assert (await browser.get("/home")).headers["Location"].startswith(f"http://{moved}/arrive/")


async def test_who_keeps_unsent_words_there_is_asked_for_them_first(browse, cast, moved):
    client = await browse(cast, "client")
    client.others["portico_unsent"] = f"{mark(cast, 'teen')}.{mark(cast, 'client')}"
    answer = await client.get("/messages?show=archived")
    page = await text(answer)
    assert answer.status_code == 200 and '<lead-over class="stack" data-path="/messages?show=archived">' in page
    assert f'content="{cast.logins["client"]}"' in page, "by a line of this login"
    assert (await client.get("/messages", Sec_Fetch_Mode="cors")).status_code == 303, "what a page fetches leads over"


async def test_words_of_somebody_else_do_not_hold_one_up(browse, cast, moved):
    client = await browse(cast, "client")
    for other in (mark(cast, "teen"), mark(cast, "client", "desk"), "nonsense", "<b>.."):
        client.others["portico_unsent"] = other
        assert (await client.get("/home")).headers["Location"].startswith(f"http://{moved}/arrive/"), other


async def test_signed_out_one_signs_in_there_once_more_or_goes_on_without(browse, cast, moved):
    visitor = await browse(cast)
    visitor.others["portico_unsent"] = mark(cast, "client")
    page = await text(await visitor.get("/messages"))
    assert 'action="/sign-in"' in page and 'name="next" value="/messages"' in page
    assert f'href="http://{moved}/messages"' in page
    assert not stands("Ana", page) and "lead-over" not in page


async def test_a_locked_desk_and_a_closed_portal_say_so_there_and_nothing_is_asked(browse, cast, moved):
    maya, client = await browse(cast, "practitioner"), await browse(cast, "client")
    maya.others["portico_unsent"], client.others["portico_unsent"] = (
        mark(cast, "practitioner", "desk"), mark(cast, "client"),
    )
    locked = "UPDATE session SET locked_at = now() WHERE id = $1"
    await cast.inside(lambda: execute(locked, maya.session_id))
    answer = await maya.get("/staff/messages")
    assert answer.status_code == 423 and "lead-over" not in await text(answer)
    owner = await cast.actor("owner")
    await cast.inside(lambda: portal.turn_off(owner))
    answer = await client.get("/messages")
    assert answer.status_code == 403 and "This portal is not open" in await text(answer)
    unlocked = await maya.post("/staff/unlock", {"password": "portico-demo"})
    assert f"now at {moved}" in await text(unlocked)
    assert "lead-over" in await text(await maya.get("/staff/messages")), "and then what waits is sent"
