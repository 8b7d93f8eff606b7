"""Account Settings > Sign-in: whether staff need a second factor; administrators only."""

from __future__ import annotations

from datetime import timedelta

from models.accounts import sign_in_rule
from models.accounts.asks import SetSignInRule
from models.core.actor import Actor
from models.core.errors import Invalid
from server.door import ADMINISTRATOR, Done, Page, get, post

HERE = "/staff/settings/security"
GRACE = timedelta(days=14)


@get(HERE, allow=ADMINISTRATOR, step_up=True)
async def sign_in_settings(actor: Actor) -> Page:
    """The rule, and who has no second factor yet."""
    found = await sign_in_rule.rule()
    told = {"required_from": found.from_day, "without": list(found.without)}
    return Page("accounts/settings_security.html", json=told, rule=found, proposed=found.today + GRACE, key=None)


@post(HERE, allow=ADMINISTRATOR, body=SetSignInRule, again=sign_in_settings, step_up=True)
async def set_sign_in_rule(actor: Actor, body: SetSignInRule) -> Done:
    if body.required and body.from_day is None:
        raise Invalid(errors={"from_day": ["Choose the day from which it is required."]})
    await sign_in_rule.set_rule(actor, body.from_day if body.required else None)
    return Done(see=HERE)
