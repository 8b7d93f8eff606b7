"""Functions of FHIRPath that count, calculate and turn one type into another."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from models.documents.fhirpath.operators import OPERATORS, compare, single
from models.documents.fhirpath.parsing import UNITS
from models.documents.fhirpath.running import Failed, Focus, Run
from models.documents.fhirpath.things import Moment, Quantity, is_integer, moment, quantity, singular, text_of
from models.documents.values import is_day, is_written_number, number, tidy

LONGEST_TRUTH = 10
WITH_UNIT = re.compile(
    r"(?P<value>[+-]?\d{1,20}(\.\d{1,20})?)[ \t]*('(?P<unit>[^']{1,60})'|(?P<time>[a-z]{1,12}))", re.ASCII
)
TRUE, FALSE = {"true", "t", "yes", "y", "1", "1.0"}, {"false", "f", "no", "n", "0", "0.0"}


def total(run: Run, focus: Focus) -> Focus:
    made: Focus = focus[:1]
    for one in focus[1:]:
        made = OPERATORS["+"](run, made, [one])
        run.tick()
    return made


def _extreme(order: int) -> Callable[[Run, Focus], Focus]:
    def apply(run: Run, focus: Focus) -> Focus:
        best: Focus = focus[:1]
        for one in focus[1:]:
            run.tick()
            if (found := compare([one], best)) is None:
                raise Failed("these cannot be compared")
            if found == order:
                best = [one]
        return best

    return apply


def average(run: Run, focus: Focus) -> Focus:
    return OPERATORS["/"](run, total(run, focus), [len(focus)]) if focus else []


def _as_decimal(value: Decimal, *_: Any) -> Decimal:
    return value


def _as_whole(value: Decimal, *_: Any) -> int:
    return int(value)


def _whole_stays(value: Decimal, *given: Any) -> Decimal | int:
    """Of Integers an Integer, where it is one."""
    return int(value) if all(map(is_integer, given)) and value == value.to_integral_value() else value


def _of_number(work: Callable[..., Any], kind: Callable[..., Any] = _as_decimal) -> Callable[..., Focus]:
    """A function of a number and further numbers; what has no sense for them gives nothing. `kind` makes what it gives
    of the type that the standard says, by the numbers it was given."""

    def apply(run: Run, focus: Focus, *given: Focus) -> Focus:
        value = single(focus)
        amount = value.value if isinstance(value, Quantity) else number(value)
        further = [single(one) for one in given]
        numbers = [amount, *map(number, further)]
        if value is None:
            return []
        if None in numbers:
            raise Failed("a number is wanted")
        try:
            made = work(*numbers)
        except (ArithmeticError, ValueError):
            return []
        if made is None or (isinstance(made, float) and not math.isfinite(made)):
            return []
        exact = made if isinstance(made, Decimal) else Decimal(str(made))
        return [Quantity(exact, value.unit) if isinstance(value, Quantity) else kind(exact, value, *further)]

    return apply


def _round(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    scale = min(max(int(places), 0), 12)
    return tidy(value.scaleb(scale)).to_integral_value("ROUND_HALF_UP").scaleb(-scale)


def _power(base: Decimal, exponent: Decimal) -> float | None:
    if abs(exponent) > 1000 or abs(base) > 10**12:
        return None
    made = float(base) ** float(exponent)
    return made if isinstance(made, float) and abs(made) < 1e28 else None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return int(value)
    found = number(value) if not isinstance(value, str) else _written(value)
    return int(whole) if found is not None and (whole := tidy(found)) == whole.to_integral_value() else None


def _decimal(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, bool) else _written(value) if isinstance(value, str) else number(value)


def _written(text: str) -> Decimal | None:
    return Decimal(text) if is_written_number(text) else None


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    said = (text_of(value) or "")[:LONGEST_TRUTH].lower()
    return True if said in TRUE else False if said in FALSE else None


def _date(value: Any) -> Moment | None:
    at = moment(value)
    if at is None or at.kind == "time" or not is_day(at.text):
        return None
    return at if at.kind == "date" else moment(at.text[:10])


def _date_time(value: Any) -> Moment | None:
    at = moment(value)
    return at if at is not None and at.kind != "time" and is_day(at.text) else None


def _time(value: Any) -> Moment | None:
    at = moment(value, "time")
    return at if at is not None and at.kind == "time" else None


def _quantity(value: Any) -> Quantity | None:
    plain = _decimal(value) if not isinstance(value, bool) else None
    if isinstance(value, str) and plain is None and (found := WITH_UNIT.fullmatch(value)) is not None:
        if found["time"] and found["time"] not in UNITS:
            return None
        return Quantity(Decimal(found["value"]), singular(found["time"] or found["unit"]))
    return quantity(value) or (Quantity(plain, "1") if plain is not None else None)


def _turned(turn: Callable[[Any], Any]) -> Callable[[Run, Focus], Focus]:
    def apply(run: Run, focus: Focus) -> Focus:
        value = single(focus)
        made = None if value is None else turn(value)
        return [] if made is None else [made]

    return apply


def _turns(turn: Callable[[Any], Any]) -> Callable[[Run, Focus], Focus]:
    return lambda run, focus: [turn(single(focus)) is not None] if focus else []


def _today(run: Run, focus: Focus) -> Focus:
    return [moment(run.now.date().isoformat())]


def _now(run: Run, focus: Focus) -> Focus:
    return [moment(run.now.isoformat(timespec="milliseconds"))]


def _clock(run: Run, focus: Focus) -> Focus:
    return [moment(run.now.time().isoformat(timespec="milliseconds"), "time")]


TURNS: dict[str, Callable[[Any], Any]] = {
    "Integer": _whole, "Decimal": _decimal, "String": text_of, "Boolean": _truth, "Date": _date,
    "DateTime": _date_time, "Time": _time, "Quantity": _quantity,
}
NUMBERS = {
    "sum": (total, 0, 0), "min": (_extreme(-1), 0, 0), "max": (_extreme(1), 0, 0), "avg": (average, 0, 0),
    "abs": (_of_number(abs, _whole_stays), 0, 0),
    "ceiling": (_of_number(lambda value: tidy(value).to_integral_value("ROUND_CEILING"), _as_whole), 0, 0),
    "floor": (_of_number(lambda value: tidy(value).to_integral_value("ROUND_FLOOR"), _as_whole), 0, 0),
    "truncate": (_of_number(lambda value: tidy(value).to_integral_value("ROUND_DOWN"), _as_whole), 0, 0),
    "round": (_of_number(_round), 0, 1),
    "exp": (_of_number(math.exp), 0, 0), "ln": (_of_number(math.log), 0, 0), "log": (_of_number(math.log), 1, 1),
    "sqrt": (_of_number(math.sqrt), 0, 0), "power": (_of_number(_power, _whole_stays), 1, 1),
    "today": (_today, 0, 0), "now": (_now, 0, 0), "timeOfDay": (_clock, 0, 0),
    **{f"to{name}": (_turned(turn), 0, 0) for name, turn in TURNS.items()},
    **{f"convertsTo{name}": (_turns(turn), 0, 0) for name, turn in TURNS.items()},
}
