"""A form with its answers as words, in the order in which they are read: what a signer sees, and what a PDF says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from models.documents.evaluating import Context, evaluate
from models.documents.items import Answers, Item, Questionnaire, Value
from models.documents.options import option_of
from models.documents.places import Node
from models.documents.values import words

# One line: `kind` heading, words, bullet, or question with its answers; `deep`: how far it stands in.
Line = Mapping[str, Any]
BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "tr", "pre", "br", "ul", "ol"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def content_of(form: Questionnaire, answers: Answers, moment: datetime) -> tuple[list[Line], dict[str, list[Value]]]:
    """The lines that are shown, and the answers that count by path. The same form, answers and moment give the same:
    `moment` is what expressions hold for now."""
    state = evaluate(form, answers, context=Context(now=moment))
    lines = [line for node in state.nodes for line in _lines(node, 0)]
    return lines, {path: list(values) for path, values in sorted(state.values.items())}


def plain_lines(html: str, deep: int = 0) -> list[Line]:
    """Safe HTML as lines of plain words."""
    reader = _Reader(deep)
    reader.feed(html)
    reader.close()
    reader.end()
    return reader.lines


def _lines(node: Node, deep: int) -> Iterator[Line]:
    item = node.item
    if not node.enabled or item.hidden:
        return
    if node.instances:
        for place, instance in enumerate(node.instances, 1):
            if item.text:
                yield {"kind": "heading", "deep": deep, "text": f"{_named(item)} ({place})"}
            for child in instance.children:
                yield from _lines(child, deep + 1)
        return
    if item.type == "display":
        yield from plain_lines(item.html, deep) if item.html else _words(item, deep)
    elif item.type == "group":
        if item.html:
            yield from plain_lines(item.html, deep)
        elif item.text:
            yield {"kind": "heading", "deep": deep, "text": _named(item)}
    elif not item.signs:
        yield {"kind": "question", "deep": deep, "text": _named(item) or item.link_id,
               "answers": [_said(item, value) for value in node.values]}
    for child in node.children:
        yield from _lines(child, deep + 1)


def _named(item: Item) -> str:
    return f"{item.prefix} {item.text}".strip()


def _said(item: Item, value: Value) -> str:
    chosen = option_of(item, value)
    return chosen.label if chosen else words(value)


def _words(item: Item, deep: int) -> list[Line]:
    return [{"kind": "words", "deep": deep, "text": part.strip()} for part in item.text.split("\n\n") if part.strip()]


class _Reader(HTMLParser):
    """Words between tags, a line for each block."""

    def __init__(self, deep: int) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._deep, self._kind, self._text = deep, "words", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.end()
            self._kind = "heading" if tag in HEADINGS else "bullet" if tag == "li" else "words"

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end()

    def handle_data(self, data: str) -> None:
        self._text += data

    def end(self) -> None:
        """The block is over."""
        if text := " ".join(self._text.split()):
            self.lines.append({"kind": self._kind, "deep": self._deep, "text": text})
        self._kind, self._text = "words", ""
