"""Options of a choice, written as FHIR: each goes on from the one it was, so codes and what came in with them stay."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from models.core.errors import Invalid
from models.documents.describing import MADE, described_option, fixed_options, told
from models.documents.elements import RISK, SCORE, WEIGHT, extensions, put, with_extensions
from models.documents.trees import Json, walk


def write_options(form: Json, item: Json, wanted: Sequence[Mapping[str, Any]]) -> None:
    """`wanted`: label, score, risk of each, and `was`, the number of the option it goes on from; a new one has a code.
    Raises Invalid for options that are a list of another kind."""
    if fixed_options(item):
        raise Invalid("kept", "These options are kept as they came in.")
    before, renamed = item.get("answerOption", []), dict[str, str]()
    made: list[Json] = []
    for one in wanted:
        was = one.get("was")
        old = before[was] if isinstance(was, int) and 0 <= was < len(before) else None
        option = copy.deepcopy(old) if old else {"valueCoding": {"code": one.get("code") or _free(made, before)}}
        label = " ".join(str(one.get("label", "")).split())
        if old and old.get("valueString") and label and label != old["valueString"]:
            renamed[old["valueString"]] = label
        _label(option, label)
        _score(option, one.get("score"))
        _risk(option, bool(one.get("risk")))
        made.append(option)
    put(item, "answerOption", made)
    _follow(form, item["linkId"], renamed)


def _label(option: Json, label: str) -> None:
    if "valueString" in option:
        option["valueString"] = label or option["valueString"]
    elif described_option(option, 0)["label"] != label:
        put(option["valueCoding"], "display", label)


def _score(option: Json, score: Any) -> None:
    if told(score) == described_option(option, 0)["score"]:
        return
    coding = option.get("valueCoding", {})
    places = [(option, SCORE), (option, WEIGHT), (coding, SCORE), (coding, WEIGHT)]
    holder, url = next((one for one in places if extensions(*one)), (option, SCORE))
    with_extensions(holder, url, [] if score is None else [{"valueDecimal": score}])
    if not holder.get("extension"):
        holder.pop("extension", None)


def _risk(option: Json, risk: bool) -> None:
    if described_option(option, 0)["risk"] != risk:
        with_extensions(option, RISK, [{"valueBoolean": True}] if risk else [])


def _free(made: Sequence[Json], before: Sequence[Json]) -> str:
    taken = {one.get("valueCoding", {}).get("code") for one in (*made, *before)}
    return next(code for number in range(1, len(taken) + 2) if (code := f"{MADE}{number}") not in taken)


def _follow(form: Json, question: str, renamed: Mapping[str, str]) -> None:
    """Options that are plain words are known by them: what waits for one goes on to its new words."""
    for item in walk(form) if renamed else ():
        for one in item.get("enableWhen", ()):
            if one.get("question") == question and one.get("answerString") in renamed:
                one["answerString"] = renamed[one["answerString"]]
