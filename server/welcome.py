"""What `make run` says when everything is up: where to look and whom to sign in as."""

from __future__ import annotations

from urllib.parse import urlsplit

from models.core.settings import Settings

PASSWORD = "portico-demo"
STAFF = ("owner", "practitioner", "supervisor", "frontdesk", "biller")
PORTAL = ("client", "parent", "coparent", "teen")


def welcome(settings: Settings, *, seconds: float) -> str:
    """The text: addresses, and in development the demo logins."""
    lines = ["", f"Portico is ready after {seconds:.1f} s."]
    if not settings.production:
        lines += ["", *_demo(settings)]
    return "\n".join([*lines, "", f"Everything local is in {settings.portico_data}. Ctrl-C stops it all.", ""])


def _demo(settings: Settings) -> list[str]:
    harbor, lakeside = _origin(settings, "harbor"), _origin(settings, "lakeside")
    return [
        f"  Harbor Counseling   {harbor}/staff",
        *(f"                        {name}@harbor.test" for name in STAFF),
        f"  its clients         {harbor}/",
        *(f"                        {name}@harbor.test" for name in PORTAL),
        f"  a second practice   {lakeside}/staff and {lakeside}/ (the same names @lakeside.test)",
        f"  password of all     {PASSWORD}",
        f"  caught mails        {harbor}/dev/mail",
        f"  a new practice      http://{settings.portico_domain}:{settings.port}/",
        f"  patterns            {harbor}/dev/patterns",
    ]


def _origin(settings: Settings, subdomain: str) -> str:
    base = urlsplit(settings.public_url or f"http://{settings.portico_domain}:{settings.port}")
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{subdomain}.{settings.portico_domain}{port}"
