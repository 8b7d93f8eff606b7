"""A mail on its way: taken once, tried again with growing pauses, given up in the end, always under the same id."""

from datetime import timedelta

import aiosmtplib
import pytest
import time_machine

from models.core.clock import now
from models.core.settings import settings
from models.notifications import mailing
from models.notifications.delivery import undelivered
from models.notifications.mailing import pause_after
from server import jobs, mail
from tests.notifications.conftest import use_settings


@pytest.fixture
async def waiting(talk, post):
    """A mail to the client that is about to leave."""
    conversation = await talk.start("practitioner", about="client")
    message = await talk.say("practitioner", conversation)
    await talk.pass_time(121)
    await talk.due()
    (row,) = await talk.mails()
    return {"mail": row["id"], "conversation": conversation, "message": message}


async def test_a_taken_mail_is_recorded_and_not_sent_again(talk, post, waiting):
    assert await talk.deliver() == [None]
    (row,) = await talk.mails()
    assert row["accepted_at"] is not None
    assert await talk.deliver() == [None]
    assert len(post.mails) == 1


async def test_while_the_server_is_away_the_pauses_grow_and_then_it_arrives(talk, post, waiting):
    port = post.port
    await post.stop()
    pauses = []
    for _ in range(4):
        (pause,) = await talk.deliver()
        pauses.append(pause.total_seconds())
    assert [round(pause / base, 1) for pause, base in zip(pauses, (5, 15, 60, 300), strict=True)] == pytest.approx(
        [1, 1, 1, 1], abs=0.21
    )
    await post.start(port)
    assert await talk.deliver() == [None]
    assert len(post.mails) == 1


async def test_later_is_not_never(talk, post, waiting):
    post.answers = ["451 Try again later", "421 Busy"]
    for _ in range(2):
        (pause,) = await talk.deliver()
        assert pause > timedelta(seconds=3)
    assert await talk.deliver() == [None]
    assert len(post.mails) == 1


async def test_a_server_that_answers_nothing_is_away(talk, post, waiting, monkeypatch):
    monkeypatch.setattr(mail, "PATIENCE", 0.05)

    async def silent(server, session, envelope, address, options):
        import asyncio

        await asyncio.get_running_loop().create_future()

    post.handle_RCPT = silent
    (pause,) = await talk.deliver()
    assert pause > timedelta(seconds=3)


@pytest.mark.parametrize("how", ["recipient", "content"])
async def test_a_refusal_for_good_is_shown_to_staff(talk, post, waiting, how):
    if how == "recipient":
        post.refused_addresses[talk.address("client")] = "550 No such mailbox canary@address.test"
    else:
        post.answers = ["554 Refused"]
    assert await talk.deliver() == [None]
    (row,) = await talk.mails()
    assert row["failed_at"] is not None
    assert row["failure"] in ("550", "554")
    practitioner, stranger = await talk.cast.actor("practitioner"), await talk.cast.actor("client")
    (found,) = await talk.cast.inside(lambda: undelivered(practitioner))
    assert (found.name, found.login_id) == ("Ana Beltrán", talk.cast.logins["client"])
    assert await talk.cast.inside(lambda: undelivered(stranger)) == []


async def test_only_staff_who_see_the_client_hear_of_it(talk, post, waiting):
    post.refused_addresses[talk.address("client")] = "550 No"
    await talk.deliver()
    (part,) = await talk.rows(
        "SELECT d.rooms, d.ids, d.data FROM event e JOIN event_data d USING (practice_id, seq)"
        " WHERE e.type = 'mail.undelivered'"
    )
    client = str(talk.cast.clients["client"])
    assert part["rooms"] == [["staff-of", client], ["staff-all-clients", None]]
    assert part["ids"] == {"login": str(talk.cast.logins["client"]), "client": client}
    other = await talk.cast.actor("biller")
    seen = await talk.cast.inside(lambda: undelivered(other))
    assert [one.login_id for one in seen] == [talk.cast.logins["client"]]


async def test_the_next_success_clears_it(talk, post, waiting):
    post.refused_addresses[talk.address("client")] = "550 No"
    await talk.deliver()
    post.refused_addresses.clear()
    await talk.read("client", waiting["conversation"], waiting["message"])
    await talk.say("practitioner", waiting["conversation"], "Again")
    await talk.two_minutes_later()
    owner = await talk.cast.actor("owner")
    assert await talk.cast.inside(lambda: undelivered(owner)) == []
    assert len(await talk.rows("SELECT seq FROM event WHERE type = 'mail.reached'")) == 1


async def test_after_a_day_it_is_given_up_and_shown(talk, post, waiting):
    await post.stop()
    await talk.deliver()
    await talk.run("UPDATE outgoing_mail SET created_at = created_at - interval '25 hours'")
    assert await talk.deliver() == [None]
    (row,) = await talk.mails()
    assert (row["failed_at"] is not None, row["failure"]) == (True, "unreachable")


@pytest.mark.parametrize("days", [-2, 2])
async def test_a_clock_of_the_worker_that_is_days_off_gives_up_nothing_too_early(talk, post, waiting, days):
    await post.stop()
    with time_machine.travel(now() + timedelta(days=days)):
        (pause,) = await talk.deliver()
    assert pause is not None and pause < timedelta(seconds=7)
    (row,) = await talk.mails()
    assert row["failed_at"] is None and row["attempts"] == 1


async def test_a_mail_that_cannot_even_be_written_is_given_up_and_shown(talk, post, waiting, monkeypatch):
    def breaks(letter):
        raise KeyError("a fault of ours")

    with monkeypatch.context() as fault:
        fault.setattr(mail, "compose", breaks)
        (pause,) = await talk.deliver()
        assert pause > timedelta(seconds=3)
        await talk.run("UPDATE outgoing_mail SET created_at = created_at - interval '25 hours'")
        assert await talk.deliver() == [None]
    (row,) = await talk.mails()
    assert (row["failed_at"] is not None, row["failure"]) == (True, "broken")
    owner = await talk.cast.actor("owner")
    assert [one.name for one in await talk.cast.inside(lambda: undelivered(owner))] == ["Ana Beltrán"]


async def test_what_was_read_while_the_server_was_away_is_not_mailed(talk, post, waiting):
    port = post.port
    await post.stop()
    await talk.deliver()
    await talk.read("client", waiting["conversation"], waiting["message"])
    await post.start(port)
    assert await talk.deliver() == [None]
    (row,) = await talk.mails()
    assert row["dropped_at"] is not None
    assert post.mails == []


async def test_a_crash_after_the_server_took_it_sends_it_again_under_the_same_id(talk, post, waiting, monkeypatch):
    async def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(mail, "_record", dies)
        with pytest.raises(KeyboardInterrupt):
            await mail.send_mail(talk.cast.practice_id, waiting["mail"])
    (wait,) = await talk.deliver()
    assert timedelta(seconds=50) < wait <= timedelta(seconds=60)
    await talk.pass_time(61)
    assert await talk.deliver() == [None]
    first, second = post.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert await talk.deliver() == [None]
    assert len(post.mails) == 2


async def test_a_server_that_dies_before_it_says_yes_gets_the_same_id_again(talk, post, waiting):
    post.answers = [None]
    (pause,) = await talk.deliver()
    assert pause is not None
    assert await talk.deliver() == [None]
    assert post.mails[0]["Message-ID"] == post.mails[1]["Message-ID"]


async def test_two_workers_at_once_send_one_mail(talk, post, waiting):
    import asyncio

    answers = await asyncio.gather(*(jobs.JOBS["mail.send"](talk.cast.practice_id, {"mail": waiting["mail"]})
                                     for _ in range(4)))
    assert len(post.mails) == 1
    assert sum(answer is None for answer in answers) >= 1


async def test_a_mail_that_the_queue_forgot_is_called_again(talk, post, waiting):
    queued = "FROM pgqueuer WHERE entrypoint = 'mail.send' AND convert_from(payload, 'UTF8') LIKE $1"
    await talk.run(f"DELETE {queued}", f"%{waiting['mail']}%")
    await talk.run("UPDATE outgoing_mail SET created_at = created_at - interval '3 minutes'")
    for _ in range(2):
        await talk.cast.inside(mailing.wake_lost)
    assert len(await talk.rows(f"SELECT id {queued}", f"%{waiting['mail']}%")) == 1


async def test_pauses_grow_to_an_hour_and_differ():
    middles = [5, 15, 60, 300, 900, 1800, 3600, 3600]
    for attempts, middle in enumerate(middles, start=1):
        pauses = {pause_after(attempts).total_seconds() for _ in range(20)}
        assert len(pauses) > 1
        assert all(0.8 * middle <= pause <= 1.2 * middle for pause in pauses)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://127.0.0.1:2525", {"use_tls": False, "start_tls": None, "username": None}),
        ("smtps://mail.test", {"use_tls": True, "start_tls": False, "port": None}),
        ("smtp://a%40b:p%3Aw@mail.test:587", {"start_tls": True, "username": "a@b", "password": "p:w"}),
        ("smtp://a:b@localhost", {"start_tls": None}),
        ("smtp://mail.test?starttls=required", {"start_tls": True}),
        ("smtp://a:b@10.0.0.1?starttls=never", {"start_tls": False}),
    ],
)
def test_a_password_never_goes_in_the_clear_unless_one_says_so(monkeypatch, url, wanted):
    use_settings(monkeypatch, settings().model_copy(update={"smtp_url": url}))
    route = mail._route()
    assert {name: route[name] for name in wanted} == wanted


async def test_without_a_server_a_mail_waits(talk, post, waiting, monkeypatch):
    use_settings(monkeypatch, settings().model_copy(update={"smtp_url": None}))
    (pause,) = await talk.deliver()
    assert pause > timedelta(seconds=3)


async def test_a_wrong_password_of_ours_blames_nobody(monkeypatch):
    async def fails(*_, **__):
        raise aiosmtplib.SMTPAuthenticationError(535, "no")

    monkeypatch.setattr(mail.aiosmtplib, "send", fails)
    with pytest.raises(mail.Unreachable):
        await mail.post(None, to="a@b.test")


