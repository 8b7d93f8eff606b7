"""The guide's sentences about the wizard, the modal of an invitation and the notice at its end, in the browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.async_api import expect

from models.clients.tables import Client, ClientContact, Contact, Invitation, PortalAccess
from tests.browser.newcomers import asking_nothing, comes_in
from tests.browser.test_invitation import card, newcomer
from tests.browser.test_onboarding_papers import CONSENT, asked_of, paper
from tests.browser.test_sharing import PDF, mails_to
from tests.support.papers import a_form

WHY = "What brings you here?"


@pytest.fixture
def pdf(tmp_path):
    made = tmp_path / "Fees.pdf"
    made.write_bytes(PDF)
    return made


async def with_a_mother(cast):
    """A minor of the practitioner, and a contact: nobody has access yet."""
    child = await newcomer(cast)

    async def work():
        await Client.filter(id=child).update(kind="minor", born_on=date(2015, 1, 2))
        ines = await Contact.create(name="Ines Lind", email=f"ines@{cast.subdomain}.test")
        await ClientContact.create(client_id=child, contact_id=ines.id, relation="mother")

    await cast.inside(work)
    return child


async def test_decide_what_features_to_enable_information_to_collect_and_forms_to_complete_or_sign(window, cast, pdf):
    await a_form(cast)
    client = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{client}/details")
    await maya.page.get_by_role("link", name="Start Setup").click()
    await maya.live()
    await maya.page.get_by_role("button", name="Continue").click()
    await maya.live()
    form = maya.page.locator("form", has=maya.page.get_by_role("button", name="Send invitation"))
    await form.get_by_role("checkbox", name="Online booking").uncheck()
    for one in await form.locator("select[name=asks]").all():
        await one.select_option("")
    await form.locator("select[name=asks]").first.select_option(label="Required")
    await paper(form, "Intake").select_option(label="Optional")
    await form.locator("add-file input[type=file]").set_input_files(pdf)
    await expect(paper(form, "Fees.pdf")).to_have_value("sign:required:" + await last_of(paper(form, "Fees.pdf")))
    await form.get_by_role("button", name="Send invitation").click()
    await expect(card(maya, "Rosa Lind")).to_contain_text("Invit")
    access = await cast.inside(lambda: PortalAccess.get(client_id=client))
    invitation = await cast.inside(lambda: Invitation.get(access_id=access.id))
    assert access.features_off == ["online-booking"] and list(invitation.asks.values()) == ["required"]
    assert [(one.title, one.signs, one.required) for one in await asked_of(cast, client)] == [
        ("Intake", False, False), ("Fees.pdf", True, True)]


async def last_of(select):
    return (await select.input_value()).rpartition(":")[2]


async def test_the_modal_lets_you_determine_access_and_select_any_consent_or_intake_forms(window, cast):
    await a_form(cast, CONSENT, kind="consent", guardian_signs=True)
    await a_form(cast)
    child = await with_a_mother(cast)
    maya = await window(cast, "practitioner", f"/clients/{child}/portal")
    await card(maya, "Rosa Lind").get_by_role("switch", name="Portal access of Rosa Lind").click()
    modal = maya.page.get_by_role("dialog", name="Invite Rosa Lind to the portal?")
    alone = modal.get_by_role("listitem").filter(has_text="Consent to treatment")
    await expect(alone).to_contain_text("is signed by a guardian")
    await expect(alone.get_by_role("combobox")).to_have_count(0)
    await modal.get_by_role("button", name="Not now").click()
    await card(maya, "Ines Lind").get_by_role("switch", name="Portal access of Ines Lind").click()
    modal = maya.page.get_by_role("dialog", name="Invite Ines Lind to the portal?")
    await modal.get_by_role("checkbox", name="Manage Documentation").check()
    await modal.get_by_role("checkbox", name="Secure Messaging").uncheck()
    await paper(modal, "Consent to treatment").select_option(label="Required")
    await paper(modal, "Intake").select_option(label="Optional")
    await modal.get_by_role("button", name="Send invitation").click()
    await expect(card(maya, "Ines Lind")).to_contain_text("Invit")
    access = await cast.inside(lambda: PortalAccess.filter(client_id=child, contact_id__isnull=False).first())
    assert "documentation" in access.permissions and access.features_off == ["messaging"]
    asked = await asked_of(cast, child)
    assert {one.access_id for one in asked} == {access.id}
    assert [(one.title, one.required) for one in asked] == [("Consent to treatment", True), ("Intake", False)]


async def test_we_send_a_notification_when_a_client_completes_their_onboarding_with_the_intake_paperwork(window, cast):
    await a_form(cast)
    client = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{client}/portal/{client}/invitation")
    form = await asking_nothing(maya)
    await paper(form, "Intake").select_option(label="Required")
    await form.get_by_role("button", name="Send invitation").click()
    await expect(card(maya, "Rosa Lind")).to_contain_text("Invit")
    await comes_in(cast, "rosa", client)
    rosa = await window(cast, "rosa", "/onboarding")
    await rosa.page.get_by_role("link", name="Intake").click()
    await rosa.live()
    await rosa.page.get_by_label(WHY).fill("I cannot sleep")
    await rosa.page.get_by_role("button", name="Next page").click()
    await rosa.page.get_by_role("button", name="Review").click()
    desk = f"practitioner@{cast.subdomain}.test"
    assert await mails_to(maya, desk, "finished onboarding", within=0) == 0, "not before it is handed in"
    await rosa.page.get_by_role("button", name="Hand in").click()
    await expect(rosa.page.get_by_text("That is all.")).to_be_visible()
    assert await mails_to(maya, desk, "finished onboarding") == 1
    await expect(card(maya, "Rosa Lind")).to_contain_text("Onboarding: 1 of 1 step")
