"""Filling in a form, in the browser: saved field by field, resumed elsewhere, offline too, reviewed, handed in."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from pypdf import PdfReader

from models.core.clock import now
from models.core.database import execute
from models.documents.events import WITHDRAWN
from models.documents.filling import answers_of
from models.documents.tables import Document
from models.documents.telling import tell
from tests.browser.form_filling import sent
from tests.browser.window import axe
from tests.documents.conftest import THOUGHTS, Paper
from tests.documents.sampler import SAMPLER

WHY = "What brings you here?"
# As if the server had taken that long with the page after it had looked at its clock.
DRAWN_A_MINUTE_AGO = """new MutationObserver((_, all) => {
  const told = document.querySelector("meta[name=portico-now]")
  if (!told) return
  told.content = new Date(Date.parse(told.content) - 60_000).toISOString()
  all.disconnect()
}).observe(document, { childList: true, subtree: true })"""


@pytest.fixture
def paper(cast):
    return Paper(cast)


async def stands(cast, document):
    return await cast.inside(lambda: answers_of(document.id))


async def take_back(cast, document):
    from models.core.change import change

    maya = await cast.actor("practitioner")

    async def work():
        async with change(maya, "document.withdraw"):
            await Document.filter(id=document.id).update(withdrawn_at=now())
            await tell(maya, WITHDRAWN, document)

    await cast.inside(work)


async def test_every_field_is_saved_as_it_is_typed_and_another_device_goes_on_at_that_page(window, cast, paper):
    document = await paper.ask()
    phone = await window(cast, "client", f"/documents/{document.id}", width=390)
    await phone.page.get_by_label(WHY).fill("I cannot sleep")
    await expect(phone.page.locator("[data-saved]")).to_contain_text("Saved")
    await phone.page.get_by_role("button", name="Next page").click()
    await expect(phone.page.get_by_role("heading", name="Sleep")).to_be_focused()
    await phone.page.get_by_label("How many hours do you sleep?").fill("5")
    await expect(phone.page.locator("[data-place]")).to_have_text("Page 2 of 2")
    await expect(phone.page.locator("[data-saved][data-state=saved]")).to_be_visible()
    laptop = await window(cast, "client", "/documents")
    await expect(laptop.page.get_by_role("main")).to_contain_text("2 of 2 pages, go on")
    await laptop.page.get_by_role("link", name="Intake").click()
    await laptop.live()
    await expect(laptop.page.locator("[data-place]")).to_have_text("Page 2 of 2")
    await expect(laptop.page.get_by_label("How many hours do you sleep?")).to_have_value("5")


async def test_pages_are_counted_alike_for_who_fills_in_and_for_staff_also_when_one_is_passed_by(window, cast, paper):
    asked = {"enableWhen": [{"question": "before", "operator": "=", "answerBoolean": True}]}
    pages = [("one", {"linkId": "before", "type": "boolean", "text": "Have you been here before?"}, {}),
             ("two", {"linkId": "then", "type": "string", "text": "When was that?"}, asked),
             ("three", {"linkId": "sleep", "type": "string", "text": "How do you sleep?"}, {})]
    source = {"resourceType": "Questionnaire", "status": "active", "title": "Three pages", "item": [
        {"linkId": name, "type": "group", "text": name, "item": [item], **more} for name, item, more in pages]}
    document = await paper.ask(questionnaire=source)
    ana = await window(cast, "client", f"/documents/{document.id}")
    maya = await window(cast, "practitioner", f"/clients/{document.client_id}/portal")
    await ana.page.get_by_label("No", exact=True).check()
    bar = ana.page.get_by_role("progressbar", name="How far you are")
    await expect(bar).to_have_js_property("value", 0.5)
    await expect(ana.page.locator("[data-place]")).to_have_text("Page 1 of 3")
    await ana.page.get_by_role("button", name="Next page").click()
    await expect(ana.page.get_by_role("heading", name="three")).to_be_focused()
    await expect(ana.page.locator("[data-place]")).to_have_text("Page 3 of 3")
    await expect(bar).to_have_js_property("value", 2.5)
    await expect(maya.page.get_by_role("main")).to_contain_text("Page 3 of 3")
    status, body = await ana.get(f"/documents/{document.id}?page=3", "text/html")
    assert status == 200 and b"Page 3 of 3" in body, "as it is drawn without a script"
    await ana.go("/documents")
    await expect(ana.page.get_by_role("main")).to_contain_text("3 of 3 pages, go on")


async def test_what_was_answered_decides_at_once_what_is_asked(window, cast, paper):
    document = await paper.ask()
    ana = await window(cast, "client", f"/documents/{document.id}")
    when = ana.page.get_by_label("When was that?")
    await expect(when).to_be_hidden()
    await ana.page.get_by_label("Yes").check()
    await expect(when).to_be_visible()
    await ana.page.get_by_label("No", exact=True).check()
    await expect(when).to_be_hidden()


async def about_you(page):
    await page.get_by_label("What should we call you?").fill("Ana")
    await page.get_by_label("When were you born?").fill("1988-04-09")
    await page.get_by_label("When do you go to bed?").fill("22:45")
    await page.get_by_role("spinbutton", name="What do you weigh?").fill("61.5")


async def choosing(page):
    await page.get_by_label("So so").check()
    await page.get_by_label("Where do you live?").select_option("Vermont")
    await page.get_by_label("Aspirin").check()
    await page.get_by_label("Other: How did you find us?").fill("A poster")


async def two_weeks(page):
    await page.get_by_role("radio", name="Little interest in doing things: Nearly every day").check()
    await page.get_by_role("radio", name="Trouble falling asleep: Some days").check()


async def score(page):
    await expect(page.locator("output.calculated")).to_have_text("4")


async def medicines(page):
    await page.get_by_label("Name").fill("Melatonin")


async def papers(page):
    picture = {"name": "card.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    await page.locator("input[type=file]").set_input_files(picture)
    await expect(page.locator("[data-file] [data-value]")).to_have_count(1)


async def test_all_pages_are_gone_through_reviewed_in_words_handed_in_and_read_by_staff(window, cast, paper):
    document = await paper.ask(questionnaire=SAMPLER)
    ana = await window(cast, "client", f"/documents/{document.id}")
    for answered in (about_you, choosing, two_weeks, score, medicines, papers):
        await answered(ana.page)
        await ana.page.locator("[data-go]").click()
    main = ana.page.get_by_role("main")
    for words in ("April 9, 1988", "10:45 PM", "So so", "Vermont", "Aspirin", "A poster", "61.5 kg", "Nearly every day",
                  "Melatonin", "card.pdf"):
        await expect(main).to_contain_text(words)
    await ana.page.get_by_role("button", name="Hand in").click()
    await expect(main).to_contain_text("Handed in")
    assert (await paper.now(document)).submitted_at is not None
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/documents/{document.id}")
    await expect(maya.page.get_by_role("main")).to_contain_text("Melatonin")
    href = await maya.page.get_by_role("link", name="card.pdf").get_attribute("href")
    assert (await maya.get(href))[0] == 200


async def test_what_is_missing_stands_beside_its_question_is_counted_and_leads_there_from_the_review(
    window, cast, paper
):
    document = await paper.ask()
    ana = await window(cast, "client", f"/documents/{document.id}", width=390)
    await expect(ana.page.locator("[data-needs]")).to_have_text("1 question needs an answer")
    await ana.page.get_by_role("button", name="Next page").click()
    await expect(ana.page.locator(".wrong")).to_be_visible()
    await expect(ana.page.get_by_label(WHY)).to_be_focused()
    await ana.page.get_by_role("button", name="Next page").click()
    await ana.page.get_by_label("How many hours do you sleep?").fill("5")
    await ana.page.get_by_role("button", name="Review").click()
    await expect(ana.page.get_by_role("alert")).to_contain_text("Not complete yet")
    await ana.page.get_by_role("link", name=WHY, exact=True).click()
    await ana.live()
    await ana.page.get_by_label(WHY).fill("I cannot sleep")
    await ana.page.get_by_role("button", name="Next page").click()
    await ana.page.get_by_role("button", name="Review").click()
    await ana.page.get_by_role("button", name="Hand in").click()
    await expect(ana.page.get_by_role("main")).to_contain_text("Receipt")


async def test_offline_nothing_is_lost_also_after_a_reload_and_it_goes_out_when_the_line_is_back(window, cast, paper):
    document = await paper.ask()
    ana = await window(cast, "client", f"/documents/{document.id}")
    await ana.cut()
    await ana.page.get_by_label(WHY).fill("Written on the train")
    await expect(ana.page.locator("[data-saved]")).to_contain_text("Offline, kept on this device")
    await ana.page.get_by_role("button", name="Next page").click()
    await ana.page.get_by_label("Every night").check()
    assert await stands(cast, document) == {}
    await ana.page.close()
    await ana.context.set_offline(False)
    again = await window(cast, "client", f"/documents/{document.id}?page=1", like=ana)
    await expect(again.page.get_by_label(WHY)).to_have_value("Written on the train")
    await sent(again.page)
    await expect(again.page.locator("[data-saved][data-state=saved]")).to_be_visible()
    assert await stands(cast, document) == {"about/why": ["Written on the train"], "sleep/nights": ["Every night"]}


async def test_what_was_typed_offline_goes_out_from_whatever_page_is_opened_next(window, cast, paper):
    document = await paper.ask()
    ana = await window(cast, "client", f"/documents/{document.id}")
    await ana.cut()
    await ana.page.get_by_label(WHY).fill("Written on the train")
    await expect(ana.page.locator("[data-saved]")).to_contain_text("Offline")
    await ana.page.close()
    await ana.context.set_offline(False)
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/documents/{document.id}")
    await window(cast, "client", "/home", like=ana)
    await expect(maya.page.get_by_role("main")).to_contain_text("Written on the train", timeout=20_000)


async def test_nobody_else_at_this_browser_ever_sees_or_sends_it(window, cast, paper, place):
    document = await paper.ask("parent", client="teen")
    karen = await window(cast, "parent", f"/for/{cast.clients['teen']}/documents/{document.id}")
    await karen.cut()
    await karen.page.get_by_label(WHY).fill("Karen’s words")
    await expect(karen.page.locator("[data-saved]")).to_contain_text("Offline")
    await karen.page.close()
    await karen.context.set_offline(False)
    token = cast.tokens[await cast.session("coparent")]
    await karen.context.add_cookies([{"name": place.cookie, "value": token, "url": karen.url}])
    david = await window(cast, "coparent", "/documents", like=karen)
    await david.page.wait_for_function("document.querySelector('live-state[state=live]')")
    await expect(david.page.get_by_role("main")).not_to_contain_text("Karen’s words")
    assert await stands(cast, document) == {}


async def test_two_tabs_follow_each_other_and_the_later_word_stands(window, cast, paper):
    document = await paper.ask()
    one = await window(cast, "client", f"/documents/{document.id}")
    two = await window(cast, "client", f"/documents/{document.id}")
    await one.page.get_by_label(WHY).fill("From the first")
    await expect(two.page.get_by_label(WHY)).to_have_value("From the first")
    await two.page.get_by_label(WHY).fill("From the second")
    await expect(one.page.get_by_label(WHY)).to_have_value("From the second")
    await one.cut()
    await one.page.get_by_label(WHY).fill("Typed offline, earlier")
    await expect(one.page.locator("[data-saved]")).to_contain_text("Offline")
    await two.page.get_by_label(WHY).fill("Typed later")
    await expect(two.page.locator("[data-saved][data-state=saved]")).to_be_visible()
    await one.context.set_offline(False)
    await expect(one.page.get_by_label(WHY)).to_have_value("Typed later", timeout=20_000)
    assert (await stands(cast, document))["about/why"] == ["Typed later"]


async def test_the_later_word_stands_also_from_a_tab_whose_page_took_long_to_be_drawn(window, cast, paper):
    document = await paper.ask()
    one = await window(cast, "client", f"/documents/{document.id}")
    two = await window(cast, "client", "/documents")

    await two.page.add_init_script(DRAWN_A_MINUTE_AGO)
    await two.go(f"/documents/{document.id}")
    await one.page.get_by_label(WHY).fill("From the first")
    await expect(two.page.get_by_label(WHY)).to_have_value("From the first")
    await two.page.get_by_label(WHY).fill("From the second")
    await expect(one.page.get_by_label(WHY)).to_have_value("From the second")


async def test_what_another_tab_wrote_is_asked_for_again_when_nobody_answered(window, cast, paper):
    document = await paper.ask()
    one = await window(cast, "client", f"/documents/{document.id}")
    two = await window(cast, "client", f"/documents/{document.id}")
    turned_away = []

    async def busy(route):
        if len(turned_away) < 2:
            turned_away.append(route.request.url)
            await route.fulfill(status=503, json={"code": "busy", "detail": "Try again in a moment."})
        else:
            await route.continue_()

    await two.page.route("**/answers?since=*", busy)
    await one.page.get_by_label(WHY).fill("From the first")
    await expect(two.page.get_by_label(WHY)).to_have_value("From the first")
    assert len(turned_away) == 2


async def test_a_form_taken_back_while_it_is_filled_in_says_so_at_once_and_keeps_the_words(window, cast, paper):
    document = await paper.ask()
    ana = await window(cast, "client", f"/documents/{document.id}")
    await ana.page.get_by_label(WHY).fill("I cannot sleep")
    await take_back(cast, document)
    notice = ana.page.locator("[data-over=withdrawn]")
    await expect(notice).to_contain_text("The practice took this form back")
    await expect(notice).to_contain_text("was not handed in")
    await expect(notice.locator("[data-words]")).to_contain_text("I cannot sleep")
    await expect(notice.get_by_role("button", name="Copy what you typed")).to_be_visible()
    await expect(ana.page.locator("[data-foot]")).to_be_hidden()
    await ana.page.reload()
    await expect(ana.page.get_by_role("heading", name="The practice took this form back")).to_be_visible()


async def test_the_list_follows_without_a_reload_when_something_is_asked_or_taken_back(window, cast, paper):
    from models.core.change import change
    from models.documents.events import SHARED

    ana = await window(cast, "client", "/documents")
    main = ana.page.get_by_role("main")
    await expect(main).to_contain_text("Nothing to do")
    document, maya = await paper.ask(), await cast.actor("practitioner")

    async def shared():
        async with change(maya, "document.share"):
            await tell(maya, SHARED, document)

    await cast.inside(shared)
    await expect(main.get_by_role("link", name="Intake")).to_be_visible()
    await take_back(cast, document)
    await expect(main).to_contain_text("Nothing to do")


async def test_contacts_will_see_any_paperwork_for_the_minor_client_under_documents_and_forms(window, cast, paper):
    document, child = await paper.ask("parent", client="child"), cast.clients["child"]
    karen = await window(cast, "parent", f"/for/{child}/home")
    await karen.page.get_by_role("link", name="Documents & Forms").first.click()
    await karen.live()
    await expect(karen.page.get_by_role("heading", level=1)).to_contain_text("documents & forms")
    await karen.page.get_by_role("link", name="Intake").click()
    await karen.live()
    await karen.page.get_by_label(WHY).fill("He wakes at four")
    await sent(karen.page)  # a page whose line came late says that all is saved before anything is typed
    await expect(karen.page.locator("[data-saved][data-state=saved]")).to_be_visible()
    assert (await stands(cast, document))["about/why"] == ["He wakes at four"]


async def test_staff_watch_how_far_somebody_is_and_ask_for_corrections_which_are_read_at_once(window, cast, paper):
    document = await paper.ask()
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/documents/{document.id}")
    main = maya.page.get_by_role("main")
    await expect(main).to_contain_text("Not opened yet")
    ana = await window(cast, "client", f"/documents/{document.id}")
    await expect(main).to_contain_text("Opened")
    await ana.page.get_by_label(WHY).fill("I cannot sleep")
    await expect(main).to_contain_text("Page 1 of 2")
    await ana.page.get_by_role("button", name="Next page").click()
    await expect(main).to_contain_text("Page 2 of 2")
    await ana.page.get_by_role("button", name="Review").click()
    await ana.page.get_by_role("button", name="Hand in").click()
    await expect(main).to_contain_text("What was handed in")
    await expect(ana.page.get_by_role("main")).to_contain_text("Receipt")
    await ana.live()
    await maya.page.get_by_label("What is to be corrected").fill("Since which year?")
    await maya.page.get_by_role("button", name="Send it back").click()
    await expect(main).to_contain_text("Correction asked")
    await ana.go(f"/documents/{document.id}")
    await expect(ana.page.get_by_role("main")).to_contain_text("Since which year?")
    await expect(ana.page.get_by_label(WHY)).to_have_value("I cannot sleep")


async def test_staff_fill_in_on_a_clients_behalf_and_every_view_says_so(window, cast, paper):
    document = await paper.ask()
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/documents/{document.id}")
    await maya.page.get_by_role("link", name="Fill in for Ana").click()
    await maya.live()
    await expect(maya.page.get_by_role("main")).to_contain_text("You fill this in for Ana")
    await maya.page.get_by_label(WHY).fill("Told on the phone")
    await maya.page.get_by_role("button", name="Next page").click()
    await maya.page.get_by_role("button", name="Review").click()
    await maya.page.get_by_role("button", name="Hand in").click()
    await expect(maya.page.get_by_role("main")).to_contain_text("Filled in by staff")
    ana = await window(cast, "client", f"/documents/{document.id}")
    await expect(ana.page.get_by_role("main")).to_contain_text("filled this in and handed it in for you")


async def test_an_answer_that_may_mean_danger_is_answered_at_once_on_both_sides(window, cast, paper):
    await cast.inside(lambda: execute("UPDATE practice_profile SET crisis_text = 'Call or text 988.'"))
    document = await paper.ask(questionnaire=THOUGHTS)
    maya = await window(cast, "practitioner", "/today")
    tess = await window(cast, "frontdesk", "/today")
    ana = await window(cast, "client", f"/documents/{document.id}", width=390)
    await ana.page.set_viewport_size({"width": 390, "height": 640})
    await ana.page.get_by_role("group", name="hurting yourself").get_by_label("Some days").check()
    notice = ana.page.locator("[data-crisis]")
    await expect(notice).to_be_visible()
    await expect(notice).to_contain_text("Nobody watches this form")
    await expect(notice).to_contain_text("Call or text 988.")
    said, foot = await notice.bounding_box(), await ana.page.locator("[data-foot]").bounding_box()
    assert said["y"] >= 0 and said["y"] + said["height"] <= foot["y"], "it is seen without scrolling, also on a phone"
    banner = maya.page.locator(".risk-alerts")
    await expect(banner).to_contain_text("An answer of Ana Beltrán may mean danger")
    await expect(tess.page.locator(".risk-alerts")).to_have_count(0)
    await banner.get_by_role("link").click()
    await maya.live()
    await expect(maya.page.get_by_role("main")).to_contain_text("Opened it")
    await expect(maya.page.locator(".risk-alerts")).to_have_count(0)  # it leads nowhere from its own page
    later = await window(cast, "practitioner", "/today")
    await expect(later.page.locator(".risk-alerts")).to_be_visible()
    await maya.page.get_by_role("button", name="I take care of it").click()
    await expect(maya.page.get_by_role("main")).to_contain_text("takes care of it")
    await expect(later.page.locator(".risk-alerts")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
async def test_everybody_can_fill_in_with_any_keyboard_or_reader(window, cast, paper, axe_source, width, scheme):
    document, done = await paper.ask(questionnaire=SAMPLER), await paper.ask(questionnaire=THOUGHTS)
    await paper.answer(done, "tired", "Some days")
    await paper.answer(done, "harm", "Some days")
    form = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    ana = await window(cast, "client", f"/documents/{document.id}", **form)
    for _ in range(6):
        assert await axe(ana, axe_source) == []
        for _ in range(2):
            if not (await ana.page.locator("[data-go]").inner_text()).startswith("Review"):
                await ana.page.locator("[data-go]").click()
    for path in ("/documents", f"/documents/{done.id}", f"/documents/{document.id}/review"):
        await ana.go(path)
        assert await axe(ana, axe_source) == [], path
    await paper.submit(done)
    await ana.go(f"/documents/{done.id}")
    assert await axe(ana, axe_source) == []
    here = f"/clients/{cast.clients['client']}/documents"
    maya = await window(cast, "practitioner", f"{here}/{done.id}", **form)
    assert await axe(maya, axe_source) == []
    await maya.page.locator(".risk-alerts a").click()
    await maya.live()
    assert await axe(maya, axe_source) == []


async def test_a_form_is_read_on_paper_and_kept_as_a_file(window, cast, paper):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.submit(document)
    ana = await window(cast, "client", f"/documents/{document.id}")
    await expect(ana.page.get_by_role("button", name="Print")).to_be_visible()
    async with ana.page.expect_download() as found:
        await ana.page.get_by_role("link", name="Download a copy").click()
    pages = PdfReader(await (await found.value).path()).pages
    assert "I cannot sleep" in pages[0].extract_text()
