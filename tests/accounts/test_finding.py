""""Find my portal": the page says the same to everybody, and only the mail knows."""

from __future__ import annotations

import secrets

from models.accounts import finding
from models.core.database import execute


async def test_each_practice_where_the_address_opens_something_mails_where_it_is(cast, neighbours):
    email = f"both-{secrets.token_hex(4)}@mail.test"
    same = "UPDATE login SET email = $2 WHERE id = $1"
    for one in (cast, neighbours):
        await one.inside(lambda one=one: execute(same, one.logins["client"], email))
    assert await finding.tell(email) == 2
    for one in (cast, neighbours):
        assert [row["kind"] for row in await _mails(one, "client")] == ["portal-found"]


async def test_an_address_that_opens_nothing_gets_no_mail(cast):
    email = f"parent@{cast.subdomain}.test"
    assert await finding.tell(f"nobody-{secrets.token_hex(4)}@mail.test") == 0
    assert await finding.tell(email) == 1, "must be found for this to mean anything"
    revoke = "UPDATE portal_access SET revoked_at = now() WHERE login_id = $1"
    await cast.inside(lambda: execute(revoke, cast.logins["parent"]))
    assert await finding.tell(email) == 0
    assert len(await _mails(cast, "parent")) == 1


async def test_known_and_unknown_are_answered_alike_and_both_only_now_and_then(browse, cast, monkeypatch):
    asked = []
    monkeypatch.setattr(finding, "detached", lambda work: asked.append(work))
    bare = await browse(cast)
    bare.host = "localhost:8000"
    pages = {}
    for email in (f"client@{cast.subdomain}.test", f"nobody-{secrets.token_hex(4)}@mail.test"):
        answers = [await bare.post("/find-my-portal", {"email": email}) for _ in range(finding.BY_EMAIL.most + 1)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        pages[email] = await answers[0].get_data(as_text=True)
    assert len(set(pages.values())) == 1 and "If this address opens a portal" in next(iter(pages.values()))
    assert len(asked) == 2 * finding.BY_EMAIL.most, "nothing is looked up before the answer"


async def test_the_mail_says_where_and_nothing_about_the_person(cast, wired):
    from models.notifications import mailing
    from server import letters

    await finding.tell(f"client@{cast.subdomain}.test")
    ((mail,),) = [await _mails(cast, "client")]
    letter = await cast.inside(lambda: mailing.take(mail["id"]))
    text = letters.compose(letter).get_body(("plain",)).get_content()
    assert f"http://{cast.subdomain}.localhost:8000/" in text and "Ana" not in text


async def _mails(cast, name):
    from models.core.database import fetch_all

    asked = "SELECT id, kind FROM outgoing_mail WHERE login_id = $1"
    return await cast.inside(lambda: fetch_all(asked, cast.logins[name]))
