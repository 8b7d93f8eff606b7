"""The disclosure of electronic signing, and who has agreed to it or withdrew.

What it must say before anybody signs: the right to paper, the right to withdraw and what follows, how far the agreement
reaches, how to get a copy and keep one's address current, and what is needed to read (15 USC 7001(c)(1)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from models.accounts.practices import profile
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Conflict
from models.core.events import Part, ToLogin
from models.core.ids import new_id
from models.core.scope import current_scope
from models.documents.events import AGREED, PAPER_CHOSEN
from models.documents.signing_settings import signing_settings

NEWEST = """SELECT number, sha256 FROM signing_disclosure WHERE practice_id = portico_here()
  ORDER BY number DESC LIMIT 1"""
GIVE = "INSERT INTO signing_disclosure (number, words, sha256) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
GIVEN = "SELECT sha256 FROM signing_disclosure WHERE practice_id = portico_here() AND number = $1"
STANDING = """SELECT number, withdrawn, at FROM signing_agreement
  WHERE practice_id = portico_here() AND login_id = $1 ORDER BY id DESC LIMIT 1"""
NOTE = """INSERT INTO signing_agreement (id, login_id, number, withdrawn, address, device, at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)"""


@dataclass(frozen=True)
class Disclosure:
    """`number`: the version of the words; `words`: paragraphs, each with what it is about before a colon."""

    number: int
    words: str
    sha256: bytes

    @property
    def paragraphs(self) -> list[tuple[str, str]]:
        """(about, words) of each."""
        parted = (line.partition(": ") for line in self.words.split("\n\n"))
        return [(about, words) for about, _, words in parted]


@dataclass(frozen=True)
class Standing:
    """Of one login. `agreed_at`: to the words of now; `withdrawn_at`: they sign on paper since; times are UTC."""

    agreed_at: datetime | None = None
    withdrawn_at: datetime | None = None


async def disclosure() -> Disclosure:
    """The words of now, and the number they have, or get when the first person agrees to them."""
    words = await _words()
    digest = sha256(words.encode()).digest()
    newest = await fetch_one(NEWEST)
    if newest is None:
        return Disclosure(1, words, digest)
    same = bytes(newest["sha256"]) == digest
    return Disclosure(newest["number"] + (not same), words, digest)


async def standing(actor: Actor, of: Disclosure) -> Standing:
    """How this login stands to signing electronically."""
    row = await fetch_one(STANDING, actor.login_id)
    if row is None:
        return Standing()
    if row["withdrawn"]:
        return Standing(withdrawn_at=row["at"])
    return Standing(agreed_at=row["at"] if row["number"] == of.number else None)


async def agree(actor: Actor, number: int) -> datetime:
    """This login agrees to the words of this number, which the page showed. Raises Conflict `disclosure-changed`."""
    async with change(actor, "account.agree_to_signing"):
        return await agree_in_change(actor, number)


async def agree_in_change(actor: Actor, number: int) -> datetime:
    """The same inside another verb's change; when it was agreed to, also where it was before."""
    current = await disclosure()
    if number != current.number:
        raise Conflict("disclosure-changed", "The words about signing electronically changed. Read them again.")
    stands = await standing(actor, current)
    if stands.agreed_at is not None:
        return stands.agreed_at
    await execute(GIVE, current.number, current.words, current.sha256)
    given = await fetch_one(GIVEN, current.number)
    if given is None or bytes(given["sha256"]) != current.sha256:
        raise Conflict("disclosure-changed", "The words about signing electronically changed. Read them again.")
    at = await _note(actor, current.number, withdrawn=False)
    await record(actor, AGREED, [Part([ToLogin(actor.login_id)])], subject_id=actor.login_id)
    return at


async def choose_paper(actor: Actor) -> None:
    """This login withdraws: it signs nothing here until it agrees again. Whoever never agreed has nothing to
    withdraw, and nothing happens."""
    async with change(actor, "account.withdraw_from_signing"):
        row = await fetch_one(STANDING, actor.login_id)
        if row is None or row["withdrawn"]:
            return
        await _note(actor, row["number"], withdrawn=True)
        await record(actor, PAPER_CHOSEN, [Part([ToLogin(actor.login_id)])], subject_id=actor.login_id)


async def paper_words() -> str:
    """How to get paper from this practice, in one or two sentences."""
    face, chosen = await profile(), await signing_settings()
    reach = [f"call {face.phone}" if face.phone else "", f"write to {_one_line(face.address)}" if face.address else ""]
    ways = " or ".join(filter(None, reach)) or "ask at the front desk"
    return " ".join(filter(None, [f"For paper, {ways}.", chosen.paper]))


async def _words() -> str:
    name, paper = (await profile()).name, await paper_words()
    return "\n\n".join((
        f"Paper instead: You may read and sign any document of {name} on paper. {paper}",
        f"What you agree to: {name} may give you documents to sign here, and your signature here counts as one on "
        "paper. This holds for all that you sign here until you withdraw.",
        "Withdrawing: You may withdraw at any time, under Signing electronically in your own account. What you signed "
        "before stays signed. From then on you sign on paper, which can take longer.",
        "Your copies: Whatever you sign you can download at once, with a certificate of how it was signed. You may "
        "also ask for it on paper.",
        "Reaching you: Keep the e-mail address of your sign-in current, under E-mail address in your account menu, or "
        "tell the practice.",
        "What you need: A current browser, a connection to the internet, and a program that opens PDF files. If you "
        "can read this page and open a PDF, you have all of it.",
    ))


def _one_line(address: str) -> str:
    return ", ".join(line.strip() for line in address.splitlines() if line.strip())


async def _note(actor: Actor, number: int, *, withdrawn: bool) -> datetime:
    at, whence = now(), current_scope().whence
    await execute(NOTE, new_id(), actor.login_id, number, withdrawn, whence.address, whence.device, at)
    return at
