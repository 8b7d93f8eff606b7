"""What a mail says, and what none of them ever does."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from models.accounts import known_devices, own_data
from models.appointments import booking
from models.clients import email_asking
from models.core.change import change
from models.core.clock import now
from models.core.ids import new_id
from models.core.settings import settings
from models.documents.asking import Wanted
from models.notifications import booking_mail, email_mail, reminder_mail, security_mail
from models.notifications.mail_kinds import MAIL_KINDS
from models.notifications.mailing import Face, Letter, queue_mail, queue_mail_to_stranger
from server.jobs import JOBS
from server.letters import SUBJECTS, compose
from server.pages import ROOT
from server.worlds import PASSWORD
from tests.appointments.conftest import hours, offering
from tests.appointments.times import at, wanted
from tests.documents.conftest import THOUGHTS, Paper
from tests.documents.desk import Desk
from tests.notifications.conftest import use_settings
from tests.support.signing import make_copy, signed_file
from tests.support.standing import stands

__all__ = ["hours", "offering"]

LETTER = Letter(
    mail_id=UUID(int=7), practice_id=UUID(int=1), login_id=UUID(int=2), kind="unread", to="ana@example.test",
    practice_name="Harbor Counseling", subdomain="harbor", created_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
)
FACTS = {
    "unread": {},
    "staff-invitation": {"path": "/join/abc", "days": 14},
    "password-reset": {"path": "/reset/abc", "minutes": 60},
    "invitation": {"path": "/invitation/abc", "days": 14, "known": False},
    "invitation-code": {"code": "123 456", "minutes": 20},
    "invitation-reminder": {"path": "/invitation/abc", "days": 11, "known": False},
    "onboarding-completed": {"path": "/staff/clients/abc/portal"},
    "risk-alert": {"path": "/staff/alerts/abc"},
    "practice-opened": {"path": "/welcome/abc", "days": 7},
    "portal-found": {},
    "sign-in-link": {"path": "/sign-in/link/abc", "minutes": 15},
    "new-device": {"device": "Chrome on Windows", "when": "Monday, November 23, at 4:30 AM (EST)"},
    "second-factor-reset": {},
    "security-changed": {"words": "A passkey was added", "when": "Monday, November 23, at 4:30 AM (EST)"},
    "email-confirm": {"path": "/email/confirm/abc", "lasts": "60 minutes", "by_staff": False},
    "own-data-ready": {"path": "/account", "days": 7},
    "documents": {"path": "/for/abc/documents", "opening": "Something new", "what": "shared", "message": "",
                  "notice": UUID(int=11)},
    "signed-copy": {"path": "/for/abc/documents", "what": "copy"},
    "email-asked": {"by_staff": True},
    "email-changed": {"by_staff": False},
    "booking-code": {"path": "/sign-in", "code": "123456", "minutes": 10},
    "request-received": {"path": "/request/offer/abc", "when": "Monday", "new": True, "reach": "", "times": []},
    "request-accepted": {"path": "/appointments", "when": "Monday", "new": False, "reach": "", "times": []},
    "request-declined": {"path": "/appointments", "when": "", "new": True, "reach": "", "times": []},
    "request-lapsed": {"path": "/appointments", "when": "", "new": False, "reach": "", "times": []},
    "request-offered": {"path": "/request/offer/abc", "times": ["Monday"], "reach": "", "new": True},
    "appointment": {
        "path": "/for/abc/appointments/def", "what": "booked", "opening": "Booked", "day": "Tuesday, December 8",
        "times": "10:00 AM to 10:50 AM (EST)", "place": ["14 Wharf Street"], "call": "(207) 555-0132",
        "words": "",
        "calendar": {"text": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "method": "REQUEST"},
    },
    "appointment-reminders": {
        "path": "/reminder/abc", "day": "Tuesday, December 8", "times": "10:00 AM to 10:50 AM (EST)",
        "place": ["14 Wharf Street"], "call": "", "confirmed": False, "attendance": UUID(int=9),
    },
    "appointment-by-client": {
        "path": "/staff/calendar?view=day&day=2026-12-08", "what": "late",
        "day": "Tuesday, December 8", "times": "10:00 AM to 10:50 AM (EST)",
    },
}
KINDS = sorted(FACTS)


def letter(kind: str) -> Letter:
    return replace(LETTER, kind=kind, facts=FACTS[kind])


def parts(mail) -> tuple[str, str]:
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


def test_every_kind_has_its_words_and_both_its_pages():
    assert sorted(MAIL_KINDS) == sorted(SUBJECTS) == KINDS
    found = {path.stem for path in (ROOT / "templates" / "mail").iterdir()} - {"layout"}
    assert found == set(KINDS)


@pytest.mark.parametrize("process", ["asgi", "worker"])
def test_each_process_of_ours_knows_every_kind(process):
    """The web answers for the links in mails that the worker sent; here in the tests everything is in one process."""
    ask = (f"import server.{process}\nfrom server.wiring import wire\nwire()\n"
           "from models.notifications.mail_kinds import MAIL_KINDS\nprint(*sorted(MAIL_KINDS))")
    told = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.split() == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_each_mail_names_the_practice_and_leads_to_its_portal(kind):
    mail = compose(letter(kind))
    for part in parts(mail):
        assert "Harbor Counseling" in part
        assert "http://harbor.localhost:" in part
    assert mail["From"] == "Harbor Counseling <portal@portico.test>"
    assert mail["To"] == "ana@example.test"
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_letter_has_the_same_id_and_date(kind):
    first, second = compose(letter(kind)), compose(letter(kind))
    assert first["Message-ID"] == second["Message-ID"] == f"<{UUID(int=7)}@portico.test>"
    assert first["Date"] == second["Date"]


@pytest.mark.parametrize("kind", KINDS)
def test_html_carries_its_look_and_fetches_nothing(kind):
    _, html = parts(compose(letter(kind)))
    (night,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert night.strip().startswith("@media (prefers-color-scheme: dark)") and night.count("@") == 1
    assert 'style="' in html
    assert "src=" not in html
    assert "<script" not in html


def test_only_what_may_be_switched_off_offers_it():
    unread, reset = compose(letter("unread")), compose(letter("password-reset"))
    assert unread["List-Unsubscribe"].startswith("<http://harbor.localhost:")
    assert unread["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert reset["List-Unsubscribe"] is None
    for part in parts(unread):
        assert unread["List-Unsubscribe"].strip("<>") in part


@pytest.mark.parametrize("name", ["Evil\r\nBcc: all@x.test", 'Quote" <a@b>', "Überlingen 🌊 Praxis", "x" * 300])
def test_a_practices_name_makes_no_header_of_its_own(name):
    mail = compose(replace(LETTER, practice_name=name))
    raw = mail.as_bytes()
    assert mail["Bcc"] is None
    assert b"\nBcc:" not in raw
    assert mail["From"].addresses[0].addr_spec == "portal@portico.test"


def test_markup_in_a_practices_name_stays_text():
    _, html = parts(compose(replace(LETTER, practice_name="<img src=x onerror=alert(1)>")))
    assert "<img" not in html


def test_links_follow_the_public_address(monkeypatch):
    from models.core import addresses

    chosen = settings().model_copy(update={"public_url": "https://example.test:8443", "portico_domain": "portico.test"})
    monkeypatch.setattr(addresses, "settings", lambda: chosen)
    use_settings(monkeypatch, chosen)
    assert "https://harbor.portico.test:8443/" in parts(compose(LETTER))[0]


WORN = Face(
    accent="#3d6b35", ground="#fbf3e4", address="14 Wharf Street\nPortland, Maine 04101", phone="(207) 555-0132",
    logo_stamp="0123456789abcdef", logo_width=880, logo_height=220, logo_plate="light",
)


@pytest.mark.parametrize("kind", KINDS)
def test_each_mail_wears_the_practices_logo_colours_address_and_phone(kind):
    text, html = parts(compose(replace(letter(kind), face=WORN)))
    (picture,) = re.findall(r"<img[^>]*>", html)
    assert re.search(r'src="http://harbor\.localhost:\d+/logo/0123456789abcdef"', picture)
    assert 'width="176" height="44"' in picture, "in its own measure, at most 44 high"
    assert html.count("src=") == 1, "the picture is all that is fetched"
    assert "#3d6b35" in html and "#fbf3e4" in html
    for part in (text, html):
        assert "14 Wharf Street" in part and "Portland, Maine 04101" in part and "(207) 555-0132" in part
    assert text.rstrip().endswith("Harbor Counseling\n14 Wharf Street\nPortland, Maine 04101\n(207) 555-0132")


def test_a_mail_of_a_practice_without_a_logo_has_its_name_alone():
    _, html = parts(compose(LETTER))
    assert "<img" not in html and "data-mark" not in html and "Harbor Counseling" in html


def test_what_stands_in_an_address_stays_text():
    bad = replace(WORN, address="<img src=x onerror=alert(1)>\n\n{{ 7 * 7 }}", phone="</p><script>")
    text, html = parts(compose(replace(LETTER, face=bad)))
    assert html.count("<img") == 1 and "<script" not in html and "{{ 7 * 7 }}" in text


async def test_a_mail_carries_the_face_that_the_practice_has_when_it_leaves(talk, post):
    await talk.run("UPDATE practice_profile SET accent = '#3d6b35', phone = '(207) 555-0177'")
    await ask_for_a_password(talk, (await talk.cast.actor("client")).login_id)
    await talk.deliver("client")
    (mail,) = post.mails
    assert all("(207) 555-0177" in part for part in parts(mail)) and "#3d6b35" in parts(mail)[1]


async def test_clients_read_in_each_mail_whom_to_call_in_an_emergency_and_staff_do_not(talk, post):
    await talk.run("UPDATE practice_profile SET crisis_text = $1", "Call 988. Not monitored.\n<b>Ever</b>")
    for name in ("client", "parent", "practitioner"):
        await ask_for_a_password(talk, (await talk.cast.actor(name)).login_id)
        await talk.deliver(name)
    client, parent, staff = (parts(mail) for mail in post.mails)
    for text, html in (client, parent):
        assert "In an emergency: Call 988. Not monitored. <b>Ever</b>" in text
        assert "Call 988. Not monitored. &lt;b&gt;Ever&lt;/b&gt;" in html
    assert not any("emergency" in part for part in staff)


CANARY = "canary7"
# Every text in which a person may have written something.
FREE_TEXT = """SELECT c.relname AS "table", a.attname AS "column"
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'text'::regtype
  AND c.relname = ANY($1)"""
HELD_BY_RULES = {
    ("conversation", "people_key"), ("seat", "kind"), ("message", "automatic"), ("staff_member", "voice"),
    ("practice_profile", "accent"), ("practice_profile", "time_zone"), ("login", "email"), ("login", "password_hash"),
    ("login", "quiet_zone"),
    ("client", "kind"), ("client", "status"), ("client", "portal"),
    ("invitation", "mail_state"), ("client_contact", "kind"),
    ("practice_profile", "ground"), ("practice_profile", "npi"), ("practice_profile", "logo_stamp"),
    ("practice_profile", "logo_plate"),
    ("service", "kind"), ("service", "colour"), ("service", "bookable"), ("service", "confirm"),
    ("appointment", "state"), ("appointment", "mode"), ("appointment", "kind"), ("appointment", "made_side"),
    ("attendance", "state"), ("attendance", "booked_side"), ("attendance", "cancelled_side"),
    ("attendance", "news_side"), ("attendance", "reminder_state"),
}
# The practice's own face and how to reach it, and nothing else that anybody wrote; but what is written for the mail
# about a cleared day, which is asked about when it names somebody (test_appointment_mail.py, test_clearing.py).
ALLOWED = {("practice_profile", one) for one in ("name", "address", "phone", "crisis_text")}
ALLOWED |= {("location", one) for one in ("name", "address", "phone")}
TABLES = ["practice_profile", "client", "contact", "client_contact", "staff_member", "conversation", "message", "login",
          "seat", "invitation", "location", "room", "service", "appointment", "attendance", "diagnosis"]


async def queue_all_of_security(login_id):
    browser = known_devices.Browser()
    async with change(None, "test.devices"):
        for words in ("Firefox on Linux", "Chrome on Windows"):  # of the second one a mail tells
            await known_devices.seen(login_id, browser, words=words)
    for kind in (security_mail.LINK, security_mail.RESET):
        await queue_mail(login_id, kind)
    await queue_mail(login_id, security_mail.CHANGED, {"what": "factor-off", "at": now()})


async def ask_for_another_address(actor):
    await email_asking.ask(actor, "new@example.test", PASSWORD)
    waiting = await email_asking.waiting_of(actor.login_id)
    await queue_mail(actor.login_id, email_mail.CHANGED, {"change": waiting.id})
    await own_data.ready(await own_data.ask(actor), 7, b"")


async def ask_around_booking(talk):
    """A visitor's code, and each answer to a request whose every word somebody wrote."""
    made = {state: new_id() for state in ("accepted", "declined", "countered", "expired", "open")}
    for state, id in made.items():
        await talk.run("""INSERT INTO booking_request (id, login_id, state, message, reply, first_name, expires_at)
          VALUES ($1, $2, $3, $4, $4, $4, now())""", id, talk.cast.logins["client"], state, CANARY)
        kind = booking_mail.KINDS.get(state, booking_mail.RECEIVED.name)
        facts = {"request": str(id), "version": "1"}
        await talk.cast.inside(lambda kind=kind, facts=facts: queue_mail(talk.cast.logins["client"], kind, facts))
    code = new_id()
    await talk.run("INSERT INTO booking_code (id, email, ends_at) VALUES ($1, $2, now() + interval '1 minute')", code,
                   "stranger@example.test")
    await talk.cast.inside(lambda: queue_mail_to_stranger("booking-code", {"code": str(code)}))
    for row in await talk.rows("SELECT id FROM outgoing_mail WHERE login_id IS NULL"):
        await JOBS["mail.send"](talk.cast.practice_id, {"mail": row["id"]})


async def book_around_everything(talk, offering, hours):
    """An appointment of the client with all that may be written at one, and a diagnosis beside it."""
    client = await talk.cast.actor("client")
    made = await talk.cast.inside(lambda: booking.book(client, wanted(offering, hours, at(10))))
    await talk.run("INSERT INTO room (id, location_id, name) SELECT id, id, name FROM location")
    await talk.run("UPDATE appointment SET room_id = (SELECT id FROM room) WHERE id = $1", made.appointment_id)
    await talk.run("INSERT INTO diagnosis (id, client_id, code, title, from_on)"
                   " SELECT id, id, 'F41.1', 'x', '2020-01-01' FROM client WHERE id = $1", talk.cast.clients["client"])


async def tell_of_the_appointment(talk):
    await talk.run("UPDATE attendance SET news_at = news_at - interval '1 hour'")
    for row in await talk.rows("SELECT id FROM attendance"):
        await JOBS["appointment.tell"](talk.cast.practice_id, {"attendance": row["id"]})
    with time_machine.travel(at(10) - timedelta(hours=47), tick=True):
        await talk.cast.inside(reminder_mail.send_due)


async def test_no_mail_says_a_word_of_what_anyone_wrote(talk, post, offering, hours):
    conversation = await talk.start("practitioner", about="client")
    await talk.say("practitioner", conversation, "words")
    await book_around_everything(talk, offering, hours)
    columns = {(row["table"], row["column"]) for row in await talk.rows(FREE_TEXT, TABLES)}
    free = columns - HELD_BY_RULES - ALLOWED
    assert ("message", "body") in free and ("client", "name") in free and ("conversation", "subject") in free
    await talk.run("UPDATE client SET email = $1 || id", f"{CANARY}@")  # each has an address of their own
    for table, column in free - {("client", "email")}:
        await talk.run(f'UPDATE "{table}" SET "{column}" = $1', f"{CANARY} {table} {column}")
    await talk.two_minutes_later()
    await tell_of_the_appointment(talk)
    client = await talk.cast.actor("client")
    await ask_for_a_password(talk, client.login_id)
    await talk.run("UPDATE portal_access SET accepted_at = NULL, invited_at = now() WHERE login_id = $1",
                   talk.cast.logins["teen"])
    await talk.run("UPDATE login SET password_hash = NULL WHERE id = $1", talk.cast.logins["teen"])
    await ask_for_a_password(talk, talk.cast.logins["teen"])
    await ask_around_an_invitation(talk)
    await make_copy(talk.cast, await signed_file(talk.cast, note=CANARY))
    await ask_around_booking(talk)
    await share_something(talk)
    await answer_what_may_mean_danger(talk)
    await talk.run("UPDATE practice SET verified_at = NULL WHERE id = portico_here()")
    for kind in ("practice-opened", "portal-found"):
        await talk.cast.inside(lambda kind=kind: queue_mail(client.login_id, kind))
    await talk.cast.inside(lambda: queue_all_of_security(client.login_id))
    await talk.cast.inside(lambda: ask_for_another_address(client))
    for name in ("client", "teen", "practitioner"):
        await talk.deliver(name)
    await invite_to_the_team(talk, "coparent")
    await talk.deliver("coparent")
    kinds = await talk.rows("SELECT DISTINCT kind FROM outgoing_mail WHERE accepted_at IS NOT NULL")
    assert sorted(row["kind"] for row in kinds) == KINDS, "each kind of mail was sent"
    for mail in post.mails:
        assert CANARY not in mail.as_string()
        attached = [one.get_content().replace("\r\n ", "").replace("\n ", "") for one in mail.iter_attachments()]
        for part in (*parts(mail), *attached):
            assert CANARY not in part and "F41.1" not in part and "Counseling with" not in part
            assert not stands("Ana", part) and "Maya" not in part
    assert any(list(mail.iter_attachments()) for mail in post.mails), "a calendar file was among them"


async def answer_what_may_mean_danger(talk):
    """The alert's mail knows neither who nor what."""
    paper = Paper(talk.cast)
    form = await paper.ask("client", {**THOUGHTS, "title": f"{CANARY} form"})
    await paper.answer(form, "harm", "Some days")


async def share_something(talk):
    """With words of the practice's own that say nothing."""
    card = Wanted("request", title=f"{CANARY} card")
    await Desk(talk.cast, "client").share("client", card, message="Please look at your portal.")


async def ask_around_an_invitation(talk):
    """Its reminder, its code, and that somebody is through."""
    from models.notifications.mailing import queue_mail

    (sent,) = await talk.rows("SELECT id AS invitation, sending FROM invitation")
    for name, kind, facts in (
        ("teen", "invitation-reminder", dict(sent)),
        ("teen", "invitation-code", {"invitation": sent["invitation"]}),
        ("practitioner", "onboarding-completed", {"client": talk.cast.clients["teen"]}),
    ):
        await talk.cast.inside(lambda n=name, k=kind, f=facts: queue_mail(talk.cast.logins[n], k, f))


async def invite_to_the_team(talk, name):
    from models.accounts import inviting
    from models.accounts.standing import Standing
    from models.core.actor import Role

    owner, chosen = await talk.cast.actor("owner"), Standing(f"{CANARY} name", f"{CANARY} title", frozenset(Role))
    await talk.cast.inside(lambda: inviting.invite(owner, talk.address(name), chosen))


async def ask_for_a_password(talk, login_id):
    from server.jobs import JOBS

    await JOBS["mail.reset"](talk.cast.practice_id, {"login": login_id})
