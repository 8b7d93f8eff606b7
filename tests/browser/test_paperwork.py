"""Paperwork between people, in the browser: whose it is, who fills it in for whom, and who watches it happen."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from models.core.change import change
from models.documents.events import SHARED
from models.documents.telling import tell
from tests.browser.form_filling import sent
from tests.browser.test_filling import WHY, stands, take_back
from tests.browser.window import axe
from tests.documents.conftest import THOUGHTS, Paper
from tests.support.papers import INTAKE
from tests.support.signing import CONSENT

HOURS = "How many hours do you sleep?"
SAVED = "[data-saved][data-state=saved]"


@pytest.fixture
def paper(cast):
    return Paper(cast)


async def told(cast, document):
    """That it was shared, as sharing tells it."""
    maya = await cast.actor("practitioner")

    async def shared():
        async with change(maya, "document.share"):
            await tell(maya, SHARED, document)

    await cast.inside(shared)


async def test_contacts_can_fill_out_paperwork_on_behalf_of_the_minor(window, cast, paper):
    document, child = await paper.ask("parent", client="child"), cast.clients["child"]
    karen = await window(cast, "parent", f"/for/{child}/documents", width=390, has_touch=True)
    await karen.page.get_by_role("link", name="Intake").tap()
    await karen.live()
    await expect(karen.page.get_by_role("banner")).to_contain_text("Intake for Nora")
    await karen.page.get_by_label(WHY).fill("She wakes at four")
    await karen.page.get_by_role("button", name="Next page").tap()
    await karen.page.get_by_role("button", name="Review").tap()
    await karen.page.get_by_role("button", name="Hand in").tap()
    await expect(karen.page.get_by_role("main")).to_contain_text("Receipt")
    maya = await window(cast, "supervisor", f"/clients/{child}/documents/{document.id}")
    main = maya.page.get_by_role("main")
    await expect(main).to_contain_text("Asked of Karen Marsh, for Nora Marsh")
    await expect(main).to_contain_text("She wakes at four")
    await expect(main).to_contain_text("Karen Marsh handed it in")


async def test_contacts_and_clients_can_only_see_paperwork_that_was_explicitly_shared_with_them(window, cast, paper):
    teen = cast.clients["teen"]
    asked = {"parent": await paper.ask("parent", {**INTAKE, "title": "Karen’s form"}, client="teen"),
             "coparent": await paper.ask("coparent", {**INTAKE, "title": "David’s form"}, client="teen")}
    roots = {"parent": f"/for/{teen}", "coparent": "", "teen": ""}
    for who, root in roots.items():
        seen = await window(cast, who, f"{root}/documents")
        main = seen.page.get_by_role("main")
        for whose, document in asked.items():
            await expect(main.get_by_role("link", name=document.title)).to_have_count(int(whose == who))
            status, body = await seen.get(f"{root}/documents/{document.id}")
            assert (status == 200) is (whose == who) and (status == 200 or b"form" not in body), (who, whose, status)
        if who == "teen":
            await expect(main).to_contain_text("Nothing to do")
        for whose, document in asked.items():
            assert whose == who or str(document.id) not in await seen.wires()


async def test_the_bar_counts_what_is_to_do_and_follows_what_is_shared_withdrawn_and_handed_in(window, cast, paper):
    ana = await window(cast, "client", "/home", width=390)
    entry = ana.page.get_by_role("navigation", name="Main").get_by_role("link", name="Documents & Forms")
    await expect(entry.locator(".count")).to_have_count(0)
    first, second = await paper.ask(), await paper.ask(questionnaire=THOUGHTS)
    await told(cast, first)
    await expect(entry.locator(".count")).to_have_text(", 2 to do")
    await take_back(cast, second)
    await expect(entry.locator(".count")).to_have_text(", 1 to do")
    await paper.answer(first, "about/why", "I cannot sleep")
    await paper.submit(first)
    await expect(entry.locator(".count")).to_have_count(0)


async def test_staff_see_each_answer_as_it_is_given(window, cast, paper):
    document = await paper.ask()
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/documents/{document.id}")
    main = maya.page.get_by_role("main")
    ana = await window(cast, "client", f"/documents/{document.id}")
    for words in ("I cannot", "I cannot sleep", "I cannot sleep at all"):
        await ana.page.get_by_label(WHY).fill(words)
        await expect(main.locator(".answer-said").first).to_have_text(words)
    await expect(main).to_contain_text("Page 1 of 2")
    await expect(main).to_contain_text("just now", ignore_case=True)


async def test_a_review_that_stands_open_leads_to_the_receipt_when_it_is_handed_in_elsewhere(window, cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    ana = await window(cast, "client", f"/documents/{document.id}/review")
    await expect(ana.page.get_by_role("button", name="Hand in")).to_be_visible()
    await paper.submit(document)
    await expect(ana.page.get_by_role("main")).to_contain_text("Receipt")


async def test_what_happened_with_documents_stands_on_the_overview_at_once(window, cast, paper):
    document = await paper.ask()
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}")
    lately = maya.page.get_by_role("region", name="Lately")
    await told(cast, document)
    await expect(lately).to_contain_text("Maya Okafor shared a document")
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.submit(document)
    await expect(lately).to_contain_text("Ana Beltrán handed in a document")
    await lately.get_by_role("link", name="handed in a document").click()
    await expect(maya.page.get_by_role("heading", name="Intake")).to_be_visible()


async def test_staff_fill_in_what_is_signed_each_answer_says_so_and_the_client_signs(window, cast, paper):
    document = await paper.ask(questionnaire=CONSENT, signs=True)
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/documents/{document.id}")
    await maya.page.get_by_role("link", name="Fill in for Ana").click()
    await maya.live()
    asked = maya.page.locator("[data-path=reached]").get_by_role("textbox")
    await asked.fill("Ada")
    await expect(maya.page.locator(SAVED)).to_be_visible()
    await maya.page.locator("[data-go]").click()
    await expect(maya.page.get_by_role("main")).to_contain_text("Ana Beltrán signs this and hands it in")
    await expect(maya.page.get_by_role("button", name="Hand in")).to_have_count(0)
    await maya.page.get_by_role("link", name="Leave it to Ana").click()
    await expect(maya.page.get_by_role("main")).to_contain_text("Filled in by Maya Okafor")
    ana = await window(cast, "client", f"/documents/{document.id}")
    await expect(ana.page.get_by_role("main")).to_contain_text("Maya Okafor filled in some of this for you")
    await ana.page.locator("[data-go]").click()
    await expect(ana.page.get_by_role("main")).to_contain_text("Filled in by Maya Okafor")
    await expect(ana.page.get_by_role("button", name="Sign and hand in")).to_be_visible()


async def test_what_was_answered_on_a_phone_meanwhile_stands_on_the_laptop_that_was_offline(window, cast, paper):
    document = await paper.ask()
    laptop = await window(cast, "client", f"/documents/{document.id}")
    phone = await window(cast, "client", f"/documents/{document.id}?page=2", width=390)
    await laptop.context.set_offline(True)
    await expect(laptop.page.locator("live-state[state=offline]")).to_be_attached(timeout=20_000)
    await phone.page.get_by_label(HOURS).fill("5")
    await sent(phone.page)  # a page whose line came late says that all is saved before anything is typed
    assert await stands(cast, document) == {"sleep/hours": [5]}
    # as if the laptop had been in a drawer: what it knows was typed long after what the phone said
    await laptop.page.evaluate("""() => {
      const real = Date.now
      Date.now = () => real() + 10 * 60_000
    }""")
    await laptop.page.get_by_label(WHY).fill("Typed in the drawer")
    await laptop.context.set_offline(False)
    await expect(laptop.page.locator(SAVED)).to_be_visible(timeout=20_000)
    await laptop.page.get_by_role("button", name="Next page").click()
    await expect(laptop.page.get_by_label(HOURS)).to_have_value("5")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
async def test_pages_of_who_fills_in_for_another_are_for_any_keyboard_or_reader(
    window, cast, paper, axe_source, width, scheme
):
    document = await paper.ask()
    await paper.answer(document, "about/why", "Told on the phone", who="practitioner")
    form = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    here = f"/clients/{cast.clients['client']}"
    maya = await window(cast, "practitioner", here, **form)
    for path in (here, f"{here}/documents/{document.id}", f"{here}/documents/{document.id}/fill",
                 f"{here}/documents/{document.id}/fill/review"):
        await maya.go(path)
        assert await axe(maya, axe_source) == [], path
    ana = await window(cast, "client", f"/documents/{document.id}", **form)
    assert await axe(ana, axe_source) == []
