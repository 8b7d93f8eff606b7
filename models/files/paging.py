"""Lists of files go by key: each page is one stretch of an index, from those that came before the last one shown."""

from __future__ import annotations

from uuid import UUID

# Beyond every key: what the first page comes before.
NEWEST = UUID(int=2**128 - 1)
