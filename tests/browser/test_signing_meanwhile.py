"""What happens elsewhere while somebody has a document open: it is voided, taken back, the session ends, a proof is
asked for; and an alert reaches who stands in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from models.core.change import change
from models.core.clock import now
from models.core.database import execute
from models.documents.filling import answers_of
from models.documents.ready import READY
from models.documents.tables import Document, Signature
from models.documents.texts import parsed
from models.documents.voiding import void
from models.documents.withdrawing import withdraw
from models.messaging import away
from server.worlds import PASSWORD
from tests.browser.form_filling import sent
from tests.browser.test_fit import SIDEWAYS
from tests.browser.test_signatures import PHONE, WIDE
from tests.documents.conftest import Paper
from tests.support.signing import a_file_to_sign, signed_file

WHY = "What brings you here?"
LONG_AGO = "UPDATE session SET proved_at = now() - interval '11 minutes'"
ENDED = "UPDATE session SET ended_at = now() WHERE side = 'portal'"
CONFIRMS = """INSERT INTO signing_settings (confirms) VALUES (true)
  ON CONFLICT (practice_id) DO UPDATE SET confirms = true"""


@pytest.fixture
def paper(cast):
    return Paper(cast)


# Answers go out one after the other, from one tab at a time: whoever has this lock lets none go.
HELD = """(name) => new Promise((held) => {
  navigator.locks.request(name, () => { held(); return new Promise((go) => { globalThis.letGo = go }) })
})"""


async def _ends_unsent(cast, seen, label, words):
    """The session ends while this answer waits to be sent. From then on the page may learn of it at any moment."""
    await seen.page.evaluate(HELD, f"portico-answers:{cast.people.logins['client']}:portal")
    await seen.page.get_by_label(label).fill(words)
    await cast.inside(lambda: execute(ENDED))
    await seen.page.evaluate("letGo()")


async def _signs_in_again(cast, seen):
    dialog = seen.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("What you had written is kept", timeout=30_000)
    await dialog.get_by_label("E-mail").fill(f"client@{cast.subdomain}.test")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Sign in", exact=True).click()
    await seen.live()


@pytest.mark.parametrize("how", [WIDE, PHONE], ids=["desk", "phone"])
async def test_a_signed_file_that_is_voided_says_so_at_once_to_its_signer(window, cast, how):
    document, maya = await signed_file(cast), await cast.actor("practitioner")
    ana = await window(cast, "client", f"/documents/{document.id}/sign", **how)
    assert await ana.page.get_by_text("This document is void").count() == 0
    await cast.inside(lambda: void(maya, document.client_id, document.id, "Signed for the wrong child"))
    await expect(ana.page.locator("[data-part=void]")).to_contain_text("Signed for the wrong child")
    await expect(ana.page.locator("[data-part=signed] .chip")).to_have_text("Void")
    assert not await ana.page.evaluate(SIDEWAYS)


async def test_a_file_that_is_taken_back_before_it_is_signed_says_so_at_once(window, cast):
    document, maya = await a_file_to_sign(cast), await cast.actor("practitioner")
    ana = await window(cast, "client", f"/documents/{document.id}/sign")
    await expect(ana.page.get_by_role("button", name="Sign this document")).to_be_visible()

    async def take_back():
        async with change(maya, "document.withdraw"):
            await withdraw(maya, await Document.get(id=document.id))

    await cast.inside(take_back)
    await expect(ana.page.get_by_role("alert")).to_contain_text("The practice took this document back")
    await expect(ana.page.get_by_role("button", name="Sign this document")).to_be_hidden()


@pytest.mark.parametrize("how", [WIDE, PHONE], ids=["desk", "phone"])
async def test_who_is_asked_for_a_proof_when_signing_reads_that_nothing_is_signed_yet_and_then_signs(
    window, cast, how
):
    document, name = await a_file_to_sign(cast), (await cast.actor("client")).name
    await cast.inside(lambda: execute(CONFIRMS))
    ana = await window(cast, "client", "/documents", **how)
    await cast.inside(lambda: execute(LONG_AGO))
    await ana.go(f"/documents/{document.id}/sign")
    await ana.page.get_by_label("Your full name").fill(name)
    await ana.page.get_by_label("I have read this, and I agree to sign electronically").check()
    await ana.page.get_by_role("button", name="Sign this document").click()
    await expect(ana.page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    await ana.page.get_by_label("Password").fill("not this one")
    await ana.page.get_by_role("button", name="Go on").click()
    await expect(ana.page.get_by_text("This is not your password.")).to_be_visible()
    await ana.page.get_by_label("Password").fill(PASSWORD)
    await ana.page.get_by_role("button", name="Go on").click()
    await expect(ana.page.get_by_text(f"Nothing is signed yet. With this button you sign, as {name},")).to_be_visible()
    assert not await ana.page.evaluate(SIDEWAYS)
    await ana.page.get_by_role("button", name="Sign now").click()
    await expect(ana.page.get_by_text(f"Signed by {name}")).to_be_visible()
    assert (await cast.inside(lambda: Signature.get(document_id=document.id))).name == name


async def test_a_session_that_ends_while_a_form_is_open_loses_nothing_and_the_form_goes_on(window, cast, paper):
    document = await paper.ask()
    ana = await window(cast, "client", f"/documents/{document.id}", **PHONE)
    await ana.page.get_by_label(WHY).fill("First words")
    await sent(ana.page)
    await _ends_unsent(cast, ana, WHY, "First words, and what is on its way as it ends")
    await _signs_in_again(cast, ana)
    await expect(ana.page.get_by_label(WHY)).to_have_value("First words, and what is on its way as it ends")
    await sent(ana.page)
    await ana.page.locator("[data-go]").click()
    await _ends_unsent(cast, ana, "How many hours do you sleep?", "5")
    await _signs_in_again(cast, ana)
    await sent(ana.page)
    found = await cast.inside(lambda: answers_of(document.id))
    assert found == {"about/why": ["First words, and what is on its way as it ends"], "sleep/hours": [5]}
    await ana.go(f"/documents/{document.id}/review")
    await ana.page.get_by_role("button", name="Hand in").click()
    await expect(ana.page.get_by_role("main")).to_contain_text("Handed in")


@pytest.mark.parametrize("how", [WIDE, PHONE], ids=["desk", "phone"])
async def test_an_answer_that_may_mean_danger_stands_on_todays_page_of_the_practitioner_and_of_who_stands_in(
    window, cast, paper, how
):
    maya, cover, at = await cast.actor("practitioner"), await cast.actor("owner"), now()
    await cast.inside(lambda: away.set_away(
        maya, starts_at=at - timedelta(hours=1), ends_at=at + timedelta(days=3), text="Away", cover_id=cover.staff_id))
    document = await paper.ask(questionnaire=parsed(READY["phq-9"].source))
    seen = [await window(cast, name, "/today", **how) for name in ("practitioner", "owner")]
    for one in seen:
        await expect(one.page.locator(".page-head")).to_contain_text("Nothing is waiting for you.")
    ana = await window(cast, "client", f"/documents/{document.id}", **how)
    item = ana.page.locator('[data-path="problems/phq9-9"]')
    await item.get_by_role("radio").nth(2).check()
    await expect(ana.page.get_by_text("Nobody watches this form as you fill it in.")).to_be_visible()
    for one in seen:
        await expect(one.page.get_by_role("alert")).to_contain_text("An answer of Ana Beltrán may mean danger")
        await expect(one.page.locator(".page-head")).to_contain_text("One answer that may mean danger is waiting.")
        await expect(one.page.get_by_text("Nothing else needs you")).to_be_visible()
        assert not await one.page.evaluate(SIDEWAYS)
    mine, theirs = seen
    await expect(theirs.page.get_by_role("alert")).to_contain_text("You stand in for Maya Okafor")
    await theirs.page.get_by_role("link", name="Open the alert").click()
    await expect(theirs.page.get_by_role("main")).to_contain_text("More than half the days")
    await theirs.page.get_by_role("button", name="I take care of it").click()
    await expect(mine.page.locator(".page-head")).to_contain_text("Nothing is waiting for you.")
    await expect(mine.page.get_by_role("alert")).to_have_count(0)
