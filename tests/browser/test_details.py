"""A record that several people keep: saved field by field, live on every page, with walls between parents."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from models.clients import status
from models.clients.own_consent import set_own_consent
from tests.browser.window import Window, axe


def field(one: Window, section: str, name: str) -> Locator:
    return one.page.locator(f"[id='{section}-{name}']")


def saved(one: Window, section: str) -> Locator:
    return one.page.locator(f"#{section} [data-say=saved]")


async def keep(one: Window, section: str, name: str, words: str) -> None:
    """Type and leave the field; the page says that it is kept."""
    await field(one, section, name).fill(words)
    # the page may still say of the field before that it is saved
    async with one.page.expect_response(lambda answer: answer.request.method == "POST"):
        await field(one, section, name).blur()
    await expect(saved(one, section)).to_have_text("Saved")


async def test_a_field_is_kept_when_it_is_left_and_shows_on_every_open_page(window, cast):
    teen = cast.clients["teen"]
    tess = await window(cast, "frontdesk", f"/clients/{teen}/details")
    leo = await window(cast, "teen", "/profile")
    await expect(tess.page.locator("#names [data-save]")).to_be_hidden()
    await keep(tess, "referral", "referred_by", "Dr. Chen")
    await expect(field(leo, "referral", "referred_by")).to_have_value("Dr. Chen")
    await keep(leo, "names", "pronouns", "he/they")
    await expect(field(tess, "names", "pronouns")).to_have_value("he/they")


async def test_the_head_of_a_clients_page_follows_name_and_status(window, cast):
    teen = cast.clients["teen"]
    tess = await window(cast, "frontdesk", f"/clients/{teen}/details")
    maya = await window(cast, "practitioner", f"/clients/{teen}/portal")
    await keep(tess, "names", "preferred_name", "Leonie")
    await expect(maya.page.get_by_role("heading", level=1)).to_contain_text("Leonie")
    tess_actor = await cast.actor("frontdesk")
    await cast.inside(lambda: status.discharge(tess_actor, teen, reason="", days=7))
    for one in (tess, maya):
        await expect(one.page.locator(".client-head").get_by_text("Discharged")).to_be_visible()


async def test_what_somebody_types_is_not_overwritten_while_others_change_the_same_section(window, cast):
    teen = cast.clients["teen"]
    tess = await window(cast, "frontdesk", f"/clients/{teen}/details")
    leo = await window(cast, "teen", "/profile")
    await field(leo, "demographics", "gender").press_sequentially("In my ow")
    await keep(tess, "demographics", "gender", "typed at the desk")
    await keep(tess, "demographics", "ethnicity", "Irish")
    await expect(field(leo, "demographics", "ethnicity")).to_have_value("Irish")
    await expect(field(leo, "demographics", "gender")).to_have_value("In my ow")
    await field(leo, "demographics", "gender").press_sequentially("n words")
    await field(leo, "demographics", "gender").blur()
    await expect(field(tess, "demographics", "gender")).to_have_value("In my own words")


async def test_a_wrong_value_stays_with_its_sentence_until_it_is_corrected(window, cast):
    leo = await window(cast, "teen", "/profile")
    number = field(leo, "emergency", "emergency_phone")
    await number.fill("12")
    await number.blur()
    await expect(leo.page.locator("#emergency .field .wrong")).to_contain_text("Give the number with its area code")
    await expect(number).to_have_attribute("aria-invalid", "true")
    await keep(leo, "emergency", "emergency_phone", "2075550171")
    await expect(leo.page.locator("#emergency .field .wrong")).to_have_count(0)
    await expect(number).to_have_value("(207) 555-0171")


async def test_a_phone_is_added_field_by_field_and_removed(window, cast):
    leo = await window(cast, "teen", "/profile")
    await leo.page.get_by_text("Add a phone").click()
    await keep(leo, "contact", "phone_2_number", "2075550199")
    await expect(field(leo, "contact", "phone_2_number")).to_have_value("(207) 555-0199")
    async with leo.page.expect_response(lambda answer: answer.request.method == "POST"):
        await field(leo, "contact", "phone_2_kind").select_option("work")
    await expect(saved(leo, "contact")).to_have_text("Saved")
    await expect(leo.page.get_by_text("Add a phone")).to_be_visible()
    await expect(leo.page.locator("#contact summary", has_text="Phone 2")).to_contain_text("(207) 555-0199")
    await leo.reload()
    await expect(field(leo, "contact", "phone_2_kind")).to_have_value("work")
    await expect(leo.page.locator("#contact details[data-group^=phone]")).to_have_count(3)
    await leo.page.locator("#contact summary", has_text="Phone 2").click()
    await leo.page.locator("#contact-phone-2").get_by_role("button", name="Remove").click()
    await expect(leo.page.locator("#contact details[data-group^=phone]")).to_have_count(2)


async def test_two_divorced_parents_edit_at_the_same_time_and_see_nothing_of_each_other(window, cast):
    teen = cast.clients["teen"]
    karen = await window(cast, "parent", f"/for/{teen}/profile")
    david = await window(cast, "coparent", "/profile")
    for one, street, payer in ((david, "9 Elm Street", "Aetna"), (karen, "3 Shelter Lane", "Cigna")):
        await one.page.get_by_text("Add an address").click()
        await keep(one, "contact", "address_1_line_1", street)
        await one.page.get_by_text("Add a policy").click()
        await keep(one, "insurance", "policy_1_payer", payer)
    await keep(david, "demographics", "ethnicity", "Irish")
    await expect(field(karen, "demographics", "ethnicity")).to_have_value("Irish")
    await keep(karen, "referral", "heard_from", "The school")
    await expect(field(david, "referral", "heard_from")).to_have_value("The school")
    hers, his = await karen.wires(), await david.wires()
    for path in (f"/for/{teen}/profile", "/information"):  # what a page left behind is gone with the next one
        hers += await (await karen.go(path)).wires()
        his += await (await david.go(path)).wires()
    assert "3 Shelter Lane" in hers and "9 Elm Street" in his
    for words in ("9 Elm Street", "Aetna", "Ellison", "David", str(cast.contacts["coparent"]), "coparent@"):
        assert words not in hers, words
    for words in ("3 Shelter Lane", "Cigna", "Karen", str(cast.contacts["parent"]), "parent@" + cast.subdomain):
        assert words not in his.replace("coparent@", ""), words


async def test_when_a_minor_consents_alone_the_parents_open_page_ends_at_once(window, cast):
    practitioner = await cast.actor("practitioner")
    david = await window(cast, "coparent", "/profile")
    karen = await window(cast, "parent", f"/for/{cast.clients['child']}/profile")
    with_leo = await window(cast, "parent", f"/for/{cast.clients['teen']}/profile", like=karen)
    await cast.inside(lambda: set_own_consent(practitioner, cast.clients["teen"], True))
    await expect(david.page.get_by_role("dialog")).to_be_visible()
    await expect(with_leo.page.get_by_role("dialog")).to_contain_text("This page is not open to you any more.")
    await expect(with_leo.page.locator("#names-title")).to_be_hidden()
    await karen.live()
    await expect(karen.page.get_by_role("dialog")).to_have_count(0)
    status, _ = await karen.get(f"/for/{cast.clients['teen']}/profile")
    assert status == 404
    status, _ = await karen.get(f"/for/{cast.clients['child']}/profile")
    assert status == 200
    await cast.inside(lambda: set_own_consent(practitioner, cast.clients["teen"], False))
    await expect(with_leo.page.locator("#names-title")).to_be_visible()
    await expect(with_leo.page.get_by_role("dialog")).to_have_count(0)


async def test_a_contact_is_added_from_the_people_the_practice_knows(window, cast):
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['child']}/details")
    other = await window(cast, "owner", f"/clients/{cast.clients['child']}/details")
    await maya.page.get_by_role("button", name="Add a contact").click()
    dialog = maya.page.get_by_role("dialog")
    await dialog.get_by_label("An existing person").fill("ellison")
    await dialog.get_by_text("David Ellison").click()
    await expect(dialog.get_by_label("First name")).to_be_hidden()
    await dialog.get_by_label("In words").fill("father")
    await dialog.get_by_role("button", name="Add the contact").click()
    for one in (maya, other):
        await expect(one.page.locator("[data-part=contacts] .line", has_text="David Ellison")).to_contain_text("Father")


async def test_whoever_is_known_already_is_said_in_the_dialog_and_nothing_typed_is_lost(window, cast):
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['child']}/details")
    await maya.page.get_by_role("button", name="Add a contact").click()
    dialog = maya.page.get_by_role("dialog")
    await dialog.get_by_label("First name").fill("Dave")
    await dialog.get_by_label("Last name").fill("Ellison")
    await dialog.get_by_label("E-mail", exact=False).last.fill(f"coparent@{cast.subdomain}.test")
    await dialog.get_by_role("button", name="Add the contact").click()
    await expect(dialog.locator(".field .wrong")).to_contain_text("Somebody the practice knows has this e-mail")
    await expect(dialog.get_by_label("First name")).to_have_value("Dave")


async def test_what_is_typed_without_a_connection_is_kept_when_it_is_back(window, cast):
    leo = await window(cast, "teen", "/profile")
    await leo.cut()
    await field(leo, "referral", "referred_by").fill("Dr. Chen")
    await field(leo, "referral", "referred_by").blur()
    await expect(leo.page.locator("#referral [data-say=wrong]")).to_contain_text("There is no connection")
    await leo.context.set_offline(False)
    await expect(saved(leo, "referral")).to_have_text("Saved", timeout=30_000)
    await leo.reload()
    await expect(field(leo, "referral", "referred_by")).to_have_value("Dr. Chen")


async def test_the_pages_can_be_used_by_everybody(window, cast, axe_source):
    teen = cast.clients["teen"]
    for name, path in (("practitioner", f"/clients/{teen}/details"), ("practitioner", f"/clients/{teen}/setup"),
                       ("teen", "/profile"), ("parent", "/information")):
        for width in (1280, 390):
            one = await window(cast, name, path, width=width)
            assert await axe(one, axe_source) == [], (name, path, width)
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not await one.page.evaluate(wide), (path, width)
            await one.context.close()
