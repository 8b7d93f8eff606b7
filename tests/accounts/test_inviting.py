"""Inviting a colleague by a mailed link: who may, what is refused, which link works, what is told of the mail."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from models.accounts import inviting, joining
from models.accounts.tables import Login
from models.clients.tables import PortalAccess
from models.core.clock import now
from models.notifications import staff_mail
from server import mail
from server.jobs import JOBS
from server.worlds import PASSWORD

NEW = "four words in a row"
TEAM = "/staff/settings/team"


@pytest.fixture
def form(cast: Any) -> dict[str, Any]:
    return {"email": f"Noor@{cast.subdomain}.test", "name": "Noor Haddad", "title": "Therapist",
            "roles": ["practitioner"], "supervisors": [str(cast.staff["supervisor"])]}


@pytest.fixture
def link(cast: Any, people: Any) -> Any:
    """What a mail of the invitation to this address would hold."""

    async def made(email: str) -> str:
        login = await people.row("SELECT id FROM login WHERE email = $1", email.lower())
        issued = await cast.inside(lambda: inviting.issue_link(login["id"]))
        assert issued is not None
        return str(issued[0])

    return made


async def test_a_colleague_is_invited_joins_and_is_signed_in_at_the_desk(browse, cast, people, form, link):
    owner = await browse(cast, "owner")
    answer = await owner.send(f"{TEAM}/invite", form)
    assert answer.status_code == 200, await answer.get_json()
    noor = await browse(cast)
    token = await link(form["email"])
    page = await (await noor.get(f"/join/{token}")).get_data(as_text=True)
    assert "Noor Haddad" in page and 'action="/join/' in page
    joined = await noor.send(f"/join/{token}", {"name": "Dr. Noor Haddad", "password": NEW})
    assert joined.status_code == 200
    me = await (await noor.json("/staff/me")).get_json()
    assert (me["name"], me["roles"]) == ("Dr. Noor Haddad", ["practitioner"])
    row = await people.row("SELECT count(*) FROM supervision WHERE supervisee_id = $1", UUID(me["staff"]))
    assert row["count"] == 1
    (event,) = await people.events("staff.joined")
    assert await people.row("SELECT 1 FROM login WHERE id = ANY($1) AND email = $2", event["rights"],
                            form["email"].lower())
    assert not {"name", "email"} & set(event["ids"])


async def test_only_administrators_invite(browse, cast, form):
    assert (await (await browse(cast, "owner")).send(f"{TEAM}/invite", form)).status_code == 200
    for name in ("practitioner", "frontdesk", "client"):
        assert (await (await browse(cast, name)).send(f"{TEAM}/invite", form)).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nowhere"), ("name", " "), ("roles", []), ("supervisors", [str(uuid4())]), ("roles", ["king"])],
)
async def test_what_cannot_be_is_refused_by_field(browse, cast, form, field, value):
    owner = await browse(cast, "owner")
    refused = await owner.send(f"{TEAM}/invite", {**form, field: value})
    errors = (await refused.get_json())["errors"]
    assert refused.status_code == 422 and any(name.startswith(field) for name in errors)


async def test_whoever_supervises_needs_the_role(browse, cast, form):
    asked = {**form, "supervisors": [], "supervisees": [str(cast.staff["practitioner"])]}
    refused = await (await browse(cast, "owner")).send(f"{TEAM}/invite", asked)
    assert "supervisees" in (await refused.get_json())["errors"]
    asked["roles"] = ["practitioner", "supervisor"]
    assert (await (await browse(cast, "owner")).send(f"{TEAM}/invite", asked)).status_code == 200


async def test_a_refused_form_keeps_what_was_typed(browse, cast, form):
    typed = {**form, "email": "nowhere", "roles": "practitioner", "supervisors": form["supervisors"][0]}
    page = await (await browse(cast, "owner")).post(f"{TEAM}/invite", typed)
    text = await page.get_data(as_text=True)
    assert page.status_code == 422 and 'value="Noor Haddad"' in text and 'value="nowhere"' in text
    assert text.count(" checked") == 2


async def test_an_address_that_is_staff_or_invited_already_is_told_so(browse, cast, people, form):
    owner = await browse(cast, "owner")
    taken = await owner.send(f"{TEAM}/invite", {**form, "email": people.email("biller")})
    assert taken.status_code == 409 and "works here" in (await taken.get_json())["errors"]["email"][0]
    assert (await owner.send(f"{TEAM}/invite", form)).status_code == 200
    twice = await owner.send(f"{TEAM}/invite", form)
    assert twice.status_code == 409 and "invited already" in (await twice.get_json())["errors"]["email"][0]


async def test_opening_the_link_uses_nothing_up_and_accepting_does(browse, cast, form, link):
    await (await browse(cast, "owner")).send(f"{TEAM}/invite", form)
    token = await link(form["email"])
    scanner = await browse(cast)
    for _ in range(3):
        assert (await scanner.get(f"/join/{token}")).status_code == 200
    assert (await scanner.send(f"/join/{token}", {"name": "Noor", "password": NEW})).status_code == 200
    again = await (await browse(cast)).get(f"/join/{token}")
    assert again.status_code == 410 and "joined already" in await again.get_data(as_text=True)
    assert (await (await browse(cast)).send(f"/join/{token}", {"name": "X", "password": NEW})).status_code == 409


async def test_only_the_newest_link_works_and_the_old_one_offers_a_new_one(browse, cast, people, form, link):
    owner, noor = await browse(cast, "owner"), await browse(cast)
    invitation = (await (await owner.send(f"{TEAM}/invite", form)).get_json())["invitation"]
    old = await link(form["email"])
    assert (await noor.get(f"/join/{old}")).status_code == 200
    assert (await owner.send(f"{TEAM}/invitations/{invitation}/redeliver")).status_code == 200
    newest = await link(form["email"])
    page = await noor.get(f"/join/{old}")
    text = await page.get_data(as_text=True)
    assert page.status_code == 410 and "newest link" in text and f'action="/join/{old}/again"' in text
    assert (await noor.send(f"/join/{old}", {"name": "Noor", "password": NEW})).status_code == 409
    before = len(await people.events("staff.invitation_sent"))
    assert (await noor.send(f"/join/{old}/again")).status_code == 200
    assert len(await people.events("staff.invitation_sent")) == before + 1
    assert (await noor.get(f"/join/{newest}")).status_code == 200


async def test_a_link_holds_for_fourteen_days(browse, cast, form, link, later):
    await (await browse(cast, "owner")).send(f"{TEAM}/invite", form)
    token = await link(form["email"])
    later(days=13, hours=23)
    assert (await cast.inside(lambda: joining.offer(token))).state == "open"
    later(days=1)
    assert (await cast.inside(lambda: joining.offer(token))).state == "old"


async def test_a_withdrawn_invitation_says_so(browse, cast, form, link):
    owner = await browse(cast, "owner")
    invitation = (await (await owner.send(f"{TEAM}/invite", form)).get_json())["invitation"]
    token = await link(form["email"])
    assert (await owner.send(f"{TEAM}/invitations/{invitation}/withdraw")).status_code == 200
    page = await (await browse(cast)).get(f"/join/{token}")
    assert page.status_code == 410 and "withdrawn" in await page.get_data(as_text=True)
    assert (await owner.send(f"{TEAM}/invitations/{invitation}/redeliver")).status_code == 404


async def test_an_invitation_of_another_practice_is_missing(browse, cast, neighbours, form):
    invitation = (await (await (await browse(cast, "owner")).send(f"{TEAM}/invite", form)).get_json())["invitation"]
    stranger = await browse(neighbours, "owner")
    for verb in ("redeliver", "withdraw"):
        assert (await stranger.send(f"{TEAM}/invitations/{invitation}/{verb}")).status_code == 404


async def test_a_portal_login_becomes_staff_of_the_same_login_and_chooses_its_side(browse, cast, people, form, link,
                                                                                   sign_in):
    email = people.email("coparent")
    await (await browse(cast, "owner")).send(f"{TEAM}/invite", {**form, "email": email})
    token, david = await link(email), await browse(cast)
    assert "Its password stays" in await (await david.get(f"/join/{token}")).get_data(as_text=True)
    wrong = await david.send(f"/join/{token}", {"name": "David", "password": "not my password"})
    assert wrong.status_code == 422 and "password" in (await wrong.get_json())["errors"]
    joined = await david.send(f"/join/{token}", {"name": "David Ellison", "password": PASSWORD})
    assert (await joined.get_json())["login"] == str(cast.logins["coparent"])
    asked = await sign_in("coparent")
    assert asked.status_code == 409 and (await asked.get_json())["code"] == "choose-side"
    assert (await (await sign_in("coparent", side="desk")).get_json())["side"] == "desk"
    assert (await (await sign_in("coparent", side="portal")).get_json())["side"] == "portal"


async def test_who_is_invited_to_the_portal_as_well_joins_the_team_and_nothing_else(browse, cast, people, form, link):
    """The password they choose opens the desk; their portal goes on waiting for its own invitation."""
    email = form["email"].lower()

    async def invited_as_a_client() -> None:
        login = await Login.create(email=email)
        await PortalAccess.create(client_id=cast.clients["child"], login_id=login.id, permissions=[], invited_at=now())

    await cast.inside(invited_as_a_client)
    assert (await (await browse(cast, "owner")).send(f"{TEAM}/invite", form)).status_code == 200
    noor = await browse(cast)
    joined = await noor.send(f"/join/{await link(email)}", {"name": "Noor", "password": NEW})
    assert joined.status_code == 200 and (await noor.json("/staff/me")).status_code == 200
    refused = await noor.send("/staff/side")
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "other-side"
    held = "SELECT a.accepted_at FROM portal_access a JOIN login l ON l.id = a.login_id WHERE l.email = $1"
    assert (await people.row(held, email))["accepted_at"] is None


async def test_of_accepting_and_withdrawing_at_the_same_moment_one_counts(browse, cast, people, form, link):
    owner = await browse(cast, "owner")
    invitation = (await (await owner.send(f"{TEAM}/invite", form)).get_json())["invitation"]
    token, noor = await link(form["email"]), await browse(cast)
    joined, withdrawn = await asyncio.gather(
        noor.send(f"/join/{token}", {"name": "Noor", "password": NEW}),
        owner.send(f"{TEAM}/invitations/{invitation}/withdraw"),
    )
    assert sorted((joined.status_code, withdrawn.status_code)) in ([200, 404], [200, 409])
    members = await people.row("SELECT count(*) FROM staff_member WHERE name = 'Noor'")
    assert members["count"] == (1 if joined.status_code == 200 else 0)


async def test_forgot_password_sends_an_invitation_that_waits_again(browse, cast, people, form):
    await (await browse(cast, "owner")).send(f"{TEAM}/invite", form)
    login = await people.row("SELECT id FROM login WHERE email = $1", form["email"].lower())
    sent = "SELECT count(*) FROM outgoing_mail WHERE login_id = $1 AND kind = 'staff-invitation'"
    assert (await people.row(sent, login["id"]))["count"] == 1
    asked = await (await browse(cast)).send("/forgot-password", {"email": form["email"]})
    assert asked.status_code == 200
    for login_id, mails in ((login["id"], 2), (cast.logins["owner"], 0), (uuid4(), 0)):
        await JOBS[staff_mail.AGAIN](cast.practice_id, {"login": login_id})
        assert (await people.row(sent, login_id))["count"] == mails


@pytest.mark.parametrize(("taken", "state"), [(True, "taken"), (False, "refused")])
async def test_what_became_of_the_mail_is_told_to_the_team_page(browse, cast, people, form, monkeypatch, taken, state):
    owner = await browse(cast, "owner")
    await owner.send(f"{TEAM}/invite", form)
    (queued,) = await people.rows("SELECT id, facts FROM outgoing_mail WHERE kind = 'staff-invitation'")
    assert queued["facts"] == {}

    async def post(letter: Any, *, to: str) -> None:
        assert to == form["email"].lower() and "Haddad" not in letter.as_string()
        if not taken:
            raise mail.Refused(550)

    monkeypatch.setattr(mail, "post", post)
    await mail.send_mail(cast.practice_id, queued["id"])
    (waiting,) = (await (await owner.json(TEAM)).get_json())["invitations"]
    assert waiting["mail"] == state
    assert "None" not in await (await owner.get("/staff/today")).get_data(as_text=True)
    (told,) = await people.events("staff.invitation_mailed")
    assert set(told["ids"]) == {"invitation"}
