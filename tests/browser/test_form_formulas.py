"""Formulas of a form while somebody fills it in: by the practice's clock, and whatever pattern a stranger wrote."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.async_api import expect

from tests.browser.form_filling import ask, formula, says
from tests.documents.conftest import Paper
from tests.documents.forms import asks
from tests.documents.test_practice_clock import elsewhere, in_words


@pytest.fixture
def paper(cast):
    return Paper(cast)


async def test_a_client_elsewhere_sees_the_practices_day_in_words(window, cast, paper):
    _, day = await elsewhere(cast)
    today = asks("Today", "date", extension=[formula("calculatedExpression", "today()")])
    meal = asks("Meal", "time", extension=[formula("calculatedExpression", "@T09:05")])
    moment = asks("Moment", "dateTime", extension=[formula("calculatedExpression", "@2026-03-08T14:30:00-05:00")])
    asked = await ask(window, cast, paper, today, meal, moment, asks("Name"))
    told = {"Today": in_words(day), "Meal": "9:05 AM", "Moment": "Sunday, March 8, 2026, 2:30 PM"}
    for name, words in told.items():
        await expect(asked.page.get_by_label(name)).to_have_text(words)
    await asked.page.get_by_label("Name").fill("Kim")
    for name, words in told.items():
        await expect(asked.page.get_by_label(name)).to_have_text(words)
    assert date.fromisoformat((await asked.answers())["Today"][0]["valueDate"]) == date.fromisoformat(day)


async def test_a_pattern_that_would_hang_a_browser_is_looked_at_while_one_types(window, cast, paper):
    hostile = asks("Code", "text", extension=[says("regex", valueString="(((a*)))*b")])
    yes = "%resource.item.where(linkId = 'Code').answer.value.matchesFull('(?i)((a|a))*B')"
    asked = await ask(window, cast, paper, hostile, asks("Why", extension=[formula("enableWhenExpression", yes)]))
    page = asked.page
    await page.get_by_label("Code").fill("aaaab")
    await expect(page.get_by_label("Why")).to_be_visible()  # what runs patterns is here; before, the server alone looks
    await page.get_by_label("Code").fill("a" * 3_000)
    await asked.go.click()
    await expect(page.get_by_text("This is not written as asked.").first).to_be_visible()
    await expect(page.get_by_label("Why")).to_be_hidden()
    await page.get_by_label("Code").fill("aaaab")
    await expect(page.get_by_label("Why")).to_be_visible()
    await page.get_by_label("Why").fill("because")
    assert await asked.answers() == {"Code": [{"valueString": "aaaab"}], "Why": [{"valueString": "because"}]}


async def test_a_sum_of_decimals_counts_those_that_are_whole_and_no_integer_while_one_types(window, cast, paper):
    hours = "%resource.item.where(linkId != 'Hours').answer.value.ofType(decimal)"
    asked = await ask(
        window, cast, paper, asks("Asleep", "decimal"), asks("Awake", "decimal"), asks("Nights", "integer"),
        asks("Hours", "decimal", extension=[formula("calculatedExpression", f"{hours}.sum()")]),
        asks("Why", extension=[formula("enableWhenExpression", f"{hours}.where($this > 2).count() = 2")]),
    )
    page = asked.page
    await page.get_by_label("Awake").fill("2.5")
    await page.get_by_label("Nights").fill("7")
    await expect(page.get_by_label("Hours")).to_have_text("2.5")
    await expect(page.get_by_label("Why")).to_be_hidden()
    await page.get_by_label("Asleep").fill("3")
    await expect(page.get_by_label("Hours")).to_have_text("5.5")
    await page.get_by_label("Why").fill("noise")
    answers = await asked.answers()
    assert (answers["Asleep"], answers["Hours"]) == ([{"valueDecimal": 3}], [{"valueDecimal": 5.5}])
    assert answers["Why"] == [{"valueString": "noise"}]
