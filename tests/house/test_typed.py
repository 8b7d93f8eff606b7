"""A form whose door cannot take it comes back with what was typed, and sent again it is taken: once."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

import pytest

from tests.support.browsing import key

WORDS = "Back on the 4th, <b>promised</b> & “signed”\nשלם 🙂"


class Back(HTMLParser):
    """The one form of a page: where it goes and what it holds."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields, self._area = "", {}, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.action = given["action"]
        elif tag == "input":
            self.fields[given["name"]] = given["value"]
        elif tag == "textarea":
            self._area = given["name"]

    def handle_endtag(self, tag):
        self._area = None if tag == "textarea" else self._area

    def handle_data(self, data):
        if self._area:
            self.fields[self._area] = self.fields.get(self._area, "") + unescape(data)


async def _came_back(answer, status):
    page = await answer.get_data(as_text=True)
    assert answer.status_code == status and "<b>promised" not in page
    return Back(page)


async def _replies(browser):
    return [one["body"] for one in (await (await browser.json("/staff/saved-replies")).get_json())["replies"]]


async def test_a_form_sent_while_the_database_is_away_comes_back_and_goes_once(cast, browse, outage):
    browser, once = await browse(cast, "practitioner"), key()
    async with outage():
        answer = await browser.post("/staff/saved-replies", {"title": "Away", "body": WORDS, "key": once})
    back = await _came_back(answer, 503)
    assert back.action == "/staff/saved-replies" and back.fields == {"title": "Away", "body": WORDS, "key": once}
    for _ in range(2):
        assert (await browser.post(back.action, back.fields)).status_code == 303
    assert await _replies(browser) == [WORDS]


@pytest.mark.parametrize(("who", "path"), [("client", "/conversations/{}/messages"),
                                           ("practitioner", "/staff/conversations/{}/messages")])
async def test_words_sent_after_the_session_ended_come_back(cast, browse, who, path):
    client, browser = await browse(cast, "client"), await browse(cast, who)
    started = await client.send("/conversations", {"people": [str(cast.staff["practitioner"])]})
    talk = (await started.get_json())["conversation"]
    await browser.post("/sign-out")
    browser.cookie = cast.tokens[browser.session_id]
    back = await _came_back(await browser.post(path.format(talk), {"body": WORDS}), 401)
    again = await browse(cast, who)
    assert back.fields == {"body": WORDS}
    assert (await again.post(back.action, back.fields)).status_code == 303
    said = await (await again.json(path.format(talk))).get_json()
    assert [one["body"] for one in said["messages"]] == [WORDS]


async def test_no_page_gives_back_a_password_or_what_another_site_sent(cast, browse, outage):
    browser = await browse(cast, "practitioner")
    async with outage():
        secret = {"current_password": "quite secret words", "password": "new secret words"}
        answers = [
            await browser.post("/staff/password", secret),
            await browser.post("/staff/saved-replies", {"title": "A", "body": WORDS}, Origin="https://evil.example"),
        ]
    for answer in answers:
        page = await answer.get_data(as_text=True)
        assert answer.status_code == 503 and "<form" not in page and "secret words" not in page
