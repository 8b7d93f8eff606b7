"""Account Settings > Portal > Cancellation Policy, there while clients may cancel; and Billing Settings > Billing with
the fees that it charges. For administrators."""

from __future__ import annotations

from typing import Any

from models.accounts.asks import JustDone
from models.accounts.practices import profile
from models.appointments import policy_settings
from models.appointments.asks import SetFees, SetPolicy
from models.appointments.furnishing import booking_settings
from models.appointments.money import amount, spoken
from models.appointments.registering import CANCEL
from models.core.actor import Actor
from server.door import ADMINISTRATOR, Done, Page, get, post
from server.portal_settings import Section

HERE = "/staff/settings/portal/cancellation"
BILLING = "/staff/settings/billing"
SECTION = Section(HERE, "features.changed cancellation.policy_changed billing.fees_changed")
SAID = {"fees": "Saved. They hold for what is cancelled or missed from now on."}


@get(HERE, allow=ADMINISTRATOR)
async def cancellation_section(actor: Actor) -> Page:
    """The section of the Portal tab; empty while clients may not cancel."""
    shown = await _policy()
    return Page("appointments/_cancellation_policy.html", json=shown, policy=shown)


@get(f"{HERE}/edit", allow=ADMINISTRATOR)
async def edit_policy(actor: Actor) -> Page:
    shown = await _policy()
    return Page("appointments/cancellation_policy.html", json=shown, policy=shown, current="settings")


@post(HERE, allow=ADMINISTRATOR, body=SetPolicy, again=edit_policy)
async def set_policy(actor: Actor, body: SetPolicy) -> Done:
    """Holds at once, on every open page."""
    await policy_settings.set_policy(
        actor, body.version, late_hours=body.late_hours, closed_hours=body.closed_hours, reason=body.reason,
        attended_at_day_end=body.attended_at_day_end,
    )
    return Done(see="/staff/settings/portal#cancellation")


@get(BILLING, allow=ADMINISTRATOR, query=JustDone)
async def billing_settings(actor: Actor, query: JustDone | None = None) -> Page:
    """The default fees of a late cancellation and of a no-show."""
    found = await booking_settings()
    shown = {"late_fee": amount(found.late_fee_cents or None), "no_show_fee": amount(found.no_show_fee_cents or None),
             "version": found.fees_version}
    return Page("appointments/settings_billing.html", json=shown, fees=shown, current="settings",
                toast_words=SAID.get(query.done if query else "", ""))


@post(BILLING, allow=ADMINISTRATOR, body=SetFees, again=billing_settings)
async def set_fees(actor: Actor, body: SetFees) -> Done:
    """Amounts in dollars."""
    await policy_settings.set_fees(actor, body.version, late=body.late_fee, no_show=body.no_show_fee)
    return Done(see=f"{BILLING}?done=fees")


async def _policy() -> dict[str, Any]:
    found = await booking_settings()
    return {
        "on": CANCEL.key not in (await profile()).features_off,
        "late_hours": found.late_hours,
        "closed_hours": found.closed_hours,
        "reason": found.reason,
        "attended_at_day_end": found.attended_at_day_end,
        "late_fee": spoken(found.late_fee_cents) if found.late_fee_cents else "",
        "version": found.policy_version,
    }
