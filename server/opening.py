"""What happens when a door is opened: practice, origin, actor, allow, body, the verb in its scope, the answer."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, cast
from uuid import UUID

from quart import Request, Response

from models.accounts.crossing import way_across
from models.accounts.features import refuse_unless_on
from models.accounts.practices import (
    PortalClosed,
    PracticeFound,
    at_bare_domain,
    practice_by_host,
    refuse_if_closed,
)
from models.accounts.proving import StepUp, refuse_unless_proved
from models.accounts.sessions import actor_for
from models.clients import viewing
from models.core.actor import Actor
from models.core.database import fetch_one
from models.core.errors import Forbidden, Missing, Refusal, SignedOut
from models.core.keys import first_answer, keep_answer
from models.core.payload import parse
from models.core.scope import Scope, comes_from, run_scope
from server import answers, leading
from server.cookies import token_of
from server.door import PORTAL, REFUSAL_PAGES, Answer, Done, Door, Instead, Page, again_with, kind_of
from server.pages import page_context
from server.requests import body_of, host_of, key_of, refuse_foreign_origin, wants_json, whence_of

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HEAD = "SELECT seq, epoch FROM practice_head WHERE practice_id = portico_here()"


async def no_door(request: Request, refusal: Refusal) -> Response:
    """What the router refuses: there is no door, but there may be a practice at this host. The page wears its face."""
    if wants_json(request) or request.path.startswith("/static/"):
        return await answers.refused(request, refusal)
    if at_bare_domain(host_of(request)):
        return await answers.refused(request, refusal)
    try:
        practice = await _practice(request)
        return await answers.refused(request, refusal, await run_scope(practice.id, _face))
    except Missing as unknown:
        return await answers.refused(request, unknown)
    except Refusal:
        return await answers.refused(request, refusal)


async def _practice(request: Request) -> PracticeFound:
    found = await practice_by_host(host_of(request))
    if found is None:
        raise Missing("unknown-practice", "No practice has its portal at this address.")
    return found


async def _face(scope: Scope) -> dict[str, Any]:
    """The practice's name and colour, so that a refusal still looks like its house."""
    return await page_context(None)


@dataclass
class Opening:
    """One request at one door."""

    door: Door
    request: Request
    args: dict[str, Any]
    practice: PracticeFound | None = None
    body: dict[str, Any] | None = None

    async def answer(self) -> Response:
        """Always an answer: refusals become problem documents or pages."""
        comes_from(whence_of(self.request))
        return await leading.onward(self, await self._answer())

    async def _answer(self) -> Response:
        try:
            return await self._open()
        except answers.DrawAgain as again:
            await self._aftermath(again.refusal)
            return await self._drawn_again(again.refusal)
        except Refusal as refusal:
            await self._aftermath(refusal)
            return await self._refused(refusal)

    async def _aftermath(self, refusal: Refusal) -> None:
        """A line about what failed; if it cannot be written, the refusal is told all the same."""
        if refusal.aftermath is not None:
            with suppress(Refusal):
                await self.run(refusal.aftermath)

    async def _refused(self, refusal: Refusal) -> Response:
        draw = REFUSAL_PAGES.get(refusal.code)
        if self.practice is None or wants_json(self.request) or refusal.status == 503:
            return await answers.refused(self.request, refusal)
        try:
            if draw is None:
                face = await self.run(lambda scope: self._face(refusal, scope))
                return await answers.refused(self.request, refusal, face)
            return cast(Response, await self.run(lambda scope: self._answered_by(draw, refusal, scope)))
        except Refusal as worse:
            return await answers.refused(self.request, worse)

    async def _face(self, refusal: Refusal, scope: Scope) -> Mapping[str, Any]:
        """The practice's; and the way to the other side, when the page is there and this login opens both."""
        side = None
        if refusal.code == Forbidden.code and self.request.method == "GET":
            token = token_of(self.request.cookies)
            with suppress(Refusal):
                side = await way_across(await actor_for(scope.practice_id, token))
        across = {"across": side, "wanted": self.request.full_path.rstrip("?")} if side else {}
        return {**await _face(scope), **across}

    async def _answered_by(self, draw: Instead, refusal: Refusal, scope: Scope) -> Callable[[], Response]:
        token = token_of(self.request.cookies)
        actor = await actor_for(scope.practice_id, token, while_locked=True, while_unready=True)
        if "as_access" in self.args and refusal.status != 423 and refusal.code != viewing.OVER:
            actor = await viewing.through_eyes(actor, self.args["as_access"])
        with suppress(Refusal):  # the chooser's own refusal: then the page is about nobody in particular
            actor = actor.acting_for(self.args.get("for_client")) if self.door.portal and actor.portal else actor
        cursor = await fetch_one(HEAD)
        page = await draw(**fitting(draw, {"actor": actor, "request": self.request, "refusal": refusal}))
        return await answers.ready(self, None if refusal.status == 423 else actor, page, scope, cursor)

    async def _drawn_again(self, refusal: Refusal) -> Response:
        try:
            return cast(Response, await self.draw_again(refusal))
        except Refusal as worse:
            return await answers.refused(self.request, worse)

    async def _open(self) -> Response:
        if not self.door.practice:
            return answers.plain(self, await self.door.handler(**self._wanted({"request": self.request})))
        self.practice = await _practice(self.request)
        if self.practice.moved_to and (led := await leading.lead_over(self)) is not None:
            return led
        if self.door.method in UNSAFE and not self.door.cross_site:
            refuse_foreign_origin(self.request)
        if self.door.streams:
            return await self._stream()
        if self.door.method in UNSAFE:
            await self.run(self._admit)
            self.body = await body_of(self.request)
        return cast(Response, await self.run(self._work))

    async def run(self, work: Callable[[Scope], Awaitable[Any]]) -> Any:
        assert self.practice is not None
        made = await run_scope(self.practice.id, work)
        return made() if callable(made) and not isinstance(made, Response) else made

    async def actor(self) -> Actor | None:
        """Who stands before the door, allowed or refused; inside the open scope."""
        assert self.practice is not None
        if self.door.client_side:
            await refuse_if_closed()
        try:
            return await self._admitted(await self._who(self.practice.id))
        except (SignedOut, PortalClosed):
            if kind_of(None) in self.door.allow:
                return None
            if self.door.allow == PORTAL:
                await refuse_if_closed()
            raise  # with its own words for why

    async def _who(self, practice_id: UUID) -> Actor:
        """A door that visitors pass lets everybody pass who is somebody."""
        unready = self.door.while_unready or kind_of(None) in self.door.allow
        token, locked = token_of(self.request.cookies), self.door.while_locked
        return await actor_for(practice_id, token, while_locked=locked, while_unready=unready)

    async def _admitted(self, actor: Actor) -> Actor:
        if "as_access" in self.args:
            return await self._viewing(actor)
        if kind_of(actor) not in self.door.allow:
            raise Forbidden()
        client = self.args.get("for_client")
        if self.door.portal and actor.portal and not (self.door.unchosen and client is None):
            actor = actor.acting_for(client)
        await refuse_unless_on(actor, self.door.feature)
        if self.door.step_up:
            refuse_unless_proved(actor)
        return actor

    async def _viewing(self, actor: Actor) -> Actor:
        """Staff before a door of the portal, at an address of a view: they read what its person reads, nothing more."""
        if not actor.desk:
            raise Forbidden()
        seen = await viewing.through_eyes(actor, self.args["as_access"])
        if self.door.method in UNSAFE:
            seen.may_change()
        await refuse_unless_on(seen, self.door.feature)
        return seen

    async def _admit(self, scope: Scope) -> None:
        await self.actor()

    async def _stream(self) -> Response:
        async def admit(scope: Scope) -> Actor | None:
            return await self.actor()

        assert self.practice is not None
        given = {"actor": await self.run(admit), "practice": self.practice.id, "stream": self.request.body,
                 "headers": self.request.headers, "request": self.request}
        try:
            return answers.plain(self, await self.door.handler(**self._wanted(given)))
        except Refusal as refusal:
            self._draw_again_or_raise(refusal)

    def _draw_again_or_raise(self, refusal: Refusal) -> NoReturn:
        if self.door.again is None or wants_json(self.request) or isinstance(refusal, (SignedOut, Missing, StepUp)):
            raise refusal
        raise answers.DrawAgain(refusal) from None

    async def _work(self, scope: Scope) -> Callable[[], Response]:
        actor = await self.actor()
        if actor is not None and actor.lens is not None:
            await viewing.note_view(actor, f"portal:{self.door.path.split('/')[1]}")
        cursor = await fetch_one(HEAD)
        try:
            answer = await self._twin_or_first(actor)
        except Refusal as refusal:
            self._draw_again_or_raise(refusal)
        return await answers.ready(self, actor, answer, scope, cursor)

    async def draw_again(self, refusal: Refusal) -> Any:
        """The form once more, with what was typed and what was wrong; in a scope of its own, nothing was kept."""

        async def work(scope: Scope) -> Callable[[], Response]:
            actor = await self.actor()
            cursor = await fetch_one(HEAD)
            assert self.door.again is not None
            given = {"actor": actor, "request": self.request, **self.args}
            page = await self.door.again(**fitting(self.door.again, given))
            told = {**page.context, **again_with(refusal, self.body or {})}
            again = Page(page.template, status=refusal.status, headers=answers.retry_after(refusal), **told)
            return await answers.ready(self, actor, again, scope, cursor)

        return await self.run(work)

    async def _twin_or_first(self, actor: Actor | None) -> Answer:
        key = key_of(self.request, self.body or {}) if self.door.key else None
        if key is None or actor is None or self.door.key is None:
            return await self._handle(actor)
        payload = {name: value for name, value in (self.body or {}).items() if name != "key"}
        payload |= {name: str(value) for name, value in self.args.items()}
        if (before := await first_answer(actor, self.door.key, key, payload)) is not None:
            see = before.pop("see", None)
            return Done(before, see=see)
        answer = await self._handle(actor)
        if isinstance(answer, Done):
            keep_answer(actor, self.door.key, key, {**answer.data, "see": answer.see} if answer.see else answer.data)
        return answer

    async def _handle(self, actor: Actor | None) -> Answer:
        given: dict[str, Any] = {"actor": actor, "request": self.request, **self.args}
        if self.door.query is not None:
            query = {name: self.request.args[name] for name in self.request.args}
            given["query"] = parse(self.door.query, query)
        if self.door.body is not None:
            given["body"] = parse(self.door.body, self._without_key())
        return await self.door.handler(**self._wanted(given))

    def _without_key(self) -> dict[str, Any]:
        """The key belongs to the door; a payload that declares it gets it all the same."""
        body = dict(self.body or {})
        if self.door.body is not None and "key" not in self.door.body.model_fields:
            body.pop("key", None)
        return body

    def _wanted(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return fitting(self.door.handler, given)


def fitting(handler: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    names = inspect.signature(handler).parameters
    return {name: value for name, value in given.items() if name in names}
