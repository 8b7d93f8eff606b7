"""What keeps a draft from being published, and what somebody should look at first: each with the item it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.core.errors import Refusal
from models.documents import questionnaires
from models.documents.describing import ANSWERED, WITH_OPTIONS, described, described_option, fixed_options
from models.documents.elements import SIGNATURE, extensions
from models.documents.trees import Json, walk

Shown = Mapping[str, Any]
NAMES = {"single": "choice", "several": "choice", "open": "choice", "heading": "heading", "page": "page",
         "words": "text", "signature": "signature", "total": "score"}


@dataclass(frozen=True)
class Fault:
    """`item`: a linkId, empty for the form itself. `blocks`: it cannot be published so."""

    item: str
    words: str
    blocks: bool = True


def faults(form: Json, kind: str = "") -> list[Fault]:
    """In the order of reading, those of the form itself first. `kind`: what the form is in the library."""
    shown = described(form)
    places = _places(shown["items"])
    raw = {item["linkId"]: item for item in walk(form)}
    found = [*_of_form(form, shown, kind)]
    for item, _ in places.values():
        found += _of_item(item, places, raw)
    if not any(one.blocks for one in found):
        found += _unreadable(form)
    return found


def _places(items: Sequence[Shown]) -> dict[str, tuple[Shown, int]]:
    """Each item with its number in the order of reading."""
    return {item["id"]: (item, number) for number, item in enumerate(_all(items))}


def _all(items: Sequence[Shown]) -> Iterator[Shown]:
    for item in items:
        yield item
        yield from _all(item["items"])


def _of_form(form: Json, shown: Shown, kind: str) -> Iterator[Fault]:
    if not shown["title"].strip():
        yield Fault("", "The form has no title.")
    if not form.get("item"):
        yield Fault("", "This form asks nothing yet. Add a question or a text.")
    signs = any(item["kind"] == "signature" for item in _all(shown["items"])) or extensions(form, SIGNATURE)
    if kind == "consent" and form.get("item") and not signs:
        yield Fault("", "Nobody signs this consent. Add a signature, if somebody should.", blocks=False)


def _of_item(item: Shown, places: Mapping[str, tuple[Shown, int]], raw: Mapping[str, Json]) -> Iterator[Fault]:
    name = NAMES.get(item["kind"], "question")
    if item["kind"] != "kept" and not item.get("locked"):
        if not item["text"].strip() and item["kind"] not in ("heading", "page"):
            yield Fault(item["id"], f"A {name} without words.", blocks=not item.get("fixed"))
        yield from _of_options(item)
        yield from _of_limits(item)
        yield from _of_total(item, places)
    for condition in item["conditions"]:
        yield from _of_condition(item, condition, places, raw)


def _of_options(item: Shown) -> Iterator[Fault]:
    if item["kind"] not in WITH_OPTIONS or item["fixed"]:
        return
    labels = [one["label"].strip() for one in item["options"]]
    if not labels:
        yield Fault(item["id"], f"{_called(item)} has nothing to choose from.")
    elif not all(labels):
        yield Fault(item["id"], f"{_called(item)} has an option without words.")
    elif len({*map(str.casefold, labels)}) < len(labels):
        yield Fault(item["id"], f"{_called(item)} has two options with the same words.", blocks=False)


def _of_limits(item: Shown) -> Iterator[Fault]:
    if item["kind"] == "number" and None not in (item["min"], item["max"]) and item["min"] > item["max"]:
        yield Fault(item["id"], f"{_called(item)} cannot be answered: its least is more than its most.")


def _of_total(item: Shown, places: Mapping[str, tuple[Shown, int]]) -> Iterator[Fault]:
    if item["kind"] != "total":
        return
    summed = [places[one][0] for one in item["sums"] if one in places]
    if not summed or len(summed) < len(item["sums"]):
        yield Fault(item["id"], f"{_called(item)} adds up nothing, or questions that are gone. Choose them again.")
    elif not any(_counts(one) for one in summed):
        yield Fault(item["id"], f"{_called(item)} adds up questions whose options have no score.")
    if any(one["least"] is None or one["most"] is None or one["least"] > one["most"] for one in item["bands"]):
        yield Fault(item["id"], f"{_called(item)} has a range that ends before it begins.")


def _counts(item: Shown) -> bool:
    return item["kind"] == "number" or any(one["score"] is not None for one in item.get("options", ()))


def _of_condition(
    item: Shown, condition: Shown, places: Mapping[str, tuple[Shown, int]], raw: Mapping[str, Json]
) -> Iterator[Fault]:
    there = places.get(condition["question"])
    if there is None and condition["question"] not in raw:
        yield Fault(item["id"], f"{_called(item)} waits for the answer of a question that is not there.")
    elif there is not None and condition["question"] == item["id"]:
        yield Fault(item["id"], f"{_called(item)} waits for its own answer.")
    elif there is not None:
        if _beside_options(condition, raw[condition["question"]], there[0]):
            yield Fault(item["id"], f"{_called(item)} waits for an answer that cannot be given.")
        if there[1] > places[item["id"]][1]:
            words = f"{_called(item)} waits for “{_short(there[0]['text'])}”, which comes later."
            yield Fault(item["id"], words, blocks=False)


def _beside_options(condition: Shown, question: Json, shown: Shown) -> bool:
    if condition["operator"] not in ("=", "!=") or condition.get("other"):
        return False
    if shown["kind"] not in ("single", "several") or fixed_options(question):
        return shown["kind"] in ANSWERED and condition["answer"] in ("", None)
    keys = {described_option(one, 0)["key"] for one in question.get("answerOption", ())}
    return condition["answer"] not in keys and not _named(condition["answer"], keys)


def _named(answer: Any, keys: set[str]) -> bool:
    """A condition that leaves out the system still means the code."""
    return isinstance(answer, str) and answer.rpartition("|")[2] in {key.rpartition("|")[2] for key in keys}


def _unreadable(form: Json) -> list[Fault]:
    """What reading the form as a whole refuses, such as two questions that wait for each other."""
    try:
        questionnaires.read(form)
    except Refusal as refusal:
        said = [refusal.detail, *(words for each in refusal.errors.values() for words in each)]
        return [Fault("", said[-1])]
    return []


def _called(item: Shown) -> str:
    if item["text"].strip():
        return f"“{_short(item['text'])}”"
    return f"A {NAMES.get(item['kind'], 'question')} without words"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:59]}…"
