"""The way back from one state of a form to the one before it, as little as says it: what items were by themselves, and
the order of those holders whose order was another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.documents.trees import Json, walk, without_items

ROOT = ""


def way_back(before: Json, after: Json) -> Json:
    """An operation that makes `before` of `after`."""
    was, now = _alone(before), _alone(after)
    order_was, order_now = _orders(before), _orders(after)
    back: Json = {
        "do": "back",
        "items": {id: one for id, one in was.items() if now.get(id) != one},
        "order": {id: ids for id, ids in order_was.items() if order_now.get(id, []) != ids},
    }
    if without_items(before) != without_items(after):
        back["form"] = without_items(before)
    for id in order_now:
        if id not in order_was and (id in was or id == ROOT):
            back["order"][id] = []
    return back


def put_back(form: Json, back: Mapping[str, Any]) -> None:
    """Take the way back, in place."""
    alone = {**_alone(form), **back["items"]}
    orders = {**_orders(form), **back["order"]}
    root = dict(back.get("form", without_items(form)))
    form.clear()
    form.update(_built(root, ROOT, alone, orders))


def touched(back: Mapping[str, Any]) -> set[str]:
    """The items that were changed, moved among, or taken away."""
    return {*back["items"], *(id for ids in back["order"].values() for id in ids)}


def _built(own: Json, id: str, alone: Mapping[str, Json], orders: Mapping[str, list[str]]) -> Json:
    items = [_built(dict(alone[one]), one, alone, orders) for one in orders.get(id, ())]
    return {**own, "item": items} if items else own


def _alone(form: Json) -> dict[str, Json]:
    return {item["linkId"]: without_items(item) for item in walk(form)}


def _orders(form: Json) -> dict[str, list[str]]:
    holders = {ROOT: form, **{item["linkId"]: item for item in walk(form)}}
    return {id: [one["linkId"] for one in holder["item"]] for id, holder in holders.items() if holder.get("item")}
