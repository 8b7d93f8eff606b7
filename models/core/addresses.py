"""Where a practice's portal stands, for links in mails: scheme and port come from PUBLIC_URL, the host from here."""

from __future__ import annotations

from urllib.parse import urlsplit

from models.core.settings import settings


def origin_of(subdomain: str) -> str:
    """`https://harbor.portico.test`, without a slash at its end."""
    return _origin(f"{subdomain}.")


def bare_origin() -> str:
    """`https://portico.test`: where practices are opened and portals are found."""
    return _origin("")


def _origin(before: str) -> str:
    chosen = settings()
    scheme, port = ("https", "") if chosen.production else ("http", f":{chosen.port}")
    if chosen.public_url:
        base = urlsplit(chosen.public_url)
        scheme, port = base.scheme, f":{base.port}" if base.port else ""
    return f"{scheme}://{before}{chosen.portico_domain}{port}"
