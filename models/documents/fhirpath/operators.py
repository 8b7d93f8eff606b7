"""The operators of FHIRPath between two collections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from models.documents.fhirpath.amounts import amounts, per, times, together
from models.documents.fhirpath.running import LONGEST_TEXT, Failed, Focus, Run
from models.documents.fhirpath.things import (
    Moment,
    Quantity,
    compare_moments,
    compare_quantities,
    is_integer,
    moment,
    moved,
    quantity,
    text_of,
)
from models.documents.values import number, tidy

HAIR = Decimal("1e-8")


def single(focus: Focus) -> Any:
    """The one value of a collection, None for none; more are an error."""
    if len(focus) > 1:
        raise Failed("there are several values where one is wanted")
    return focus[0] if focus else None


def truth(focus: Focus) -> bool | None:
    """A collection as yes or no: anything single that is no boolean counts as yes."""
    value = single(focus)
    return value if value is None or isinstance(value, bool) else True


def equal(run: Run, one: Any, other: Any) -> bool | None:
    """Whether two values are the same; None where what is known of them does not say. What is made of parts is
    compared part by part, each a step."""
    if isinstance(one, Moment) or isinstance(other, Moment):
        a, b = moment(one), moment(other)
        if a is None or b is None:
            return False
        order = compare_moments(a, b)
        return None if order is None else order == 0
    if isinstance(one, Quantity | Mapping) or isinstance(other, Quantity | Mapping):
        both = amounts(one, other)
        if both is not None:
            order = compare_quantities(*both)
            return None if order is None else order == 0
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    a_number, b_number = number(one), number(other)
    if a_number is not None and b_number is not None:
        return _as_good_as(a_number, b_number)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        run.tick(len(one) + len(other))
        names = dict.fromkeys(name for name in (*one, *other) if not name.startswith("_"))
        return all(name in one and name in other and bool(equal(run, one[name], other[name])) for name in names)
    if isinstance(one, list) and isinstance(other, list):
        run.tick(len(one))
        return len(one) == len(other) and all(equal(run, a, b) for a, b in zip(one, other, strict=True))
    return type(one) is type(other) and bool(one == other)


def _as_good_as(one: Decimal, other: Decimal) -> bool:
    """Whether two numbers are the same to eight places."""
    return one == other or (abs(one - other) < HAIR and round(one, 8) == round(other, 8))


def equals(run: Run, left: Focus, right: Focus) -> bool | None:
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    run.tick(len(left))
    answers = [equal(run, a, b) for a, b in zip(left, right, strict=True)]
    return False if False in answers else None if None in answers else True


def alike(run: Run, left: Focus, right: Focus) -> bool:
    """Equivalence: order, case and spaces do not matter, nothing is like nothing."""
    if len(left) != len(right):
        return False
    run.tick(1 + len(left) * len(right))
    rest = list(right)
    for one in left:
        match = next((at for at, other in enumerate(rest) if _like(run, one, other)), None)
        if match is None:
            return False
        del rest[match]
    return True


def _like(run: Run, one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        run.tick((len(one) + len(other)) // 50)
        return one.lower().split() == other.lower().split()
    a, b = number(one), number(other)
    if a is not None and b is not None:
        places = min(max(0, -int(each.normalize().as_tuple().exponent)) for each in (a, b))
        return round(a, places) == round(b, places)
    return equal(run, one, other) is True


def compare(left: Focus, right: Focus) -> int | None:
    one, other = single(left), single(right)
    if one is None or other is None:
        return None
    a, b = number(one), number(other)
    if a is not None and b is not None:
        return 0 if _as_good_as(a, b) else 1 if a > b else -1
    if isinstance(one, Quantity | Mapping) or isinstance(other, Quantity | Mapping):
        both = amounts(one, other)
        if both is not None:
            return compare_quantities(*both)
    if isinstance(one, str) and isinstance(other, str):
        return (one > other) - (one < other)
    when, then = moment(one), moment(other)
    if when is None or then is None:
        raise Failed("these cannot be compared")
    return compare_moments(when, then)


def _said(answer: bool | None) -> Focus:
    return [] if answer is None else [answer]


def _compared(test: Callable[[int], bool]) -> Callable[[Run, Focus, Focus], Focus]:
    def apply(run: Run, left: Focus, right: Focus) -> Focus:
        order = compare(left, right)
        return [] if order is None else [test(order)]

    return apply


def _add(run: Run, left: Focus, right: Focus, sign: int = 1) -> Focus:
    one, other = single(left), single(right)
    if one is None or other is None:
        return []
    a, b = number(one), number(other)
    if a is not None and b is not None:
        return [_promoted(one, other, _kept(a + sign * b))]
    if sign == 1 and isinstance(one, str) and isinstance(other, str):
        return [_bounded(run, one + other)]
    by = quantity(other)
    if by is not None and (at := moment(one)) is not None:
        later = moved(at, by, sign)
        return [] if later is None else [later]
    both = amounts(one, other)
    made = together(*both, sign) if both is not None else None
    if made is None:
        raise Failed("these cannot be added")
    return [made]


def _subtract(run: Run, left: Focus, right: Focus) -> Focus:
    return _add(run, left, right, -1)


def _join(run: Run, left: Focus, right: Focus) -> Focus:
    texts = [text_of(one) if (one := single(side)) is not None else "" for side in (left, right)]
    if None in texts:
        raise Failed("these cannot be joined")
    return [_bounded(run, "".join(str(one) for one in texts))]


def _bounded(run: Run, text: str) -> str:
    run.tick(len(text) // 2_000)
    if len(text) > LONGEST_TEXT:
        raise Failed("it makes a text without end")
    return text


def _kept(value: Decimal) -> Decimal:
    """A number that stays a sensible one."""
    if not value.is_finite() or abs(value) >= Decimal(10) ** 28:
        raise Failed("it makes a number without end")
    return value


def _promoted(one: Any, other: Any, made: Decimal) -> Decimal | int:
    """What was made of two numbers: of Integers an Integer; a Decimal makes the other one a Decimal as well."""
    return int(made) if is_integer(one) and is_integer(other) else made


def _calculated(
    work: Callable[[Decimal, Decimal], Decimal | None], promote: Callable[[Any, Any, Decimal], Any] = _promoted,
    of_amounts: Callable[[Quantity, Quantity], Quantity | None] | None = None,
) -> Callable[[Run, Focus, Focus], Focus]:
    def apply(run: Run, left: Focus, right: Focus) -> Focus:
        one, other = single(left), single(right)
        if one is None or other is None:
            return []
        a, b = number(one), number(other)
        both = amounts(one, other) if of_amounts is not None else None
        try:
            if a is not None and b is not None:
                made = work(a, b)
                return [] if made is None else [promote(one, other, _kept(made))]
            if both is None or of_amounts is None:
                raise Failed("this is calculated with numbers alone")
            amount = of_amounts(*both)
            return [] if amount is None else [Quantity(_kept(amount.value), amount.unit)]
        except (DivisionByZero, InvalidOperation, Overflow):
            return []

    return apply


def _either(run: Run, left: Focus, right: Focus) -> Focus:
    a, b = truth(left), truth(right)
    return [True] if a or b else _said(None if None in (a, b) else False)


def _both(run: Run, left: Focus, right: Focus) -> Focus:
    a, b = truth(left), truth(right)
    return [False] if a is False or b is False else _said(None if None in (a, b) else True)


def _one_of_two(run: Run, left: Focus, right: Focus) -> Focus:
    a, b = truth(left), truth(right)
    return _said(None if a is None or b is None else a is not b)


def _implies(run: Run, left: Focus, right: Focus) -> Focus:
    a, b = truth(left), truth(right)
    if a is False or b is True:
        return [True]
    return _said(None if a is None or b is None else b)


def distinct(run: Run, focus: Focus) -> Focus:
    kept: Focus = []
    for one in focus:
        run.tick(1 + len(kept))
        if not any(equal(run, one, other) for other in kept):
            kept.append(one)
    return kept


def holds_one(run: Run, many: Focus, value: Any) -> bool:
    run.tick(1 + len(many))
    return any(equal(run, one, value) is True for one in many)


def _within(run: Run, left: Focus, right: Focus) -> Focus:
    value = single(left)
    return [] if value is None else [holds_one(run, right, value)]


def _negated(answer: bool | None) -> Focus:
    return [] if answer is None else [not answer]


OPERATORS: dict[str, Callable[[Run, Focus, Focus], Focus]] = {
    "=": lambda run, left, right: _said(equals(run, left, right)),
    "!=": lambda run, left, right: _negated(equals(run, left, right)),
    "~": lambda run, left, right: [alike(run, left, right)],
    "!~": lambda run, left, right: [not alike(run, left, right)],
    "<": _compared(lambda order: order < 0), ">": _compared(lambda order: order > 0),
    "<=": _compared(lambda order: order <= 0), ">=": _compared(lambda order: order >= 0),
    "+": _add, "-": _subtract, "&": _join,
    "*": _calculated(lambda a, b: a * b, of_amounts=times),
    "/": _calculated(lambda a, b: a / b if b else None, lambda one, other, made: made, per),
    "div": _calculated(lambda a, b: tidy(a / b).to_integral_value("ROUND_DOWN") if b else None),
    "mod": _calculated(lambda a, b: a - b * tidy(a / b).to_integral_value("ROUND_DOWN") if b else None),
    "and": _both, "or": _either, "xor": _one_of_two, "implies": _implies,
    "|": lambda run, left, right: distinct(run, left + right),
    "in": _within, "contains": lambda run, left, right: _within(run, right, left),
}
