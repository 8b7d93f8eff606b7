"""What may be sent about the team: invitations, roles, who takes over."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from models.accounts.asks import Email, Password
from models.accounts.leaving import Chosen
from models.accounts.standing import Standing
from models.core.actor import Role
from models.core.errors import Invalid
from models.core.payload import Payload

MOST = 500


def _listed(value: Any) -> Any:
    """A form sends one box as text, several as a list, and an empty choice as empty text."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one not in ("", None)]


Ids = Annotated[tuple[UUID, ...], BeforeValidator(_listed), Field(max_length=MOST)]
Roles = Annotated[tuple[Role, ...], BeforeValidator(_listed)]
Choices = Annotated[tuple[Annotated[str, Field(max_length=150)], ...], BeforeValidator(_listed), Field(max_length=5000)]
Name = Annotated[str, Field(max_length=120)]


class MemberForm(Payload):
    """What a member is and may. A switch that is off sends nothing."""

    name: Name
    title: Name = ""
    roles: Roles = ()
    all_clients: bool = False
    clinical: bool = False
    billing: bool = False
    supervisors: Ids = ()
    supervisees: Ids = ()

    @property
    def standing(self) -> Standing:
        return Standing(
            name=self.name, title=self.title, roles=frozenset(self.roles), all_clients=self.all_clients,
            clinical=self.clinical, billing=self.billing, supervisors=tuple(dict.fromkeys(self.supervisors)),
            supervisees=tuple(dict.fromkeys(self.supervisees)),
        )


class InviteStaff(MemberForm):
    email: Email


class ChangeStaff(MemberForm):
    """`seen`: the stamp of what the form showed; without one it is saved over whatever stands there."""

    voice: str = Field(max_length=1)
    seen: str = Field(default="", max_length=16)


class JoinTeam(Payload):
    name: Name
    password: Password


class HandOver(Payload):
    """Who takes over. `kinds`: "<kind>:<whom>" for all of one kind; `items`: "<kind>:<thing>:<whom>" for one thing."""

    kinds: Choices = ()
    items: Choices = ()

    @property
    def chosen(self) -> Chosen:
        """Raises Invalid for a choice that is none."""
        try:
            kinds = {key: UUID(whom) for key, whom in (one.split(":") for one in self.kinds)}
            items = {(key, UUID(thing)): UUID(whom) for key, thing, whom in (one.split(":") for one in self.items)}
        except ValueError:
            raise Invalid(errors={"form": ["One of the choices could not be read. Choose again."]}) from None
        return Chosen(kinds, items)


class ConnectPractice(Payload):
    """The address of another practice of this house, as the person knows it."""

    address: str = Field(min_length=1, max_length=300)
