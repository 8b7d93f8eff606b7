"""A form with its answers as words, in the order in which they are read: what a signer sees, and what a PDF says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from models.documents.drawing import answer_words
from models.documents.evaluating import Context, evaluate
from models.documents.items import Answers, Item, Questionnaire, Value
from models.documents.places import Node
from models.documents.sheets import Sheet, sheets_of

# One line: `kind` heading, words, bullet, or question with its answers; `deep`: how far it stands in.
Line = Mapping[str, Any]
BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "tr", "pre", "br", "ul", "ol"})
# What stands beside a field while one fills in, and is not read again.
BESIDE = ("help", "unit", "lower", "upper")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def content_of(form: Questionnaire, answers: Answers, moment: datetime) -> tuple[list[Line], dict[str, list[Value]]]:
    """The lines that are shown, and the answers that count by path. The same form, answers and moment give the same:
    `moment` is what expressions hold for now."""
    state = evaluate(form, answers, context=Context(now=moment))
    lines = [line for sheet in sheets_of(state) if sheet.asks for line in _sheet(sheet)]
    return lines, {path: list(values) for path, values in sorted(state.values.items())}


def plain_lines(html: str, deep: int = 0) -> list[Line]:
    """Safe HTML as lines of plain words."""
    reader = _Reader(deep)
    reader.feed(html)
    reader.close()
    reader.end()
    return reader.lines


# What follows says the same as templates/documents/_answers.html: that page is signed, and a test compares them.
def _sheet(sheet: Sheet) -> Iterator[Line]:
    yield {"kind": "heading", "deep": 0, "text": sheet.title}
    yield from plain_lines(sheet.html)
    yield from _lines(sheet.nodes, 0, under=sheet.title)


def _lines(nodes: Iterable[Node], deep: int, *, under: str = "") -> Iterator[Line]:
    for node in nodes:
        item = node.item
        if not node.enabled or item.hidden or item.control in BESIDE:
            continue
        if item.type == "group":
            yield from _group(node, deep, under)
        elif item.type == "display":
            yield from plain_lines(item.html, deep) if item.html else _words(item, deep)
        elif not item.signs:
            named = " ".join(f"{item.prefix} {item.text or 'Answer'}".split())
            yield {"kind": "question", "deep": deep, "text": named, "answers": answer_words(item, node.values)}
            yield from _lines(node.children, deep + 1)


def _group(node: Node, deep: int, under: str) -> Iterator[Line]:
    text = node.item.text
    if text and text != under:
        yield {"kind": "heading", "deep": deep, "text": text}
    if not node.item.repeats:
        yield from _lines(node.children, deep + 1)
    for place, instance in enumerate(node.instances, 1):
        yield {"kind": "heading", "deep": deep + 1, "text": f"{text or 'Entry'}, {place}"}
        yield from _lines(instance.children, deep + 1)


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
