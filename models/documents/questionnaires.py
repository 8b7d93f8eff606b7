"""A FHIR R4 Questionnaire as JSON becomes the form that the house shows, evaluates and scores. Nothing of it is lost:
the source goes along as it came, and what is not acted on is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from models.documents.evaluating import evaluate
from models.documents.expressions import definitions
from models.documents.extensions import found
from models.documents.formulas import check_formulas, constraints_of, variables_of
from models.documents.item_reading import read_item
from models.documents.items import Item, Option, Questionnaire, Scale, Value
from models.documents.options import MOST_IN_ALL, MOST_OPTIONS, contained_sets
from models.documents.places import MOST_PLACES, every_node, grow, places_at_first
from models.documents.scoring import NUMBERS, scales_of
from models.documents.settling import TOO_LONG, plan_of
from models.documents.shapes import check_conditions, check_form, refuse, walk
from models.documents.texts import parsed
from models.documents.unsupported import unsupported_in


def read(source: Mapping[str, Any]) -> Questionnaire:
    """The form. Raises Invalid with a sentence that says where it cannot be read."""
    try:
        return understood(source)
    except (AttributeError, KeyError, TypeError, ValueError):
        # Strangers' JSON: whatever shape nobody thought of is no trouble of the house.
        refuse("Something in this form is not as FHIR R4 has it.")


@lru_cache(128)
def form_in(text: str) -> Questionnaire:
    """The form that a text holds, kept ready: the same text is read once. Raises what `parsed` and `read` raise."""
    return read(parsed(text))


def understood(source: Mapping[str, Any]) -> Questionnaire:
    """The same, without the net for what nobody thought of."""
    check_form(source)
    types = {item["linkId"]: item["type"] for item, _, _ in walk(source)}
    for item, _, _ in walk(source):
        check_conditions(item, types)
    check_formulas(source)
    _refuse_circles(source)
    form = _read(source)
    _refuse_what_is_too_much(form)
    _refuse_what_explodes(form)
    return replace(form, scales=tuple(_with_most(form)))


def _read(source: Mapping[str, Any]) -> Questionnaire:
    sets = contained_sets(source)
    items = tuple(_read_tree(one, sets) for one in source["item"])
    return Questionnaire(
        title=str(source.get("title") or source.get("name") or "Untitled form"),
        description=str(source.get("description") or ""), items=items, source=source,
        scales=scales_of(items, source, definitions(source)), unsupported=unsupported_in(source),
        variables=variables_of(source), constraints=constraints_of(source),
        signs=bool(found(source, "signature")) or any(one.signs for one in every(items)),
        url=str(source.get("url") or ""), version=str(source.get("version") or ""),
    )


def every(items: tuple[Item, ...]) -> list[Item]:
    """All items, in the order of reading."""
    return [found for item in items for found in (item, *every(item.items))]


def _read_tree(item: Mapping[str, Any], sets: Mapping[str, list[Option]]) -> Item:
    return read_item(item, tuple(_read_tree(one, sets) for one in item.get("item") or []), sets)


def _refuse_what_is_too_much(form: Questionnaire) -> None:
    """A few lines can ask for more than a page can hold: by a list that many questions name, by repeats in repeats."""
    options = 0
    for item in every(form.items):
        options += len(item.options)
        if len(item.options) > MOST_OPTIONS:
            refuse(f"It has more than {MOST_OPTIONS:,} options.", item.link_id)
        if options > MOST_IN_ALL:
            refuse(f"Together its questions have more than {MOST_IN_ALL:,} options. Split the form.", item.link_id)
    if places_at_first(form.items) > MOST_PLACES:
        refuse(f"What repeats in it gives more than {MOST_PLACES:,} questions to begin with. Ask for fewer.")


def _refuse_what_explodes(form: Questionnaire) -> None:
    """A form whose formulas take too long, blank or filled in, would hold up everybody."""
    if plan_of(form).has_expressions:
        for answers in ({}, _examples(form)):
            if TOO_LONG in evaluate(form, answers).faults.get("", ()):
                refuse("The formulas of this form take too long.")


def _with_most(form: Questionnaire) -> Iterable[Scale]:
    """The scales; what a score can be at most is found by choosing all that weighs most, where the form says nothing
    and more weight means more score."""
    if all(one.most is not None or not one.link_id for one in form.scales):
        return form.scales
    most, least = (evaluate(form, _extremes(form, pick)).scores for pick in (max, min))
    endless = {one.link_id for one in every(form.items) if one.type in NUMBERS and one.max_value is None}
    return [
        replace(scale, most=high.value)
        if scale.most is None and not endless & {*scale.of} and _rises(low.value, high.value) else scale
        for scale, high, low in zip(form.scales, most, least, strict=True)
    ]


def _rises(low: Decimal | None, high: Decimal | None) -> bool:
    return low is not None and high is not None and low < high


def _extremes(form: Questionnaire, pick: Callable[..., Option]) -> dict[str, list[Value]]:
    weighed = ((node, [one for one in node.item.options if one.score is not None]) for node in
               every_node(grow(form.items, {})))
    return {node.path: [pick(options, key=lambda one: one.score).value] for node, options in weighed if options}


def _examples(form: Questionnaire) -> dict[str, list[Value]]:
    """Some answer to everything."""
    some: dict[str, Value] = {
        "boolean": True, "integer": 1, "decimal": 1, "date": "2026-01-01", "dateTime": "2026-01-01T12:00:00Z",
        "time": "12:00", "string": "some", "text": "some", "open-choice": "some", "quantity": {"value": 1},
        "choice": {"display": "some"}, "reference": {"display": "some"}, "url": "https://example.org",
    }
    nodes = every_node(grow(form.items, {}))
    return {
        one.path: [one.item.options[0].value if one.item.options else some[one.item.type]]
        for one in nodes if one.item.type in some
    }


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
