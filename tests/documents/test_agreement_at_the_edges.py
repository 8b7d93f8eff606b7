"""Where the browser's evaluator and the server's could part ways: on the practice's clock, with strangers' patterns,
and where a form would take too long or grow too large."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from datetime import time as midnight
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.documents.definition import for_browser
from models.documents.evaluating import Context, evaluate
from models.documents.patterns import finds, is_understood, parts_of
from models.documents.places import MOST_PLACES, every_node, grow
from models.documents.questionnaires import read
from models.documents.settling import TOO_LONG
from tests.documents.forms import SDC, asks, extension, form, group, worked_out

HL7 = "http://hl7.org/fhir/StructureDefinition/"


def shown_if(link_id: str, formula: str) -> dict[str, Any]:
    said = {"language": "text/fhirpath", "expression": formula}
    return asks(link_id, "string", extension=[extension(SDC + "enableWhenExpression", valueExpression=said)])


# Midnight and the change of clocks; at Beirut and Cairo a day has no midnight, at Havana and on the Azores it has two.
MOMENTS = [
    ("America/New_York", "2026-11-30T04:59:59.999"), ("America/New_York", "2026-11-30T05:00:00.000"),
    ("America/New_York", "2026-03-08T06:59:59.000"), ("America/New_York", "2026-03-08T07:00:00.000"),
    ("America/New_York", "2026-11-01T05:30:00.000"), ("America/New_York", "2026-11-01T06:30:00.000"),
    ("America/St_Johns", "2026-07-01T02:29:59.000"), ("Asia/Kolkata", "2026-07-01T18:30:00.000"),
    ("Pacific/Kiritimati", "2026-12-31T10:00:00.000"), ("Pacific/Pago_Pago", "2027-01-01T10:59:59.000"),
    ("Asia/Beirut", "2026-03-29T12:00:00.000"), ("Africa/Cairo", "2026-04-24T08:00:00.000"),
    ("America/Havana", "2026-11-01T20:00:00.000"), ("Atlantic/Azores", "2026-10-25T03:00:00.000"),
    ("Europe/Berlin", "2026-03-29T22:00:00.000"), ("UTC", "2026-11-29T10:30:00.250"),
]
CLOCKS = form(
    worked_out("day", "date", "today()"), worked_out("moment", "dateTime", "now()"),
    worked_out("clock", "time", "timeOfDay()"), worked_out("said", "string", "now().toString()"),
    worked_out("birth", "date", "today() - 18 years"), shown_if("late", "timeOfDay() >= @T23:00"), asks("name"),
)


@pytest.mark.parametrize(("zone", "spelled"), MOMENTS)
def test_today_is_the_practices_day_on_every_device(browser, zone, spelled):
    here = datetime.fromisoformat(spelled).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    (state,) = browser.agrees(read(CLOCKS), [{"name": ["Kim"]}], at=here, zone=zone)
    assert state.values["day"] == [here.date().isoformat()]


@pytest.mark.parametrize(("zone", "spelled"), MOMENTS)
def test_what_is_signed_counts_from_the_midnight_of_that_day_on_every_device(browser, zone, spelled):
    here = datetime.fromisoformat(spelled).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    began = datetime.combine(here.date(), midnight(), ZoneInfo(zone))
    mine = evaluate_at(began)
    (theirs,) = browser.states(read(CLOCKS), [{"name": ["Kim"]}], at=here, zone=zone, day_began=True)
    assert {path: theirs["values"][path] for path in mine} == mine


def evaluate_at(moment: datetime) -> dict[str, Any]:
    return dict(evaluate(read(CLOCKS), {"name": ["Kim"]}, context=Context(now=moment)).values)


def test_what_changes_with_every_moment_comes_to_rest(browser):
    """All passes look at one moment, also where nobody gives one."""
    case = {"definition": for_browser(read(CLOCKS)), "rounds": [{"name": ["Kim"]}] * 20, "variables": {}}
    assert all(one["complete"] for one in browser.ask(case))


HOSTILE = [
    "(((a*)))*b", "((a|a))*b", "(a?a?)*b", "(a+)+b", "a*a*a*a*a*a*a*a*a*b", "(a|b|ab)*c", "(.*a){20}b",
    "(?:a{1,9}){1,9}b",
]
WANTED = [
    "[a-z]+", "\\d{2}", ".*x.*", "(?i)ABC", "\\pL+", "^a|b$", "a\\.b", "[[:alpha:]]{3}", "(?s)a.b", "", "x*",
    "[^a]", "é🙂",
]
STRANGE = ["(?=a)a", "(a)\\1", "(", "a{1001}", "((a{40}){40})", "((a{1,1000}){1,1000}){1,1000}",
          "(abcdefgh){600}", "x" * 501]
TEXTS = ["", "a", "abc", "a.b", "a\nb", "12", "x🙂é", "éa"]


def asked_as(kind: str, pattern: str) -> dict[str, Any]:
    quoted = pattern.replace("\\", "\\\\").replace("'", "\\'")
    text = "%resource.item.where(linkId = 'said').answer.value"
    if kind == "regex":
        return form(asks("said", "text", extension=[extension(HL7 + "regex", valueString=pattern)]))
    call = {"replaceMatches": f"replaceMatches('{quoted}', '<$0>')"}.get(kind, f"{kind}('{quoted}')")
    return form(asks("said", "text"), worked_out("found", "string", f"{text}.{call}.toString()"))


KINDS = ["regex", "matches", "matchesFull", "replaceMatches"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pattern_means_the_same_in_the_browser(browser, kind):
    for pattern in (*WANTED, *STRANGE, *HOSTILE):
        browser.agrees(read(asked_as(kind, pattern)), [{"said": [one]} for one in TEXTS])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pattern", HOSTILE)
def test_a_hostile_pattern_does_not_hold_up_a_clients_page(browser, kind, pattern):
    begun = time.monotonic()
    browser.agrees(read(asked_as(kind, pattern)), [{"said": ["a" * 4_000]}])
    assert time.monotonic() - begun < 60  # by backtracking none would ever end


def test_a_pattern_that_an_answer_brings_does_no_harm_either(browser):
    made = form(asks("said", "text"), asks("by", "text"), worked_out(
        "found", "boolean", "%resource.item.where(linkId = 'said').answer.value.matches(%resource.item.where(linkId = "
        "'by').answer.value)"))
    begun = time.monotonic()
    browser.agrees(read(made), [{"said": ["a" * 4_000], "by": [one]} for one in (*HOSTILE, *STRANGE)])
    assert time.monotonic() - begun < 60


def test_a_pattern_that_is_not_understood_is_named_with_where_and_goes_out_as_it_came():
    source = asked_as("matches", "(?=a)a")
    made = read(source)
    assert [(one.where, one.words) for one in made.unsupported] == [(
        "found", "Its calculation (calculatedExpression) has a pattern that is not understood here, and is not looked "
        "at: “(?=a)a”.")]
    assert made.source == source and "(?=a)a" not in json.dumps(for_browser(made))


def test_only_forms_with_patterns_ask_for_their_engine():
    assert for_browser(read(asked_as("regex", "[a-z]+")))["patterns"]
    assert for_browser(read(asked_as("matchesFull", "[a-z]+")))["patterns"]
    assert "patterns" not in for_browser(read(CLOCKS))


@pytest.mark.parametrize(("pattern", "parts"), [
    ("", 2), ("\\d{2}", 4), ("(a?b?){500}", 3002), ("[^](]{3}x", 6), ("((a{30}){30})", 964),
])
def test_what_a_pattern_costs_is_counted_by_its_parts(pattern, parts):
    assert parts_of(pattern) == parts


def test_what_has_more_parts_than_sensible_is_not_understood():
    assert is_understood("(a?b?){500}") and finds("(a?b?){500}", "c") is True
    assert not is_understood("(abcdefgh){600}")


COSTLY = "%resource.item.answer.value.toChars().select($this" + " & 'a'" * 12 + ").count()"


def test_both_stop_at_the_same_step_with_the_same_words(browser):
    made = read(form(asks("said", "text"), worked_out("count", "integer", COSTLY)))
    least, most = 1, 20_000  # letters that are no trouble, and that are too many
    while most - least > 1:
        middle = (least + most) // 2
        faults = evaluate(made, {"said": ["x" * middle]}).faults
        least, most = (least, middle) if faults.get("") == (TOO_LONG,) else (middle, most)
    assert 1 < least < 19_999
    states = browser.agrees(made, [{"said": ["x" * many]} for many in (least - 1, least, most, most + 1)])
    assert [one.faults.get("") == (TOO_LONG,) for one in states] == [False, False, True, True]


def nested(depth: int, *below: Any) -> dict[str, Any]:
    inside = below if depth == 1 else (nested(depth - 1, *below),)
    return group(f"g{depth}", asks(f"q{depth}"), *inside, repeats=True)


def named(depth: int, each: int) -> dict[str, list[Any]]:
    """Answers that name `each` instances of each group, as long as that are not more than a form can hold."""
    paths = [""]
    for level in range(depth, 0, -1):
        paths = [f"{path}g{level}:{number}/" for path in paths for number in range(1, each + 1)][:4_000]
    return {f"{path}q1": ["x"] for path in paths}


LARGE = [
    (form(nested(2)), named(2, 50)), (form(nested(3)), named(3, 50)), (form(nested(5)), named(5, 6)),
    (form(nested(1, *(asks(f"x{number}") for number in range(1_500)))), named(1, 50)),
]


@pytest.mark.parametrize(("source", "answers"), LARGE, ids=["two", "three", "five", "wide"])
def test_answers_that_name_more_than_a_form_can_hold_grow_no_further(browser, source, answers):
    made = read(source)
    begun = time.process_time()
    grown = [one for one in every_node(grow(made.items, answers)) if not one.instances]
    assert len(grown) <= MOST_PLACES
    evaluate(made, answers)
    assert time.process_time() - begun < 1
    (state,) = browser.agrees(made, [answers])
    assert state.values, "what there is room for is kept"


def first_of(link_id: str, rest: str) -> str:
    return f"%resource.item.where(linkId = '{link_id}').answer.value{rest}"


ALIKE = [
    ("string", "\ufeff", ".trim().length()"), ("string", "\x1cx\x85", ".trim().length()"), ("string", "\x1c\x85", ""),
    ("string", "a\x85B", " ~ 'A  b'"), ("string", "a\ufeffB", " ~ 'a b'"),
    ("string", "ﬁ", " < '\U000afa10'"), ("string", "\U000afa10", " < 'ﬁ'"), ("string", "ab", " < 'abc'"),
    ("decimal", 1e15, ".ofType(decimal)"), ("decimal", 1000000000000000.0, ".ofType(integer)"),
    ("decimal", 23622320139.0, " + 0"), ("decimal", 123456789.123456, " * 1"), ("decimal", -0.0, ".toString()"),
    ("string", "x", ".replace('', 'ab')"), ("decimal", 1.5, " * 2 is Decimal"), ("string", "x", " * 2 'kg'"),
    ("string", "x", ".substring(%context)"), ("integer", 3, ".take(today())"),
]


@pytest.mark.parametrize(("kind", "value", "rest"), ALIKE, ids=[f"{kind} {rest}" for kind, _, rest in ALIKE])
def test_numbers_letters_and_spaces_are_told_alike(browser, kind, value, rest):
    formula = first_of("said", rest)
    made = read(form(asks("said", kind, required=True), worked_out("found", "string", f"({formula}).toString()"),
                     worked_out("same", kind, formula), asks("another")))
    browser.agrees(made, [{"said": [value]}, {"said": [value], "another": ["x"]}])


@pytest.mark.parametrize("formula", ["1", "0", "'x'", "true", "{}", "%resource.item.count()"])
def test_only_yes_shows_a_question_and_only_no_breaks_a_rule(browser, formula):
    rule = extension(HL7 + "questionnaire-constraint", extension=[
        extension("key", valueId="k"), extension("severity", valueCode="error"),
        extension("expression", valueString=formula), extension("human", valueString="No."),
    ])
    made = read(form(asks("said"), shown_if("then", formula), asks("kept", extension=[rule])))
    (state,) = browser.agrees(made, [{"said": ["x"], "kept": ["x"]}])
    assert ("then" in state.enabled, "kept" in state.faults) == (formula == "true", False)


def test_strangers_formulas_end_in_no_error_whatever_is_typed():
    """Each of these once ended in one: in the server's own words, to whoever filled in the form."""
    for rest in (" * 2 'kg'", ".substring(%context)", ".take(today())", ".replaceMatches('x', '\\\\\\\\9')"):
        made = read(form(asks("said"), worked_out("found", "string", first_of("said", rest))))
        assert evaluate(made, {"said": ["x"]}).complete
