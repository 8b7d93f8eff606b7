"""Items of a Questionnaire as plain JSON: walking them, finding one, and putting one into or out of its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from models.core.errors import Conflict

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where an item stands: in the item `under` (None: in the form itself), as number `at`."""

    under: str | None
    at: int


def walk(holder: Json) -> Iterator[Json]:
    """Every item below, in the order of reading."""
    for item in holder.get("item", ()):
        yield item
        yield from walk(item)


def ids_of(item: Json) -> list[str]:
    """The linkId of an item and of all in it."""
    return [item["linkId"], *(one["linkId"] for one in walk(item))]


def find(form: Json, link_id: str) -> Json:
    """Raises Conflict `item-gone`: somebody else took it away."""
    return found_in(find_or_none(form, link_id))


def find_or_none(form: Json, link_id: str) -> Json | None:
    return next((one for one in walk(form) if one["linkId"] == link_id), None)


def holder_of(form: Json, under: str | None) -> Json:
    return form if under is None else find(form, under)


def place_of(form: Json, link_id: str) -> Place:
    """Raises Conflict as `find` does."""
    return found_in(_place(form, None, link_id))


def insert(form: Json, item: Json, place: Place) -> None:
    """Put it there; a number beyond the end means the end."""
    items = holder_of(form, place.under).setdefault("item", [])
    items.insert(max(0, min(place.at, len(items))), item)


def take_out(form: Json, link_id: str) -> tuple[Json, Place]:
    """Take an item out with all in it; says where it stood. FHIR knows no empty list, so none is left."""
    place = place_of(form, link_id)
    holder = holder_of(form, place.under)
    item: Json = holder["item"].pop(place.at)
    if not holder["item"]:
        del holder["item"]
    return item, place


def without_items(item: Json) -> Json:
    """The item by itself."""
    return {key: value for key, value in item.items() if key != "item"}


def found_in(found: T | None) -> T:
    if found is None:
        raise Conflict("item-gone", "This question is no longer part of the form.")
    return found


def _place(holder: Json, under: str | None, link_id: str) -> Place | None:
    for at, item in enumerate(holder.get("item", ())):
        if item["linkId"] == link_id:
            return Place(under, at)
        below = _place(item, item["linkId"], link_id)
        if below:
            return below
    return None
