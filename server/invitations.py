"""Doors behind an invitation: by its link, or signed in with a login that was invited once more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quart import Request

from models.accounts import sessions
from models.accounts.passwords import LEAST
from models.accounts.practices import today_here
from models.clients import accepting
from models.clients.accepting import Accepted, Told, Way
from models.clients.behind import Behind, State, behind_access, behind_link
from models.clients.portal_asks import Accept, AnswerCode, AnswerDate, AskCode
from models.core.actor import Actor
from models.core.errors import Conflict, Gone, Invalid, Missing
from server.answers import problem
from server.door import ANYONE, PORTAL, Answer, Done, Page, get, post
from server.entering import browser_of, signed_in, words_of
from server.requests import address_of

LINK, WAITING = "/invitation/<token>", "/invitations/<uuid:id>"

# What a link that opens nothing says to a program; a page has its own words.
SAYS = {
    "unknown": Missing("invitation-unknown", "This link leads nowhere here."),
    "old": Gone("invitation-old", "There is a newer link. Look for it in your e-mail, or have another one sent."),
    "expired": Gone("invitation-expired", "This link has expired. Have a new one sent."),
    "accepted": Gone("invitation-accepted", "This invitation is accepted. Sign in."),
    "withdrawn": Gone("invitation-withdrawn", "This invitation was taken back. Call the practice."),
    "shut": Conflict("invitation-shut", "The birth date was wrong too often. Call the practice."),
}


@get(LINK, allow=ANYONE, client_side=True)
async def invitation_page(actor: Actor | None, token: str) -> Page:
    """Behind the link. Opening it changes nothing: mail scanners do."""
    return _page(await behind_link(token, actor), f"/invitation/{token}")


@post(f"{LINK}/opened", allow=ANYONE, client_side=True)
async def note_opened(actor: Actor | None, token: str, request: Request) -> Done:
    """Somebody is at the page: a pointer moved, a key was pressed. Staff see that the link was opened."""
    await accepting.note_opened(Way(actor, address_of(request), token))
    return Done({"ok": True})


@get(WAITING, allow=PORTAL)
async def waiting_page(actor: Actor, id: UUID) -> Page:
    """Another invitation of somebody who is signed in."""
    return _page(await behind_access(actor, id), f"/invitations/{id}")


async def _link_again(actor: Actor | None, token: str, request: Request) -> Page:
    return _page(await behind_link(token, actor), f"/invitation/{token}", **await _typed(request))


async def _waiting_again(actor: Actor, id: UUID, request: Request) -> Page:
    return _page(await behind_access(actor, id), f"/invitations/{id}", **await _typed(request))


@post(f"{LINK}/birth-date", allow=ANYONE, client_side=True, body=AnswerDate, again=_link_again)
async def answer_date(actor: Actor | None, token: str, body: AnswerDate, request: Request) -> Page:
    """The client's birth date; what was wrong is counted, whatever tab it came from."""
    told = await _answer_date(Way(actor, address_of(request), token), body)
    return _page(await behind_link(token, actor), f"/invitation/{token}", told, field="born_on")


@post(f"{WAITING}/birth-date", allow=PORTAL, body=AnswerDate, again=_waiting_again)
async def answer_date_signed_in(actor: Actor, id: UUID, body: AnswerDate, request: Request) -> Page:
    told = await _answer_date(Way(actor, address_of(request), access_id=id), body)
    return _page(await behind_access(actor, id), f"/invitations/{id}", told, field="born_on")


@post(f"{LINK}/code", allow=ANYONE, client_side=True, body=AskCode, again=_link_again)
async def ask_code(actor: Actor | None, token: str, body: AskCode, request: Request) -> Page:
    """Six digits to the address on file: a link that was handed over proves none."""
    await accepting.ask_code(Way(actor, address_of(request), token), body.proof)
    return _page(await behind_link(token, actor), f"/invitation/{token}", Told(body.proof), sent=True)


@post(f"{LINK}/check-code", allow=ANYONE, client_side=True, body=AnswerCode, again=_link_again)
async def answer_code(actor: Actor | None, token: str, body: AnswerCode, request: Request) -> Page:
    told = await accepting.answer_code(Way(actor, address_of(request), token), body.code, body.proof)
    told = told if told.proof else Told(body.proof, told.wrong)
    return _page(await behind_link(token, actor), f"/invitation/{token}", told, field="code", sent=True)


@post(LINK, allow=ANYONE, client_side=True, body=Accept, again=_link_again)
async def accept(actor: Actor | None, token: str, body: Accept, request: Request) -> Answer:
    """Accept, with a new password or with the one there is."""
    return await _accept(actor, Way(actor, address_of(request), token), body, request)


@post(WAITING, allow=PORTAL, body=Accept, again=_waiting_again)
async def accept_signed_in(actor: Actor, id: UUID, body: Accept, request: Request) -> Answer:
    return await _accept(actor, Way(actor, address_of(request), access_id=id), body, request)


@post(f"{LINK}/again", allow=ANYONE, client_side=True)
async def ask_again(token: str, request: Request) -> Page:
    """An old link asks for a new one, to the same address."""
    await accepting.ask_again(token, address=address_of(request))
    return Page("clients/invitation_sent.html", json={"ok": True})


async def _answer_date(way: Way, body: AnswerDate) -> Told:
    if body.born_on is None:
        raise Invalid(errors={"born_on": ["Give the birth date."]})
    return await accepting.answer_date(way, body.born_on)


async def _accept(actor: Actor | None, way: Way, body: Accept, request: Request) -> Answer:
    done = await accepting.accept(
        way, password=body.password, proof=body.proof, device=words_of(request), browser=browser_of(request)
    )
    data = {"client": done.access.client_id, "access": done.access.id}
    if done.signed_in is not None:
        await _leave(actor)
        return Done(data, see=_first_page(done), cookies=signed_in(done.signed_in).cookies)
    if actor is not None and actor.portal and actor.login_id == done.access.login_id:
        return Done(data, see=f"/for/{done.access.client_id}/onboarding")
    at_the_desk = actor is not None and actor.desk
    begins = done.access.starts_on if done.access.starts_on and done.access.starts_on > await today_here() else None
    return Page("clients/invitation_accepted.html", json=data, at_the_desk=at_the_desk, begins=begins)


async def _leave(actor: Actor | None) -> None:
    """Whoever else was signed in at this browser; the invited person's own sessions have ended with the password."""
    if actor is not None:
        await sessions.sign_out(actor)


def _first_page(done: Accepted) -> str:
    assert done.signed_in is not None
    several = len(done.signed_in.actor.accesses) > 1
    return f"/for/{done.access.client_id}/onboarding" if several else "/onboarding"


def _page(behind: Behind | None, here: str, told: Told | None = None, *, field: str = "", sent: bool = False) -> Page:
    proof = told.proof if told else ""
    state = behind.state.value if behind else "unknown"
    step = behind.step(proof).value if behind and behind.state is State.OPEN else ""
    shown: dict[str, Any] = {"state": state, "step": step, "proof": proof, "sent": sent}
    wrong = {field: [told.wrong]} if told and told.wrong and step else {}
    refusal = Invalid("wrong-answer", errors=wrong) if wrong else SAYS.get(state)
    told_json = {**problem(refusal), **shown} if refusal else shown
    message = behind.invitation.message if behind and step in ("password", "accept") else ""
    own = behind is not None and behind.access.contact_id is None
    unseen = behind is not None and behind.invitation.used_at is None and here.startswith("/invitation/")
    return Page("clients/invitation.html", json=told_json, status=refusal.status if refusal else 200, errors=wrong,
                here=here, least=LEAST, message=message, key=None, own=own, initials=behind.initials if behind else "",
                unseen=unseen, **shown)


async def _typed(request: Request) -> dict[str, Any]:
    """The proof that the form carried: a password that was refused is not the birth date asked anew."""
    form = await request.form
    return {"told": Told(form.get("proof", "")), "sent": "code" in form}
