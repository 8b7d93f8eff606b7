"""What may happen between a message and its mail: each step is looked at again at the moment of sending."""

from datetime import timedelta

import pytest

from models.core.clock import now
from models.messaging import changing, keeping, withdrawing, writing
from models.messaging.seats import conversation_for
from server import jobs


@pytest.fixture
async def conversation(talk):
    return await talk.start("practitioner", about="client")


@pytest.fixture
async def said(talk, conversation):
    return await talk.say("practitioner", conversation)


async def keep(talk, conversation, what, *, on=True, name="client"):
    actor = await talk.cast.actor(name)

    async def work():
        await keeping.keep(actor, await conversation_for(actor, conversation), what, on=on)

    await talk.cast.inside(work)


async def switch(talk, browse, on, name="client"):
    browser = await browse(talk.cast, name)
    side = "/staff" if name == "practitioner" else ""
    assert (await browser.post(f"{side}/preferences", {"email_unread": "on"} if on else {})).status_code == 303


async def leaves_nothing(talk, post):
    """Not when its time comes, and not when the mail server takes mails again."""
    await talk.two_minutes_later()
    await talk.two_minutes_later()
    assert post.mails == []


@pytest.mark.parametrize("when", ["before its time", "after its time"])
async def test_a_preference_switched_off_in_between_is_kept(talk, post, said, browse, when):
    if when == "after its time":
        await talk.pass_time(121)
        await talk.due()
        assert len(await talk.mails()) == 1
    await switch(talk, browse, False)
    await leaves_nothing(talk, post)


async def test_a_one_click_in_between_is_kept(talk, post, said, browse):
    from models.notifications.unsubscribing import unsubscribe_token

    token = unsubscribe_token(talk.cast.practice_id, talk.cast.logins["client"])
    stranger = await browse(talk.cast)
    assert (await stranger.post(f"/unsubscribe/{token}", {"List-Unsubscribe": "One-Click"})).status_code == 200
    await leaves_nothing(talk, post)


async def test_switched_off_and_on_again_before_its_time_it_is_mailed_once(talk, post, said, browse):
    await switch(talk, browse, False)
    await switch(talk, browse, True)
    await talk.two_minutes_later()
    await talk.two_minutes_later()
    assert len(post.mails) == 1


async def test_staff_switch_it_off_in_their_own_menu(talk, post, conversation, browse):
    await switch(talk, browse, False, name="practitioner")
    await talk.say("client", conversation)
    await talk.two_minutes_later("practitioner")
    assert post.mails == []


async def test_muted_in_between_it_is_not_mailed(talk, post, conversation, said):
    await keep(talk, conversation, "mute")
    await leaves_nothing(talk, post)


async def test_put_away_it_is_mailed_all_the_same(talk, post, conversation, said):
    """To archive a conversation is to tidy, not to have read it."""
    await keep(talk, conversation, "archive")
    await talk.two_minutes_later()
    assert len(post.mails) == 1


async def test_marked_unread_by_oneself_nobody_is_mailed(talk, post, conversation, said):
    await talk.read("client", conversation, said)
    await keep(talk, conversation, "unread")
    await leaves_nothing(talk, post)


async def test_who_is_taken_out_in_between_is_not_mailed(talk, post):
    others = [talk.cast.clients["teen"], talk.cast.contacts["parent"]]
    conversation = await talk.start("practitioner", about="teen", others=others)
    await talk.say("practitioner", conversation)
    actor = await talk.cast.actor("practitioner")

    async def work():
        sitting = await conversation_for(actor, conversation)
        parent = next(one for one in sitting.open_seats if one.contact_id == talk.cast.contacts["parent"])
        await changing.change_people(actor, sitting, remove=[parent.id])

    await talk.cast.inside(work)
    await talk.two_minutes_later("parent")
    assert post.to(talk.address("parent")) == []


@pytest.mark.parametrize("when", ["before its time", "after its time"])
async def test_access_revoked_in_between_is_not_mailed(talk, post, said, when):
    if when == "after its time":
        await talk.pass_time(121)
        await talk.due()
    await talk.run("UPDATE portal_access SET revoked_at = now() WHERE client_id = $1", talk.cast.clients["client"])
    await leaves_nothing(talk, post)


@pytest.mark.parametrize("when", ["before its time", "after its time"])
async def test_a_message_deleted_in_between_is_not_mailed(talk, post, said, when):
    if when == "after its time":
        await talk.pass_time(121)
        await talk.due()
    await talk.run("UPDATE message SET sent_at = sent_at - interval '1 hour' WHERE id = $1", said)
    actor = await talk.cast.actor("practitioner")
    await talk.cast.inside(lambda: withdrawing.delete(actor, said))
    await leaves_nothing(talk, post)


@pytest.mark.parametrize("wrong", [timedelta(hours=-5), timedelta(hours=5)])
async def test_a_wrong_clock_of_the_machine_moves_no_mail(talk, post, conversation, monkeypatch, wrong):
    monkeypatch.setattr(writing, "now", lambda: now() + wrong)
    await talk.say("practitioner", conversation)
    (early,) = await talk.due()
    assert timedelta(seconds=100) < early <= timedelta(seconds=120)


async def test_a_clock_that_is_ahead_does_not_put_off_the_next_message(talk, post, conversation, monkeypatch):
    """The first was taken back, so the second gets its own time, but never one that is hours away."""
    monkeypatch.setattr(writing, "now", lambda: now() + timedelta(hours=5))
    first = await talk.say("practitioner", conversation)
    await talk.say("practitioner", conversation, "Second")
    await talk.run("UPDATE message SET withdrawn_at = now() WHERE id = $1", first)
    await talk.run("UPDATE unread_streak SET due_at = due_at - interval '2 minutes'")
    await talk.due()
    (streak,) = await talk.streaks()
    assert streak["due_at"] - now() <= timedelta(seconds=120)


async def test_one_person_of_two_children_gets_one_mail_a_streak_of_each_conversation(talk, post):
    """Two conversations are two streaks; each is mailed once."""
    for child in ("teen", "child"):
        people = [talk.cast.contacts["parent"]]
        talking = await talk.start("practitioner", about=child, others=people)
        for _ in range(2):
            await talk.say("practitioner", talking)
    await talk.two_minutes_later("parent")
    await talk.two_minutes_later("parent")
    assert len(post.to(talk.address("parent"))) == 2


async def test_a_mail_to_nobody_any_more_says_nothing_and_ends(talk, post):
    from models.core.ids import new_id

    for name, ids in {"mail.send": {"mail": new_id()}, "unread.mail": {"streak": new_id()}}.items():
        assert await jobs.JOBS[name](talk.cast.practice_id, ids) is None
    assert post.mails == []
