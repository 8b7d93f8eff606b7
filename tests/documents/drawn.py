"""A form's questions as a page draws them, taken apart: which controls each has, and which of them nobody can name."""

from __future__ import annotations

from html.parser import HTMLParser

from server.pages import environment

CONTROLS = {"input", "select", "textarea", "output"}
VOID = {"input", "br", "hr", "img", "col", "wbr"}
MACRO = '{% from "documents/_items.html" import form_items %}{{ form_items(nodes) }}'


def draw(nodes: object) -> Drawn:
    return Drawn(environment().from_string(MACRO).render(nodes=nodes))


class Drawn(HTMLParser):
    """`controls`: of each place that asks, how many there are; `places`: all that stand there, words and groups too;
    `nameless`: controls that no reader could announce. What a script brings later (templates) is left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.controls: dict[str, int] = {}
        self.places: list[str] = []
        self.nameless: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._labelled = {part.split('"', 1)[0] for part in html.split('<label for="')[1:]}
        self.feed(html)
        self.close()
        self.unclosed = [tag for tag, _ in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if not any(one in ("template", "noscript") for one, _ in self._open):
            self._see(tag, held)
        if tag not in VOID:
            self._open.append((tag, held))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def _see(self, tag: str, held: dict[str, str | None]) -> None:
        path = held.get("data-path") or held.get("data-instance")
        if path is not None:
            self.places.append(path)
            if "data-type" in held:
                self.controls[path] = 0
        if tag in CONTROLS and held.get("type") != "hidden" and "for" not in held:
            self._control(tag, held)

    def _control(self, tag: str, held: dict[str, str | None]) -> None:
        around = [one for _, one in self._open if "data-type" in one]
        assert around, f"{tag} {held} stands in no question"
        path = around[-1]["data-path"] or ""
        self.controls[path] += 1
        named = any(held.get(one) for one in ("aria-label", "aria-labelledby")) or held.get("id") in self._labelled
        if not named and not any(one == "label" for one, _ in self._open):
            self.nameless.append(path)
