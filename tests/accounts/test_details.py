"""Account Settings > Practice: what a practice says of itself; whom it listens to; that nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.accounts import details
from models.accounts.practices import profile, today_here
from models.core.errors import Conflict, Forbidden, Invalid

HERE = "/staff/settings/practice"
NPI = "1234567893"  # the example of CMS's own description of the check digit
TYPED = {
    "name": "Harbor Counseling & Play", "legal_name": "Harbor Counseling LLC", "npi": NPI, "tax_id": "123456789",
    "time_zone": "America/Los_Angeles", "phone": "207 555 0199", "address": "1 Pier Road\r\n\r\nPortland",
    "billing_address": "P.O. Box 12\r\nPortland", "age_of_majority": "19",
}


async def saved(cast):
    return await cast.inside(profile)


async def page(browser, path=HERE):
    return await (await browser.get(path)).get_data(as_text=True)


@pytest.mark.parametrize("npi", [NPI, "1245319599", "1679576722"])
def test_an_npi_whose_check_digit_fits_is_one(npi):
    assert details.npi_holds(npi)


@pytest.mark.parametrize("npi", ["1234567890", "123456789", "12345678931", "", "123456789a", "\uff11234567893"])
def test_anything_else_is_none(npi):
    assert not details.npi_holds(npi)


@given(st.integers(0, 999_999_999), st.integers(0, 9), st.integers(1, 9))
def test_one_digit_mistyped_is_always_noticed(start, place, by):
    (whole,) = (f"{start:09}{last}" for last in range(10) if details.npi_holds(f"{start:09}{last}"))
    wrong = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 :]
    assert not details.npi_holds(wrong)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2075550132", "(207) 555-0132"), ("1-207-555-0132", "(207) 555-0132"), ("+1 (207) 555.0132", "(207) 555-0132"),
        ("+44 20 7946 0018", "+44 20 7946 0018"), ("(207) 555-0132 ext. 4", "(207) 555-0132 ext. 4"), ("  ", ""),
    ],
)
def test_a_phone_number_is_kept_as_people_write_it(typed, kept):
    assert details.plain_phone(typed) == kept


@pytest.mark.parametrize("typed", ["call us", "12345", "9" * 30, "207-555-0132; DROP", "<b>2075550132</b>"])
def test_what_is_no_phone_number_is_refused(typed):
    with pytest.raises(ValueError, match="phone number"):
        details.plain_phone(typed)


async def test_an_administrator_saves_the_details_and_they_hold(cast, browse, people):
    browser = await browse(cast, "owner")
    answer = await browser.post(HERE, TYPED | {"version": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HERE}?done=details")
    found = await saved(cast)
    assert (found.name, found.legal_name, found.npi) == ("Harbor Counseling & Play", "Harbor Counseling LLC", NPI)
    assert (found.tax_id, found.phone, found.age_of_majority) == ("12-3456789", "(207) 555-0199", 19)
    assert (found.address, found.billing_address) == ("1 Pier Road\nPortland", "P.O. Box 12\nPortland")
    assert found.time_zone == "America/Los_Angeles"
    (event,) = await people.events("practice.details_changed")
    assert (event["ids"], event["data"]) == ({}, None), "an audit line that repeats none of the words"
    assert "Harbor Counseling &amp; Play" in await page(await browse(cast), "/")


async def test_what_is_not_sent_stays(cast, browse):
    browser = await browse(cast, "owner")
    assert (await browser.send(HERE, {"npi": NPI})).status_code == 200
    found = await saved(cast)
    assert (found.npi, found.name, found.phone) == (NPI, "Harbor Counseling", "(207) 555-0132")
    shown = (await (await browser.json(HERE)).get_json())["details"]
    assert shown["npi"] == NPI


async def test_saving_what_stands_there_already_is_no_change(cast, people):
    owner = await cast.actor("owner")
    await cast.inside(lambda: details.set_details(owner, 1, {"name": " Harbor   Counseling "}))
    assert await people.events("practice.details_changed") == []
    assert (await saved(cast)).details_version == 1


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("name", "   ", "Say what your clients call the practice."),
        ("name", "x" * 121, "Use at most 120 characters."),
        ("npi", "1234567890", "This is not an NPI"),
        ("npi", "12", "An NPI has ten digits."),
        ("tax_id", "12-34", "Write an EIN"),
        ("time_zone", "Mars/Olympus", "Choose a time zone from the list."),
        ("time_zone", "localtime", "Choose a time zone from the list."),
        ("phone", "none", "Write a phone number"),
        ("address", "y" * 501, "Use at most 500 characters."),
        ("age_of_majority", "20", "Choose 18, 19 or 21."),
        ("age_of_majority", "", "This must be a whole number."),
        ("age_of_majority", "old", "This must be a whole number."),
    ],
)
async def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(cast, browse, field, text, said):
    browser = await browse(cast, "owner")
    answer = await browser.post(HERE, TYPED | {field: text, "legal_name": "Typed Long LLC", "version": "1"})
    drawn = await answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-wrong">.*{re.escape(said)}', drawn)
    assert ('value="Typed Long LLC"' in drawn and 'value="207 555 0199"' in drawn) or field == "phone"
    assert (await saved(cast)).legal_name == "", "nothing of it was kept"


async def test_two_administrators_the_second_is_told_and_sees_both(cast, browse):
    first, second = await browse(cast, "owner"), await browse(cast, "owner")
    assert 'name="version" value="1"' in await page(second)
    await first.post(HERE, TYPED | {"version": "1"})
    mine = TYPED | {"version": "1", "name": "Harbor House", "address": "14 Wharf Street"}
    answer = await second.post(HERE, mine)
    drawn = await answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Changed by somebody else" in drawn
    assert 'value="Harbor House"' in drawn, "what was typed is kept"
    assert "Saved meanwhile: Harbor Counseling &amp; Play" in drawn
    assert drawn.count("Saved meanwhile") == 2, "only what differs is pointed out"
    assert (await saved(cast)).name == "Harbor Counseling & Play"
    assert (await second.post(HERE, mine | {"version": "2"})).status_code == 303
    assert (await saved(cast)).name == "Harbor House"


async def test_a_form_drawn_again_for_another_fault_still_shows_what_it_was_typed_over(cast, browse):
    first, second = await browse(cast, "owner"), await browse(cast, "owner")
    await first.post(HERE, {"legal_name": "Harbor LLC", "version": "1"})
    drawn = await (await second.post(HERE, TYPED | {"npi": "12", "version": "1"})).get_data(as_text=True)
    assert 'name="version" value="1"' in drawn, "else the next save would silently undo what the first saved"
    assert (await second.post(HERE, TYPED | {"version": "1"})).status_code == 409


async def test_the_refusals_of_the_verb_are_its_own(cast):
    owner, biller = await cast.actor("owner"), await cast.actor("biller")
    with pytest.raises(Forbidden):
        await cast.inside(lambda: details.set_details(biller, None, {"name": "Mine"}))
    with pytest.raises(Conflict):
        await cast.inside(lambda: details.set_details(owner, 7, {"name": "Late"}))
    with pytest.raises(Invalid):
        await cast.inside(lambda: details.set_details(owner, None, {"name": ""}))


async def test_the_database_knows_every_zone_that_is_offered_or_says_so(cast, monkeypatch):
    owner = await cast.actor("owner")
    monkeypatch.setattr(details, "known_zones", lambda: {"Europe/Atlantis"})
    with pytest.raises(Invalid) as refused:
        await cast.inside(lambda: details.set_details(owner, None, {"time_zone": "Europe/Atlantis"}))
    assert "time_zone" in refused.value.errors
    assert await cast.inside(today_here)


@pytest.mark.parametrize("name", ["practitioner", "frontdesk", "client"])
async def test_only_administrators_see_and_change_them(cast, browse, name):
    assert (await (await browse(cast, "owner")).get(HERE)).status_code == 200
    browser = await browse(cast, name)
    assert (await browser.get(HERE)).status_code == 403
    assert (await browser.post(HERE, TYPED)).status_code == 403


async def test_the_neighbours_keep_theirs(cast, neighbours, browse):
    await (await browse(cast, "owner")).post(HERE, TYPED)
    assert (await saved(neighbours)).name == "Harbor Counseling"


async def test_the_faq_your_client_portal_will_include_your_name_and_address(cast, browse):
    """FAQ, "Do you offer personal branding and logos": on the landing page and for whoever is signed in."""
    await (await browse(cast, "owner")).post(HERE, TYPED)
    for name, path in ((None, "/"), ("client", "/home")):
        drawn = await page(await browse(cast, name), path)
        assert "Harbor Counseling &amp; Play" in drawn and "1 Pier Road" in drawn and "(207) 555-0199" in drawn
