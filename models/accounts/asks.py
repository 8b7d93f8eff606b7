"""What may be sent to accounts, by form, JSON or socket."""

from __future__ import annotations

from typing import Annotated

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
    """E-mail and password; or the ticket and side of someone whose login opens both."""

    email: Email = ""
    password: Password = ""
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


class CurrentPage(Payload):
    """The key of the entry that the asking page stands under."""

    current: str = Field("", max_length=20)


class Subdomain(Payload):
    """As it was typed; what can be had is decided by the verb."""

    subdomain: str = Field(max_length=200)


class Switch(Payload):
    """A switch of a form sends "on" or nothing."""

    on: bool = False


class OpenPractice(Payload):
    """What somebody who opens a practice says; a box that is not ticked sends nothing."""

    practice: str = Field(max_length=80)
    name: str = Field(max_length=80)
    email: Email = Field(min_length=1)
    time_zone: str = Field(max_length=64)
    practitioner: bool = False


class FindPortal(Payload):
    email: Email = Field(min_length=1)
