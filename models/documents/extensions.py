"""The extensions of FHIR R4, of Structured Data Capture and of the house that a form may carry.

The house's own stand under https://portico.example/fhir/StructureDefinition/ and travel with the form:

- `score-band` on the item that holds a score, one for each band, with the parts `least` and `most` (valueDecimal,
  both belong to it) and `words` (valueString: "moderate");
- `score-most` (valueDecimal) on the same item: the most it can be;
- `score-title` (valueString) on the same item: what the score is called, else the item's text;
- `score-of` (valueString, one for each) on the same item: linkIds whose options it adds up. With it the item needs no
  calculatedExpression;
- `risk` (valueBoolean true) on an answerOption: choosing it alerts the practitioner. On an item without options the
  value itself: `risk` with valueBoolean, valueInteger or valueString.
- `option-exclusive` is FHIR's own (questionnaire-optionExclusive).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
HOUSE = "https://portico.example/fhir/StructureDefinition/"

# Each extension that is acted upon, by the name that it has in the code. Some moved between FHIR and SDC.
KNOWN: dict[str, tuple[str, ...]] = {
    "control": (HL7 + "questionnaire-itemControl",),
    "hidden": (HL7 + "questionnaire-hidden",),
    "min_occurs": (HL7 + "questionnaire-minOccurs",),
    "max_occurs": (HL7 + "questionnaire-maxOccurs",),
    "orientation": (HL7 + "questionnaire-choiceOrientation",),
    "unit": (HL7 + "questionnaire-unit",),
    "unit_option": (HL7 + "questionnaire-unitOption",),
    "slider_step": (HL7 + "questionnaire-sliderStepValue",),
    "option_exclusive": (HL7 + "questionnaire-optionExclusive",),
    "option_prefix": (HL7 + "questionnaire-optionPrefix", SDC + "sdc-questionnaire-optionPrefix"),
    "signature": (HL7 + "questionnaire-signatureRequired", SDC + "sdc-questionnaire-signatureRequired"),
    "constraint": (HL7 + "questionnaire-constraint",),
    "min_value": (HL7 + "minValue",),
    "max_value": (HL7 + "maxValue",),
    "min_length": (HL7 + "minLength",),
    "decimals": (HL7 + "maxDecimalPlaces",),
    "regex": (HL7 + "regex",),
    "mime_type": (HL7 + "mimeType",),
    "max_size": (HL7 + "maxSize",),
    "entry_format": (HL7 + "entryFormat",),
    "ordinal": (HL7 + "ordinalValue",),
    "weight": (HL7 + "itemWeight",),
    "score": (HL7 + "questionnaire-ordinalValue", HL7 + "iso21090-CO-value", HL7 + "codesystem-ordinalValue",
              HL7 + "valueset-ordinalValue"),
    "xhtml": (HL7 + "rendering-xhtml",),
    "markdown": (HL7 + "rendering-markdown",),
    "variable": (HL7 + "variable",),
    "calculated": (SDC + "sdc-questionnaire-calculatedExpression", HL7 + "questionnaire-calculatedExpression"),
    "enable_expression": (SDC + "sdc-questionnaire-enableWhenExpression",
                          HL7 + "questionnaire-enableWhenExpression"),
    "initial_expression": (SDC + "sdc-questionnaire-initialExpression", HL7 + "questionnaire-initialExpression"),
    "open_label": (SDC + "sdc-questionnaire-openLabel",),
    "band": (HOUSE + "score-band",),
    "score_most": (HOUSE + "score-most",),
    "score_title": (HOUSE + "score-title",),
    "score_of": (HOUSE + "score-of",),
    "risk": (HOUSE + "risk",),
}
NAMED = {url: name for name, urls in KNOWN.items() for url in urls}
# Said by others about a form, without any bearing on how it is filled in.
SILENT = frozenset({
    HL7 + "designNote", HL7 + "cqf-library",
    SDC + "sdc-questionnaire-shortText", SDC + "sdc-questionnaire-performerType",
    SDC + "sdc-questionnaire-assemble-expectation",
    HL7 + "resource-lastReviewDate", HL7 + "resource-approvalDate",
})
# Words in another language: said once of the whole form, not of each of its places.
TRANSLATION = HL7 + "translation"
FORMATTING = frozenset({"xhtml", "markdown"})


def found(thing: Mapping[str, Any], name: str) -> list[Any]:
    """The values of all extensions of that name: value[x] as it stands."""
    urls = KNOWN[name]
    return [one for each in extensions(thing) if each.get("url") in urls for one in _values(each)]


def first(thing: Mapping[str, Any], name: str) -> Any:
    """The first of them, or None."""
    return next(iter(found(thing, name)), None)


def parts(thing: Mapping[str, Any], name: str) -> Iterable[dict[str, list[Any]]]:
    """Extensions made of others: their parts' values by name."""
    for each in extensions(thing):
        if each.get("url") in KNOWN[name]:
            held: dict[str, list[Any]] = {}
            for part in extensions(each):
                held.setdefault(str(part.get("url")), []).extend(_values(part))
            yield held


def codes(concepts: Iterable[Any]) -> list[str]:
    """The codes of CodeableConcepts, in order; a concept with words alone gives those."""
    said: list[str] = []
    for one in concepts:
        if not isinstance(one, Mapping):
            continue
        coding = [each for each in one.get("coding") or [] if isinstance(each, Mapping)]
        said += [str(each["code"]) for each in coding if each.get("code")] or [str(one.get("text") or "")]
    return [one for one in said if one]


def extensions(thing: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    held = thing.get("extension") or []
    return [one for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []


def _values(extension: Mapping[str, Any]) -> list[Any]:
    return [value for key, value in extension.items() if key.startswith("value") and value is not None]


def short(url: str) -> str:
    """What an extension is called in a sentence: the end of its address."""
    return url.rstrip("/").rsplit("/", 1)[-1].removeprefix("sdc-questionnaire-").removeprefix("questionnaire-") or url
