"""Turning what a door gives back, or a refusal, into a response: JSON for programs, a page for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
from quart import Request, Response

from models.core.actor import Actor
from models.core.addresses import bare_origin
from models.core.clock import now
from models.core.errors import Refusal, SignedOut
from models.core.scope import Scope
from server.door import Answer, Done, Page, Raw, See
from server.pages import page_context, render
from server.requests import scheme_of, wants_json
from server.typed import typed

if TYPE_CHECKING:
    from server.opening import Opening

HTML = "text/html; charset=utf-8"
JSON = "application/json"
PROBLEM = "application/problem+json"


class DrawAgain(Exception):
    """Leaves the scope (nothing is kept) with the refusal that the form is to show."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


async def ready(
    opening: Opening, actor: Actor | None, answer: Answer, scope: Scope, cursor: Any
) -> Callable[[], Response]:
    """Everything that needs the scope is done here; the call that comes back runs after the commit."""
    if isinstance(answer, Page) and not _as_json(opening, answer):
        return _page(await _html(answer, actor, cursor, opening.door.feature), answer, cursor)
    return lambda: plain(opening, answer, seq=scope.seq, cursor=cursor)


def plain(opening: Opening, answer: Answer, *, seq: int | None = None, cursor: Any = None) -> Response:
    """An answer that needs no template."""
    if isinstance(answer, Raw):
        response = Response(answer.body, status=answer.status, content_type=answer.type, headers=dict(answer.headers))
        response.timeout = None  # a long download on a slow line is no fault
        return response
    if isinstance(answer, Page):
        return _json(answer.json or {}, answer.status, cursor)
    return _with_cookies(_moved_or_json(opening, answer, seq), answer.cookies)


def _moved_or_json(opening: Opening, answer: See | Done, seq: int | None) -> Response:
    as_json = wants_json(opening.request) or (isinstance(answer, Done) and answer.see is None)
    if isinstance(answer, See):
        return _json({"see": answer.location}) if as_json else _see(answer.location)
    if not as_json:
        return _see(answer.see or "/")
    told = {"ok": True} if opening.request.method != "GET" else {}
    return _json({**told, **answer.data, **({"seq": seq} if seq is not None else {})}, answer.status)


async def refused(request: Request, refusal: Refusal, face: Mapping[str, Any] | None = None) -> Response:
    """A problem document (RFC 9457), or a page that says what happened and what to do; `face`: the practice's own."""
    if wants_json(request) or request.mimetype == JSON:
        return _problem(refusal)
    if isinstance(refusal, SignedOut) and request.method == "GET":
        return _see(f"/sign-in?next={quote(request.full_path.rstrip('?'))}")
    page = render(
        _template(refusal),
        {
            "refusal": refusal.detail,
            "code": refusal.code,
            "status": refusal.status,
            "title": HTTPStatus(refusal.status).phrase,
            "emergency": refusal.status == 404 and request.path.startswith("/staff/clients/"),
            "typed": await typed(request, refusal),
            "retry": request.full_path.rstrip("?") if request.method == "GET" and refusal.status in AGAIN else "",
            "find": f"{bare_origin()}/find-my-portal",
            **(face or {}),
        },
    )
    return _retry(Response(page, status=refusal.status, content_type=HTML), refusal)


def moved(opening: Opening, host: str, ticket: str | None) -> Response:
    """A former subdomain leads to the present one; with a ticket by the door that takes the sign-in along."""
    there, path = f"{scheme_of(opening.request)}://{host}", opening.request.full_path.rstrip("?")
    return _see(f"{there}/arrive/{ticket}?next={quote(path)}" if ticket else there + path)


# The very page may be there in a moment.
AGAIN = frozenset({429, 503})
OWN_PAGES = {"unknown-practice": "errors/unknown-practice.html", "portal-closed": "errors/portal-closed.html"}


def _template(refusal: Refusal) -> str:
    return OWN_PAGES.get(refusal.code, "errors/problem.html")


def _as_json(opening: Opening, answer: Page) -> bool:
    return answer.json is not None and wants_json(opening.request)


async def _html(answer: Page, actor: Actor | None, cursor: Any, feature: str | None) -> str:
    context = await page_context(actor)
    head = {"cursor": cursor["seq"], "epoch": str(cursor["epoch"])} if cursor else {}
    if feature is not None and actor is not None and actor.portal:
        head["feature"] = feature
    head["moment"] = now().isoformat()  # the browser's own clock may be wrong by days
    return render(answer.template, {**context, **head, "actor": actor, **answer.context})


def _page(html: str, answer: Page, cursor: Any) -> Callable[[], Response]:
    def respond() -> Response:
        response = Response(html, status=answer.status, content_type=HTML, headers=dict(answer.headers))
        if cursor:
            response.headers["Portico-Cursor"] = str(cursor["seq"])
        return response

    return respond


def _json(data: Any, status: int = 200, cursor: Any = None) -> Response:
    response = Response(orjson.dumps(data, default=str), status=status, content_type=JSON if status < 400 else PROBLEM)
    if cursor:
        response.headers["Portico-Cursor"] = str(cursor["seq"])
    return response


def problem(refusal: Refusal) -> dict[str, Any]:
    """The refusal as RFC 9457 spells it."""
    return {
        "type": f"/problems/{refusal.code}",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "errors": refusal.errors,
    }


def _problem(refusal: Refusal) -> Response:
    return _retry(_json(problem(refusal), refusal.status), refusal)


def _retry(response: Response, refusal: Refusal) -> Response:
    response.headers.update(retry_after(refusal))
    return response


def retry_after(refusal: Refusal) -> dict[str, str]:
    """The header that says when to try again; none when the refusal does not."""
    return {} if refusal.retry_after is None else {"Retry-After": str(max(1, round(refusal.retry_after)))}


def _see(location: str) -> Response:
    return Response(b"", status=303, headers={"Location": location})


def _with_cookies(response: Response, cookies: tuple[str, ...]) -> Response:
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie)
    return response
