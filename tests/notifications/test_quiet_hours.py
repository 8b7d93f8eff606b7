"""Quiet hours and kinds of mail: what can be switched off waits or stays away, what is needed always comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.accounts.quiet_hours import QuietHours
from models.core.clock import now
from models.notifications.mailing import queue_mail
from models.notifications.unsubscribing import unsubscribe_token

ZONE = "America/New_York"


def _clock(minutes):
    return (now() + timedelta(minutes=minutes)).astimezone(ZoneInfo(ZONE)).strftime("%H:%M")


async def _quiet_now(browse, talk, name="client", root=""):
    browser = await browse(talk.cast, name)
    given = {"start": _clock(-60), "until": _clock(120), "zone": ZONE}
    assert (await browser.send(f"{root}/preferences/quiet-hours", given)).status_code == 200
    return browser


async def test_the_mail_about_an_unread_message_waits_until_they_end(talk, post, browse):
    browser = await _quiet_now(browse, talk)
    conversation = await talk.start("practitioner", about="client")
    await talk.say("practitioner", conversation)
    await talk.two_minutes_later()
    (wait,) = await talk.deliver()
    assert post.mails == [] and timedelta(minutes=110) < wait <= timedelta(minutes=120)
    await browser.send("/preferences/quiet-hours", {"start": "", "until": "", "zone": ZONE})
    await talk.deliver()
    assert len(post.mails) == 1


async def test_what_was_read_meanwhile_is_not_mailed(talk, post, browse):
    browser = await _quiet_now(browse, talk)
    conversation = await talk.start("practitioner", about="client")
    message = await talk.say("practitioner", conversation)
    await talk.two_minutes_later()
    await talk.read("client", conversation, message)
    await browser.send("/preferences/quiet-hours", {"start": "", "until": "", "zone": ZONE})
    await talk.deliver()
    assert post.mails == []


async def test_what_cannot_be_switched_off_waits_for_nothing(talk, post, browse):
    await _quiet_now(browse, talk)
    await talk.cast.inside(lambda: queue_mail(talk.cast.logins["client"], "second-factor-reset"))
    await talk.deliver()
    assert len(post.mails) == 1


async def _completed(talk):
    login, facts = talk.cast.logins["practitioner"], {"client": str(talk.cast.clients["client"])}
    await talk.cast.inside(lambda: queue_mail(login, "onboarding-completed", facts))
    await talk.deliver("practitioner")


async def test_staff_switch_the_mail_about_onboarding_off_and_on_again(talk, post, browse):
    maya = await browse(talk.cast, "practitioner")
    door = "/staff/preferences/mails/onboarding-completed"
    assert "When a client finishes onboarding" in await (await maya.get("/staff/preferences")).get_data(as_text=True)
    assert (await maya.send(door, {"on": False})).status_code == 200
    await _completed(talk)
    assert post.mails == [] and (await (await maya.json("/staff/preferences")).get_json())["email_unread"] is True
    await maya.send(door, {"on": True})
    await _completed(talk)
    assert len(post.mails) == 1


async def test_one_click_stops_the_kind_it_came_with_and_no_other(talk, post, browse):
    await _completed(talk)
    link = "/" + post.mails[0]["List-Unsubscribe"].strip("<>").partition("//")[2].partition("/")[2]
    stranger = await browse(talk.cast)
    assert "about finished onboarding" in await (await stranger.get(link)).get_data(as_text=True)
    for _ in range(2):
        assert (await stranger.post(link, {"List-Unsubscribe": "One-Click"})).status_code == 200
    maya = await browse(talk.cast, "practitioner")
    found = await (await maya.json("/staff/preferences")).get_json()
    assert (found["email_unread"], found["off"]) == (True, ["onboarding-completed"])
    unread = unsubscribe_token(talk.cast.practice_id, talk.cast.logins["practitioner"])
    for forged in (f"{unread}.onboarding-completed", f"{unread}.new-device", f"{unread}.none"):
        assert (await stranger.post(f"/unsubscribe/{forged}")).status_code == 404


@pytest.mark.parametrize("kind", ["new-device", "unread", "none"])
async def test_what_has_no_switch_of_its_own_cannot_be_switched(talk, browse, kind):
    maya, ana = await browse(talk.cast, "practitioner"), await browse(talk.cast, "client")
    assert (await maya.send(f"/staff/preferences/mails/{kind}", {"on": False})).status_code == 404
    assert (await ana.send("/staff/preferences/mails/onboarding-completed", {"on": False})).status_code == 403


@pytest.mark.parametrize(("given", "field"), [
    ({"start": "22:00", "until": "", "zone": ZONE}, "until"), ({"start": "", "until": "07:00", "zone": ZONE}, "start"),
    ({"start": "25:00", "until": "07:00", "zone": ZONE}, "start"),
    ({"start": "7:00", "until": "07:00", "zone": ZONE}, "until"),
    ({"start": "22:00", "until": "07:00", "zone": "Mars"}, "zone"),
])
async def test_odd_hours_say_what_is_wrong(talk, browse, given, field):
    ana = await browse(talk.cast, "client")
    answer = await ana.send("/preferences/quiet-hours", given)
    assert answer.status_code == 422 and (await answer.get_json())["errors"].keys() == {field}
    assert (await (await ana.json("/preferences")).get_json())["quiet_from"] == ""


@pytest.mark.parametrize(("hour", "rest"), [(21, None), (22, 9), (23, 8), (3, 4), (7, None), (12, None)])
def test_they_go_past_midnight(hour, rest):
    quiet = QuietHours(22 * 60, 7 * 60, "UTC")
    assert quiet.rest(datetime(2026, 5, 4, hour, tzinfo=UTC)) == (timedelta(hours=rest) if rest else None)
