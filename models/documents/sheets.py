"""The pages of a form as they are drawn for the answers that there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.documents.evaluating import State
from models.documents.pages import TABLES, Page, pages_of
from models.documents.places import Node, every_node

SECONDS = {"text": 60, "string": 15, "attachment": 60}
OTHERS = 8


@dataclass(frozen=True)
class Sheet:
    """One page, numbered from 1. `html`, `help`: what stands under its title; `closes`: groups that are not drawn
    themselves and end here, of which something can be wrong (a required one without an answer)."""

    number: int
    title: str
    html: str
    help: str
    nodes: Sequence[Node]
    closes: Sequence[Node] = ()

    @property
    def every(self) -> list[Node]:
        return list(every_node(self.nodes))

    @property
    def asks(self) -> bool:
        """Whether anything on it is shown for the answers there are."""
        return any(node.enabled and not node.item.hidden and node.item.type != "group" for node in self.every)

    @property
    def wrong(self) -> list[Node]:
        return [node for node in (*self.closes, *self.every) if node.enabled and node.faults]


def sheets_of(state: State) -> list[Sheet]:
    """The pages, also those on which nothing is asked at the moment: numbers do not change while one answers."""
    sheets = [_sheet(page, state) for page in pages_of(state.questionnaire)]
    last = {id(group): (group, sheet.number) for sheet in sheets for group in _around(sheet)}
    return [replace(one, closes=[group for group, number in last.values() if number == one.number]) for one in sheets]


def _around(sheet: Sheet) -> Iterator[Node]:
    """What the page stands in, as far as it asks something of its own."""
    group = sheet.nodes[0].parent if sheet.nodes else None
    while group is not None:
        if group.item.required or group.item.min_occurs or group.item.constraints:
            yield group
        group = group.parent


def seconds_left(sheets: Sequence[Sheet]) -> int:
    """How long what is still open takes, roughly."""
    return sum(SECONDS.get(node.item.type, OTHERS) for sheet in sheets for node in sheet.every if _open(node))


def _sheet(page: Page, state: State) -> Sheet:
    nodes = [state.by_path[path] for path in page.places if path in state.by_path]
    title = page.title or state.questionnaire.title
    hidden = [node for node in nodes if node.item.hidden]
    seen = [node for node in nodes if not node.item.hidden]
    only = seen[0] if len(seen) == 1 and seen[0].item.type == "group" and not seen[0].item.repeats else None
    if only is None or only.item.control in TABLES:
        return Sheet(page.number, title, "", "", nodes)
    return Sheet(page.number, title, only.item.html, only.item.help, [*hidden, *only.children])


def _open(node: Node) -> bool:
    asked = node.item.type not in ("group", "display") and not node.item.hidden
    return asked and node.enabled and not node.values and not node.item.calculated and not node.item.read_only
