"""Documents of the demo world: an intake half filled, a consent to sign, an acknowledgement that was signed, a shared
PDF, a PHQ-9 that was handed in."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import typst

from models.accounts.practices import profile, today_here
from models.accounts.tables import Session
from models.clients.tables import Client, PortalAccess
from models.core.actor import AccessOf, Actor, Side
from models.core.change import change
from models.core.clock import now
from models.core.ids import new_id
from models.documents import answering, submitting
from models.documents.asking import Wanted, ask
from models.documents.filling import state_of
from models.documents.shareable import shareable
from models.documents.sheets import sheets_of
from models.documents.signature_asks import SignatureFields
from models.documents.signing import panel
from models.documents.tables import Document, Form, FormVersion
from models.files.bringing import Arrival, bring
from server import storage
from server.worlds import People

WORRIED = (1, 2, 1, 2, 0, 1, 1, 0, 0)  # PHQ-9, item by item: mild
PAPER = """#set page(paper: "us-letter", margin: 1in)
#set text(size: 11pt)
= Before your first visit
#v(1em)
Please come ten minutes early. The waiting room is on the second floor; the elevator is at the back of the hall.

Bring your insurance card and a list of the medication you take. Somebody may come with you.

If you cannot come, call us or cancel in the portal.
"""


async def add_documents(people: People, owner: Actor) -> None:
    """In the scope of a practice that is being made, after its forms."""
    ana, karen = await _person(people, "client", "client"), await _person(people, "parent", "teen")
    today = await today_here()
    async with change(owner, "document.share"):
        mood = await _form(owner, ana, "phq-9", 1)
        intake = await _form(owner, ana, "intake-adult", 2)
        await _form(owner, ana, "consent-treatment", 3)
        await ask(owner, await _access(ana), Wanted("file", await _paper(owner)), place=4)
        privacy = await _form(owner, ana, "privacy-practices", 5)
        await _form(owner, karen, "intake-child", 1)
        card = Wanted("request", title="Insurance card, front and back", due_on=today + timedelta(days=9))
        await ask(owner, await _access(karen), card, place=2)
    await _fill(ana, intake, {"today/why": "I sleep badly since I changed jobs.", "before/therapy": True}, page=2)
    await _fill(ana, mood, await _moods(mood), page=1)
    await submitting.submit(ana, mood.id)
    await _sign(ana, privacy)


async def _form(owner: Actor, person: Actor, made_from: str, place: int) -> Document:
    form = await Form.get(made_from=made_from)
    [found] = await shareable([form.id])
    return await ask(owner, await _access(person), Wanted("form", found.id), place=place)


async def _access(person: Actor) -> PortalAccess:
    return await PortalAccess.get(id=person.access.access_id if person.access else None)


async def _person(people: People, name: str, client: str) -> Actor:
    """Somebody of the cast, as they act in the portal."""
    access = await PortalAccess.get(id=people.accesses[name, client])
    record = await Client.get(id=access.client_id)
    seen = AccessOf(access.id, record.id, record.name, access.contact_id, permissions=frozenset(access.permissions))
    return Actor(people.practice_id, people.logins[name], Side.PORTAL, new_id(), record.name, accesses=(seen,),
                 access=seen)


async def _fill(person: Actor, document: Document, answers: dict[str, Any], *, page: int) -> None:
    state, _ = await state_of(document)
    await answering.note_opened(person, document, len(sheets_of(state)))
    for path, value in answers.items():
        await answering.answer(person, document.id, path=path, value=[value], page=page)


async def _sign(person: Actor, document: Document) -> None:
    """As its page would: the certificate says of itself that nobody sat at a screen."""
    await Session.create(id=person.session_id, login_id=person.login_id, side=Side.PORTAL, device="The demo world",
                         active_at=now(), ends_at=now(), ended_at=now(), began_by="nothing: the demo world was made")
    given = {"reach/ways": "By phone, only that we called", "agree/received": "I received it"}
    await _fill(person, document, given, page=3)
    shown = await panel(person, document)
    signature = SignatureFields(
        sign_name=shown.name, sign_shown=shown.shown, sign_disclosure=shown.disclosure.number, sign_agreed=True
    )
    await submitting.submit(person, document.id, signature=signature)


async def _moods(document: Document) -> dict[str, Any]:
    version = await FormVersion.get(id=document.version_id)
    group = orjson.loads(version.questionnaire)["item"][0]
    found = {}
    for item, chosen in zip(group["item"], WORRIED, strict=False):
        if item.get("answerOption"):
            found[f"{group['linkId']}/{item['linkId']}"] = item["answerOption"][chosen]["valueCoding"]
    return found


async def _paper(owner: Actor) -> UUID:
    """A PDF of one page, kept as if somebody had uploaded it."""
    said = (await profile()).name.replace('"', "")
    made = typst.compile(f'#align(right)[{said}]\n{PAPER}'.encode())
    arrival = Arrival("Before your first visit.pdf", "application/pdf", len(made), sha256(made).digest(), False, True)
    file = await bring(owner, arrival)
    with tempfile.TemporaryFile() as held:
        held.write(made)
        held.seek(0)
        await storage.keep(file.storage_key, held)
    return UUID(str(file.id))
