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
# People write "depressed" of what is called "depressive".
STEMS = ("addict", "anxi", "autis", "depress", "phobi", "psycho", "schizo", "suicid", "trauma")
LONG, SHORTENED = 5, 3
BETWEEN = r"[\s_\-–]"


async def clinical_words(client_id: UUID, text: str, titles: Iterable[str] = ()) -> list[str]:
    """What of the text should not stand in an e-mail about this client, as it is written there, each once. `titles`: of
    files and requests that are only being shared."""
    found = await names_in(text, clients=[client_id])
    for title in [*[row["title"] for row in await fetch_all(TITLES, client_id)], *titles]:
        found += [said for name in called(title) for said in _said(text, name)]
    for one in CLINICAL_WORDS:
        for phrase in await one(client_id):
            found += _said(text, phrase) or [said for word in _telling(phrase) for said in _said(text, word)]
            found += _otherwise(text, phrase)
    return _in_order(text, found)


def called(title: str) -> list[str]:
    """How people name it: whole, a file without its ending, what stands before a colon or a bracket ("PHQ-9: how you
    have been feeling"), and what it is shortened to ("PHQ-9", "PTSD")."""
    whole = re.sub(r"\.[A-Za-z0-9]{2,5}$", "", title.strip())
    before = re.split(r"\s*[:(\[|]|\s[–—-]\s", whole)[0]
    short = re.findall(r"(?<!\w)(?:[A-Z]{2,}[\-–]?\d+\w*|[A-Z]{3,})(?!\w)", whole)
    parts = [part for part in (before, *short) if set(part.lower().split()) - SAYS_NOTHING]
    return list(dict.fromkeys([title, whole, *parts]))


def _in_order(text: str, found: Iterable[str]) -> list[str]:
    """Each once, as the text goes; of a short name inside a long one only the long one."""
    rest, kept = text, list[str]()
    for one in sorted(dict.fromkeys(found), key=len, reverse=True):
        if one in rest:
            kept.append(one)
            rest = rest.replace(one, "\0" * len(one))
    return sorted(kept, key=text.index)


def _said(text: str, phrase: str) -> list[str]:
    """Where the text has it, whatever stands between its words: PHQ-9, PHQ 9, PHQ9."""
    words = [re.escape(word) for word in re.split(f"{BETWEEN}+", phrase) if word]
    return re.findall(rf"(?<!\w){f'{BETWEEN}*'.join(words)}(?!\w)", text, re.IGNORECASE) if words else []


def _telling(phrase: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+", phrase)
    return [word for word in words if len(word) >= LONG and word.lower() not in SAYS_NOTHING]


def _otherwise(text: str, phrase: str) -> list[str]:
    """What it is called by its initials (PTSD), or by another word of the same stem."""
    words = re.findall(r"[^\W\d_]+", phrase.split(",")[0])
    initials = "".join(word[0] for word in words).upper()
    found = re.findall(rf"(?<!\w){initials}(?!\w)", text) if len(initials) >= SHORTENED else []
    for stem in STEMS:
        if stem in phrase.lower():
            found += re.findall(rf"(?<!\w)\w*{stem}\w*", text, re.IGNORECASE)
    return found
