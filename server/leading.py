"""At an address that the practice has left. Whoever goes to a page there is led over with their sign-in; nothing that
was begun there is lost: what is sent from a page that was still open is taken as ever, and a browser that keeps words
which the practice does not have yet is asked for them first."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from quart import Request, Response

from models.accounts.arriving import ticket_for
from models.accounts.sessions import actor_for, session_by_token
from models.core.actor import Actor
from models.core.errors import Refusal, SignedOut
from models.core.scope import Scope
from server import answers
from server.cookies import UNSENT, token_of
from server.door import Page
from server.pages import page_context, render
from server.requests import scheme_of, wants_json

if TYPE_CHECKING:
    from server.opening import Opening


async def lead_over(opening: Opening) -> Response | None:
    """The answer to whoever comes to look; None for what is answered here all the same: what is sent, and what the
    page that sends needs to look right."""
    if opening.door.method != "GET" or opening.door.anywhere:
        return None
    asked, practice = opening.request, opening.practice
    assert practice is not None and practice.moved_to is not None
    if not _gone_to(asked):
        return answers.moved(opening, practice.moved_to, None)
    if asked.cookies.get(UNSENT):
        first = await opening.run(lambda scope: _asked_for_it(opening, scope))
        if first is not None:
            return cast(Response, first)
    key = await session_by_token(practice.id, token_of(asked.cookies))
    ticket = cast(str, await opening.run(lambda _: ticket_for(key.session_id))) if key else None
    return answers.moved(opening, practice.moved_to, ticket)


async def onward(opening: Opening, response: Response) -> Response:
    """A form must not be led to another host by its own answer (its page's policy holds for that as well): a page in
    between goes there."""
    asked = opening.request
    if response.status_code != 303 or opening.door.method == "GET" or wants_json(asked) or not _left(opening):
        return response
    see = response.headers["Location"]
    try:
        html = await opening.run(lambda _: _page_between(opening, see))
    except Refusal:
        return response  # what was sent is kept; the way on is found by hand
    made = Response(html, status=200, content_type=answers.HTML)
    for cookie in response.headers.getlist("Set-Cookie"):
        made.headers.add("Set-Cookie", cookie)
    return made


def _left(opening: Opening) -> bool:
    return opening.practice is not None and opening.practice.moved_to is not None


def _gone_to(request: Request) -> bool:
    """A page that a person goes to, not what a page or a program fetches."""
    return not wants_json(request) and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


async def _asked_for_it(opening: Opening, scope: Scope) -> Response | None:
    """The page that sends what this browser still keeps here; None when nothing of it is this login's. Who is signed
    out signs in once more first: nobody else's words are ever sent. Raises Locked and PortalClosed, each with its page.
    """
    actor = await _who(opening, scope)
    if actor is not None and f"{actor.login_id}_{actor.side.value}" not in opening.request.cookies[UNSENT].split("."):
        return None
    path = opening.request.full_path.rstrip("?")
    template = "accounts/unsent.html" if actor else "accounts/unsent_sign_in.html"
    page = Page(template, link=_there(opening), path=path, key=None)
    made = await answers.ready(opening, actor, page, scope, None)
    return made()


async def _who(opening: Opening, scope: Scope) -> Actor | None:
    try:
        return await actor_for(scope.practice_id, token_of(opening.request.cookies), while_unready=True)
    except SignedOut:
        return None


async def _page_between(opening: Opening, see: str) -> str:
    return render("accounts/moved.html", {**await page_context(None), "link": _there(opening), "see": see})


def _there(opening: Opening) -> str:
    assert opening.practice is not None
    return f"{scheme_of(opening.request)}://{opening.practice.moved_to}"
