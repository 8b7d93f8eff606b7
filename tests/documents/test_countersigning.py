"""Staff sign beside: after the person, with the right for it, once."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from models.clients.tables import PortalAccess
from models.core.change import change
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Missing
from models.documents import countersigning
from models.documents.asking import Wanted, ask
from models.documents.copies import making
from models.documents.shareable import shareable
from models.documents.shelving import change_form
from models.documents.signatures import signatures_for_staff
from models.documents.tables import Document, Signature
from models.documents.voiding import void
from tests.documents.test_signing import _agree
from tests.support.papers import a_form, access_of
from tests.support.signing import CONSENT, a_file_to_sign, beside, make_copy, signed_file


async def _panel(cast, who, document):
    return await cast.inside(lambda: _found(who, document))


async def _found(who, document):
    return await countersigning.countersign_panel(who, await Document.get(id=document.id))


async def _countersign(cast, name: str, document, **more):
    who = await cast.actor(name)
    panel = await _panel(cast, who, document)
    assert panel is not None
    sent = beside(panel, **more)
    return await cast.inside(lambda: countersigning.countersign(who, document.client_id, document.id, sent))


async def test_the_practitioner_signs_after_the_client_and_the_copy_has_both(cast):
    document = await signed_file(cast, countersigns=True)
    await make_copy(cast, document)
    await _countersign(cast, "practitioner", document)
    second = await cast.inside(lambda: Signature.get(document_id=document.id, role="staff"))
    first = await cast.inside(lambda: Signature.get(document_id=document.id, role="recipient"))
    shown = json.loads(second.shown)
    assert shown["beside"] == bytes(first.shown_sha256).hex() == sha256(first.shown.encode()).hexdigest()
    assert shown["file"] == json.loads(first.shown)["file"], "what was signed, and no other thing"
    made = await cast.inside(lambda: making(document.id))
    assert made is not None and [one.signature.role for one in made.signed] == ["recipient", "staff"]
    copy, _ = await make_copy(cast, document)
    assert copy.after == 3


async def test_nobody_of_staff_signs_first(cast):
    document = await a_file_to_sign(cast, countersigns=True)
    practitioner = await cast.actor("practitioner")
    assert await _panel(cast, practitioner, document) is None
    sent = beside(await _panel_elsewhere(cast))
    with pytest.raises(Conflict) as refused:
        await cast.inside(
            lambda: countersigning.countersign(practitioner, document.client_id, document.id, sent)
        )
    assert refused.value.code == "not-signed-yet"


async def _panel_elsewhere(cast):
    other = await signed_file(cast, countersigns=True)
    panel = await _panel(cast, await cast.actor("practitioner"), other)
    assert panel is not None
    return panel


async def test_who_reads_but_is_neither_assigned_nor_supervises_does_not_sign(cast):
    document = await signed_file(cast, countersigns=True)
    sent = beside(await _panel_elsewhere(cast))
    make_clinical = "UPDATE staff_member SET all_clients = true, clinical = true WHERE login_id = $1"
    await cast.inside(lambda: execute(make_clinical, cast.people.logins["owner"]))
    await cast.inside(lambda: execute("DELETE FROM assignment WHERE staff_id = $1", cast.people.staff["owner"]))
    owner = await cast.actor("owner")
    assert await _panel(cast, owner, document) is None
    with pytest.raises(Forbidden) as refused:
        await cast.inside(lambda: countersigning.countersign(owner, document.client_id, document.id, sent))
    assert refused.value.code == "not-countersigner"
    for name in ("frontdesk", "biller"):
        other = await cast.actor(name)
        with pytest.raises((Forbidden, Missing)):
            await cast.inside(
                lambda who=other: countersigning.countersign(who, document.client_id, document.id, sent)
            )


async def test_a_supervisor_signs_beside_for_whom_they_supervise(cast):
    document = await signed_file(cast, countersigns=True)
    await _countersign(cast, "supervisor", document)


async def test_a_second_colleague_is_told_that_it_was_signed(cast):
    document = await signed_file(cast, countersigns=True)
    sent = beside(await _panel_elsewhere(cast))
    await _countersign(cast, "practitioner", document)
    supervisor = await cast.actor("supervisor")
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: countersigning.countersign(supervisor, document.client_id, document.id, sent))
    assert refused.value.code == "signed-already"


async def test_what_is_void_is_signed_no_more(cast):
    document = await signed_file(cast, countersigns=True)
    practitioner = await cast.actor("practitioner")
    sent = beside(await _panel_elsewhere(cast))
    await cast.inside(lambda: void(practitioner, document.client_id, document.id, "Sent to the wrong person"))
    with pytest.raises(Conflict):
        await cast.inside(
            lambda: countersigning.countersign(practitioner, document.client_id, document.id, sent)
        )


async def test_what_waits_for_nobody_may_be_signed_beside_all_the_same(cast):
    document = await signed_file(cast)
    practitioner = await cast.actor("practitioner")
    found = await cast.inside(lambda: signatures_for_staff(practitioner, document))
    assert found.panel is not None and not found.waits
    await _countersign(cast, "practitioner", document)


async def test_a_form_of_the_library_that_staff_sign_beside_is_asked_so(cast):
    owner, form = await cast.actor("owner"), await a_form(cast, CONSENT, kind="consent", signs=True)
    await cast.inside(lambda: change_form(
        owner, form.id, kind="consent", title=form.title, guardian_signs=False, countersigns=True
    ))
    (found,) = await cast.inside(lambda: shareable([form.id]))
    assert found.countersigns

    async def asked():
        access = await PortalAccess.get(id=(await access_of(cast, "client"))["id"])
        async with change(owner, "document.share"):
            return await ask(owner, access, Wanted("form", form.id), place=1)

    assert (await cast.inside(asked)).countersigns


async def test_staff_see_that_it_waits_for_them(cast):
    document, practitioner = await signed_file(cast, countersigns=True), await cast.actor("practitioner")
    await _agree(cast, practitioner)
    found = await cast.inside(lambda: signatures_for_staff(practitioner, document))
    assert found.waits and found.panel is not None and found.voids
    assert found.panel.agreed_at, "agreed once, and not asked again"
