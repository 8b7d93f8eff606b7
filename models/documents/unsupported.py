"""What of a form is kept but not acted upon, named with where it stands, so that whoever imports it knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.documents.extensions import NAMED, SILENT, codes, extensions, first, found, short
from models.documents.formulas import LANGUAGE, formulas_of, trouble_with
from models.documents.items import Unsupported
from models.documents.options import contained_sets
from models.documents.patterns import is_understood
from models.documents.shapes import walk

CONTROLS = frozenset({
    "radio-button", "check-box", "drop-down", "autocomplete", "list", "text-box", "slider", "spinner", "table",
    "gtable", "grid", "page", "header", "footer", "help", "flyover", "inline", "group",
})


def unsupported_in(source: Mapping[str, Any]) -> tuple[Unsupported, ...]:
    """All of it, the form's own first, then by item; the same said of one place stands once."""
    sets = contained_sets(source)
    said = [Unsupported("", words) for words in _of_thing(source)]
    for item, _, _ in walk(source):
        said += [Unsupported(item["linkId"], words) for words in (*_of_thing(item), *_of_item(item, sets))]
    return tuple(dict.fromkeys(said))


def _of_thing(thing: Mapping[str, Any]) -> Iterable[str]:
    """Extensions that nobody here knows, and formulas that cannot be worked out."""
    for one in thing.get("modifierExtension") or []:
        if isinstance(one, Mapping):
            yield f"“{short(str(one.get('url')))}” changes what this means in another system. It is kept, not followed."
    beside = [one for key, one in thing.items() if key.startswith("_") and isinstance(one, Mapping)]
    for one in [each for held in (thing, *beside) for each in extensions(held)]:
        url = str(one.get("url"))
        if url not in NAMED and url not in SILENT:
            yield f"“{short(url)}” is kept, not acted upon."
    for formula in formulas_of(thing):
        if formula.language != LANGUAGE:
            yield f"Its {formula.what} is written in {formula.language or 'another language'} and is not worked out."
        elif words := trouble_with(formula.text):
            yield f"Its {formula.what} is not worked out: {words}."


def _of_item(item: Mapping[str, Any], sets: Mapping[str, Any]) -> Iterable[str]:
    address = item.get("answerValueSet")
    if address and not item.get("answerOption") and str(address).split("|")[0] not in sets:
        yield f"Its answers are a list kept elsewhere ({address}). It is answered in one's own words."
    for code in codes(found(item, "control")):
        if code not in CONTROLS:
            yield f"The control “{code}” is shown as a usual one."
    pattern = first(item, "regex")
    if isinstance(pattern, str) and not is_understood(pattern):
        yield "The pattern of its answers (regex) is not checked: it uses what is not understood here."
    if item.get("type") == "reference":
        yield "It refers to a record of another system. It is answered in one's own words."
    if any(isinstance(one, Mapping) and "valueReference" in one for one in item.get("answerOption") or []):
        yield "Its options refer to records of another system. They are chosen by their words."
