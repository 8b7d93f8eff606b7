"""The change of a known password: it is asked, and the other sessions end."""

from __future__ import annotations

from server.worlds import PASSWORD

NEW = "four words in a row"


async def test_a_changed_password_ends_the_other_sessions_and_leaves_this_one(browse, cast, people):
    here, there = await browse(cast, "practitioner"), await browse(cast, "practitioner")
    answer = await here.send("/staff/password", {"current": PASSWORD, "password": NEW})
    assert answer.status_code == 200
    assert (await here.json("/staff/me")).status_code == 200 and (await there.json("/staff/me")).status_code == 401
    kinds = [(one["type"], one["subject_id"], one["rights"]) for one in await people.events()]
    login = cast.logins["practitioner"]
    assert kinds == [("login.password_changed", login, [login]), ("session.ended", there.session_id, [login])]
    assert (await (await browse(cast)).send("/sign-in", people.pair("practitioner", NEW))).status_code == 200


async def test_a_session_that_it_ended_says_so(browse, cast):
    here, there, elsewhere = [await browse(cast, "client") for _ in range(3)]
    await here.send("/sessions/" + str(elsewhere.session_id) + "/end")
    await here.send("/password", {"current": PASSWORD, "password": NEW})
    assert (await (await there.json("/me")).get_json())["detail"] == "Your password was changed, so this session ended."
    assert "Your password was changed" in await (await there.get("/sign-in")).get_data(as_text=True)
    assert (await (await elsewhere.json("/me")).get_json())["detail"] == "Your session has ended."


async def test_the_old_password_is_asked(browse, cast, people):
    here, there = await browse(cast, "client"), await browse(cast, "client")
    refused = await here.post("/password", {"current": "guess", "password": NEW})
    assert refused.status_code == 422 and "This is not your password" in await refused.get_data(as_text=True)
    assert (await there.json("/me")).status_code == 200
    assert (await (await browse(cast)).send("/sign-in", people.pair("client"))).status_code == 200


async def test_an_unfit_new_password_says_why(browse, cast):
    answer = await (await browse(cast, "client")).send("/password", {"current": PASSWORD, "password": "short"})
    assert (await answer.get_json())["errors"] == {
        "password": ["Use at least 10 characters. A few words in a row are easy to remember."]
    }


async def test_guessing_the_old_password_is_stopped(browse, cast):
    browser = await browse(cast, "client")
    guess = lambda: browser.send("/password", {"current": "guess", "password": NEW})  # noqa: E731
    assert [(await guess()).status_code for _ in range(11)] == [422] * 10 + [429]


async def test_the_page_after_it_says_that_it_is_done(browse, cast):
    browser = await browse(cast, "client")
    answer = await browser.post("/password", {"current": PASSWORD, "password": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sessions?done=password")
    assert "Your password is changed." in await (await browser.get("/sessions?done=password")).get_data(as_text=True)
    assert "is changed" not in await (await browser.get("/sessions?done=<b>")).get_data(as_text=True)
