"""A form with its answers as words."""

from __future__ import annotations

from datetime import UTC, datetime

from models.documents.content import content_of, plain_lines
from models.documents.questionnaires import read
from tests.support.papers import INTAKE

FORM = read(INTAKE)
AT = datetime(2026, 11, 18, 14, tzinfo=UTC)


def _questions(answers):
    lines, _ = content_of(FORM, answers, AT)
    return {line["text"]: line["answers"] for line in lines if line["kind"] == "question"}


def test_it_reads_as_it_is_asked():
    lines, values = content_of(FORM, {"about/why": ["Sleep"], "about/before": [False]}, AT)
    assert lines[0] == {"kind": "heading", "deep": 0, "text": "About you"}
    assert lines[1] == {"kind": "question", "deep": 0, "text": "What brings you here?", "answers": ["Sleep"]}
    assert values == {"about/why": ["Sleep"], "about/before": [False]}


def test_what_is_not_asked_is_not_there_whatever_was_once_answered():
    asked = _questions({"about/before": [False], "about/when": ["2019"]})
    assert asked["Have you been in therapy before?"] == ["No"] and "When was that?" not in asked
    assert _questions({"about/before": [True], "about/when": ["2019"]})["When was that?"] == ["2019"]


def test_the_same_answers_are_the_same_words():
    answers = {"sleep/hours": [7], "about/why": ["x"]}
    other = dict(reversed(answers.items()))
    assert content_of(FORM, answers, AT) == content_of(FORM, other, AT)


def test_safe_html_becomes_lines_of_words():
    html = "<h2>Your rights</h2><p>You may <b>end</b> it.</p><ul><li>One</li><li>Two &amp; three</li></ul>"
    lines = plain_lines(html, 1)
    assert [(line["kind"], line["text"]) for line in lines] == [
        ("heading", "Your rights"), ("words", "You may end it."), ("bullet", "One"), ("bullet", "Two & three"),
    ]
