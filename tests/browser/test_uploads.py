"""The guide's Client Uploads and Sharing Files, and what an upload survives, in two browsers."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from models.accounts import features
from models.core.database import execute
from tests.browser.window import axe
from tests.files import samples

CARD = {"name": "Insurance card.jpg", "mimeType": "image/jpeg", "buffer": samples.picture("JPEG", (600, 400))}
LETTER = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": samples.PDF}
PROGRAM = {"name": "run.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
WRONG = {"name": "wrong.pdf", "mimeType": "application/pdf", "buffer": b"PK\x03\x04 nonsense"}
FILM = {"name": "Film.mp4", "mimeType": "video/mp4", "buffer": samples.boxes(media=bytes(18 * 1024 * 1024))}
PIECES = "**/files/uploads/*/pieces"


async def add(window, *files):
    """Press Add, as the guide says, and choose."""
    await expect(window.page.locator("my-uploads")).to_be_visible(timeout=20_000)
    async with window.page.expect_file_chooser() as chooser:
        await window.page.locator("my-uploads").get_by_role("button", name="Add").click()
    await (await chooser.value).set_files(list(files))


def listed(window):
    return window.page.locator("#my-uploads .upload-list .line:visible")


def underway(window):
    return window.page.locator("#my-uploads .upload-line")


async def test_go_to_documents_and_forms_scroll_to_my_uploads_and_click_add_to_upload_a_new_document(window, cast):
    ana = await window(cast, "client", "/home")
    await ana.page.get_by_role("link", name="Documents & Forms").first.click()
    await ana.live()
    heading = ana.page.get_by_role("heading", name="My Uploads")
    await heading.scroll_into_view_if_needed()
    assert await ana.page.get_by_role("heading", level=2).all_inner_texts() == [
        "To do", "Shared with me", "Done", "My Uploads"]
    await add(ana, CARD, LETTER)
    await expect(listed(ana)).to_have_count(2, timeout=20_000)
    await expect(ana.page.locator("#my-uploads")).to_contain_text("letter.pdf")
    await expect(underway(ana)).to_have_count(0)


async def test_view_any_files_from_your_client_in_the_right_section_under_uploaded_by_the_client(window, cast):
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}")
    files = maya.page.locator("section", has=maya.page.locator("#files-uploaded")).last
    await expect(files).to_contain_text("Nothing yet", timeout=20_000)
    ana = await window(cast, "client", "/uploads")
    await add(ana, CARD)
    row = maya.page.locator(".line", has_text="Insurance card.jpg").first
    await expect(row).to_contain_text("New", timeout=20_000)
    await expect(row).to_contain_text("Ana Beltrán")
    await expect(maya.page.locator("#files-uploaded")).to_have_text("Uploaded by the client (1 new)")
    right = await maya.page.locator("#files").bounding_box()
    left = await maya.page.locator("#lately").bounding_box()
    assert right["x"] > left["x"] + left["width"] / 2, "the right section of the profile"
    async with maya.context.expect_page() as opened:
        await row.get_by_role("link", name="Insurance card.jpg", exact=True).click()
    shown = await opened.value
    await shown.wait_for_url("**/files/*/at/*")
    await expect(maya.page.locator("#files-uploaded")).to_have_text("Uploaded by the client", timeout=20_000)
    await expect(listed(ana).first).to_contain_text("Opened by the practice", timeout=20_000)


async def test_by_enabling_client_uploads_you_allow_your_client_to_share_files_with_you(window, cast):
    owner = await cast.actor("owner")
    await cast.inside(lambda: features.set_feature(owner, "client-uploads", on=False))
    ana = await window(cast, "client", "/documents")
    await expect(ana.page.get_by_role("heading", name="My Uploads")).to_have_count(0)
    settings = await window(cast, "owner", "/settings/portal")
    await settings.page.get_by_role("switch", name="Client uploads").check()
    await expect(settings.page.locator(".saved:visible").first).to_be_visible(timeout=20_000)
    await ana.reload()
    await add(ana, LETTER)
    await expect(listed(ana)).to_have_count(1, timeout=20_000)


async def test_what_is_wrong_is_said_beside_the_file_and_the_others_arrive(window, cast):
    ana = await window(cast, "client", "/uploads")
    await add(ana, PROGRAM, WRONG, LETTER)
    await expect(underway(ana).filter(has_text="run.exe")).to_contain_text("cannot be sent")
    await expect(underway(ana).filter(has_text="wrong.pdf")).to_contain_text("not a PDF", timeout=20_000)
    await expect(listed(ana).filter(has_text="letter.pdf")).to_have_count(1, timeout=20_000)


async def test_an_upload_goes_on_by_itself_after_the_line_was_lost(window, cast):
    ana = await window(cast, "client", "/uploads")
    cut = []

    async def once(route):
        if len(cut) == 1:  # the second piece dies on its way
            cut.append("cut")
            return await route.abort("connectionfailed")
        cut.append("sent")
        return await route.continue_()

    await ana.page.route(PIECES, once)
    await add(ana, FILM)
    await expect(underway(ana)).to_have_count(0, timeout=60_000)
    await expect(listed(ana)).to_contain_text("Film.mp4")
    assert cut[:3] == ["sent", "cut", "sent"] and len(cut) == 4, "the first piece was not sent again"


async def test_after_a_reload_the_same_file_chosen_again_goes_on_where_it_stopped(window, cast, place):
    ana = await window(cast, "client", "/uploads")
    sent = []

    async def first_only(route):
        if sent:
            return await route.abort("connectionfailed")
        sent.append(route.request.headers["upload-offset"])
        return await route.continue_()

    await ana.page.route(PIECES, first_only)
    # a file of the disk keeps its date, by which the page knows it again
    film = place.folder / "Film.mp4"
    film.write_bytes(FILM["buffer"])
    await add(ana, film)
    await expect(underway(ana)).to_contain_text("waits for your connection", timeout=30_000)
    ana.page.on("dialog", lambda dialog: dialog.accept())
    await ana.page.unroute(PIECES)
    await ana.reload()
    await expect(listed(ana)).to_contain_text("Choose the same file again to go on")
    ana.page.on("request", lambda one: sent.append(one.headers.get("upload-offset")) if "/pieces" in one.url else None)
    await add(ana, film)
    there = ana.page.locator("#my-uploads").get_by_role("link", name="Film.mp4", exact=True)
    await expect(there).to_be_visible(timeout=60_000)
    assert sent[:2] == ["0", str(8 * 1024 * 1024)], "the first piece was not sent again"


async def test_cancelled_it_goes_and_removed_it_is_gone_for_staff_as_well(window, cast):
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/files")
    ana = await window(cast, "client", "/uploads")
    await ana.page.route(PIECES, lambda route: route.abort("connectionfailed"))
    await add(ana, FILM)
    await expect(underway(ana)).to_contain_text("waits for your connection", timeout=30_000)
    await underway(ana).get_by_role("button", name="Cancel Film.mp4").click()
    await expect(underway(ana)).to_have_count(0, timeout=20_000)
    await ana.page.unroute(PIECES)
    await add(ana, LETTER)
    await expect(maya.page.locator(".file-line")).to_contain_text("letter.pdf", timeout=20_000)
    await listed(ana).get_by_role("button", name="Remove letter.pdf").click()
    await expect(maya.page.locator(".file-line")).to_have_count(0, timeout=20_000)


async def test_each_parent_sees_only_their_own_and_staff_see_both(window, cast):
    teen = cast.clients["teen"]
    karen = await window(cast, "parent", f"/for/{teen}/uploads")
    await add(karen, {**LETTER, "name": "from-karen.pdf"})
    await expect(listed(karen)).to_have_count(1, timeout=20_000)
    david = await window(cast, "coparent", "/uploads")
    await add(david, {**LETTER, "name": "from-david.pdf"})
    await expect(listed(david)).to_have_count(1, timeout=20_000)
    await karen.reload()
    await expect(listed(karen)).to_have_count(1)
    assert "from-david" not in await karen.wires() and "from-karen" not in await david.wires()
    maya = await window(cast, "practitioner", f"/clients/{teen}/files")
    await expect(maya.page.locator(".file-line")).to_have_count(2)


async def test_staff_rename_move_tag_and_delete_with_a_reason_and_restore(window, cast):
    ana = await window(cast, "client", "/uploads")
    await add(ana, LETTER)
    await expect(listed(ana)).to_have_count(1, timeout=20_000)
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/files")
    page, row = maya.page, maya.page.locator(".file-line").first

    async def choose(words):
        await row.locator("wa-dropdown > button").click()
        await page.locator("wa-dropdown-item", has_text=words).first.click()
        return page.locator("dialog[open]")

    await page.get_by_label("Add a folder").fill("School")
    await page.locator(".sheet-foot").get_by_role("button", name="Add").click()
    await maya.live()
    dialog = await choose("Rename")
    await dialog.get_by_label("Name").fill("School report")
    await dialog.get_by_role("button", name="Rename").click()
    await maya.live()
    await expect(row).to_contain_text("School report.pdf")
    dialog = await choose("Move to a folder")
    await dialog.get_by_label("Folder").select_option(label="School")
    await dialog.get_by_role("button", name="Move").click()
    await maya.live()
    await expect(row.locator(".chip", has_text="School")).to_be_visible()
    dialog = await choose("Tags")
    await dialog.get_by_label("Add a tag").fill("report")
    await dialog.get_by_role("button", name="Add").click()
    await maya.live()
    await expect(row.locator(".chip", has_text="report")).to_be_visible()
    await expect(listed(ana)).to_contain_text("letter.pdf")
    dialog = await choose("Delete")
    await dialog.get_by_label("Reason").fill("Of another client")
    await dialog.get_by_role("button", name="Delete").click()
    await maya.live()
    await expect(page.locator(".file-line")).to_have_count(0)
    await expect(listed(ana)).to_contain_text("Deleted by the practice", timeout=20_000)
    await page.get_by_role("link", name="Deleted").click()
    await maya.live()
    await expect(page.locator(".file-line")).to_contain_text("Of another client")
    await page.get_by_role("button", name="Restore School report.pdf").click()
    await maya.live()
    await expect(listed(ana).get_by_role("link", name="letter.pdf", exact=True)).to_be_visible(timeout=20_000)


async def test_a_messages_attachment_is_saved_to_files_from_the_conversation(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.page.locator("message-composer input[type=file]").set_input_files([LETTER])
    await expect(ana.page.locator(".upload")).to_contain_text("uploaded", timeout=20_000)
    await ana.write("Here it is")
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    button = maya.page.get_by_role("button", name="Save letter.pdf to Files")
    await button.click()
    await expect(button).to_contain_text("Saved to Files", timeout=20_000)
    await expect(ana.page.locator("[data-save-to-files]")).to_have_count(0)
    await maya.go(f"/clients/{cast.clients['client']}/files?view=messages")
    await expect(maya.page.locator(".file-line")).to_have_count(1)


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_my_uploads_and_the_files_of_a_client_are_fit_for_everybody(window, cast, axe_source, width, scheme):
    fit = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    ana = await window(cast, "client", "/uploads", **fit)
    await add(ana, LETTER, CARD, PROGRAM)
    await expect(listed(ana)).to_have_count(2, timeout=20_000)
    assert await axe(ana, axe_source) == []
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/files", **fit)
    assert await axe(maya, axe_source) == []
    assert await maya.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await maya.page.locator(".file-line wa-dropdown > button").first.click()
    await maya.page.locator("wa-dropdown-item", has_text="Delete").first.click()
    await expect(maya.page.locator("dialog[open]")).to_be_visible()
    assert await axe(maya, axe_source) == []
    owner = await window(cast, "owner", "/settings/portal/files/edit", **fit)
    assert await axe(owner, axe_source) == []


async def test_a_large_file_is_being_checked_and_then_there(window, cast):
    ana = await window(cast, "client", "/uploads")
    await add(ana, {**FILM, "name": "Long film.mp4", "buffer": samples.boxes(media=bytes(34 * 1024 * 1024))})
    await expect(ana.page.locator("#my-uploads").get_by_role("link", name="Long film.mp4", exact=True)).to_be_visible(
        timeout=90_000)


async def test_where_there_is_no_room_left_it_is_said_in_words(window, cast):
    await cast.inside(lambda: execute(
        "INSERT INTO file_settings (most_file, most_client, most_practice) VALUES (1024, 1024, 1024)"))
    ana = await window(cast, "client", "/uploads")
    await add(ana, {**LETTER, "name": "one.pdf"})
    await expect(listed(ana)).to_have_count(1, timeout=20_000)
    await add(ana, {"name": "two.txt", "mimeType": "text/plain", "buffer": b"a" * 1000})
    await expect(underway(ana)).to_contain_text("There is no room left", timeout=20_000)
