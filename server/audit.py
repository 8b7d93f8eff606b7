"""The audit log: the practice's under Account Settings, a client's as a tab of its page, and both as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile, today_here
from models.clients.audit import Asked, Entry, audit_page
from models.clients.audit_asks import AskAudit, AskClientAudit
from models.clients.audit_names import client_names, login_names
from models.clients.audit_words import TITLES, WORDS
from models.clients.people import staff_logins
from models.core.actor import Actor
from models.core.events import REGISTRY
from models.core.looking import note_look
from models.core.scope import Scope, run_scope
from models.core.verifying import last_check
from models.documents.vouching import every_unvouched
from server.door import ADMINISTRATOR, Page, Raw, get
from server.importing import harmless
from server.profile import profile_page
from server.unusual import waiting

HERE = "/staff/settings/audit"
EXPORTED_AT_ONCE = 500
WHAT = (("all", "Changes and looks"), ("changes", "Changes"), ("looks", "Looks"), *TITLES.items())
COLUMNS = ("number", "when", "person", "what", "kind", "client", "viewed as", "device", "address", "reason")


@get(HERE, allow=ADMINISTRATOR, query=AskAudit)
async def audit_log(actor: Actor, query: AskAudit) -> Page:
    """Every change and every look of the practice, newest first."""
    shown = await _shown(actor, _asked(query), HERE)
    checked = await last_check()
    doubtful = await every_unvouched() if checked and checked.broken_signing else []
    json = {"entries": [asdict(one) for one in shown["entries"]], "next": shown["next"], "checked": _told(checked),
            "not_vouched": [one.id for one in doubtful]}
    return Page("clients/audit_log.html", json=json, current="settings", checked=checked, doubtful=doubtful,
                audit_waiting=await waiting(), **shown)


@get("/staff/clients/<uuid:id>/audit", allow=ADMINISTRATOR, query=AskClientAudit)
async def client_audit(actor: Actor, id: UUID, query: AskClientAudit) -> Page:
    """Who changed and who opened this client's record."""
    shown = await _shown(actor, replace(_asked(query), client=id), f"/staff/clients/{id}/audit")
    json = {"entries": [asdict(one) for one in shown["entries"]], "next": shown["next"]}
    return await profile_page(actor, id, "audit", "clients/audit.html", json=json, **shown)


@get(f"{HERE}/export", allow=ADMINISTRATOR, query=AskAudit, step_up=True)
async def export_audit(actor: Actor, query: AskAudit) -> Raw:
    """What the same questions show, as a CSV file of all pages; itself a look."""
    asked = replace(_asked(query), cursor="")
    await audit_page(actor, asked, limit=1)
    await note_look(actor, "audit-export", actor.practice_id, client_id=asked.client)
    name = f"audit-{await today_here():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Raw(_lines(actor, asked), "text/csv; charset=utf-8", headers)


async def _lines(actor: Actor, asked: Asked) -> AsyncIterator[bytes]:
    """Page by page, each in a scope of its own: a file of any length holds no transaction open."""
    yield "\ufeff".encode() + _csv([COLUMNS])  # so that spreadsheets take it for UTF-8
    while True:
        async def one_page(_: Scope, asked: Asked = asked) -> Any:
            return await audit_page(actor, asked, limit=EXPORTED_AT_ONCE)

        page = await run_scope(actor.practice_id, one_page)
        yield _csv([_cells(entry) for entry in page.entries])
        if page.next is None:
            return
        asked = replace(asked, cursor=page.next)


def _csv(rows: Any) -> bytes:
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue().encode()


def _cells(one: Entry) -> list[str]:
    cells = [str(one.number or ""), one.at.isoformat(timespec="seconds"), one.who, one.words, one.name,
             one.client_name, one.as_whom, one.device, one.address, one.reason]
    return [harmless(cell) for cell in cells]


async def _shown(actor: Actor, asked: Asked, here: str) -> dict[str, Any]:
    """What both pages draw: the entries, the questions as they stand, and the addresses that go on from here."""
    page = await audit_page(actor, asked)
    people = await staff_logins()
    if asked.person and asked.person not in {login for login, _ in people}:
        people += [(asked.person, (await login_names([asked.person])).get(asked.person, "Somebody"))]
    kept = {name: value for name, value in vars(asked).items() if value and name != "cursor" and value != "all"}
    if here != HERE:
        kept.pop("client", None)
    client = (await client_names([asked.client])).get(asked.client, "") if asked.client else ""
    again = {**kept, **({"client": asked.client} if asked.client else {})}
    zone = (await profile()).time_zone
    return {
        "entries": page.entries, "next": page.next, "asked": asked, "here": here, "what": WHAT, "people": people,
        "kept": kept, "client_name": client, "zone": zone.replace("_", " "), "at": _in_words(zone), "heard": _heard(),
        "this": _address(here, kept), "older": _address(here, {**kept, "cursor": page.next}) if page.next else "",
        "export": _address(f"{HERE}/export", again), "without_client": _address(here, {**kept, "client": None}),
    }


def _in_words(zone: str) -> Callable[[datetime], str]:
    here = ZoneInfo(zone)
    return lambda at: f"{at.astimezone(here):%A, %B %-d, %-I:%M %p}"


def _heard() -> str:
    """The events that an administrator's page hears of itself."""
    rooms = {"staff", "staff-all-clients", "front-desk", "desk"}
    return " ".join(sorted(name for name, kind in REGISTRY.items() if kind.audiences & rooms and name in WORDS))


def _address(path: str, asked: dict[str, Any]) -> str:
    given = {name: str(value) for name, value in asked.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def _asked(query: AskClientAudit) -> Asked:
    return Asked(**query.model_dump())


def _told(checked: Any) -> dict[str, Any] | None:
    return {**asdict(checked), "whole": checked.whole} if checked else None
