"""The form builder over the line: two pages of two people, each with a session of its own."""

from __future__ import annotations

from uuid import uuid4

from realtime.door import heard
from tests.documents.drafts import a_draft, texts


class Page:
    """One page's asks."""

    def __init__(self, cast, session, form):
        self.cast, self.session, self.form, self.tab = cast, session, form, str(uuid4())

    async def asks(self, name, **more):
        return await heard(self.cast.practice_id, self.session, name,
                           {"form": str(self.form.id), "tab": self.tab, **more})

    async def says(self, version, text, key=None):
        operation = {"do": "change", "item": "why", "fields": {"text": text}}
        return await self.asks("form.edit", version=version, operation=operation, key=key or str(uuid4()))


async def page(cast, name, form):
    return Page(cast, await cast.session(name), form)


async def test_two_pages_take_turns_over_the_line(cast, wired):
    form = await a_draft(cast)
    first, second = await page(cast, "practitioner", form), await page(cast, "owner", form)
    assert (await first.asks("form.begin_editing"))["editor"]["here"]
    told = (await second.asks("form.begin_editing"))["editor"]
    assert (told["name"], told["here"], told["own"]) == ("Maya Okafor", False, False)
    saved = await first.says(form.draft_version, "Kept")
    assert saved["ok"] and saved["undo"] and not saved["redo"]
    assert (await second.says(saved["version"], "No"))["error"]["code"] == "editing-elsewhere"
    assert (await second.asks("form.begin_editing", take_over=True))["editor"]["here"]
    assert not (await first.asks("form.beat"))["editor"]["here"]
    assert (await first.says(saved["version"], "Lost"))["error"]["code"] == "editing-elsewhere"
    assert (await second.says(saved["version"], "Mine"))["ok"]
    assert "Mine" in await texts(cast, form)


async def test_what_is_sent_twice_under_one_key_is_done_once(cast, wired):
    form = await a_draft(cast)
    first, key = await page(cast, "practitioner", form), str(uuid4())
    answers = [await first.says(form.draft_version, "Once", key) for _ in range(2)]
    assert answers[0]["version"] == answers[1]["version"] == form.draft_version + 1
    back = await first.asks("form.turn_back", version=answers[0]["version"], key=str(uuid4()))
    assert back["ok"] and back["redo"] and "Why now?" in await texts(cast, form)


async def test_who_may_not_edit_is_refused_over_the_line(cast, wired):
    form = await a_draft(cast)
    owner = await page(cast, "owner", form)
    assert (await owner.says(form.draft_version, "May"))["ok"]
    for name, code in (("frontdesk", "forms-read-only"), ("biller", "no-forms"), ("client", "forbidden")):
        one = await page(cast, name, form)
        assert (await one.says(form.draft_version + 1, "No"))["error"]["code"] == code
        assert (await one.asks("form.begin_editing"))["error"]["code"] == code
