"""Functions of FHIRPath on texts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from models.documents import patterns
from models.documents.fhirpath.operators import single
from models.documents.fhirpath.running import LONGEST_TEXT, Failed, Focus, Run


def _text(focus: Focus) -> str | None:
    value = single(focus)
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
        made = answer(*texts)
        if isinstance(made, str) and len(made) > LONGEST_TEXT:
            raise Failed("it makes a text without end")
        return [] if made is None else made if isinstance(made, list) else [made]

    return apply


def substring(run: Run, focus: Focus, start: Focus, *length: Focus) -> Focus:
    text, at = _text(focus), single(start)
    if text is None or at is None:
        return []
    at = int(at)
    if at < 0 or at >= len(text):
        return []
    count = single(length[0]) if length else None
    return [text[at:] if count is None else text[at : at + max(0, int(count))]]


def join(run: Run, focus: Focus, *between: Focus) -> Focus:
    parts = [one for one in focus if isinstance(one, str)]
    run.tick(len(parts))
    made = ((_text(between[0]) or "") if between else "").join(parts)
    if len(made) > LONGEST_TEXT:
        raise Failed("it makes a text without end")
    return [made] if parts else []


def _replaced(text: str, old: str, new: str) -> str:
    if len(text) * (len(new) + 1) > LONGEST_TEXT * 10:
        raise Failed("it makes a text without end")
    return text.replace(old, new)


TEXTS: dict[str, tuple[Callable[..., Focus], int, int]] = {
    "indexOf": (_asked(lambda text, part: Decimal(text.find(part))), 1, 1),
    "lastIndexOf": (_asked(lambda text, part: Decimal(text.rfind(part))), 1, 1),
    "substring": (substring, 1, 2),
    "startsWith": (_asked(lambda text, part: text.startswith(part)), 1, 1),
    "endsWith": (_asked(lambda text, part: text.endswith(part)), 1, 1),
    "contains": (_asked(lambda text, part: part in text), 1, 1),
    "upper": (_asked(str.upper), 0, 0), "lower": (_asked(str.lower), 0, 0), "trim": (_asked(str.strip), 0, 0),
    "length": (_asked(lambda text: Decimal(len(text))), 0, 0),
    "toChars": (_asked(list), 0, 0),
    "replace": (_asked(_replaced), 2, 2),
    "matches": (_asked(lambda text, pattern: patterns.finds(pattern, text)), 1, 1),
    "matchesFull": (_asked(lambda text, pattern: patterns.matches(pattern, text)), 1, 1),
    "replaceMatches": (_asked(lambda text, pattern, put: patterns.replaces(pattern, text, put)), 2, 2),
    "split": (_asked(lambda text, mark: text.split(mark) if mark else list(text)), 1, 1),
    "join": (join, 0, 1),
}
