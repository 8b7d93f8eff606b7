"""Who may set up a second factor with a password alone: whoever has none yet that would have to be shown first."""

from __future__ import annotations

from models.accounts import passkeys, second_factor
from models.core.actor import Actor
from models.core.errors import Forbidden


class UseTheOtherFirst(Forbidden):
    """The login has a second factor, and this session has not seen it."""

    code, detail = "use-your-passkey", "You have a second factor already. Show it first; then you can add another."


async def refuse_beside_another(actor: Actor, host: str) -> None:
    """Where a second factor is required, whoever learned a password would else make one of their own beside the
    passkey that stands in their way. Raises UseTheOtherFirst. A passkey of a former host shows nothing any more."""
    if actor.strong or not await second_factor.required_of(actor.login_id):
        return
    if await second_factor.is_on(actor.login_id) or await passkeys.usable_by(actor.login_id, host):
        raise UseTheOtherFirst()
