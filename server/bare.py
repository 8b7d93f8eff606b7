"""What happens at a door of the bare domain: no practice, nobody signed in; the verb opens the scope it needs."""

from __future__ import annotations

from typing import Any

from quart import Request, Response

from models.accounts.practices import at_bare_domain
from models.core.errors import Missing, Refusal
from models.core.payload import parse
from server import answers
from server.door import Door, Page, again_with
from server.opening import UNSAFE, Opening, fitting, no_door
from server.pages import render
from server.requests import body_of, host_of, refuse_foreign_origin, wants_json

NO_PAGE = "There is no page at this address."


async def answer_at(doors: list[Door], request: Request, args: dict[str, Any]) -> Response:
    """The door of these, all at one address, that stands at the host that was asked for."""
    bare = at_bare_domain(host_of(request))
    door = next((one for one in doors if not one.practice or one.bare is bare), None)
    if door is None:
        return await no_door(request, Missing(detail=NO_PAGE))
    return await (_bare_answer(door, request, args) if door.bare else Opening(door, request, args).answer())


async def _bare_answer(door: Door, request: Request, args: dict[str, Any]) -> Response:
    given: dict[str, Any] = {"request": request, **args}
    typed: dict[str, Any] = {}
    try:
        if door.method in UNSAFE:
            refuse_foreign_origin(request)
            typed = await body_of(request)
        if door.body is not None:
            given["body"] = parse(door.body, {name: value for name, value in typed.items() if name != "key"})
        answer = await door.handler(**fitting(door.handler, given))
    except Refusal as refusal:
        if door.again is None or wants_json(request):
            return await answers.refused(request, refusal)
        page = await door.again(**fitting(door.again, given))
        told = {**page.context, **again_with(refusal, typed)}
        return _drawn(Page(page.template, status=refusal.status, headers=answers.retry_after(refusal), **told))
    if isinstance(answer, Page) and not (answer.json is not None and wants_json(request)):
        return _drawn(answer)
    return answers.plain(Opening(door, request, args), answer)


def _drawn(page: Page) -> Response:
    html = render(page.template, page.context)
    return Response(html, status=page.status, content_type=answers.HTML, headers=dict(page.headers))
