"""What of a form's options and lists is not acted upon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.documents.extensions import FORMATTING, NAMED, SILENT, TRANSLATION, extensions, short
from models.documents.options import part_of

# What is said of an option and acted upon.
FOLLOWED = frozenset({"ordinal", "weight", "score", "option_exclusive", "option_prefix", "risk"})


def of_options(item: Mapping[str, Any]) -> Iterable[str]:
    for option in item.get("answerOption") or []:
        if not isinstance(option, Mapping):
            continue
        for one in extensions({"extension": option.get("modifierExtension")}):
            said = short(str(one.get("url")))
            yield f"“{said}” changes what an option means in another system. It is kept, not followed."
        for url in _urls(option):
            if NAMED.get(url) in FORMATTING:
                yield "Its options are shown without their formatting."
            elif NAMED.get(url) not in FOLLOWED and url not in SILENT and url != TRANSLATION:
                yield f"“{short(url)}” of its options is kept, not acted upon."


def _urls(option: Mapping[str, Any]) -> Iterable[str]:
    """Of the extensions of an option, of its coding, and of their words."""
    coding = option.get("valueCoding")
    for holder in (option, coding if isinstance(coding, Mapping) else {}):
        beside = [one for key, one in holder.items() if key.startswith("_") and isinstance(one, Mapping)]
        for one in (holder, *beside):
            yield from (str(each.get("url")) for each in extensions(one))


def of_lists(source: Mapping[str, Any]) -> Iterable[str]:
    """Value sets inside the form that are not, or not only, what stands in them."""
    contained = source.get("contained")
    for one in contained if isinstance(contained, list) else []:
        if isinstance(one, Mapping) and one.get("resourceType") == "ValueSet":
            yield from _of_list(one, str(one.get("title") or one.get("name") or one.get("id") or ""))


def _of_list(one: Mapping[str, Any], title: str) -> Iterable[str]:
    expansion, compose = part_of(one, "expansion"), part_of(one, "compose")
    total, came = expansion.get("total"), len(list(_codes(expansion.get("contains"))))
    if isinstance(total, int) and came and total > came:
        yield f"Of the list “{title}” {came:,} of {total:,} answers came along. The others cannot be chosen."
    if came:
        return
    include, exclude = (_parts(compose.get(key)) for key in ("include", "exclude"))
    if any(part.get("concept") and (part.get("filter") or part.get("valueSet")) for part in include) or any(
        part.get("filter") or part.get("valueSet") or not part.get("concept") for part in exclude
    ):
        yield f"The list “{title}” is narrowed by rules that are not followed. It may offer more than it should."


def _codes(contains: Any) -> Iterable[Mapping[str, Any]]:
    waiting = _parts(contains)
    while waiting:
        one = waiting.pop()
        if one.get("code"):
            yield one
        waiting.extend(_parts(one.get("contains")))


def _parts(held: Any) -> list[Mapping[str, Any]]:
    return [one for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []
