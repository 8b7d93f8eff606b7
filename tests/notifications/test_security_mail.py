"""Mails about a login's safety: the link works and stands nowhere else; a new device is told without where it was."""

from __future__ import annotations

from models.accounts import known_devices, links, resetting, second_factor
from models.core.change import change
from models.core.ids import new_id
from server.jobs import JOBS
from server.worlds import PASSWORD
from tests.support.authenticator import added, shown
from tests.support.factors import app_of


async def _ask(talk, email):
    browser = known_devices.Browser()
    await talk.cast.inside(lambda: links.ask(email, address="203.0.113.9", browser=browser))
    for row in await talk.rows("SELECT subject_id FROM event WHERE type = 'login.link_asked'"):
        await JOBS["mail.sign_in_link"](talk.cast.practice_id, {"login": row["subject_id"]})


def _token(mail):
    return mail.get_body(("plain",)).get_content().partition("/sign-in/link/")[2].split()[0]


async def test_the_mailed_link_signs_in_and_its_secret_stands_in_the_mail_alone(talk, post, browse):
    await _ask(talk, talk.address("client"))
    await talk.deliver()
    (mail,) = post.to(talk.address("client"))
    token = _token(mail)
    assert "15 minutes" in mail.get_body(("html",)).get_content() and mail["List-Unsubscribe"] is None
    for query in (
        "SELECT 1 FROM outgoing_mail WHERE facts::text LIKE $1",
        "SELECT 1 FROM event WHERE ids::text LIKE $1",
        "SELECT 1 FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE $1",
    ):
        assert await talk.rows(query, f"%{token}%") == []
    assert (await (await browse(talk.cast)).send(f"/sign-in/link/{token}")).status_code == 200


async def test_an_unknown_address_queues_the_same_job_and_mails_nobody(talk, post):
    await _ask(talk, "nobody@elsewhere.test")
    assert await talk.rows("SELECT 1 FROM outgoing_mail") == [] and post.mails == []


async def test_who_is_deactivated_before_it_leaves_gets_no_link(talk, post):
    await _ask(talk, talk.address("client"))
    await talk.run("UPDATE login SET deactivated_at = now() WHERE id = $1", talk.cast.logins["client"])
    await talk.deliver()
    assert post.mails == []


async def _device(talk, words):
    async def seen() -> None:
        async with change(None, "test.device"):
            await known_devices.seen(talk.cast.logins["client"], known_devices.Browser(), words=words)

    await talk.cast.inside(seen)


async def test_a_new_device_is_told_with_its_kind_and_the_practices_time(talk, post):
    await _device(talk, "Firefox on Linux")
    await talk.deliver()
    assert post.mails == [], "the very first is no news"
    await _device(talk, "Chrome on Windows")
    await talk.deliver()
    (mail,) = post.to(talk.address("client"))
    words = mail.get_body(("plain",)).get_content()
    assert "Chrome on Windows" in words and ("EST" in words or "EDT" in words) and "203.0.113" not in words


async def test_a_device_that_was_forgotten_meanwhile_is_told_all_the_same(talk, post):
    """Whoever got in would forget it at once."""
    await _device(talk, "Firefox on Linux")
    await _device(talk, "Chrome on Windows")
    await talk.run("DELETE FROM device")
    await talk.deliver()
    (mail,) = post.to(talk.address("client"))
    assert "Chrome on Windows" in mail.get_body(("plain",)).get_content()


async def test_who_wants_no_mail_gets_these_all_the_same(talk, post):
    await talk.run("UPDATE login SET mail_off_at = now() WHERE id = $1", talk.cast.logins["client"])
    await _device(talk, "Firefox on Linux")
    await _device(talk, "Chrome on Windows")
    await talk.deliver()
    assert len(post.mails) == 1


async def test_what_changed_at_the_login_is_mailed_in_words(talk, post, browse):
    ana = await browse(talk.cast, "client")
    device = await added(ana)
    app = await app_of(talk.cast, "client")
    await talk.cast.inside(lambda: second_factor.takes(talk.cast.logins["client"], app.codes[0]))
    fresh = await browse(talk.cast)
    assert (await shown(fresh, device)).status_code == 200
    assert (await fresh.send("/security/second-factor/off")).status_code == 200
    changed = {"current": PASSWORD, "password": "four words in a row"}
    assert (await fresh.send("/password", changed)).status_code == 200
    await talk.deliver()
    told = [mail.get_body(("plain",)).get_content() for mail in post.to(talk.address("client"))]
    for words in ("A passkey was added.", "The second factor was turned on.", "A recovery code was used.",
                  "The second factor was turned off.", "The password was changed."):
        assert len([one for one in told if words in one]) == 1, words
    assert not [one for one in told if app.secret in one or app.codes[0] in one or "203.0.113" in one]


async def test_a_first_password_is_no_change(talk, post):
    await talk.run("UPDATE login SET password_hash = NULL WHERE id = $1", talk.cast.logins["client"])
    await talk.cast.inside(lambda: resetting.keep_password(None, talk.cast.logins["client"], "x"))
    await talk.deliver()
    assert post.mails == []


async def test_a_job_for_nobody_does_nothing(talk, post):
    await JOBS["mail.sign_in_link"](talk.cast.practice_id, {"login": new_id()})
    assert post.mails == []
