"""Step-up: a sensitive door asks once more who is there, and then goes on to what was asked. Nothing typed is lost."""

from __future__ import annotations

import orjson
from quart import Request

from models.accounts import proving, resetting
from models.accounts.asks import StepUp
from models.accounts.passkeys import usable_by
from models.core.actor import Actor
from server.door import PORTAL, STAFF, Done, Page, See, on_refusal, post
from server.own_account import safe_next
from server.requests import body_of, host_of
from server.typed import FORM, SECRET, Typed

DOORS = ("/step-up", "/staff/step-up")


@on_refusal("step-up")
async def step_up_page(actor: Actor, request: Request) -> Page:
    """Asks for the password or a passkey; holds the page that was asked for, or the form that was sent."""
    next_page, action, kept = await _wanted(request)
    passkey = await usable_by(actor.login_id, host_of(request))
    return Page("accounts/step_up.html", status=403, next=next_page, action=action, kept=kept, passkey=passkey,
                root="/staff" if actor.desk else "")


@on_refusal("second-factor-required")
async def set_it_up_first(actor: Actor) -> See:
    """Staff without a second factor are led to set it up, whatever they asked for."""
    return See("/staff/security/second-factor")


@post("/step-up", allow=PORTAL, body=StepUp, again=step_up_page)
@post("/staff/step-up", allow=STAFF, body=StepUp, again=step_up_page, while_unready=True)
async def step_up(actor: Actor, body: StepUp) -> Done | Page:
    """The password was typed, or a passkey was used a moment ago: go on to the page, or to the form, which is sent with
    one more click."""
    if body.password or not body.action:
        await resetting.confirm(actor, body.password)
        await proving.prove(actor, by="a password")
    else:
        proving.refuse_unless_proved(actor)
    if not body.action:
        return Done(see=safe_next(body.next, actor))
    waited = _typed(safe_next(body.action, actor), body.kept)
    signs = dict(waited.words + waited.rest).get("sign_name", "")
    return Page("accounts/step_up_done.html", json={}, typed=waited, signs=signs)


async def _wanted(request: Request) -> tuple[str, str, str]:
    """(next, action, kept) of whatever stood before the door."""
    if request.path in DOORS:
        form = await request.form
        return form.get("next", ""), form.get("action", ""), form.get("kept", "")
    address = request.full_path.rstrip("?")
    if request.method == "GET":
        return address, "", ""
    return "", address, await _kept(request)


async def _kept(request: Request) -> str:
    """The form's fields as JSON pairs, without what is secret."""
    if request.mimetype != FORM:
        return "[]"
    body = await body_of(request)
    pairs = [
        (name, str(one)) for name, value in body.items() for one in (value if isinstance(value, list) else [value])
        if not any(secret in name for secret in SECRET)
    ]
    return orjson.dumps(pairs).decode()


def _typed(action: str, kept: str) -> Typed:
    try:
        pairs = [(str(name), str(value)) for name, value in orjson.loads(kept or "[]")]
    except (ValueError, TypeError):
        pairs = []
    words = [pair for pair in pairs if any(letter.isspace() for letter in pair[1].strip())]
    return Typed(action, words, [pair for pair in pairs if pair not in words])
