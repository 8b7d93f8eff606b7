"""Reading a request: which practice, from where, by whom, with what. Nothing is believed that the browser can forge."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from quart import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from models.accounts.devices import device_of
from models.core.errors import Forbidden, Invalid, TooLarge
from models.core.scope import Whence
from models.core.settings import settings
from server.inflow import PacedBody

MOST_BYTES = 1024 * 1024
TOO_LARGE = "This is more than 1 MB. Nothing was kept; send less at once."
DEEPEST = 32
JSON = ("application/json", "application/problem+json")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def wants_json(request: Request) -> bool:
    """Whether JSON is asked for; a caller that takes anything gets the page."""
    best = request.accept_mimetypes.best_match(["text/html", *JSON])
    return best in JSON and request.accept_mimetypes.quality(best) > 0


def from_trusted_proxy(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in ip_network(one, strict=False) for one in settings().trusted_proxies)


def host_of(request: Request) -> str:
    """Host with port as the browser wrote it; a proxy's word counts only when the proxy is trusted. Empty when the
    host is missing or said twice: whom would one believe?"""
    return scope_host(request.scope) or ""


def peer_of(request: Request) -> str:
    return _peer(request.scope)


def address_of(request: Request) -> str:
    """The caller's address, for limits. Behind trusted proxies the last one they did not add themselves."""
    return scope_address(request.scope)


def whence_of(request: Request) -> Whence:
    """From where this was asked, for changes and looks. A region of an open page that fetches itself anew says so."""
    device = device_of(request.headers.get("User-Agent", ""))
    return Whence(address_of(request), device, "Portico-Fragment" in request.headers)


def scheme_of(request: Request) -> str:
    return scope_scheme(request.scope)


def refuse_foreign_origin(request: Request) -> None:
    """Unsafe methods come from the practice's own pages or from programs, never from another site."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in (None, "same-origin", "none"):
        raise Forbidden("foreign-origin", "This came from another site and was refused.")
    if origin is not None and urlsplit(origin).netloc.lower() != host_of(request):
        raise Forbidden("foreign-origin", "This came from another site and was refused.")


async def body_of(request: Request) -> dict[str, Any]:
    """A form or a JSON object, at most 1 MiB; repeated form fields become lists."""
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(detail=TOO_LARGE)
    if isinstance(request.body, PacedBody):
        request.body.at_most(MOST_BYTES)  # also one that does not say its length
    try:
        if request.mimetype in FORMS:
            form = await request.form
            return {name: _single(form.getlist(name)) for name in form}
        data = await request.get_data()
    except RequestEntityTooLarge:
        raise TooLarge(detail=TOO_LARGE) from None
    except (BadRequest, ValueError, UnicodeDecodeError):
        raise Invalid("invalid", "The form could not be read. Send it again.") from None
    return _json_object(data, request.mimetype)


def _json_object(data: Any, mimetype: str) -> dict[str, Any]:
    if not data:
        return {}
    if mimetype != "application/json":
        raise Invalid("invalid", "Send a form or JSON (Content-Type: application/json).")
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Invalid("invalid", "This is not JSON.") from None
    if not isinstance(found, dict):
        raise Invalid("invalid", "Send an object with named fields.")
    if _too_deep(found):
        raise Invalid("invalid", "This is nested too deeply.")
    return found


def _too_deep(found: object) -> bool:
    """No door wants more than a few levels, and a thousand of them are more than JSON can be written with again."""
    level = [found]
    for _ in range(DEEPEST):
        inside = [value for one in level for value in (one.values() if isinstance(one, dict) else one)]  # type: ignore[attr-defined]
        level = [value for value in inside if isinstance(value, (dict, list))]
        if not level:
            return False
    return True


def _single(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def key_of(request: Request, body: Mapping[str, Any]) -> UUID | None:
    """The idempotency key of the header or the body's field; raises Invalid when it is no UUID."""
    given = request.headers.get("Idempotency-Key") or body.get("key")
    if not given:
        return None
    try:
        return UUID(str(given))
    except ValueError:
        raise Invalid(errors={"key": ["A key must be a UUID."]}) from None


def scope_host(scope: Mapping[str, Any]) -> str | None:
    """Host with port, of a request or a handshake; a proxy's word counts only when the proxy is trusted. None when it
    is missing or said twice."""
    forwarded = _raw(scope, b"x-forwarded-host")
    hosts = forwarded if forwarded and from_trusted_proxy(_peer(scope)) else _raw(scope, b"host")
    return hosts[0].split(",")[0].strip().lower() if len(hosts) == 1 else None


def scope_scheme(scope: Mapping[str, Any]) -> str:
    """http or https, as the browser asked."""
    forwarded = _raw(scope, b"x-forwarded-proto")
    if len(forwarded) == 1 and forwarded[0] in {"http", "https"} and from_trusted_proxy(_peer(scope)):
        return forwarded[0]
    return "https" if scope.get("scheme") in {"https", "wss"} else "http"


def scope_address(scope: Mapping[str, Any]) -> str:
    """The caller's. Behind trusted proxies the last one they did not add themselves."""
    peer = _peer(scope)
    chain = [part.strip() for part in ",".join(_raw(scope, b"x-forwarded-for")).split(",") if part.strip()]
    while chain and from_trusted_proxy(peer):
        peer = chain.pop()
    return peer


def scope_whence(scope: Mapping[str, Any]) -> Whence:
    """From where a handshake came."""
    return Whence(scope_address(scope), device_of(" ".join(_raw(scope, b"user-agent"))))


def _peer(scope: Mapping[str, Any]) -> str:
    return str((scope.get("client") or ("", 0))[0])


def _raw(scope: Mapping[str, Any], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]
