"""The Quart application: every door mounted, every answer with its safety headers. It decides nothing itself."""

from __future__ import annotations

from typing import Any

import structlog
from quart import Quart, Request, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import MapAdapter

from models.core.errors import Conflict, Missing, Refusal
from models.files.kinds import MOST_BYTES
from server import answers, assets
from server.bare import answer_at
from server.door import DOORS, Door
from server.inflow import PacedConnection, PacedRequest
from server.opening import no_door
from server.requests import host_of

MOST_UPLOAD = MOST_BYTES + 1024 * 1024

log = structlog.get_logger("portico.http")


class House(Quart):
    def create_url_adapter(self, request: Any) -> MapAdapter | None:
        """Doors are found by path and method: a host that is none, or an unreadable query, is answered in words too."""
        try:
            return super().create_url_adapter(request)
        except (HTTPException, UnicodeError):
            given = {"url_scheme": request.scheme, "path_info": request.path, "default_method": request.method}
            return self.url_map.bind("unreadable", **given)


def create_app(*, development: bool) -> Quart:
    """An application with all doors that server.wiring has imported."""
    app = House("portico", static_folder=str(assets.STATIC), static_url_path="/static")
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_UPLOAD,
        SEND_FILE_MAX_AGE_DEFAULT=None,
        BODY_TIMEOUT=60,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
    )
    app.asgi_http_class = PacedConnection
    app.request_class = PacedRequest
    for (method, path), doors in _addresses(development).items():
        _mount(app, method, path, doors)
    assets.mount(app)
    app.after_request(_safe)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _trouble)
    return app


def _addresses(development: bool) -> dict[tuple[str, str], list[Door]]:
    """Doors by method and path. One address may have two: at practices, and at the bare domain."""
    found: dict[tuple[str, str], list[Door]] = {}
    for door in DOORS:
        if development or not door.development:
            for path in door.paths:
                found.setdefault((door.method, path), []).append(door)
    return found


def _mount(app: Quart, method: str, path: str, doors: list[Door]) -> None:
    async def view(**args: Any) -> Response:
        return await answer_at(doors, _asked(), args)

    app.add_url_rule(path, f"{method} {doors[0].name} {path}", view, methods=[method])


async def _http_error(error: HTTPException) -> Response:
    """What the router itself refuses, in the same form as all refusals."""
    status = error.code or 500
    if status == 404:
        return await no_door(_asked(), Missing(detail="There is no page at this address."))
    if status == 405:
        refusal: Refusal = Conflict("method", "This address does not take that kind of request.")
    else:
        refusal = Refusal("http", error.description or "This request could not be read.")
    refusal.status = status
    response = await no_door(_asked(), refusal)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


async def _trouble(error: Exception) -> Response:
    """The last net. Logged with its trace but without the request; the person learns that nothing was changed."""
    log.exception("http.trouble", door=str(request.url_rule))
    refusal = Refusal(
        "trouble", "Something went wrong on our side. Nothing was changed; try again in a moment.", retry_after=5
    )
    refusal.status = 503
    return await answers.refused(request, refusal)


def _asked() -> Request:
    return request._get_current_object()  # type: ignore[attr-defined,no-any-return]


async def _safe(response: Response) -> Response:
    headers = response.headers
    host = host_of(request)
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        f"media-src 'self'; connect-src 'self' ws://{host} wss://{host}; frame-src 'self'; form-action 'self'; "
        "base-uri 'none'; manifest-src 'self'; frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
    elif request.path.startswith("/static/at-") and "Cache-Control" in headers:
        pass  # the stamp changes with the file: kept for ever
    else:
        headers["Cache-Control"] = "no-cache"  # kept, but asked for each time
    return response
