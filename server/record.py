"""The sections of a record as a page draws them: the same for staff, clients and contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from quart import Request

from models.clients.contacts import Linked
from models.clients.fields import SLOTS, FieldOf, Rows
from models.clients.sections import Section
from models.core.actor import Actor

KEPT = "_kept"


async def posted_part(request: Request, base: str) -> tuple[str, dict[str, Any]]:
    """Which form of a page was refused, as the end of its address, and what it held: its faults stand at its own fields
    alone. Nothing for a page that is only looked at."""
    if request.method != "POST":
        return "", {}
    form = await request.form
    typed = {name: form.getlist(name) if name.endswith("_hidden") else form[name] for name in form}
    return request.path.removeprefix(base), typed


def drawn(
    actor: Actor, client_id: UUID, section: Section, values: Mapping[str, Any], *, action: str,
    typed: Mapping[str, Any], contacts: Sequence[Linked] = (),
) -> dict[str, Any]:
    """A section for templates/clients/_sections.html. `typed`: what a refused form held, shown instead of what is
    kept."""
    shown = {**values, **typed}
    items: list[dict[str, Any]] = []
    for one in section.fields:
        if isinstance(one, Rows):
            items.append(_rows(actor, client_id, one, values, shown, contacts))
        elif one.kind == "contact":
            items += [_contact(one, shown, contacts)] if contacts else []
        elif one.name in values:
            # In the portal a birth date that is known is read, not changed.
            fixed = actor.portal and one.name == "born_on" and bool(values[one.name])
            value = f"{date.fromisoformat(str(values[one.name])):%B %-d, %Y}" if fixed else shown[one.name]
            items.append({"field": one, "name": one.name, "value": value, "fixed": fixed})
    kept = next((words for name, words in values.items() if name.endswith(KEPT)), None)
    return {"key": section.key, "title": section.title, "action": action, "items": items, "kept": kept,
            "of_contact": bool(values.get("emergency_contact")) and not typed}


def _contact(one: FieldOf, shown: Mapping[str, Any], contacts: Sequence[Linked]) -> dict[str, Any]:
    options = (("", "Somebody else"), *((str(found.id), f"{found.name}, {found.relation}") for found in contacts))
    return {"field": one, "name": one.name, "value": shown.get(one.name, ""), "options": options}


def _rows(
    actor: Actor, client_id: UUID, rows: Rows, values: Mapping[str, Any], shown: Mapping[str, Any],
    contacts: Sequence[Linked],
) -> dict[str, Any]:
    there = [place for place in range(1, SLOTS + 1) if rows.name(place, "id") in values]
    groups = [_group(rows, place, shown, contacts) for place in there]
    if len(there) < rows.most:
        last = shown[rows.name(there[-1], "id")] if there else ""
        # One id for this page's next one, so that its fields, saved one by one, become one thing.
        blank = {rows.name(len(there) + 1, "id"): str(uuid5(client_id, f"{actor.session_id}:{rows.key}:{last}"))}
        groups.append({**_group(rows, len(there) + 1, {**blank, **shown}, contacts), "blank": True})
    main = shown.get(f"{rows.key}_main", "")
    return {"rows": rows, "groups": groups, "main": main, "choose_main": len(there) > 1 and bool(main)}


def _group(rows: Rows, place: int, shown: Mapping[str, Any], contacts: Sequence[Linked]) -> dict[str, Any]:
    fields = [
        {"field": one, "name": rows.name(place, one.name), "value": shown.get(rows.name(place, one.name), "")}
        for one in rows.fields
    ]
    hidden = shown.get(rows.name(place, "hidden"), ())
    hides = [(str(one.id), f"{one.name}, {one.relation}", str(one.id) in hidden) for one in contacts]
    return {
        "place": place, "id": shown[rows.name(place, "id")], "blank": False, "fields": fields,
        "hides": hides if rows.hides else [], "hidden_name": rows.name(place, "hidden"),
        "words": ", ".join(filter(None, (shown.get(rows.name(place, name), "") for name in rows.told))),
    }
