"""A form with answers: what is asked, what is calculated, what is wrong. Pure: the same answers give the same state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.core import clock
from models.documents.checking import faults_of, has_answers, is_answerable
from models.documents.items import Answers, Questionnaire, Value
from models.documents.places import Node, every_node, grow
from models.documents.scoring import Risk, Score, risks_in, scores_of
from models.documents.settling import constraint_faults, settle

NOTHING = "Nothing is answered yet."


@dataclass(frozen=True)
class Context:
    """What expressions may ask besides the answers: the moment (`today()`, `now()`) and variables by name
    each a resource as JSON."""

    now: datetime = field(default_factory=clock.now)
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class State:
    """A form with answers. Words alone (a consent to read and sign) are complete by themselves: signing is another's.

    `nodes`: the tree · `values`: the answers that count, by path, with what was calculated · `faults`: sentences by
    path; the path "" holds what is wrong with the whole · `scores`: in the order of the form's scales · `risks`:
    answers that alert the practitioner · `complete`: without faults, and somebody answered something.
    """

    questionnaire: Questionnaire
    nodes: list[Node]
    by_path: Mapping[str, Node]
    values: Mapping[str, list[Value]]
    faults: Mapping[str, tuple[str, ...]]
    scores: tuple[Score, ...] = ()
    risks: tuple[Risk, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.faults

    @property
    def enabled(self) -> frozenset[str]:
        """The paths of all that is asked or shown."""
        return frozenset(path for path, node in self.by_path.items() if node.enabled)


def evaluate(questionnaire: Questionnaire, answers: Answers, *, context: Context | None = None) -> State:
    """The state of a form. Answers of places that the form does not have, and of what is not asked, are dropped; what
    is calculated is calculated here, whatever was sent. Ends within a bounded number of steps for every form."""
    context = context or Context()
    nodes = grow(questionnaire.items, answers)
    everything = list(every_node(nodes))
    by_path = {node.path: node for node in everything}
    surroundings, whole = settle(questionnaire, nodes, everything, context)
    for node in everything:
        if node.enabled:
            node.faults = faults_of(node)
    for path, sentence in constraint_faults(surroundings, everything):
        (by_path[path].faults if path else whole).append(sentence)
    faults = {node.path: tuple(node.faults) for node in everything if node.faults}
    if not faults and any(map(_asks, everything)) and not any(map(has_answers, nodes)):
        whole.append(NOTHING)
    return State(
        questionnaire, nodes, by_path, {node.path: node.values for node in everything if node.values},
        faults | ({"": tuple(whole)} if whole else {}), scores_of(questionnaire, everything),
        risks_in(everything),
    )


def _asks(node: Node) -> bool:
    return node.enabled and node.item.type not in ("group", "display") and not node.calculated and is_answerable(node)
