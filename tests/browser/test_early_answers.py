"""What is chosen and typed before the page's script runs is an answer all the same."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from models.documents.filling import answers_of
from tests.browser.form_filling import READY, says, sent
from tests.documents.conftest import Paper
from tests.documents.forms import asks, form, group
from tests.documents.sampler import control, options

# As few as stand on one page.
ITEMS = (
    asks("Why", "text"), asks("Mood", "choice", answerOption=options("Good", "Bad")),
    asks("Takes", "choice", repeats=True, answerOption=options("Aspirin", "Ibuprofen")),
    asks("Land", "choice", answerOption=options("Maine", "Vermont"), extension=[control("drop-down")]),
    asks("Pain", "integer", extension=[control("slider")]),
    asks("Calm", "integer", extension=[control("slider"), says("maxValue", valueInteger=10)]),
    asks("Worse", enableWhen=[{"question": "Mood", "operator": "=", "answerString": "Bad"}]),
    asks("Found", "open-choice", answerOption=options("A friend")), asks("Card", "attachment"),
    asks("Doctor", initial=[{"valueString": "Dr. Sol"}]), asks("Left", initial=[{"valueString": "as it was"}]),
)
# Each kind of control, all on one page.
CONTROLS = group(
    "All",
    asks("Born", "date"), asks("Call", "dateTime"), asks("Bed", "time"), asks("Hours", "integer"),
    asks("Weight", "quantity", extension=[says("questionnaire-unitOption", valueCoding={"code": one, "display": one})
                                          for one in ("kg", "lb")]),
    asks("Smokes", "boolean"), asks("I agree", "boolean", extension=[control("check-box")]),
    asks("Mood", "choice", answerOption=options("Good", "Bad")),
    asks("Takes", "choice", repeats=True, answerOption=options("Aspirin", "Ibuprofen", "Zinc")),
    asks("Eats", "open-choice", repeats=True, answerOption=options("Bread", "Rice")),
    asks("Found", "open-choice", answerOption=options("A friend", "A poster")),
    asks("Land", "choice", answerOption=options("Maine", "Vermont"), extension=[control("drop-down")]),
    asks("Town", "open-choice", answerOption=options("Bath", "Rome"), extension=[control("drop-down")]),
    asks("Pain", "integer", extension=[control("slider"), says("maxValue", valueInteger=10)]),
    asks("Pets", repeats=True), asks("Card", "attachment"),
    group("Weeks", *(asks(one, "choice", answerOption=options("Never", "Often")) for one in ("Sad", "Tired")),
          extension=[control("table")]),
    group("Family", asks("Who"), asks("Old", "integer"), repeats=True, extension=[control("gtable")]),
    extension=[control("page")],
)

# By how many milliseconds what this device keeps of an answer stands behind the clock, which is the server's too.
BEHIND = """() => {
  const name = Object.keys(localStorage).find((one) => one.startsWith("portico-answer:"))
  return Date.now() - JSON.parse(localStorage.getItem(name)).at
}"""


# The clock of this device, set on by as much as the test says while the page stands there without its script.
SET_ON = "(() => { const told = Date.now.bind(Date); Date.now = () => told() + (window.setOn ?? 0) })()"
LATE = 60_000


@pytest.fixture
def paper(cast):
    return Paper(cast)


async def hold_scripts(page):
    """No script of ours reaches the page before the event that this gives is set."""
    let_go = asyncio.Event()

    async def wait(route):
        await let_go.wait()
        await route.continue_()

    await page.route("**/*.js*", wait)
    return let_go


async def stands(cast, document):
    return await cast.inside(lambda: answers_of(document.id))


async def before_the_script(window, cast, paper, document, act):
    """What Ana does on the page before its script runs; gives her window, with all of it sent."""
    ana = await window(cast, "client", "/documents")
    let_go = await hold_scripts(ana.page)
    await ana.page.goto(f"{ana.url}/documents/{document.id}", wait_until="commit")
    await act(ana.page)
    assert await ana.page.locator(READY).count() == 0, "the script was to come later"
    let_go.set()
    await expect(ana.page.locator(READY)).to_be_attached(timeout=30_000)
    await sent(ana.page)
    return ana


async def choose(page):
    for name, typed in (("Born", "1988-04-09"), ("Call", "2026-12-01T14:30"), ("Bed", "22:45"), ("Pain", "0"),
                        ("Hours", "6"), ("Weight", "150"), ("Pets 1", "A cat"), ("Who", "Mara"), ("Old", "7")):
        await page.get_by_label(name).first.fill(typed)
    for name, chosen in (("Unit of Weight", "lb"), ("Land", "Vermont"), ("Town", "Rome")):
        await page.get_by_label(name).first.select_option(chosen)
    for name, chosen in (("Smokes", "No"), ("Mood", "Bad"), ("Found", "A poster")):
        await page.get_by_role("group", name=name).get_by_role("radio", name=chosen).check()
    for name, chosen in (("Takes", "Aspirin"), ("Takes", "Zinc"), ("Eats", "Rice"), ("Eats", "Other")):
        await page.get_by_role("group", name=name).get_by_role("checkbox", name=chosen).check()
    await page.get_by_role("group", name="Eats").get_by_role("textbox").fill("Soup")
    await page.get_by_role("checkbox", name="I agree").check()
    await page.get_by_role("radio", name="Tired: Often").check()
    await page.get_by_label("Attach a file: Card").set_input_files(
        {"name": "card.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"})


async def choose_otherwise(page):
    for name in ("Hours", "Pets 1", "Born"):
        await page.get_by_label(name).first.fill("")
    await page.get_by_label("Land").select_option("Choose")
    await page.get_by_role("group", name="Mood").get_by_role("radio", name="Good").check()
    await page.get_by_role("group", name="Takes").get_by_role("checkbox", name="Aspirin").uncheck()
    await page.get_by_role("checkbox", name="I agree").uncheck()
    await page.get_by_label("Pain").fill("3")


async def test_every_kind_of_control_keeps_what_was_chosen_before_the_script_ran(window, cast, paper):
    document = await paper.ask(questionnaire=form(CONTROLS, group("End", asks("Last"))))
    ana = await before_the_script(window, cast, paper, document, choose)
    await expect(ana.page.get_by_role("button", name="Remove card.pdf")).to_be_visible()
    await expect(ana.page.locator("[data-file] [data-value]")).to_have_count(1)
    await sent(ana.page)
    found = {path.removeprefix("All/"): values for path, values in (await stands(cast, document)).items()}
    assert found.pop("Call")[0].startswith("2026-12-01T14:30:00")
    assert found.pop("Card")[0]["title"] == "card.pdf"
    assert found == {
        "Born": ["1988-04-09"], "Bed": ["22:45:00"], "Hours": [6], "Pain": [0], "Pets": ["A cat"],
        "Weight": [{"value": 150, "unit": "lb", "code": "lb"}], "Smokes": [False], "I%20agree": [True],
        "Mood": ["Bad"], "Takes": ["Aspirin", "Zinc"], "Eats": ["Rice", "Soup"], "Found": ["A poster"],
        "Land": ["Vermont"], "Town": ["Rome"], "Weeks/Tired": ["Often"], "Family:1/Who": ["Mara"],
        "Family:1/Old": [7],
    }


async def test_what_was_let_go_of_or_chosen_otherwise_before_the_script_ran_is_no_answer_any_more(
    window, cast, paper
):
    document = await paper.ask(questionnaire=form(CONTROLS, group("End", asks("Last"))))
    for path, *values in (("Hours", 6), ("Pets", "A cat"), ("Born", "1988-04-09"), ("Land", "Maine"), ("Mood", "Bad"),
                          ("Takes", "Aspirin", "Zinc"), ("I%20agree", True), ("Pain", 7), ("Bed", "22:45:00")):
        await paper.answer(document, f"All/{path}", *values)
    await before_the_script(window, cast, paper, document, choose_otherwise)
    found = {path.removeprefix("All/"): values for path, values in (await stands(cast, document)).items() if values}
    assert found == {"Mood": ["Good"], "Takes": ["Zinc"], "Pain": [3], "Bed": ["22:45:00"]}


async def test_it_stands_over_what_this_device_kept_before_and_never_under_what_came_later_elsewhere(
    window, cast, paper
):
    document = await paper.ask(questionnaire=form(*ITEMS))
    ana = await window(cast, "client", f"/documents/{document.id}")
    await ana.cut()
    await ana.page.get_by_label("Why").fill("Kept on the train")
    await expect(ana.page.locator("[data-saved]")).to_contain_text("Offline")
    await ana.context.set_offline(False)
    let_go = await hold_scripts(ana.page)
    await ana.page.goto(f"{ana.url}/documents/{document.id}", wait_until="commit")
    await ana.page.get_by_label("Why").fill("Written now")
    let_go.set()
    await expect(ana.page.locator(READY)).to_be_attached(timeout=30_000)
    await sent(ana.page)
    await expect(ana.page.get_by_label("Why")).to_have_value("Written now")
    assert (await stands(cast, document))["Why"] == ["Written now"]


async def test_words_count_as_typed_when_they_were_however_late_the_script_came(window, cast, paper):
    document = await paper.ask(questionnaire=form(*ITEMS))
    ana = await window(cast, "client", "/documents")
    await ana.page.add_init_script(SET_ON)
    let_go = await hold_scripts(ana.page)
    await ana.page.goto(f"{ana.url}/documents/{document.id}", wait_until="commit")
    await expect(ana.page.get_by_label("Why")).to_be_visible()
    await ana.page.evaluate("late => { window.setOn = late }", LATE)
    let_go.set()
    await expect(ana.page.locator(READY)).to_be_attached(timeout=30_000)
    await ana.cut()
    await ana.page.get_by_label("Why").fill("Typed now")
    assert await ana.page.evaluate(BEHIND) < LATE / 2


async def test_the_back_button_shows_what_stands_and_brings_no_older_words_back(window, cast, paper):
    document = await paper.ask(questionnaire=form(*ITEMS))
    ana = await window(cast, "client", f"/documents/{document.id}")
    await ana.page.get_by_label("Why").fill("On the laptop")
    await ana.page.get_by_role("group", name="Mood").get_by_role("radio", name="Bad").check()
    await sent(ana.page)
    await ana.page.goto(f"{ana.url}/documents")
    await paper.answer(document, "Why", "Later, on the phone")
    await ana.page.go_back()
    await expect(ana.page.get_by_label("Why")).to_have_value("Later, on the phone")
    await expect(ana.page.get_by_label("Worse")).to_be_visible()
    await ana.page.get_by_label("Worse").fill("Much")
    await sent(ana.page)
    assert await stands(cast, document) == {"Why": ["Later, on the phone"], "Mood": ["Bad"], "Worse": ["Much"]}
