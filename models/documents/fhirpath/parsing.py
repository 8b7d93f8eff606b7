"""FHIRPath as text becomes a tree of lists, which is JSON: the server and the browser run the same tree.

The forms: ["lit", true | "text"] · ["num", "1.5"] · ["date" | "dateTime" | "time", "2026-05-01"] · ["qty", "5", "days"]
· ["none"] · ["var", name] · ["this"] · ["index"] · ["total"] · ["name", member] · ["call", function, [arguments]] ·
["dot", left, right] · ["at", left, index] · ["op", operator, left, right] · ["neg", operand] ·
["is" | "as", left, type].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

Tree = list[Any]
LONGEST, DEEPEST, LONGEST_CHAIN = 8_000, 60, 250
TOKEN = re.compile(
    r"""(?P<space>(?:\s+|//[^\n]*|/\*.*?\*/)+)
    |(?P<time>@T\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?)
    |(?P<date>@\d{4}(?:-\d{2}(?:-\d{2})?)?(?:T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<text>'(?:[^'\\]|\\.)*')
    |(?P<quoted>`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")
    |(?P<special>\$(?:this|index|total))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign><=|>=|!=|!~|[-+*/&|<>=~.,()\[\]{}%])""",
    re.VERBOSE | re.DOTALL,
)
BINDING = {
    "*": 11, "/": 11, "div": 11, "mod": 11, "+": 10, "-": 10, "&": 10, "is": 9, "as": 9, "|": 8,
    "<=": 7, "<": 7, ">": 7, ">=": 7, "=": 6, "~": 6, "!=": 6, "!~": 6, "in": 5, "contains": 5, "and": 4,
    "or": 3, "xor": 3, "implies": 2,
}
UNITS = frozenset(
    unit + more
    for unit in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for more in ("", "s")
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


class Broken(Exception):
    """No FHIRPath: what is wrong, and at which letter (counted from 1)."""

    def __init__(self, words: str, position: int) -> None:
        self.words, self.position = words, position
        super().__init__(words)


@lru_cache(4096)
def parse(text: str) -> Tree:
    """The tree of an expression. Raises Broken. The tree is shared: nobody changes it."""
    if len(text) > LONGEST:
        raise Broken(f"it is longer than {LONGEST:,} letters", LONGEST)
    parser = _Parser(_tokens(text))
    tree = parser.expression(0)
    if parser.token.kind != "end":
        parser.refuse()
    if _depth(tree) > LONGEST_CHAIN:
        raise Broken(f"it chains more than {LONGEST_CHAIN} steps", len(text))
    return tree


def _depth(tree: Tree) -> int:
    """How deep the tree is, found without going deep."""
    deepest, open_ones = 0, [(tree, 1)]
    while open_ones:
        here, depth = open_ones.pop()
        deepest = max(deepest, depth)
        for part in here:
            if isinstance(part, list):
                open_ones.append((part, depth + 1))
    return deepest


def every_part(tree: Tree) -> Iterator[Tree]:
    """The tree and all trees in it, in the order of reading."""
    if tree and isinstance(tree[0], str):
        yield tree
    for part in tree:
        if isinstance(part, list):
            yield from every_part(part)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            what = "a text without its end" if text[at] in "'`\"" else f"“{text[at]}”"
            raise Broken(f"{what} cannot stand here", at + 1)
        if found.lastgroup != "space":
            tokens.append(Token(str(found.lastgroup), found.group(), at + 1))
        at = found.end()
    return [*tokens, Token("end", "", len(text) + 1)]


class _Parser:
    """By binding strength: what binds stronger is taken first."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def expect(self, sign: str) -> None:
        if self.token.kind != "sign" or self.token.text != sign:
            self.refuse(f"“{sign}” is missing")
        self.at += 1

    def refuse(self, words: str = "") -> NoReturn:
        token = self.token
        here = f"“{token.text}” cannot stand here" if token.kind != "end" else "it ends too early"
        raise Broken(words or here, token.position)

    def expression(self, least: int) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(f"it is nested more than {DEEPEST} deep")
        left = self.unary()
        while (binds := self._binding()) > least:
            operator = self.take().text
            if operator in ("is", "as"):
                left = [operator, left, self.type_name()]
            else:
                left = ["op", operator, left, self.expression(binds)]
        self.depth -= 1
        return left

    def _binding(self) -> int:
        return BINDING.get(self.token.text, 0) if self.token.kind in ("sign", "name") else 0

    def unary(self) -> Tree:
        if self.token.kind == "sign" and self.token.text in "+-":
            sign = self.take().text
            operand = self.expression(BINDING["*"])
            return ["neg", operand] if sign == "-" else operand
        return self.further(self.term())

    def further(self, left: Tree) -> Tree:
        while self.token.kind == "sign" and self.token.text in (".", "["):
            if self.take().text == ".":
                left = ["dot", left, self.invocation()]
            else:
                left = ["at", left, self.expression(0)]
                self.expect("]")
        return left

    def term(self) -> Tree:
        token = self.token
        if token.kind == "text":
            self.at += 1
            return ["lit", _unquoted(token.text)]
        if token.kind == "number":
            return self.number()
        if token.kind in ("date", "time"):
            self.at += 1
            return _moment(token.text[1:].removeprefix("T") if token.kind == "time" else token.text[1:], token.kind)
        if token.kind == "sign" and token.text in "({%":
            return self.enclosed(self.take().text)
        if token.kind == "name" and token.text in ("true", "false"):
            self.at += 1
            return ["lit", token.text == "true"]
        return self.invocation()

    def number(self) -> Tree:
        text = self.take().text
        if self.token.kind == "text" or (self.token.kind == "name" and self.token.text in UNITS):
            unit = self.take()
            return ["qty", text, _unquoted(unit.text) if unit.kind == "text" else unit.text]
        return ["num", text]

    def enclosed(self, sign: str) -> Tree:
        if sign == "%":
            if self.token.kind not in ("name", "quoted", "text"):
                self.refuse("after “%” comes the name of a variable")
            token = self.take()
            return ["var", token.text if token.kind == "name" else _unquoted(token.text)]
        if sign == "{":
            self.expect("}")
            return ["none"]
        inside = self.expression(0)
        self.expect(")")
        return inside

    def invocation(self) -> Tree:
        token = self.token
        if token.kind == "special":
            self.at += 1
            return [token.text[1:]]
        if token.kind not in ("name", "quoted"):
            self.refuse()
        self.at += 1
        name = token.text if token.kind == "name" else _unquoted(token.text)
        if self.token.kind == "sign" and self.token.text == "(":
            self.at += 1
            return ["call", name, self.arguments()]
        return ["name", name]

    def arguments(self) -> list[Tree]:
        given: list[Tree] = []
        if not (self.token.kind == "sign" and self.token.text == ")"):
            given.append(self.expression(0))
            while self.token.kind == "sign" and self.token.text == ",":
                self.at += 1
                given.append(self.expression(0))
        self.expect(")")
        return given

    def type_name(self) -> str:
        parts = [self.invocation()]
        while self.token.kind == "sign" and self.token.text == ".":
            self.at += 1
            parts.append(self.invocation())
        if any(part[0] != "name" for part in parts):
            self.refuse("a type is missing")
        return ".".join(part[1] for part in parts)


def _moment(text: str, kind: str) -> Tree:
    if kind == "time":
        return ["time", text]
    return ["dateTime", text.removesuffix("T")] if "T" in text else ["date", text]


def _unquoted(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        said = found.group(1)
        return chr(int(said[1:], 16)) if said[0] == "u" and len(said) == 5 else ESCAPES.get(said[0], said[0]) + said[1:]

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", plain, text[1:-1], flags=re.DOTALL)
