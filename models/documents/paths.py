"""Paths of answers, taken apart and put together; what they mean says models/documents/items.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote, unquote

from models.documents.items import Item

LONGEST = 1000


def step(link_id: str) -> str:
    """A linkId as it stands in a path."""
    return quote(link_id, safe="")


def item_at(items: Sequence[Item], path: str) -> Item | None:
    """The item that this path leads to, with numbers at the groups that repeat and nowhere else; None: no such
    place."""
    if len(path) > LONGEST:
        return None
    above, slash, last = path.rpartition("/")
    places = _below(items, above) if slash else items
    return next((one for one in places if step(one.link_id) == last), None)


def _fits(item: Item, colon: str, number: str) -> bool:
    if not (item.type == "group" and item.repeats):
        return not colon
    return number.isascii() and number.isdigit() and number == str(int(number[:9])) and int(number[:9]) > 0


def instance_at(items: Sequence[Item], path: str) -> Item | None:
    """The repeating group whose instance this path is (`meds:2`); None for all else."""
    above, slash, last = path.rpartition("/")
    name, colon, number = last.partition(":")
    for item in _below(items, above) if slash else items:
        if step(item.link_id) == name and _fits(item, colon, number) and colon:
            return item
    return None


def _below(items: Sequence[Item], above: str) -> Sequence[Item]:
    """What stands under this path; nothing where there is no such place."""
    for part in above.split("/"):
        name, colon, number = part.partition(":")
        found = next((one for one in items if step(one.link_id) == name), None)
        if found is None or not _fits(found, colon, number):
            return ()
        items = found.items
    return items


def next_number(paths: Iterable[str], group: str) -> int:
    """The number of the next instance of this repeating group: one that none of the paths ever used."""
    used = (path[len(group) + 1 :].split("/", 1)[0] for path in paths if path.startswith(f"{group}:"))
    return max((int(one) for one in used if one.isdigit()), default=0) + 1


def link_of(path: str) -> str:
    """The linkId at the end of the path."""
    return unquote(path.rsplit("/", 1)[-1].partition(":")[0])
