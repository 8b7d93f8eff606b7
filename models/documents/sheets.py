"""A form as pages: what is filled in at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.documents.evaluating import State
from models.documents.places import Node, every_node

SECONDS = {"text": 60, "string": 15, "attachment": 60}
OTHERS = 8


@dataclass(frozen=True)
class Sheet:
    """One page, numbered from 1. `html`, `help`: what stands under its title."""

    number: int
    title: str
    html: str
    help: str
    nodes: Sequence[Node]

    @property
    def every(self) -> list[Node]:
        return list(every_node(self.nodes))

    @property
    def asks(self) -> bool:
        """Whether anything on it is shown for the answers there are."""
        return any(node.enabled and not node.item.hidden for node in self.every)

    @property
    def wrong(self) -> list[Node]:
        return [node for node in self.every if node.enabled and node.faults]


def sheets_of(state: State) -> list[Sheet]:
    """The pages, also those on which nothing is asked at the moment: numbers do not change while one answers."""
    runs: list[list[Node]] = []
    alone = sum(node.item.type == "group" for node in state.nodes) > 1
    for node in state.nodes:
        own = node.item.control == "page" or (alone and node.item.type == "group")
        if own or not runs or _whole(runs[-1]):
            runs.append([node])
        else:
            runs[-1].append(node)
    return [_sheet(number, run, state) for number, run in enumerate(runs or [[]], start=1)]


def seconds_left(sheets: Sequence[Sheet]) -> int:
    """How long what is still open takes, roughly."""
    return sum(SECONDS.get(node.item.type, OTHERS) for sheet in sheets for node in sheet.every if _open(node))


def _whole(run: Sequence[Node]) -> bool:
    return len(run) == 1 and run[0].item.type == "group"


def _sheet(number: int, run: Sequence[Node], state: State) -> Sheet:
    first = run[0] if len(run) == 1 and run[0].item.type == "group" else None
    if first is None or first.item.repeats or not (first.item.text or first.item.html):
        return Sheet(number, state.questionnaire.title, "", "", run)
    return Sheet(number, first.item.text, first.item.html, first.item.help, first.children)


def _open(node: Node) -> bool:
    asked = node.item.type not in ("group", "display") and not node.item.hidden
    return asked and node.enabled and not node.values and not node.item.calculated and not node.item.read_only
