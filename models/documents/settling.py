"""Conditions and calculations lean on each other; here they are repeated until nothing changes any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from models.documents.conditions import settling_order, wants
from models.documents.expressions import Budget, Surroundings, definitions
from models.documents.fhirpath.running import Focus
from models.documents.items import Item, Questionnaire
from models.documents.places import Node
from models.documents.spelling import as_answers

PASSES = 20
NEVER_SETTLES = "The calculations of this form never come to rest. Tell the practice."
TOO_LONG = "The calculations of this form take too long. Tell the practice."


class Moment(Protocol):
    """The surroundings that an evaluation is asked in: models.documents.evaluating.Context."""

    @property
    def now(self) -> datetime: ...

    @property
    def variables(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Plan:
    """What is worked out once of a form."""

    order: list[str]
    definitions: Mapping[str, Mapping[str, Any]]
    has_expressions: bool


def plan_of(questionnaire: Questionnaire) -> Plan:
    """The plan of a form; kept with it."""
    kept: Plan | None = questionnaire.__dict__.get("_plan")
    if kept is None:
        kept = Plan(
            settling_order(questionnaire.items), definitions(questionnaire.source),
            bool(questionnaire.constraints) or any(map(has_expression, questionnaire.items)),
        )
        object.__setattr__(questionnaire, "_plan", kept)
    return kept


def has_expression(item: Item) -> bool:
    own = item.calculated or item.enable_expression or item.constraints
    return bool(own) or any(map(has_expression, item.items))


def settle(
    questionnaire: Questionnaire, nodes: list[Node], everything: list[Node], context: Moment
) -> tuple[Surroundings | None, list[str]]:
    """Says of each node whether it is asked, and gives the calculated ones their values. Returns the surroundings of
    the last pass (None: the form has no expressions), and what is wrong with the whole."""
    plan, by_link = plan_of(questionnaire), _by_link(everything)
    calculated = [node for node in everything if node.item.calculated]
    for node in calculated:
        node.values, node.calculated = [], True
    shown: dict[int, bool] = {}
    _enable(plan.order, by_link, shown)
    if not plan.has_expressions:
        return None, _drop(everything)
    budget = Budget()
    for _ in range(PASSES):
        around = Surroundings(questionnaire, nodes, context.now, context.variables, budget, plan.definitions)
        if not _another_pass(around, everything, calculated, shown, lambda: _enable(plan.order, by_link, shown)):
            return around, _drop(everything)
        if around.exhausted:
            return around, [TOO_LONG, *_drop(everything)]
    return around, [NEVER_SETTLES, *_drop(everything)]


def _by_link(everything: Iterable[Node]) -> dict[str, list[Node]]:
    by_link: dict[str, list[Node]] = {}
    for node in everything:
        by_link.setdefault(node.item.link_id, []).append(node)
    return by_link


def _another_pass(
    around: Surroundings, everything: list[Node], calculated: list[Node], shown: dict[int, bool], enable: Any
) -> bool:
    """One pass over all expressions; whether anything changed."""
    changed = False
    for node in everything:
        if node.item.enable_expression:
            asked = _says(around.result(node.item.enable_expression, node), True)
            changed = changed or shown.get(id(node), False) is not asked
            shown[id(node)] = asked
    made = [(node, as_answers(node.item, around.result(node.item.calculated, node) or [])) for node in calculated]
    for node, values in made:
        changed = changed or node.values != values
        node.values = values
    if changed:
        enable()
    return changed or around.exhausted


def _says(found: Focus | None, wanted: bool) -> bool:
    """Whether an expression gave just this: 1 is no yes, and 0 no no."""
    return found is not None and len(found) == 1 and found[0] is wanted


def _enable(order: list[str], by_link: Mapping[str, list[Node]], shown: Mapping[int, bool]) -> None:
    """Within what is asked, as its own conditions want it, and its expression."""
    for link_id in order:
        for node in by_link.get(link_id, ()):
            node.enabled = (
                (node.parent is None or node.parent.enabled)
                and (not node.item.enable_expression or shown.get(id(node), False))
                and wants(node, by_link)
            )


def _drop(everything: Iterable[Node]) -> list[str]:
    for node in everything:
        if not node.enabled:
            node.values = []
    return []


def constraint_faults(around: Surroundings | None, everything: Iterable[Node]) -> Iterable[tuple[str, str]]:
    """What does not fit together, by path: constraints whose expression is false. Those of an unanswered question are
    not asked."""
    if around is None:
        return
    for one in around.questionnaire.constraints:
        if _says(around.result(one.expression, None), False):
            yield "", one.words
    for node in everything:
        if node.enabled and node.item.constraints and _is_filled(node):
            for one in node.item.constraints:
                if _says(around.result(one.expression, node), False):
                    yield node.path, one.words


def _is_filled(node: Node) -> bool:
    return bool(node.values) or any(map(_is_filled, node.below))
