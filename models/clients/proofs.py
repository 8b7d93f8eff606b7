"""What somebody has proved behind an invitation's link, carried by the form that comes next: signed, for half an hour.

It belongs to this one browser's form: a new tab begins at the first question, and a count of wrong answers is the
invitation's, not the tab's.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256

from models.clients.tables import Invitation
from models.core.clock import now
from models.core.secret import key_for

LASTS = timedelta(minutes=30)
DATE, CODE = "date", "code"


def proof_of(invitation: Invitation, proved: frozenset[str]) -> str:
    """`date+code.1767000000.hex`, worth something with this sending alone."""
    words = "+".join(sorted(proved))
    until = int((now() + LASTS).timestamp())
    return f"{words}.{until}.{_sign(invitation, words, until)}"


def proved_by(invitation: Invitation, proof: str) -> frozenset[str]:
    """What the proof says; nothing when it is made up, too old, or of another sending."""
    words, _, rest = proof.partition(".")
    until, _, signed = rest.partition(".")
    if not (until.isascii() and until.isdigit()) or len(until) > 12 or int(until) < now().timestamp():
        return frozenset()
    fits = hmac.compare_digest(signed.encode(), _sign(invitation, words, int(until)).encode())
    return frozenset(words.split("+")) - {""} if fits else frozenset()


def code_digest(invitation: Invitation, code: str) -> bytes:
    """What is kept of a mailed code: worth nothing without the server's key."""
    return hmac.new(key_for("invitation-code"), f"{invitation.id}:{code}".encode(), sha256).digest()


def _sign(invitation: Invitation, words: str, until: int) -> str:
    text = f"{invitation.id}:{invitation.sending}:{words}:{until}"
    return hmac.new(key_for("invitation-proof"), text.encode(), sha256).hexdigest()
