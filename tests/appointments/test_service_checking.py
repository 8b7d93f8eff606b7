"""What would be wrong with a service, in a sentence at its field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.appointments.service_checking import Length, Wanted, checked, secure_link
from models.core.errors import Invalid

GOOD = Wanted("Individual therapy", lengths=(Length(50, 15000),))
CHOICE = {"id": "", "label": "How?", "kind": "choice", "choices": ["a", "b"], "required": False}


def faults(**changes):
    with pytest.raises(Invalid) as refused:
        checked(replace(GOOD, **changes))
    return set(refused.value.errors)


def test_every_fault_stands_at_its_own_field():
    assert checked(GOOD)["name"] == "Individual therapy"
    assert faults(name=" ") == {"name"}
    assert faults(lengths=()) == {"lengths"}
    assert faults(lengths=(Length(50), Length(4), Length(50))) == {"length_1", "length_2"}
    assert faults(modes=()) == {"modes"}
    assert faults(buffer_before=241, buffer_after=-1) == {"buffer_before", "buffer_after"}
    assert faults(kind="group") == {"capacity"} == faults(kind="family", capacity=1)
    assert faults(confirm="instant-beyond") == {"instant_beyond_days"}
    assert faults(own_policy=True, late_hours=721) == {"late_hours"}
    assert faults(own_policy=True, late_hours=2, closed_hours=24) == {"closed_hours"}, "nothing would ever be late"
    assert faults(questions=({**CHOICE, "choices": ["a", " a "]},)) == {"question_0"}
    assert faults(questions=(CHOICE, {**CHOICE, "label": ""})) == {"question_1"}
    assert faults(questions=(CHOICE,) * 21) == {"questions"}


def test_what_does_not_count_is_not_kept():
    kept = checked(replace(GOOD, capacity=9, instant_beyond_days=3, late_hours=5, video_link="http://nowhere"))
    names = ("capacity", "instant_beyond_days", "late_hours", "video_link")
    assert [kept[name] for name in names] == [1, None, None, ""]
    assert checked(replace(GOOD, kind="couple", capacity=9))["capacity"] == 2


@pytest.mark.parametrize("link", ["https://meet.example/r?x=1#a", " https://a.example:8443/room "])
def test_a_video_link_over_https_is_taken(link):
    assert secure_link(link)
    assert checked(replace(GOOD, modes=("video",), video_link=link))["video_link"] == link.strip()


@pytest.mark.parametrize("link", [
    "http://meet.example/r", "meet.example/r", "javascript:alert(1)", "https://", "https://me:secret@meet.example",
    "https://meet.example/a b", "https://localhost", "https://meet.example:x/", "https://meet.example/\u202e",
    "https://meet.example/" + "a" * 500,
])
def test_any_other_link_is_refused(link):
    assert not secure_link(link)
    assert faults(modes=("video",), video_link=link) == {"video_link"}


def test_a_question_keeps_its_id_and_a_new_one_gets_one():
    first, second = checked(replace(GOOD, questions=({**CHOICE, "id": "kept"}, CHOICE)))["questions"]
    assert first["id"] == "kept" and len(second["id"]) == 36
    assert first == {"id": "kept", "label": "How?", "kind": "choice", "choices": ["a", "b"], "required": False}
