"""Finding people by what somebody types: beginnings of their names, of their e-mail address, digits of their phone.

The words stand in tables of their own, kept by triggers (0009_clients.sql). A beginning is a range of words, which the
index answers also under the policy.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.core.database import fetch_all

LAST = "\U0010ffff"

Terms = Sequence[Sequence[str]]


async def looked_for(typed: str, *, kinds: str = "nep") -> Terms:
    """What was typed as terms that must all fit; each is a list of beginnings, of which one must. `kinds`: n names, e
    e-mail addresses, p telephone numbers. Empty when there is nothing to look for."""
    rows = await fetch_all("SELECT place, word FROM portico_looked_for($1)", typed) if typed.strip() else []
    terms: dict[int, list[str]] = {}
    for row in rows:
        if len(row["word"]) > 1 and row["word"][0] in kinds:
            terms.setdefault(row["place"], []).append(row["word"])
    return list(terms.values())


def fitting(terms: Terms, *, table: str, of: str, start: int) -> tuple[str, list[str]]:
    """The statement that selects the ids (`of`) whom every term fits, and its arguments, numbered after `start`. The
    index alone says who fits."""
    fits, bounds = [], list[str]()
    for term in terms:
        arms = []
        for word in term:
            low = start + len(bounds) + 1
            arms.append(f"SELECT w.{of} FROM {table} w WHERE w.word >= ${low} AND w.word < ${low + 1}")
            bounds += [word, word + LAST]
        fits.append(f"({' UNION ALL '.join(arms)})")
    return " INTERSECT ".join(fits), bounds
