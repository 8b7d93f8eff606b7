"""Walls between people in one practice: who is removed, who comes back, who may read what was deleted."""

from __future__ import annotations

from uuid import UUID

from playwright.async_api import expect

from models.core.database import fetch_all
from models.messaging.changing import change_people
from models.messaging.seats import conversation_for
from models.messaging.starting import start
from tests.browser.said import look_for, say


async def test_who_is_removed_writes_no_more_and_who_comes_back_sees_only_what_is_new(window, cast):
    talk = await _with(cast, "practitioner", "client", "supervisor")
    nadia = await window(cast, "supervisor", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.write("Seen by both")
    await expect(nadia.said("Seen by both")).to_have_count(1)
    await _people(cast, talk, remove="supervisor")
    await expect(nadia.page.get_by_text("You no longer sit in this conversation.")).to_be_visible()
    await expect(nadia.box).to_have_count(0)
    await expect(ana.page.locator(".happened")).to_contain_text("left")
    await ana.write("Not for her")
    await expect(ana.page.locator(".message[data-line]", has_text="Not for her")).to_have_count(1)
    await _people(cast, talk, add="supervisor")
    await expect(nadia.box).to_be_visible()
    await ana.write("For her again")
    await expect(nadia.said("For her again")).to_have_count(1)
    await nadia.reload()
    await nadia.reads("Seen by both", "For her again")
    await look_for(nadia, "her")
    await expect(nadia.page.locator(".hit")).to_have_count(1)
    assert "Not for her" not in await nadia.wires()


async def test_divorced_parents_and_their_teen_write_at_once_and_nothing_of_the_others_reaches_a_browser(window, cast):
    teen, names = cast.clients["teen"], ("parent", "coparent", "teen")
    talks = {name: await _about(cast, name, teen) for name in names}
    pages = {name: await window(cast, name, f"/for/{teen}/messages/{talks[name]}") for name in names}
    for name, page in pages.items():
        await page.write(f"Words of the {name}")
        await expect(page.page.locator(".message[data-line]", has_text=f"Words of the {name}")).to_have_count(1)
        await say(cast, talks[name], "practitioner", [f"Answer to the {name}"])
    for name, page in pages.items():
        await expect(page.said(f"Answer to the {name}")).to_have_count(1)
        await page.page.goto(f"{page.url}/for/{teen}/messages")
        await expect(page.page.get_by_text(f"Answer to the {name}")).to_have_count(1)
        wires = await page.wires()
        assert f"Answer to the {name}" in wires
        for other in {*names} - {name}:
            assert f"of the {other}" not in wires and f"to the {other}" not in wires, f"{name} reads {other}"
            assert talks[other] not in wires, f"{name} learns that {other} writes"


async def test_an_administrator_reads_a_deleted_message_with_a_reason_and_nobody_else(window, cast):
    talk = await _with(cast, "practitioner", "client", "owner")
    await say(cast, talk, "client", ["Regretted words"])
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.last.get_by_role("button", name="More for this message").click()
    await ana.page.get_by_role("button", name="Delete the message").click()
    await expect(ana.last).to_contain_text("Message deleted")
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await expect(maya.last).to_contain_text("Message deleted")
    await expect(maya.page.get_by_role("button", name="Read what it said")).to_have_count(0)
    message = await maya.last.get_attribute("data-line")
    assert await _post(maya, f"/staff/messages/{message}/deleted-text", reason="Curious") == 403
    jonas = await window(cast, "owner", f"/messages/{talk}")
    await jonas.page.get_by_role("button", name="Read what it said").click()
    dialog = jonas.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("That you looked, and why, is kept.")
    await dialog.get_by_role("button", name="Read it").click()
    await expect(dialog).not_to_contain_text("Regretted words")
    await dialog.get_by_label("Reason").fill("A court asks")
    await dialog.get_by_role("button", name="Read it").click()
    await expect(dialog).to_contain_text("Regretted words")
    await dialog.get_by_role("button", name="Close").click()
    await expect(jonas.page.locator("[data-said]")).to_be_empty()
    assert "Regretted words" not in await jonas.page.content(), "shown once and nowhere else"
    looks = await cast.inside(lambda: fetch_all("SELECT reason FROM look WHERE subject_id = $1", UUID(message)))
    assert [one["reason"] for one in looks] == ["A court asks"]
    for one in (ana, maya):
        assert "Regretted words" not in (await one.wires() if one is maya else await one.page.content())


async def _with(cast, who: str, *others: str) -> str:
    actor = await cast.actor(who)
    people = {**cast.clients, **cast.staff}
    return str(await cast.inside(lambda: start(actor, [people[one] for one in others])))


async def _about(cast, who: str, client: UUID) -> str:
    """A conversation of this person with the practitioner about the minor."""
    actor = await cast.actor(who, client="teen")
    return str(await cast.inside(lambda: start(actor, [cast.staff["practitioner"]], client=client)))


async def _people(cast, talk: str, *, add: str = "", remove: str = "") -> None:
    """The practitioner adds or removes a colleague."""
    actor = await cast.actor("practitioner")

    async def work() -> None:
        sitting = await conversation_for(actor, UUID(talk), lock=True)
        gone = [one.id for one in sitting.open_seats if remove and one.staff_id == cast.staff[remove]]
        await change_people(actor, sitting, add=[cast.staff[add]] if add else [], remove=gone)

    await cast.inside(work)


async def _post(one, path: str, **body: str) -> int:
    ask = """async ([path, body]) => {
        const headers = { Accept: "application/json", "Content-Type": "application/json" }
        const answer = await fetch(path, { method: "POST", body: JSON.stringify(body), headers })
        await answer.text()
        return answer.status
    }"""
    status: int = await one.page.evaluate(ask, [path, body])
    return status
