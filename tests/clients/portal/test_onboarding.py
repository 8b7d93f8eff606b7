"""Onboarding: steps that areas register, saved one by one, seen by staff, told when complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from pydantic import Field

from models.clients import allowing
from models.clients.registries import ONBOARDING_STEPS, OnboardingStep
from models.core.payload import Payload
from models.notifications.happenings import latest
from tests.clients.portal.conftest import BORN, PASSWORD

ASKS = {"insurance": "required", "preferences": "required", "referral": "optional"}


class Card(Payload):
    email_unread: str = Field(min_length=2, max_length=20)


@dataclass
class Record:
    """A section of the record, as the Details tab has them."""

    title: str
    payload: type[Payload] = Card
    kept: dict[UUID, str] = field(default_factory=dict)

    async def read(self, client_id: UUID) -> Mapping[str, Any]:
        return {"email": "", "email_unread": self.kept.get(client_id, ""), "language": None}

    async def save(self, actor: Any, client_id: UUID, values: Any) -> None:
        self.kept[client_id] = values.email_unread


def a_step(key: str, section: Record) -> OnboardingStep:
    async def read(actor: Any) -> Mapping[str, Any]:
        return await section.read(actor.access.client_id)

    async def save(actor: Any, values: Any) -> None:
        await section.save(actor, actor.access.client_id, values)

    drawn = "clients/steps/preferences.html"
    return OnboardingStep(key, section.title, "Fill it in.", drawn, section.payload, read, save,
                          hint_of_another="Fill it in for {name}.")


@pytest.fixture
def sections(wired: None) -> Iterator[dict[str, Record]]:
    """Communication Preferences, and two sections of the record that are as small as can be."""
    made = {"insurance": Record("Insurance"), "referral": Record("Referral")}
    before = dict(ONBOARDING_STEPS)
    ONBOARDING_STEPS.clear()
    ONBOARDING_STEPS["preferences"] = before["preferences"]
    ONBOARDING_STEPS.update({key: a_step(key, section) for key, section in made.items()})
    yield made
    ONBOARDING_STEPS.clear()
    ONBOARDING_STEPS.update(before)


@pytest.fixture
async def rosa(portal: Any, sections: Any, browse: Any, cast: Any) -> Any:
    """Somebody new, a moment after accepting: her browser, and her id as `client`."""
    client = await portal.newcomer()
    link = await portal.invite(client, asks=ASKS)
    browser = await browse(cast)
    told = await (await browser.send(f"{link}/birth-date", {"born_on": BORN.isoformat()})).get_json()
    answer = await browser.post(link, {"password": PASSWORD, "proof": told["proof"]})
    assert answer.headers["Location"] == "/onboarding"
    browser.client_id = client
    return browser


async def test_what_the_invitation_asked_for_stands_as_a_list_of_steps(rosa):
    shown = await (await rosa.json("/onboarding")).get_json()
    assert [(one["key"], one["wish"]) for one in shown["steps"]] == [
        ("preferences", "required"), ("insurance", "required"), ("referral", "optional"),
    ]
    assert (shown["done"], shown["complete"]) == (0, False)


async def test_each_step_is_saved_and_another_device_goes_on_from_there(rosa, browse, cast, portal, sections):
    assert (await rosa.send("/onboarding/insurance", {"email_unread": "Blue 17"})).status_code == 200
    assert sections["insurance"].kept == {rosa.client_id: "Blue 17"}
    phone = await browse(cast)
    phone.cookie = rosa.cookie
    assert "1 of 3 done" in await (await phone.get("/onboarding")).get_data(as_text=True)
    assert "Getting started: 1 of 3 done" in await (await phone.get("/home")).get_data(as_text=True)
    card = await portal.card(rosa.client_id)
    assert (card.steps_done, card.steps) == (1, 3)


async def test_each_field_is_kept_as_it_is_left_before_the_step_is_done(rosa, browse, cast, portal, sections):
    assert (await rosa.send("/onboarding/insurance/fields", {"email_unread": "Blue 17"})).status_code == 200
    assert (await rosa.send("/onboarding/insurance/fields", {"email_unread": "x"})).status_code == 422
    phone = await browse(cast)
    phone.cookie = rosa.cookie
    found = await (await phone.json("/onboarding/insurance")).get_json()
    assert found["values"]["email_unread"] == "Blue 17" and not found["done"]
    assert (await portal.card(rosa.client_id)).steps_done == 0


@pytest.mark.parametrize(("step", "empty", "field", "enough"), [
    ("contact", {}, "phone_1_number", {"phone_1_number": "2075550123"}),
    ("emergency", {"emergency_relation": "aunt"}, "emergency_phone",
     {"emergency_name": "Ida", "emergency_phone": "2075550199"}),
    ("referral", {"heard_from": ""}, "heard_from", {"referred_by": "Dr. Bloom"}),
])
async def test_a_required_step_is_not_done_without_what_was_asked(portal, cast, browse, step, empty, field, enough):
    client = await portal.newcomer()
    await portal.invite(client, asks={step: "required"})
    rosa = await accepted(portal, cast, browse, client)
    refused = await rosa.send(f"/onboarding/{step}", empty)
    assert refused.status_code == 422 and field in (await refused.get_json())["errors"]
    assert (await portal.card(client)).steps_done == 0
    page = await (await rosa.post(f"/onboarding/{step}", empty)).get_data(as_text=True)
    assert 'aria-invalid="true"' in page
    assert (await rosa.send(f"/onboarding/{step}", enough)).status_code == 200
    assert (await portal.card(client)).steps_done == 1


async def test_what_is_optional_is_done_with_nothing_in_it(portal, cast, browse):
    client = await portal.newcomer()
    await portal.invite(client, asks={"emergency": "optional"})
    rosa = await accepted(portal, cast, browse, client)
    assert (await rosa.send("/onboarding/emergency", {})).status_code == 200


async def test_a_parent_reads_whom_each_step_is_about(portal, cast, browse):
    await portal.invite(cast.clients["child"], await portal.contact(cast.clients["child"]), permissions=["information"],
                        asks={"names": "required", "preferences": "required"})
    await portal.run("UPDATE portal_access SET accepted_at = now() WHERE accepted_at IS NULL")
    (login,) = await portal.rows("SELECT id FROM login WHERE email = $1", portal.address("ines"))
    cast.people.logins["ines"] = login["id"]
    ines = await browse(cast, "ines")
    text = await (await ines.get("/onboarding/names")).get_data(as_text=True)
    assert "Nora’s names and pronouns" in text and "Nora’s name, and what Nora would like to be called." in text
    assert "<h1>Communication Preferences</h1>" in await (await ines.get("/onboarding/preferences")).get_data(True)


async def test_a_step_that_is_filled_in_wrong_says_so_and_is_not_done(rosa, portal):
    answer = await rosa.post("/onboarding/insurance", {"email_unread": "x"})
    assert answer.status_code == 422
    assert (await portal.card(rosa.client_id)).steps_done == 0


async def test_what_is_optional_may_be_skipped_and_what_is_needed_may_not(rosa, portal):
    assert (await rosa.send("/onboarding/referral/skip")).status_code == 200
    assert (await rosa.send("/onboarding/insurance/skip")).status_code == 409
    assert (await portal.card(rosa.client_id)).steps_done == 1
    await rosa.send("/onboarding/referral", {"email_unread": "A friend"})
    await rosa.send("/onboarding/referral/skip")
    shown = await (await rosa.json("/onboarding/referral")).get_json()
    assert shown["done"] and not shown["skipped"]


async def test_we_send_a_notification_when_a_client_completes_their_onboarding(rosa, portal, cast):
    await finish(rosa)
    (event,) = await portal.events("onboarding.completed")
    (mail,) = await portal.leave()
    assert mail["To"] == portal.address("practitioner")
    text = mail.get_body(("plain",)).get_content()
    assert "A client finished onboarding." in text and f"/staff/clients/{rosa.client_id}/portal" in text
    assert "Rosa" not in str(mail)
    practitioner = await cast.actor("practitioner")
    (line,) = [one for one in await cast.inside(lambda: latest(practitioner)) if one["seq"] == event["seq"]]
    assert (line["who"], line["what"]) == ("Rosa Lind", "finished onboarding")
    assert line["href"] == f"/staff/clients/{rosa.client_id}/portal"


async def test_whoever_may_only_read_is_not_sent_to_what_cannot_be_filled_in(rosa, portal):
    assert "Getting started" in await (await rosa.get("/home")).get_data(as_text=True)
    ends = "UPDATE client SET status = 'discharged', read_only_until = portico_today() + 5 WHERE id = $1"
    await portal.run(ends, rosa.client_id)
    assert "Getting started" not in await (await rosa.get("/home")).get_data(as_text=True)


async def test_completing_is_told_once(rosa, portal):
    await finish(rosa)
    await rosa.send("/onboarding/insurance", {"email_unread": "Green 4"})
    assert len(await portal.events("onboarding.completed")) == 1


async def test_the_front_desk_hears_it_by_setting_and_when_nobody_is_assigned(rosa, portal, cast):
    await portal.run("UPDATE assignment SET ended_at = now() WHERE client_id = $1", rosa.client_id)
    await finish(rosa)
    assert [mail["To"] for mail in await portal.leave()] == [portal.address("frontdesk")]


async def test_by_setting_the_front_desk_hears_of_everyone(rosa, portal, cast):
    from models.clients import invitation_settings

    owner = await cast.actor("owner")
    chosen = {"asks": {}, "reminders": True, "tells_front_desk": True}
    await cast.inside(lambda: invitation_settings.configure(owner, **chosen))
    await finish(rosa)
    assert {mail["To"] for mail in await portal.leave()} == {
        portal.address("practitioner"), portal.address("frontdesk"),
    }
    for name in ("practitioner", "frontdesk"):
        actor = await cast.actor(name)
        assert "finished onboarding" in [one["what"] for one in await cast.inside(lambda who=actor: latest(who))], name
    biller = await cast.actor("biller")
    assert await cast.inside(lambda: latest(biller)) == []


async def test_a_contact_is_asked_about_the_client_only_with_manage_information(portal, cast, sections):
    client = await portal.newcomer()
    ines = await portal.contact(client)
    await portal.invite(client, ines, asks=ASKS)
    await portal.run("UPDATE portal_access SET accepted_at = now() WHERE contact_id = $1", ines)
    assert (await portal.card(client, ines)).steps == 1
    await portal.run("UPDATE portal_access SET permissions = '{information}' WHERE contact_id = $1", ines)
    assert (await portal.card(client, ines)).steps == 3


async def test_a_step_that_nobody_asked_for_is_missing(browse, cast, sections):
    client = await browse(cast, "client")
    assert (await client.json("/onboarding")).status_code == 200
    for answer in (await client.json("/onboarding/insurance"), await client.send("/onboarding/insurance", {}),
                   await client.send("/onboarding/made-up/skip")):
        assert answer.status_code == 404
    assert sections["insurance"].kept == {}


async def test_inviting_anew_begins_with_the_first_step(portal, sections):
    from models.clients import admitting

    client = await portal.newcomer()
    await portal.invite(client, asks=ASKS)
    await portal.run("INSERT INTO onboarding_step (id, access_id, step) SELECT gen_random_uuid(), id, 'insurance'"
                     " FROM portal_access WHERE client_id = $1", client)
    await portal.act(admitting.revoke, client)
    await portal.act(admitting.restore, client)
    await portal.invite(client, asks=ASKS)
    await portal.run("UPDATE portal_access SET accepted_at = now() WHERE client_id = $1", client)
    assert (await portal.card(client)).steps_done == 0


async def test_switching_features_does_not_touch_onboarding(rosa, portal):
    await rosa.send("/onboarding/insurance", {"email_unread": "Blue 17"})
    await portal.act(allowing.set_features, rosa.client_id, None, [])
    assert (await portal.card(rosa.client_id)).steps_done == 1


async def accepted(portal: Any, cast: Any, browse: Any, client: UUID) -> Any:
    """The browser of this client, a moment after accepting."""
    await portal.run("UPDATE portal_access SET accepted_at = now() WHERE client_id = $1", client)
    (access,) = await portal.rows("SELECT login_id FROM portal_access WHERE client_id = $1", client)
    cast.people.logins["newcomer"] = access["login_id"]
    return await browse(cast, "newcomer")


async def finish(browser: Any) -> None:
    """Every step, whatever its order."""
    await browser.send("/onboarding/insurance", {"email_unread": "Blue 17"})
    await browser.send("/onboarding/referral/skip")
    await browser.send("/onboarding/preferences", {"email_unread": True})
