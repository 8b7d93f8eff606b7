"""What repeats, what stands below an answer, what a form begins with and works out: in the browser and handed in."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from models.documents.filling import answers_of
from tests.browser.form_filling import READY, ask, formula, says, sent
from tests.documents.conftest import Paper
from tests.documents.forms import asks, group, when
from tests.documents.sampler import options

SEVERAL = [says("questionnaire-maxOccurs", valueInteger=3)]
UNITS = [says("questionnaire-unitOption", valueCoding={"code": one, "display": one}) for one in ("kg", "g")]


@pytest.fixture
def paper(cast):
    return Paper(cast)


def entries(page):
    return page.locator("[data-instance]:not([data-instance] [data-instance])")



async def test_several_answers_are_written_below_each_other_as_many_as_the_form_takes(window, cast, paper):
    asked = await ask(window, cast, paper, asks("Pets", repeats=True, extension=SEVERAL),
                      asks("Doses", "quantity", repeats=True, extension=UNITS))
    page, more = asked.page, asked.page.get_by_role("button", name="Add another answer to Pets")
    await page.get_by_role("textbox", name="Pets 1").fill("Dog")
    for number, pet in ((2, "Cat"), (3, "Fish")):
        await more.click()
        await expect(page.get_by_role("textbox", name=f"Pets {number}")).to_be_focused()
        await page.keyboard.type(pet)
    await expect(more).to_be_hidden()
    await page.get_by_role("spinbutton", name="Doses 1").fill("2")
    await page.get_by_role("button", name="Add another answer to Doses").click()
    await page.get_by_role("spinbutton", name="Doses 2").fill("5")
    await page.get_by_role("combobox", name="Unit of Doses").nth(1).select_option("g")
    await sent(page)
    again = await window(cast, "client", f"/documents/{asked.document.id}", like=asked.window)
    await expect(again.page.get_by_role("combobox", name="Unit of Doses").nth(1)).to_have_value("1")
    answers = await asked.answers()
    assert [one["valueString"] for one in answers["Pets"]] == ["Dog", "Cat", "Fish"]
    doses = [one["valueQuantity"] for one in answers["Doses"]]
    assert doses == [{"value": 2, "unit": "kg", "code": "kg"}, {"value": 5, "unit": "g", "code": "g"}]


async def test_entries_come_and_go_one_that_was_blank_stays_and_there_are_never_too_many(window, cast, paper):
    meds = group("Meds", asks("Name"), asks("Often", initial=[{"valueString": "daily"}]), repeats=True,
                 extension=SEVERAL)
    asked = await ask(window, cast, paper, meds, asks("Other"))
    page, more = asked.page, asked.page.get_by_role("button", name="Add another entry of Meds")
    await more.click()
    await expect(page.get_by_label("Name").nth(1)).to_be_focused()
    await expect(page.get_by_label("Often").nth(1)).to_have_value("daily")
    await page.get_by_label("Name").nth(0).fill("Sertraline")
    await more.click()
    await expect(more).to_be_hidden()
    await page.get_by_label("Name").nth(2).fill("Melatonin")
    await page.get_by_role("button", name="Remove this entry of Meds").nth(1).click()
    await expect(more).to_be_visible()
    await expect(entries(page)).to_have_count(2)
    entered = [[one["answer"][0]["valueString"] for one in item["item"]] for item in await asked.items()]
    assert entered == [["Sertraline", "daily"], ["Melatonin", "daily"]]


async def test_who_takes_away_the_only_entry_has_a_blank_one_and_what_is_written_there_is_kept(window, cast, paper):
    asked = await ask(window, cast, paper, group("Meds", asks("Name"), repeats=True), asks("Other"))
    page = asked.page
    await page.get_by_label("Name").fill("Sertraline")
    await page.get_by_role("button", name="Remove this entry of Meds").click()
    await expect(page.get_by_label("Name")).to_have_value("")
    await sent(page)
    await page.reload()
    await expect(page.locator(READY)).to_be_attached()
    await page.get_by_label("Name").fill("Melatonin")
    assert (await asked.hand_in())["Meds"]["item"][0]["answer"] == [{"valueString": "Melatonin"}]


async def test_as_many_entries_as_are_wanted_stand_there_from_the_start(window, cast, paper):
    kin = group("Kin", asks("Who"), repeats=True, required=True,
                extension=[says("questionnaire-minOccurs", valueInteger=2)])
    asked = await ask(window, cast, paper, group("All", kin))
    page = asked.page
    await expect(page.get_by_label("Who")).to_have_count(2)
    await page.get_by_label("Who").nth(1).fill("Leo")
    await page.locator("[data-go]").click()
    await expect(page.locator(".wrong")).to_contain_text("Please fill in at least 2 of these.")
    await page.get_by_label("Who").nth(0).fill("Mara")
    (everything,) = (await asked.hand_in()).values()
    assert [one["item"][0]["answer"][0]["valueString"] for one in everything["item"]] == ["Mara", "Leo"]


async def test_entries_within_entries_have_places_of_their_own(window, cast, paper):
    times = group("Times", asks("At", "time"), repeats=True)
    asked = await ask(window, cast, paper, group("Meds", asks("Name"), times, repeats=True), asks("Other"))
    page = asked.page
    await page.get_by_role("button", name="Add another entry of Meds").click()
    second = entries(page).nth(1)
    await second.get_by_label("At").fill("08:00")
    await second.get_by_role("button", name="Add another entry of Times").click()
    await second.get_by_label("At").nth(1).fill("20:00")
    await sent(page)
    kept = await cast.inside(lambda: answers_of(asked.document.id))
    assert {path: value for path, value in kept.items() if value} == {
        "Meds:2/Times:1/At": ["08:00:00"], "Meds:2/Times:2/At": ["20:00:00"]}


async def test_what_stands_below_an_answer_is_asked_by_it_and_handed_in_with_it(window, cast, paper):
    since = asks("Since", enableWhen=[when("Many", 5, ">")])
    many = asks("Many", "integer", enableWhen=[when("Smokes", True)], item=[since])
    both = asks("Both", enableWhen=[when("Smokes", True), when("Drinks", True)], enableBehavior="all")
    either = asks("Either", enableWhen=[when("Smokes", True), when("Drinks", True)], enableBehavior="any")
    asked = await ask(window, cast, paper, asks("Smokes", "boolean", item=[many]), asks("Drinks", "boolean"), both,
                      either)
    page = asked.page
    for name in ("Many", "Since", "Both", "Either"):
        await expect(page.get_by_label(name)).to_be_hidden()
    await page.get_by_role("group", name="Smokes").get_by_role("radio", name="Yes").first.check()
    await expect(page.get_by_label("Either")).to_be_visible()
    await expect(page.get_by_label("Both")).to_be_hidden()
    await page.get_by_label("Many").fill("7")
    await page.get_by_label("Since").fill("1999")
    await page.get_by_role("group", name="Drinks").get_by_role("radio", name="Yes").check()
    await page.get_by_label("Both").fill("Too much")
    await page.get_by_role("group", name="Drinks").get_by_role("radio", name="No").check()
    await expect(page.get_by_label("Both")).to_be_hidden()
    found = await asked.hand_in()
    (below,) = found["Smokes"]["answer"][0]["item"]
    assert below["answer"][0]["valueInteger"] == 7
    assert below["answer"][0]["item"][0]["answer"] == [{"valueString": "1999"}]
    assert "Both" not in found, "what is not asked any more is not handed in"


async def test_what_is_worked_out_hidden_or_given_from_the_start(window, cast, paper):
    weighed = [{"valueCoding": {"code": str(score), "display": said},
                "extension": [says("ordinalValue", valueDecimal=score)]} for score, said in enumerate(("No", "Often"))]
    total = "%resource.item.answer.value.ordinal().sum()"
    asked = await ask(
        window, cast, paper, asks("Sad", "choice", answerOption=weighed), asks("Tired", "choice", answerOption=weighed),
        asks("Score", "integer", readOnly=True, extension=[formula("calculatedExpression", total)]),
        asks("Helps", extension=[formula("enableWhenExpression", f"{total} > 1")]),
        asks("Secret", extension=[says("questionnaire-hidden", valueBoolean=True)], initial=[{"valueString": "kept"}]),
        asks("Begins", initial=[{"valueString": "so"}]),
        asks("Fixed", readOnly=True, initial=[{"valueString": "as is"}]),
        asks("Chosen", "choice", answerOption=[{**options("Yes")[0], "initialSelected": True}, *options("No")]),
    )
    page = asked.page
    await expect(page.get_by_text("Secret")).to_have_count(0)
    await expect(page.get_by_label("Begins")).to_have_value("so")
    await expect(page.get_by_role("status", name="Fixed")).to_have_text("as is")
    await expect(page.get_by_role("group", name="Chosen").get_by_role("radio", name="Yes")).to_be_checked()
    await page.get_by_role("group", name="Sad").get_by_role("radio", name="Often").check()
    await expect(page.get_by_role("status", name="Score")).to_have_text("1")
    await expect(page.get_by_label("Helps")).to_be_hidden()
    await page.get_by_role("group", name="Tired").get_by_role("radio", name="Often").check()
    await expect(page.get_by_role("status", name="Score")).to_have_text("2")
    await page.get_by_label("Helps").fill("Walking")
    answers = await asked.answers()
    assert {name: answers[name] for name in answers if name not in ("Sad", "Tired")} == {
        "Score": [{"valueInteger": 2}],
        **{name: [{"valueString": said}] for name, said in (("Helps", "Walking"), ("Secret", "kept"), ("Begins", "so"),
                                                            ("Fixed", "as is"), ("Chosen", "Yes"))}}


async def test_a_page_that_must_have_an_answer_says_so_and_pages_without_a_question_are_passed_by(window, cast, paper):
    hidden = asks("Secret", extension=[says("questionnaire-hidden", valueBoolean=True)])
    asked = await ask(
        window, cast, paper, group("First", asks("One"), asks("Two"), required=True), hidden,
        group("Never", group("Inner", asks("Three", enableWhen=[when("One", "nobody")]))), group("Last", asks("Four")),
    )
    page, go = asked.page, asked.page.locator("[data-go]")
    await go.click()
    await expect(page.locator(".wrong")).to_have_text("Please answer at least one of these.")
    await expect(page.get_by_label("One")).to_be_focused()
    await go.click()
    await expect(page.get_by_role("heading", name="Last")).to_be_focused()
    await expect(page.locator("[data-place]")).to_have_text("Page 3 of 3")
    await go.click()
    await expect(page.get_by_role("alert")).to_contain_text("Not complete yet")
    await page.get_by_role("link", name="First", exact=True).click()
    await expect(page.locator(READY)).to_be_attached()
    await page.get_by_label("Two").fill("x")
    await go.click()
    assert (await asked.hand_in())["First"]["item"][0]["answer"] == [{"valueString": "x"}]
