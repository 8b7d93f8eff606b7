"""View as this client: the portal as one person sees it, read-only, masked, noted, and for a short time."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from models.clients import viewing
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Refusal
from models.core.kinds import PORTAL
from server.door import DOORS
from tests.messaging.conftest import Talk
from tests.support.steps import sent

REASON = "Karen asked where the messages are"


@pytest.fixture
def talk(cast):
    return Talk(cast)


async def view(cast, browse, person="parent", client="teen", name="owner"):
    """A browser of staff, and the address of the view that it began."""
    browser, access = await browse(cast, name), cast.accesses[person, client]
    answer = await browser.send(
        f"/staff/clients/{cast.clients[client]}/view-as", {"access": str(access), "reason": REASON}
    )
    assert answer.status_code == 200, await answer.get_data(as_text=True)
    return browser, f"/staff/view-as/{access}"


async def text(answer):
    return await answer.get_data(as_text=True)


async def test_staff_see_the_home_page_as_the_person_sees_it_under_a_banner(cast, browse, talk):
    await talk.start("practitioner", "parent", about="teen")
    browser, root = await view(cast, browse)
    page = await text(await browser.get(f"{root}/home"))
    assert "You are viewing as Karen Marsh, for Leo." in re.sub(r"<[^>]+>", "", page)
    assert "Karen</h1>" in page and "Jonas" not in page.split("</header>")[1]
    assert f'action="{root}/leave"' in page and "person-menu" not in page
    assert 'name="portico-login" content=""' in page, "no line of its own"
    assert set(re.findall(r'href="(/(?!static|brand|staff/view-as)[^"]*)"', page)) == set(), "no link leads out of it"


async def test_each_door_of_the_portal_draws_under_the_view_and_every_post_is_refused(cast, browse, talk):
    conversation = await talk.start("practitioner", "parent", about="teen")
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{appointments,booking,information}'"))
    browser, root = await view(cast, browse)
    doors = [door for door in DOORS if door.portal and door.allow == PORTAL]
    assert len(doors) > 8, "the premise"
    for door in doors:
        path = root + re.sub(r"<\w+>", "1", re.sub(r"<uuid:\w+>", str(conversation), door.path))
        if door.method == "GET":
            # a word we cannot guess, an id that is none
            unknown = re.search(r"<\w+>|/(appointments|documents)/<", door.path)
            drawn = {200, 303, 404} if unknown else {200}
            assert (await browser.get(path)).status_code in drawn, door.path
        else:
            answer = await browser.send(path)
            assert answer.status_code == 403 and (await answer.get_json())["code"] == "view-only", door.path


async def test_a_conversation_they_do_not_sit_in_is_masked(cast, browse, talk):
    conversation = await talk.start("practitioner", "parent", about="teen", subject="About the school")
    message = await talk.say("parent", conversation, "A secret between two")
    browser, root = await view(cast, browse)
    for path in ("/home", "/messages", f"/messages/{conversation}", f"/messages/{conversation}?around={message}",
                 f"/conversations/{conversation}/messages", "/messages/list", "/latest"):
        for answer in (await browser.get(root + path), await browser.json(root + path)):
            assert answer.status_code == 200, path
            said = await text(answer)
            assert "secret" not in said and "school" not in said, path
    page = await text(await browser.get(f"{root}/messages/{conversation}"))
    assert "You do not sit in this conversation" in page and "Maya Okafor" in page
    assert "Only those who sit in this conversation read it" in await text(await browser.get(f"{root}/messages"))


async def test_one_they_sit_in_is_read_as_far_as_their_own_seat_sees(cast, browse, talk):
    conversation = await talk.start("practitioner", "parent", about="teen")
    await talk.say("parent", conversation, "Before the owner came")
    await talk.add("practitioner", conversation, "owner")
    await talk.say("parent", conversation, "After the owner came")
    browser, root = await view(cast, browse)
    page = await text(await browser.get(f"{root}/messages/{conversation}"))
    assert "After the owner came" in page and "Before the owner came" not in page
    assert "Leave the view to write" in page


async def test_a_file_of_a_conversation_they_do_not_sit_in_opens_at_no_address(cast, browse, talk):
    conversation = await talk.start("practitioner", "parent", about="teen")
    parent = await browse(cast, "parent")
    file = await sent(parent, "/files", "--x\r\nContent-Disposition: form-data; name=file; filename=notes.txt\r\n"
                      "Content-Type: text/plain\r\n\r\nPrivate\r\n--x--\r\n",
                      **{"Content-Type": "multipart/form-data; boundary=x"})
    id = file["file"]["id"]
    here = f"/for/{cast.clients['teen']}"
    answer = await parent.send(f"{here}/conversations/{conversation}/messages", {"body": "See this", "files": [id]})
    assert answer.status_code == 200 and (await parent.opened(f"/files/{id}")).status_code == 200, "the premise"
    browser, root = await view(cast, browse)
    for path in (f"/files/{id}", f"{root}/files/{id}", f"{here}/files/{id}", f"/files/{id}/thumbnail"):
        assert (await browser.json(path)).status_code == 404, path
    assert id not in await text(await browser.get(f"{root}/messages/{conversation}"))


async def test_an_unsent_draft_and_a_note_for_staff_do_not_show(cast, browse, talk):
    from models.messaging import keeping

    conversation = await talk.start("owner", "parent", about="teen")
    await talk.note("owner", conversation, "For staff alone")
    await talk.at("parent", conversation, lambda actor, there: keeping.save_draft(actor, there, "Half written"))
    browser, root = await view(cast, browse)
    page = await text(await browser.get(f"{root}/messages/{conversation}"))
    assert "Half written" not in page and "For staff alone" not in page


async def test_looking_reads_and_delivers_nothing(cast, browse, talk):
    conversation = await talk.start("owner", "parent", about="teen")
    await talk.say("owner", conversation)
    before = await talk.badge("parent")
    browser, root = await view(cast, browse)
    await browser.get(f"{root}/messages/{conversation}")
    assert before == 1 and await talk.badge("parent") == 1


async def test_a_contacts_view_shows_the_contacts_alone(cast, browse, talk):
    mothers = await talk.start("practitioner", "parent", about="teen")
    fathers = await talk.start("practitioner", "coparent", about="teen")
    own = await talk.start("practitioner", "teen", about="teen")
    of_nora = await talk.start("practitioner", "parent", about="child")
    browser, root = await view(cast, browse)
    found = (await (await browser.json(f"{root}/messages")).get_json())["conversations"]
    assert [one["id"] for one in found] == [str(mothers)]
    for other in (fathers, own, of_nora):
        assert (await browser.json(f"{root}/messages/{other}")).status_code == 404


async def test_every_page_is_a_look_of_both_with_the_reason(cast, browse, log):
    browser, root = await view(cast, browse)
    await browser.get(f"{root}/home")
    (kept,) = await log.looks("portal:home")
    assert (kept["login_id"], kept["access_id"]) == (cast.logins["owner"], cast.accesses["parent", "teen"])
    assert kept["client_id"] == cast.clients["teen"] and kept["reason"] == REASON
    page = await text(await browser.get("/staff/settings/audit"))
    assert "looked at the portal’s page Home as Karen Marsh sees it" in page and REASON in page
    assert {kind for kind, _ in await log.heard("view_as.begun")} == {"desk"}


async def test_a_reason_is_needed_and_what_was_typed_stays(cast, browse):
    browser = await browse(cast, "owner")
    path = f"/staff/clients/{cast.clients['teen']}/view-as"
    form = {"access": str(cast.accesses["parent", "teen"]), "reason": "Because"}
    answer = await browser.post(path, form)
    page = await text(answer)
    assert answer.status_code == 422 and "Say why, in at least 10 letters." in page and ">Because</textarea>" in page


async def test_it_ends_after_thirty_minutes_by_leaving_and_with_the_session(cast, browse, log):
    browser, root = await view(cast, browse)
    assert (await browser.json(f"{root}/home")).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=14)):
        assert (await browser.json(f"{root}/home")).status_code == 200
    await cast.inside(lambda: execute("UPDATE view_as SET until = now() - interval '1 second'"))
    answer = await browser.json(f"{root}/home")
    assert answer.status_code == 403 and (await answer.get_json())["code"] == "view-over"
    led = (await browser.get(f"{root}/home")).headers["Location"]
    assert led.startswith(f"/staff/clients/{cast.clients['teen']}/view-as?access=")
    assert "The view has ended" in await text(await browser.get(led))
    browser, root = await view(cast, browse)
    assert (await browser.post(f"{root}/leave")).status_code == 303
    assert (await browser.json(f"{root}/home")).status_code == 403
    assert (await browser.post(f"{root}/leave")).status_code == 303, "leaving twice is no fault"
    browser, root = await view(cast, browse)
    await browser.post("/sign-out")
    assert (await browser.json(f"{root}/home")).status_code == 401


async def test_from_one_persons_eyes_to_anothers_of_the_same_client_for_the_same_reason(cast, browse, log):
    browser, root = await view(cast, browse, person="teen")
    page = await text(await browser.get(f"{root}/home"))
    assert re.findall(r'<option value="[^"]*">([^<]*)</option>', page) == [
        "Karen Marsh, mother", "David Ellison, father"]
    answer = await browser.send(f"{root}/switch", {"access": str(cast.accesses["coparent", "teen"])})
    there = f"/staff/view-as/{cast.accesses['coparent', 'teen']}"
    assert answer.status_code == 200 and "viewing as David Ellison" in await text(await browser.get(f"{there}/home"))
    seen = {look["access_id"]: look["reason"] for look in await log.looks("portal:home")}
    assert seen == {cast.accesses[one, "teen"]: REASON for one in ("teen", "coparent")}
    assert (await browser.json(f"{root}/home")).status_code == 403, "the former view is left"
    assert len(await log.events("view_as.begun")) == 2 and len(await log.events("view_as.ended")) == 1


async def test_nobody_switches_without_a_view_or_to_another_client(cast, browse):
    access, other = cast.accesses["parent", "teen"], cast.accesses["coparent", "teen"]
    owner = await browse(cast, "owner")
    answer = await owner.send(f"/staff/view-as/{access}/switch", {"access": str(other)})
    assert answer.status_code == 403 and (await answer.get_json())["code"] == "view-over"
    led = await owner.post(f"/staff/view-as/{access}/switch", {"access": str(other)})
    assert "/view-as?access=" in led.headers["Location"]
    desk = await browse(cast, "frontdesk")
    assert (await desk.send(f"/staff/view-as/{access}/switch", {"access": str(other)})).status_code == 404
    browser, root = await view(cast, browse)
    foreign = {"access": str(cast.accesses["client", "client"])}
    assert (await browser.send(f"{root}/switch", foreign)).status_code == 404
    assert (await browser.json(f"{root}/home")).status_code == 200, "a refused switch leaves the view as it was"


async def test_whose_access_is_over_has_nothing_to_be_viewed_and_the_way_out_stays(cast, browse):
    browser, root = await view(cast, browse)
    for end in ("ends_on = current_date - 2", "revoked_at = now()"):
        await cast.inside(lambda end=end: execute(f"UPDATE portal_access SET {end} WHERE id = $1",
                                                  cast.accesses["parent", "teen"]))
        assert (await browser.json(f"{root}/home")).status_code == 404, end
        found = await (await browser.json(f"/staff/clients/{cast.clients['teen']}/view-as")).get_json()
        assert "Karen Marsh" not in {one["name"] for one in found["people"]}, end
    assert (await browser.post(f"{root}/leave")).headers["Location"] == f"/staff/clients/{cast.clients['teen']}"


async def test_the_job_ends_a_view_when_it_is_due_and_not_before(cast, browse, log):
    await view(cast, browse)
    (row,) = await log.rows("SELECT id FROM view_as")
    left = await cast.inside(lambda: viewing.end_due(row["id"]))
    assert left is not None and timedelta(minutes=29) < left <= timedelta(minutes=30)
    assert await log.events("view_as.ended") == []
    await cast.inside(lambda: execute("UPDATE view_as SET until = now() - interval '1 second'"))
    assert await cast.inside(lambda: viewing.end_due(row["id"])) is None
    assert len(await log.events("view_as.ended")) == 1
    assert await cast.inside(lambda: viewing.end_due(row["id"])) is None
    assert len(await log.events("view_as.ended")) == 1


async def test_it_belongs_to_the_session_that_began_it(cast, browse):
    _, root = await view(cast, browse)
    other = await browse(cast, "owner")
    assert (await other.json(f"{root}/home")).status_code == 403


@pytest.mark.parametrize("name", ["frontdesk", "biller", "practitioner"])
async def test_who_is_neither_administrator_nor_fully_clinical_may_not(cast, browse, name):
    browser, access = await browse(cast, name), cast.accesses["parent", "teen"]
    path = f"/staff/clients/{cast.clients['teen']}/view-as"
    assert (await browser.json(path)).status_code == 403
    assert (await browser.send(path, {"access": str(access), "reason": REASON})).status_code == 403
    assert (await browser.json(f"/staff/view-as/{access}/home")).status_code == 404


async def test_full_clinical_access_may_and_loses_it_with_the_switch(cast, browse):
    switch = "UPDATE staff_member SET clinical = $2 WHERE id = $1"
    await cast.inside(lambda: execute(switch, cast.staff["practitioner"], True))
    browser, root = await view(cast, browse, name="practitioner")
    assert (await browser.json(f"{root}/home")).status_code == 200
    await cast.inside(lambda: execute(switch, cast.staff["practitioner"], False))
    assert (await browser.json(f"{root}/home")).status_code == 404


async def test_portal_people_other_practices_and_strange_accesses_are_refused(cast, neighbours, browse):
    browser, root = await view(cast, browse)
    assert (await browser.json(f"{root}/home")).status_code == 200, "the premise"
    assert (await (await browse(cast, "client")).json(f"{root}/home")).status_code == 403
    stranger = await browse(neighbours, "owner")
    assert (await stranger.json(f"{root}/home")).status_code == 404
    assert (await browser.json(f"/staff/view-as/{uuid4()}/home")).status_code == 404
    path = f"/staff/clients/{cast.clients['client']}/view-as"
    answer = await browser.send(path, {"access": str(cast.accesses["parent", "teen"]), "reason": REASON})
    assert answer.status_code == 404, "an access of another client"


async def test_a_switched_off_feature_is_off_in_the_view_as_well(cast, browse):
    off = "UPDATE portal_access SET features_off = '{messaging}' WHERE id = $1"
    await cast.inside(lambda: execute(off, cast.accesses["parent", "teen"]))
    browser, root = await view(cast, browse)
    assert (await browser.json(f"{root}/messages")).status_code == 403
    assert (await browser.json(f"{root}/home")).status_code in (200, 403)


async def test_no_verb_acts_through_the_lens(cast, browse, talk):
    from models.messaging import sending
    from models.messaging.seats import conversation_for

    conversation = await talk.start("owner", "parent", about="teen")
    browser, _ = await view(cast, browse)
    from models.accounts.actors import actor_of_session

    async def send():
        owner = await actor_of_session(cast.practice_id, browser.session_id)
        seen = await viewing.through_eyes(owner, cast.accesses["parent", "teen"])
        await sending.send(seen, await conversation_for(seen, conversation), body="In her name")

    with pytest.raises(Refusal) as refused:
        await cast.inside(send)
    assert refused.value.code == "view-only"


async def test_a_page_in_place_of_a_refusal_is_the_persons_too(cast, browse, monkeypatch):
    from server import door
    from server.door import Page

    async def instead(actor):
        return Page("messaging/_badge.html", status=403, unread=77 if actor.name == "Karen Marsh" else 11)

    monkeypatch.setitem(door.REFUSAL_PAGES, "messaging-off", instead)
    off = "UPDATE portal_access SET features_off = '{messaging}' WHERE id = $1"
    await cast.inside(lambda: execute(off, cast.accesses["parent", "teen"]))
    browser, root = await view(cast, browse)
    answer = await browser.get(f"{root}/messages")
    assert answer.status_code == 403 and "77" in await text(answer)
