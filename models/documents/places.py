"""The places of a form where answers stand: its items as a tree, with the instances of what repeats."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from urllib.parse import quote

from models.documents.items import Answers, Item, Value
from models.documents.options import as_offered
from models.documents.values import answered

MOST_INSTANCES, MOST_PLACES = 50, 5_000
INSTANCE = re.compile(r":([1-9]\d{0,8})(?=/|$)")
REMOVED = "removed"  # what stands at an instance that was taken away
UNSAID = " "  # what stands for an answer of one's own that is chosen and not written yet


@dataclass(eq=False)
class Node:
    """An item in its place. A group that repeats holds `instances` (nodes of the same item, each with its `number`) and
    no children of its own; everything else holds `children`. A disabled node has no values. `unsaid`: an answer of
    one's own is chosen and not written; `full`: the form has no room for one more instance."""

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
    unsaid: bool = False
    full: bool = False

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
    with an empty list for one without answers yet), and never fewer than its minOccurs, nor none at all. One that was
    taken away (`meds:2` with `["removed"]`) is gone with all that stood in it, and its number is not given again. There
    are never more than MOST_PLACES, however many the answers name."""
    gone = {path for path, values in answers.items() if is_removed(path, values)}
    there = without(answers, gone)
    numbers = numbers_in(there)
    growth = _Growth(there, numbers, numbers_in(gone), MOST_PLACES - places_at_first(items) if numbers else 0)
    nodes = [growth.node(item, "", None) for item in items]
    _say_where_full(nodes)
    return nodes


def _say_where_full(nodes: list[Node]) -> None:
    every = list(every_node(nodes))
    holders = [node for node in every if most_instances(node.item) and node.number is None]
    left = MOST_PLACES - (len(every) - len(holders))
    for node in holders:
        most = len(node.instances) >= most_instances(node.item)
        node.full = not most and 1 + places_at_first(node.item.items) > left


def places_at_first(items: tuple[Item, ...]) -> int:
    """How many places a form has while nothing is answered, counted without making them."""
    return sum(_least(item) * (1 + places_at_first(item.items)) for item in items)


def _least(item: Item) -> int:
    """How many instances there are at least; of what is no group that repeats there is one."""
    return max(1, min(item.min_occurs, most_instances(item)))


def is_removed(path: str, values: list[Value]) -> bool:
    """Whether this says of an instance that it was taken away."""
    return values == [REMOVED] and path.rsplit("/", 1)[-1].count(":") == 1


def without(answers: Mapping[str, list[Value]], gone: Collection[str]) -> dict[str, list[Value]]:
    """What is left when these places are gone with all that stood in them."""
    if not gone:
        return dict(answers)
    taken = frozenset(gone)
    return {path: values for path, values in answers.items() if taken.isdisjoint(_upwards(path))}


def _upwards(path: str) -> Iterator[str]:
    """The place itself and all that it stands in."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def numbers_in(paths: Iterable[str]) -> dict[str, set[int]]:
    """The instances that are named, by the path of what repeats."""
    numbers: dict[str, set[int]] = {}
    for path in paths:
        for match in INSTANCE.finditer(path):
            numbers.setdefault(path[: match.start()], set()).add(int(match.group(1)))
    return numbers


def is_unsaid(item: Item, values: list[Value] | None) -> bool:
    """Whether an answer of one's own is chosen beside those of the form, and nothing is written: kept as UNSAID."""
    open_choice = item.type == "open-choice" and bool(item.options)
    return open_choice and any(isinstance(one, str) and not one.strip() for one in values or ())


def most_instances(item: Item) -> int:
    """How many entries this can have; 0: it is no group that repeats."""
    repeats = item.type == "group" and item.repeats
    return min(item.max_occurs or MOST_INSTANCES, MOST_INSTANCES) if repeats else 0


@dataclass
class _Growth:
    """`room`: how many places may still be added to those that the form has at first."""

    answers: Answers
    numbers: Mapping[str, set[int]]
    gone: Mapping[str, set[int]]
    room: int

    def node(self, item: Item, above: str, parent: Node | None) -> Node:
        path = f"{above}/{segment(item.link_id)}" if above else segment(item.link_id)
        if item.type == "group" and item.repeats:
            node = Node(item, path, parent)
            node.instances = [self._filled(item, f"{path}:{one}", node, one) for one in self._instances(item, path)]
            return node
        return self._filled(item, path, parent, None)

    def _filled(self, item: Item, path: str, parent: Node | None, number: int | None) -> Node:
        node = Node(item, path, parent, number)
        if item.type not in ("group", "display"):
            given = self.answers.get(path)
            node.values = [as_offered(item, one) for one in answered(given)]
            node.unsaid = is_unsaid(item, given)
        node.children = [self.node(one, path, node) for one in item.items]
        return node

    def _instances(self, item: Item, path: str) -> list[int]:
        """Their numbers. What there is no room for is counted before it is made, and left out."""
        named, least = self.numbers.get(path, set()), _least(item)
        held = sorted(named)[: max(least, most_instances(item))]
        if len(held) > least:
            each = 1 + places_at_first(item.items)
            held = held[: least + max(self.room // each, 0)]
            self.room -= (len(held) - least) * each
        taken = {*held, *self.gone.get(path, ())}
        free = (number for number in count(1) if number not in taken)
        return sorted([*held, *islice(free, max(least - len(held), 0))])
