"""The message about a cleared day goes to all whom it concerns, and into mailboxes: nobody of them stands in it, and no
practitioner, unless whoever writes it looked at that word and means something else by it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from models.clients.named import names_in
from models.core.errors import Invalid


async def ensure_nobody_named(words: str, clients: Collection[UUID], staff: Collection[UUID]) -> None:
    """Raises Invalid `names_ok`, naming the words."""
    said = await names_in(words, clients=clients, contacts_of=clients, staff=staff)
    if said:
        which = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
        names = "the name of somebody" if len(said) == 1 else "names of people"
        raise Invalid(errors={"names_ok": [
            f"{which} may be {names} this concerns. The message goes to all of them, also by e-mail: name nobody."]})
