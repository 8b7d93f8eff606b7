"""Extensions of FHIR elements: the addresses that the house reads and writes, and how one is read or set.

What stands beside the one that is set stays as it is, in its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
# The house's own, for what the standard has no word for. Other systems keep them without acting on them.
HOUSE = "https://portico.example/fhir/StructureDefinition/"

CONTROL = CORE + "questionnaire-itemControl"
CONTROL_SYSTEM = "http://hl7.org/fhir/questionnaire-item-control"
MARKDOWN = CORE + "rendering-markdown"
XHTML = CORE + "rendering-xhtml"
SIGNATURE = CORE + "questionnaire-signatureRequired"
UNIT = CORE + "questionnaire-unit"
UNIT_OPTION = CORE + "questionnaire-unitOption"
MIN_VALUE = CORE + "minValue"
MAX_VALUE = CORE + "maxValue"
DECIMALS = CORE + "maxDecimalPlaces"
MEDIA_TYPE = CORE + "mimeType"
MAX_SIZE = CORE + "maxSize"
SCORE = CORE + "ordinalValue"
WEIGHT = CORE + "itemWeight"
HIDDEN = CORE + "questionnaire-hidden"
CALCULATED = SDC + "calculatedExpression"
ENABLE_EXPRESSION = SDC + "enableWhenExpression"
# On an option: choosing it alerts the practitioner (valueBoolean).
RISK = HOUSE + "risk"
# On an item that holds a score: a range of it and what it is called (extensions least, most, words).
BAND = HOUSE + "score-band"
# On the same: what it is called (valueString).
TITLE = HOUSE + "score-title"
# On an item that adds others up: one for each, by linkId (valueString).
SUMS = HOUSE + "score-of"



def extension(element: Mapping[str, Any], url: str) -> Any:
    """The value of the first extension of this address, None without one."""
    found = extensions(element, url)
    return value_of(found[0]) if found else None


def extensions(element: Mapping[str, Any], url: str) -> list[Mapping[str, Any]]:
    return [one for one in element.get("extension", ()) if one.get("url") == url]


def value_of(one: Mapping[str, Any]) -> Any:
    """Whatever its value[x] is."""
    return next((value for key, value in one.items() if key.startswith("value")), None)


def with_extensions(element: dict[str, Any], url: str, values: list[dict[str, Any]]) -> None:
    """Put these (each without its address) in place of those of that address; none takes them away."""
    made = [{"url": url, **value} for value in values]
    rest = element.get("extension", [])
    at = next((place for place, one in enumerate(rest) if one.get("url") == url), len(rest))
    before = [one for one in rest[:at] if one.get("url") != url]
    after = [one for one in rest[at:] if one.get("url") != url]
    put(element, "extension", [*before, *made, *after])


def put(element: dict[str, Any], key: str, value: Any) -> None:
    """Set a field, or leave it out when there is nothing to say: FHIR knows no empty text, list or object."""
    if value in (None, "", [], {}, ()):
        element.pop(key, None)
    else:
        element[key] = value
