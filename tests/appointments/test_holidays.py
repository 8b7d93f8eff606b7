"""Public holidays of a country and its regions."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from models.appointments.holidays import closed_days, countries, holidays_of, is_known, regions


def test_countries_and_regions_have_names_that_people_know():
    names = {one.code: one.name for one in countries()}
    assert {names[code] for code in ("US", "GB", "CI", "TT", "IM")} == {
        "United States", "United Kingdom", "Côte d’Ivoire", "Trinidad and Tobago", "Isle of Man"}
    assert [one.name for one in countries()][:3] == ["Afghanistan", "Åland Islands", "Albania"]
    assert ("ME", "Maine") in regions("US") and ("BY", "Bayern") in regions("DE")
    assert regions("XX") == ()


def test_a_region_has_days_of_its_own():
    assert date(2026, 4, 20) in {one.day for one in holidays_of("US", "ME", 2026)}  # Patriots’ Day
    assert date(2026, 4, 20) not in {one.day for one in holidays_of("US", "", 2026)}
    assert ("New Year’s Day", 2026) in {(one.name, one.day.year) for one in holidays_of("US", "ME", 2026)}
    assert "Good Friday" in {one.name for one in holidays_of("DE", "", 2026)}


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("US", "ZZ"), ("", "")])
def test_what_is_not_known_has_none(country, region):
    assert not is_known(country, region)
    assert holidays_of(country, region, 2026) == () and not closed_days(country, region, date.min, date.min)


def test_closed_days_are_those_asked_for_over_the_end_of_the_year_without_those_one_works_on():
    first, last = date(2026, 12, 25), date(2027, 1, 1)
    assert closed_days("US", "ME", first, last) == {first, last}
    assert closed_days("US", "ME", date(2026, 12, 26), date(2026, 12, 31)) == frozenset()
    assert closed_days("US", "ME", first, last, [first]) == {last}


def test_every_country_and_region_can_be_asked():
    for country in countries():
        assert is_known(country.code)
        for region in ("", *(one.code for one in regions(country.code)[:1])):
            holidays_of(country.code, region, 2026)


def test_who_asks_for_no_country_waits_for_no_import():
    asked = "from datetime import date; import sys, models.appointments.availability, models.appointments.holidays as h"
    seen = f"{asked}; h.closed_days('', '', date.min, date.max); sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", seen], check=False).returncode == 0
