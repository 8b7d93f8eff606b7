"""Each type of question in the browser: its control, its name for a reader, the keyboard, and what is handed in."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.form_filling import READY, SDC, ask, says
from tests.documents.conftest import Paper
from tests.documents.forms import asks, group
from tests.documents.sampler import FREQUENCY, control, options, weighed

UCUM = "http://unitsofmeasure.org"


@pytest.fixture
def paper(cast):
    return Paper(cast)


def unit(code, display):
    return {"valueCoding": {"system": UCUM, "code": code, "display": display}}


def words(name, text, code):
    return {"linkId": name, "type": "display", "text": text, "extension": [control(code)]}


async def test_words_are_typed_one_after_the_other_with_the_keyboard_alone(window, cast, paper):
    helped = asks("Name", required=True, prefix="1.", item=[words("h", "As you like to be called.", "help")])
    wide = asks("Wide", extension=[control("text-area")])
    asked = await ask(window, cast, paper, helped, asks("Story", "text"), wide, asks("Page", "url"),
                      asks("Doctor", "reference"))
    page, keys = asked.page, asked.page.keyboard
    name = page.get_by_role("textbox", name="1. Name")
    await expect(name).to_have_accessible_description("As you like to be called.")
    await name.focus()
    await keys.type("Ana")
    await keys.press("Tab")
    await expect(page.get_by_label("Story")).to_be_focused()
    await keys.type("I cannot")
    await keys.press("Enter")
    await keys.type("sleep")
    for field, typed in (("Wide", "All of it"), ("Page", "https://example.org/ana"), ("Doctor", "Dr. Sol")):
        await keys.press("Tab")
        await expect(page.get_by_role("textbox", name=field)).to_be_focused()
        await keys.type(typed)
    assert await page.get_by_label("Wide").evaluate("one => one.tagName") == "TEXTAREA"
    assert await page.get_by_label("Page").get_attribute("type") == "url"
    assert await asked.answers() == {
        "Name": [{"valueString": "Ana"}], "Story": [{"valueString": "I cannot\nsleep"}],
        "Wide": [{"valueString": "All of it"}], "Page": [{"valueUri": "https://example.org/ana"}],
        "Doctor": [{"valueReference": {"display": "Dr. Sol"}}],
    }


async def test_numbers_have_their_unit_and_a_slider_says_what_it_stands_at(window, cast, paper):
    hours = asks("Hours", "integer", extension=[says("minValue", valueInteger=0), says("maxValue", valueInteger=24),
                                                says("questionnaire-unit", **unit("h", "hours"))])
    cups = asks("Cups", "decimal", item=[words("u", "cups a day", "unit")])
    several = [says("questionnaire-unitOption", **unit(*one)) for one in (("kg", "kg"), ("[lb_av]", "lb"))]
    pain = asks("Pain", "integer", extension=[control("slider"), says("maxValue", valueInteger=10)],
                item=[words("lo", "None at all", "lower"), words("up", "The worst", "upper")])
    asked = await ask(window, cast, paper, hours, cups, asks("Weight", "quantity", extension=several),
                      asks("Amount", "quantity"), pain)
    page = asked.page
    await expect(page.locator(".amount", has=page.get_by_label("Hours"))).to_contain_text("hours")
    await page.get_by_role("spinbutton", name="Hours").fill("5")
    await page.get_by_role("spinbutton", name="Hours").press("ArrowUp")
    await page.get_by_role("spinbutton", name="Cups").fill("2.5")
    await page.get_by_role("spinbutton", name="Weight").fill("150")
    await page.get_by_role("combobox", name="Unit of Weight").select_option("lb")
    await page.get_by_role("spinbutton", name="Amount").fill("3")
    await page.get_by_role("textbox", name="Unit of Amount").fill("spoons")
    slider = page.get_by_role("slider", name="Pain")
    await expect(page.locator(".slide")).to_contain_text("Not answered")
    for end in ("None at all", "The worst"):
        await expect(page.locator(".slide")).to_contain_text(end)
    await slider.focus()
    await slider.press("Home")
    await slider.press("ArrowRight")
    await slider.press("ArrowRight")
    await expect(page.locator(".slide output")).to_have_text("2")
    assert await asked.answers() == {
        "Hours": [{"valueInteger": 6}], "Cups": [{"valueDecimal": 2.5}], "Pain": [{"valueInteger": 2}],
        "Weight": [{"valueQuantity": {"value": 150, "unit": "lb", "system": UCUM, "code": "[lb_av]"}}],
        "Amount": [{"valueQuantity": {"value": 3, "unit": "spoons"}}],
    }


async def test_days_and_moments_are_written_in_fields_of_their_own(window, cast, paper):
    asked = await ask(window, cast, paper, asks("Born", "date"), asks("Call", "dateTime"), asks("Bed", "time"))
    for name, kind, typed in (("Born", "date", "1988-04-09"), ("Call", "datetime-local", "2026-12-01T14:30"),
                              ("Bed", "time", "22:45")):
        field = asked.page.get_by_label(name)
        assert await field.get_attribute("type") == kind
        await field.fill(typed)
    answers = await asked.answers()
    assert (answers["Born"], answers["Bed"]) == ([{"valueDate": "1988-04-09"}], [{"valueTime": "22:45:00"}])
    moment = answers["Call"][0]["valueDateTime"]
    assert moment.startswith("2026-12-01T14:30:00") and moment[19] in "+-", "with the zone of whoever wrote it"


async def test_yes_and_no_are_chosen_with_the_arrows_and_can_be_let_go_of(window, cast, paper):
    asked = await ask(window, cast, paper, asks("Smokes", "boolean"), asks("Drinks", "boolean"),
                      asks("I agree", "boolean", extension=[control("check-box")]))
    page = asked.page
    smokes = page.get_by_role("group", name="Smokes")
    await smokes.get_by_role("radio", name="Yes").focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowRight")
    await expect(smokes.get_by_role("radio", name="No")).to_be_checked()
    drinks = page.get_by_role("group", name="Drinks")
    await drinks.get_by_role("radio", name="Yes").check()
    await drinks.get_by_role("button", name="Clear this answer").click()
    await expect(drinks.get_by_role("radio", name="Yes")).not_to_be_checked()
    await page.get_by_role("checkbox", name="I agree").focus()
    await page.keyboard.press("Space")
    assert await asked.answers() == {"Smokes": [{"valueBoolean": False}], "I agree": [{"valueBoolean": True}]}


async def test_one_of_several_is_chosen_from_circles_or_from_a_list(window, cast, paper):
    coded = [{"valueCoding": {"system": "urn:s", "code": code, "display": said},
              "extension": [says("questionnaire-optionPrefix", valueString=f"{code})")]}
             for code, said in (("a", "Good"), ("b", "Bad"))]
    long = options(*(f"State {number}" for number in range(20)))
    asked = await ask(
        window, cast, paper, asks("Mood", "choice", answerOption=coded),
        asks("Land", "choice", answerOption=options("Maine", "Vermont"), extension=[control("drop-down")]),
        asks("Town", "choice", answerOption=options("Paris", "Rome"), extension=[control("autocomplete")]),
        asks("State", "choice", answerOption=long),
        asks("Circles", "choice", answerOption=long, extension=[control("radio-button")]),
        asks("Number", "choice", answerOption=[{"valueInteger": 1}, {"valueInteger": 5}]),
        asks("Country", "choice", answerValueSet="https://example.org/countries"),
    )
    page = asked.page
    mood = page.get_by_role("group", name="Mood")
    await mood.get_by_role("radio", name="a) Good").focus()
    await page.keyboard.press("ArrowDown")
    await expect(mood.get_by_role("radio", name="b) Bad")).to_be_checked()
    for name, first in (("Land", "V"), ("Town", "R")):
        await page.get_by_role("combobox", name=name).focus()
        await page.keyboard.press(first)
    await page.get_by_role("combobox", name="State").select_option("State 7")
    await page.get_by_role("group", name="Circles").get_by_role("radio", name="State 19").check()
    await page.get_by_role("group", name="Number").get_by_role("radio", name="5").check()
    await page.get_by_role("textbox", name="Country").fill("Norway")
    assert await asked.answers() == {
        "Mood": [{"valueCoding": {"system": "urn:s", "code": "b", "display": "Bad"}}],
        "Land": [{"valueString": "Vermont"}], "Town": [{"valueString": "Rome"}], "State": [{"valueString": "State 7"}],
        "Circles": [{"valueString": "State 19"}], "Number": [{"valueInteger": 5}],
        "Country": [{"valueCoding": {"display": "Norway"}}],
    }


async def test_several_are_ticked_none_of_these_alone_and_an_answer_of_ones_own_stands_beside_them(
    window, cast, paper
):
    foods = {"resourceType": "ValueSet", "id": "food", "compose": {"include": [
        {"system": "urn:food", "concept": [{"code": "a", "display": "Apples"}, {"code": "b", "display": "Bread"}]}]}}
    alone = {"valueString": "None", "extension": [says("questionnaire-optionExclusive", valueBoolean=True)]}
    label = {"url": SDC + "openLabel", "valueString": "Another way"}
    asked = await ask(
        window, cast, paper,
        asks("Takes", "choice", repeats=True, answerOption=[*options("Aspirin", "Ibuprofen"), alone]),
        asks("Found", "open-choice", answerOption=options("A friend"), extension=[label]),
        asks("Eats", "open-choice", repeats=True, answerValueSet="#food"), contained=[foods],
    )
    page = asked.page
    takes = page.get_by_role("group", name="Takes")
    await takes.get_by_role("checkbox", name="None").check()
    await takes.get_by_role("checkbox", name="Aspirin").check()
    await expect(takes.get_by_role("checkbox", name="None")).not_to_be_checked()
    await takes.get_by_role("checkbox", name="Ibuprofen").check()
    await page.get_by_role("textbox", name="Another way: Found").fill("A poster")
    await expect(page.get_by_role("radio", name="Another way")).to_be_checked()
    await expect(page.get_by_role("button", name="Clear this answer")).to_be_visible()
    eats = page.get_by_role("group", name="Eats")
    await eats.get_by_role("checkbox", name="Bread").check()
    await eats.get_by_role("textbox").fill("Soup")
    assert await asked.answers() == {
        "Takes": [{"valueString": "Aspirin"}, {"valueString": "Ibuprofen"}], "Found": [{"valueString": "A poster"}],
        "Eats": [{"valueCoding": {"system": "urn:food", "code": "b", "display": "Bread"}}, {"valueString": "Soup"}],
    }


async def test_tables_and_grids_name_row_and_column_in_every_cell(window, cast, paper):
    scale = group("Weeks", *(asks(one, "choice", answerOption=weighed(*FREQUENCY)) for one in ("Sad", "Tired")),
                  extension=[control("table")])
    rows = [group(one, asks(f"{one}-had", "boolean", text="Had it"), asks(f"{one}-age", "integer", text="Age"))
            for one in ("Measles", "Mumps")]
    kin = group("Family", asks("who", text="Who"), asks("old", "integer", text="Years"), repeats=True,
                extension=[control("gtable")])
    asked = await ask(window, cast, paper, group("All", scale, group("Ill", *rows, extension=[control("grid")]), kin))
    page = asked.page
    await page.get_by_role("radio", name="Tired: Some days").check()
    await asked.go.click()
    mumps = page.get_by_role("row", name="Mumps")
    await expect(page.get_by_role("columnheader", name="Age")).to_be_visible()
    await mumps.get_by_role("group", name="Had it").get_by_role("radio", name="Yes").check()
    await mumps.get_by_role("spinbutton", name="Age").fill("7")
    await asked.go.click()
    await page.get_by_role("textbox", name="Who").fill("Mara")
    await page.get_by_role("button", name="Add another entry of Family").click()
    await page.get_by_role("textbox", name="Who").nth(1).fill("Leo")
    found = {item["linkId"]: item for item in (await asked.hand_in())["All"]["item"]}
    (tired,) = found["Weeks"]["item"]
    assert (tired["linkId"], tired["answer"][0]["valueCoding"]["display"]) == ("Tired", "Some days")
    (row,) = found["Ill"]["item"]
    assert [one["answer"] for one in row["item"]] == [[{"valueBoolean": True}], [{"valueInteger": 7}]]


async def test_a_table_that_cannot_hold_what_it_asks_is_drawn_as_usual(window, cast, paper):
    nested = asks("Sad", "choice", answerOption=weighed(*FREQUENCY), item=[asks("Why")])
    scale = group("Weeks", nested, asks("Tired", "choice", answerOption=weighed(*FREQUENCY)),
                  extension=[control("table")])
    uneven = group("Ill", group("Mumps", asks("a", text="Age"), words("w", "As far as you know.", "inline")),
                   group("Measles", asks("b", text="Year")), extension=[control("grid")])
    asked = await ask(window, cast, paper, group("All", scale, uneven))
    await expect(asked.page.locator("table")).to_have_count(0)
    await asked.page.get_by_role("group", name="Sad").get_by_role("radio", name="Some days").check()
    await asked.page.get_by_role("textbox", name="Why").fill("Work")
    await asked.go.click()
    await expect(asked.page.get_by_text("As far as you know.")).to_be_visible()
    for name, typed in (("Age", "7"), ("Year", "1990")):
        await asked.page.get_by_role("textbox", name=name).fill(typed)
    found = {item["linkId"]: item for item in (await asked.hand_in())["All"]["item"]}
    assert found["Weeks"]["item"][0]["answer"][0]["item"][0]["answer"] == [{"valueString": "Work"}]
    assert [one["item"][0]["answer"][0]["valueString"] for one in found["Ill"]["item"]] == ["7", "1990"]


async def test_files_are_attached_from_the_keyboard_and_taken_off_again(window, cast, paper):
    asked = await ask(window, cast, paper, asks("Card", "attachment", repeats=True))
    picker = asked.page.get_by_label("Attach files: Card")
    await picker.focus()
    await expect(picker).to_be_focused()
    for name in ("front.pdf", "back.pdf"):
        await picker.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"})
        await expect(asked.page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    await expect(asked.page.locator("[data-file] [data-value]")).to_have_count(2)
    await asked.page.get_by_role("button", name="Remove front.pdf").press("Enter")
    (answer,) = (await asked.answers())["Card"]
    made = answer["valueAttachment"]
    assert (made["title"], made["contentType"], made["size"]) == ("back.pdf", "application/pdf", 15)
    assert made["url"].startswith("urn:uuid:")


async def test_files_attached_and_taken_off_on_one_device_stand_on_the_other_and_none_is_lost(window, cast, paper):
    asked = await ask(window, cast, paper, asks("Card", "attachment", repeats=True))
    other = await window(cast, "client", f"/documents/{asked.document.id}")
    await expect(other.page.locator(READY)).to_be_attached()
    for page, name in ((asked.page, "front.pdf"), (other.page, "back.pdf"), (asked.page, "letter.pdf")):
        file = {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
        await page.get_by_label("Attach files: Card").set_input_files(file)
        for one in (asked.page, other.page):
            await expect(one.get_by_role("button", name=f"Remove {name}")).to_be_visible(timeout=20_000)
    await other.page.get_by_role("button", name="Remove front.pdf").click()
    await expect(asked.page.get_by_role("button", name="Remove front.pdf")).to_have_count(0, timeout=20_000)
    (back, letter) = (await asked.answers())["Card"]
    assert [one["valueAttachment"]["title"] for one in (back, letter)] == ["back.pdf", "letter.pdf"]
