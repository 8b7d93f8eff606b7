"""Doors of onboarding: the list of steps, each step's form, saved as it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quart import Request

from models.clients import onboarding
from models.clients.choices import LANGUAGES
from models.clients.onboarding import Progress, Stage
from models.clients.portal_asks import StepValues
from models.clients.registries import OnboardingStep
from models.clients.sections import SECTIONS
from models.core.actor import AccessOf, Actor
from models.core.looking import note_look
from server.door import PORTAL, Done, Page, get, post
from server.frames import base_of
from server.record import drawn, posted_part


@get("/onboarding", allow=PORTAL, portal=True)
async def onboarding_page(actor: Actor) -> Page:
    """What the practice asked for, and how much of it is done."""
    assert actor.access is not None
    found = await onboarding.progress(actor.access)
    return Page("clients/onboarding.html", json=_plain(found), current="home", found=found, base=base_of(actor))


@get("/onboarding/<step>", allow=PORTAL, portal=True)
async def onboarding_step(actor: Actor, step: str, request: Request) -> Page:
    """One step, with what stands there now."""
    assert actor.access is not None
    stage = await onboarding.stage_for(actor, step)
    found, there = await onboarding.progress(actor.access), await stage.step.read(actor)
    if actor.access.contact_id is not None and stage.step.about_client:
        await note_look(actor, "client.profile", actor.access.client_id, client_id=actor.access.client_id, again=True)
    place = [one.key for one in found.stages].index(step) + 1
    title, hint = _words(stage.step, actor.access)
    return Page(
        "clients/onboarding_step.html", json={**_stage(stage), "values": there}, current="home", stage=stage,
        progress=found, place=place, found=there, base=base_of(actor), key=None, client=actor.access.client_id,
        title=title, hint=hint, languages=LANGUAGES, section=await _section(actor, step, there, request),
    )


def _words(step: OnboardingStep, access: AccessOf) -> tuple[str, str]:
    """The step's title and hint, as the client reads them, or somebody who fills it in about the client."""
    if access.contact_id is None:
        return step.title, step.hint
    name = access.client_name.split(" ", 1)[0]
    title = f"{name}’s {step.title[0].lower()}{step.title[1:]}" if step.about_client else step.title
    return title, step.hint_of_another.format(name=name)


@post("/onboarding/<step>/fields", allow=PORTAL, portal=True, body=StepValues)
async def keep_fields(actor: Actor, step: str, body: StepValues) -> Done:
    """Keep what was just filled in; the step is not done by that."""
    await onboarding.keep_fields(actor, step, body.model_extra or {})
    return Done(see=f"{base_of(actor)}/onboarding/{step}")


@post("/onboarding/<step>", allow=PORTAL, portal=True, body=StepValues, again=onboarding_step)
async def save_step(actor: Actor, step: str, body: StepValues) -> Done:
    """Keep the step and go on to the next one."""
    await onboarding.save_step(actor, step, body.model_extra or {})
    return await _next(actor)


@post("/onboarding/<step>/skip", allow=PORTAL, portal=True)
async def skip_step(actor: Actor, step: str) -> Done:
    """Pass over what is optional."""
    await onboarding.skip_step(actor, step)
    return await _next(actor)


async def _section(actor: Actor, step: str, there: Mapping[str, Any], request: Request) -> dict[str, Any] | None:
    """The fields of a step that is a section of the record, with what a refused form held."""
    if step not in SECTIONS or actor.access is None:
        return None
    _, typed = await posted_part(request, "")
    return drawn(actor, actor.access.client_id, SECTIONS[step], there, action="", typed=typed)


async def _next(actor: Actor) -> Done:
    assert actor.access is not None
    found = await onboarding.progress(actor.access)
    return Done(_plain(found), see=base_of(actor) + (found.next.path if found.next else "/onboarding"))


def _plain(found: Progress) -> dict[str, Any]:
    return {"steps": [_stage(one) for one in found.stages], "done": found.done, "complete": found.complete}


def _stage(stage: Stage) -> dict[str, Any]:
    return {"key": stage.key, "title": stage.title, "wish": stage.wish, "done": stage.done,
            "skipped": stage.skipped}
