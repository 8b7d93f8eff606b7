"""A Questionnaire as staff read it: what it asks, in which order, when, and what the answers weigh. Plain data for a
template."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.documents.candidates import questions_in
from models.documents.items import Condition, Item, Option, Questionnaire
from models.documents.pages import pages_of
from models.documents.values import same, words

MOST_OPTIONS, MOST_CONDITIONS, MOST_PLACES = 30, 3, 3
KINDS = {
    "boolean": "Yes or no", "decimal": "Number", "integer": "Whole number", "date": "Date", "dateTime": "Date and time",
    "time": "Time", "string": "Text", "text": "Long text", "url": "Web address", "attachment": "File",
    "quantity": "Number with a unit", "reference": "Text", "choice": "Choose one",
    "open-choice": "Choose one, or write",
}
SEVERAL = {"choice": "Choose any", "open-choice": "Choose any, or write", "attachment": "Files", "group": "Repeats"}
OPERATORS = {"=": "is", "!=": "is not", ">": "is more than", "<": "is less than", ">=": "is at least",
             "<=": "is at most"}


def outline(form: Questionnaire) -> dict[str, Any]:
    """The whole form: `items` as a tree, `scales`, `unsupported` and the same as `kept` by what it is, `questions`,
    `pages`."""
    every = {one.link_id: one for one in _every(form.items)}
    texts = {link_id: one.text or link_id for link_id, one in every.items()}
    return {
        "title": form.title, "description": form.description, "signs": form.signs,
        "questions": questions_in(form.items), "pages": len(pages_of(form)),
        "items": [_item(one, every) for one in form.items],
        "scales": [
            {"title": one.title, "most": plain(one.most), "bands": [
                {"least": plain(band.least), "most": plain(band.most), "words": band.words} for band in one.bands
            ]}
            for one in form.scales
        ],
        "unsupported": [
            {"where": texts.get(one.where, one.where), "link": one.where, "words": one.words}
            for one in form.unsupported
        ],
        "kept": kept(form, texts),
    }


def kept(form: Questionnaire, texts: Mapping[str, str]) -> list[dict[str, str]]:
    """What is not acted on, each thing once: `where` names the first places that have it, and how many more."""
    places: dict[str, list[str]] = {}
    for one in form.unsupported:
        places.setdefault(one.words, []).append(texts.get(one.where, one.where) or "The form")
    return [{"words": words, "where": _named(held)} for words, held in places.items()]


def _named(places: list[str]) -> str:
    named = ", ".join(one if len(one) <= 80 else one[:79] + "…" for one in places[:MOST_PLACES])
    more = len(places) - MOST_PLACES
    return f"{named} and {more:,} more" if more > 0 else named


def _every(items: tuple[Item, ...]) -> list[Item]:
    return [found for one in items for found in (one, *_every(one.items))]


def _item(one: Item, every: Mapping[str, Item]) -> dict[str, Any]:
    return {
        "link_id": one.link_id, "type": one.type, "text": one.text, "html": one.html, "prefix": one.prefix,
        "help": one.help, "required": one.required, "kind": _kind(one), "notes": _notes(one),
        "options": [_option(each, one) for each in one.options[:MOST_OPTIONS]],
        "more": max(0, len(one.options) - MOST_OPTIONS),
        "when": _when(one, every), "items": [_item(each, every) for each in one.items],
    }


def _kind(one: Item) -> str:
    if one.calculated:
        return "Calculated"
    return (SEVERAL if one.repeats and one.type in SEVERAL else KINDS).get(one.type, "")


def _notes(one: Item) -> list[str]:
    """What else is so: limits, units, hidden, several."""
    said = []
    if one.repeats and one.type not in SEVERAL:
        said.append("several answers")
    if one.min_value is not None or one.max_value is not None:
        said.append(_between(one.min_value, one.max_value))
    if one.max_length:
        said.append(f"at most {one.max_length:,} letters")
    if one.units:
        said.append("in " + ", ".join(unit.get("unit") or unit.get("code") or "" for unit in one.units))
    if one.hidden:
        said.append("not shown")
    if one.read_only and not one.calculated:
        said.append("cannot be changed")
    if one.signs:
        said.append("signed here")
    return said


def _between(least: Any, most: Any) -> str:
    if least is None:
        return f"at most {words(most)}"
    return f"at least {words(least)}" if most is None else f"from {words(least)} to {words(most)}"


def _option(each: Option, one: Item) -> dict[str, Any]:
    return {"label": each.label or words(each.value), "score": plain(each.score), "risk": each.value in one.risk}


def plain(number: Decimal | None) -> str:
    """A score as one reads it; empty: none."""
    return "" if number is None else format(number.normalize(), "f")


def _when(one: Item, every: Mapping[str, Item]) -> str:
    """When it is asked, as a sentence; empty: always."""
    if one.enable_expression:
        return "Asked when its formula says so."
    parts = [_condition(each, every) for each in one.enable_when]
    more = [f"{len(parts) - MOST_CONDITIONS} more like these"] if len(parts) > MOST_CONDITIONS else []
    said = [*parts[:MOST_CONDITIONS], *more]
    return f"Asked when {(' or ' if one.enable_any else ' and ').join(said)}." if said else ""


def _condition(one: Condition, every: Mapping[str, Item]) -> str:
    question = every.get(one.question)
    asked = (question.text if question else "") or one.question
    asked = asked if len(asked) <= 80 else asked[:79] + "…"
    if one.operator == "exists":
        return f"“{asked}” is {'' if one.answer else 'not '}answered"
    options = question.options if question else ()
    answer = next((each.label for each in options if same(each.value, one.answer)), "") or words(one.answer)
    return f"“{asked}” {OPERATORS[one.operator]} “{answer}”"
