"""A form in pages that stay the same."""

from __future__ import annotations

from models.documents.pages import page_of, pages_of, shows
from models.documents.questionnaires import read
from models.documents.ready import READY
from models.documents.sheets import sheets_of
from models.documents.texts import parsed
from tests.documents.forms import asks, extension, form, group, shared, state_of, when

HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"


def controlled(item, code):
    return {**item, "extension": [extension(CONTROL, valueCodeableConcept={"coding": [{"code": code}]})]}


def titles(source):
    return [page.title for page in pages_of(read(source))]


def test_groups_at_the_top_are_pages():
    source = form(group("a", asks("a1")), group("b", asks("b1"), asks("b2")))
    assert titles(source) == ["a", "b"]
    assert [page.places for page in pages_of(read(source))] == [("a",), ("b",)]


def test_pages_that_the_form_names_are_pages_whatever_their_size():
    source = form(controlled(group("a", *(asks(f"q{n}") for n in range(40))), "page"), group("b", asks("x")))
    assert titles(source) == ["a", "b"]


def test_questions_without_groups_stand_about_eight_on_a_page():
    pages = pages_of(read(form(*(asks(f"q{n}") for n in range(25)))))
    assert [len(page.places) for page in pages] == [9, 8, 8]
    assert len(pages_of(read(shared("phq9")))) == 1


def test_a_large_group_is_split_and_keeps_its_title():
    pages = pages_of(read(form(group("g", *(asks(f"q{n}") for n in range(24))), group("h", asks("x")))))
    assert [page.title for page in pages] == ["g", "g", "g", "h"]
    assert pages[0].places[0] == "g/q0"


def test_words_stand_with_the_question_that_they_introduce():
    items = [one for n in range(16) for one in ({"linkId": f"w{n}", "type": "display", "text": "w"}, asks(f"q{n}"))]
    pages = pages_of(read(form(*items)))
    assert pages[1].places[0] == "w8"


def test_one_group_around_everything_is_no_page_of_its_own():
    source = form(group("root", group("a", asks("a1")), group("b", asks("b1"))))
    assert [page.places for page in pages_of(read(source))] == [("root/a",), ("root/b",)]


def test_a_page_is_skipped_when_nothing_on_it_is_asked():
    source = form(group("a", asks("yes", "boolean")), group("b", asks("more"), enableWhen=[when("yes", True)]))
    pages = pages_of(read(source))
    assert not shows(pages[1], state_of(source, {"yes": [False]}))
    assert shows(pages[1], state_of(source, {"a/yes": [True]}))
    assert [page.number for page in pages] == [1, 2]


def test_what_is_always_hidden_makes_no_page_and_stands_with_what_follows():
    aside = {**asks("made-by"), "extension": [extension(HIDDEN, valueBoolean=True)]}
    within = {**asks("within"), "extension": [extension(HIDDEN, valueBoolean=True)]}
    source = form(aside, group("a", asks("a1")), group("nothing", within), group("b", asks("b1")))
    assert titles(source) == ["a", "b"], "a count of pages holds only those that somebody may see"
    assert [page.places for page in pages_of(read(source))] == [("made-by", "a"), ("nothing", "b")]
    first, second = sheets_of(state_of(source))
    assert [first.title, second.title] == ["a", "b"] and first.nodes[-1].path == "a/a1", "drawn as pages, not in them"


def test_a_score_that_is_kept_from_clients_does_not_say_the_words_of_its_page_twice():
    [page] = sheets_of(state_of(parsed(READY["phq-9"].source)))
    assert page.title.startswith("Over the last 2 weeks")
    assert [node.item.type for node in page.nodes if not node.item.hidden] == ["choice"] * 10, "not the group once more"
    assert any(node.item.hidden and node.item.link_id == "phq9-total" for node in page.nodes)


def test_every_place_stands_on_one_page():
    source = form(group("a", asks("a1"), repeats=True), asks("b"))
    pages = pages_of(read(source))
    for path in state_of(source, {"a:2/a1": ["x"]}).by_path:
        assert page_of(pages, path) is not None
    assert page_of(pages, "a:2/a1") == pages[0]
    assert page_of(pages, "elsewhere") is None


def test_a_group_that_is_drawn_as_a_page_says_there_what_is_wrong_with_it():
    source = form(group("a", asks("a1")), group("b", asks("b1"), required=True))
    one, two = sheets_of(state_of(source, {"a/a1": ["x"]}))
    assert (one.wrong, [node.path for node in two.wrong]) == ([], ["b"])
    split = form(group("g", *(asks(f"q{n}") for n in range(24)), required=True))
    assert [[node.path for node in sheet.closes] for sheet in sheets_of(state_of(split))] == [[], [], ["g"]]
    plain = form(group("a", asks("a1")), group("b", asks("b1")))
    assert [sheet.closes for sheet in sheets_of(state_of(plain))] == [[], []]
