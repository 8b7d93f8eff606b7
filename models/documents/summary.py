"""A form with its answers as rows to read: for the review before submitting, for staff, and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from models.documents.evaluating import State
from models.documents.items import Item, Value
from models.documents.places import Node
from models.documents.values import DATE, DATE_TIME, words

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")


@dataclass(frozen=True)
class Row:
    """`kind`: a heading, a question with its answers (none: not answered), or words that stand in the form. `depth`
    from 0; `calculated`: nobody answered it, the form worked it out."""

    kind: Literal["heading", "question", "words"]
    path: str
    text: str
    answers: tuple[str, ...] = ()
    html: str = ""
    depth: int = 0
    calculated: bool = False


def rows_of(state: State, *, with_words: bool = False) -> list[Row]:
    """What was asked, in order, with what was answered; without what is not asked or hidden. `with_words`: also the
    words to read, for a document that shows exactly what was shown."""
    return list(_rows(state.nodes, 0, with_words))


def _rows(nodes: Iterable[Node], depth: int, with_words: bool) -> Iterator[Row]:
    for node in nodes:
        if node.enabled and not node.item.hidden:
            yield from _row(node, depth, with_words)


def _row(node: Node, depth: int, with_words: bool) -> Iterator[Row]:
    item, text = node.item, _text(node.item)
    if node.instances:
        for place, one in enumerate(node.instances, 1):
            inside = list(_rows(one.children, depth + 1, with_words))
            if inside:
                yield Row("heading", one.path, f"{text} {place}".strip(), html="", depth=depth)
                yield from inside
        return
    if item.type == "display":
        if with_words and (text or item.html):
            yield Row("words", node.path, text, html=item.html, depth=depth)
        return
    inside = list(_rows(node.children, depth + 1, with_words))
    if item.type != "group":
        answers = tuple(said(item, one) for one in node.values)
        yield Row("question", node.path, text, answers, item.html, depth, node.calculated)
    elif inside and text:
        yield Row("heading", node.path, text, html=item.html, depth=depth)
    yield from inside


def _text(item: Item) -> str:
    return f"{item.prefix} {item.text}".strip()


def said(item: Item, value: Value) -> str:
    """One answer as one reads it: days with the name of the month, numbers with their unit."""
    if isinstance(value, str) and item.type in ("date", "dateTime"):
        return _day(value)
    if item.type in ("integer", "decimal") and len(item.units) == 1:
        unit = item.units[0].get("unit", "")
        return words(value) if unit.startswith("{") else f"{words(value)} {unit}".strip()
    if isinstance(value, Mapping) and not words(value):
        return "A file" if item.type == "attachment" else "—"
    return words(value)


def _day(text: str) -> str:
    found = DATE_TIME.fullmatch(text)
    if found is None or DATE.fullmatch(found.group(1)) is None:
        return text
    parts = found.group(1).split("-")
    try:
        date(int(parts[0]), *(int(one) for one in (*parts[1:], "01", "01")[:2]))
    except ValueError:
        return text
    day = " ".join([*(str(int(one)) for one in parts[2:]), *(MONTHS[int(one) - 1] for one in parts[1:2]), parts[0]])
    return f"{day}, {found.group(2)[:5]}" if found.group(2) else day
