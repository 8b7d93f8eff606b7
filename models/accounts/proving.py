"""Step-up: before a sensitive door the person at the session proves to be the login's, unless it was minutes ago."""

from __future__ import annotations

from datetime import timedelta

from models.accounts.events import SESSION_PROVED
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Forbidden
from models.core.events import Part, ToLogin

PROOF_LASTS = timedelta(minutes=10)


class StepUp(Forbidden):
    """Nothing was decided about what was asked: after a proof it may be asked again, unchanged."""

    code, detail = "step-up", "Confirm first that it is you: with your password or a passkey."


def refuse_unless_proved(actor: Actor) -> None:
    """Raises StepUp when the session's last proof (a password, a passkey, a code) is older than ten minutes."""
    if actor.proved_at is None or now() - actor.proved_at > PROOF_LASTS:
        raise StepUp()


async def prove(actor: Actor, *, by: str, strong: bool = False) -> None:
    """The person has just proved it. `by`: with what, in words ("a password"); `strong`: with a passkey that had
    verified them, or a code."""
    async with change(actor, "session.prove"):
        await note_proof(actor, by=by, strong=strong)
        if strong and not actor.strong:
            heard = [Part([ToLogin(actor.login_id)], {"session": actor.session_id})]
            await record(actor, SESSION_PROVED, heard, subject_id=actor.session_id, rights_of=[actor.login_id])


async def note_proof(actor: Actor, *, by: str, strong: bool = False) -> None:
    """Inside a change: the bare row."""
    await execute(
        "UPDATE session SET proved_at = $2, strong = strong OR $3, proved_by = $4 WHERE id = $1",
        actor.session_id, now(), strong, by,
    )
