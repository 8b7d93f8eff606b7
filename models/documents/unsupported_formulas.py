"""What of a form's formulas is not worked out, and where it would find nothing: named, so that no sum is silently
wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from models.documents.expressions import is_given
from models.documents.extensions import parts
from models.documents.fhirpath.calls import type_name
from models.documents.fhirpath.kinds import is_known
from models.documents.fhirpath.parsing import Tree, every_part, parse
from models.documents.formulas import LANGUAGE, WHAT, Formula, formulas_of, strange_patterns, trouble_with, variables_of
from models.documents.shapes import walk
from models.documents.unsupported_amounts import Answered, shortened, unlike_in

# Kinds of items that no formula can answer.
UNANSWERED = {"group": "a group has no answer", "display": "words alone have no answer", "attachment": "no file can be"}


def of_formulas(thing: Mapping[str, Any], known: Set[str], form: Answered) -> Iterable[str]:
    """`known`: the variables that it can ask for; `form`: how the questions of its form are answered."""
    formulas = list(formulas_of(thing))
    for one in formulas:
        yield from _of_formula(one, known, form)
    named = [one.what for one in formulas]
    for what in (WHAT["calculated"], WHAT["initial_expression"]):
        if what in named and (why := UNANSWERED.get(str(thing.get("type")))):
            yield f"Its {what} is not worked out: {why}."
    for what in WHAT.values():
        if named.count(what) > 1:
            yield f"It has more than one {what}. Only the first is looked at."
    for held in parts(thing, "constraint"):
        if "warning" in held.get("severity", ()):
            words = shortened(str(next(iter(held.get("human", [])), "")))
            yield f"Its rule “{words}” only warns in other systems. It is kept, not shown."


def _of_formula(formula: Formula, known: Set[str], form: Answered) -> Iterable[str]:
    if formula.language != LANGUAGE:
        yield f"Its {formula.what} is written in {formula.language or 'another language'} and is not worked out."
    elif words := trouble_with(formula.text):
        yield f"Its {formula.what} is not worked out: {words}."
    else:
        for pattern in strange_patterns(formula.text):
            said = shortened(pattern)
            yield f"Its {formula.what} has a pattern that is not understood here, and is not looked at: “{said}”."
        for part in every_part(tree := parse(formula.text)):
            yield from (f"Its {formula.what} {said}" for said in _of_part(part, known, form))
        yield from (f"Its {formula.what} {said}" for said in unlike_in(tree, form))


def _of_part(part: Tree, known: Set[str], form: Answered) -> Iterable[str]:
    if part[0] == "var" and not is_given(part[1]) and part[1] not in known:
        yield f"asks for “%{shortened(part[1])}”, which is not known here and stays empty."
    if part[0] == "qty" and form.is_foreign(part[2]):
        yield (f"has an amount in “{shortened(part[2])}”, in which nothing here is answered. Amounts are not "
               "converted between units.")
    if (kind := _kind_asked(part)) and not is_known(kind):
        yield f"looks for the type “{shortened(kind)}”, which is not told here: it finds none."


def _kind_asked(part: Tree) -> str:
    if part[0] in ("is", "as"):
        return str(part[2])
    return type_name(part[2][0]) if part[0] == "call" and part[1] in ("ofType", "is", "as") else ""


def variables_known(source: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The names of the variables that each item can ask for, by linkId: its own and of what it stands in; "": those
    of the form."""
    known = {"": frozenset(name for name, _ in variables_of(source))}
    for item, _, inside in walk(source):
        known[item["linkId"]] = known[inside] | {name for name, _ in variables_of(item)}
    return known
