"""What a form does not take in silence: an answer of one's own without words, and an entry for which it has no room."""

from __future__ import annotations

from html import unescape

import pytest

from models.core.errors import Invalid
from models.documents import places
from models.documents.checking import UNSAID as WORDS
from models.documents.filling import answers_of
from models.documents.places import MOST_INSTANCES, MOST_PLACES, UNSAID
from models.documents.questionnaires import read
from tests.documents.forms import asks, form, group, state_of
from tests.documents.in_browser import a_browser
from tests.documents.sampler import control, options

FOUND = asks("found", "open-choice", answerOption=options("A friend", "A poster"))
SEVERAL = asks("eats", "open-choice", repeats=True, answerOption=options("Bread", "Rice"))
LISTED = asks("town", "open-choice", answerOption=options("Bath", "Rome"), extension=[control("drop-down")])
FULL = "this form has no room for another entry"


def test_an_answer_of_ones_own_without_words_is_no_answer_and_is_told_where_it_stands():
    source = form(FOUND, SEVERAL, asks("name"))
    state = state_of(source, {"found": [UNSAID], "eats": ["Rice", UNSAID], "name": ["Ada"]})
    assert state.faults == {"found": (WORDS,), "eats": (WORDS,)}
    assert state.values == {"eats": ["Rice"], "name": ["Ada"]}
    assert state_of(source, {"found": ["A blog"], "name": ["Ada"]}).complete
    required = form({**FOUND, "required": True})
    assert state_of(required, {"found": [UNSAID]}).faults == {"found": (WORDS,)}, "one sentence, not two"
    assert state_of(form(asks("a", "open-choice"), asks("b")), {"a": [" "], "b": ["x"]}).complete, "no list, no Other"


def test_the_browser_says_the_same():
    rooms = group("g", *(asks(f"q{number}") for number in range(1_900)), repeats=True)
    with a_browser() as browser:
        browser.agrees(read(form(FOUND, SEVERAL)), [{"found": [UNSAID]}, {"eats": [UNSAID, "Rice"]}, {}])
        browser.agrees(read(form(rooms)), [{}, {"g:1/q0": ["x"]}, {"g:1": [], "g:2": []}])


def test_what_repeats_is_full_when_one_more_entry_has_no_room_and_not_when_it_has_its_most():
    each = MOST_PLACES // 4
    big = group("big", *(asks(f"q{number}") for number in range(each - 1)), repeats=True)
    small = group("small", asks("a"), repeats=True)

    def full(answers):
        state = state_of(form(big, small), answers)
        return state.by_path["big"].full, state.by_path["small"].full

    assert full({}) == (False, False)
    assert full({f"big:{number}": [] for number in (1, 2, 3)}) == (True, False)
    most = {f"small:{number}": [] for number in range(1, MOST_INSTANCES + 1)}
    assert full(most) == (False, False)
    assert places.most_instances(read(form(small)).items[0]) == MOST_INSTANCES


async def test_without_a_script_it_is_told_on_the_page_and_on_review_and_what_was_chosen_stays(cast, browse, paper):
    document = await paper.ask(questionnaire=form(FOUND, LISTED, asks("name")))
    ana, here = await browse(cast, "client"), f"/documents/{document.id}"
    sent = {"page": "1", "go": "review", "a/found": "own", "o/found": "", "a/town": "own", "o/town": "",
            "a/name": "Ada"}
    assert (await ana.post(f"{here}/page", sent)).status_code == 303
    review = unescape(await (await ana.get(f"{here}/review")).get_data(as_text=True))
    assert review.count(WORDS) == 2 and "Go to this question" in review
    page = unescape(await (await ana.get(f"{here}?page=1")).get_data(as_text=True))
    assert 'data-option="own" checked' in page and '<option value="own" selected>' in page
    with pytest.raises(Invalid) as refused:
        await paper.submit(document)
    assert refused.value.errors == {"found": [WORDS], "town": [WORDS]}
    await ana.post(f"{here}/page", {**sent, "o/found": "A blog", "a/town": ""})
    await paper.submit(document)
    assert (await cast.inside(lambda: answers_of(document.id)))["found"] == ["A blog"]


async def test_without_a_script_it_is_told_beside_the_place_where_the_button_was(cast, browse, paper):
    rooms = group("g", *(asks(f"q{number}") for number in range(300)), repeats=True)
    document = await paper.ask(questionnaire=form(rooms))
    ana, here = await browse(cast, "client"), f"/documents/{document.id}"
    for number in range(1, 16):
        await paper.answer(document, f"g:{number}")
    page = await (await ana.get(here)).get_data(as_text=True)
    assert '<p class="hint" data-full hidden>' in page, "there is room for one more"
    assert (await ana.post(f"{here}/page", {"page": "1", "more": "g"})).status_code == 303
    page = await (await ana.get(here)).get_data(as_text=True)
    assert '<p class="hint" data-full>' in page and FULL in page
    assert (await ana.post(f"{here}/page", {"page": "1", "more": "g"})).status_code == 303
    assert "g:17" not in await cast.inside(lambda: answers_of(document.id))
