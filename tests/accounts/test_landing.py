"""The practice's landing page, where signing in leads, and that no other site signs anyone in."""

from __future__ import annotations

import pytest

from models.core.actor import Actor, Side
from models.core.ids import new_id
from server.accounts import safe_next


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("/staff/messages?show=mine", "/staff/messages?show=mine"),
        ("/staff", "/staff"),
        ("/messages", "/staff/today"),
        ("/staffing", "/staff/today"),
        ("//evil.test/staff/", "/staff/today"),
        ("https://evil.test", "/staff/today"),
        ("/\\evil.test", "/staff/today"),
        ("/staff/\r\nX: y", "/staff/today"),
        ("/\t/evil.test", "/staff/today"),
        ("javascript:alert(1)", "/staff/today"),
        ("", "/staff/today"),
        (None, "/staff/today"),
        ("/sign-in", "/staff/today"),
    ],
)
def test_after_signing_in_one_goes_to_a_page_of_ones_own_side_and_nowhere_else(given, seen):
    actor = Actor(new_id(), new_id(), Side.DESK, new_id(), "Maya", staff_id=new_id())
    assert safe_next(given, actor) == seen


async def test_a_redirect_goes_to_the_asked_page(browse, cast, people):
    browser = await browse(cast)
    answer = await browser.post("/sign-in", people.pair("client") | {"next": "/messages"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/messages")
    answer = await (await browse(cast)).post("/sign-in", people.pair("client") | {"next": "//evil.test"})
    assert answer.headers["Location"] == "/home"


async def test_the_landing_page_shows_the_practice_to_the_signed_out_and_leads_on_the_signed_in(browse, cast):
    page = await (await (await browse(cast)).get("/")).get_data(as_text=True)
    for words in ("Harbor Counseling", "14 Wharf Street", "(207) 555-0132", "Forgot Password", "call or text 988"):
        assert words in page
    for name, place in (("client", "/home"), ("parent", "/for"), ("practitioner", "/staff/today")):
        answer = await (await browse(cast, name)).get("/")
        assert (answer.status_code, answer.headers["Location"]) == (303, place)


async def test_another_site_cannot_sign_anyone_in(browse, cast, people):
    browser = await browse(cast)
    assert (await browser.send("/sign-in", people.pair("client"), Origin=f"http://{browser.host}")).status_code == 200
    for headers in ({"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await (await browse(cast)).send("/sign-in", people.pair("client"), **headers)).status_code == 403
