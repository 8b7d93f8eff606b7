"""Forms and documents of an invitation, from Start Setup to the notice that somebody has finished."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from models.core.database import execute
from models.documents.tables import Document
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
    form = desk.page.locator("form", has=desk.page.get_by_role("button", name="Send invitation"))
    for one in await form.locator("select[name=asks]").all():
        await one.select_option("")
    await paper(form, "Consent to treatment").select_option(label="Optional")
    await form.get_by_label("Files to ask for").fill("Insurance card")
    await form.get_by_role("combobox", name="Files").select_option(label="Required")
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
    login = await cast.inside(lambda: _come_in(client))
    cast.people.logins["rosa"], cast.people.clients["rosa"] = login, client
    rosa = await window(cast, "rosa", "/onboarding")
    assert await axe(rosa, axe_source) == []
    await rosa.page.get_by_role("button", name="Skip Consent to treatment").click()
    for title in ("Card.pdf", "Insurance card"):
        await rosa.go("/onboarding")
        await rosa.page.get_by_role("link", name=title).click()
        await rosa.live()
    await rosa.page.locator("give-files input[type=file]").set_input_files(pdf)
    await rosa.page.get_by_role("button", name="Send it").click()
    await expect(rosa.page.get_by_text("That is all.")).to_be_visible()
    assert await mails_to(maya, f"practitioner@{cast.subdomain}.test", "finished onboarding") == 1


async def _come_in(client):
    from models.core.database import fetch_one

    await execute("UPDATE portal_access SET accepted_at = now() WHERE client_id = $1", client)
    row = await fetch_one("SELECT login_id FROM portal_access WHERE client_id = $1", client)
    return row["login_id"]


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
