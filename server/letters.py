"""What a mail looks like: headers, text and HTML. Nothing in it is about a message, a sender or a client."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import fields
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.accounts.branding import Brand, brand
from models.accounts.tables import PracticeProfile
from models.core.addresses import origin_of
from models.core.settings import settings
from models.notifications.mail_kinds import MAIL_KINDS
from models.notifications.mailing import Face, Letter
from models.notifications.unsubscribing import unsubscribe_token
from server.pages import ROOT

LOGO_HEIGHT, LOGO_WIDTH = 44, 220

SUBJECTS: dict[str, Callable[[str], str]] = {
    "unread": lambda practice: f"A secure message waits for you at {practice}",
    "staff-invitation": lambda practice: f"Your invitation to the team of {practice}",
    "password-reset": lambda practice: f"Your new password for {practice}",
    "practice-opened": lambda practice: f"Go on with {practice} on Portico",
    "portal-found": lambda practice: f"Your portal at {practice}",
    "sign-in-link": lambda practice: f"Your link to sign in at {practice}",
    "new-device": lambda practice: f"A new device signed in at {practice}",
    "own-data-ready": lambda practice: f"Your data from {practice} is ready",
    "signed-copy": lambda practice: f"About something you signed with {practice}",
    "email-confirm": lambda practice: f"Confirm your new e-mail address at {practice}",
    "email-asked": lambda practice: f"Your e-mail address at {practice} is to change",
    "email-changed": lambda practice: f"Your e-mail address at {practice} was changed",
    "security-changed": lambda practice: f"The security of your login at {practice} changed",
    "second-factor-reset": lambda practice: f"Your second factor at {practice} was reset",
    "invitation": lambda practice: f"Your invitation to the portal of {practice}",
    "invitation-reminder": lambda practice: f"A reminder: your invitation to the portal of {practice}",
    "invitation-code": lambda practice: f"Your code for the portal of {practice}",
    "booking-code": lambda practice: f"Your request for an appointment at {practice}",
    "request-received": lambda practice: f"Your request to {practice} has arrived",
    "request-accepted": lambda practice: f"Your appointment at {practice}",
    "request-declined": lambda practice: f"About your request to {practice}",
    "request-lapsed": lambda practice: f"Your request to {practice} has lapsed",
    "request-offered": lambda practice: f"{practice} proposes other times",
    "risk-alert": lambda practice: f"{practice}: something needs you now",
    "onboarding-completed": lambda practice: f"A client of {practice} finished onboarding",
    "documents": lambda practice: f"Your client portal at {practice}",
    "appointment": lambda practice: f"Your appointment with {practice}",
    "appointment-reminders": lambda practice: f"A reminder: your appointment with {practice}",
    "appointment-by-client": lambda practice: f"Your calendar at {practice} changed",
}


def compose(letter: Letter) -> EmailMessage:
    """The mail as the server is given it; the same letter always has the same Message-ID and Date."""
    practice = _one_line(letter.practice_name)
    mail = EmailMessage()
    mail["From"] = Address(practice, addr_spec=sender())
    mail["To"] = Address(addr_spec=letter.to)
    mail["Subject"] = _subject(letter, practice)
    mail["Date"] = format_datetime(letter.created_at)
    mail["Message-ID"] = f"<{letter.mail_id}@{sender().rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    words = _words(letter, practice)
    if "unsubscribe_url" in words:
        mail["List-Unsubscribe"] = f"<{words['unsubscribe_url']}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_text(letter.kind, words))
    mail.add_alternative(_html(letter.kind, words), subtype="html")
    if calendar := letter.facts.get("calendar"):
        mail.add_attachment(calendar["text"], subtype="calendar", filename="appointment.ics",
                            params={"method": calendar["method"]})
    return mail


def sample(found: PracticeProfile, sheet: str) -> str:
    """The HTML of a mail as this practice would send it, its look at the address `sheet` (see sample_sheet): a page of
    ours may hold no styles."""
    face = Face(**{one.name: getattr(found, one.name) for one in fields(Face)})
    words = {"practice_name": _one_line(found.name), "portal_url": "#", "unsubscribe_url": "#", **_face(face, "")}
    return _jinja().get_template("mail/unread.html").render({**words, "sheet": sheet})


def sample_sheet(made: Brand, *, night: bool) -> str:
    """The look of a mail as a style sheet, by day or by night."""
    when = "all" if night else "not all"
    return _jinja().get_template("mail/layout.css").render(colours=made.pairs, night=when)


def sender() -> str:
    """The bare address of MAIL_FROM; the practice's name stands before it."""
    return parseaddr(settings().mail_from)[1]


def _subject(letter: Letter, practice: str) -> str:
    """What happened stands before it, where a kind of mail has several."""
    opening, subject = letter.facts.get("opening", ""), SUBJECTS[letter.kind](practice)
    return f"{opening}: {subject}" if opening else subject


def _words(letter: Letter, practice: str) -> Mapping[str, Any]:
    origin = origin_of(letter.subdomain)
    words: dict[str, Any] = {"practice_name": practice, "portal_url": f"{origin}/", **_face(letter.face, origin)}
    whose = letter.login_id or letter.facts.get("person")
    if MAIL_KINDS[letter.kind].optional and whose is not None:
        token = unsubscribe_token(letter.practice_id, whose, letter.kind)
        words["unsubscribe_url"] = f"{origin}/unsubscribe/{token}"
    facts = dict(letter.facts)
    if path := facts.pop("path", None):
        words["link"] = f"{origin}{path}"
    return words | facts


def _face(face: Face, origin: str) -> dict[str, Any]:
    """The practice's own: logo, colours by role as (light, dark), address, phone, words for emergencies. The picture
    is all that a mail fetches."""
    shown = min(1.0, LOGO_HEIGHT / max(face.logo_height, 1), LOGO_WIDTH / max(face.logo_width, 1))
    logo = {
        "src": f"{origin}/logo/{face.logo_stamp}", "plate": face.logo_plate,
        "width": max(1, round(face.logo_width * shown)), "height": max(1, round(face.logo_height * shown)),
    }
    return {
        "logo": logo if face.logo_stamp else None, "colours": brand(face.accent, face.ground).pairs,
        "address_lines": [_one_line(line) for line in face.address.splitlines() if line.strip()],
        "phone": _one_line(face.phone), "crisis_text": _one_line(face.crisis_text),
    }


def _text(kind: str, words: Mapping[str, Any]) -> str:
    parts = [_jinja().get_template(f"mail/{name}.txt").render(words).strip("\n") for name in (kind, "layout")]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(kind: str, words: Mapping[str, Any]) -> str:
    html = _jinja().get_template(f"mail/{kind}.html").render(words)
    return _inliner().inline(html)


def _one_line(text: str) -> str:
    """A name fit for a header: no line break can begin a header of its own."""
    return " ".join("".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in text).split())


@cache
def _jinja() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)
