"""A form for the browser's evaluator (static/js/forms/): what it needs to know, with formulas already parsed. The
server evaluates again whatever the browser says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.documents.checking import LONGEST_LINE, LONGEST_TEXT
from models.documents.fhirpath.parsing import Tree, parse
from models.documents.items import Item, Option, Questionnaire, Scale
from models.documents.patterns import is_understood
from models.documents.places import MOST_INSTANCES, MOST_PLACES
from models.documents.settling import NEVER_SETTLES, PASSES, TOO_LONG, plan_of
from models.documents.values import plain

Json = dict[str, Any]
# A repetition of what itself repeats can take the browser's engine a life time; such patterns wait for the server.
NESTED = re.compile(r"[*+}]\)?[^|()]*\)[*+{]|\|[^()]*\)[*+{]")


def for_browser(questionnaire: Questionnaire) -> Json:
    """JSON: `items` as a tree, `order` of settling, `scales`, `variables`, `constraints`; `source` only where formulas
    look into the form itself."""
    plan = plan_of(questionnaire)
    made: Json = {
        "title": questionnaire.title, "items": [_item(one) for one in questionnaire.items], "order": plan.order,
        "scales": [_scale(one) for one in questionnaire.scales],
        "limits": {"passes": PASSES, "instances": MOST_INSTANCES, "places": MOST_PLACES, "line": LONGEST_LINE,
                   "text": LONGEST_TEXT, "neverSettles": NEVER_SETTLES, "tooLong": TOO_LONG},
    }
    if plan.has_expressions:
        made |= {"variables": _variables(questionnaire.variables), "hasExpressions": True,
                 "constraints": [[parse(one.expression), one.words] for one in questionnaire.constraints]}
        if _names(made, {"questionnaire", "qitem"}):
            made["source"] = _plain(questionnaire.source)
    return made


def _item(item: Item) -> Json:
    made: Json = {
        "id": item.link_id, "type": item.type, "text": item.text, "control": item.control, "required": item.required,
        "repeats": item.repeats, "readOnly": item.read_only, "hidden": item.hidden, "any": item.enable_any,
        "options": [_option(one) for one in item.options], "units": [dict(one) for one in item.units],
        "minOccurs": item.min_occurs, "maxOccurs": item.max_occurs, "minLength": item.min_length,
        "maxLength": item.max_length, "minValue": _plain(item.min_value), "maxValue": _plain(item.max_value),
        "decimals": item.decimals, "mediaTypes": list(item.media_types), "maxSize": item.max_size,
        "pattern": item.pattern if _runs_in_browser(item.pattern) else "", "placeholder": item.placeholder,
        "when": [[one.question, one.operator, _plain(one.answer)] for one in item.enable_when],
        "shownIf": _tree(item.enable_expression), "calculated": _tree(item.calculated),
        "variables": _variables(item.variables), "risk": _plain(list(item.risk)),
        "constraints": [[parse(one.expression), one.words] for one in item.constraints],
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
    return parse(expression) if expression else None


def _variables(variables: tuple[tuple[str, str], ...]) -> list[Any]:
    return [[name, parse(expression)] for name, expression in variables]


def _names(value: Any, names: set[str]) -> bool:
    """Whether a formula in it asks for one of these variables."""
    if isinstance(value, Mapping):
        return any(_names(one, names) for one in value.values())
    if isinstance(value, list):
        return (len(value) == 2 and value[0] == "var" and value[1] in names) or any(_names(one, names) for one in value)
    return False


def _plain(value: Any) -> Any:
    """JSON with numbers as the browser has them."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, Decimal) and value != int(value) else (
        int(value) if isinstance(value, Decimal) else value
    )


def _runs_in_browser(pattern: str) -> bool:
    return bool(pattern) and is_understood(pattern) and NESTED.search(pattern) is None


