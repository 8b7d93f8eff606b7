"""One file of a client in its dialog, while colleagues change it: it is drawn anew each time, and misses nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from models.core.ids import new_id
from models.files import managing
from models.files.keeping import keep_for_client
from models.files.tables import File

# The next drawing of the card goes wrong, and says that it was tried.
FAILS_ONCE = """card => {
    card.closest = () => {
        delete card.closest
        card.dataset.tried = ""
        throw new Error("drawn wrong")
    }
}"""

# The next page of that file has left the server, and comes when it is let go.
ON_ITS_WAY = """(file) => {
    const real = window.fetch
    window.fetch = async (...asked) => {
        if (!String(asked[0]).endsWith(file)) return real(...asked)
        window.fetch = real
        const answer = await real(...asked)
        await new Promise((done) => { window.letGo = done })
        return answer
    }
}"""


@pytest.fixture
async def letter(cast):
    """A file in the client's record, which the client brought: its id there."""
    ana, client = await cast.actor("client"), cast.clients["client"]

    async def work():
        id, login = new_id(), cast.people.logins["client"]
        await File.create(id=id, login_id=login, name="letter.pdf", type="application/pdf", size=1, sha256=b"1" * 32,
                          storage_key=str(id))
        return await keep_for_client(ana, id, client, "upload", access_id=cast.accesses["client", "client"])

    return (await cast.inside(work)).id


@pytest.fixture
def sam(cast, letter):
    """Renames it, as a colleague."""

    async def rename(name):
        actor = await cast.actor("supervisor")
        await cast.inside(lambda: managing.rename(actor, cast.clients["client"], letter, name))

    return rename


def row(maya):
    return maya.page.locator(".file-line")


async def test_a_drawing_that_goes_wrong_keeps_no_later_one_from_being_drawn(window, cast, sam):
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/files")
    await row(maya).get_by_role("link", name="More for letter.pdf").click()
    card = maya.page.locator("dialog file-card")
    await expect(card.get_by_role("heading")).to_have_text("letter.pdf")
    await card.evaluate(FAILS_ONCE)
    await sam("One")
    await expect(card).to_have_attribute("data-tried", "")
    await sam("Two")
    await expect(card.get_by_role("heading")).to_have_text("Two.pdf")
    assert "drawn wrong" in maya.faults.pop()


async def test_what_a_colleague_changes_while_the_dialog_is_being_fetched_stands_in_it(window, cast, letter, sam):
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/files")
    await maya.page.evaluate(ON_ITS_WAY, f"{letter}")
    await row(maya).get_by_role("link", name="More for letter.pdf").click()
    await maya.page.wait_for_function("() => window.letGo")
    await sam("School report")
    await expect(row(maya)).to_contain_text("School report.pdf")
    await maya.page.evaluate("window.letGo()")
    await expect(maya.page.locator("dialog file-card").get_by_role("heading")).to_have_text("School report.pdf")
