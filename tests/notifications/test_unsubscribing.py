"""Mail is switched off by a person's own hand: a button, or a mail program's one click. A scanner changes nothing."""

import base64

import pytest

from models.core.database import execute
from models.core.errors import Missing
from models.notifications.unsubscribing import login_of, unsubscribe_token


@pytest.fixture
async def link(talk, post):
    """Where the mail's own header leads."""
    conversation = await talk.start("practitioner", about="client")
    await talk.say("practitioner", conversation)
    await talk.two_minutes_later()
    address = post.mails[0]["List-Unsubscribe"].strip("<>")
    return "/" + address.partition("//")[2].partition("/")[2]


async def off(talk, name="client"):
    (row,) = await talk.rows("SELECT mail_off_at FROM login WHERE id = $1", talk.cast.logins[name])
    return row["mail_off_at"] is not None


async def test_opening_the_link_changes_nothing(talk, link, browse):
    stranger = await browse(talk.cast)
    for _ in range(2):
        page = await stranger.get(link)
        assert page.status_code == 200
        assert "<form" in await page.get_data(as_text=True)
    assert not await off(talk)


async def test_the_button_switches_it_off(talk, link, browse):
    stranger = await browse(talk.cast)
    page = await stranger.post(link)
    assert page.status_code == 200
    assert "No more e-mail" in await page.get_data(as_text=True)
    assert await off(talk)


async def test_a_mail_programs_one_click_switches_it_off(talk, link, browse):
    program = await browse(talk.cast)
    answer = await program.post(link, {"List-Unsubscribe": "One-Click"}, Origin="https://mail.elsewhere.test")
    assert answer.status_code == 200
    assert await off(talk)
    again = await program.post(link, {"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200
    assert len(await talk.rows("SELECT seq FROM event WHERE type = 'preferences.changed'")) == 1


async def test_the_link_switches_nobody_elses_mail_off(talk, link, browse):
    await (await browse(talk.cast)).post(link)
    assert not await off(talk, "practitioner")


async def test_a_changed_or_foreign_token_is_no_link(talk, neighbours, link, browse):
    token = link.rpartition("/")[2]
    stranger, elsewhere = await browse(talk.cast), await browse(neighbours)
    wrong = "A" if token[10] != "A" else "B"
    for bad in (token[:10] + wrong + token[11:], "x", token * 2, "%00", "ü"):
        assert (await stranger.post(f"/unsubscribe/{bad}")).status_code == 404
    assert (await elsewhere.post(link)).status_code == 404
    assert not await off(talk)


def test_a_token_is_made_for_one_login_of_one_practice(talk, neighbours):
    here, there = talk.cast.practice_id, neighbours.practice_id
    login = talk.cast.logins["client"]
    token = unsubscribe_token(here, login)
    assert login_of(here, token) == login
    with pytest.raises(Missing):
        login_of(there, token)
    forged = base64.urlsafe_b64encode(talk.cast.logins["teen"].bytes + base64.urlsafe_b64decode(token + "==")[16:])
    with pytest.raises(Missing):
        login_of(here, forged.decode().rstrip("="))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_a_scanner_changes_nothing_however_it_looks(talk, link, browse, method):
    scanner = await browse(talk.cast)
    for path in (link, f"{link}?List-Unsubscribe=One-Click"):
        headers = {"Host": scanner.host, "User-Agent": "scanner", "Sec-Fetch-Site": "none"}
        answer = await scanner.client.open(path, method=method, headers=headers)
        assert answer.status_code == 200
    assert not await off(talk)


@pytest.mark.parametrize("type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
async def test_one_click_is_taken_in_both_ways_of_the_standard(talk, link, browse, type):
    """RFC 8058: a form, urlencoded or in parts, without a cookie, from nowhere; no redirect is followed."""
    body = b"List-Unsubscribe=One-Click"
    if "boundary" in type:
        body = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    program = await browse(talk.cast)
    answer = await program.client.post(link, data=body, headers={"Host": program.host, "Content-Type": type})
    assert answer.status_code == 200
    assert await off(talk)


async def test_someone_signed_in_elsewhere_switches_only_the_link_s_own_mail_off(talk, link, browse):
    assert (await (await browse(talk.cast, "practitioner")).post(link)).status_code == 200
    assert await off(talk) and not await off(talk, "practitioner")


async def test_it_still_works_from_an_old_mail_also_while_the_desk_of_that_login_is_locked(talk, link, browse):
    """A mail program brings no session; the locked desk itself opens nothing, and this neither."""
    desk = await browse(talk.cast, "practitioner")
    assert (await desk.send("/staff/lock")).status_code == 200
    await talk.run("UPDATE outgoing_mail SET created_at = created_at - interval '1 year'")
    assert (await desk.post(link)).status_code == 423
    assert not await off(talk)
    assert (await (await browse(talk.cast)).post(link, {"List-Unsubscribe": "One-Click"})).status_code == 200
    assert await off(talk)


async def test_a_mail_of_before_the_portal_moved_is_answered_at_its_former_address(talk, link, browse):
    """RFC 8058: no redirect is followed. A person who opens the link is led over to the button."""
    former = await browse(talk.cast)
    await execute(
        "UPDATE practice SET former_subdomains = ARRAY[subdomain], subdomain = subdomain || '-new' WHERE id = $1",
        talk.cast.practice_id,
    )
    looked = await former.get(link)
    assert looked.status_code in (302, 303, 307, 308) and "-new." in looked.headers["Location"]
    assert not await off(talk)
    assert (await former.post(link, {"List-Unsubscribe": "One-Click"})).status_code == 200
    assert await off(talk)
