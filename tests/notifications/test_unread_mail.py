"""Section by section: who is mailed about an unread message, when, and how often."""

from datetime import timedelta

import pytest

from models.core.settings import settings

DELAY = timedelta(seconds=120)


@pytest.fixture
async def conversation(talk):
    return await talk.start("practitioner", about="client")


async def test_an_unread_message_is_mailed_after_two_minutes(talk, post, conversation):
    assert settings().unread_email_delay == DELAY.total_seconds()
    await talk.say("practitioner", conversation)
    (early,) = await talk.due()
    assert timedelta(seconds=115) < early <= DELAY
    assert await talk.mails() == []
    await talk.two_minutes_later()
    assert len(post.to(talk.address("client"))) == 1


async def test_the_job_is_queued_with_the_message_for_its_time(talk, conversation):
    await talk.say("practitioner", conversation)
    (streak,) = await talk.streaks()
    (job,) = await talk.rows(
        "SELECT execute_after FROM pgqueuer WHERE entrypoint = 'unread.mail' AND convert_from(payload, 'UTF8') LIKE $1",
        f"%{streak['id']}%",
    )
    assert abs(job["execute_after"] - streak["due_at"]) < timedelta(milliseconds=5)


async def test_reading_before_the_time_means_no_mail(talk, post, conversation):
    message = await talk.say("practitioner", conversation)
    await talk.read("client", conversation, message)
    await talk.two_minutes_later()
    assert post.mails == []
    assert await talk.mails() == []


async def test_further_messages_of_a_streak_send_no_second_mail(talk, post, conversation):
    await talk.say("practitioner", conversation)
    await talk.say("practitioner", conversation, "And this")
    await talk.two_minutes_later()
    await talk.say("practitioner", conversation, "Still there?")
    await talk.two_minutes_later()
    assert len(post.mails) == 1
    assert len(await talk.streaks()) == 1


async def test_after_reading_a_new_message_is_mailed_again(talk, post, conversation):
    first = await talk.say("practitioner", conversation)
    await talk.two_minutes_later()
    await talk.read("client", conversation, first)
    await talk.say("practitioner", conversation, "Once more")
    await talk.two_minutes_later()
    assert len(post.mails) == 2
    assert post.mails[0]["Message-ID"] != post.mails[1]["Message-ID"]


async def test_answering_counts_as_reading(talk, post, conversation):
    message = await talk.say("practitioner", conversation)
    await talk.two_minutes_later()
    await talk.read("client", conversation, message)
    await talk.say("client", conversation, "Thank you")
    await talk.say("practitioner", conversation, "You are welcome")
    await talk.two_minutes_later()
    assert len(post.to(talk.address("client"))) == 2


async def test_what_stays_unread_when_only_some_was_read_gets_its_own_mail(talk, post, conversation):
    first = await talk.say("practitioner", conversation)
    await talk.pass_time(60)
    await talk.say("practitioner", conversation, "Second")
    await talk.read("client", conversation, first)
    old, new = await talk.streaks()
    assert old["ended_at"] is not None
    assert new["due_at"] - old["due_at"] > timedelta(seconds=59)
    await talk.pass_time(70)
    await talk.due()
    assert await talk.mails() == []
    await talk.two_minutes_later()
    assert len(post.mails) == 1


async def test_a_message_taken_back_is_not_mailed(talk, post, conversation):
    message = await talk.say("practitioner", conversation)
    await talk.undo("practitioner", message)
    await talk.two_minutes_later()
    assert post.mails == []


async def test_when_the_first_is_taken_back_the_next_gets_its_own_full_time(talk, post, conversation):
    first = await talk.say("practitioner", conversation)
    await talk.undo("practitioner", first)
    await talk.pass_time(100)
    await talk.say("practitioner", conversation, "Second")
    await talk.pass_time(30)
    await talk.due()
    assert await talk.mails() == []
    await talk.pass_time(95)
    await talk.due()
    assert len(await talk.mails()) == 1


async def test_after_a_mailed_message_was_deleted_the_next_is_mailed(talk, post, conversation):
    first = await talk.say("practitioner", conversation)
    await talk.two_minutes_later()
    await talk.run("UPDATE message SET deleted_at = clock_timestamp() WHERE id = $1", first)
    await talk.say("practitioner", conversation, "Another")
    await talk.two_minutes_later()
    assert len(post.mails) == 2


async def test_who_switched_mail_off_gets_none(talk, post, conversation):
    await talk.run("UPDATE login SET mail_off_at = now() WHERE id = $1", talk.cast.logins["client"])
    await talk.say("practitioner", conversation)
    await talk.two_minutes_later()
    assert post.mails == []


async def test_who_switched_mail_on_again_is_mailed_about_the_next_message(talk, post, conversation):
    await talk.run("UPDATE login SET mail_off_at = now() WHERE id = $1", talk.cast.logins["client"])
    await talk.say("practitioner", conversation)
    await talk.two_minutes_later()
    await talk.run("UPDATE login SET mail_off_at = NULL WHERE id = $1", talk.cast.logins["client"])
    await talk.say("practitioner", conversation, "And now")
    await talk.two_minutes_later()
    assert len(post.mails) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE seat SET muted_at = now() WHERE kind = 'access'",
        "UPDATE portal_access SET revoked_at = now() WHERE contact_id IS NULL",
        "UPDATE portal_access SET features_off = '{messaging}' WHERE contact_id IS NULL",
        "UPDATE login SET deactivated_at = now() WHERE email LIKE 'client@%'",
        "UPDATE seat SET left_at = now(), until_position = 1 WHERE kind = 'access'",
    ],
)
async def test_who_mutes_leaves_or_loses_the_right_in_between_gets_no_mail(talk, post, conversation, change):
    await talk.say("practitioner", conversation)
    assert len(await talk.streaks()) == 1
    await talk.run(change)
    await talk.two_minutes_later()
    assert post.mails == []
    assert all(streak["ended_at"] for streak in await talk.streaks())


async def test_staff_are_mailed_as_clients_are(talk, post, conversation):
    await talk.say("client", conversation)
    await talk.two_minutes_later("practitioner")
    assert len(post.to(talk.address("practitioner"))) == 1
    assert await talk.streaks("client") == []


async def test_front_desk_is_nobody_and_gets_no_mail(talk, post, conversation):
    from models.core.ids import new_id

    await talk.run("INSERT INTO seat (id, conversation_id, kind) VALUES ($1, $2, 'front-desk')", new_id(), conversation)
    await talk.say("client", conversation)
    await talk.two_minutes_later("practitioner")
    seats = await talk.rows("SELECT s.kind FROM unread_streak u JOIN seat s ON s.id = u.seat_id")
    assert [row["kind"] for row in seats] == ["staff"]


async def test_an_internal_note_mails_nobody(talk, post, conversation):
    from models.messaging import notes
    from models.messaging.seats import conversation_for

    actor = await talk.cast.actor("practitioner")

    async def add():
        await notes.add_note(actor, await conversation_for(actor, conversation), body="Between us")

    await talk.cast.inside(add)
    assert await talk.rows("SELECT id FROM unread_streak") == []


async def test_everyone_in_a_conversation_has_a_streak_of_their_own(talk, post):
    people = [talk.cast.clients["teen"], talk.cast.contacts["parent"]]
    conversation = await talk.start("practitioner", about="teen", others=people)
    message = await talk.say("practitioner", conversation)
    await talk.read("parent", conversation, message, client="teen")
    await talk.pass_time(121)
    for name in ("teen", "parent"):
        await talk.due(name)
        await talk.deliver(name)
    assert [len(post.to(talk.address(name))) for name in ("teen", "parent")] == [1, 0]


async def test_a_message_that_rolls_back_leaves_no_streak_and_no_job(talk, conversation):
    from models.messaging import sending
    from models.messaging.seats import conversation_for

    actor = await talk.cast.actor("practitioner")

    async def fail():
        await sending.send(actor, await conversation_for(actor, conversation), body="Lost")
        raise KeyError("afterwards")

    with pytest.raises(KeyError):
        await talk.cast.inside(fail)
    assert await talk.streaks() == []


async def test_a_streak_that_the_queue_forgot_is_called_again_once(talk, post, conversation):
    from models.notifications.unread import wake_overdue

    await talk.say("practitioner", conversation)
    (streak,) = await talk.streaks()
    waiting = "FROM pgqueuer WHERE entrypoint = 'unread.mail' AND convert_from(payload, 'UTF8') LIKE $1"
    await talk.run(f"DELETE {waiting}", f"%{streak['id']}%")
    await talk.pass_time(200)
    for _ in range(2):
        await talk.cast.inside(wake_overdue)
    assert len(await talk.rows(f"SELECT id {waiting}", f"%{streak['id']}%")) == 1


async def test_the_same_job_run_twice_mails_once(talk, post, conversation):
    await talk.say("practitioner", conversation)
    await talk.pass_time(121)
    await talk.due()
    await talk.due()
    await talk.deliver()
    await talk.deliver()
    assert len(post.mails) == 1


async def test_nobody_is_mailed_about_a_portal_that_is_not_open(talk, post):
    from models.accounts import portal

    owner = await talk.cast.actor("owner")
    conversation = await talk.start("practitioner", about="client")
    await talk.say("practitioner", conversation)
    await talk.cast.inside(lambda: portal.turn_off(owner))
    await talk.two_minutes_later()
    await talk.deliver("client")
    assert post.mails == []
