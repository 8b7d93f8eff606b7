"""A locked desk opens where it was: on the page that the lock stood in the way of, and on no page but its own."""

from __future__ import annotations

from typing import Any

import pytest

from server.worlds import PASSWORD


@pytest.fixture
async def locked(browse: Any, cast: Any) -> Any:
    browser = await browse(cast, "practitioner")
    assert (await browser.send("/staff/lock")).status_code == 200
    return browser


async def test_the_page_that_was_asked_for_opens_after_the_password(locked):
    page = await locked.get("/staff/messages?show=mine")
    assert page.status_code == 423
    assert 'name="next" value="/staff/messages?show=mine"' in await page.get_data(as_text=True)
    wrong = await locked.post("/staff/unlock", {"password": "not this one", "next": "/staff/messages?show=mine"})
    assert wrong.status_code == 422
    assert 'name="next" value="/staff/messages?show=mine"' in await wrong.get_data(as_text=True)
    answer = await locked.post("/staff/unlock", {"password": PASSWORD, "next": "/staff/messages?show=mine"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/messages?show=mine")


@pytest.mark.parametrize("elsewhere", ["https://evil.test", "//evil.test/staff/", "/messages", ""])
async def test_and_never_a_page_of_somebody_else(locked, elsewhere):
    answer = await locked.post("/staff/unlock", {"password": PASSWORD, "next": elsewhere})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/today")
