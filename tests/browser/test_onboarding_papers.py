"""Forms and documents of an invitation, from Start Setup to the notice that somebody has finished."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from models.documents.tables import Document
from tests.browser.newcomers import asking_nothing, comes_in
from tests.browser.test_file_requests import all_here
from tests.browser.test_invitation import newcomer
from tests.browser.test_sharing import PDF, mails_to
from tests.browser.window import axe
from tests.support.papers import a_form

CONSENT = {"resourceType": "Questionnaire", "status": "active", "title": "Consent to treatment",
           "item": [{"linkId": "ok", "type": "boolean", "text": "I agree"}]}


@pytest.fixture
def pdf(tmp_path) -> Path:
    made = Path(tmp_path) / "Card.pdf"
    made.write_bytes(PDF)
    return made


async def asked_of(cast, client):
    async def work():
        return list(await Document.filter(client_id=client, withdrawn_at=None).order_by("place"))

    return await cast.inside(work)


def paper(form, title):
    return form.get_by_role("listitem").filter(has_text=title).get_by_role("combobox")


async def invited_by_setup(desk, client, pdf):
    """Page two of Start Setup: a consent, a document to sign, a file to send in; in another order."""
    form = await asking_nothing(desk)
    await paper(form, "Consent to treatment").select_option(label="Optional")
    await form.get_by_label("Files to ask for").fill("Insurance card")
    await form.locator("add-file input[type=file]").set_input_files(pdf)
    await paper(form, "Card.pdf").select_option(label="To read, optional")
    await form.get_by_role("button", name="Move Consent to treatment").focus()
    await desk.page.keyboard.press("ArrowDown")
    await form.get_by_role("button", name="Send invitation").click()


async def test_select_any_consent_or_intake_forms_and_the_notice_goes_when_all_of_it_is_done(
    window, cast, pdf, axe_source
):
    await a_form(cast, CONSENT, kind="consent")
    await a_form(cast)
    client = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{client}/setup/portal")
    assert await axe(maya, axe_source) == []
    await invited_by_setup(maya, client, pdf)
    await expect(maya.page.get_by_role("article", name="Rosa Lind")).to_be_visible()
    titles = [(one.title, one.required) for one in await asked_of(cast, client)]
    assert sorted(titles) == [("Card.pdf", False), ("Consent to treatment", False), ("Insurance card", True)]
    await comes_in(cast, "rosa", client)
    rosa = await window(cast, "rosa", "/onboarding")
    assert await axe(rosa, axe_source) == []
    await rosa.page.get_by_role("button", name="Skip Consent to treatment").click()
    for title in ("Card.pdf", "Insurance card"):
        await rosa.go("/onboarding")
        await rosa.page.get_by_role("link", name=title).click()
        await rosa.live()
    await rosa.page.locator("give-files input[type=file]").first.set_input_files(pdf)
    await all_here(rosa)
    await rosa.page.get_by_role("button", name="Send it").click()
    await expect(rosa.page.get_by_text("That is all.")).to_be_visible()
    assert await mails_to(maya, f"practitioner@{cast.subdomain}.test", "finished onboarding") == 1


async def test_how_an_invitation_is_sent_stays_in_sight_however_much_it_can_ask(window, cast):
    await a_form(cast)
    client = await newcomer(cast)
    for width, opener in ((1280, ("switch", "Portal access of Rosa Lind")), (390, ("button", "Send invitation"))):
        maya = await window(cast, "practitioner", f"/clients/{client}/portal", width=width)
        await maya.page.get_by_role(opener[0], name=opener[1]).click()
        dialog = maya.page.get_by_role("dialog", name="Invite")
        await expect(dialog).to_be_visible()
        assert await dialog.evaluate("one => one.scrollHeight > one.clientHeight"), "else all of it is in sight anyway"
        await expect(dialog.get_by_role("button", name="Send invitation")).to_be_in_viewport(ratio=1)
        last = dialog.get_by_label("Message to")
        await last.focus()
        await expect(last).to_be_in_viewport(ratio=1)
        below, above = await last.bounding_box(), await dialog.locator(".acts").bounding_box()
        assert below["y"] + below["height"] <= above["y"], "what has the focus is not behind it"


async def test_account_settings_say_what_is_usually_asked(window, cast, axe_source):
    await a_form(cast, CONSENT, kind="consent")
    owner = await window(cast, "owner", "/settings/invitations")
    assert await axe(owner, axe_source) == []
    await owner.page.get_by_role("listitem").filter(has_text="Consent to treatment").get_by_role(
        "combobox").select_option(label="Required")
    await owner.page.get_by_role("button", name="Save").click()
    await owner.live()
    client = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{client}/setup/portal")
    chosen = maya.page.get_by_role("listitem").filter(has_text="Consent to treatment").get_by_role("combobox")
    await expect(chosen).to_have_value("form:required:" + (await chosen.input_value()).rpartition(":")[2])
