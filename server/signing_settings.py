"""Account Settings > Signing, for administrators."""

from __future__ import annotations

from dataclasses import asdict

from models.accounts.asks import JustDone
from models.core.actor import Actor
from models.documents import disclosing, signing_settings
from models.documents.signature_asks import SetSigning
from server.door import ADMINISTRATOR, Done, Page, get, post

HERE = "/staff/settings/signing"


@get(HERE, allow=ADMINISTRATOR, query=JustDone)
async def signing_page(actor: Actor, query: JustDone | None = None) -> Page:
    """How clients and contacts sign, and what they agree to before."""
    found = await signing_settings.signing_settings()
    return Page("documents/settings_signing.html", json=asdict(found), chosen=found, current="settings",
                disclosure=await disclosing.disclosure(),
                toast_words="Saved. It holds for every signature from now on." if query and query.done else "")


@post(HERE, allow=ADMINISTRATOR, body=SetSigning, again=signing_page)
async def set_signing(actor: Actor, body: SetSigning) -> Done:
    """Other words about paper are agreed to anew by everybody who signs."""
    await signing_settings.set_signing(
        actor, body.version, confirms=body.confirms, typed=body.typed, paper=body.paper
    )
    return Done(see=f"{HERE}?done=signing")
