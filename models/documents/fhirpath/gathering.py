"""Functions of FHIRPath that look through collections: which there are, which of them, in what order, and what is
below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.documents.fhirpath.kinds import is_kind
from models.documents.fhirpath.operators import distinct, holds_one, truth
from models.documents.fhirpath.running import MOST_THINGS, Failed, Focus, Here, Run, Step, member, typed
from models.documents.options import score_of
from models.documents.values import number

SCORE = "__score"


def where(run: Run, focus: Focus, here: Here, criterion: Step) -> Focus:
    return [one for at, one in enumerate(focus) if truth(criterion(run, [one], Here([one], at, here.total))) is True]


def select(run: Run, focus: Focus, here: Here, projection: Step) -> Focus:
    found = []
    for at, one in enumerate(focus):
        found += projection(run, [one], Here([one], at, here.total))
        run.tick(1)
        _bound(found)
    return found


def repeat(run: Run, focus: Focus, here: Here, projection: Step) -> Focus:
    """What a projection gives, and what it gives of that, until nothing new comes."""
    found: Focus = []
    seen: set[int] = set()
    layer = focus
    while layer:
        fresh = []
        for at, one in enumerate(layer):
            for value in projection(run, [one], Here([one], at, here.total)):
                run.tick(1)
                known = id(value) in seen if isinstance(value, Mapping) else holds_one(run, found, value)
                if not known:
                    seen.add(id(value))
                    fresh.append(value)
                    found.append(value)
        _bound(found)
        layer = fresh
    return found


def exists(run: Run, focus: Focus, here: Here, *criterion: Step) -> Focus:
    return [bool(where(run, focus, here, *criterion) if criterion else focus)]


def all_(run: Run, focus: Focus, here: Here, criterion: Step) -> Focus:
    return [all(truth(criterion(run, [one], Here([one], at))) is True for at, one in enumerate(focus))]


def iif(run: Run, focus: Focus, here: Here, asked: Step, then: Step, *otherwise: Step) -> Focus:
    inside = Here(focus, here.index, here.total) if focus else here
    if truth(asked(run, focus, inside)) is True:
        return then(run, focus, inside)
    return otherwise[0](run, focus, inside) if otherwise else []


def aggregate(run: Run, focus: Focus, here: Here, step: Step, *start: Step) -> Focus:
    total = start[0](run, focus, here) if start else []
    for at, one in enumerate(focus):
        total = step(run, [one], Here([one], at, total))
        run.tick(len(total))
        _bound(total)
    return total


def trace(run: Run, focus: Focus, here: Here, *_: Step) -> Focus:
    return focus


def children(run: Run, focus: Focus) -> Focus:
    found = []
    for one in focus:
        if type(one) is dict:
            for name, value in one.items():
                if not name.startswith("_") and value is not None:
                    found += value if isinstance(value, list) else [typed(name, value)]
    run.tick(1 + len(found))
    return _bound(found)


def descendants(run: Run, focus: Focus) -> Focus:
    found: Focus = []
    layer = focus
    while layer:
        layer = children(run, layer)
        found += layer
        _bound(found)
    return found


def _bound(found: Focus) -> Focus:
    if len(found) > MOST_THINGS:
        raise Failed("it gathers without end")
    return found


def weight(run: Run, focus: Focus) -> Focus:
    """The scores of answers, of their codings, or of options (SDC's weight() and ordinal())."""
    scores = [one[SCORE] if SCORE in one else _score(run, one) for one in focus if type(one) is dict]
    return [one for one in scores if one is not None]


def _score(run: Run, one: dict[str, Any]) -> Any:
    coding = one.get("valueCoding")
    for held in (one, coding if isinstance(coding, dict) else {}):
        run.tick(1 + len(held.get("extension") or ()))
    return score_of(one) if "extension" in one or "valueCoding" in one else None


def extension(run: Run, focus: Focus, url: Focus) -> Focus:
    held = [one for each in focus for one in member(each, "extension")]
    run.tick(len(focus) + (len(held) >> 2))
    return [one for one in held if url and isinstance(one, dict) and one.get("url") == url[0]]


def single_(run: Run, focus: Focus) -> Focus:
    if len(focus) > 1:
        raise Failed("there are several values where one is wanted")
    return focus


def skip(run: Run, focus: Focus, count: Focus) -> Focus:
    return focus[max(0, int(_count(count))) :]


def take(run: Run, focus: Focus, count: Focus) -> Focus:
    return focus[: max(0, int(_count(count)))]


def _count(count: Focus) -> Any:
    found = number(count[0]) if len(count) == 1 else None
    if found is None:
        raise Failed("a number is missing")
    return found


def intersect(run: Run, focus: Focus, other: Focus) -> Focus:
    return distinct(run, [one for one in focus if holds_one(run, other, one)])


def exclude(run: Run, focus: Focus, other: Focus) -> Focus:
    return [one for one in focus if not holds_one(run, other, one)]


def subset_of(run: Run, focus: Focus, other: Focus) -> Focus:
    return [all(holds_one(run, other, one) for one in focus)]


def _truths(focus: Focus) -> list[bool]:
    if any(not isinstance(one, bool) for one in focus):
        raise Failed("yes or no is wanted")
    return list(focus)


def negation(run: Run, focus: Focus) -> Focus:
    said = truth(focus)
    return [] if said is None else [not said]


def of_type(run: Run, focus: Focus, here: Here, kind: str) -> Focus:
    return [one for one in focus if is_kind(one, kind)]


CRITERIA = {
    "where": (where, 1, 1), "select": (select, 1, 1), "repeat": (repeat, 1, 1), "exists": (exists, 0, 1),
    "all": (all_, 1, 1), "iif": (iif, 2, 3), "aggregate": (aggregate, 1, 2), "trace": (trace, 1, 2),
}
GATHERING = {
    "empty": (lambda run, focus: [not focus], 0, 0),
    "not": (negation, 0, 0),
    "allTrue": (lambda run, focus: [all(_truths(focus))], 0, 0),
    "anyTrue": (lambda run, focus: [any(_truths(focus))], 0, 0),
    "allFalse": (lambda run, focus: [not any(_truths(focus))], 0, 0),
    "anyFalse": (lambda run, focus: [not all(_truths(focus))], 0, 0),
    "subsetOf": (subset_of, 1, 1),
    "supersetOf": (lambda run, focus, other: subset_of(run, other, focus), 1, 1),
    "isDistinct": (lambda run, focus: [len(distinct(run, focus)) == len(focus)], 0, 0),
    "distinct": (distinct, 0, 0),
    "count": (lambda run, focus: [len(focus)], 0, 0),
    "single": (single_, 0, 0),
    "first": (lambda run, focus: focus[:1], 0, 0),
    "last": (lambda run, focus: focus[-1:], 0, 0),
    "tail": (lambda run, focus: focus[1:], 0, 0),
    "skip": (skip, 1, 1), "take": (take, 1, 1), "intersect": (intersect, 1, 1), "exclude": (exclude, 1, 1),
    "union": (lambda run, focus, other: distinct(run, focus + other), 1, 1),
    "combine": (lambda run, focus, other: _bound(focus + other), 1, 1),
    "children": (children, 0, 0), "descendants": (descendants, 0, 0),
    "weight": (weight, 0, 0), "ordinal": (weight, 0, 0), "extension": (extension, 1, 1),
    "hasValue": (lambda run, focus: [len(focus) == 1 and not isinstance(focus[0], Mapping)], 0, 0),
    "getValue": (lambda run, focus: focus if len(focus) == 1 and not isinstance(focus[0], Mapping) else [], 0, 0),
}
