"""Starting a conversation with a page's own form: nothing of it needs a script."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

BOX = r'<input type="checkbox" name="people" value="([^"]+)" data-name="{}" data-about="{}"'


async def page(browser: Any, path: str = "/staff/messages/new") -> str:
    return str(await (await browser.get(path)).get_data(as_text=True))


async def box(browser: Any, cast: Any, name: str, about: str) -> str:
    """What the box of that person says, about that client."""
    found = re.search(BOX.format(name, cast.clients[about]), await page(browser))
    assert found, f"{name} must stand on the page for this to mean anything"
    return found.group(1)


async def submit(browser: Any, people: list[str], subject: str = "") -> Any:
    """The form as a browser sends it: each ticked box by its name."""
    fields = urlencode({"people": people, "subject": subject}, doseq=True)
    made = browser._headers({"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"})
    return await browser.client.post("/staff/conversations", data=fields, headers=made)


async def test_a_contact_of_two_clients_is_written_to_about_the_one_that_was_chosen(cast: Any, browse: Any) -> None:
    staff, parent = await browse(cast, "practitioner"), await browse(cast, "parent")
    for child, name in (("teen", "Leo Marsh"), ("child", "Nora Marsh")):
        chosen = await box(staff, cast, "Karen Marsh", child)
        answer = await submit(staff, [chosen])
        assert answer.status_code == 303, await answer.get_data(as_text=True)
        conversation = answer.headers["Location"].rpartition("/")[2]
        shown = await (await parent.json(f"/for/{cast.clients[child]}/messages/{conversation}")).get_json()
        assert shown["about"]["name"] == name


async def test_client_and_contact_are_chosen_together(cast: Any, browse: Any) -> None:
    staff = await browse(cast, "practitioner")
    chosen = [str(cast.clients["teen"]), await box(staff, cast, "Karen Marsh", "teen")]
    answer = await submit(staff, chosen)
    assert answer.status_code == 303
    people = (await (await staff.json(answer.headers["Location"])).get_json())["people"]
    assert {one["name"] for one in people} == {"Maya Okafor", "Leo Marsh", "Karen Marsh"}


async def test_one_conversation_is_never_about_two_clients(cast: Any, browse: Any) -> None:
    staff = await browse(cast, "practitioner")
    both = [await box(staff, cast, "Karen Marsh", child) for child in ("teen", "child")]
    for people in (both, [both[0], str(cast.clients["client"])]):
        answer = await submit(staff, people, "The trip")
        assert answer.status_code == 422
    found = await staff.send("/staff/conversations", {"people": both})
    assert (await found.get_json())["errors"]["people"] == [
        "A conversation is about one client. Write to each of them alone."
    ]


async def test_a_refused_form_keeps_what_was_chosen_and_typed(cast: Any, browse: Any) -> None:
    staff = await browse(cast, "practitioner")
    both = [await box(staff, cast, "Karen Marsh", child) for child in ("teen", "child")]
    answer = await submit(staff, both, "The trip")
    drawn = await answer.get_data(as_text=True)
    assert 'value="The trip"' in drawn and "about one client" in drawn
    assert len(re.findall(r'name="people"[^>]* checked>', drawn)) == 2


async def named(browser: Any, words: str) -> str:
    return await (await browser.post("/staff/messages/new", {"words": words})).get_data(as_text=True)


async def test_people_are_found_without_a_script(cast: Any, browse: Any) -> None:
    staff = await browse(cast, "practitioner")
    found = await named(staff, "karen")
    assert re.findall(r'data-name="([^"]+)"', found) == ["Karen Marsh", "Karen Marsh"]
    assert 'value="karen"' in found
    assert "Nobody has that name" in await named(staff, "xyzzy")
    assert "Karen Marsh" in await page(staff)


async def test_nonsense_in_a_box_is_refused_with_words(cast: Any, browse: Any) -> None:
    staff = await browse(cast, "practitioner")
    for nonsense in (".", "x.y", f"{cast.contacts['parent']}.", f"{cast.contacts['parent']}.no"):
        answer = await staff.send("/staff/conversations", {"people": nonsense})
        assert answer.status_code == 422 and (await answer.get_json())["errors"], nonsense
