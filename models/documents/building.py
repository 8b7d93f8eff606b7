"""The form builder's operations: pure, on the JSON of a Questionnaire. What the builder does not know survives each.

`apply(form, operation)` gives the new form and the operation that takes it back. Operations, by `do`:

- add: `item` {id, kind, and any of its fields}, `under` an item's linkId or None, `at`
- change: `item` a linkId, `fields` as describing.py shows them, `kind` among them where it becomes one that is alike
- move: `item`, `under`, `at` · remove: `item` · duplicate: `item`, `ids` from each linkId to that of its copy
- form: `fields` title, description
- several: `operations`, in their order; all of them or none

Numbers of places count what the builder shows, which leaves out the helps of an item. Those that take back
(`back`) speak of the JSON itself.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from models.core.errors import Conflict, Invalid
from models.documents import restoring
from models.documents.condition_writing import without
from models.documents.describing import is_help, kind_of
from models.documents.elements import put
from models.documents.shaping import shape, sums_without, write
from models.documents.trees import Json, Place, find, find_or_none, holder_of, ids_of, insert, take_out, walk

MOST_ITEMS = 2_000
MOST_DEEP = 12
FORM_FIELDS = frozenset({"title", "description"})
Operation = Mapping[str, Any]


def apply(form: Json, operation: Operation) -> tuple[Json, Json]:
    """Raises Invalid for what is no operation, Conflict `item-gone` for one about a question that is not there."""
    made = copy.deepcopy(form)
    if operation.get("do") == "back":
        restoring.put_back(made, operation)
    else:
        _run(made, operation)
        _ensure_bearable(made)
    return made, restoring.way_back(form, made)


def _run(form: Json, operation: Operation) -> None:
    act = ACTS.get(str(operation.get("do")))
    if act is None:
        raise Invalid("unknown-operation", "This change is not known here.")
    act(form, operation)


def _add(form: Json, operation: Operation) -> None:
    given = operation["item"]
    _ensure_free(form, [given["id"]])
    item = shape(given["id"], given["kind"])
    _insert(form, item, operation)
    write(form, item, {name: value for name, value in given.items() if name not in ("id", "kind")}, given["kind"])


def _change(form: Json, operation: Operation) -> None:
    item = find(form, operation["item"])
    _ensure_open(form, item["linkId"])
    write(form, item, operation["fields"])


def _move(form: Json, operation: Operation) -> None:
    link_id, under = operation["item"], operation.get("under")
    if under in ids_of(find(form, link_id)):
        raise Invalid("into-itself", "A heading cannot be moved into itself.")
    _ensure_open(form, link_id, itself=False)
    item, _ = take_out(form, link_id)
    _insert(form, item, operation)


def _remove(form: Json, operation: Operation) -> None:
    """With all in it; what waited for one of these waits no more, and no score adds it up."""
    _ensure_open(form, operation["item"], itself=False)
    item, _ = take_out(form, operation["item"])
    gone = set(ids_of(item))
    without(form, gone)
    sums_without(form, gone)


def _duplicate(form: Json, operation: Operation) -> None:
    """Behind the one it is a copy of. Conditions within the copy wait for the copies."""
    item, ids = find(form, operation["item"]), operation["ids"]
    _ensure_open(form, item["linkId"], itself=False)
    _ensure_free(form, list(ids.values()))
    twin = copy.deepcopy(item)
    for one in (twin, *walk(twin)):
        one["linkId"] = ids.get(one["linkId"]) or f"{one['linkId']}-{next(iter(ids.values()), 'copy')}"
        for condition in one.get("enableWhen", ()):
            condition["question"] = ids.get(condition.get("question"), condition.get("question"))
    _ensure_free(form, ids_of(twin))
    items, at = _siblings(form, item)
    items.insert(at + 1, twin)


def _form(form: Json, operation: Operation) -> None:
    if set(operation["fields"]) - FORM_FIELDS:
        raise Invalid("kept", "This cannot be set here.")
    for name, value in operation["fields"].items():
        put(form, name, value.strip())


def _several(form: Json, operation: Operation) -> None:
    for one in operation["operations"]:
        _run(form, one)


def _insert(form: Json, item: Json, operation: Operation) -> None:
    under = operation.get("under")
    holder = holder_of(form, under)
    if under is not None:
        if kind_of(holder) not in ("heading", "page"):
            raise Invalid("no-group", "Questions stand in headings and pages, not in other questions.")
        _ensure_open(form, under)
    insert(form, item, Place(under, _real(holder, under, operation["at"])))


def _real(holder: Json, under: str | None, at: int) -> int:
    """The place in the JSON: an item's helps are not counted."""
    if under is None:
        return at
    places = [place for place, one in enumerate(holder.get("item", ())) if not is_help(one)]
    return places[at] if 0 <= at < len(places) else len(holder.get("item", ()))


def _siblings(form: Json, item: Json) -> tuple[list[Json], int]:
    for holder in (form, *walk(form)):
        for at, one in enumerate(holder.get("item", ())):
            if one is item:
                items: list[Json] = holder["item"]
                return items, at
    raise Conflict("item-gone", "This question is no longer part of the form.")


def _ensure_open(form: Json, link_id: str, *, itself: bool = True) -> None:
    """What stands in something that is kept as it came in is kept with it."""
    for holder in walk(form):
        inside = holder["linkId"] != link_id and link_id in ids_of(holder)
        if kind_of(holder) == "kept" and (inside or (itself and holder["linkId"] == link_id)):
            raise Invalid("kept", "This question is kept as it came in.")


def _ensure_free(form: Json, ids: list[str]) -> None:
    if len(set(ids)) < len(ids) or any(find_or_none(form, one) is not None for one in ids):
        raise Conflict("item-there", "There is a question of this id already.")


def _ensure_bearable(form: Json) -> None:
    if sum(1 for _ in walk(form)) > MOST_ITEMS:
        raise Invalid("too-many-items", f"A form has at most {MOST_ITEMS} questions. Make two forms of it.")
    if _depth(form) > MOST_DEEP:
        raise Invalid("too-deep", f"Headings stand in each other at most {MOST_DEEP} deep.")


def _depth(holder: Json) -> int:
    return 1 + max(map(_depth, holder.get("item", ())), default=-1)


ACTS: dict[str, Callable[[Json, Operation], None]] = {
    "add": _add, "change": _change, "move": _move, "remove": _remove, "duplicate": _duplicate, "form": _form,
    "several": _several,
}
