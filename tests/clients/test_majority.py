"""Coming of age: told ahead, ended on the day, unless the client agrees; who had access stays on record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.clients import majority
from models.core.database import execute, fetch_one
from models.core.practices import _waiting
from models.core.scope import run_scope


async def born(cast: Any, client: str, *, eighteen_in: int) -> None:
    """The client turns eighteen in so many days, by the practice's own calendar."""
    sql = """UPDATE client SET kind = 'minor', born_on = (portico_today() + $2::integer - interval '18 years')::date
      WHERE id = $1"""
    await cast.inside(lambda: execute(sql, cast.clients[client], eighteen_in))


async def turn(cast: Any) -> None:
    await run_scope(cast.practice_id, majority.turn_here)


async def names(records: Any, name: str) -> list[str]:
    answer = await (await records.browse(records.cast, name)).json("/me")
    return [one["name"] for one in (await answer.get_json())["clients"]] if answer.status_code == 200 else []


async def agree(records: Any, contact: str, yes: bool = True, by: str = "teen") -> Any:
    browser = await records.browse(records.cast, by)
    given = {"contact": str(records.cast.contacts[contact]), "agree": yes}
    return await browser.send(records.for_client("teen", "profile/agreements"), given)


async def test_staff_are_told_sixty_days_ahead_and_once(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=61)
    await turn(cast)
    assert await records.events("majority.near") == []
    await born(cast, "teen", eighteen_in=60)
    await turn(cast)
    await turn(cast)
    (event,) = await records.events("majority.near")
    assert event["ids"] == {"client": str(cast.clients["teen"])} and not event["data"]
    page = await (await records.browse(cast, "practitioner")).get(records.address("teen", "details"))
    assert "Leo Marsh comes of age on" in await page.get_data(as_text=True)
    assert await names(records, "coparent") == ["Leo Marsh"], "nothing has ended yet"


async def test_it_stands_in_the_feed_of_whoever_is_assigned(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=60)
    await turn(cast)
    for name, told in (("practitioner", True), ("frontdesk", False)):
        answer = await (await records.browse(cast, name)).json("/staff/today/feed")
        feed = (await answer.get_json())["happenings"]
        found = [(one["who"], one["href"]) for one in feed if one["what"] == "comes of age within 60 days"]
        assert found == ([("Leo Marsh", records.address("teen", "details"))] if told else [])
    await cast.inside(lambda: execute("DELETE FROM assignment"))
    await born(cast, "child", eighteen_in=60)
    await turn(cast)
    feed = (await (await (await records.browse(cast, "owner")).json("/staff/today/feed")).get_json())["happenings"]
    assert [one["who"] for one in feed] == ["Nora Marsh"], "with nobody assigned, the administrators are told"


async def test_on_the_day_the_contacts_access_ends_and_the_record_says_who_had_it(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=1)
    await turn(cast)
    assert await names(records, "parent") == ["Leo Marsh", "Nora Marsh"]
    await born(cast, "teen", eighteen_in=0)
    assert await names(records, "parent") == ["Nora Marsh"], "doors look at the date, whenever the clock comes round"
    await turn(cast)
    assert await names(records, "parent") == ["Nora Marsh"] and await names(records, "coparent") == []
    assert await names(records, "teen") == ["Leo Marsh"]
    (event,) = await records.events("majority.reached")
    assert set(event["rights"]) == {cast.logins["parent"], cast.logins["coparent"]}
    found = await cast.inside(lambda: majority.coming(cast.clients["teen"]))
    assert found is not None and found.reached and found.ended == ("David Ellison", "Karen Marsh")
    rows = await records.rows("SELECT revoked_at FROM portal_access WHERE contact_id = $1 AND client_id = $2",
                              cast.contacts["coparent"], cast.clients["teen"])
    assert len(rows) == 1 and rows[0]["revoked_at"] is not None
    page = await (await records.browse(cast, "practitioner")).get(records.address("teen", "details"))
    assert "Access ended for David Ellison, Karen Marsh." in await page.get_data(as_text=True)
    await turn(cast)
    assert len(await records.events("majority.reached")) == 1


async def test_whoever_the_client_agreed_to_beforehand_goes_on(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=30)
    await turn(cast)
    assert (await agree(records, "parent")).status_code == 200
    await born(cast, "teen", eighteen_in=0)
    assert await names(records, "parent") == ["Leo Marsh", "Nora Marsh"]
    await turn(cast)
    assert await names(records, "parent") == ["Leo Marsh", "Nora Marsh"]
    assert await names(records, "coparent") == []


async def test_an_agreement_can_be_taken_back_before_and_after_the_day(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=30)
    await turn(cast)
    await agree(records, "coparent")
    await agree(records, "coparent", yes=False)
    await agree(records, "parent")
    await born(cast, "teen", eighteen_in=0)
    await turn(cast)
    assert await names(records, "coparent") == []
    await agree(records, "parent", yes=False)
    assert await names(records, "parent") == ["Nora Marsh"]


async def test_the_now_adult_opens_an_access_again_as_a_new_one(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=0)
    await turn(cast)
    assert await names(records, "coparent") == []
    assert (await agree(records, "coparent")).status_code == 200
    assert (await agree(records, "coparent")).status_code == 200
    assert await names(records, "coparent") == ["Leo Marsh"]
    rows = await records.rows("SELECT revoked_at, permissions FROM portal_access WHERE contact_id = $1 ORDER BY id",
                              cast.contacts["coparent"])
    assert [row["revoked_at"] is None for row in rows].count(True) == 1 and len(rows) == 2
    assert rows[0]["permissions"] == rows[1]["permissions"]
    assert [one["ids"]["contact"] for one in await records.events("majority.agreed")]


@pytest.mark.parametrize("name", ["parent", "coparent"])
async def test_nobody_but_the_client_agrees(records: Any, cast: Any, name: str) -> None:
    await born(cast, "teen", eighteen_in=30)
    await turn(cast)
    assert (await agree(records, name, by=name)).status_code == 403
    assert (await agree(records, "parent")).status_code == 200


async def test_there_is_nothing_to_agree_to_before_or_for_a_stranger(records: Any, cast: Any) -> None:
    assert (await agree(records, "parent")).status_code == 404
    await born(cast, "teen", eighteen_in=30)
    await turn(cast)
    browser = await records.browse(cast, "teen")
    for stranger in (cast.clients["client"], UUID(int=7)):
        answer = await browser.send("/profile/agreements", {"contact": str(stranger), "agree": True})
        assert answer.status_code == 404


async def test_the_teen_reads_it_on_their_own_page(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=30)
    await turn(cast)
    page = await (await records.browse(cast, "teen")).get("/profile")
    text = await page.get_data(as_text=True)
    assert "You come of age on" in text and "Let Karen Marsh have access" in text
    page = await (await records.browse(cast, "parent")).get(records.for_client("teen", "profile"))
    assert "come of age" not in await page.get_data(as_text=True)


async def test_own_consent_and_a_corrected_birth_date(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=30)
    await turn(cast)
    await records.save("teen", "demographics", born_on=(date.today() - timedelta(days=16 * 366)).isoformat())
    assert await cast.inside(lambda: majority.coming(cast.clients["teen"])) is None
    await born(cast, "teen", eighteen_in=20)
    await turn(cast)
    assert len(await records.events("majority.near")) == 2


async def test_a_birth_date_says_who_is_a_minor(records: Any, cast: Any) -> None:
    kind = "SELECT kind FROM client WHERE id = $1"
    await cast.inside(lambda: execute("UPDATE client SET kind = 'adult'"))
    await records.save("teen", "demographics", born_on="2011-03-03")
    assert (await records.rows(kind, cast.clients["teen"]))[0]["kind"] == "minor"
    await records.save("client", "demographics", born_on="1988-04-10")
    assert (await records.rows(kind, cast.clients["client"]))[0]["kind"] == "adult"


async def test_adults_and_whoever_has_no_birth_date_have_no_such_day(records: Any, cast: Any) -> None:
    await cast.inside(lambda: execute("UPDATE client SET kind = 'minor', born_on = NULL WHERE id = $1",
                                      cast.clients["teen"]))
    await turn(cast)
    assert await records.events("majority.near") == await records.events("majority.reached") == []
    assert await names(records, "coparent") == ["Leo Marsh"]


LEAP = [
    (date(2008, 2, 29), date(2026, 3, 1)), (date(2008, 3, 1), date(2026, 3, 1)), (date(2010, 2, 28), date(2028, 2, 28)),
]


@pytest.mark.parametrize(("born_on", "on"), LEAP)
async def test_who_is_born_on_february_29_comes_of_age_on_march_1(cast: Any, born_on: date, on: date) -> None:
    row = await cast.inside(lambda: fetch_one("SELECT portico_turns($1::date, 18) AS on_day", born_on))
    assert row is not None and row["on_day"] == on


async def test_the_practice_is_found_by_the_clock_only_when_somebody_is_due(cast: Any) -> None:
    assert cast.practice_id not in await _waiting("majorities", majority.AHEAD)
    await born(cast, "teen", eighteen_in=60)
    assert cast.practice_id in await _waiting("majorities", majority.AHEAD)
    await turn(cast)
    assert cast.practice_id not in await _waiting("majorities", majority.AHEAD)
    await born(cast, "teen", eighteen_in=0)
    assert cast.practice_id in await _waiting("majorities", majority.AHEAD)
    await turn(cast)
    assert cast.practice_id not in await _waiting("majorities", majority.AHEAD)


async def card_of(records: Any, contact: str) -> dict[str, Any]:
    browser = await records.browse(records.cast, "practitioner")
    people = (await (await browser.json(records.address("teen", "portal"))).get_json())["people"]
    (found,) = [one for one in people if one["id"] == str(records.cast.contacts[contact])]
    return dict(found)


async def restore(records: Any, contact: str, **given: Any) -> Any:
    person = records.cast.contacts[contact]
    browser = await records.browse(records.cast, "practitioner")
    return await browser.send(records.address("teen", f"portal/{person}/restore"), given)


async def test_staff_give_no_access_back_after_the_day_without_the_clients_word(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=0)
    await turn(cast)
    card = await card_of(records, "parent")
    assert (card["state"], card["on"]) == ("of-age", False)
    refused = await restore(records, "parent")
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "of-age"
    browser, person = await records.browse(cast, "practitioner"), cast.contacts["parent"]
    for path, given in (("on", {}), ("invitation", {"features": ["messaging"]})):
        assert (await browser.send(records.address("teen", f"portal/{person}/{path}"), given)).status_code == 409
    assert await names(records, "parent") == ["Nora Marsh"]


async def test_with_the_clients_word_staff_begin_a_new_access_and_the_old_one_stays_on_record(
    records: Any, cast: Any
) -> None:
    await born(cast, "teen", eighteen_in=0)
    await turn(cast)
    assert (await restore(records, "parent", agreed=True)).status_code == 200
    assert await names(records, "parent") == ["Leo Marsh", "Nora Marsh"]
    accesses = "SELECT revoked_at FROM portal_access WHERE contact_id = $1 AND client_id = $2 ORDER BY id"
    rows = await records.rows(accesses, cast.contacts["parent"], cast.clients["teen"])
    assert len(rows) == 2 and rows[0]["revoked_at"] is not None
    (agreed,) = {one["ids"]["contact"] for one in await records.events("majority.agreed")}
    assert agreed == str(cast.contacts["parent"])
    assert (await card_of(records, "parent"))["state"] == "accepted"
    assert (await agree(records, "parent", yes=False)).status_code == 200, "the client takes it back at any time"
    assert await names(records, "parent") == ["Nora Marsh"]


async def test_a_wrong_birth_date_ends_nothing_for_good(records: Any, cast: Any) -> None:
    await born(cast, "teen", eighteen_in=0)
    assert (await card_of(records, "parent"))["state"] == "of-age-hidden", "the day has come, the clock not yet"
    await turn(cast)
    assert (await card_of(records, "parent"))["state"] == "of-age"
    right = (date.today() - timedelta(days=16 * 366)).isoformat()
    assert (await records.save("teen", "demographics", born_on=right)).status_code == 200
    assert await cast.inside(lambda: majority.coming(cast.clients["teen"])) is None
    assert (await card_of(records, "parent"))["state"] == "revoked"
    assert (await restore(records, "parent")).status_code == 200, "of a minor nobody's word is needed"
    assert await names(records, "parent") == ["Leo Marsh", "Nora Marsh"]
    await born(cast, "teen", eighteen_in=0)
    await turn(cast)
    assert await names(records, "parent") == ["Nora Marsh"] and len(await records.events("majority.reached")) == 2


async def test_open_pages_of_contacts_look_again_when_the_birth_date_is_corrected(records: Any, cast: Any) -> None:
    await records.save("teen", "demographics", born_on="2008-01-09")
    (event,) = await records.events("client.details_changed")
    assert set(event["rights"]) == {cast.logins["parent"], cast.logins["coparent"]}
    assert await names(records, "coparent") == []
    await records.save("teen", "demographics", gender="boy")
    assert (await records.events("client.details_changed"))[-1]["rights"] is None


async def test_who_was_only_invited_before_the_day_has_to_be_invited_anew(records: Any, cast: Any) -> None:
    await cast.inside(lambda: execute("UPDATE portal_access SET accepted_at = NULL WHERE contact_id = $1",
                                      cast.contacts["coparent"]))
    await born(cast, "teen", eighteen_in=0)
    await turn(cast)
    await restore(records, "coparent", agreed=True)
    assert (await card_of(records, "coparent"))["state"] == "uninvited"
    rows = await records.rows("SELECT portal FROM client WHERE id = $1", cast.clients["teen"])
    assert rows[0]["portal"] == "accepted", "of the teen's own"
