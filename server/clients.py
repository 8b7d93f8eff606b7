"""Doors of the list of clients, and of adding some. What is looked for is posted: it stands in no address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from quart import Request

from models.accounts.reach import spelled
from models.clients import adding, assigning, emergency, importing, listing, tags
from models.clients.access import reaches, sees_all
from models.clients.adding import NewClient
from models.clients.asks import AddClients, AddPage, FindClients, ListClients
from models.clients.choices import RELATIONS
from models.clients.events import told_of_clients
from models.clients.owning import known_to, owners
from models.core.actor import Actor, Role
from models.core.errors import Invalid
from server.door import STAFF, Done, Page, get, post

HERE = "/staff/clients"


@get(HERE, allow=STAFF, query=ListClients)
async def clients(actor: Actor, query: ListClients) -> Page:
    """Clients: the list, by filters."""
    return await _list(actor, FindClients(**query.model_dump()))


@post(HERE, allow=STAFF, body=FindClients)
async def find_clients(actor: Actor, body: FindClients) -> Page:
    """The same page with those found, where no script asks for them."""
    return await _list(actor, body)


@post(f"{HERE}/list", allow=STAFF, body=FindClients)
async def found_clients(actor: Actor, body: FindClients) -> Page:
    """The list alone, as the page asks for it while somebody types and when something changed."""
    found = await listing.clients(actor, body)
    return Page("clients/_found.html", json={**found}, found=found, asked=body, **await _may(actor))


@get(f"{HERE}/new", allow=STAFF, query=AddPage)
async def add_page(actor: Actor, query: AddPage) -> Page:
    """+Add: an adult, a minor, or a couple or family."""
    return await _form(actor, query.kind, query.members)


async def add_again(actor: Actor, request: Request) -> Page:
    """The form once more, as it was sent."""
    form = await request.form
    kind = form.get("kind", "adult")
    members = max(2, min(len(form.getlist("first_name")), 12))
    return await _form(actor, kind if kind in ("minor", "family") else "adult", members, form)


@post(f"{HERE}/new", allow=STAFF, body=AddClients, key="client.add", again=add_again)
async def add_clients(actor: Actor, body: AddClients) -> Done:
    """New clients; one goes on to the details, where Start Setup stands."""
    chosen = body.model_dump(include={"practitioner", "status", "without_taken", "own_anyway"})
    owner_as = body.owner_as if body.with_owner else ""
    ids = await adding.add(actor, members_of(body), owner_as=owner_as, **chosen)
    return Done({"clients": ids}, see=f"{HERE}/{ids[0]}/details")


def members_of(body: AddClients) -> list[NewClient]:
    """Rows of the form; those in which nothing was filled in are left out. Raises Invalid when nothing is left."""
    def at(values: Sequence[Any], number: int) -> Any:
        return values[number] if number < len(values) else None

    found = []
    for number, first in enumerate(body.first_name):
        last, email, born = at(body.last_name, number), at(body.email, number), at(body.born_on, number)
        kind = "minor" if body.kind == "minor" else at(body.member, number) if body.kind == "family" else "adult"
        if body.kind != "family" or first.strip() or (last or "").strip() or (email or "").strip() or born:
            found.append(NewClient(first, last or "", email or "", born, kind or "adult"))
    if not found:
        raise Invalid(errors={"first_name.0": ["Fill in the first name."]})
    return found


async def _list(actor: Actor, asked: FindClients) -> Page:
    found = await listing.clients(actor, asked)
    staff = [(str(one.id), one.name) for one in await assigning.practitioners()]
    return Page(
        "clients/list.html", json={**found}, current="clients", found=found, asked=asked,
        practitioner_options=[("", "All"), ("nobody", "Nobody assigned"), *staff],
        tag_options=[(str(one.id), one.name) for one in await tags.tags_here()],
        events=told_of_clients(), **await _may(actor),
    )


async def _may(actor: Actor) -> dict[str, Any]:
    return {"may_add": bool(reaches(actor, "manages")), "may_import": importing.may_import(actor),
            "may_open": await emergency.may_open(actor), "sees_all": sees_all(actor)}


async def _form(actor: Actor, kind: str, members: int, sent: Any = None) -> Page:
    named = await _taken_by(actor, sent)
    return Page(
        "clients/new.html", json={"kind": kind}, current="clients", kind=kind, sent=_as_sent(sent), owners=named,
        relations=RELATIONS,
        members=members if kind == "family" else 1,
        practitioners=[(str(one.id), one.name) for one in await assigning.practitioners()],
        own=str(actor.staff_id) if Role.PRACTITIONER in actor.roles else "", sees_all=sees_all(actor),
        may_add=bool(reaches(actor, "manages")), key=uuid4(),
    )


def _as_sent(sent: Any) -> Mapping[str, list[str]]:
    names = ("first_name", "last_name", "email", "born_on", "member")
    return {name: sent.getlist(name) if sent else [] for name in names}


async def _taken_by(actor: Actor, sent: Any) -> list[Mapping[str, Any]]:
    """Whose address it is, for who may know them: the form offers them as contacts."""
    found = await owners([spelled(one) for one in sent.getlist("email")]) if sent else {}
    return [
        {"email": one.email, "kind": one.kind, **({"id": one.id, "name": one.name} if known else {"id": None})}
        for one in found.values() for known in [await known_to(actor, one)]
    ]
