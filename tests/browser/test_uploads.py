"""The guide's Client Uploads and Sharing Files, and what an upload survives, in two browsers."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from models.accounts import features
from models.core.database import execute
from models.files.own_files import PAGE
from tests.browser.window import axe
from tests.files import samples

CARD = {"name": "Insurance card.jpg", "mimeType": "image/jpeg", "buffer": samples.picture("JPEG", (600, 400))}
LETTER = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": samples.PDF}
PROGRAM = {"name": "run.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
WRONG = {"name": "wrong.pdf", "mimeType": "application/pdf", "buffer": b"PK\x03\x04 nonsense"}
PIECES = "**/files/uploads/*/pieces"


def a_film(path, megabytes):
    path.write_bytes(samples.boxes(media=bytes(megabytes * 1024 * 1024)))
    return path


@pytest.fixture
def film(tmp_path):
    """A file of the disk: it goes to the browser by its path, and keeps its date, by which the page knows it again."""
    return a_film(tmp_path / "Film.mp4", 18)


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


# Two files, dragged from elsewhere: over the section, and let go there.
DROPPED = """section => {
  const dataTransfer = new DataTransfer()
  for (const name of ["First.txt", "Second.txt"]) dataTransfer.items.add(new File([name], name, { type: "text/plain" }))
  for (const kind of ["dragenter", "dragover", "drop"]) {
    section.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }))
  }
}"""


async def test_files_dragged_over_my_uploads_and_let_go_there_are_added(window, cast):
    ana = await window(cast, "client", "/uploads")
    await expect(ana.page.get_by_text("or drop files here")).to_be_visible()
    await expect(ana.page.get_by_role("button", name="Take a photo")).to_be_hidden()
    await ana.page.locator("my-uploads").evaluate(DROPPED)
    await expect(listed(ana)).to_have_count(2, timeout=20_000)
    for name in ("First.txt", "Second.txt"):
        await expect(listed(ana).filter(has_text=name)).to_have_count(1)


async def test_on_a_phone_a_photo_is_taken_and_added(window, cast):
    ana = await window(cast, "client", "/uploads", width=390, has_touch=True, is_mobile=True)
    takes = ana.page.get_by_role("button", name="Take a photo")
    await expect(takes).to_be_visible(timeout=20_000)
    async with ana.page.expect_file_chooser() as chooser:
        await takes.click()
    camera = (await chooser.value).element
    assert await camera.get_attribute("capture") == "environment"
    await (await chooser.value).set_files([{**CARD, "name": "Photo.jpg"}])
    await expect(listed(ana).filter(has_text="Photo.jpg")).to_have_count(1, timeout=20_000)


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
    await expect(listed(ana).filter(has_text="wrong.pdf")).to_contain_text("not a PDF", timeout=20_000)
    await expect(ana.page.locator("#my-uploads .line:visible", has_text="wrong.pdf")).to_have_count(1)
    await expect(listed(ana).filter(has_text="letter.pdf")).to_have_count(1, timeout=20_000)


async def test_an_upload_goes_on_by_itself_after_the_line_was_lost(window, cast, film):
    ana = await window(cast, "client", "/uploads")
    cut = []

    async def once(route):
        if len(cut) == 1:  # the second piece dies on its way
            cut.append("cut")
            return await route.abort("connectionfailed")
        cut.append("sent")
        return await route.continue_()

    await ana.page.route(PIECES, once)
    await add(ana, film)
    await expect(underway(ana)).to_have_count(0, timeout=60_000)
    await expect(listed(ana)).to_contain_text("Film.mp4")
    assert cut[:3] == ["sent", "cut", "sent"] and len(cut) == 4, "the first piece was not sent again"


async def test_after_a_reload_the_same_file_chosen_again_goes_on_where_it_stopped(window, cast, film):
    ana = await window(cast, "client", "/uploads")
    sent = []

    async def first_only(route):
        if sent:
            return await route.abort("connectionfailed")
        sent.append(route.request.headers["upload-offset"])
        return await route.continue_()

    await ana.page.route(PIECES, first_only)
    await add(ana, film)
    await expect(underway(ana)).to_contain_text("waits for your connection", timeout=30_000)
    ana.page.on("dialog", lambda dialog: dialog.accept())
    await ana.reload()
    await ana.page.unroute(PIECES)  # not before: the page that goes would go on by itself
    await expect(listed(ana)).to_contain_text("Choose the same file again to go on")
    ana.page.on("request", lambda one: sent.append(one.headers.get("upload-offset")) if "/pieces" in one.url else None)
    await add(ana, film)
    there = ana.page.locator("#my-uploads").get_by_role("link", name="Film.mp4", exact=True)
    await expect(there).to_be_visible(timeout=60_000)
    assert sent[:2] == ["0", str(8 * 1024 * 1024)], "the first piece was not sent again"


async def test_cancelled_it_goes_and_removed_it_is_gone_for_staff_as_well(window, cast, film):
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/files")
    ana = await window(cast, "client", "/uploads")
    await ana.page.route(PIECES, lambda route: route.abort("connectionfailed"))
    await add(ana, film)
    await expect(underway(ana)).to_contain_text("waits for your connection", timeout=30_000)
    await underway(ana).get_by_role("button", name="Cancel Film.mp4").click()
    await expect(underway(ana)).to_have_count(0, timeout=20_000)
    await ana.page.unroute(PIECES)
    await add(ana, LETTER)
    await expect(maya.page.locator(".file-line")).to_contain_text("letter.pdf", timeout=20_000)
    await ana.live()
    await listed(ana).get_by_role("button", name="Remove letter.pdf").click()
    dialog = ana.page.get_by_role("dialog", name="Remove letter.pdf?")
    await dialog.get_by_role("button", name="Keep it").click()
    await expect(listed(ana)).to_have_count(1)
    await listed(ana).get_by_role("button", name="Remove letter.pdf").click()
    await dialog.get_by_role("button", name="Remove it").click()
    await expect(maya.page.locator(".file-line")).to_have_count(0, timeout=20_000)


async def test_cancelled_while_it_is_just_beginning_nothing_of_it_arrives(window, cast):
    ana, held = await window(cast, "client", "/uploads"), asyncio.Event()

    async def late(route):
        await held.wait()
        await route.continue_()

    await ana.page.route("**/files/uploads", late)
    await add(ana, LETTER)
    async with ana.page.expect_response(lambda answer: answer.url.endswith("/cancel")) as ended:
        await underway(ana).get_by_role("button", name="Cancel letter.pdf").click()
        held.set()
    assert (await ended.value).ok
    await expect(underway(ana)).to_have_count(0, timeout=20_000)
    await ana.reload()
    await expect(listed(ana)).to_have_count(0)


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
    """By the keyboard alone, on a phone: in the dialog of one file, while the list behind it follows."""
    ana = await window(cast, "client", "/uploads")
    await add(ana, LETTER)
    await expect(listed(ana)).to_have_count(1, timeout=20_000)
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/files", width=390)
    page, row = maya.page, maya.page.locator(".file-line").first
    await page.get_by_label("Add a folder").fill("School")
    async with maya.turns():
        await page.keyboard.press("Enter")
    more = row.get_by_role("link", name="More for letter.pdf")
    await more.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="letter.pdf")
    await dialog.get_by_label("Name for staff").fill("School report")
    await page.keyboard.press("Enter")
    await expect(row).to_contain_text("School report.pdf", timeout=20_000)
    dialog = page.get_by_role("dialog", name="School report.pdf")
    await dialog.get_by_label("Folder").select_option(label="School")
    await dialog.get_by_role("button", name="Move").press("Enter")
    await expect(row.locator(".chip", has_text="School")).to_be_visible(timeout=20_000)
    await dialog.get_by_label("Add a tag").fill("report")
    await page.keyboard.press("Enter")
    await expect(row.locator(".chip", has_text="report")).to_be_visible(timeout=20_000)
    await expect(dialog.get_by_label("Add a tag")).to_have_value("")
    await dialog.get_by_role("button", name="Remove the tag report").press("Enter")
    await expect(row.locator(".chip", has_text="report")).to_have_count(0, timeout=20_000)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await expect(row.get_by_role("link", name="More for School report.pdf")).to_be_focused()
    await expect(listed(ana)).to_contain_text("letter.pdf")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="School report.pdf")
    await dialog.locator("summary").press("Enter")
    await dialog.get_by_label("Reason").fill("Of another client")
    await page.keyboard.press("Enter")
    await expect(page.locator(".file-line")).to_have_count(0, timeout=20_000)
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await expect(listed(ana)).to_contain_text("Deleted by the practice", timeout=20_000)
    await page.get_by_role("link", name="Deleted").click()
    await maya.live()
    await expect(page.locator(".file-line")).to_contain_text("Of another client")
    await page.get_by_role("button", name="Restore School report.pdf").click()
    await maya.live()
    await expect(listed(ana).get_by_role("link", name="letter.pdf", exact=True)).to_be_visible(timeout=20_000)


async def test_what_was_found_follows_what_comes_in_and_what_others_change(window, cast):
    ana = await window(cast, "client", "/uploads")
    await add(ana, LETTER)
    await expect(listed(ana)).to_have_count(1, timeout=20_000)
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/files")
    page, rows = maya.page, maya.page.locator(".file-line")
    await page.get_by_label("Name of the file").fill("letter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Named like “letter”")).to_be_visible(timeout=20_000)
    await maya.live()
    await expect(rows).to_have_count(1)
    await add(ana, CARD, {**LETTER, "name": "Second letter.pdf"})
    await expect(rows).to_have_count(2, timeout=20_000)
    await expect(rows.first).to_contain_text("Second letter.pdf")
    await listed(ana).filter(has_text="Second letter.pdf").get_by_role("button", name="Remove").click()
    await ana.page.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    await expect(rows).to_have_count(1, timeout=20_000)
    assert "letter" not in page.url


async def test_older_uploads_stand_on_pages_of_their_own(window, cast):
    ana = await window(cast, "client", "/uploads")
    await add(ana, LETTER)
    await expect(listed(ana)).to_have_count(1, timeout=20_000)
    more = PAGE
    await cast.inside(lambda: execute(
        """WITH one AS (SELECT k.*, f.login_id, f.sha256 FROM client_file k JOIN file f ON f.id = k.file_id),
          more AS (INSERT INTO file (id, login_id, name, type, size, sha256, storage_key)
            SELECT gen_random_uuid(), login_id, 'Later.pdf', 'application/pdf', 1, sha256, n::text
            FROM one, generate_series(1, $1::int) n RETURNING id, name)
        INSERT INTO client_file (id, client_id, file_id, access_id, source, name)
          SELECT ('ff' || substr(more.id::text, 3))::uuid, one.client_id, more.id, one.access_id, 'upload', more.name
          FROM one, more""", more))
    await ana.reload()
    await expect(listed(ana)).to_have_count(more)
    await ana.page.get_by_role("link", name="Older ones").click()
    await expect(listed(ana)).to_have_count(1)
    await expect(listed(ana)).to_contain_text("letter.pdf")
    await ana.page.get_by_role("link", name="Newest").click()
    await expect(listed(ana)).to_have_count(more)


async def test_a_messages_attachment_is_saved_to_files_from_the_conversation(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.page.locator("message-composer input[type=file]").set_input_files([LETTER])
    await expect(ana.page.locator(".upload")).to_contain_text("uploaded", timeout=20_000)
    await ana.write("Here it is")
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    button = maya.page.get_by_role("button", name="Save letter.pdf to Files")
    there = await window(cast, "practitioner", f"/messages/{talk}", like=maya)
    await expect(there.page.get_by_role("button", name="Save letter.pdf to Files")).to_be_enabled()
    await button.click()
    for tab in (maya, there):  # also where somebody else saved it, and after a reload
        await expect(tab.page.locator("[data-save-to-files]")).to_contain_text("Saved to Files", timeout=20_000)
    await there.reload()
    await expect(there.page.locator("[data-save-to-files]")).to_contain_text("Saved to Files", timeout=20_000)
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
    await maya.page.get_by_role("link", name="More for").first.click()
    await expect(maya.page.locator("dialog[open]")).to_be_visible()
    await maya.page.locator("dialog summary").click()
    assert await axe(maya, axe_source) == []
    owner = await window(cast, "owner", "/settings/portal/files/edit", **fit)
    assert await axe(owner, axe_source) == []


async def test_a_large_file_is_being_checked_and_then_there(window, cast, tmp_path):
    ana = await window(cast, "client", "/uploads")
    await add(ana, a_film(tmp_path / "Long film.mp4", 34))
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
