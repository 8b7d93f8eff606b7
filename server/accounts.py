"""Doors for those who are not signed in yet: the practice's landing page, signing in, Forgot Password.

What a signed-in person does with the own login stands in own_account.py.
"""

from __future__ import annotations

from typing import Any

from quart import Request

from models.accounts import passkeys, resetting, sessions, tickets
from models.accounts.asks import ChoosePassword, ForgotPassword, SignIn
from models.accounts.passwords import LEAST
from models.accounts.practices import portal_open, profile
from models.core.actor import Actor
from models.core.errors import Gone, Invalid
from models.core.scope import current_scope
from server import own_account
from server.answers import problem
from server.cookies import token_of
from server.door import ANYONE, Done, Page, See, get, post
from server.entering import browser_of, code_page, next_step, signed_in, ticket_of, words_of
from server.own_account import home_of, safe_next
from server.public_booking import ways_to_book
from server.requests import address_of, host_of, wants_json

SENT = "If this address belongs to this portal, a link is on its way to it."

__all__ = ["own_account"]


@get("/", allow=ANYONE)
async def landing(actor: Actor | None, request: Request) -> Page | See:
    """The practice's own page with its sign-in; for the signed in, their first page."""
    return See(home_of(actor)) if actor else await _landing(request)


@get("/sign-in", allow=ANYONE)
async def sign_in_page(actor: Actor | None, request: Request) -> Page | See:
    return See(safe_next(request.args.get("next"), actor)) if actor else await _landing(request)


async def _sign_in_again(request: Request) -> Page:
    typed = await request.form
    ticket, next_page = typed.get("ticket", ""), typed.get("next", "")
    found = await tickets.look_at(ticket) if ticket else None
    if found and found.fresh and found.purpose in tickets.SECOND_STEPS:
        return code_page(ticket, next_page=next_page, remember=bool(typed.get("remember")))
    return Page("accounts/landing.html", email=typed.get("email", ""), next=next_page, notice="",
                opened=await portal_open(), key=None, **await ways_to_book())


@post("/sign-in", allow=ANYONE, body=SignIn, again=_sign_in_again)
async def sign_in(actor: Actor | None, body: SignIn, request: Request) -> Done | Page:
    """E-mail and password (and the code, where the second factor is on), or the ticket of the step before, become a
    session under a new token."""
    if actor is not None:
        await sessions.sign_out(actor)
    try:
        return signed_in(await _prove(body, request), next_page=body.next)
    except (sessions.SecondFactor, sessions.ChooseSide) as step:
        if wants_json(request) or (body.ticket and isinstance(step, sessions.SecondFactor)):
            raise
        return await next_step(step, next_page=body.next, remember=body.remember)


@get("/forgot-password", allow=ANYONE)
async def forgot_page() -> Page:
    return Page("accounts/forgot.html", json={"minutes": _minutes()}, email="", key=None)


async def _forgot_again(request: Request) -> Page:
    return Page("accounts/forgot.html", email=(await request.form).get("email", ""), key=None)


@post("/forgot-password", allow=ANYONE, body=ForgotPassword, again=_forgot_again)
async def forgot_password(body: ForgotPassword, request: Request) -> Page:
    """The same sentence for a known and an unknown address."""
    await resetting.ask(body.email, address=address_of(request))
    return _sent()


async def _reset_page(token: str) -> Page:
    found = await tickets.look_at(token)
    if found and found.fresh and found.purpose in resetting.LINKS:
        return Page("accounts/reset.html", json={"least": LEAST}, token=token, least=LEAST, key=None)
    gone = problem(Gone("link-expired", "This link can no longer be used. Ask for a new one."))
    return Page(
        "accounts/reset_expired.html", json=gone, status=410, token=token, known=found is not None, key=None
    )


@get("/reset/<token>", allow=ANYONE)
async def reset_page(token: str) -> Page:
    """Behind a mailed link. Opening it changes nothing: mail scanners do."""
    return await _reset_page(token)


@post("/reset/<token>", allow=ANYONE, body=ChoosePassword, again=_reset_page)
async def set_by_link(actor: Actor | None, token: str, body: ChoosePassword, request: Request) -> Done | Page:
    """Use the link up: the new password holds and the person is signed in, or asked for the code first."""
    if actor is not None:
        await sessions.sign_out(actor)
    try:
        return signed_in(await resetting.set_by_link(
            token, body.password, address=address_of(request), device=words_of(request), browser=browser_of(request)
        ))
    except sessions.SecondFactor as step:
        if wants_json(request):
            return Done({"next": step.code, "ticket": await ticket_of(step)})
        return await next_step(step)


@post("/reset/<token>/again", allow=ANYONE)
async def ask_again(token: str, request: Request) -> Page:
    """An old link asks for a new one, to the same address."""
    await resetting.ask_again(token, address=address_of(request))
    return _sent()


async def _landing(request: Request) -> Page:
    face = await profile()
    notice = await sessions.why_over(current_scope().practice_id, token_of(request.cookies))
    known: dict[str, Any] = {"name": face.name, "address": face.address, "phone": face.phone}
    opened = await portal_open()
    moved = await passkeys.some_fit_no_more(host_of(request))
    ways = await ways_to_book()
    return Page("accounts/landing.html", json={"practice": known, "open": opened, "notice": notice, **ways},
                notice=notice, opened=opened, email="", moved=moved, next=request.args.get("next", ""), key=None,
                **ways)


async def _prove(body: SignIn, request: Request) -> sessions.SignedIn:
    device, browser = words_of(request), browser_of(request, remember=body.remember)
    if body.ticket:
        return await sessions.sign_in_with_ticket(
            body.ticket, side=body.side, code=body.code, device=device, browser=browser
        )
    empty = {name: ["Fill this in."] for name in ("email", "password") if not getattr(body, name)}
    if empty:
        raise Invalid(errors=empty)
    return await sessions.sign_in(
        body.email, body.password, address=address_of(request), side=body.side, device=device, code=body.code,
        browser=browser,
    )


def _sent() -> Page:
    return Page("accounts/forgot_done.html", json={"ok": True, "detail": SENT}, minutes=_minutes())


def _minutes() -> int:
    return int(tickets.LASTS[tickets.PASSWORD].total_seconds() // 60)
