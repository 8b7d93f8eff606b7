"""What becomes of one row of an imported table, and which columns mean what."""

from __future__ import annotations

from datetime import date

import pytest

from models.clients.import_columns import LEFT_OUT, TARGETS, faults, guess, to_remember
from models.clients.import_rows import Surroundings, day_first, identities, record, twins_within

TODAY = date(2026, 11, 28)
AROUND = Surroundings(today=TODAY, majority=18, practitioners={"maya okafor": "maya"})


def made(**cells: str):
    return record({"first_name": "Ana", "last_name": "Beltrán", **cells}, AROUND)


def test_a_row_of_everything_becomes_a_record_without_a_problem():
    one = made(
        born_on="4/9/1988", email=" Ana@Mail.Test ", phone="(207) 555-0148", street="14 Wharf Street", city="Portland",
        state="Maine", zip="04101", status="Active", tags="couples; evening, couples", practitioner="Okafor, Maya",
        pronouns="she/her", preferred_name="Anita",
    )
    assert one.problems == [] and one.name == "Anita Beltrán"
    assert one.values["born_on"] == date(1988, 4, 9) and one.values["email"] == "ana@mail.test"
    assert one.values["tags"] == ["couples", "evening"] and one.values["practitioner"] == "maya"
    assert (one.values["status"], one.values["kind"]) == ("active", "adult")


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"full_name": "Marsh, Leo"}, ("Leo", "Marsh")),
        ({"full_name": "Leo  van der Marsh"}, ("Leo", "van der Marsh")),
        ({"full_name": "Someone Else", "first_name": "Leo", "last_name": "Marsh"}, ("Leo", "Marsh")),
    ],
)
def test_a_full_name_is_divided_where_the_parts_are_missing(cells, name):
    one = record(cells, AROUND)
    assert (one.values["first_name"], one.values["last_name"]) == name and one.problems == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2011-03-02", date(2011, 3, 2)),
        ("2011-03-02T00:00:00", date(2011, 3, 2)),
        ("3/2/2011", date(2011, 3, 2)),
        ("03-02-11", date(2011, 3, 2)),
        ("3/2/31", date(1931, 3, 2)),
        ("25.12.1990", date(1990, 12, 25)),
        ("2/29/2012", date(2012, 2, 29)),
    ],
)
def test_dates_are_read_as_they_are_usually_written(written, meant):
    assert made(born_on=written).values["born_on"] == meant


def test_a_column_that_leads_with_the_day_is_noticed():
    assert day_first(["03/02/2011", "25/12/1990"]) and not day_first(["03/02/2011", "12/25/1990"])
    assert not day_first(["03/02/2011"]), "without a sign of it dates are read as they are written here"
    around = Surroundings(today=TODAY, majority=18, practitioners={}, day_first=True)
    assert record({"full_name": "A B", "born_on": "03/02/2011"}, around).values["born_on"] == date(2011, 2, 3)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"first_name": "", "last_name": ""}, "name is missing"),
        ({"last_name": ""}, "last name is missing"),
        ({"born_on": "2/30/2011"}, "is no date"),
        ({"born_on": "soon"}, "is no date"),
        ({"born_on": "2026-11-29"}, "in the future"),
        ({"born_on": "1850-01-01"}, "130 years"),
        ({"email": "ana at mail"}, "no e-mail address"),
        ({"phone": "call me"}, "no phone number"),
        ({"status": "purple"}, "status “purple” is not known"),
        ({"practitioner": "Dr. Nobody"}, "Nobody on the staff is called"),
        ({"city": "x" * 101}, "City is longer than 100"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(cells, words):
    one = made(**cells)
    assert len(one.problems) == 1 and words in one.problems[0]


def test_names_and_numbers_are_kept_in_the_spelling_of_the_record():
    one = made(first_name="\u202eAna\u202c", phone="2075550148")
    assert (one.values["first_name"], one.values["phone"]) == ("Ana", "(207) 555-0148")
    assert made(phone="+44 20 7946 0018").values["phone"] == "+44 20 7946 0018"


@pytest.mark.parametrize(("word", "status"), [("Inactive", "discharged"), ("lead", "prospect"), ("", "active")])
def test_the_words_of_other_programs_for_a_status_are_known(word, status):
    assert made(status=word).values["status"] == status


def test_who_is_young_is_a_minor_unless_the_file_says_otherwise():
    assert made(born_on="2011-03-02").values["kind"] == "minor"
    assert made(born_on="2011-03-02", kind="Adult").values["kind"] == "adult"
    assert made(born_on="2008-11-28").values["kind"] == "adult", "eighteen today"
    assert made(born_on="2008-11-29").values["kind"] == "minor", "eighteen tomorrow"


def test_a_person_who_stands_twice_in_the_file_is_found():
    ana = made(email="ana@mail.test", born_on="1988-04-09")
    same_mail = record({"full_name": "Someone Else", "email": "ANA@mail.test"}, AROUND)
    same_birth = made(born_on="4/9/1988")
    namesake = made()
    assert twins_within([ana, same_mail, same_birth, namesake]) == {1: 0, 2: 0}
    assert identities(namesake) == [], "a name alone is no identity"


def test_headings_of_other_programs_are_understood():
    headings = ["First Name", "LAST_NAME", "E-Mail", "Mobile Phone", "D.O.B.", "Clinician", "Favourite colour"]
    assert [guess(headings, {})[one] for one in headings] == [
        "first_name", "last_name", "email", "phone", "born_on", "practitioner", LEFT_OUT,
    ]


def test_no_target_is_guessed_for_two_columns():
    chosen = guess(["Phone", "Mobile", "Cell"], {})
    assert list(chosen.values()) == ["phone", LEFT_OUT, LEFT_OUT]


def test_the_mapping_of_last_time_comes_first():
    last = to_remember({"Favourite colour": "tags", "Phone": LEFT_OUT})
    assert guess(["favourite COLOUR", "phone"], last) == {"favourite COLOUR": "tags", "phone": LEFT_OUT}
    assert guess(["phone"], {"phone": "no longer known"}) == {"phone": LEFT_OUT}


def test_a_mapping_needs_names_and_nothing_twice():
    assert faults({"a": "first_name", "b": "last_name"}) == [] == faults({"a": "full_name", "b": LEFT_OUT})
    assert "full name" in faults({"a": "first_name"})[0]
    assert "both Phone" in faults({"a": "full_name", "b": "phone", "c": "phone"})[0]
    assert all(target.title for target in TARGETS.values())
