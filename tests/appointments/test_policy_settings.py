"""Administrators switch cancelling on, set its policy and its fees; it holds at once."""

from __future__ import annotations

import pytest

PORTAL = "/staff/settings/portal"
POLICY = f"{PORTAL}/cancellation"
BILLING = "/staff/settings/billing"


async def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(await answer.get_data(as_text=True))


async def test_once_you_enable_cancel_appointments_a_cancellation_policy_section_appears(browse, cast):
    owner = await browse(cast, "owner")
    await owner.send(f"{PORTAL}/features/cancel-appointments", {"on": False})
    assert "Cancellation Policy" not in await text(await owner.get(POLICY))
    await owner.send(f"{PORTAL}/features/cancel-appointments", {"on": True})
    section = await text(await owner.get(POLICY))
    assert "Cancellation Policy" in section and "More for the cancellation policy" in section
    page = await text(await owner.get(PORTAL))
    assert f'<live-region src="{POLICY}" loads on="features.changed' in page


async def test_you_can_specify_how_close_counts_as_late_and_how_close_is_closed(browse, cast):
    owner = await browse(cast, "owner")
    shown = await (await owner.json(POLICY)).get_json()
    assert (shown["late_hours"], shown["closed_hours"], shown["reason"]) == (24, None, "optional")
    sent = {"late_hours": "48", "closed_hours": "12", "reason": "required", "version": str(shown["version"])}
    assert (await owner.post(POLICY, sent)).status_code == 303
    after = await (await owner.json(POLICY)).get_json()
    assert (after["late_hours"], after["closed_hours"], after["reason"]) == (48, 12, "required")
    section = await text(await owner.get(POLICY))
    assert "Less than 48 hours before it begins" in section and "Until 12 hours before it begins" in section


async def test_an_empty_field_is_no_deadline(browse, cast):
    owner = await browse(cast, "owner")
    assert (await owner.post(POLICY, {"late_hours": "", "closed_hours": " ", "reason": "no"})).status_code == 303
    assert "Until it begins" in await text(await owner.get(POLICY))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"late_hours": "721"}, "late_hours"),
        ({"closed_hours": "-1"}, "closed_hours"),
        ({"late_hours": "soon"}, "late_hours"),
        ({"late_hours": "2", "closed_hours": "24"}, "closed_hours"),
        ({"late_hours": "2", "reason": "perhaps"}, "reason"),
    ],
)
async def test_what_cannot_be_is_refused_and_what_was_typed_stays(browse, cast, given, field):
    owner = await browse(cast, "owner")
    answer = await owner.send(POLICY, given)
    assert answer.status_code == 422 and set((await answer.get_json())["errors"]) == {field}
    page = await (await owner.post(POLICY, given)).get_data(as_text=True)
    assert f'value="{given[field]}"' in page or field == "reason"


async def test_who_saves_over_something_unseen_is_told(browse, cast):
    owner = await browse(cast, "owner")
    await owner.send(POLICY, {"late_hours": 12, "version": 1})
    assert (await owner.send(POLICY, {"late_hours": 6, "version": 1})).status_code == 409
    await owner.send(BILLING, {"late_fee": "10", "version": 1})
    assert (await owner.send(BILLING, {"late_fee": "20", "version": 1})).status_code == 409


async def test_billing_settings_billing_holds_the_two_default_fees(browse, cast):
    owner = await browse(cast, "owner")
    sent = {"late_fee": "75", "no_show_fee": "$1,120.5", "version": "1"}
    assert (await owner.post(BILLING, sent)).status_code == 303
    assert await (await owner.json(BILLING)).get_json() == {"late_fee": "75.00", "no_show_fee": "1120.50", "version": 2}
    assert "Default late cancellation fee" in await text(await owner.get(BILLING))
    assert "<dd>$75</dd>" in await text(await owner.get(POLICY))
    wrong = await owner.post(BILLING, {"late_fee": "a lot", "no_show_fee": "10"})
    page = await wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "Write an amount" in page and 'value="a lot"' in page


@pytest.mark.parametrize("name", ["practitioner", "supervisor", "frontdesk", "biller", "client"])
async def test_nobody_else_sets_them(browse, cast, name):
    browser = await browse(cast, name)
    for path in (POLICY, f"{POLICY}/edit", BILLING):
        assert (await browser.json(path)).status_code == 403
    assert (await browser.send(POLICY, {"late_hours": 1})).status_code == 403
    assert (await browser.send(BILLING, {"late_fee": "1"})).status_code == 403
