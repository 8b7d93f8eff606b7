"""What may be sent to merge two records, and to say who belongs together, by form or JSON."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from models.clients.merging_fields import Merge
from models.core.payload import Payload

__all__ = ["FindTwin", "Merge", "OneClient"]


class FindTwin(Payload):
    words: str = Field("", max_length=200)


class OneClient(Payload):
    client: UUID
