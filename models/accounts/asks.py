"""What may be sent to accounts, by form, JSON or socket."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from models.core.actor import Side
from models.core.payload import Payload

# Long enough for any passphrase; more is refused before it costs a hash.
MOST_TYPED = 1024

Email = Annotated[str, Field(max_length=254)]
Password = Annotated[str, Field(max_length=MOST_TYPED)]
Secret = Annotated[str, Field(max_length=128)]
# A page sends a field that holds nothing as empty text.
Chosen = Annotated[Side | None, BeforeValidator(lambda value: value or None)]


class SignIn(Payload):
    """E-mail and password, with the code where the second factor is on; or the ticket of the step before, with the
    code or the side. `remember`: ask for no code in this browser for thirty days."""

    email: Email = ""
    password: Password = ""
    code: Secret = ""
    remember: bool = False
    side: Chosen = None
    ticket: Secret = ""
    next: str = Field("", max_length=2000)


class ForgotPassword(Payload):
    email: Email = Field(min_length=1)


class ChoosePassword(Payload):
    password: Password


class ChangePassword(Payload):
    current: Password
    password: Password


class JustDone(Payload):
    """What the person did a moment ago, for the page after it to say; a word that it does not know says nothing."""

    done: str = Field("", max_length=20)


class Unlock(Payload):
    """`next`: the page that the lock stood in the way of."""

    password: Password
    next: str = Field("", max_length=2000)


class SetPreferences(Payload):
    """A switch that is off sends nothing."""

    email_unread: bool = False


class SetIdleTimes(Payload):
    """Minutes."""

    portal: int
    desk: int


class AskForLink(Payload):
    """To sign in by a link instead of the password."""

    email: Email = ""
    next: str = Field("", max_length=2000)


class UseLink(Payload):
    code: Secret = ""
    remember: bool = False
    side: Chosen = None


class StepUp(Payload):
    """`next`: the page that was asked for; or `action` and `kept`: the form that was sent, as JSON pairs."""

    password: Password
    next: str = Field("", max_length=2000)
    action: str = Field("", max_length=2000)
    kept: str = Field("", max_length=500_000)


class ShowCode(Payload):
    """A code of the authenticator app, to show that it was set up."""

    code: Secret = Field(min_length=1)


class ProvePasskey(Payload):
    """What the browser's authenticator answered to a challenge; `challenge` is its id, not its words."""

    challenge: UUID
    credential: dict[str, Any]
    next: str = Field("", max_length=2000)
    side: Chosen = None


class AddPasskey(Payload):
    challenge: UUID
    credential: dict[str, Any]
    name: str = Field("", max_length=60)


class NamePasskey(Payload):
    name: str = Field(min_length=1, max_length=60)


class SetSignInRule(Payload):
    """Whether staff need a second factor, and from which day on."""

    required: bool = False
    from_day: Annotated[date | None, BeforeValidator(lambda value: value or None)] = None


class ResetSecondFactor(Payload):
    """`how`: how it was made sure who is asking."""

    how: str = Field(min_length=1, max_length=500)
