"""What staff read of a form: what it asks, when, what answers weigh, and how many pages it has."""

from __future__ import annotations

from models.documents.questionnaires import read
from models.documents.ready import READY
from models.documents.texts import parsed
from server.form_outline import outline
from tests.documents.forms import asks, form, group, when
from tests.documents.shelf import HERE, mood, published


def of(*items, **more):
    return outline(read(form(*items, **more)))


def test_conditions_are_sentences():
    asked = of(asks("a", "boolean", text="Before?"), asks("b", enableWhen=[when("a", True)]),
               asks("c", enableWhen=[when("b", True, "exists", "answerBoolean"), when("a", False, "!=")]))
    assert [one["when"] for one in asked["items"]] == [
        "", "Asked when “Before?” is “Yes”.", "Asked when “b” is answered and “Before?” is not “No”.",
    ]


def test_a_choice_is_compared_by_what_it_is_called():
    phq = outline(read(parsed(READY["phq-9"].source)))
    said = phq["items"][0]["items"][9]["when"]
    assert "is not “Not at all”" in said and "or 6 more like these" in said


def test_options_say_what_they_weigh_and_which_alert():
    phq = outline(read(parsed(READY["phq-9"].source)))
    last = phq["items"][0]["items"][8]
    assert [(one["label"], one["score"], one["risk"]) for one in last["options"]] == [
        ("Not at all", "0", False), ("Several days", "1", True), ("More than half the days", "2", True),
        ("Nearly every day", "3", True),
    ]
    assert phq["questions"] == 10


def test_many_options_are_cut_with_how_many_more():
    asked = of(asks("a", "choice", answerOption=[{"valueInteger": one} for one in range(40)]))
    assert len(asked["items"][0]["options"]) == 30 and asked["items"][0]["more"] == 10


def test_kinds_and_limits_are_words():
    asked = of(asks("a", "string", maxLength=2000, repeats=True), asks("b", "choice", repeats=True),
               group("c", asks("d"), repeats=True))
    assert [(one["kind"], one["notes"]) for one in asked["items"]] == [
        ("Text", ["several answers", "at most 2,000 letters"]), ("Choose any", []), ("Repeats", []),
    ]


def test_it_says_how_many_pages_one_goes_through():
    assert of(asks("a"), asks("b"))["pages"] == 1
    assert outline(read(parsed(READY["intake-adult"].source)))["pages"] == 6
    assert outline(read(parsed(READY["phq-9"].source)))["pages"] == 1


def test_what_is_kept_is_named_once_with_where_it_stands():
    glitter = {"url": "https://elsewhere.test/glitter", "valueString": "much"}
    asked = of(*(asks(f"q{number}", text=f"Question {number}", extension=[glitter]) for number in range(1, 6)),
               asks("r", "reference", text="x" * 90), extension=[glitter])
    assert asked["kept"] == [
        {"words": "“glitter” is kept, not acted upon.", "where": "The form, Question 1, Question 2 and 3 more"},
        {"words": "It refers to a record of another system. It is answered in one's own words.",
         "where": "x" * 79 + "…"},
    ]


async def test_a_version_a_ready_form_and_what_was_brought_can_be_tried_and_keep_nothing(cast, browse):
    form, browser = await published(cast), await browse(cast, "practitioner")
    brought = (await (await browser.send(f"{HERE}/import", {"text": mood()})).get_json())["import"]
    for path, said in ((f"{form.id}/versions/1", "How are you?"), ("ready/gad-2", "Not being able to stop"),
                       (f"import/{brought}", "How are you?")):
        where = f"{HERE}/{path}/preview" + ("/1" if "import" in path else "")
        answer = await browser.get(where)
        page = await answer.get_data(as_text=True)
        assert answer.status_code == 200 and said in page and "nothing is saved" in page
        assert "form-action 'none'" in answer.headers["Content-Security-Policy"], "it posts nowhere"
    assert (await browser.json(f"{HERE}/import/{brought}/preview/2")).status_code == 404
    assert (await browser.json(f"{HERE}/ready/riddle/preview")).status_code == 404
    assert (await (await browse(cast, "owner")).json(f"{HERE}/import/{brought}/preview/1")).status_code == 404
