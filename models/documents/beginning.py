"""The answers that a form begins with: initial values, options chosen from the start, and initialExpression."""

from __future__ import annotations

from models.documents.evaluating import Context
from models.documents.expressions import Budget, Surroundings
from models.documents.items import Item, Questionnaire, Value
from models.documents.options import as_offered
from models.documents.places import Node, every_node, grow
from models.documents.settling import plan_of
from models.documents.spelling import as_answers, from_fhir
from models.documents.values import answered


def first_answers(
    questionnaire: Questionnaire, *, context: Context | None = None, entry: str = ""
) -> dict[str, list[Value]]:
    """By path, for a form that nobody has touched; with `entry` (`meds:2`) those of that instance alone. What is worked
    out of the context is left out where it has no sense."""
    context = context or Context()
    nodes = grow(questionnaire.items, {entry: []} if entry else {})
    plan = plan_of(questionnaire)
    around = Surroundings(questionnaire, nodes, context.now, context.variables, Budget(), plan.definitions)
    found = {node.path: _begins(node, around) for node in every_node(nodes) if not node.item.calculated}
    return {path: values for path, values in found.items() if values and (not entry or path.startswith(f"{entry}/"))}


def _begins(node: Node, around: Surroundings) -> list[Value]:
    item = node.item
    if item.type in ("group", "display"):
        return []
    if item.initial_expression:
        return as_answers(item, around.result(item.initial_expression, node) or [])
    return begins_with(item)


def begins_with(item: Item) -> list[Value]:
    """The values that the form itself gives."""
    given = answered(as_offered(item, from_fhir(item, {"value": one})) for one in item.initial)
    return given if item.repeats else given[:1]
