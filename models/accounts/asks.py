"""What may be sent to accounts, by form, JSON or socket."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
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


class ChangeEmail(Payload):
    email: Email = Field(min_length=1)
    password: Password


class ConfirmEmail(Payload):
    """The password is asked only where staff began the change."""

    password: Password = ""


class JustDone(Payload):
    """What the person did a moment ago, for the page after it to say; a word that it does not know says nothing."""

    done: str = Field("", max_length=20)


class Cross(Payload):
    """`next`: the page of the other side that was asked for."""

    next: str = Field("", max_length=2000)


class Unlock(Payload):
    """`next`: the page that the lock stood in the way of."""

    password: Password
    next: str = Field("", max_length=2000)


class SetPreferences(Payload):
    """A switch that is off sends nothing."""

    email_unread: bool = False


class SetQuietHours(Payload):
    """Times such as 22:00, or empty."""

    start: str = Field("", max_length=5)
    until: str = Field("", max_length=5)
    zone: str = Field("", max_length=64)


class SetIdleTimes(Payload):
    """Minutes."""

    portal: int
    desk: int


# A form says which state of the practice it shows; who sends none saves over whatever stands there.
Counted = Annotated[int, Field(ge=1, le=2_000_000_000)]
Version = Annotated[Counted | None, BeforeValidator(lambda value: value or None)]
Name = Annotated[str, Field(max_length=120)]
Lines = Annotated[str, Field(max_length=500)]
Phone = Annotated[str, Field(max_length=40)]


class SetDetails(Payload):
    """What is not sent stays."""

    version: Version = None
    name: Name | None = None
    legal_name: Name | None = None
    npi: Annotated[str, Field(max_length=20)] | None = None
    tax_id: Annotated[str, Field(max_length=20)] | None = None
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    phone: Phone | None = None
    address: Lines | None = None
    billing_address: Lines | None = None
    age_of_majority: int | None = None


class SetLocation(Payload):
    version: Version = None
    name: Name = ""
    address: Lines = ""
    phone: Phone = ""


# As the colour field of a browser spells it; people may write it in capitals or leave the # out.
Colour = Annotated[str, Field(max_length=20, json_schema_extra={"format": "colour"})]


class SetBrand(Payload):
    """What is not sent stays. An empty ground is the accent's own tint."""

    version: Version = None
    accent: Colour | None = None
    ground: Colour | None = None
    own_ground: bool | None = None
    welcome: Name | None = None
    about: Annotated[str, Field(max_length=600)] | None = None
    hours: Annotated[str, Field(max_length=200)] | None = None


class Shown(Payload):
    """Which page of the preview, by day or by night."""

    show: Literal["landing", "home", "mail"] = "landing"
    theme: Literal["light", "dark"] = "light"


class PreviewBrand(Shown):
    """The form as it is being typed: nothing in it is refused for its length, it is only shown."""

    version: str = Field("", max_length=20)
    accent: str = ""
    ground: str = ""
    own_ground: bool = False
    welcome: str = ""
    about: str = ""
    hours: str = ""


class Colours(Payload):
    accent: Colour = ""
    ground: Colour = ""


class MailColours(Colours):
    theme: Literal["light", "dark"] = "light"
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
class AskForLink(Payload):
    """To sign in by a link instead of the password."""

    email: Email = ""
    next: str = Field("", max_length=2000)


class UseLink(Payload):
    code: Secret = ""
    remember: bool = False
    side: Chosen = None


class StepUp(Payload):
    """`next`: the page that was asked for; or `action` and `kept`: the form that was sent, as JSON pairs. Without a
    password a passkey was used a moment ago."""

    password: Password = ""
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
