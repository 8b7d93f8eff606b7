"""What the pages say and to whom, drawn with made-up data and no database."""

import re
from datetime import UTC, datetime

import pytest

from server.pages import render

AT = datetime(2026, 11, 18, 19, 30, tzinfo=UTC)
LADEN = "<img src=x onerror=alert(1)>\"'"
PRACTICE = {
    "name": "Harbor Counseling", "initial": "H", "brand": "abc", "welcome": "A quiet place to talk.",
    "address_lines": ["14 Wharf Street", "Portland, ME 04101"], "phone": "(207) 555-0100",
}  # fmt: skip
TALK = {
    "id": "t", "name": "Maya Okafor", "initials": "MO", "voice": "who-a", "online": True, "about": "Leo",
    "snippet": "Yes.", "at": AT, "unread": 2,
}  # fmt: skip
NEED = {
    "conversation": "c", "kind": "unclaimed", "name": "Karen Marsh", "about": "Leo", "snippet": "May I?", "count": 1,
    "at": AT, "key": "k",
}  # fmt: skip
HAPPENING = {
    "seq": 1, "icon": "check", "tone": None, "who": "Karen Marsh", "what": "wrote to you", "href": "#", "at": AT,
}  # fmt: skip


def draw(template, /, **context):
    return render(template, {"practice": PRACTICE} | context)


def desk(template, /, **context):
    me = {"login": "l", "name": "Maya Okafor", "initials": "MO", "voice": "who-a", "side": "desk", "crosses": False}
    nav = [{"href": "/staff", "icon": "sun-medium", "label": "Today", "key": "today"},
           {"href": "/staff/messages", "icon": "messages-square", "label": "Messages", "key": "messages"}]  # fmt: skip
    given = {"me": me, "nav": nav, "current": "today", "cursor": 7, "epoch": "e", "unread": 5}
    return draw(template, **(given | context))


def portal(template, /, **context):
    me = {"login": "l", "name": "Karen Marsh", "initials": "KM", "voice": None, "side": "portal", "crosses": False}
    nav = [{"href": "/", "icon": "house", "label": "Home", "key": "home"},
           {"href": "/messages", "icon": "message-circle", "label": "Messages", "key": "messages"}]  # fmt: skip
    given = {"me": me, "nav": nav, "current": "home", "cursor": 7, "epoch": "e", "unread": 1, "accesses": []}
    return draw(template, **(given | context))


def today(**context):
    outcomes = {"count": 0, "since": None, "again_at": None}
    given = {"today": AT, "unclaimed": 1, "needs": [NEED], "happenings": [HAPPENING], "outcomes": outcomes,
             "requests": 0, "without_outcome": 0, "wishes": [], "wish_count": 0}
    return desk("accounts/today.html", **(given | context))


def home(**context):
    writable = [TALK | {"role": "Practitioner"}]
    given = {"greeting": "Good afternoon, Karen", "base": "", "talks": [TALK], "news": [TALK], "writable": writable}
    return portal("accounts/home.html", **(given | context))


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_landing_page_shows_the_practice_and_the_way_back_in():
    page = draw("accounts/landing.html")
    for said in ("Harbor Counseling", "14 Wharf Street", "(207) 555-0100", "A quiet place to talk."):
        assert said in page
    assert ">Forgot Password</a>" in page
    assert re.search(r'<form[^>]+method="post" action="/sign-in"', page)
    assert 'name="email"' in page and 'name="password"' in page


def test_a_wrong_password_is_said_at_the_field_and_to_screen_readers():
    page = draw("accounts/landing.html", email="a@b.test", errors={"password": ["They do not go together."]})
    assert 'aria-invalid="true" aria-describedby="password-wrong"' in page
    assert re.search(r'id="password-wrong">.*They do not go together\.', page)
    assert 'value="a@b.test"' in page, "what was typed is kept"


def test_nothing_is_painted_before_the_whole_page_is_there():
    for page in (draw("accounts/landing.html"), home(), today()):
        assert '<link rel="expect" href="#page-end" blocking="render">' in page
        assert page.count('id="page-end"') == 1 and page.index('id="page-end"') > page.index("</main>")


def test_before_signing_in_a_page_holds_no_place_in_the_line():
    assert "portico-login" in today(), "the premise"
    for name in ("landing", "forgot", "forgot_done", "reset", "choose_side"):
        assert "portico-" not in draw(f"accounts/{name}.html", token="t", ticket="t")


def test_a_locked_desk_shows_nothing_but_who_locked_it():
    page = desk("accounts/locked.html", name="Maya Okafor", initials="MO")
    assert "portico-login" not in page
    assert "rail-link" not in page and "live-region" not in page
    assert "Maya Okafor" in page


def test_the_current_page_is_marked_once_in_the_rail():
    assert len(re.findall(r'class="rail-link"[^>]+aria-current="page"', today())) == 1


@pytest.mark.parametrize(("page", "locks"), [(today, True), (home, False)])
def test_the_persons_menu(page, locks):
    said = words(page())
    for item in ("Communication Preferences", "Your sessions", "Change password", "Sign out"):
        assert item in said
    assert ("Lock now" in said) == locks


@pytest.mark.parametrize(("unread", "shown"), [(0, None), (1, "1"), (99, "99"), (100, "99+")])
def test_the_conversation_icon_counts_what_is_unread(unread, shown):
    inside = re.search(r'with-count".*?<live-region[^>]*>(.*?)</live-region>', today(unread=unread), re.DOTALL).group(1)
    assert (shown is None and inside == "") or f"</span>{shown}<span" in inside


@pytest.mark.parametrize(
    ("unread", "unclaimed", "requests", "without_outcome", "sentence"),
    [
        (0, 0, 0, 0, "Nothing is waiting for you."),
        (1, 0, 0, 0, "One unread message is waiting."),
        (5, 0, 0, 0, "Five unread messages are waiting."),
        (12, 1, 0, 0, "12 unread messages and one unclaimed conversation are waiting."),
        (0, 2, 0, 0, "Two unclaimed conversations are waiting."),
        (0, 0, 1, 0, "One request for an appointment is waiting."),
        (2, 1, 3, 1, "Two unread messages, one unclaimed conversation, three requests for appointments and one"
                     " appointment without an outcome are waiting."),
    ],
)
def test_today_says_in_a_sentence_what_waits(unread, unclaimed, requests, without_outcome, sentence):
    said = words(today(unread=unread, unclaimed=unclaimed, requests=requests, without_outcome=without_outcome))
    assert sentence in said.replace(" .", ".").replace(" ,", ",")


def test_the_practices_line_for_emergencies_stands_on_the_clients_pages():
    assert "In an emergency call 911." in home(banner="Not monitored. In an emergency call 911.")
    assert "In an emergency" not in today(banner="Not monitored. In an emergency call 911.")


def test_who_acts_for_two_always_sees_for_whom():
    leo, nora = ({"client_id": n, "name": n, "href": f"/for/{n}", "current": n == "Leo"} for n in ("Leo", "Nora"))
    page = home(accesses=[leo, nora], for_client={"id": "Leo", "name": "Leo"})
    assert re.search(r'aria-current="true">.*?Leo', page)
    assert re.search("Leo.s messages", page)
    assert "Whose portal" not in home(accesses=[leo], for_client={"id": "Leo", "name": "Leo"})


def test_a_client_without_a_practitioner_is_told_whom_to_call():
    assert "call (207) 555-0100" in words(home(writable=[]))


def test_words_of_people_are_never_markup():
    pages = [
        home(talks=[TALK | {"name": LADEN, "snippet": LADEN, "about": LADEN}], greeting=LADEN, banner=LADEN),
        today(needs=[NEED | {"name": LADEN, "snippet": LADEN}], happenings=[HAPPENING | {"who": LADEN, "what": LADEN}]),
        draw("accounts/landing.html", email=LADEN, errors={"email": LADEN, "form": LADEN}, notice=LADEN),
        draw("errors/problem.html", status=404, refusal=LADEN),
        draw("errors/unknown-practice.html", host=LADEN),
    ]
    for page in pages:
        assert "&lt;img" in page, "the premise: it is on the page"
        assert "<img" not in page
        assert 'onerror=alert(1)>"' not in page


def test_a_time_carries_its_moment_for_the_readers_clock():
    assert f'<time datetime="{AT.isoformat()}">' in home()


def test_only_what_is_meant_as_a_toast_becomes_one():
    """A page's own words once became a toast because the frame read a name that many pages use."""
    assert '<div class="toast"><span>Saved' in draw("accounts/landing.html", toast_words="Saved")
    for name in ("said", "told"):
        page = desk("clients/merged.html", into="#", name="Leo", **{"words": "It went on.", name: "It went on."})
        assert page.count("It went on.") == 1, name
