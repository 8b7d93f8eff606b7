"""Inviting to the portal: what goes out, to whom, and what became of it."""

from __future__ import annotations

import pytest

from models.clients import addresses, admitting, contacts, inviting
from models.clients.inviting import Wishes
from models.clients.tables import ClientContact, PortalAccess
from models.core.database import fetch_one
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from tests.clients.portal.conftest import link_in
from tests.support.meeting import meet

WISHES = Wishes(features=["messaging"], permissions=[], asks={"preferences": "required"}, message="Looking forward.")


async def test_toggling_access_to_the_client_portal_doesnt_immediately_send_an_invitation(portal):
    rosa = await portal.newcomer()
    assert (await portal.card(rosa)).state == "off"
    await portal.act(admitting.turn_on, rosa)
    assert (await portal.card(rosa)).state == "uninvited"
    assert await portal.leave() == [] and await portal.events("invitation.sent") == []
    await portal.act(admitting.turn_off, rosa)
    assert (await portal.card(rosa)).state == "off"


async def test_turning_on_twice_at_once_makes_one_access(portal):
    rosa = await portal.newcomer()
    for _ in range(2):
        await portal.act(admitting.turn_on, rosa)
    assert len(await portal.rows("SELECT 1 FROM portal_access WHERE client_id = $1", rosa)) == 1
    assert len(await portal.events("access.turned_on")) == 1


async def test_the_status_is_queued_then_taken_by_the_mail_server(portal):
    rosa = await portal.newcomer()
    await portal.act(inviting.send, rosa, None, WISHES)
    assert (await portal.card(rosa)).state == "queued"
    (mail,) = await portal.leave()
    assert mail["To"] == portal.address("rosa") and "14 days" in mail.get_body(("plain",)).get_content()
    assert (await portal.card(rosa)).state == "taken"


async def test_a_refused_invitation_says_why_and_is_mended_by_a_corrected_address(portal):
    rosa = await portal.newcomer()
    await portal.act(inviting.send, rosa, None, WISHES)
    await portal.refuse("550")
    card = await portal.card(rosa)
    assert (card.state, card.failure) == ("refused", "550")
    await portal.act(addresses.correct_address, rosa, None, "Rosa.Lind@Elsewhere.Test ")
    assert (await portal.card(rosa)).state == "unsent"
    await portal.act(inviting.redeliver, rosa)
    (mail,) = await portal.leave()
    assert mail["To"] == "rosa.lind@elsewhere.test"
    assert (await portal.card(rosa)).state == "taken"


async def test_nothing_of_what_the_practice_writes_or_of_the_client_stands_in_the_mail(portal):
    rosa = await portal.newcomer()
    await portal.act(inviting.send, rosa, None, WISHES)
    (mail,) = await portal.leave()
    for canary in ("Looking forward", "Rosa", "Lind", "1990"):
        assert canary not in str(mail).replace(portal.address("rosa"), "")


async def test_redeliver_an_invitation_to_the_client_portal_makes_a_new_link_and_ends_the_old(portal, browse, cast):
    rosa = await portal.newcomer()
    first = await portal.invite(rosa)
    browser = await browse(cast)
    assert (await browser.get(first)).status_code == 200
    await portal.act(inviting.redeliver, rosa)
    second = link_in((await portal.leave())[0])
    old = await browser.get(first)
    assert old.status_code == 410 and "There is a newer link" in await old.get_data(as_text=True)
    assert (await browser.get(second)).status_code == 200


async def test_a_mail_that_waited_while_the_invitation_was_redelivered_is_not_sent(portal):
    rosa = await portal.newcomer()
    await portal.act(inviting.send, rosa, None, WISHES)
    await portal.act(inviting.redeliver, rosa)
    assert len(await portal.leave()) == 1


async def test_without_an_address_nobody_is_invited_and_the_tab_says_what_is_missing(portal, browse, cast):
    rosa = await portal.newcomer(email="")
    with pytest.raises(Invalid) as refused:
        await portal.act(inviting.send, rosa, None, WISHES)
    assert refused.value.errors.keys() == {"email"}
    page = await (await browse(cast, "practitioner")).get(f"/staff/clients/{rosa}/portal")
    assert "E-mail address is missing" in await page.get_data(as_text=True)


@pytest.mark.parametrize("wrong", ["", "rosa", "rosa@", "@x.test", "rosa@x", "a b@x.test", "x" * 260 + "@x.test"])
async def test_what_is_no_address_is_refused(portal, wrong):
    rosa = await portal.newcomer()
    with pytest.raises(Invalid):
        await portal.act(addresses.correct_address, rosa, None, wrong)


async def test_one_address_cannot_belong_to_two_clients_own_records(portal):
    rosa, other = await portal.newcomer(), await portal.newcomer("Otto Falk")
    await portal.invite(rosa)
    with pytest.raises(Conflict) as taken:
        await portal.act(addresses.correct_address, other, None, portal.address("rosa"))
    assert taken.value.code == "address-taken"


async def test_a_minor_and_a_parent_or_two_parents_never_share_one_sign_in(portal, cast):
    child, mother = cast.clients["child"], cast.contacts["parent"]
    father = await portal.contact(child, "Piet Marsh", email=portal.address("parent"))
    assert (await portal.card(child, mother)).accepted, "the mother must sign in for this to mean anything"
    await portal.run("UPDATE client SET email = $2 WHERE id = $1", child, portal.address("parent"))
    for person in (None, father):
        with pytest.raises(Conflict) as refused:
            await portal.invite(child, person)
        assert refused.value.errors["email"][0].startswith("Karen Marsh (mother) signs in with this address.")
        assert (await portal.card(child, person)).state == "off"
        with pytest.raises(Conflict, match="address-shared"):
            await portal.act(addresses.correct_address, child, person, portal.address("parent"))
    assert await portal.events("invitation.sent") == []


async def test_a_mother_of_two_has_one_login_and_accepts_the_second_child_with_it(portal, cast):
    rosa = await portal.newcomer()
    ines = await portal.contact(rosa, email=portal.address("parent"))
    await portal.act(inviting.send, rosa, ines, WISHES)
    (mail,) = await portal.leave()
    assert mail["To"] == portal.address("parent") and "sign-in you have" in mail.get_body(("plain",)).get_content()
    (row,) = await portal.rows("SELECT login_id FROM portal_access WHERE contact_id = $1", ines)
    assert row["login_id"] == cast.logins["parent"]


async def test_a_mother_whose_address_staff_changed_keeps_one_sign_in_for_all_her_children(portal, cast):
    """The sign-in follows the record only after she confirmed it; until then another child joins the one she has."""
    mother, rosa = cast.contacts["parent"], await portal.newcomer()
    await portal.act(addresses.correct_address, cast.clients["teen"], mother, portal.address("new"))
    link = "INSERT INTO client_contact (id, client_id, contact_id, relation) VALUES (gen_random_uuid(), $1, $2, 'aunt')"
    await portal.run(link, rosa, mother)
    await portal.leave()
    await portal.act(inviting.send, rosa, mother, WISHES)
    assert [mail["To"] for mail in await portal.leave()] == [portal.address("parent")]
    (row,) = await portal.rows("SELECT login_id FROM portal_access WHERE client_id = $1", rosa)
    assert row["login_id"] == cast.logins["parent"]
    card = await portal.card(rosa, mother)
    assert (card.address, card.sign_in) == (portal.address("new"), portal.address("parent"))


async def test_who_has_access_is_not_invited_again(portal, cast):
    client = cast.clients["client"]
    for verb in (inviting.redeliver, inviting.copy_link):
        with pytest.raises(Conflict):
            await portal.act(verb, client)
    with pytest.raises(Conflict):
        await portal.act(inviting.send, client, None, WISHES)


async def test_nobody_is_asked_into_the_portal_of_a_discharged_client_once_it_has_closed(portal):
    client = await portal.newcomer()
    await portal.invite(client)
    ends = "UPDATE client SET status = 'discharged', read_only_until = portico_today() + $2::integer WHERE id = $1"
    await portal.run(ends, client, 5)
    await portal.act(inviting.redeliver, client)
    await portal.run(ends, client, -1)
    for verb, more in ((inviting.redeliver, ()), (inviting.send, (WISHES,))):
        with pytest.raises(Conflict, match="portal-closed"):
            await portal.act(verb, client, None, *more)


async def test_staff_who_only_look_may_not_and_strangers_see_nothing(portal, neighbours):
    rosa = await portal.newcomer()
    with pytest.raises(Forbidden):
        await portal.act(inviting.send, rosa, None, WISHES, by="biller")
    with pytest.raises(Missing):
        await portal.act(inviting.send, neighbours.clients["client"], None, WISHES, by="owner")
    with pytest.raises(Missing):
        await portal.act(inviting.send, rosa, neighbours.contacts["parent"], WISHES, by="owner")


async def test_reminders_go_out_after_three_and_seven_days_while_it_is_not_accepted(portal, later):
    rosa = await portal.newcomer()
    await portal.invite(rosa)
    jobs = await portal.jobs("invitation.remind")
    assert [round(job["after"].total_seconds() / 86400) for job in jobs] == [3, 7]
    assert len({job["key"] for job in jobs}) == 2
    later(days=3)
    await portal.run_jobs("invitation.remind")
    (mail,) = await portal.leave()
    assert mail["Subject"].startswith("A reminder") and "11 more days" in mail.get_body(("plain",)).get_content()
    assert await portal.run_jobs("invitation.remind") and await portal.leave() == []
    later(days=4)
    await portal.run_jobs("invitation.remind")
    assert len(await portal.leave()) == 1


async def test_a_reminder_leaves_the_first_link_working(portal, later, browse, cast):
    rosa = await portal.newcomer()
    first = await portal.invite(rosa)
    later(days=3)
    await portal.run_jobs("invitation.remind")
    (mail,) = await portal.leave()
    for link in (first, link_in(mail)):
        assert (await (await browse(cast)).get(link)).status_code == 200


@pytest.mark.parametrize("end", ["accepted", "revoked", "off"])
async def test_nobody_is_reminded_who_accepted_or_lost_it_or_where_the_practice_reminds_nobody(portal, later, end):
    from models.clients import invitation_settings

    rosa = await portal.newcomer()
    await portal.invite(rosa)
    if end == "accepted":
        await portal.run("UPDATE portal_access SET accepted_at = now() WHERE client_id = $1", rosa)
    elif end == "revoked":
        await portal.act(admitting.revoke, rosa)
    else:
        owner = await portal.cast.actor("owner")
        quiet = {"asks": {}, "reminders": False, "tells_front_desk": False}
        await portal.cast.inside(lambda: invitation_settings.configure(owner, **quiet))
    later(days=3)
    await portal.run_jobs("invitation.remind")
    assert await portal.leave() == []


async def test_redelivering_plans_reminders_under_keys_of_their_own(portal):
    rosa = await portal.newcomer()
    await portal.invite(rosa)
    await portal.act(inviting.redeliver, rosa)
    assert len({job["key"] for job in await portal.jobs("invitation.remind")}) == 4


async def test_no_secret_of_a_link_stands_in_any_table(portal):
    from models.core.ids import token_hash

    rosa = await portal.newcomer()
    token = (await portal.invite(rosa)).rpartition("/")[2]
    assert await portal.rows("SELECT 1 FROM invitation_link WHERE hash = $1", token_hash(token))
    for table, column in (("outgoing_mail", "facts"), ("event", "ids"), ("event_data", "data")):
        assert await portal.rows(f"SELECT 1 FROM {table} WHERE {column}::text LIKE $1", f"%{token}%") == []


async def test_only_an_administrator_says_what_invitations_usually_ask(portal, cast, browse):
    given = {"asks": ["preferences:optional", "nothing:required"], "reminders": True}
    assert (await (await browse(cast, "owner")).send("/staff/settings/invitations", given)).status_code == 200
    assert (await (await browse(cast, "practitioner")).send("/staff/settings/invitations", given)).status_code == 403
    row = await cast.inside(lambda: fetch_one("SELECT asks FROM invitation_settings"))
    assert row["asks"] == {"preferences": "optional"}


async def test_whoever_has_a_mistaken_address_loses_the_invitation_with_the_correction(portal, browse, cast):
    """Also who is signed in with a login of their own at that address."""
    rosa = await portal.newcomer(email=portal.address("parent"))
    await portal.act(inviting.send, rosa, None, WISHES)
    stranger = await browse(cast, "parent")
    home = f"/for/{cast.clients['teen']}/home"
    assert "Another invitation waits" in await (await stranger.get(home)).get_data(as_text=True)
    await portal.act(addresses.correct_address, rosa, None, portal.address("rosa"))
    assert "Another invitation waits" not in await (await stranger.get(home)).get_data(as_text=True)
    (row,) = await portal.rows("SELECT id FROM portal_access WHERE client_id = $1", rosa)
    assert (await stranger.json(f"/invitations/{row['id']}")).status_code == 404
    with pytest.raises(Conflict):
        await portal.act(inviting.copy_link, rosa)
    await portal.act(inviting.redeliver, rosa)
    assert [mail["To"] for mail in await portal.leave()] == [portal.address("rosa")]


async def test_the_same_holds_for_a_correction_on_the_details_tab(portal, browse, cast):
    rosa = await portal.newcomer(email=portal.address("wrong"))
    ines = await portal.contact(rosa, email=portal.address("wrong2"))
    links = [await portal.invite(rosa), await portal.invite(rosa, ines)]
    maya, stranger = await browse(cast, "practitioner"), await browse(cast)
    here = f"/staff/clients/{rosa}"
    same = {"kind": "parent", "first_name": "Ines", "last_name": "Lind", "email": portal.address("wrong2")}
    await maya.send(f"{here}/details/contact", {"email": portal.address("wrong")})
    await maya.send(f"{here}/contacts/{ines}", {**same, "phone": "2075550123"})
    for link in links:
        assert (await (await stranger.json(link)).get_json())["state"] == "open", "nothing was corrected yet"
    assert (await maya.send(f"{here}/details/contact", {"email": portal.address("rosa")})).status_code == 200
    assert (await maya.send(f"{here}/contacts/{ines}", {**same, "email": portal.address("ines")})).status_code == 200
    for link, person in zip(links, (None, ines), strict=True):
        assert (await (await stranger.json(link)).get_json())["state"] == "withdrawn"
        assert (await portal.card(rosa, person)).state == "unsent"
        await portal.act(inviting.redeliver, rosa, person)
    assert [mail["To"] for mail in await portal.leave()] == [portal.address("rosa"), portal.address("ines")]


async def test_an_address_typed_on_the_tab_shows_at_other_desks_before_access_is_on(portal):
    rosa = await portal.newcomer(email="")
    await portal.act(addresses.correct_address, rosa, None, portal.address("rosa"))
    (event,) = await portal.events("access.address_corrected")
    assert event["subject_id"] == rosa and event["ids"] == {"client": str(rosa)}


async def test_a_refused_act_says_why_on_the_tab(portal, browse, cast):
    rosa = await portal.newcomer()
    await portal.invite(rosa)
    await portal.run("UPDATE client SET email = 'no address' WHERE id = $1", rosa)
    at = f"/staff/clients/{rosa}/portal"
    answer = await (await browse(cast, "practitioner")).post(f"{at}/{rosa}/redeliver")
    assert answer.status_code == 422
    assert (await answer.get_data(as_text=True)).count("This is not an e-mail address") >= 1


async def test_a_contact_is_not_unlinked_while_access_is_given(portal, cast):
    """Either somebody is a contact with access, or neither: else the access would stand on no page."""
    rosa = await portal.newcomer()
    ines = await portal.contact(rosa)
    maya = await cast.actor("practitioner")
    unlink = lambda: cast.inside(lambda: contacts.unlink(maya, rosa, ines))  # noqa: E731
    given, gone = await meet(cast.practice_id, lambda: portal.act(admitting.turn_on, rosa, ines), unlink)
    linked = await cast.inside(lambda: ClientContact.exists(client_id=rosa, contact_id=ines))
    access = await cast.inside(lambda: PortalAccess.exists(client_id=rosa, contact_id=ines))
    assert linked is access, (given, gone)


async def test_a_contact_whose_access_is_on_is_not_unlinked_also_while_nobody_was_invited(portal, cast):
    rosa = await portal.newcomer()
    ines = await portal.contact(rosa)
    maya = await cast.actor("practitioner")
    await portal.act(admitting.turn_on, rosa, ines)
    with pytest.raises(Conflict, match="has-access"):
        await cast.inside(lambda: contacts.unlink(maya, rosa, ines))
    await portal.act(admitting.turn_off, rosa, ines)
    await cast.inside(lambda: contacts.unlink(maya, rosa, ines))
    assert not await cast.inside(lambda: ClientContact.exists(client_id=rosa, contact_id=ines))
