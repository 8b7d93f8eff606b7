"""A FHIR R4 Questionnaire as JSON becomes the form that the house shows, evaluates and scores. Nothing of it is lost:
the source goes along as it came, and what is not acted on is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.documents.extensions import found
from models.documents.item_reading import constraints_of, read_item, variables_of
from models.documents.items import Item, Questionnaire
from models.documents.options import contained_sets
from models.documents.shapes import check_conditions, check_form, refuse, walk


def read(source: Mapping[str, Any]) -> Questionnaire:
    """The form. Raises Invalid with a sentence that says where it cannot be read."""
    check_form(source)
    types = {item["linkId"]: item["type"] for item, _, _ in walk(source)}
    for item, _, _ in walk(source):
        check_conditions(item, types)
    _refuse_circles(source)
    sets = contained_sets(source)
    items = tuple(_read_tree(one, sets) for one in source["item"])
    return Questionnaire(
        title=str(source.get("title") or source.get("name") or "Untitled form"),
        description=str(source.get("description") or ""), items=items, source=source,
        variables=variables_of(source), constraints=constraints_of(source),
        signs=bool(found(source, "signature")) or any(one.signs for one in every(items)),
        url=str(source.get("url") or ""), version=str(source.get("version") or ""),
    )


def every(items: tuple[Item, ...]) -> list[Item]:
    """All items, in the order of reading."""
    return [found for item in items for found in (item, *every(item.items))]


def _read_tree(item: Mapping[str, Any], sets: Mapping[str, Mapping[str, Any]]) -> Item:
    return read_item(item, tuple(_read_tree(one, sets) for one in item.get("item") or []), sets)


def _refuse_circles(source: Mapping[str, Any]) -> None:
    """A question that is shown depending on itself, by whatever way round, could never be settled. What stands inside
    another depends on it."""
    needs: dict[str, list[str]] = {}
    for item, _, inside in walk(source):
        asked = [str(one["question"]) for one in item.get("enableWhen") or []]
        needs[item["linkId"]] = asked + ([inside] if inside else [])
    state: dict[str, int] = {}
    for start in needs:
        trail = [(start, iter(needs[start]))]
        while trail and state.get(start) != 2:
            here, further = trail[-1]
            state[here] = 1
            step = next((one for one in further if state.get(one) != 2), None)
            if step is None:
                state[here] = 2
                trail.pop()
            elif state.get(step) == 1:
                refuse(f"It is shown depending on “{step}”, which itself depends on it.", here)
            else:
                trail.append((step, iter(needs[step])))
