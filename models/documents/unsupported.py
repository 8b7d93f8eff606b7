"""What of a form is kept but not acted upon, named with where it stands, so that whoever imports it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from models.documents.extensions import (
    FORMATTING,
    NAMED,
    SILENT,
    TRANSLATION,
    codes,
    extensions,
    first,
    found,
    short,
)
from models.documents.formulas import formulas_of
from models.documents.items import Unsupported
from models.documents.options import contained_sets
from models.documents.patterns import is_understood
from models.documents.shapes import walk
from models.documents.unsupported_amounts import answered_in
from models.documents.unsupported_formulas import of_formulas, variables_known
from models.documents.unsupported_options import of_lists, of_options
from models.documents.values import yes

CONTROLS = frozenset({
    "radio-button", "check-box", "drop-down", "autocomplete", "list", "text-box", "slider", "spinner", "table",
    "htable", "atable", "gtable", "grid", "page", "header", "footer", "help", "flyover", "inline", "group", "unit",
    "lower", "upper", "text-area",
})
# What is answered in words, and so can have a pattern.
WRITTEN = frozenset({"string", "text", "url", "choice", "open-choice"})


def unsupported_in(source: Mapping[str, Any]) -> tuple[Unsupported, ...]:
    """All of it, the form's own first, then by item; the same said of one place stands once."""
    sets, compared, questions = contained_sets(source), _compared(source), _quantities(source)
    known, answered = variables_known(source), answered_in(source)
    form = (*_of_form(source), *_of_thing(source), *of_formulas(source, known[""], answered), *of_lists(source))
    said = [Unsupported("", words) for words in form]
    for item, _, _ in walk(source):
        mine = (
            *_of_thing(item), *of_formulas(item, known[item["linkId"]], answered), *_of_item(item, sets),
            *of_options(item), *_of_answers(item, compared), *_of_amounts(item, questions),
        )
        said += [Unsupported(item["linkId"], words) for words in mine]
    return tuple(dict.fromkeys(said))


def _of_form(source: Mapping[str, Any]) -> Iterable[str]:
    if rules := source.get("implicitRules"):
        yield f"It goes by rules kept elsewhere ({rules}). They are not followed."
    if languages := ", ".join(sorted(set(_languages(source)))):
        yield f"It came with translations ({languages}). They are kept, not shown."


def _languages(source: Mapping[str, Any]) -> Iterable[str]:
    waiting: list[Any] = [source]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, Mapping):
            waiting.extend(value for value in one.values() if isinstance(value, list | Mapping))
            if one.get("url") == TRANSLATION:
                yield next((str(part["valueCode"]) for part in extensions(one) if part.get("valueCode")), "?")


def _of_thing(thing: Mapping[str, Any]) -> Iterable[str]:
    """Extensions that nobody here knows, also those that work out what another one says."""
    for one in thing.get("modifierExtension") or []:
        if isinstance(one, Mapping):
            yield f"“{short(str(one.get('url')))}” changes what this means in another system. It is kept, not followed."
    beside = {key: one for key, one in thing.items() if key.startswith("_") and isinstance(one, Mapping)}
    own = [each for held in (thing, *beside.values()) for each in extensions(held)]
    within = [each for one in own for key, held in one.items()
              if key.startswith("_value") and isinstance(held, Mapping) for each in extensions(held)]
    for one in (*own, *within):
        url = str(one.get("url"))
        if url not in NAMED and url not in SILENT and url != TRANSLATION:
            yield f"“{short(url)}” is kept, not acted upon."
    for key, held in beside.items():
        if key != "_text" and any(NAMED.get(str(one.get("url"))) in FORMATTING for one in extensions(held)):
            yield f"Its “{key[1:]}” is shown without its formatting."


def _compared(source: Mapping[str, Any]) -> Callable[[str], bool]:
    """Whether a question's amounts are compared with others: by a condition, a limit, or by whatever formula there
    is."""
    items = [item for item, _, _ in walk(source)]
    if any(list(formulas_of(one)) for one in (source, *items)):
        return lambda _: True
    asked = {str(one.get("question")) for item in items for one in item.get("enableWhen") or []
             if isinstance(one, Mapping) and "answerQuantity" in one}
    asked |= {item["linkId"] for item in items for name in ("min_value", "max_value")
              if isinstance(first(item, name), Mapping)}
    return asked.__contains__


def _of_answers(item: Mapping[str, Any], compared: Callable[[str], bool]) -> Iterable[str]:
    several = yes(item.get("repeats")) is True and item.get("type") != "group"
    below = [one for one in item.get("item") or [] if isinstance(one, Mapping) and one.get("type") != "display"]
    if several and below:
        yield "What stands below it is asked once, not again for each of its answers, and goes with the first of them."
    if several and "drop-down" in codes(found(item, "control")):
        yield "Several answers can be chosen, so it is shown as boxes to tick, not as a list that opens."
    if item.get("type") == "quantity" and len(_units(item)) != 1 and compared(item["linkId"]):
        yield "Amounts are not converted between units: conditions and formulas compare those of one unit alone."


def _units(item: Mapping[str, Any]) -> list[Any]:
    return found(item, "unit") + found(item, "unit_option")


def _quantities(source: Mapping[str, Any]) -> dict[str, str]:
    """The unit of each question whose amounts have just one."""
    units = {item["linkId"]: _units(item) for item, _, _ in walk(source) if item.get("type") == "quantity"}
    return {link_id: _unit(held[0], "display") for link_id, held in units.items() if len(held) == 1}


def _unit(held: Any, name: str) -> str:
    return str(held.get("code") or held.get(name) or "") if isinstance(held, Mapping) else ""


def _of_amounts(item: Mapping[str, Any], questions: Mapping[str, str]) -> Iterable[str]:
    """Conditions and limits in another unit than the answers."""
    own = questions.get(item["linkId"], "")
    for one in (first(item, name) for name in ("min_value", "max_value")):
        if own and (unit := _unit(one, "unit")) and unit != own:
            yield f"Its limit is in “{unit}”, and amounts are not converted between units: it is not checked."
    for when in item.get("enableWhen") or []:
        unit, theirs = _unit(when.get("answerQuantity"), "unit"), questions.get(str(when.get("question")), "")
        if unit and theirs and unit != theirs:
            yield (f"Its condition asks “{when['question']}” for an amount in “{unit}”, and amounts are not converted "
                   "between units.")


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
    elif pattern and item.get("type") not in WRITTEN:
        yield "The pattern of its answers (regex) is not checked: it is no question for words."
    if item.get("type") == "reference":
        yield "It refers to a record of another system. It is answered in one's own words."
    if any(isinstance(one, Mapping) and "valueReference" in one for one in item.get("answerOption") or []):
        yield "Its options refer to records of another system. They are chosen by their words."
