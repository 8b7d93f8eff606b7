"""The job that makes the PDF of a signed document: read in one scope, drawn outside of any, kept in another.

Cut off anywhere, it is run again and makes the same bytes under the same key; kept is it once.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import segno

from models.core.addresses import origin_of
from models.core.scope import run_scope
from models.documents import copies
from models.documents.copies import Happened, Making, Signed
from models.documents.evidence import in_zone
from models.documents.marks import HIGH, WIDE
from models.documents.tables import Signature
from models.documents.unaltered import REFERENCE
from models.documents.vouching import Vouched
from server import pdf, storage

# A larger file is not put into the copy: the certificate names it by its SHA-256.
MOST_TAKEN_ALONG = 64 * 1024 * 1024
ROLES = {"recipient": "Signature of {}", "staff": "Signed beside by {}, of the practice"}
READ_ON = {True: "Yes: its end was in sight on the screen",
           False: "Not scrolled to the end, as far as the page could tell"}
WAYS = {"typed": "Typed name", "drawn": "Drawn by hand"}
COVER = "on the pages after this one, unchanged; behind them is the certificate"
NO_SHAPE = ("This PDF has no shape for some of the letters below: they print as boxes. The text attached to it has "
            "every letter as it was shown.")
DOES_NOT_HOLD = "This document cannot be vouched for"
NOT_COUNTED = "Not counted: signature in the name of {}"
DISCLOSED = "What was agreed to about signing electronically, version {}"


async def make(practice_id: UUID, ids: Mapping[str, UUID]) -> None:
    """The job `document.copy`."""

    async def read(_: Any) -> tuple[Making, str] | None:
        made = await copies.making(ids["document"])
        return (made, made.storage_key) if made else None

    found = await run_scope(practice_id, read)
    if found is None:
        return
    made, key = found
    content = await _drawn(made)
    await storage.keep(key, content)
    digest = sha256(content).digest()
    await run_scope(practice_id, lambda _: copies.keep_copy(made, key=key, digest=digest, size=len(content)))


async def _drawn(made: Making) -> bytes:
    original = await _original(made)
    whole = None
    if original is not None and await pdf.page_count(original) is not None:
        pages = await pdf.drawn("signed", _data(made, inside=True), at=made.made_for)
        whole = await pdf.behind(original, pages, keywords=_reference(made), cover=await _cover(made))
    if whole is None:  # none, encrypted, or broken further in: the certificate stands alone and says so
        whole = await pdf.drawn("signed", _data(made, inside=False), at=made.made_for)
    return whole + f"\n%{_reference(made)}\n".encode()


async def _cover(made: Making) -> bytes | None:
    """Before a shared PDF that is void: its own pages cannot say so, for none of its bytes is changed."""
    if made.document.voided_at is None:
        return None
    alone = {"signatures": [], "attached": [], "content": [], "summary": _summary(made, {}, COVER)}
    return await pdf.drawn("signed", {**_data(made, inside=True), **alone}, at=made.made_for)


async def _original(made: Making) -> bytes | None:
    """The bytes that were signed; nothing where other ones are kept now."""
    file = made.file
    if file is None or file.type != "application/pdf" or file.size > MOST_TAKEN_ALONG:
        return None
    if not all(one.signature.file_sha256 in (None, file.sha256) for one in made.signed):
        return None
    return await storage.read_all(file.storage_key)


def _reference(made: Making) -> str:
    return f"{REFERENCE}{made.id}"


def _data(made: Making, *, inside: bool) -> dict[str, Any]:
    """All words of the PDF."""
    document, counted = made.document, [one for one in made.signed if not one.fault]
    first = orjson.loads(counted[0].signature.shown) if counted else {}
    address = f"{origin_of(made.subdomain)}/verify"
    return {
        "title": document.title, "practice": made.practice, "reference": _reference(made), "page": "Page ",
        "footer": f"Copy {made.id}", "void": document.voided_at is not None, "void_word": "VOID",
        "void_title": "This document is void", "void_words": _void_words(made),
        "broken_title": DOES_NOT_HOLD, "broken_words": _broken_words(made),
        "summary": _summary(made, first, _held(made, inside)), "content": first.get("content", []),
        "unanswered": "Not answered", "no_shape_words": NO_SHAPE,
        "certificate_title": "Certificate of signing", "certificate_words": _certificate_words(made, inside),
        "facts": [["Document", str(document.id)], ["Copy made after", f"entry {made.after} of the practice’s chain"],
                  ["Verify at", address]],
        "qr": _qr(address),
        "qr_alt": "The address where this copy is verified", "qr_words": "Verify this copy",
        "signatures": [_signature(one, made) for one in made.signed],
        "history_title": "What happened with this document", "history": [_line(one, made) for one in made.history],
        "disclosure_title": "Signing electronically", "disclosures": _disclosures(made),
        "attached": [
            {"name": f"shown-{number}.json", "words": one.signature.shown,
             "what": f"What was shown to {one.signature.name}: SHA-256 {_hex(one.signature.shown_sha256)}"}
            for number, one in enumerate(counted, 1)
        ],
    }


def _held(made: Making, inside: bool) -> str:
    """Where the file that was signed is found, from the certificate."""
    if not inside:
        return "kept by the practice; not in this copy"
    voided = made.document.voided_at is not None
    return f"on the pages before this one{', behind the cover' if voided else ''}, unchanged"


def _summary(made: Making, first: Mapping[str, Any], held: str) -> list[list[Any]]:
    if made.file is not None:
        return [["File", made.file.name], ["The file is", held], ["SHA-256 of the file", _hex(made.file.sha256), True]]
    form = first.get("form", {})
    return [["Practice", made.practice], ["Version", str(form.get("version", ""))],
            ["SHA-256 of the version", str(form.get("sha256", "")), True]]


def _certificate_words(made: Making, inside: bool) -> str:
    said = "What follows was written down when it happened. Times are in UTC, and in the time zone of who signed."
    if made.file is not None and not inside:
        said += " The file itself could not be put into this copy; it is known by its SHA-256 above."
    return said + " What each signer was shown is attached to this PDF as text, and has the SHA-256 that is named."


def _signature(one: Signed, made: Making) -> dict[str, Any]:
    signature, read_on = one.signature, READ_ON[one.signature.read_to_end]
    if one.link is None or one.fault:
        return {"title": NOT_COUNTED.format(signature.name), "typed": "", "drawing": "", "alt": "",
                "facts": [["Why it does not count", one.fault]]}
    drawn = signature.way == "drawn"
    return {
        "title": ROLES[signature.role].format(signature.name), "typed": "" if drawn else signature.mark,
        "drawing": _drawing(signature.mark) if drawn else "", "alt": f"Drawn signature of {signature.name}",
        "facts": [
            ["What was said by it", signature.intent],
            ["Signed at", f"{_utc(signature.signed_at)} ({_there(signature)})"],
            ["Made how", WAYS[signature.way]], ["Name as typed", signature.name], ["Signed in as", one.who],
            ["How it was known", signature.method], ["Read to the end", read_on],
            ["Agreed to sign electronically", f"{_utc(signature.agreed_at)}, version {signature.disclosure}"],
            ["Network address", signature.address or "Not known"], ["Device", signature.device or "Not known"],
            ["Session (hash)", _hex(signature.session), True],
            ["SHA-256 of what was shown", _hex(signature.shown_sha256), True],
            *([["SHA-256 of the answers", _hex(signature.submission_sha256), True]]
              if signature.submission_sha256 else []),
            ["Entry in the chain", f"Number {one.link.number}"], ["Hash of the entry", one.link.hash.hex(), True],
        ],
    }


def _void_words(made: Making) -> str:
    document = made.document
    if document.voided_at is None:
        return ""
    number = f", entry {made.void_link.number} of the chain" if made.void_link else ""
    who = made.voided_by or "the practice"
    return f"Voided at {_utc(document.voided_at)} by {who}{number}. Reason: {document.void_reason}"


def _broken_words(made: Making) -> str:
    return " ".join(Vouched({one.signature.id: one.fault for one in made.signed if one.fault}, made.lost).sentences)


def _disclosures(made: Making) -> Sequence[str]:
    lines: list[str] = []
    for number, words in sorted(made.disclosures.items()):
        lines += [DISCLOSED.format(number), *words.split("\n\n")]
    return lines


def _line(one: Happened, made: Making) -> list[str]:
    times = f" ({one.times} times, the last then)" if one.times > 1 else ""
    return [f"{_utc(one.at)}", f"{one.who} {one.words}{times}, {in_zone(one.at, made.practice_zone)}"]


def _drawing(path: str) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}"><path d="{path}" fill="none" '
            'stroke="#10243a" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>')


def _qr(address: str) -> str:
    made = io.BytesIO()
    segno.make(address, error="m").save(made, kind="svg", xmldecl=False, scale=4, border=2, dark="#000")
    return made.getvalue().decode()


def _there(signature: Signature) -> str:
    if not signature.zone:
        return "the time zone of the signer was not told"
    return in_zone(signature.signed_at, signature.zone)


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _hex(value: Any) -> str:
    return bytes(value).hex()
