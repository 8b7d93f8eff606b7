"""Onboarding: what an invitation asked for, step by step, saved at each, on any device; staff see how far it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.clients import people
from models.clients.access import ROLES
from models.clients.invitation_settings import invitation_settings
from models.clients.portal_events import ONBOARDING_COMPLETED, ONBOARDING_STEP_SAVED
from models.clients.portal_people import tell
from models.clients.registries import MANAGE_INFORMATION, ONBOARDING_STEPS, PAPERS, OnboardingStep, Paper, Wish
from models.clients.tables import Invitation, OnboardingStepDone, PortalAccess
from models.core.actor import AccessOf, Actor, Role
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid, missing
from models.core.ids import new_id
from models.core.payload import parse

PAPER = "document-"
KEEP = """INSERT INTO onboarding_step (id, access_id, step, skipped) VALUES ($1, $2, $3, $4)
  ON CONFLICT (practice_id, access_id, step) DO UPDATE SET skipped = excluded.skipped, at = clock_timestamp()"""


@dataclass(frozen=True)
class Stage:
    """A step or a paper as one person meets it; `path` follows the base of their portal. `how_far`: once begun."""

    key: str
    title: str
    path: str
    wish: Wish
    done: bool
    skipped: bool
    how_far: str

    @property
    def open(self) -> bool:
        return not (self.done or self.skipped)

    @property
    def paper(self) -> bool:
        """It has a page of its own elsewhere."""
        return not isinstance(self, StepStage)


@dataclass(frozen=True)
class StepStage(Stage):
    """A step with a form of its own here."""

    step: OnboardingStep


@dataclass(frozen=True)
class Progress:
    """`message`: what the practice wrote to this person with the invitation."""

    stages: tuple[Stage, ...]
    message: str = ""
    complete: bool = True

    @property
    def done(self) -> int:
        return sum(not stage.open for stage in self.stages)

    @property
    def next(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.open), None)


async def progress(access: AccessOf) -> Progress:
    """How far this person is; no stages when nothing is asked of them."""
    invitation = await Invitation.get_or_none(access_id=access.access_id)
    if invitation is None:
        return Progress(())
    stages = await stages_of(invitation, contact=access.contact_id is not None, permissions=access.permissions)
    return Progress(tuple(stages), invitation.message, complete=invitation.onboarded_at is not None or not stages)


async def stages_of(invitation: Invitation, *, contact: bool, permissions: Collection[str]) -> list[Stage]:
    """What this invitation asks of its person, in order: the steps, then what is filled in, signed and sent in."""
    rows = await OnboardingStepDone.filter(access_id=invitation.access_id)
    been = {row.step: row.skipped for row in rows}
    manages = not contact or MANAGE_INFORMATION in permissions
    steps = [
        StepStage(key, step.title, f"/onboarding/{key}", invitation.asks[key], been.get(key) is False,
                  been.get(key) is True, "", step)
        for key, step in ONBOARDING_STEPS.items()
        if key in invitation.asks and (manages or not step.about_client)
    ]
    papers = [paper for one in PAPERS for paper in await one.stages(invitation.access_id, contact, permissions)]
    return [*steps, *(_of_paper(paper, been) for paper in papers)]


def _of_paper(paper: Paper, been: Mapping[str, bool]) -> Stage:
    key = f"{PAPER}{paper.id}"
    skipped = not paper.done and been.get(key) is True
    return Stage(key, paper.title, paper.path, paper.wish, paper.done, skipped, paper.how_far)


async def stage_for(actor: Actor, key: str) -> StepStage:
    """The stage of a step, for whom it was asked; raises Missing else."""
    stage = await _stage(actor, key)
    return stage if isinstance(stage, StepStage) else missing("step")


async def _stage(actor: Actor, key: str) -> Stage:
    stages = (await progress(_access(actor))).stages
    return next((stage for stage in stages if stage.key == key), None) or missing("step")


async def keep_fields(actor: Actor, key: str, given: Mapping[str, Any]) -> None:
    """Keep some fields of a step as they are left, so that nothing is lost before it is done; raises Invalid."""
    stage = await stage_for(actor, key)
    await stage.step.save(actor, parse(stage.step.payload, given))


async def save_step(actor: Actor, key: str, given: Mapping[str, Any]) -> None:
    """Keep what was filled in; raises Invalid with the faults by field, also for what a required step cannot do
    without. Again is as good as once."""
    stage = await stage_for(actor, key)
    await stage.step.save(actor, parse(stage.step.payload, given))
    if stage.wish == "required" and (faults := stage.step.lacks(await stage.step.read(actor))):
        raise Invalid(errors={name: list(said) for name, said in faults.items()})
    await _been_through(actor, key, skipped=False)


async def skip_step(actor: Actor, key: str) -> None:
    """Pass over what is optional; raises Conflict for what is required. What was saved before stays saved."""
    stage = await _stage(actor, key)
    if stage.wish == "required":
        raise Conflict("step-required", "The practice needs this. Fill it in to go on.")
    if not stage.done:
        await _been_through(actor, key, skipped=True)


async def _been_through(actor: Actor, key: str, *, skipped: bool) -> None:
    access = await PortalAccess.get(id=_access(actor).access_id)
    async with change(actor, "onboarding.save_step"):
        # One after the other: of two devices that finish together, the second sees what the first kept.
        await fetch_one("SELECT 1 FROM invitation WHERE access_id = $1 FOR UPDATE", access.id)
        await execute(KEEP, new_id(), access.id, key, skipped)
        await tell(actor, ONBOARDING_STEP_SAVED, access)
        await _complete_if_done(actor, access)


async def paper_done(actor: Actor | None, access_id: UUID) -> None:
    """Inside a change: something that was asked on paper is done, or asked no more. With the last of it onboarding is
    complete, as with the last step."""
    access = await PortalAccess.get(id=access_id)
    await fetch_one("SELECT 1 FROM invitation WHERE access_id = $1 FOR UPDATE", access_id)
    if access.accepted_at is not None:
        await tell(actor, ONBOARDING_STEP_SAVED, access)
        await _complete_if_done(actor, access)


async def _complete_if_done(actor: Actor | None, access: PortalAccess) -> None:
    invitation = await Invitation.get_or_none(access_id=access.id)
    if invitation is None:
        return
    contact = access.contact_id is not None
    if not any(stage.open for stage in await stages_of(invitation, contact=contact, permissions=access.permissions)):
        await _complete(actor, access)


async def _complete(actor: Actor | None, access: PortalAccess) -> None:
    first = await execute(
        "UPDATE invitation SET onboarded_at = $2 WHERE access_id = $1 AND onboarded_at IS NULL", access.id, now()
    )
    if first:
        await tell(actor, ONBOARDING_COMPLETED, access, desks=await who_hears(access.client_id))


async def who_hears(client_id: UUID) -> list[UUID]:
    """Logins of whom it concerns that somebody has finished: assigned practitioners, and the front desk where the
    practice wants that or nobody is assigned."""
    logins = {one.login_id for one in await people.assigned_to(client_id)}
    if not logins or (await invitation_settings()).tells_front_desk:
        logins |= {row["login_id"] for row in await fetch_all(AT_THE_FRONT, FRONT_DESK)}
    return sorted(logins)


FRONT_DESK = [role.value for role in Role if ROLES[role].front_desk and role is not Role.ADMINISTRATOR]
AT_THE_FRONT = "SELECT login_id FROM staff_member WHERE deactivated_at IS NULL AND roles && $1::text[]"


def _access(actor: Actor) -> AccessOf:
    return actor.access or missing("step")


async def forget_steps(access_id: UUID) -> None:
    """Inside a change: a new invitation begins its onboarding at the first step."""
    await execute("DELETE FROM onboarding_step WHERE access_id = $1", access_id)
