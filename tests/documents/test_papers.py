"""Papers of an invitation: consents, intake, documents to sign, files; onboarding is complete with the last one."""

from __future__ import annotations

from datetime import date

import pytest

from models.clients import onboarding
from models.clients.papers import paper_choices, usual_papers
from models.clients.portal_people import person_for
from models.clients.tables import Client, Invitation
from models.core.database import execute
from models.core.errors import Conflict, Invalid
from models.documents import answering, file_requests, papers
from models.documents.asking import Wanted
from models.documents.onboarding import goes_on, way_back
from models.documents.tables import Document
from tests.clients.portal.conftest import Portal
from tests.documents.desk import Desk, text_of
from tests.support.papers import a_form

CONSENT = {"resourceType": "Questionnaire", "status": "active", "title": "Consent to treatment",
           "item": [{"linkId": "ok", "type": "boolean", "text": "I agree"}]}


@pytest.fixture
def portal(cast):
    return Portal(cast)


async def documents_of(cast, client):
    async def work():
        return list(await Document.filter(client_id=client, withdrawn_at=None).order_by("place"))

    return await cast.inside(work)


async def accepted(cast, client, person=None):
    """As if they had come in by the link."""
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET accepted_at = now() WHERE client_id = $1 AND contact_id IS NOT DISTINCT FROM $2",
        client, person))


async def progress(cast, client):
    return await cast.inside(lambda: _progress(client))


async def _progress(client):
    invitation = await Invitation.filter(access_id__in=[
        one.access_id for one in await Document.filter(client_id=client)]).first()
    assert invitation is not None
    return await onboarding.stages_of(invitation, contact=False, permissions=()), invitation.onboarded_at


async def test_an_invitation_asks_for_forms_and_files_in_their_order(cast, portal):
    consent, intake = await a_form(cast, CONSENT, kind="consent"), await a_form(cast)
    rosa = await portal.newcomer()
    chosen = [f"form:required:{consent.id}", "request:optional:Insurance card", f"form:required:{intake.id}"]
    await portal.invite(rosa, documents=chosen)
    assert [(one.title, one.required, one.onboarding) for one in await documents_of(cast, rosa)] == [
        ("Consent to treatment", True, True), ("Insurance card", False, True), ("Intake", True, True)]
    stages, done = await progress(cast, rosa)
    assert [(one.title, one.wish, one.open) for one in stages] == [
        ("Consent to treatment", "required", True), ("Insurance card", "optional", True), ("Intake", "required", True)]
    assert done is None


async def test_another_invitation_takes_back_what_it_does_not_ask(cast, portal):
    consent, intake = await a_form(cast, CONSENT, kind="consent"), await a_form(cast)
    rosa = await portal.newcomer()
    await portal.invite(rosa, documents=[f"form:required:{consent.id}", f"form:required:{intake.id}"])
    [first, _] = await documents_of(cast, rosa)
    await portal.invite(rosa, documents=[f"form:optional:{consent.id}"])
    [kept] = await documents_of(cast, rosa)
    assert kept.id == first.id and kept.required is False


async def test_a_form_that_a_guardian_signs_is_not_asked_of_a_minor_by_an_invitation(cast, portal):
    form = await a_form(cast, CONSENT, kind="consent", guardian_signs=True)
    rosa = await portal.newcomer()
    await cast.inside(lambda: Client.filter(id=rosa).update(kind="minor", born_on=date(2015, 1, 2)))
    with pytest.raises(Invalid):
        await portal.invite(rosa, documents=[f"form:required:{form.id}"])
    ines = await portal.contact(rosa)
    await portal.invite(rosa, ines, permissions=["documentation"], documents=[f"form:required:{form.id}"])
    assert len(await documents_of(cast, rosa)) == 1


async def test_what_a_practice_usually_asks_goes_with_each_invitation_as_far_as_it_fits(cast, portal):
    from models.clients import invitation_settings

    adult, minor = await a_form(cast), await a_form(cast, CONSENT, guardian_signs=True)
    owner = await cast.actor("owner")
    words = [f"form:required:{adult.id}", f"form:required:{minor.id}", "request:required:Insurance card"]
    await cast.inside(lambda: invitation_settings.configure(
        owner, asks={}, reminders=True, tells_front_desk=False, documents=words))
    rosa = await portal.newcomer()
    client = await cast.inside(lambda: Client.get(id=rosa))
    assert await cast.inside(lambda: usual_papers(client, None)) == words
    client.kind = "minor"
    assert await cast.inside(lambda: usual_papers(client, None)) == [words[0], words[2]]
    await portal.invite(rosa)
    assert len(await documents_of(cast, rosa)) == 3
    person = await cast.inside(lambda: person_for(owner, rosa, rosa))
    shown = await cast.inside(lambda: paper_choices(person))
    assert [one["wish"] for one in shown][:3] == ["required"] * 3


async def test_onboarding_is_complete_when_the_last_is_submitted_and_then_the_notice_goes(cast, portal):
    rosa = await portal.newcomer()
    await portal.invite(rosa, documents=["request:required:Insurance card", "request:optional:Old records"])
    await accepted(cast, rosa)
    card, old = await documents_of(cast, rosa)
    desk = Desk(cast)
    actor = await acting(cast, rosa)
    file = await upload(cast, actor)
    await cast.inside(lambda: file_requests.add_files(actor, card.id, [file]))
    assert [one.how_far for one in (await progress(cast, rosa))[0]] == ["Begun, go on", ""]
    await cast.inside(lambda: file_requests.hand_in(actor, card.id))
    assert (await progress(cast, rosa))[1] is None and await desk.events("onboarding.completed") == []
    assert await cast.inside(lambda: goes_on(actor, card)) == f"/documents/{old.id}"
    assert await cast.inside(lambda: way_back(actor, old)) == ("Getting started", "/onboarding")
    await cast.inside(lambda: onboarding.skip_step(actor, f"document-{old.id}"))
    assert await cast.inside(lambda: way_back(actor, card)) == ("Documents & Forms", "/documents")
    assert (await progress(cast, rosa))[1] is not None
    assert len(await desk.events("onboarding.completed")) == 1
    [mail] = [one for one in await desk.mails() if "finished onboarding" in one["Subject"]]
    assert "Insurance" not in text_of(mail) and "Rosa" not in text_of(mail)


async def test_what_is_required_cannot_be_skipped(cast, portal):
    rosa = await portal.newcomer()
    await portal.invite(rosa, documents=["request:required:Insurance card"])
    await accepted(cast, rosa)
    [card], actor = await documents_of(cast, rosa), await acting(cast, rosa)
    with pytest.raises(Conflict):
        await cast.inside(lambda: onboarding.skip_step(actor, f"document-{card.id}"))


async def test_taking_back_the_last_one_completes_it(cast, portal):
    rosa = await portal.newcomer()
    await portal.invite(rosa, documents=["request:required:Insurance card"])
    await accepted(cast, rosa)
    cast.people.clients["rosa"] = rosa
    desk = Desk(cast, "rosa")
    await desk.save([], ["rosa"], message=None)
    assert len(await desk.events("onboarding.completed")) == 1


async def test_of_a_contact_papers_are_asked_while_they_manage_documentation(cast, portal):
    rosa = await portal.newcomer()
    ines = await portal.contact(rosa)
    await portal.invite(rosa, ines, permissions=[], documents=["request:required:Insurance card"])
    [card] = await documents_of(cast, rosa)

    async def stages(permissions):
        return await papers.PAPERS.stages(card.access_id, True, permissions)

    assert await cast.inside(lambda: stages(())) == []
    assert [one.title for one in await cast.inside(lambda: stages(("documentation",)))] == ["Insurance card"]


async def test_a_document_to_sign_joins_an_invitation(cast, portal):
    rosa, desk = await portal.newcomer(), Desk(cast)
    file = await desk.file("Fees.pdf")
    await portal.invite(rosa, documents=[f"sign:required:{file}"])
    [one] = await documents_of(cast, rosa)
    assert (one.kind, one.signs, one.title) == ("file", True, "Fees.pdf")


async def test_words_that_say_nothing_are_nothing(cast):
    said = ["", "form", "form:required:", "form:maybe:1", "form:required:no-id", "request:required: ", "x:required:y"]
    assert [papers.wanted_of(one) for one in said] == [None] * len(said)
    assert papers.wanted_of("request:optional:Card") == Wanted("request", title="Card", required=False)


async def test_staff_read_how_far_onboarding_is_with_its_papers(cast, portal):
    rosa = await portal.newcomer()
    await portal.invite(rosa, documents=["request:required:Insurance card"], asks={"preferences": "required"})
    await accepted(cast, rosa)
    card = await portal.card(rosa)
    assert (card.steps_done, card.steps) == (0, 2)


async def acting(cast, client):
    """The newcomer, signed in."""
    [row] = await Desk(cast).rows("SELECT login_id FROM portal_access WHERE client_id = $1", client)
    cast.people.logins["rosa"] = row["login_id"]
    cast.people.clients["rosa"] = client
    return await cast.actor("rosa", client="rosa")


async def upload(cast, actor):
    from models.files.bringing import Arrival, bring

    return (await cast.inside(lambda: bring(actor, Arrival("card.jpg", "image/jpeg", 9, b"x" * 32, False, True)))).id


async def test_inviting_several_asks_each_what_is_usual(cast, portal):
    from models.clients import invitation_settings
    from models.clients.inviting_many import invite_many

    owner = await cast.actor("owner")
    await cast.inside(lambda: invitation_settings.configure(
        owner, asks={}, reminders=True, tells_front_desk=False, documents=["request:required:Insurance card"]))
    rosa, tom = await portal.newcomer(), await portal.newcomer("Tom Reed")
    actor = await cast.actor("practitioner")
    await cast.inside(lambda: invite_many(actor, [rosa, tom]))
    assert [len(await documents_of(cast, one)) for one in (rosa, tom)] == [1, 1]


async def test_a_form_that_is_handed_in_ends_the_onboarding_and_leads_back_to_it(cast, portal, browse):
    intake, rosa = await a_form(cast), await portal.newcomer()
    await portal.invite(rosa, documents=[f"form:required:{intake.id}"])
    await accepted(cast, rosa)
    [document], actor = await documents_of(cast, rosa), await acting(cast, rosa)
    await cast.inside(lambda: answering.answer(actor, document.id, path="about/why", value=["Sleep"]))
    done = await (await browse(cast, "rosa")).post(f"/documents/{document.id}/submit")
    assert done.status_code == 303 and done.headers["Location"].endswith("/onboarding")
    assert (await progress(cast, rosa))[1] is not None
    assert len(await Desk(cast).events("onboarding.completed")) == 1
