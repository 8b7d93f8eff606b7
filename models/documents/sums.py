"""Scores that add up questions: the standard's own spelling of the sum, so that other systems calculate it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.documents.describing import described_option
from models.documents.elements import CALCULATED, SUMS, extension, extensions, value_of, with_extensions
from models.documents.trees import Json, walk

# Walks the answers once. Flat, because evaluators read a nest of conditions by recursion; without any answer that
# counts it is none, not nought.
SUM = ("%resource.repeat(item | answer.item).select({{}}{terms})"
       ".aggregate(iif($total.empty(), $this, $total + $this))")
TERM = ".combine(where(linkId = {id}).answer.valueCoding.select({scores}))"


def summed(item: Mapping[str, Any]) -> list[str]:
    """The linkIds that an item adds up."""
    return [str(value_of(one)) for one in extensions(item, SUMS)]


def expression_of(form: Json, link_ids: list[str]) -> str:
    """FHIRPath of the sum of these questions' scores, as they are now."""
    there = {item["linkId"]: item for item in walk(form)}
    terms = [TERM.format(id=_text(one), scores=_scores(there.get(one, {}))) for one in link_ids]
    return SUM.format(terms="".join(terms))


def write_sum(form: Json, item: Json) -> None:
    """Put the expression of its sum into the item; without anything to add up there is none."""
    ids = summed(item)
    said = {"valueExpression": {"language": "text/fhirpath", "expression": expression_of(form, ids)}}
    with_extensions(item, CALCULATED, [said] if ids else [])


def follow(before: Json, after: Json) -> set[str]:
    """Write the sums anew that the house wrote, after what they add up has changed; says which ones changed."""
    written = {item["linkId"] for item in walk(before) if _is_own(before, item)}
    changed = set()
    for item in walk(after):
        if item["linkId"] in written and not _is_own(after, item):
            write_sum(after, item)
            changed.add(item["linkId"])
    return changed


def _is_own(form: Json, item: Json) -> bool:
    ids, said = summed(item), extension(item, CALCULATED)
    return bool(ids) and isinstance(said, Mapping) and said.get("expression") == expression_of(form, ids)


def _scores(item: Mapping[str, Any]) -> str:
    found = "{}"
    for at, option in reversed(list(enumerate(item.get("answerOption", ())))):
        code, score = option.get("valueCoding", {}).get("code"), described_option(option, at)["score"]
        if code and score is not None:
            found = f"iif(code = {_text(code)}, {score}, {found})"
    return found


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
