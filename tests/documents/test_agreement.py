"""The browser's evaluator and the server's say the same of what is asked, calculated, wrong and scored."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.documents.building import apply
from models.documents.questionnaires import read
from tests.documents import generated
from tests.documents.forms import SHARED, shared
from tests.documents.talking import TALK

# The same cases each time, within bounds; whoever looks for a smaller one adds Phase.shrink, which takes minutes.
FEW = settings(
    max_examples=120, deadline=None, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@FEW
@given(st.data())
def test_generated_forms_are_evaluated_alike(browser, data):
    source = data.draw(generated.forms())
    browser.agrees(read(source), [{}, data.draw(generated.answers(source)), data.draw(generated.answers(source))])


@pytest.mark.parametrize("name", SHARED)
@settings(FEW, max_examples=8)
@given(st.data())
def test_forms_that_others_made_are_evaluated_alike(browser, name, data):
    source = shared(name)
    browser.agrees(read(source), [{}, data.draw(generated.answers(source))])


def test_a_score_of_numbers_and_choices_is_told_alike(browser):
    source = TALK
    for item in ({"id": "n", "kind": "number", "text": "Hours"}, {"id": "t", "kind": "total", "sums": ["sleep", "n"]}):
        source, _ = apply(source, {"do": "add", "item": item, "under": None, "at": 9})
    badly = [{"code": "badly", "display": "Badly"}]
    states = browser.agrees(read(source), [{}, {"n": [4]}, {"sleep": badly}, {"n": [4], "sleep": badly}])
    assert [(one.scores[0].value, one.scores[0].missing) for one in states] == [(None, 2), (4, 1), (2, 1), (6, 0)]
