"""The session cookie and the device cookie: their names, their flags, and reading them from a request or a handshake.

Host-only, so that no practice's page ever gets another's. In development ports share cookies, therefore its name
carries the port; in production the `__Host-` prefix makes the browser itself hold host, path and Secure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.core.settings import Settings, settings

LONGEST = 128
DEVICE_LASTS = 400 * 24 * 3600
MOST_COOKIES = 16 * 1024
# Set by a page's own script (static/js/unsent.js): of whom this browser keeps words that the server does not have.
UNSENT = "portico_unsent"


def cookie_name(given: Settings | None = None) -> str:
    """`__Host-portico_session` in production; `portico_session`, or `portico_session_<PORT>`, in development."""
    chosen = given or settings()
    if chosen.production:
        return "__Host-portico_session"
    return "portico_session" if chosen.port == 8000 else f"portico_session_{chosen.port}"


def device_cookie_name() -> str:
    """Beside the session's: `__Host-portico_device`, or `portico_device` with the port."""
    return cookie_name().replace("portico_session", "portico_device")


def device_cookie(tokens: Iterable[str]) -> str:
    """A Set-Cookie value; the browser keeps it for 400 days, the longest it may."""
    return f"{device_cookie_name()}={'.'.join(tokens)}; Max-Age={DEVICE_LASTS}; {_flags()}"


def session_cookie(token: str) -> str:
    """A Set-Cookie value; ends with the browser, while the server ends the session itself."""
    return f"{cookie_name()}={token}; {_flags()}"


def ended_cookie() -> str:
    """A Set-Cookie value that makes the browser forget the session."""
    return f"{cookie_name()}=; Max-Age=0; {_flags()}"


def token_of(cookies: Mapping[str, str]) -> str | None:
    """The token in a request's cookies, or None."""
    return _plausible(cookies.get(cookie_name()))


def token_of_header(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The token in the raw headers of a handshake. With two of one name, as from another path, none is believed."""
    lines = [value for name, value in headers if name.lower() == b"cookie"]
    if sum(map(len, lines)) > MOST_COOKIES:
        return None
    pairs = [pair.strip().partition("=") for line in lines for pair in line.decode("latin-1").split(";")]
    found = [value for name, _, value in pairs if name == cookie_name()]
    return _plausible(found[0]) if len(found) == 1 else None


def _plausible(token: str | None) -> str | None:
    return token if token and len(token) <= LONGEST and token.isascii() else None


def _flags() -> str:
    return "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if settings().production else "")
