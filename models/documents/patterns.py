"""Regular expressions that came with a form. They are strangers' code: they run in an engine whose time grows with the
length of the text alone, and whose memory is bounded; in the browser as well (static/js/forms/patterns.js)."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import Any

import re2

LONGEST_PATTERN, MOST_MEMORY, MOST_PARTS = 500, 1 << 20, 4_000
TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(?:\d+)(?:,\d*)?\}|.", re.DOTALL)
# What a substitution may name: a group by its number or its name; $$ is the sign itself.
GROUP = re.compile(r"\$(?:\$|(\d)|\{(\w+)\})", re.ASCII)


def matches(pattern: str, text: str) -> bool | None:
    """Whether the whole text is as the pattern wants it; None for a pattern that is not understood."""
    program = _program(pattern)
    return None if program is None else program.fullmatch(text) is not None


def finds(pattern: str, text: str) -> bool | None:
    """Whether the pattern is found anywhere in the text."""
    program = _program(pattern)
    return None if program is None else program.search(text) is not None


def replaces(pattern: str, text: str, put: str) -> str | None:
    """The text with each find replaced; `put` may name groups of it, as $1 or ${name}. None for a pattern that is not
    understood."""
    program = _program(pattern)
    if program is None:
        return None
    made, at = [], 0
    for find in program.finditer(text):
        made += [text[at : find.start()], GROUP.sub(partial(_of_group, find), put)]
        at = find.end()
    return "".join((*made, text[at:]))


def _of_group(find: Any, named: re.Match[str]) -> str:
    """What a group found; nothing for one that the pattern does not have."""
    number, name = named.groups()
    if number is None and name is None:
        return "$"
    group = int(number or name) if (number or name).isdigit() else find.re.groupindex.get(name)
    return "" if group is None or group > find.re.groups else find.group(group) or ""


def is_understood(pattern: str) -> bool:
    """Whether a pattern can be acted upon: no references back, no looking around, not longer than sensible."""
    return _program(pattern) is not None


@lru_cache(512)
def parts_of(pattern: str) -> int:
    """About how much of it there is to go through at each letter; the browser counts the same."""
    sizes, last = [0], 0
    for token in TOKEN.findall(pattern[: LONGEST_PATTERN + 1]):
        if token == "(":
            sizes.append(0)
        elif token == ")" and len(sizes) > 1:
            last = sizes.pop() + 2
            sizes[-1] += last
        elif len(token) > 2 and token[0] == "{":
            times = max(int(one[:4] or 1) for one in token[1:-1].split(","))
            sizes[-1] += last * (times - 1)
            last *= times
        else:
            last = last + 1 if token in "?*+" else 1
            sizes[-1] += 1
    return sum(sizes) + 2


@lru_cache(512)
def _program(pattern: str) -> Any:
    if len(pattern) > LONGEST_PATTERN or parts_of(pattern) > MOST_PARTS:
        return None
    options = re2.Options()
    options.max_mem, options.log_errors = MOST_MEMORY, False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None
