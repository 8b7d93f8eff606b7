"""Words that must not stand in an e-mail: the client's names, what they are treated for, how forms are called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from models.clients.named import names_in
from models.core.database import fetch_all
from models.documents.registries import CLINICAL_WORDS

TITLES = """SELECT DISTINCT title FROM document WHERE practice_id = portico_here() AND client_id = $1
  UNION SELECT DISTINCT v.title FROM form_version v WHERE v.practice_id = portico_here()"""
# Of a name of several words also each that says something by itself.
SAYS_NOTHING = frozenset("about disorder disorders other specified unspecified episode single moderate severe without"
                         " form forms consent intake questionnaire assessment information agreement practice".split())
LONG = 5


async def clinical_words(client_id: UUID, text: str, titles: Iterable[str] = ()) -> list[str]:
    """What of the text should not stand in an e-mail about this client, as it is written there, each once. `titles`: of
    files and requests that are only being shared."""
    found = await names_in(text, clients=[client_id])
    for phrase in [*[row["title"] for row in await fetch_all(TITLES, client_id)], *titles]:
        found += _said(text, phrase)
    for one in CLINICAL_WORDS:
        for phrase in await one(client_id):
            found += _said(text, phrase) or [said for word in _telling(phrase) for said in _said(text, word)]
    return list(dict.fromkeys(found))


def _said(text: str, phrase: str) -> list[str]:
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.findall(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE) if words else []


def _telling(phrase: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+", phrase)
    return [word for word in words if len(word) >= LONG and word.lower() not in SAYS_NOTHING]
