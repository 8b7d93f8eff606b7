"""Sentences of the guide, each by hand at the doors. Which sentence is proved where stands in sentences.txt."""

from __future__ import annotations

import secrets
from typing import Any

from models.core.addresses import origin_of
from models.core.database import execute

PORTAL = "/staff/settings/portal"


async def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(await answer.get_data(as_text=True))


async def closed(cast: Any) -> None:
    await cast.inside(lambda: execute("UPDATE practice SET state = 'closed' WHERE id = portico_here()"))


async def begun(browser: Any, person: Any) -> Any:
    return await browser.send("/conversations", {"people": [str(person)]})


async def test_you_may_turn_on_your_client_portal_under_account_settings_portal(cast, browse):
    await closed(cast)
    owner = await browse(cast, "owner")
    assert "Turn on the client portal" in await text(await owner.get(PORTAL))
    name = f"t{secrets.token_hex(6)}"
    assert (await owner.send(f"{PORTAL}/on", {"subdomain": name})).status_code == 200
    owner.host = f"{name}.localhost:8000"
    assert "Turn off the client portal" in await text(await owner.get(PORTAL))


async def test_when_you_first_set_up_the_client_portal_you_will_be_asked_to_enter_a_subdomain(cast, browse):
    await closed(cast)
    owner = await browse(cast, "owner")
    assert 'name="subdomain"' in await text(await owner.get(PORTAL))
    assert (await owner.send(f"{PORTAL}/on", {})).status_code == 422


async def test_as_long_as_it_isnt_already_taken_you_may_use_whatever_youd_like(cast, neighbours, browse):
    owner = await browse(cast, "owner")
    free = await (await owner.send(f"{PORTAL}/subdomain/look", {"subdomain": f"my-{secrets.token_hex(5)}"})).get_json()
    taken = await owner.send(f"{PORTAL}/subdomain/look", {"subdomain": neighbours.subdomain})
    assert free["free"] and not (await taken.get_json())["free"]
    refused = await owner.send(f"{PORTAL}/subdomain", {"subdomain": neighbours.subdomain})
    assert refused.status_code in (409, 422)


async def test_clients_may_also_share_files_through_secure_messaging_by_the_paperclip(cast, browse):
    ana = await browse(cast, "client")
    talk = (await (await begun(ana, cast.staff["practitioner"])).get_json())["conversation"]
    body = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\nWords\r\n--x--\r\n"
    made = ana._headers({"Accept": "application/json", "Content-Type": "multipart/form-data; boundary=x"})
    file = (await (await ana.client.post("/files", data=body, headers=made)).get_json())["file"]["id"]
    assert (await ana.send(f"/conversations/{talk}/messages", {"body": "", "files": [file]})).status_code == 200
    maya = await browse(cast, "practitioner")
    assert (await maya.opened(f"/files/{file}")).status_code == 200
    for browser, root in ((ana, ""), (maya, "/staff")):
        assert "#paperclip" in await text(await browser.get(f"{root}/messages/{talk}"))


async def test_click_the_conversation_icon_in_the_upper_right_corner_and_then_the_edit_icon(cast, browse):
    for name, root, first in (("practitioner", "/staff", "/staff/today"), ("client", "", "/home")):
        person = await browse(cast, name)
        assert f'href="{root}/messages"' in (await text(await person.get(first))).split("strip-end")[1]
        inbox = await text(await person.get(f"{root}/messages"))
        assert f'href="{root}/messages/new"' in inbox and "#square-pen" in inbox
        await text(await person.get(f"{root}/messages/new"))


async def test_if_a_client_messages_you_an_alert_appears_at_the_top_on_the_chat_bubble_icon(cast, browse):
    ana, maya = await browse(cast, "client"), await browse(cast, "practitioner")
    before = await (await maya.json("/staff/messages/badge")).get_json()
    talk = (await (await begun(ana, cast.staff["practitioner"])).get_json())["conversation"]
    await ana.send(f"/conversations/{talk}/messages", {"body": "Hello"})
    after = await (await maya.json("/staff/messages/badge")).get_json()
    assert before["unread"] == 0 and after["unread"] == 1


async def test_clients_can_only_start_a_new_conversation_with_their_assigned_practitioner(cast, browse):
    ana = await browse(cast, "client")
    assert (await begun(ana, cast.staff["practitioner"])).status_code == 200
    for other in ("owner", "supervisor", "frontdesk", "biller"):
        assert (await begun(ana, cast.staff[other])).status_code in (403, 404, 422), other


async def test_anyone_on_the_account_can_initiate_a_conversation_and_the_client_can_message_them_back(cast, browse):
    ana = await browse(cast, "client")
    for name in ("owner", "supervisor", "frontdesk", "biller"):
        began = await (await browse(cast, name)).send("/staff/conversations", {"people": [str(cast.clients["client"])]})
        talk = (await began.get_json())["conversation"]
        back = await ana.send(f"/conversations/{talk}/messages", {"body": "Hello back"})
        assert back.status_code == 200, name


async def test_you_may_post_a_link_on_your_website_that_is_found_at_account_settings_portal(cast, browse):
    link = origin_of(cast.subdomain)
    page = await text(await (await browse(cast, "owner")).get(PORTAL))
    assert f'href="{link}/"' in page and f'<copy-text data-text="{link}">' in page


async def test_you_can_decide_what_features_to_enable_and_what_information_to_collect(cast, browse):
    client = cast.clients["child"]
    page = await text(await (await browse(cast, "practitioner")).get(f"/staff/clients/{client}/setup/portal"))
    for words in ("Secure Messaging", "Required", "Not asked", "Emergency contact", "Send invitation"):
        assert words in page, words


async def test_manage_information_allows_the_contact_to_manage_the_minors_details(cast, browse):
    teen = cast.clients["teen"]
    karen, maya = await browse(cast, "parent"), await browse(cast, "practitioner")
    said = await karen.send(f"/for/{teen}/profile/referral", {"heard_from": "The school"})
    assert said.status_code == 200
    taken = await maya.send(f"/staff/clients/{teen}/portal/{cast.contacts['parent']}/permissions", {"permissions": []})
    assert taken.status_code == 200
    for answer in (await karen.json(f"/for/{teen}/profile"),
                   await karen.send(f"/for/{teen}/profile/referral", {"heard_from": "A friend"})):
        assert answer.status_code == 403


async def test_the_subdomain_is_the_part_of_the_address_that_you_may_customize(cast, browse):
    owner, name = await browse(cast, "owner"), f"my-clinic-{secrets.token_hex(4)}"
    assert (await owner.send(f"{PORTAL}/subdomain", {"subdomain": name})).status_code == 200
    visitor = await browse(cast)
    visitor.host = f"{name}.localhost:8000"
    assert "Harbor Counseling" in await text(await visitor.get("/"))


async def test_how_clients_reset_their_password_they_click_the_link_and_then_forgot_password(cast, browse):
    visitor = await browse(cast)
    landing = await text(await visitor.get("/"))
    assert 'href="/forgot-password"' in landing and "Forgot Password" in landing
    assert 'name="email"' in await text(await visitor.get("/forgot-password"))
    asked = await visitor.post("/forgot-password", {"email": f"client@{cast.subdomain}.test"})
    assert asked.status_code in (200, 303)


async def test_your_client_portal_will_include_your_name_and_address(cast, browse):
    for browser, path in ((await browse(cast), "/"), (await browse(cast, "client"), "/home")):
        page = await text(await browser.get(path))
        assert "Harbor Counseling" in page and "14 Wharf Street" in page, path
