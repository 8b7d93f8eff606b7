"""Passkeys (WebAuthn): made for the practice's host, several a login, found by the browser without an e-mail address.

Each makes sure of its person (a finger, a face, a PIN) every time: a key that somebody found, or that was left in a
locked desk, opens nothing. So it counts as both factors. After the practice has moved to another host the former ones
fit no more: they are kept, marked, and a new one is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json_dict, structs

from models.accounts import challenges
from models.accounts.events import PASSKEYS_CHANGED
from models.accounts.practices import profile
from models.accounts.proving import note_proof
from models.accounts.security import note
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid, missing
from models.core.events import Part, ToLogin
from models.core.ids import new_id
from models.core.settings import settings

MOST = 20
TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal", "cable"})
NOT_TAKEN = "This passkey could not be used. Try again, or choose another way."
NOT_KEPT = "This passkey could not be kept. It must ask for your finger, face or PIN; set that up, then try again."


@dataclass(frozen=True)
class Passkey:
    """`fits`: made for the host that the practice has now. Times are UTC."""

    id: UUID
    name: str
    rp_id: str
    fits: bool
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Proof:
    """Whose passkey answered, having made sure that it was the person; `by_mail`: it was made in a session that came
    through a mailbox."""

    login_id: UUID
    passkey_id: UUID
    by_mail: bool


def rp_of(host: str) -> str:
    """The host without its port."""
    return host.partition(":")[0].lower()


async def passkeys_of(login_id: UUID, host: str) -> list[Passkey]:
    """All of a login, the oldest first."""
    rows = await fetch_all(
        "SELECT id, name, rp_id, created_at, used_at FROM passkey"
        " WHERE practice_id = portico_here() AND login_id = $1 ORDER BY created_at, id",
        login_id,
    )
    return [_passkey(row, rp_of(host)) for row in rows]


async def usable_by(login_id: UUID, host: str) -> bool:
    """Whether the login has a passkey that fits this host."""
    return any(one.fits for one in await passkeys_of(login_id, host))


async def some_fit_no_more(host: str) -> bool:
    """Whether anybody here made a passkey for a former host of the practice."""
    row = await fetch_one(
        "SELECT min(rp_id) AS least, max(rp_id) AS most FROM passkey WHERE practice_id = portico_here()"
    )
    return row is not None and row["least"] is not None and {row["least"], row["most"]} != {rp_of(host)}


async def options_to_add(actor: Actor, host: str) -> dict[str, Any]:
    """What the browser needs to make one: `{challenge: id, options}`."""
    mine = await _credentials(actor.login_id, rp_of(host))
    if len(await passkeys_of(actor.login_id, host)) >= MOST:
        raise Conflict("too-many-passkeys", f"You have {MOST} passkeys. Remove one that you no longer use first.")
    challenge_id, challenge = await challenges.issue(challenges.ADD, actor.login_id)
    login = await fetch_one("SELECT email FROM login WHERE id = $1", actor.login_id)
    options = webauthn.generate_registration_options(
        rp_id=rp_of(host), rp_name=(await profile()).name, user_id=actor.login_id.bytes, challenge=challenge,
        user_name=login["email"] if login else "", user_display_name=actor.name, exclude_credentials=mine,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return {"challenge": challenge_id, "options": options_to_json_dict(options)}


async def add(actor: Actor, challenge_id: UUID, credential: Mapping[str, Any], *, name: str, host: str) -> UUID:
    """Keep a passkey that the browser made. Raises Invalid for one that does not answer this challenge at this host."""
    challenge = await challenges.redeem(challenge_id, challenges.ADD, actor.login_id)
    try:
        made = webauthn.verify_registration_response(
            credential=dict(credential), expected_challenge=challenge or b"", expected_rp_id=rp_of(host),
            expected_origin=_origins(host), require_user_verification=True,
        ) if challenge else None
    except Exception:  # whatever a browser sends: the library raises many kinds, some of them not its own
        made = None
    if made is None:
        raise Invalid("passkey-not-taken", NOT_KEPT)
    passkey_id = new_id()
    async with change(actor, "passkey.add"):
        kept = await execute(
            "INSERT INTO passkey (id, login_id, credential_id, public_key, sign_count, rp_id, name, transports,"
            " created_at, by_mail) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, s.stays FROM session s"
            " WHERE s.practice_id = portico_here() AND s.id = $10 ON CONFLICT DO NOTHING",
            passkey_id, actor.login_id, made.credential_id, made.credential_public_key, made.sign_count, rp_of(host),
            name.strip() or "Passkey", _transports(credential), now(), actor.session_id,
        )
        if not kept:
            raise Conflict("passkey-known", "This passkey is in your list already.")
        await note_proof(actor, by="a passkey", strong=True)
        await _tell(actor, passkey_id, "passkey-added")
    return passkey_id


async def options_to_prove(purpose: str, host: str, actor: Actor | None = None) -> dict[str, Any]:
    """What the browser needs to ask for one: any at sign-in, else those of the person."""
    login_id = actor.login_id if actor else None
    challenge_id, challenge = await challenges.issue(purpose, login_id)
    options = webauthn.generate_authentication_options(
        rp_id=rp_of(host), challenge=challenge,
        allow_credentials=await _credentials(login_id, rp_of(host)) if login_id else None,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return {"challenge": challenge_id, "options": options_to_json_dict(options)}


async def prove(
    challenge_id: UUID, credential: Mapping[str, Any], *, purpose: str, host: str, actor: Actor | None = None
) -> Proof:
    """Who has answered the challenge with a passkey of this host; of two answers to one challenge one counts.

    Raises Invalid `passkey-not-taken`; with `actor` also for a passkey of anybody else.
    """
    challenge = await challenges.redeem(challenge_id, purpose, actor.login_id if actor else None)
    row = await _kept(credential) if challenge else None
    if row is None or row["rp_id"] != rp_of(host) or (actor is not None and row["login_id"] != actor.login_id):
        raise _not_taken()
    try:
        shown = webauthn.verify_authentication_response(
            credential=dict(credential), expected_challenge=challenge or b"", expected_rp_id=row["rp_id"],
            expected_origin=_origins(host), credential_public_key=bytes(row["public_key"]),
            credential_current_sign_count=row["sign_count"], require_user_verification=True,
        )
    except Exception:  # as above
        raise _not_taken() from None
    used = "UPDATE passkey SET sign_count = $2, used_at = $3 WHERE practice_id = portico_here() AND id = $1"
    await execute(used, row["id"], shown.new_sign_count, now())
    return Proof(row["login_id"], row["id"], row["by_mail"])


async def rename(actor: Actor, passkey_id: UUID, name: str) -> None:
    async with change(actor, "passkey.rename"):
        renamed = "UPDATE passkey SET name = $3 WHERE practice_id = portico_here() AND id = $1 AND login_id = $2"
        if not await execute(renamed, passkey_id, actor.login_id, name.strip() or "Passkey"):
            missing("passkey")
        await _tell(actor, passkey_id, "passkey-renamed")


async def remove(actor: Actor, passkey_id: UUID) -> None:
    """It signs nobody in any more. Raises Missing for another's."""
    async with change(actor, "passkey.remove"):
        gone = "DELETE FROM passkey WHERE practice_id = portico_here() AND id = $1 AND login_id = $2"
        if not await execute(gone, passkey_id, actor.login_id):
            missing("passkey")
        await _tell(actor, passkey_id, "passkey-removed")


async def remove_all(login_id: UUID) -> None:
    """Inside a change: the practice resets the login's second factor."""
    await execute("DELETE FROM passkey WHERE practice_id = portico_here() AND login_id = $1", login_id)


def _not_taken() -> Invalid:
    return Invalid("passkey-not-taken", NOT_TAKEN, errors={"form": [NOT_TAKEN]})


async def _kept(credential: Mapping[str, Any]) -> Row | None:
    given = credential.get("rawId")
    try:
        credential_id = base64url_to_bytes(given) if isinstance(given, str) and len(given) < 2000 else b""
    except ValueError:
        return None
    return await fetch_one(
        "SELECT id, login_id, public_key, sign_count, rp_id, by_mail FROM passkey"
        " WHERE practice_id = portico_here() AND credential_id = $1",
        credential_id,
    )


async def _credentials(login_id: UUID, rp_id: str) -> list[structs.PublicKeyCredentialDescriptor]:
    rows = await fetch_all(
        "SELECT credential_id FROM passkey WHERE practice_id = portico_here() AND login_id = $1 AND rp_id = $2",
        login_id, rp_id,
    )
    return [structs.PublicKeyCredentialDescriptor(id=bytes(row["credential_id"])) for row in rows]


def _origins(host: str) -> list[str]:
    """As the browser spells where it is; the host was checked when the practice was found by it."""
    return [f"https://{host}"] if settings().production else [f"http://{host}", f"https://{host}"]


def _transports(credential: Mapping[str, Any]) -> list[str]:
    response = credential.get("response")
    given: Sequence[Any] = response.get("transports") or () if isinstance(response, Mapping) else ()
    return sorted({one for one in given if isinstance(one, str)} & TRANSPORTS) if isinstance(given, list) else []


def _passkey(row: Row, rp_id: str) -> Passkey:
    return Passkey(row["id"], row["name"], row["rp_id"], row["rp_id"] == rp_id, row["created_at"], row["used_at"])


async def _tell(actor: Actor, passkey_id: UUID, what: str) -> None:
    """To the person's log and pages, and by mail."""
    await note(actor.login_id, what)
    heard = [Part([ToLogin(actor.login_id)], {"passkey": passkey_id, "what": what})]
    await record(actor, PASSKEYS_CHANGED, heard, subject_id=actor.login_id)
