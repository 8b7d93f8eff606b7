"""Functions of FHIRPath on texts. Patterns are looked at in an engine that bounds them: `MATCHING` names what takes
one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.documents import patterns
from models.documents.fhirpath.operators import single
from models.documents.fhirpath.running import LONGEST_TEXT, MOST_THINGS, Failed, Focus, Run
from models.documents.fhirpath.things import Moment
from models.documents.values import number


def _text(focus: Focus) -> str | None:
    value = single(focus)
    if isinstance(value, Moment):
        return value.text
    if value is not None and not isinstance(value, str):
        raise Failed("a text is wanted")
    return value


def _asked(answer: Callable[..., Any]) -> Callable[..., Focus]:
    """A function of a text and further texts; nothing of nothing."""

    def apply(run: Run, focus: Focus, *given: Focus) -> Focus:
        texts = [_text(one) for one in (focus, *given)]
        if None in texts:
            return []
        run.tick(1 + sum(len(str(one)) for one in texts) // 100)
        made = answer(run, *texts) if answer in MATCHES else answer(*texts)
        if isinstance(made, list):
            run.tick(len(made) >> 2)
            if len(made) > MOST_THINGS:
                raise Failed("it gathers without end")
        if isinstance(made, str) and len(made) > LONGEST_TEXT:
            raise Failed("it makes a text without end")
        return [] if made is None else made if isinstance(made, list) else [made]

    return apply


def substring(run: Run, focus: Focus, start: Focus, *length: Focus) -> Focus:
    text, at, count = _text(focus), _place(start), _place(length[0]) if length else None
    if text is None or at is None or not 0 <= at < len(text):
        return []
    return [text[at:] if count is None else text[at : at + max(0, count)]]


def _place(focus: Focus) -> int | None:
    value = single(focus)
    if value is not None and number(value) is None:
        raise Failed("a number is wanted")
    return None if value is None else int(value)


def join(run: Run, focus: Focus, *between: Focus) -> Focus:
    parts = [one.text if isinstance(one, Moment) else one for one in focus if isinstance(one, str | Moment)]
    run.tick(len(parts))
    mark = (_text(between[0]) or "") if between else ""
    if sum(map(len, parts)) + len(mark) * len(parts) > LONGEST_TEXT:
        raise Failed("it makes a text without end")
    return [mark.join(parts)] if parts else []


def _replaced(text: str, old: str, new: str) -> str:
    _ensure_short(text, new)
    return text.replace(old, new)


def _ensure_short(text: str, new: str) -> None:
    """A text of which every letter may be replaced."""
    if len(text) * (len(new) + 1) > LONGEST_TEXT * 10:
        raise Failed("it makes a text without end")


def _matched(run: Run, text: str, pattern: str) -> None:
    """A pattern is made, and then looks at each letter with all of its parts; one with too many is not even made."""
    parts = patterns.parts_of(pattern)
    if parts > patterns.MOST_PARTS:
        parts = 1
    run.tick(parts + len(text) * parts // 100)


def _finds(run: Run, text: str, pattern: str) -> bool | None:
    _matched(run, text, pattern)
    return patterns.finds(pattern, text)


def _is_all(run: Run, text: str, pattern: str) -> bool | None:
    _matched(run, text, pattern)
    return patterns.matches(pattern, text)


def _replaced_matches(run: Run, text: str, pattern: str, new: str) -> str | None:
    _matched(run, text, pattern)
    _ensure_short(text, new)
    return patterns.replaces(pattern, text, new)


MATCHES = (_finds, _is_all, _replaced_matches)
MATCHING = frozenset({"matches", "matchesFull", "replaceMatches"})


TEXTS: dict[str, tuple[Callable[..., Focus], int, int]] = {
    "indexOf": (_asked(lambda text, part: text.find(part)), 1, 1),
    "lastIndexOf": (_asked(lambda text, part: text.rfind(part)), 1, 1),
    "substring": (substring, 1, 2),
    "startsWith": (_asked(lambda text, part: text.startswith(part)), 1, 1),
    "endsWith": (_asked(lambda text, part: text.endswith(part)), 1, 1),
    "contains": (_asked(lambda text, part: part in text), 1, 1),
    "upper": (_asked(str.upper), 0, 0), "lower": (_asked(str.lower), 0, 0), "trim": (_asked(str.strip), 0, 0),
    "length": (_asked(len), 0, 0),
    "toChars": (_asked(list), 0, 0),
    "replace": (_asked(_replaced), 2, 2),
    "matches": (_asked(_finds), 1, 1),
    "matchesFull": (_asked(_is_all), 1, 1),
    "replaceMatches": (_asked(_replaced_matches), 2, 2),
    "split": (_asked(lambda text, mark: text.split(mark) if mark else list(text)), 1, 1),
    "join": (join, 0, 1),
}
