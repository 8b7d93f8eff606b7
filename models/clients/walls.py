"""The walls between a client's contacts: of another contact nobody sees more than the relation.

What one contact typed is kept from the others by its row (models/clients/rows.py). Here is the second net: names,
addresses and numbers of other contacts that staff, the client or chance put into a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.clients.fields import LEAST_DIGITS, digits_of
from models.core.database import fetch_all

OTHERS = """SELECT co.id, co.name, co.email, co.phone, co.first_name || ' ' || co.last_name AS whole
  FROM client_contact cc JOIN contact co ON co.id = cc.contact_id
  WHERE cc.client_id = $1 AND cc.contact_id <> $2"""


@dataclass(frozen=True)
class Others:
    """What must not be read of the other contacts: `words` in lower case, `numbers` as digits."""

    words: frozenset[str]
    numbers: frozenset[str]

    def told_by(self, values: Iterable[object]) -> bool:
        """Whether one of these values tells something of them."""
        return any(self._tells(value) for value in values if isinstance(value, str))

    def _tells(self, value: str) -> bool:
        words, digits = " ".join(value.casefold().split()), digits_of(value)
        return any(one in words for one in self.words) or any(one in digits for one in self.numbers)

    def without(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values, those that tell something left empty."""
        return {name: "" if self.told_by([value]) else value for name, value in values.items()}


NOBODY = Others(frozenset(), frozenset())


async def others(client_id: UUID, by: UUID | None) -> Others:
    """The other contacts of this client, as seen by one of them; nobody for the client and staff."""
    if by is None:
        return NOBODY
    rows = await fetch_all(OTHERS, client_id, by)
    words = {" ".join(row[name].casefold().split()) for row in rows for name in ("name", "email", "whole")}
    numbers = {digits_of(row["phone"]) for row in rows}
    return Others(
        frozenset(word for word in words if word), frozenset(one for one in numbers if len(one) >= LEAST_DIGITS)
    )
