"""Doors of Account Settings > Services: what is offered, how long, by whom, and what is asked. For administrators."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from models.accounts.asks import JustDone
from models.appointments import services
from models.appointments.booking_rules import house_policy
from models.appointments.money import amount, cents_of, spoken
from models.appointments.practitioners import practitioners
from models.appointments.service_checking import COLOURS, QUESTION_KINDS, Length, Wanted
from models.appointments.services import Offered
from models.appointments.settings_asks import PreviewAsked, SetOffering, lines
from models.core.actor import Actor
from models.core.errors import Invalid
from server.booking_preview import preview
from server.choosing import MODES
from server.door import ADMINISTRATOR, Done, Page, get, post

HERE = "/staff/settings/services"
SAID = {
    "added": "Service added.",
    "saved": "Service saved.",
    "archived": "Archived. Appointments that are made keep it.",
    "back": "Offered again.",
}
NEW = Wanted("", lengths=(Length(50),))
KIND_WORDS = {"individual": "One client", "couple": "Couple", "family": "Family", "group": "Group"}


@get(HERE, allow=ADMINISTRATOR, query=JustDone)
async def services_page(actor: Actor, query: JustDone | None = None) -> Page:
    """What is offered by name, then what is archived."""
    names = {one.id: one.name for one in await practitioners()}
    found = [_listed(one, names) for one in await services.services()]
    looks = await preview(PreviewAsked()) if found else None
    return Page("appointments/settings_services.html", json={"services": found}, services=found, current="settings",
                preview_of=looks, nobody=not names, toast_words=SAID.get(query.done if query else "", ""))


@get(f"{HERE}/new", allow=ADMINISTRATOR)
async def new_service(actor: Actor) -> Page:
    everybody = tuple(one.id for one in await practitioners())
    return await _form(None, Wanted(**{**vars(NEW), "staff": everybody}), json={})


@post(HERE, allow=ADMINISTRATOR, body=SetOffering, key="service.add", again=new_service)
async def add_service(actor: Actor, body: SetOffering) -> Done:
    """Something the practice offers from now on."""
    made = await services.add_service(actor, wanted(body))
    return Done({"service": made.id}, see=f"{HERE}?done=added")


@get(f"{HERE}/<uuid:id>", allow=ADMINISTRATOR)
async def service_page(actor: Actor, id: UUID) -> Page:
    found = await services.service_for(actor, id)
    shown = services.as_wanted(found)
    json = {"id": id, **vars(shown), "lengths": [vars(one) for one in shown.lengths], "version": found.row.version,
            "archived_at": found.row.archived_at}
    return await _form(found, shown, json=json)


@post(f"{HERE}/<uuid:id>", allow=ADMINISTRATOR, body=SetOffering, again=service_page)
async def change_service(actor: Actor, id: UUID, body: SetOffering) -> Done:
    """All of it, as the form says. With `version`, only over what the page showed."""
    await services.change_service(actor, await services.service_for(actor, id), body.version, wanted(body))
    return Done(see=f"{HERE}?done=saved")


@post(f"{HERE}/<uuid:id>/archive", allow=ADMINISTRATOR)
async def archive_service(actor: Actor, id: UUID) -> Done:
    """No longer offered; nothing of it is deleted."""
    await services.archive_service(actor, await services.service_for(actor, id))
    return Done(see=f"{HERE}?done=archived")


@post(f"{HERE}/<uuid:id>/bring-back", allow=ADMINISTRATOR, again=service_page)
async def bring_back_service(actor: Actor, id: UUID) -> Done:
    await services.bring_back_service(actor, await services.service_for(actor, id))
    return Done(see=f"{HERE}?done=back")


def wanted(body: SetOffering) -> Wanted:
    """What the form says. Raises Invalid where a number or an amount is none."""
    wrong: dict[str, list[str]] = {}
    pairs = enumerate(lines(body.minutes, body.fee))
    lengths = [_length(place, one, fee, wrong) for place, (one, fee) in pairs if one.strip() or fee.strip()]
    late, no_show = _cents("late_fee", body.late_fee, wrong), _cents("no_show_fee", body.no_show_fee, wrong)
    questions = _questions(body)
    if wrong:
        raise Invalid(errors=wrong)
    return Wanted(
        name=body.name, description=body.description, kind=body.kind, capacity=body.capacity, colour=body.colour,
        code=body.code, modes=body.modes, video_link=body.video_link, buffer_before=body.buffer_before or 0,
        buffer_after=body.buffer_after or 0, bookable=body.bookable, confirm=body.confirm,
        instant_beyond_days=body.instant_beyond_days, questions=questions, late_fee_cents=late,
        no_show_fee_cents=no_show, own_policy=body.own_policy, late_hours=body.late_hours,
        closed_hours=body.closed_hours, sessions_only=body.sessions_only, lengths=lengths, staff=body.staff,
    )


def _length(place: int, minutes: str, fee: str, wrong: dict[str, list[str]]) -> Length:
    cents = _cents(f"length_{place}", fee, wrong)
    if not minutes.strip().isascii() or not minutes.strip().isdigit() or len(minutes.strip()) > 4:
        wrong[f"length_{place}"] = ["Write the minutes as a number, such as 50."]
        return Length(0, cents)
    return Length(int(minutes), cents)


def _cents(name: str, text: str, wrong: dict[str, list[str]]) -> int | None:
    try:
        return cents_of(text)
    except ValueError as fault:
        wrong[name] = [str(fault)]
        return None


def _questions(body: SetOffering) -> list[dict[str, Any]]:
    """Lines without words and choices are lines that nobody filled in."""
    made = []
    for id, label, kind, choices, required in lines(
        body.question_id, body.question_label, body.question_kind, body.question_choices, body.question_required
    ):
        if kind not in QUESTION_KINDS:
            raise Invalid(errors={"questions": ["Choose what kind of answer each question wants."]})
        if label.strip() or choices.strip():
            made.append({"id": id if _is_id(id) else "", "label": label[:300], "kind": kind,
                         "choices": choices.splitlines(), "required": required == "yes"})
    return made


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


async def _form(found: Offered | None, shown: Wanted, *, json: dict[str, Any]) -> Page:
    row = found.row if found else None
    service = {**vars(shown), "id": row.id if row else None, "version": row.version if row else None,
               "archived_at": row.archived_at if row else None,
               "late_fee": amount(shown.late_fee_cents), "no_show_fee": amount(shown.no_show_fee_cents)}
    lengths = [{"minutes": str(one.minutes), "fee": amount(one.fee_cents)} for one in shown.lengths]
    questions = [{**one, "choices": "\n".join(one["choices"])} for one in shown.questions]
    looks = await preview(PreviewAsked(service=row.id)) if row and row.archived_at is None else None
    return Page(
        "appointments/settings_service.html", json=json, preview_of=looks, service=service, lengths=lengths,
        questions=questions,
        people=[vars(one) | {"initials": one.initials} for one in await practitioners()], colours=COLOURS,
        house=await _house(), key=uuid4(), current="settings",
    )


async def _house() -> dict[str, Any]:
    """The practice's own policy, which holds where a service has none; fees as they are read."""
    found = await house_policy()
    return {**found, "late_fee": spoken(found["late_fee_cents"]), "no_show_fee": spoken(found["no_show_fee_cents"])}


def _listed(one: Offered, names: dict[UUID, str]) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.id, "name": row.name, "kind": row.kind, "colour": row.colour, "code": row.code,
        "bookable": row.bookable, "confirm": row.confirm, "instant_beyond_days": row.instant_beyond_days,
        "archived_at": row.archived_at, "modes": [MODES[mode] for mode in row.modes],
        "kind_words": KIND_WORDS[row.kind],
        "lengths": [{"minutes": each.minutes, "fee": spoken(each.fee_cents)} for each in one.lengths],
        "staff": [names[staff_id] for staff_id in one.staff if staff_id in names], "questions": len(row.questions),
    }
