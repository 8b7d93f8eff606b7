"""A form for the browser's evaluator (static/js/forms/): what it needs to know, with formulas already parsed. The
server evaluates again whatever the browser says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from decimal import Decimal
from typing import Any

from models.documents.checking import LONGEST_LINE, LONGEST_TEXT
from models.documents.fhirpath.parsing import Tree, parse
from models.documents.fhirpath.running import STEPS
from models.documents.fhirpath.texts import MATCHING
from models.documents.formulas import strange_pattern
from models.documents.items import Item, Option, Questionnaire, Scale
from models.documents.patterns import is_understood
from models.documents.places import MOST_INSTANCES, MOST_PLACES
from models.documents.settling import NEVER_SETTLES, PASSES, TOO_LONG, plan_of
from models.documents.values import plain

Json = dict[str, Any]
NO_PATTERN = ["lit", "("]  # is understood by no engine


def for_browser(questionnaire: Questionnaire, *, zone: str = "UTC", day_began: bool = False) -> Json:
    """JSON: `items` as a tree, `order` of settling, `scales`, `variables`, `constraints`; `source` only where formulas
    look into the form itself; `clock`: in which zone now is, and whether that is the midnight at which its day began
    (models/documents/filling.py, moment_of); `patterns`: it needs the engine that they run in."""
    plan = plan_of(questionnaire)
    made: Json = {
        "title": questionnaire.title, "items": [_item(one) for one in questionnaire.items], "order": plan.order,
        "scales": [_scale(one) for one in questionnaire.scales],
        "limits": {"passes": PASSES, "steps": STEPS, "instances": MOST_INSTANCES, "places": MOST_PLACES,
                   "line": LONGEST_LINE, "text": LONGEST_TEXT, "neverSettles": NEVER_SETTLES, "tooLong": TOO_LONG},
    }
    if plan.has_expressions:
        made |= {"variables": _variables(questionnaire.variables), "hasExpressions": True,
                 "clock": {"zone": zone, "dayBegan": day_began},
                 "constraints": [[_tree(one.expression), one.words] for one in questionnaire.constraints]}
        if _names(made, ("var", {"questionnaire", "qitem"})):
            made["source"] = _plain(questionnaire.source)
    if _has_pattern(made["items"]) or (plan.has_expressions and _names(made, ("call", MATCHING))):
        made["patterns"] = True
    return made


def _item(item: Item) -> Json:
    made: Json = {
        "id": item.link_id, "type": item.type, "text": item.text, "control": item.control, "required": item.required,
        "repeats": item.repeats, "readOnly": item.read_only, "hidden": item.hidden, "any": item.enable_any,
        "options": [_option(one) for one in item.options], "units": [dict(one) for one in item.units],
        "minOccurs": item.min_occurs, "maxOccurs": item.max_occurs, "minLength": item.min_length,
        "maxLength": item.max_length, "minValue": _plain(item.min_value), "maxValue": _plain(item.max_value),
        "decimals": item.decimals, "mediaTypes": list(item.media_types), "maxSize": item.max_size,
        "pattern": item.pattern if is_understood(item.pattern) else "", "placeholder": item.placeholder,
        "when": [[one.question, one.operator, _plain(one.answer)] for one in item.enable_when],
        "shownIf": _tree(item.enable_expression), "calculated": _tree(item.calculated),
        "variables": _variables(item.variables), "risk": _plain(list(item.risk)),
        "constraints": [[_tree(one.expression), one.words] for one in item.constraints],
        "items": [_item(one) for one in item.items],
    }
    kept = ("id", "type", "text")
    return {key: value for key, value in made.items() if key in kept or value not in (None, False, "", [], 0)} | {
        key: made[key] for key in ("maxOccurs", "decimals", "minValue", "maxValue", "maxLength") if made[key] == 0
        and made[key] is not None and made[key] is not False
    }


def _option(option: Option) -> Json:
    made: Json = {"value": _plain(option.value), "label": option.label, "kind": option.kind}
    if option.score is not None:
        made["score"] = plain(option.score)
    return made | ({"exclusive": True} if option.exclusive else {})


def _scale(scale: Scale) -> Json:
    return {
        "id": scale.link_id, "title": scale.title, "most": None if scale.most is None else plain(scale.most),
        "bands": [[plain(one.least), plain(one.most), one.words] for one in scale.bands], "of": list(scale.of),
    }


def _tree(expression: str) -> Tree | None:
    return _told(parse(expression)) if expression else None


def _told(tree: Tree) -> Tree:
    """The tree without the patterns that are not understood here: the browser's engine may understand them."""
    if strange_pattern(tree):
        tree = ["call", tree[1], [NO_PATTERN, *tree[2][1:]]]
    return [_told(one) if isinstance(one, list) and one else one for one in tree]


def _variables(variables: tuple[tuple[str, str], ...]) -> list[Any]:
    return [[name, _tree(expression)] for name, expression in variables]


def _names(value: Any, wanted: tuple[str, Set[str]]) -> bool:
    """Whether a formula in it has one of these variables, or one of these calls."""
    if isinstance(value, Mapping):
        return any(_names(one, wanted) for one in value.values())
    if isinstance(value, list):
        named = len(value) > 1 and value[0] == wanted[0] and isinstance(value[1], str) and value[1] in wanted[1]
        return named or any(_names(one, wanted) for one in value)
    return False


def _has_pattern(items: Iterable[Json]) -> bool:
    return any(bool(one.get("pattern")) or _has_pattern(one.get("items", ())) for one in items)


def _plain(value: Any) -> Any:
    """JSON with numbers as the browser has them."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, Decimal) and value != int(value) else (
        int(value) if isinstance(value, Decimal) else value
    )


