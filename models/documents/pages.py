"""A form in pages: as the form itself says (itemControl "page"), else by its groups at the top, else about eight
questions each. The pages of a form never change, so "page 3 of 5" goes on meaning the same, for staff as for who fills
it in, also when pages are passed by. None is a page on which nothing could ever stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.documents.evaluating import State
from models.documents.items import Item, Questionnaire
from models.documents.places import Node, segment

ABOUT, MOST_IN_GROUP = 8, 20
TABLES = ("grid", "table", "htable", "gtable", "atable")


@dataclass(frozen=True)
class Page:
    """`number` from 1; `title`: of the group that it is, or empty; `places`: the paths of what stands on it, in
    order."""

    number: int
    title: str
    places: tuple[str, ...]


def pages_of(questionnaire: Questionnaire) -> tuple[Page, ...]:
    """The pages of a form; never none."""
    items, above = questionnaire.items, ""
    while len(items) == 1 and items[0].type == "group" and not items[0].repeats and _splits(items[0]):
        above = f"{above}{segment(items[0].link_id)}/"
        items = items[0].items
    return tuple(
        Page(number, title, places) for number, (title, places) in enumerate(_sheets(items, above), 1)
    ) or (Page(1, "", ()),)


def _splits(group: Item) -> bool:
    """Whether the children of a group that is the whole form may stand on pages of their own."""
    below = group.items
    return bool(below) and (any(one.type == "group" for one in below) or _questions(below) > MOST_IN_GROUP)


def _sheets(items: Iterable[Item], above: str) -> list[tuple[str, tuple[str, ...]]]:
    """Titles and places. Header and footer stand with what they are next to."""
    sheets: list[tuple[str, tuple[str, ...]]] = []
    loose: list[Item] = []
    for item in items:
        if item.type == "group" and item.control not in ("header", "footer") and _visible([item]):
            if _visible(loose):
                sheets += _loose(loose, above)
                loose = []
            title, places = (own := _group(item, above))[0]
            sheets += [(title, _paths(loose, above) + places), *own[1:]]
            loose = []
        else:
            loose.append(item)
    if sheets and loose and not _questions(loose):
        title, places = sheets[-1]
        return [*sheets[:-1], (title, places + _paths(loose, above))]
    return _joined(sheets + _loose(loose, above))


def _joined(sheets: list[tuple[str, tuple[str, ...]]]) -> list[tuple[str, tuple[str, ...]]]:
    return [one for one in sheets if one[1]]


def _group(item: Item, above: str) -> list[tuple[str, tuple[str, ...]]]:
    path = f"{above}{segment(item.link_id)}"
    count = _questions(item.items)
    if item.repeats or item.control in (*TABLES, "page") or count <= MOST_IN_GROUP:
        return [(item.text, (path,))]
    return [(item.text, _paths(part, f"{path}/")) for part in _parts(item.items)]


def _loose(items: list[Item], above: str) -> list[tuple[str, tuple[str, ...]]]:
    return [("", _paths(part, above)) for part in _parts(items)]


def _paths(items: Iterable[Item], above: str) -> tuple[str, ...]:
    return tuple(f"{above}{segment(item.link_id)}" for item in items)


def _parts(items: Iterable[Item]) -> list[list[Item]]:
    """Even parts of about eight questions; words stay with the question that they introduce."""
    held = list(items)
    questions = _questions(held)
    count = max(1, round(questions / ABOUT))
    size, extra = divmod(questions, count)
    sizes = [size + (part < extra) for part in range(count)]
    parts: list[list[Item]] = [[]]
    filled = 0
    for at, item in enumerate(held):
        introduces = item.type == "display" and at + 1 < len(held)
        starts = filled >= sizes[len(parts) - 1] and len(parts) < count and (introduces or _questions([item]) > 0)
        if starts:
            parts.append([])
            filled = 0
        parts[-1].append(item)
        filled += _questions([item])
    return [part for part in parts if part]


def _visible(items: Iterable[Item]) -> bool:
    """Whether anybody may ever see something of these."""
    return any(not one.hidden and (one.type != "group" or _visible(one.items)) for one in items)


def _questions(items: Iterable[Item]) -> int:
    """How many questions somebody sees in these."""
    return sum(
        (one.type not in ("group", "display") and not one.calculated) + _questions(one.items)
        for one in items
        if not one.hidden
    )


def shows(page: Page, state: State) -> bool:
    """Whether anything of a page is asked or shown now; otherwise it is skipped."""
    return any(_is_seen(state.by_path[path]) for path in page.places if path in state.by_path)


def _is_seen(node: Node) -> bool:
    if not node.enabled or node.item.hidden:
        return False
    return node.item.type != "group" or any(map(_is_seen, node.below))


def page_of(pages: Iterable[Page], path: str) -> Page | None:
    """The page that a place stands on."""
    return next((one for one in pages if any(_within(path, place) for place in one.places)), None)


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}/", f"{place}:"))
