"""What must not stand in an e-mail: the client's names, diagnoses, what forms and documents are called."""

from __future__ import annotations

import pytest

from models.appointments.tables import Diagnosis
from models.core.clock import now
from models.documents.asking import Wanted
from models.documents.clinical_words import called, clinical_words
from tests.documents.desk import Desk
from tests.support.papers import a_form

PHQ = {"resourceType": "Questionnaire", "status": "active", "title": "PHQ-9", "item": [
    {"linkId": "a", "type": "integer", "text": "One"}]}


@pytest.fixture
async def said(cast):
    desk = Desk(cast)
    await a_form(cast, PHQ, kind="assessment")
    await a_form(cast, {**PHQ, "title": "GAD-7: worry and tension"}, kind="assessment")
    card, plan = Wanted("request", title="Insurance card, front and back"), Wanted("file", await desk.file())
    await desk.share("parent", card, plan)
    await cast.inside(lambda: Diagnosis.create(
        client_id=desk.client, code="F41.1", title="Generalized anxiety disorder", from_on=now().date()))

    async def words(text):
        return await cast.inside(lambda: clinical_words(desk.client, text))

    return words


@pytest.mark.parametrize(("text", "found"), [
    ("Something is new for you.", []),
    ("For Leo’s file, and for leo.", ["Leo’s", "leo"]),
    ("Mrs. Marsh, Karen, Maya: hello", ["Marsh"]),
    ("Please fill in the phq-9 today", ["phq-9"]),
    ("The PHQ 9, or PHQ9, and the GAD-7", ["PHQ 9", "PHQ9", "GAD-7"]),
    ("The plan_of care and Plan of Care.PDF", ["plan_of care", "Plan of Care.PDF"]),
    ("GAD, and that you feel anxious", ["GAD", "anxious"]),
    ("Your gad, in a moment of practice", []),
    ("About the insurance card, front and back.", ["insurance card, front and back"]),
    ("F41.1 and generalized Anxiety", ["F41.1", "generalized", "Anxiety"]),
    ("This disorder is on the Leonardo floor", []),
])
async def test_names_diagnoses_and_titles_are_found_and_ordinary_words_are_not(said, text, found):
    assert await said(text) == found


@pytest.mark.parametrize(("title", "names"), [
    ("PHQ-9: how you have been feeling", ["PHQ-9"]),
    ("PCL-5 (PTSD), monthly", ["PCL-5", "PTSD"]),
    ("Plan of care.pdf", ["Plan of care"]),
    ("Intake: adult", []),
    ("Consent form", []),
])
def test_a_title_is_called_by_its_short_names_as_well(title, names):
    assert [one for one in called(title) if one in names] == names
    assert {one for one in called(title) if len(one) < len(title)} >= set(names)
    if not names:
        assert called(title) == [title]
