"""Mails about signing in: their links work, and exist in clear nowhere but in the mail."""

from models.accounts import resetting, tickets
from models.core.ids import new_id, token_hash
from server.jobs import JOBS


async def ask(talk, email):
    await talk.cast.inside(lambda: resetting.ask(email, address="203.0.113.9"))


async def run_asks(talk):
    """The worker comes for what was asked in this practice."""
    rows = await talk.rows("SELECT subject_id FROM event WHERE type = 'login.reset_asked'")
    for row in rows:
        await JOBS["mail.reset"](talk.cast.practice_id, {"login": row["subject_id"]})


def token_in(mail):
    text = mail.get_body(("plain",)).get_content()
    return text.partition("/reset/")[2].split()[0]


async def test_a_forgotten_password_is_answered_by_a_link_that_works(talk, post):
    await ask(talk, talk.address("client"))
    await run_asks(talk)
    await talk.deliver()
    (mail,) = post.to(talk.address("client"))
    assert "60 minutes" in mail.get_body(("html",)).get_content()
    found = await talk.cast.inside(lambda: tickets.look_at(token_in(mail)))
    assert (found.login_id, found.purpose, found.fresh) == (talk.cast.logins["client"], "password", True)


async def test_the_secret_stands_in_no_table_and_no_job(talk, post):
    await ask(talk, talk.address("client"))
    await run_asks(talk)
    await talk.deliver()
    secret = token_in(post.mails[0])
    assert len(await talk.rows("SELECT 1 FROM login_token WHERE hash = $1", token_hash(secret))) == 1
    for query in (
        "SELECT 1 FROM outgoing_mail WHERE facts::text LIKE $1",
        "SELECT 1 FROM event WHERE ids::text LIKE $1",
        "SELECT 1 FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE $1",
    ):
        assert await talk.rows(query, f"%{secret}%") == []


async def test_a_waiting_invitation_is_sent_again_instead(talk, post):
    await talk.run("UPDATE portal_access SET accepted_at = NULL, invited_at = now() WHERE login_id = $1",
                   talk.cast.logins["client"])
    await talk.run("UPDATE login SET password_hash = NULL WHERE id = $1", talk.cast.logins["client"])
    await ask(talk, talk.address("client"))
    await run_asks(talk)
    await talk.deliver()
    assert post.mails[0]["Subject"] == "Your invitation to the portal of Harbor Counseling"


async def test_an_unknown_address_queues_the_same_job_and_mails_nobody(talk, post):
    await ask(talk, "nobody@elsewhere.test")
    (asked,) = await talk.rows("SELECT subject_id FROM event WHERE type = 'login.reset_asked'")
    waiting = "SELECT 1 FROM pgqueuer WHERE entrypoint = 'mail.reset' AND convert_from(payload, 'UTF8') LIKE $1"
    assert len(await talk.rows(waiting, f"%{asked['subject_id']}%")) == 1
    await run_asks(talk)
    assert await talk.rows("SELECT 1 FROM outgoing_mail") == []


async def test_who_is_deactivated_before_it_leaves_gets_no_link(talk, post):
    await ask(talk, talk.address("client"))
    await run_asks(talk)
    await talk.run("UPDATE login SET deactivated_at = now() WHERE id = $1", talk.cast.logins["client"])
    await talk.deliver()
    assert post.mails == []


async def test_a_job_for_nobody_does_nothing(talk, post):
    await JOBS["mail.reset"](talk.cast.practice_id, {"login": new_id()})
    await JOBS["mail.send"](talk.cast.practice_id, {"mail": new_id()})
    await JOBS["unread.mail"](talk.cast.practice_id, {"streak": new_id()})
    assert post.mails == []
