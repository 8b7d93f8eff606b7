"""The doors of messaging, over HTTP and over the line: parse, find, one verb, answer."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from models.core.database import execute
from realtime import presence
from realtime.door import heard


class Line:
    """A person on the socket."""

    def __init__(self, cast: Any, session: Any) -> None:
        self.cast, self.session = cast, session

    async def ask(self, name: str, **payload: Any) -> Any:
        return await heard(self.cast.practice_id, self.session, name, payload)


@pytest.fixture
def on_line(cast: Any, wired: None) -> Any:
    async def open(name: str) -> Line:
        return Line(cast, await cast.session(name))

    return open


class Ear:
    """Hears hints in place of Redis and the sockets."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[Any] = asyncio.Queue()

    async def tell(self, practice_id: Any, audiences: Any, name: str, payload: Any) -> None:
        await self.told.put((name, [one.kind for one in audiences], {key: _plain(payload[key]) for key in payload}))

    async def heard(self, name: str) -> tuple[list[str], Any]:
        """The next hint of that name; others before it are left behind."""
        while True:
            found, kinds, payload = await asyncio.wait_for(self.told.get(), 60)
            if found == name:
                return kinds, payload


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value)


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Ear:
    heard_by = Ear()
    monkeypatch.setattr(presence, "ear", heard_by)
    return heard_by


async def started(cast: Any, client: Any) -> str:
    answer = await client.send("/conversations", {"people": [str(cast.staff["practitioner"])]})
    found = await answer.get_json()
    assert answer.status_code == 200, found
    return str(found["conversation"])


async def test_two_people_talk_over_http(cast: Any, browse: Any) -> None:
    client, practitioner = await browse(cast, "client"), await browse(cast, "practitioner")
    conversation = await started(cast, client)
    answer = await client.send(f"/conversations/{conversation}/messages", {"body": "Hello"})
    message = (await answer.get_json())["message"]
    page = await (await practitioner.json(f"/staff/conversations/{conversation}/messages")).get_json()
    assert [(one["id"], one["body"]) for one in page["messages"]] == [(message, "Hello")]
    assert (await (await practitioner.json("/staff/messages/badge")).get_json())["unread"] == 1
    read = await practitioner.send(f"/staff/conversations/{conversation}/read", {"message": message})
    assert read.status_code == 200
    assert (await (await practitioner.json("/staff/messages/badge")).get_json())["unread"] == 0
    shown = await (await client.json(f"/conversations/{conversation}/messages")).get_json()
    assert shown["messages"][0]["ticks"]["state"] == "read"


async def test_a_form_without_a_script_does_the_same(cast: Any, browse: Any) -> None:
    client = await browse(cast, "client")
    answer = await client.post("/conversations", {"people": str(cast.staff["practitioner"]), "subject": ""})
    assert answer.status_code == 303
    thread = answer.headers["Location"]
    sent = await client.post(thread.replace("/messages/", "/conversations/") + "/messages", {"body": "Hi <b>there</b>"})
    assert sent.status_code == 303 and sent.headers["Location"] == thread
    page = await (await client.get(thread)).get_data(as_text=True)
    assert "Hi &lt;b&gt;there&lt;/b&gt;" in page and "<b>there" not in page


async def test_a_client_to_whom_nobody_is_assigned_reads_the_phone_where_they_would_write(cast, browse):
    client = await browse(cast, "client")

    async def pages() -> list[str]:
        return [str(await (await client.get(path)).get_data(as_text=True)) for path in ("/messages", "/messages/new")]

    inbox, new = await pages()
    assert 'href="/messages/new"' in inbox and "Start writing" in new
    assert "Nobody is assigned" not in inbox + new
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    for page in await pages():
        assert "Nobody is assigned yet" in page and "(207) 555-0132" in page
        assert 'href="/messages/new"' not in page and "Start writing" not in page
    refused = await client.send("/conversations", {"people": [str(cast.staff["practitioner"])]})
    assert refused.status_code == 409 and "(207) 555-0132" in (await refused.get_json())["detail"]


async def test_a_refused_start_draws_the_form_again(cast: Any, browse: Any) -> None:
    staff = await browse(cast, "practitioner")
    answer = await staff.post("/staff/conversations", {"people": str(cast.contacts["parent"]), "subject": "Trip"})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Karen Marsh is a contact" in page


async def test_a_key_sends_once_over_both_ways(cast: Any, browse: Any, on_line: Any) -> None:
    client, line = await browse(cast, "client"), await on_line("client")
    conversation, key = await started(cast, client), str(uuid4())
    path = f"/conversations/{conversation}/messages"
    twice = [await (await client.send(path, {"body": "Once", "key": key})).get_json() for _ in range(2)]
    assert twice[0] == twice[1]
    other = await client.send(path, {"body": "Other", "key": key})
    assert other.status_code == 409 and (await other.get_json())["code"] == "key-reused"
    ask = {"conversation": conversation, "body": "Asked", "key": str(uuid4())}
    asked = [await line.ask("message.send", **ask) for _ in range(2)]
    assert asked[0]["ok"] and {str(one["message"]) for one in asked} == {str(asked[0]["message"])}
    assert asked[0]["seq"] == asked[1]["seq"]
    said = (await (await client.json(path)).get_json())["messages"]
    assert [one["body"] for one in said] == ["Once", "Asked"]


async def test_every_ask_of_the_contract_works(cast: Any, on_line: Any) -> None:
    client, staff = await on_line("client"), await on_line("practitioner")
    start = await client.ask("conversation.start", people=[str(cast.staff["practitioner"])], key=str(uuid4()))
    there = {"conversation": str(start["conversation"])}
    sent = await client.ask("message.send", **there, body="Hello", key=str(uuid4()))
    assert sent["ok"] and isinstance(sent["seq"], int)
    note = await staff.ask("note.add", **there, body="For us", key=str(uuid4()))
    assert note["ok"] and note["note"] and note["seq"] > sent["seq"]
    assert (await staff.ask("conversation.all_delivered"))["ok"]
    upto = {**there, "message": str(sent["message"])}
    assert (await staff.ask("conversation.delivered", **upto))["ok"]
    assert (await staff.ask("conversation.read", **upto))["ok"]
    assert (await staff.ask("typing", **there, on=True))["ok"] and (await staff.ask("typing", **there, on=False))["ok"]
    assert (await staff.ask("draft.save", **there, body="Half"))["ok"]
    for kept in ("mark_unread", "mute", "archive"):
        for on in (True, False):
            assert (await staff.ask(f"conversation.{kept}", **there, on=on))["ok"]
    assert (await client.ask("message.undo", message=str(sent["message"])))["ok"]
    again = await client.ask("message.send", **there, body="Hello again", key=str(uuid4()))
    assert (await client.ask("message.delete", message=str(again["message"])))["ok"]


async def test_asks_of_others_conversations_are_refused_alike(cast: Any, browse: Any, on_line: Any) -> None:
    conversation = await started(cast, await browse(cast, "client"))
    message = str(uuid4())
    for name in ("teen", "owner", "frontdesk"):
        line = await on_line(name)
        for there in (conversation, str(uuid4())):
            for ask, more in (
                ("message.send", {"body": "x", "key": str(uuid4())}), ("conversation.read", {"message": message}),
                ("typing", {"on": True}), ("draft.save", {"body": "x"}), ("conversation.mute", {"on": True}),
                ("conversation.delivered", {"message": message}),
            ):
                answer = await line.ask(ask, conversation=there, **more)
                assert answer["error"]["code"] == "not-found", (name, ask)


async def test_clients_do_not_reach_what_is_for_staff(cast: Any, browse: Any, on_line: Any) -> None:
    client = await browse(cast, "client")
    conversation = await started(cast, client)
    line = await on_line("client")
    refused = await line.ask("note.add", conversation=conversation, body="x", key=str(uuid4()))
    assert refused["error"]["code"] == "forbidden"
    for path in ("notes", "people", "claim", "assign", "hand-over"):
        answer = await client.send(f"/staff/conversations/{conversation}/{path}", {})
        assert answer.status_code == 403


async def test_a_parent_of_two_works_under_each_child(cast: Any, browse: Any, on_line: Any) -> None:
    parent, line = await browse(cast, "parent"), await on_line("parent")
    people = [str(cast.staff["practitioner"])]
    for method in (parent.json("/messages"), parent.send("/conversations", {"people": people})):
        answer = await method
        assert answer.status_code == 409 and (await answer.get_json())["code"] == "choose-client"
    refused = await line.ask("conversation.start", people=people, key=str(uuid4()))
    assert refused["error"]["code"] == "choose-client"
    made = await line.ask("conversation.start", people=people, client=str(cast.clients["child"]), key=str(uuid4()))
    conversation = str(made["conversation"])
    sent = await line.ask("message.send", conversation=conversation, body="About Nora", key=str(uuid4()))
    assert sent["ok"]
    under_nora = await parent.json(f"/for/{cast.clients['child']}/messages/{conversation}")
    assert (await under_nora.get_json())["about"]["name"] == "Nora Marsh"
    assert (await parent.json(f"/for/{cast.clients['teen']}/messages/{conversation}")).status_code == 404


@pytest.mark.parametrize("payload", [
    {}, {"body": 5}, {"body": "x", "color": "red"}, {"body": "x", "files": "y"}, {"body": "x" * 10_001},
    {"body": "a\x00"}, {"body": "x", "files": [str(uuid4())] * 11}, {"body": None}, {"body": "x", "key": "k"},
])
async def test_what_cannot_be_a_message_is_refused_with_sentences(cast: Any, browse: Any, payload: Any) -> None:
    client = await browse(cast, "client")
    conversation = await started(cast, client)
    answer = await client.send(f"/conversations/{conversation}/messages", payload)
    found = await answer.get_json()
    assert answer.status_code == 422 and found["detail"] and found["errors"]


async def test_notes_people_and_the_front_desk_have_doors(cast: Any, browse: Any) -> None:
    staff, desk = await browse(cast, "practitioner"), await browse(cast, "frontdesk")
    answer = await staff.send("/staff/conversations", {"people": [str(cast.clients["client"])]})
    path = f"/staff/conversations/{(await answer.get_json())['conversation']}"
    for step, payload in (
        ("notes", {"body": "For us"}), ("people", {"add": [str(cast.staff["owner"])]}),
        ("hand-over", {"note": "Please book"}),
    ):
        answer = await staff.send(f"{path}/{step}", payload)
        assert answer.status_code == 200, await answer.get_json()
    for step in ("claim", "assign"):
        assert (await desk.send(f"{path}/{step}", {})).status_code == 200
    people = (await (await staff.json(f"{path}/people")).get_json())["people"]
    assert {one["name"] for one in people} == {"Ana Beltrán", "Maya Okafor", "Jonas Lindqvist", "Front desk"}


async def test_absence_replies_and_settings_have_doors(cast: Any, browse: Any) -> None:
    staff, owner = await browse(cast, "practitioner"), await browse(cast, "owner")
    form = {"first": "2026-12-20", "last": "2099-01-02", "text": "Away", "cover": str(cast.staff["owner"])}
    assert (await staff.post("/staff/away", form)).status_code == 303
    shown = await (await staff.json("/staff/away")).get_json()
    assert shown["away"]["text"] == "Away"
    hours = {"opens_0": "09:00", "closes_0": "17:00", "opens_1": "", "closes_1": "", "away_reply": "Closed"}
    assert (await staff.post("/staff/office-hours", hours)).status_code == 303
    shown = await (await staff.json("/staff/away")).get_json()
    assert shown["hours"][0] == {"day": 0, "name": "Monday", "opens": "09:00", "closes": "17:00"}
    wrong = await staff.post("/staff/office-hours", {"opens_0": "09:00", "closes_0": ""})
    assert wrong.status_code == 422 and "both times" in await wrong.get_data(as_text=True)
    assert (await staff.post("/staff/away/end", {})).status_code == 303
    made = await (await staff.send("/staff/saved-replies", {"title": "Late", "body": "I am late."})).get_json()
    changed = await staff.post(f"/staff/saved-replies/{made['reply']}", {"title": "Late", "body": "A little late."})
    assert changed.status_code == 303
    assert "A little late." in await (await staff.get("/staff/saved-replies")).get_data(as_text=True)
    assert (await staff.post(f"/staff/saved-replies/{made['reply']}/delete")).status_code == 303
    for path, payload in (
        ("switches", {"show_read": "on", "any_staff_any_client": "on"}), ("banner", {"crisis_text": "Call 988."}),
        ("hours", {"opens_2": "08:00", "closes_2": "12:00", "away_reply": "Closed"}),
    ):
        assert (await owner.post(f"/staff/settings/messaging/{path}", payload)).status_code == 303
    shown = await (await owner.json("/staff/settings/messaging")).get_json()
    assert shown["show_read"] and not shown["show_online"] and shown["hours"][2]["opens"] == "08:00"
    assert (await staff.json("/staff/settings/messaging")).status_code == 403


@pytest.mark.parametrize("name", ["client", "practitioner", "frontdesk", "owner", "biller"])
async def test_every_page_of_messaging_draws(cast: Any, browse: Any, name: str) -> None:
    client, browser = await browse(cast, "client"), await browse(cast, name)
    conversation = await started(cast, client)
    await client.send(f"/conversations/{conversation}/messages", {"body": "Hello"})
    root = "" if name == "client" else "/staff"
    pages = ["/messages", "/messages/list", "/messages/badge", "/messages/new", "/messages/search",
             "/messages?show=archived"]
    pages += ["/messages?show=all", "/messages?show=unclaimed", "/away", "/saved-replies"] if root else []
    if name in ("client", "practitioner"):
        pages += [f"/messages/{conversation}", f"/messages/{conversation}?show=all"]
        pages += [f"/conversations/{conversation}/messages"]
    for page in pages:
        answer = await browser.get(root + page)
        assert answer.status_code == 200, page


async def test_a_page_says_as_of_when_it_is(cast: Any, browse: Any) -> None:
    client = await browse(cast, "client")
    conversation = await started(cast, client)
    await client.send(f"/conversations/{conversation}/messages", {"body": "Hello"})
    for path in ("/messages/list", "/messages/badge"):
        assert int((await client.get(path)).headers["Portico-Cursor"]) == 2
    assert int((await client.json(f"/conversations/{conversation}/messages")).headers["Portico-Cursor"]) == 2


async def test_an_administrator_reads_what_was_deleted_with_a_reason(cast: Any, browse: Any) -> None:
    client, owner, staff = [await browse(cast, name) for name in ("client", "owner", "practitioner")]
    conversation = await started(cast, client)
    sent = await (await client.send(f"/conversations/{conversation}/messages", {"body": "Gone"})).get_json()
    assert (await client.send(f"/messages/{sent['message']}/delete")).status_code == 200
    path = f"/staff/messages/{sent['message']}/deleted-text"
    assert (await (await owner.send(path, {"reason": "A court asks"})).get_json())["body"] == "Gone"
    assert (await owner.send(path, {"reason": ""})).status_code == 422
    assert (await staff.send(path, {"reason": "A court asks"})).status_code == 403


async def test_the_front_desk_sees_who_is_replying(cast: Any, browse: Any, on_line: Any, ear: Any) -> None:
    staff = await browse(cast, "practitioner")
    answer = await staff.send("/staff/conversations", {"people": [str(cast.clients["client"]), str(cast.practice_id)]})
    conversation = str((await answer.get_json())["conversation"])
    tess = await on_line("frontdesk")
    assert (await tess.ask("typing", conversation=conversation, on=True))["ok"]
    told = await ear.heard("looking")
    assert told == (["front-desk"], {"conversation": conversation, "staff": str(cast.staff["frontdesk"]), "on": True})
    owner = await browse(cast, "owner")
    shown = await (await owner.json("/staff/messages?show=all")).get_json()
    assert shown["conversations"][0]["desk"]["replying"] == "Tess Moreau"
    assert (await tess.ask("typing", conversation=conversation, on=False))["ok"]
    assert (await ear.heard("looking"))[1]["on"] is False
    shown = await (await owner.json("/staff/messages?show=all")).get_json()
    assert shown["conversations"][0]["desk"]["replying"] == ""


async def test_typing_goes_by_seat_to_the_others(cast: Any, browse: Any, on_line: Any, ear: Any) -> None:
    conversation = await started(cast, await browse(cast, "client"))
    line = await on_line("client")
    assert (await line.ask("typing", conversation=conversation, on=True))["ok"]
    kinds, shown = await ear.heard("typing")
    assert kinds == ["desk"] and set(shown) == {"conversation", "seat", "on"} and shown["conversation"] == conversation
