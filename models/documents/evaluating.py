"""A form with answers: what is asked, what is calculated, what is wrong. Pure: the same answers give the same state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.core import clock
from models.documents.checking import faults_of, has_answers
from models.documents.conditions import settling_order, wants
from models.documents.items import Answers, Questionnaire, Value
from models.documents.places import Node, every_node, grow

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
    path; the path "" holds what is wrong with the whole · `complete`: without faults, and somebody answered something.
    """

    questionnaire: Questionnaire
    nodes: list[Node]
    by_path: Mapping[str, Node]
    values: Mapping[str, list[Value]]
    faults: Mapping[str, tuple[str, ...]]

    @property
    def complete(self) -> bool:
        return not self.faults

    @property
    def enabled(self) -> frozenset[str]:
        """The paths of all that is asked or shown."""
        return frozenset(path for path, node in self.by_path.items() if node.enabled)


def evaluate(questionnaire: Questionnaire, answers: Answers, *, context: Context | None = None) -> State:
    """The state of a form. Answers of places that the form does not have, and of what is not asked, are dropped."""
    nodes = grow(questionnaire.items, answers)
    everything = list(every_node(nodes))
    by_link: dict[str, list[Node]] = {}
    for node in everything:
        by_link.setdefault(node.item.link_id, []).append(node)
    settle(questionnaire, by_link)
    return _state(questionnaire, nodes, everything)


def settle(questionnaire: Questionnaire, by_link: Mapping[str, list[Node]]) -> None:
    """Says of each node whether it is asked: within what is, and as its own conditions want it."""
    for link_id in settling_order(questionnaire.items):
        for node in by_link.get(link_id, []):
            node.enabled = (node.parent is None or node.parent.enabled) and wants(node, by_link)


def _asks(node: Node) -> bool:
    return node.enabled and node.item.type not in ("group", "display") and not (node.calculated or node.item.hidden)


def _state(questionnaire: Questionnaire, nodes: list[Node], everything: list[Node]) -> State:
    values, faults = {}, {}
    for node in everything:
        if not node.enabled:
            node.values = []
            continue
        node.faults = faults_of(node)
        if node.values:
            values[node.path] = node.values
        if node.faults:
            faults[node.path] = tuple(node.faults)
    if not faults and any(map(_asks, everything)) and not any(map(has_answers, nodes)):
        faults[""] = (NOTHING,)
    return State(questionnaire, nodes, {node.path: node for node in everything}, values, faults)
