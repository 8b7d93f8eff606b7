"""The measures score as published, at the edges of each band; samples are usable and say that they are samples."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from models.accounts import founding
from models.accounts.founding import Founding
from models.core.database import execute, fetch_all, fetch_one, raw_connection
from models.core.errors import Missing
from models.core.scope import run_scope
from models.documents import ready
from models.documents.evaluating import evaluate
from models.documents.items import Item
from models.documents.questionnaires import read
from models.documents.ready import MEASURES, READY, SAMPLES
from models.documents.responses import response_items
from models.documents.tables import Form, FormVersion
from models.documents.texts import parsed
from tests.documents.shelf import HERE, shelf

LOINC = "http://loinc.org"
BANDS = {
    "phq-9": [(0, 4, "none to minimal"), (5, 9, "mild"), (10, 14, "moderate"), (15, 19, "moderately severe"),
              (20, 27, "severe")],
    "gad-7": [(0, 4, "minimal"), (5, 9, "mild"), (10, 14, "moderate"), (15, 21, "severe")],
    "phq-2": [(0, 2, "below 3"), (3, 6, "3 or more: ask further, for example with the PHQ-9")],
    "gad-2": [(0, 2, "below 3"), (3, 6, "3 or more: ask further, for example with the GAD-7")],
    "pcl-5": [(0, 30, "below the published cut scores"),
              (31, 80, "31 or more suggests that a closer look for post-traumatic stress may help")],
}
EDGES = [(key, total, words) for key, bands in BANDS.items() for least, most, words in bands for total in (least, most)]


def form_of(key):
    return read(parsed(READY[key].source))


def weighed(key) -> list[tuple[str, Item]]:
    """The questions that count, with their paths."""
    group = next(one for one in form_of(key).items if one.link_id == "problems")
    return [(f"problems/{one.link_id}", one) for one in group.items if one.options and one.options[0].score is not None]


def adding_up_to(key, total):
    """Answers with this total: as much as it takes at each question, from the first on."""
    answers, left = {}, total
    for path, item in weighed(key):
        option = max((one for one in item.options if one.score <= left), key=lambda one: one.score)
        answers[path], left = [option.value], left - int(option.score)
    assert left == 0
    return answers


@pytest.mark.parametrize(("key", "total", "words"), EDGES)
def test_each_band_begins_and_ends_where_it_was_published(key, total, words):
    (score,) = evaluate(form_of(key), adding_up_to(key, total)).scores
    assert (score.value, score.words, score.missing) == (Decimal(total), words, 0)
    assert score.most == BANDS[key][-1][1]


@pytest.mark.parametrize(("key", "chosen", "total"), [
    ("phq-9", (0, 1, 2, 3, 0, 1, 2, 3, 0), 12), ("gad-7", (3, 2, 1, 0, 1, 2, 3), 12), ("phq-2", (1, 2), 3),
    ("gad-2", (0, 2), 2), ("pcl-5", (0, 1, 2, 3, 4) * 4, 40),
])
def test_known_answers_have_known_totals(key, chosen, total):
    questions = weighed(key)
    answers = {path: [item.options[place].value] for (path, item), place in zip(questions, chosen, strict=True)}
    state = evaluate(form_of(key), answers)
    assert state.scores[0].value == total and state.complete


@pytest.mark.parametrize("key", list(BANDS))
def test_without_an_answer_to_each_question_there_is_no_total_and_it_is_not_complete(key):
    answers = adding_up_to(key, 1)
    for path in list(answers):
        state = evaluate(form_of(key), {other: said for other, said in answers.items() if other != path})
        assert state.scores[0].value is None and path in state.faults


@pytest.mark.parametrize(("key", "count", "code", "total"), [
    ("phq-9", 9, "44249-1", "44261-6"), ("gad-7", 7, "69737-5", "70274-6"), ("phq-2", 2, "55757-9", "55758-7"),
    ("gad-2", 2, None, None), ("pcl-5", 20, "101697-1", "101698-9"),
])
def test_measures_carry_their_codes_and_count_every_question(key, count, code, total):
    source = parsed(READY[key].source)
    assert len(weighed(key)) == count
    assert [one["code"] for one in source.get("code", [])] == ([code] if code else [])
    scored = source["item"][-1]
    held = [(one["system"], one["code"]) for one in scored.get("code", [])]
    assert held == ([(LOINC, total)] if total else []), "a number that nobody could look up is left out"
    assert form_of(key).unsupported == ()


def test_any_thought_of_being_better_off_dead_alerts():
    path, item = weighed("phq-9")[8]
    assert "better off dead" in item.text
    for place, alerts in enumerate((False, True, True, True)):
        state = evaluate(form_of("phq-9"), {path: [item.options[place].value]})
        assert [one.path for one in state.risks] == ([path] if alerts else [])


@pytest.mark.parametrize("key", ["phq-9", "gad-7"])
def test_how_difficult_it_was_is_asked_once_something_was_checked_and_counts_for_nothing(key):
    place = f"problems/{key.replace('-', '')}-difficulty"
    assert place not in evaluate(form_of(key), adding_up_to(key, 0)).enabled
    state = evaluate(form_of(key), adding_up_to(key, 4))
    assert place in state.enabled and state.complete, "it may be left out"
    item = state.by_path[place].item
    assert [one.label for one in item.options] == [
        "Not difficult at all", "Somewhat difficult", "Very difficult", "Extremely difficult"
    ]
    state = evaluate(form_of(key), {**adding_up_to(key, 4), place: [item.options[3].value]})
    assert state.scores[0].value == 4


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.key)
def test_samples_say_so_and_are_read_whole(sample):
    found = form_of(sample.key)
    assert "A sample. Have it reviewed" in found.description
    assert found.unsupported == () and found.signs is (sample.kind == "consent") is sample.signs
    assert found.url.endswith(sample.key)
    if sample.kind == "consent":
        assert found.items[-1].signs, "one signs at the end"
    assert _conditional(found.items) or sample.key == "privacy-practices"


def _conditional(items) -> bool:
    return any(one.enable_when or _conditional(one.items) for one in items)


def test_what_a_sample_asks_depends_on_what_was_said():
    found = form_of("consent-minor")
    asked = evaluate(found, {"who/custody-order": [True]}).enabled
    assert "who/custody-note" in asked and "who/other-parent" not in asked
    assert "who/other-parent" in evaluate(found, {"who/custody": ["Two parents together"]}).enabled
    intake = evaluate(form_of("intake-adult"), {"safety/harm": ["Yes, often"]})
    assert "safety/harm-now" in intake.enabled and [one.path for one in intake.risks] == ["safety/harm"]


def test_who_would_rather_talk_about_such_thoughts_in_person_is_called_as_well():
    """Who is asked about suicide and does not say no counts as at risk until somebody spoke with them, as in the ASQ of
    the NIMH; and the crisis notice stands there for them."""
    said = evaluate(form_of("intake-adult"), {"safety/harm": ["I would rather talk about it in person"]})
    assert [one.path for one in said.risks] == ["safety/harm"]
    assert not evaluate(form_of("intake-adult"), {"safety/harm": ["No"]}).risks


def test_only_the_consent_for_a_minor_is_never_asked_of_one():
    assert [one.key for one in READY.values() if one.guardian_signs] == ["consent-minor"]


async def test_a_new_practice_has_all_of_them_from_its_first_day():
    asked = Founding("Quay Practice", "Ida New", f"ida{date.today():%s}@mail.test", "America/New_York", True)
    practice_id = await founding.open_practice(asked, address="198.51.100.7")
    there = await run_scope(practice_id, lambda _: Form.all())
    assert {(one.made_from, one.kind, one.sample, one.guardian_signs) for one in there} == {
        (one.key, one.kind, one.sample, one.guardian_signs) for one in READY.values()
    }
    for version in await run_scope(practice_id, lambda _: FormVersion.all()):
        form = next(one for one in there if one.id == version.form_id)
        assert version.questionnaire == READY[form.made_from].source and version.title == form.title
        assert version.signs is READY[form.made_from].signs and version.url == parsed(version.questionnaire)["url"]


async def test_a_practice_that_was_there_before_gets_them_by_the_migration(cast):
    assert await shelf(cast) == []

    async def migrated():
        here = await fetch_one("SELECT portico_here() AS id")
        # For this practice alone: the others of the test run are somebody else's.
        only = "CREATE TEMP TABLE practice ON COMMIT DROP AS SELECT * FROM public.practice WHERE id = portico_here()"
        await raw_connection().execute(only)
        await raw_connection().execute(ready.for_practices_that_are_there())
        await execute("SELECT set_config('portico.practice', $1, true)", str(here["id"]))
        return await fetch_all(
            "SELECT f.made_from, v.questionnaire, v.sha256, sha256(convert_to(v.questionnaire, 'UTF8')) AS true_hash"
            " FROM form f JOIN form_version v ON v.form_id = f.id"
        )

    rows = await cast.inside(migrated)
    assert {row["made_from"]: row["questionnaire"] for row in rows} == {one.key: one.source for one in READY.values()}
    assert all(row["sha256"] == row["true_hash"] for row in rows)


async def test_ready_forms_are_added_once_also_by_two_at_a_time(cast, browse):
    actor = await cast.actor("practitioner")
    await asyncio.gather(*(cast.inside(lambda: ready.add_ready(actor, ["phq-9", "gad-7"])) for _ in range(2)))
    assert sorted(one.made_from for one in await shelf(cast)) == ["gad-7", "phq-9"]
    browser = await browse(cast, "practitioner")
    page = await (await browser.get(f"{HERE}/ready")).get_data(as_text=True)
    assert page.count("In the library") == 2 and 'value="pcl-5"' in page and 'value="phq-9"' not in page
    answer = await browser.post(f"{HERE}/ready", {"keys": ["pcl-5", "consent-minor"]})
    assert answer.headers["Location"] == f"{HERE}?done=ready"
    assert len(await shelf(cast)) == 4
    with pytest.raises(Missing):
        await cast.inside(lambda: ready.add_ready(actor, ["riddle"]))
    assert (await browser.json(f"{HERE}/ready/riddle")).status_code == 404
    page = await (await browser.get(f"{HERE}/ready/pcl-5")).get_data(as_text=True)
    assert "Feeling jumpy or easily startled?" in page


@pytest.mark.parametrize("key", [one.key for one in MEASURES])
def test_a_total_goes_out_with_the_answers(key):
    state = evaluate(form_of(key), adding_up_to(key, 2))
    said = response_items(state.nodes)
    assert said[-1]["linkId"].endswith("-total") and said[-1]["answer"] == [{"valueDecimal": 2}]
