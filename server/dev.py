"""Pages for those who build: caught mails, every pattern. They exist in development only."""

from __future__ import annotations

from models.core.clock import now
from models.core.errors import missing
from models.core.settings import settings
from server.door import ANYONE, Page, Raw, get
from server.local.mailbox import list_mail, read_mail

AS_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
    "sandbox allow-popups allow-top-navigation-by-user-activation"
)


@get("/dev/mail", allow=ANYONE, development=True)
async def mails() -> Page:
    """What the mail catcher holds, newest first."""
    found = list_mail(settings())
    return Page("dev/mail.html", mails=found, json={"mails": [_plain(mail) for mail in found]})


@get("/dev/mail/<name>", allow=ANYONE, development=True)
async def mail(name: str) -> Page:
    """One caught mail: its headers, its text, its HTML."""
    found = read_mail(settings(), name) or missing("mail")
    return Page("dev/one_mail.html", mail=found, json=_plain(found))


@get("/dev/mail/<name>/html", allow=ANYONE, development=True)
async def mail_html(name: str) -> Raw:
    """The same mail as a mail program draws it: its own style, no script, the practice's logo fetched."""
    found = read_mail(settings(), name) or missing("mail")
    return Raw(found.html.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": AS_MAIL})


@get("/dev/patterns", allow=ANYONE, development=True)
async def patterns() -> Page:
    """Every part in every state it can be in."""
    return Page("dev/patterns.html", json={}, at=now())


def _plain(mail: object) -> dict[str, object]:
    return {name: value for name, value in vars(mail).items() if not name.startswith("_")}
