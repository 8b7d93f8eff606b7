"""Whether a question is to be answered at all: enableWhen by the rules of FHIR R4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.documents.items import Condition, Item
from models.documents.places import Node
from models.documents.values import order, same


def holds(condition: Condition, values: list[Any]) -> bool:
    """Whether a condition holds for the answers of its question: with several answers, one is enough; `!=` holds when
    none of them is the same, so also when there is none."""
    operator, wanted = condition.operator, condition.answer
    if operator == "exists":
        return bool(values) is bool(wanted)
    if operator == "=":
        return any(same(one, wanted) for one in values)
    if operator == "!=":
        return not any(same(one, wanted) for one in values)
    return any(_compares(order(one, wanted), operator) for one in values)


def _compares(order: int | None, operator: str) -> bool:
    if order is None:
        return False
    return {">": order > 0, "<": order < 0, ">=": order >= 0, "<=": order <= 0}[operator]


def wants(node: Node, by_link: Mapping[str, list[Node]]) -> bool:
    """Whether the enableWhen of a node hold, looking at answers of enabled questions nearest to it alone."""
    conditions = node.item.enable_when
    if not conditions:
        return True
    met = (holds(one, _answers(nearest(node, by_link.get(one.question, [])))) for one in conditions)
    return any(met) if node.item.enable_any else all(met)


def nearest(node: Node, candidates: list[Node]) -> list[Node]:
    """Of the places of one question those nearest to a node: in its own instance of what repeats, else further out."""
    if len(candidates) < 2:
        return candidates
    above = node
    while above is not None:
        within = [one for one in candidates if one is above or one.path.startswith(above.path + "/")]
        if within:
            return within
        if above.parent is None:
            break
        above = above.parent
    return candidates


def _answers(nodes: Iterable[Node]) -> list[Any]:
    return [value for one in nodes if one.enabled for value in one.values]


def settling_order(items: tuple[Item, ...]) -> list[str]:
    """The linkIds so that each comes after what it stands in and after the questions that its conditions ask."""
    needs: dict[str, list[str]] = {}
    _collect(items, "", needs)
    done: dict[str, None] = {}
    for start in needs:
        trail = [start]
        while trail:
            here = trail[-1]
            open_ones = [one for one in needs[here] if one not in done and one in needs and one not in trail[-1:]]
            if here in done or not open_ones:
                done[here] = None
                trail.pop()
            else:
                trail.append(open_ones[0])
    return list(done)


def _collect(items: tuple[Item, ...], inside: str, needs: dict[str, list[str]]) -> None:
    for item in items:
        needs[item.link_id] = [one.question for one in item.enable_when] + ([inside] if inside else [])
        _collect(item.items, item.link_id, needs)
