"""The sections of a record: what staff and the client read and keep, and what may stand in a field."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from models.clients.sections import SECTIONS
from models.core.database import execute

KEYS = ("names", "demographics", "contact", "emergency", "insurance", "time_zone", "referral")
SAVED = {
    "names": {"first_name": "Ana María", "last_name": "Beltrán", "preferred_name": "Ani", "pronouns": "she/her"},
    "demographics": {"born_on": "1988-04-10", "sex": "female", "gender": "woman", "marital_status": "married",
                     "ethnicity": "Latina"},
    "emergency": {"emergency_name": "Rosa Beltrán", "emergency_relation": "sister",
                  "emergency_phone": "(207) 555-0171"},
    "time_zone": {"time_zone": "America/Denver", "language": "es"},
    "referral": {"heard_from": "A friend", "referred_by": "Dr. Chen"},
}


def test_the_sections_are_those_that_others_build_upon() -> None:
    assert tuple(SECTIONS) == KEYS
    for section in SECTIONS.values():
        assert section.title and section.fields and section.payload.model_validate({}) is not None


@pytest.mark.parametrize("key", SAVED)
async def test_staff_keep_a_section_and_the_client_reads_the_same(records: Any, key: str) -> None:
    answer = await records.save("client", key, **SAVED[key])
    assert answer.status_code == 200
    assert {**await records.staff("client", key), **SAVED[key]} == await records.staff("client", key)
    seen = await records.portal("client", "client", key)
    assert {**seen, **SAVED[key]} == seen
    (event,) = await records.events("client.details_changed")
    assert event["ids"] == {"client": str(records.cast.clients["client"]), "section": key} and not event["data"]
    assert ["access", str(records.cast.accesses["client", "client"])] in event["rooms"]


@pytest.mark.parametrize("key", SAVED)
async def test_a_client_keeps_their_own_and_staff_read_it(records: Any, key: str) -> None:
    given = {name: value for name, value in SAVED[key].items() if name != "born_on"}
    assert (await records.write("client", "client", key, **given)).status_code == 200
    seen = await records.staff("client", key)
    assert {**seen, **given} == seen


async def test_what_is_not_sent_stays_as_it_is(records: Any) -> None:
    await records.save("client", "demographics", **SAVED["demographics"])
    await records.save("client", "demographics", gender="non-binary")
    assert await records.staff("client", "demographics") == {**SAVED["demographics"], "gender": "non-binary"}


async def test_saving_what_is_so_already_tells_nobody(records: Any) -> None:
    await records.save("client", "referral", **SAVED["referral"])
    await records.save("client", "referral", **SAVED["referral"])
    assert len(await records.events("client.details_changed")) == 1


async def test_screens_show_the_preferred_name_with_the_last(records: Any, browse: Any, cast: Any) -> None:
    await records.save("client", "names", **SAVED["names"])
    me = await (await (await browse(cast, "client")).json("/me")).get_json()
    assert me["clients"][0]["name"] == "Ani Beltrán"
    await records.save("client", "names", preferred_name="")
    assert (await records.rows("SELECT name FROM client WHERE id = $1", cast.clients["client"]))[0]["name"] \
        == "Ana María Beltrán"


async def test_a_record_with_only_a_whole_name_is_read_in_two_parts(records: Any) -> None:
    await records.cast.inside(lambda: execute("UPDATE client SET first_name = '', last_name = ''"))
    names = await records.staff("teen", "names")
    assert (names["first_name"], names["last_name"]) == ("Leo", "Marsh")


async def test_a_name_cannot_be_left_empty(records: Any) -> None:
    answer = await records.save("client", "names", first_name="  ")
    assert answer.status_code == 422 and (await answer.get_json())["errors"] == {"first_name": ["Fill this in."]}


async def test_a_name_from_right_to_left_is_kept_and_signs_that_turn_words_round_are_not(records: Any) -> None:
    await records.save("client", "names", first_name="\u202eليلى\u202c", last_name="  الخطيب ")
    names = await records.staff("client", "names")
    assert (names["first_name"], names["last_name"]) == ("ليلى", "الخطيب")


DAYS = [
    ("2008-02-29", "2008-02-29"), ("02/29/2008", "2008-02-29"), ("1931-12-01", "1931-12-01"), ("", ""),
    ("2007-02-29", None), ("1889-01-01", None), ("soon", None), ("02/30/2008", None),
]


@pytest.mark.parametrize(("given", "kept"), DAYS)
async def test_birth_dates(records: Any, given: str, kept: str | None) -> None:
    answer = await records.save("client", "demographics", born_on=given)
    if kept is None:
        assert answer.status_code == 422 and (await answer.get_json())["errors"]["born_on"]
        kept = "1988-04-09"
    assert (await records.staff("client", "demographics"))["born_on"] == kept


async def test_nobody_is_born_in_the_future(records: Any) -> None:
    for days in (2, 400):
        day = date.today() + timedelta(days=days)
        answer = await records.save("client", "demographics", born_on=day.isoformat())
        assert (await answer.get_json())["errors"] == {
            "born_on": ["This day is still to come. Give the day of birth."]
        }


PHONES = [
    ("2075550148", "(207) 555-0148"), ("+1 207.555.0148", "(207) 555-0148"), ("1-207-555-0148", "(207) 555-0148"),
    ("+44 20 7946 0018", "+44 20 7946 0018"), ("(207) 555-0148 x12", "(207) 555-0148 x12"), ("12", None),
    ("call me", None), ("+1234567890123456", None),
]


@pytest.mark.parametrize(("given", "kept"), PHONES)
async def test_phone_numbers_of_here_and_abroad(records: Any, given: str, kept: str | None) -> None:
    answer = await records.save("client", "emergency", emergency_phone=given)
    assert (answer.status_code == 200) == (kept is not None)
    assert (await records.staff("client", "emergency"))["emergency_phone"] == (kept or "")


CODES = [
    ("04101", "", "04101"), ("041012345", "", "04101-2345"), ("04101-2345", "USA", "04101-2345"), ("4101", "", None),
    ("SW1A 1AA", "", None), ("SW1A 1AA", "United Kingdom", "SW1A 1AA"), ("", "", ""),
]


@pytest.mark.parametrize(("given", "country", "kept"), CODES)
async def test_postal_codes_of_here_and_abroad(records: Any, given: str, country: str, kept: str | None) -> None:
    answer = await records.save(
        "client", "contact", address_1_line_1="1 Wharf Street", address_1_postal_code=given, address_1_country=country
    )
    seen = await records.staff("client", "contact")
    if kept is None:
        assert answer.status_code == 422 and "address_1_postal_code" in (await answer.get_json())["errors"]
        assert "address_1_id" not in seen, "half an address would be left"
    else:
        assert seen["address_1_postal_code"] == kept


async def test_the_one_number_of_an_older_record_is_the_first_of_its_phones(records: Any) -> None:
    seen = await records.staff("client", "contact")
    assert seen["phone_1_number"] == "(207) 555-0148"
    await records.save("client", "contact", phone_1_id=seen["phone_1_id"], phone_1_leave="none")
    await records.save("client", "contact", phone_2_number="207-555-0199", phone_2_kind="work")
    seen = await records.staff("client", "contact")
    assert (seen["phone_1_leave"], seen["phone_2_number"], seen["phone_main"]) == (
        "none", "(207) 555-0199", seen["phone_1_id"],
    )


async def test_one_phone_is_the_main_one_also_when_it_goes(records: Any) -> None:
    await records.save("client", "contact", phone_2_number="2075550199")
    seen = await records.staff("client", "contact")
    first, second = seen["phone_1_id"], seen["phone_2_id"]
    await records.save("client", "contact", phone_main=second)
    assert (await records.staff("client", "contact"))["phone_main"] == second
    shown = "SELECT phone FROM client WHERE id = $1"
    assert (await records.rows(shown, records.cast.clients["client"]))[0]["phone"] == "(207) 555-0199"
    await records.save("client", "contact", phone_remove=second)
    seen = await records.staff("client", "contact")
    assert seen["phone_main"] == seen["phone_1_id"] == first and "phone_2_id" not in seen
    await records.save("client", "contact", phone_remove=first)
    assert (await records.rows(shown, records.cast.clients["client"]))[0]["phone"] == ""


async def test_a_new_one_that_a_page_saves_field_by_field_is_one(records: Any) -> None:
    id = str(uuid4())
    await records.save("client", "contact", phone_2_id=id, phone_2_number="2075550199")
    await records.save("client", "contact", phone_2_id=id, phone_2_kind="work", phone_2_number="2075550199")
    seen = await records.staff("client", "contact")
    assert (seen["phone_2_id"], seen["phone_2_kind"]) == (id, "work") and "phone_3_id" not in seen


async def test_a_group_of_which_nothing_is_typed_makes_nothing(records: Any) -> None:
    await records.save("client", "contact", phone_2_id=str(uuid4()), phone_2_number="", phone_2_kind="mobile")
    assert "phone_2_id" not in await records.staff("client", "contact")


async def test_what_is_needed_is_filled_in_or_the_thing_removed(records: Any) -> None:
    id = (await records.staff("client", "contact"))["phone_1_id"]
    answer = await records.save("client", "contact", phone_1_id=id, phone_1_number="")
    assert (await answer.get_json())["errors"] == {"phone_1_number": ["Fill this in, or remove the phone."]}
    answer = await records.save("client", "insurance", policy_1_member_id="XK-1")
    assert "policy_1_payer" in (await answer.get_json())["errors"]


async def test_policies_stand_in_the_order_in_which_they_were_added(records: Any) -> None:
    for place, payer in enumerate(("Aetna", "Cigna", "MaineCare"), 1):
        await records.save("client", "insurance", **{f"policy_{place}_payer": payer})
    seen = await records.staff("client", "insurance")
    assert [seen[f"policy_{place}_payer"] for place in (1, 2, 3)] == ["Aetna", "Cigna", "MaineCare"]
    assert seen["policy_main"] == seen["policy_1_id"]
    answer = await records.save("client", "insurance", policy_4_payer="Humana")
    assert (await answer.get_json())["errors"] == {"policy_4_payer": ["There are 3 already. Remove one first."]}


async def test_ids_of_another_client_or_practice_are_missing(records: Any, neighbours: Any) -> None:
    await records.save("teen", "insurance", policy_1_payer="Aetna")
    id = (await records.staff("teen", "insurance"))["policy_1_id"]
    for given in ({"policy_1_id": id, "policy_1_payer": "Mine"}, {"policy_remove": id}, {"policy_main": id}):
        answer = await records.save("client", "insurance", **given)
        assert answer.status_code == 404, given
    assert (await records.staff("teen", "insurance"))["policy_1_payer"] == "Aetna"


async def test_one_e_mail_address_is_not_in_two_clients_records(records: Any) -> None:
    assert (await records.save("client", "contact", email="Ana@Example.com")).status_code == 200
    assert (await records.staff("client", "contact"))["email"] == "ana@example.com"
    answer = await records.save("teen", "contact", email="ana@example.com")
    assert answer.status_code == 422 and "Another client’s record" in (await answer.get_json())["errors"]["email"][0]
    told = (await (await records.write("teen", "teen", "contact", email="ana@example.com")).get_json())["errors"]
    assert "client" not in told["email"][0] and "Call Harbor Counseling" in told["email"][0]


async def test_the_same_form_without_a_script_keeps_what_was_typed(records: Any, browse: Any, cast: Any) -> None:
    browser = await browse(cast, "practitioner")
    address = records.address("client", "details/demographics")
    answer = await browser.post(address, {"born_on": "someday", "gender": "woman & more"})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "someday" in page and "woman &amp; more" in page
    assert page.count("Give a day of the calendar") == 1
    assert (await browser.post(address, {"born_on": "1988-04-09", "gender": "woman"})).status_code == 303


STAFF = [("owner", 200), ("practitioner", 200), ("supervisor", 200), ("frontdesk", 200), ("biller", 403)]


@pytest.mark.parametrize(("name", "status"), STAFF)
async def test_who_manages_a_record_changes_it_and_who_only_sees_it_does_not(
    records: Any, name: str, status: int
) -> None:
    assert await records.staff("client", "referral", by=name), "must see it for this to mean anything"
    answer = await records.save("client", "referral", by=name, heard_from="A poster")
    assert answer.status_code == status


async def test_who_does_not_see_a_client_finds_no_section(records: Any, browse: Any, cast: Any) -> None:
    await cast.inside(lambda: execute("DELETE FROM assignment"))
    browser = await browse(cast, "practitioner")
    assert (await browser.json(records.address("client", "details"))).status_code == 404
    for key in KEYS:
        assert (await records.save("client", key)).status_code == 404


async def test_a_discharged_client_reads_and_does_not_change(records: Any, cast: Any) -> None:
    await cast.inside(lambda: execute("UPDATE client SET status = 'discharged' WHERE id = $1", cast.clients["client"]))
    assert (await records.portal("client", "client", "names"))["first_name"] == "Ana"
    answer = await records.write("client", "client", "names", pronouns="they/them")
    assert answer.status_code == 403 and (await answer.get_json())["code"] == "read-only"


async def test_opening_the_details_is_a_look(records: Any, cast: Any) -> None:
    await records.staff("client", "names", by="biller")
    (look,) = await records.rows("SELECT login_id, subject FROM look WHERE subject_id = $1", cast.clients["client"])
    assert (look["login_id"], look["subject"]) == (cast.logins["biller"], "client-details")


@pytest.mark.parametrize("name", ["owner", "practitioner", "biller"])
async def test_the_details_page_draws(records: Any, browse: Any, cast: Any, name: str) -> None:
    await records.save("teen", "contact", address_1_line_1="9 Elm Street", phone_2_number="2075550199")
    answer = await (await browse(cast, name)).get(records.address("teen", "details"))
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 200 and "9 Elm Street" in page and "Karen Marsh" in page
    assert ("Add a contact" in page) == (name != "biller")
