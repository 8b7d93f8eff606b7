"""Accepting an invitation: the birth date, the code of a copied link, the password, and all that must not work."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from models.accounts import resetting
from models.clients import accepting, admitting, inviting
from models.clients.inviting import Wishes
from server.jobs import JOBS
from tests.clients.portal.conftest import BORN, PASSWORD, link_in, proof_in
from tests.support.factors import app_of


async def prove(browser: Any, link: str, born_on: date = BORN) -> Any:
    return await (await browser.send(f"{link}/birth-date", {"born_on": born_on.isoformat()})).get_json()


async def come_in(browser: Any, link: str, *, password: str = PASSWORD) -> Any:
    proof = proof_in(await prove(browser, link))
    return await browser.send(link, {"password": password, "proof": proof})


async def test_the_birth_date_then_a_password_and_the_person_is_in(portal, browse, cast):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa, asks={"preferences": "required"}, message="Looking forward to meeting you.")
    browser = await browse(cast)
    first = await (await browser.get(link)).get_data(as_text=True)
    assert "Birth date" in first and "Looking forward" not in first and "Rosa" not in first
    answer = await browser.post(f"{link}/birth-date", {"born_on": BORN.isoformat()})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Looking forward to meeting you." in page and "Choose a password" in page
    done = await come_in(browser, link)
    assert done.status_code == 200
    assert [one["name"] for one in (await (await browser.json("/me")).get_json())["clients"]] == ["Rosa Lind"]
    assert (await portal.card(rosa)).state == "accepted"
    (event,) = await portal.events("invitation.accepted")
    assert len(event["rights"]) == 1


async def test_the_page_says_whose_birth_date_it_asks_and_to_a_parent_of_several_which_childs(portal, browse, cast):
    client, visitor = await portal.newcomer(), await browse(cast)
    own = await (await visitor.get(await portal.invite(client))).get_data(as_text=True)
    assert "First your birth date" in own
    ines = await portal.contact(client)
    only = await (await visitor.get(await portal.invite(client, ines))).get_data(as_text=True)
    assert "the birth date of the client whom it is about, so that" in only
    second = await portal.newcomer("Theo Bloom", email="", born_on=BORN)
    karen = await portal.contact(second, "Karen Again", email=portal.address("parent"))
    text = await (await visitor.get(await portal.invite(second, karen))).get_data(as_text=True)
    assert "whom it is about, TB, so that" in text and "Theo" not in text and "Bloom" not in text


async def test_opening_the_link_changes_nothing_and_using_the_page_shows_on_the_card(portal, browse, cast):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa)
    browser = await browse(cast)
    for _ in range(3):
        await browser.get(link)
    assert (await portal.card(rosa)).state == "taken"
    await browser.send(f"{link}/birth-date", {"born_on": "1980-01-01"})
    assert (await portal.card(rosa)).state == "used"


async def test_whoever_moves_or_types_at_the_page_has_opened_it_and_a_dead_link_says_nothing(portal, browse, cast):
    client, visitor = await portal.newcomer(), await browse(cast)
    old = await portal.invite(client)
    await portal.act(inviting.redeliver, client)
    link = link_in((await portal.leave())[-1])
    assert '<first-touch action="' in await (await visitor.get(link)).get_data(as_text=True)
    for dead in (old, "/invitation/made-up"):
        assert (await visitor.send(f"{dead}/opened")).status_code == 200
    assert (await portal.card(client)).state == "taken", "neither loading the page nor an old link counts"
    for _ in range(2):
        assert (await visitor.send(f"{link}/opened")).status_code == 200
    assert (await portal.card(client)).state == "used" and len(await portal.events("invitation.used")) == 1
    assert "<first-touch" not in await (await visitor.get(link)).get_data(as_text=True)


async def test_after_five_wrong_birth_dates_staff_must_help_whatever_the_tab(portal, browse, cast):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa)
    for left in (4, 3, 2, 1):
        answer = await (await browse(cast)).send(f"{link}/birth-date", {"born_on": "1980-01-01"})
        said = (await answer.get_json())["errors"]["born_on"][0]
        assert answer.status_code == 422 and f"{left} {'try' if left == 1 else 'tries'} left" in said
    assert (await (await browse(cast)).send(f"{link}/birth-date", {"born_on": "1980-01-01"})).status_code == 409
    assert (await (await browse(cast)).send(f"{link}/birth-date", {"born_on": BORN.isoformat()})).status_code == 409
    assert (await portal.card(rosa)).state == "shut"
    await portal.act(inviting.redeliver, rosa)
    link = link_in((await portal.leave())[0])
    assert (await come_in(await browse(cast), link)).status_code == 200


async def test_asking_for_a_new_link_gives_no_new_tries(portal, browse, cast, later):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa)
    browser = await browse(cast)
    for _ in range(4):
        await browser.send(f"{link}/birth-date", {"born_on": "1980-01-01"})
    later(days=15)
    assert (await browser.post(f"{link}/again")).status_code == 200
    fresh = link_in((await portal.leave())[0])
    assert (await browser.send(f"{fresh}/birth-date", {"born_on": "1980-01-01"})).status_code == 409
    assert (await portal.card(rosa)).state == "shut"


async def test_a_hundred_guesses_at_once_are_five(portal, browse, cast):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa)
    browser = await browse(cast)
    guesses = [browser.send(f"{link}/birth-date", {"born_on": f"19{year}-05-17"}) for year in range(50, 74)]
    answers = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert answers.count(422) == 4 and 200 not in answers
    assert (await portal.card(rosa)).state == "shut"


async def test_without_a_known_birth_date_the_password_is_asked_at_once(portal, browse, cast):
    rosa = await portal.newcomer(born_on=None)
    link = await portal.invite(rosa)
    assert (await (await browse(cast)).send(link, {"password": PASSWORD})).status_code == 200


async def test_a_password_without_the_birth_date_opens_nothing(portal, browse, cast):
    rosa, other = await portal.newcomer(), await portal.newcomer("Otto Falk")
    link, others = await portal.invite(rosa), await portal.invite(other)
    browser = await browse(cast)
    foreign = proof_in(await prove(browser, others))
    for made_up in ("", "date.99999999999.abc", "date+code.1.x", foreign, foreign.replace("date", "date+code")):
        assert (await browser.send(link, {"password": PASSWORD, "proof": made_up})).status_code == 409
    assert (await portal.card(rosa)).state == "used" or (await portal.card(rosa)).state == "taken"


async def test_a_proof_is_worth_half_an_hour(portal, browse, cast, later):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa)
    browser = await browse(cast)
    proof = proof_in(await prove(browser, link))
    later(minutes=31)
    assert (await browser.send(link, {"password": PASSWORD, "proof": proof})).status_code == 409


async def test_an_unfit_password_is_told_at_its_field_and_the_birth_date_is_not_asked_anew(portal, browse, cast):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa)
    browser = await browse(cast)
    proof = proof_in(await prove(browser, link))
    answer = await browser.post(link, {"password": "short", "proof": proof})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "at least 10 characters" in page and "Birth date" not in page
    assert (await browser.post(link, {"password": PASSWORD, "proof": proof})).status_code == 303


async def test_a_link_of_another_practice_leads_nowhere_here(portal, browse, cast, neighbours):
    link = await portal.invite(await portal.newcomer())
    stranger = await browse(neighbours)
    assert (await stranger.get(link)).status_code == 404
    for path, data in (("/birth-date", {"born_on": BORN.isoformat()}), ("/code", {}), ("", {"password": PASSWORD})):
        assert (await stranger.send(link + path, data)).status_code == 409
    assert (await stranger.post(f"{link}/again")).status_code == 200
    assert await portal.leave() == []
    assert (await (await browse(cast)).get(link)).status_code == 200


async def test_of_two_who_accept_at_once_one_gets_in(portal, browse, cast):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa)
    browsers = [await browse(cast) for _ in range(2)]
    proofs = [proof_in(await prove(one, link)) for one in browsers]
    answers = await asyncio.gather(
        *(one.send(link, {"password": PASSWORD, "proof": proof}) for one, proof in zip(browsers, proofs, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await portal.events("invitation.accepted")) == 1


async def test_an_accepted_invitation_cannot_be_replayed(portal, browse, cast):
    link = await portal.invite(await portal.newcomer())
    first = await browse(cast)
    proof = proof_in(await prove(first, link))
    assert (await first.send(link, {"password": PASSWORD, "proof": proof})).status_code == 200
    thief = await browse(cast)
    assert (await thief.send(link, {"password": "another four words", "proof": proof})).status_code == 409
    page = await thief.get(link)
    assert page.status_code == 410 and "Sign in" in await page.get_data(as_text=True)


async def test_nobody_accepts_after_access_was_revoked(portal, browse, cast):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa)
    browser = await browse(cast)
    proof = proof_in(await prove(browser, link))
    await portal.act(admitting.revoke, rosa)
    assert (await browser.send(link, {"password": PASSWORD, "proof": proof})).status_code == 409
    assert "taken back" in await (await browser.get(link)).get_data(as_text=True)
    assert (await browser.post(f"{link}/again")).status_code == 200
    assert await portal.leave() == []


async def test_an_invitation_lasts_fourteen_days_and_then_offers_a_new_link(portal, browse, cast, later):
    rosa = await portal.newcomer()
    link = await portal.invite(rosa)
    browser = await browse(cast)
    later(days=13)
    assert (await browser.get(link)).status_code == 200
    later(days=15)
    page = await browser.get(link)
    assert page.status_code == 410 and f'action="{link}/again"' in await page.get_data(as_text=True)
    assert (await portal.card(rosa)).state == "expired"
    await browser.post(f"{link}/again")
    (mail,) = await portal.leave()
    assert mail["To"] == portal.address("rosa")
    assert (await come_in(browser, link_in(mail))).status_code == 200


async def test_who_got_it_at_a_wrong_address_gets_no_new_link_after_the_correction(portal, browse, cast):
    from models.clients import addresses

    rosa = await portal.newcomer(email="wrong@elsewhere.test")
    link = await portal.invite(rosa)
    await portal.act(addresses.correct_address, rosa, None, portal.address("rosa"))
    await portal.act(inviting.redeliver, rosa)
    await portal.leave()
    stranger = await browse(cast)
    assert "taken back" in await (await stranger.get(link)).get_data(as_text=True)
    await stranger.post(f"{link}/again")
    assert await portal.leave() == []


async def test_a_copied_link_lets_nobody_set_a_password_without_the_mailed_code(portal, browse, cast):
    rosa = await portal.newcomer()
    await portal.invite(rosa)
    link = await portal.act(inviting.copy_link, rosa)
    browser = await browse(cast)
    shown = await prove(browser, link)
    assert shown["step"] == "code"
    proof = proof_in(shown)
    assert (await browser.send(link, {"password": PASSWORD, "proof": proof})).status_code == 409
    assert (await browser.send(f"{link}/code", {"proof": proof})).status_code == 200
    (mail,) = await portal.leave()
    assert mail["To"] == portal.address("rosa")
    code = code_in(mail)
    assert code not in mail["Subject"]
    told = await (await browser.send(f"{link}/check-code", {"code": code, "proof": proof})).get_json()
    assert told["step"] == "password"
    assert (await browser.send(link, {"password": PASSWORD, "proof": told["proof"]})).status_code == 200


async def test_five_wrong_codes_and_the_right_one_is_worth_nothing(portal, browse, cast):
    rosa = await portal.newcomer(born_on=None)
    await portal.invite(rosa)
    link = await portal.act(inviting.copy_link, rosa)
    browser = await browse(cast)
    await browser.send(f"{link}/code", {})
    code = code_in((await portal.leave())[0])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert (await browser.send(f"{link}/check-code", {"code": wrong})).status_code == 422
    said = await (await browser.send(f"{link}/check-code", {"code": code})).get_json()
    assert "can no longer be used" in said["errors"]["code"][0]
    await browser.send(f"{link}/code", {})
    fresh = code_in((await portal.leave())[0])
    assert (await browser.send(f"{link}/check-code", {"code": fresh})).status_code == 200


async def test_a_code_works_once_and_for_twenty_minutes(portal, browse, cast, later):
    await portal.invite(rosa := await portal.newcomer(born_on=None))
    link = await portal.act(inviting.copy_link, rosa)
    browser = await browse(cast)
    await browser.send(f"{link}/code", {})
    code = code_in((await portal.leave())[0])
    assert (await browser.send(f"{link}/check-code", {"code": code})).status_code == 200
    assert (await browser.send(f"{link}/check-code", {"code": code})).status_code == 422
    await browser.send(f"{link}/code", {})
    code = code_in((await portal.leave())[0])
    later(minutes=21)
    assert (await browser.send(f"{link}/check-code", {"code": code})).status_code == 422


async def test_codes_are_mailed_five_times_a_day_at_most(portal, browse, cast):
    await portal.invite(rosa := await portal.newcomer(born_on=None))
    link = await portal.act(inviting.copy_link, rosa)
    answers = [(await (await browse(cast)).send(f"{link}/code", {})).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


async def test_only_the_link_that_was_copied_last_works(portal, browse, cast):
    mailed = await portal.invite(rosa := await portal.newcomer())
    first = await portal.act(inviting.copy_link, rosa)
    second = await portal.act(inviting.copy_link, rosa)
    browser = await browse(cast)
    found = [(await browser.get(link)).status_code for link in (mailed, first, second)]
    assert found == [200, 410, 200]
    await portal.act(inviting.redeliver, rosa)
    assert (await browser.get(second)).status_code == 410


async def test_who_has_a_sign_in_accepts_another_child_while_signed_in(portal, browse, cast):
    rosa = await portal.newcomer()
    ines = await portal.contact(rosa, email=portal.address("parent"))
    await portal.act(inviting.send, rosa, ines, Wishes(["messaging"], [], {}))
    browser = await browse(cast, "parent")
    home = await (await browser.get(f"/for/{cast.clients['teen']}/home")).get_data(as_text=True)
    assert "Another invitation waits for you" in home and "Rosa" not in home
    (row,) = await portal.rows("SELECT id FROM portal_access WHERE contact_id = $1", ines)
    here = f"/invitations/{row['id']}"
    assert (await browser.send(here, {})).status_code == 409
    told = await (await browser.send(f"{here}/birth-date", {"born_on": BORN.isoformat()})).get_json()
    assert told["step"] == "accept"
    assert (await browser.send(here, {"proof": told["proof"]})).status_code == 200
    names = {one["name"] for one in (await (await browser.json("/me")).get_json())["clients"]}
    assert names == {"Leo Marsh", "Nora Marsh", "Rosa Lind"}


async def test_who_has_a_sign_in_keeps_the_password_and_signs_in_to_go_on(portal, browse, cast):
    rosa = await portal.newcomer()
    ines = await portal.contact(rosa, email=portal.address("parent"))
    link = await portal.invite(rosa, ines)
    browser = await browse(cast)
    told = await prove(browser, link)
    assert told["step"] == "accept"
    before = await portal.rows("SELECT password_hash FROM login WHERE id = $1", cast.logins["parent"])
    page = await browser.post(link, {"password": "a password of a thief", "proof": proof_in(told)})
    assert page.status_code == 200 and "Sign in" in await page.get_data(as_text=True) and browser.cookie is None
    assert await portal.rows("SELECT password_hash FROM login WHERE id = $1", cast.logins["parent"]) == before


async def test_whose_second_factor_is_on_accepts_and_is_asked_for_the_code_at_the_sign_in(portal, browse, cast):
    """David's only access is hidden: by the link he chooses a password anew, and nothing else opens by it."""
    app = await app_of(cast, "coparent")
    await portal.run("UPDATE client SET own_consent_at = now() WHERE id = $1", cast.clients["teen"])
    rosa = await portal.newcomer()
    link = await portal.invite(rosa, await portal.contact(rosa, "David Again", email=portal.address("coparent")))
    browser = await browse(cast)
    told = await prove(browser, link)
    page = await browser.post(link, {"password": PASSWORD, "proof": proof_in(told)})
    assert page.status_code == 200 and browser.cookie is None
    assert "Sign in with your e-mail address and your password" in await page.get_data(as_text=True)
    given = {"email": portal.address("coparent"), "password": PASSWORD}
    assert (await browser.send("/sign-in", given)).status_code == 422
    assert (await browser.send("/sign-in", {**given, "code": app.code()})).status_code == 200
    names = {one["name"] for one in (await (await browser.json("/me")).get_json())["clients"]}
    assert names == {"Rosa Lind"}


async def test_another_persons_waiting_invitation_is_missing(portal, browse, cast):
    await portal.invite(rosa := await portal.newcomer())
    (row,) = await portal.rows("SELECT id FROM portal_access WHERE client_id = $1", rosa)
    browser = await browse(cast, "client")
    assert (await browser.json(f"/invitations/{row['id']}")).status_code == 404
    assert (await browser.send(f"/invitations/{row['id']}", {})).status_code == 404


async def test_a_staff_member_who_is_also_a_client_accepts_for_the_same_login(portal, browse, cast):
    rosa = await portal.newcomer(email=portal.address("biller"))
    link = await portal.invite(rosa)
    browser = await browse(cast, "biller")
    told = await prove(browser, link)
    page = await browser.post(link, {"proof": proof_in(told)})
    assert page.status_code == 200 and "choose your own portal" in await page.get_data(as_text=True)
    assert (await browser.json("/staff/me")).status_code == 200
    assert (await portal.card(rosa)).state == "accepted"


async def test_forgot_password_for_a_pending_invitation_sends_the_invitation_again(portal, browse, cast):
    first = await portal.invite(await portal.newcomer())
    await cast.inside(lambda: resetting.ask(portal.address("rosa"), address="203.0.113.9"))
    (asked,) = await portal.events("login.reset_asked")
    await JOBS["mail.reset"](cast.practice_id, {"login": asked["subject_id"]})
    (mail,) = await portal.leave()
    assert mail["Subject"] == "Your invitation to the portal of Harbor Counseling"
    browser = await browse(cast)
    assert (await browser.get(first)).status_code == 410
    assert (await come_in(browser, link_in(mail))).status_code == 200


async def test_a_new_link_is_mailed_five_times_a_day_at_most(portal, browse, cast, later):
    link = await portal.invite(await portal.newcomer())
    later(days=15)
    browser = await browse(cast)
    assert accepting.AGAIN_BY_INVITATION.most == 5
    for _ in range(5):
        await browser.post(f"{link}/again")
    assert (await browser.post(f"{link}/again")).status_code == 429


async def test_somebody_else_who_is_signed_in_at_this_browser_is_signed_out(portal, browse, cast):
    link = await portal.invite(await portal.newcomer())
    browser = await browse(cast, "client")
    before = browser.cookie
    assert (await come_in(browser, link)).status_code == 200
    assert [one["name"] for one in (await (await browser.json("/me")).get_json())["clients"]] == ["Rosa Lind"]
    browser.cookie = before
    assert (await browser.json("/me")).status_code == 401


async def test_who_accepts_before_the_first_day_is_told_when_it_is(portal, browse, cast):
    from datetime import timedelta

    from models.accounts.practices import today_here
    from models.clients import allowing

    rosa = await portal.newcomer()
    ines = await portal.contact(rosa)
    day = await cast.inside(today_here) + timedelta(days=9)
    link = await portal.invite(rosa, ines)
    await portal.act(allowing.set_days, rosa, ines, starts_on=day, ends_on=None)
    browser = await browse(cast)
    proof = proof_in(await prove(browser, link))
    page = await (await browser.post(link, {"password": PASSWORD, "proof": proof})).get_data(as_text=True)
    assert f"{day:%A, %B %-d, %Y}" in page and browser.cookie is None


def code_in(mail: Any) -> str:
    """The six digits of the mail."""
    text = mail.get_body(("plain",)).get_content()
    line = next(one for one in text.splitlines() if one.replace(" ", "").isdigit())
    return str(line.replace(" ", ""))


async def test_what_somebody_wanted_no_e_mails_of_before_stays_off_when_they_sign_in(portal, browse, cast):
    rosa = await portal.newcomer()
    await portal.run("UPDATE client SET mails_off = '{appointment}' WHERE id = $1", rosa)
    link = await portal.invite(rosa)
    browser = await browse(cast)
    assert (await come_in(browser, link)).status_code == 200
    page = await (await browser.get("/preferences")).get_data(as_text=True)
    form = page.partition('action="/preferences/mails/appointment"')[2].partition("</form>")[0]
    assert form and "checked" not in form
    other = page.partition('action="/preferences/mails/appointment-reminders"')[2].partition("</form>")[0]
    assert "checked" in other
