"""The places of a form where answers stand: its items as a tree, with the instances of what repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from models.documents.items import Answers, Item, Value
from models.documents.options import as_offered
from models.documents.values import answered

MOST_INSTANCES, MOST_PLACES = 50, 5_000
INSTANCE = re.compile(r":([1-9]\d{0,8})(?=/|$)")


@dataclass(eq=False)
class Node:
    """An item in its place. A group that repeats holds `instances` (nodes of the same item, each with its `number`) and
    no children of its own; everything else holds `children`. A disabled node has no values."""

    item: Item
    path: str
    parent: Node | None = field(default=None, repr=False)
    number: int | None = None
    enabled: bool = True
    values: list[Value] = field(default_factory=list)
    calculated: bool = False
    children: list[Node] = field(default_factory=list)
    instances: list[Node] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def below(self) -> list[Node]:
        return self.instances or self.children


def segment(link_id: str) -> str:
    """A linkId as it stands in a path."""
    return quote(link_id, safe="")


def every_node(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes in the order of reading: what repeats first, then each of its instances."""
    for node in nodes:
        yield node
        yield from every_node(node.below)


def grow(items: tuple[Item, ...], answers: Answers) -> list[Node]:
    """The tree for these answers. A repeating group has the instances that the answers name (`meds:2/dose`, or `meds:2`
    with an empty list for one without answers yet), and never fewer than its minOccurs, nor none at all."""
    growth = _Growth(answers, _numbers(answers))
    return [growth.node(item, "", None) for item in items]


def _numbers(answers: Mapping[str, object]) -> dict[str, set[int]]:
    """The instances that are named, by the path of what repeats."""
    numbers: dict[str, set[int]] = {}
    for path in answers:
        for match in INSTANCE.finditer(path):
            numbers.setdefault(path[: match.start()], set()).add(int(match.group(1)))
    return numbers


@dataclass
class _Growth:
    answers: Answers
    numbers: Mapping[str, set[int]]
    places: int = 0

    def node(self, item: Item, above: str, parent: Node | None) -> Node:
        path = f"{above}/{segment(item.link_id)}" if above else segment(item.link_id)
        if item.type == "group" and item.repeats:
            node = Node(item, path, parent)
            node.instances = [self._filled(item, f"{path}:{one}", node, one) for one in self._instances(item, path)]
            return node
        return self._filled(item, path, parent, None)

    def _filled(self, item: Item, path: str, parent: Node | None, number: int | None) -> Node:
        self.places += 1
        node = Node(item, path, parent, number)
        if item.type not in ("group", "display"):
            node.values = [as_offered(item, one) for one in answered(self.answers.get(path))]
        node.children = [self.node(one, path, node) for one in item.items]
        return node

    def _instances(self, item: Item, path: str) -> list[int]:
        """Their numbers. Beyond what a form can sensibly hold, further ones are left out."""
        most = 1 if self.places > MOST_PLACES else min(item.max_occurs or MOST_INSTANCES, MOST_INSTANCES)
        held = sorted(self.numbers.get(path, ()))[:most]
        least = min(max(item.min_occurs, 1), most)
        last = held[-1] if held else 0
        return held + [last + 1 + more for more in range(least - len(held))]
