"""Account Settings > Branding: colours, words, the logo; what clients see of it, and a preview before it is saved."""

from __future__ import annotations

import asyncio
import io
import json
import re
from uuid import UUID

import pytest

from models.accounts import dressing
from models.accounts.logo_picture import logo_picture
from models.accounts.practices import profile
from models.core.database import pool
from models.core.errors import Conflict, Forbidden, Invalid
from models.core.scope import finish_work
from server import branding_settings, storage
from server.jobs import JOBS
from tests.accounts.test_logo_picture import claims, clear, picture

HERE = "/staff/settings/branding"
LOGO = f"{HERE}/logo"
TYPED = {"accent": "#3D6B35", "ground": "#fbf3e4", "own_ground": "true", "welcome": "Small steps, said out loud.",
         "about": "Speech and play therapy.\r\nFor children.", "hours": "Monday to Thursday"}


async def saved(cast):
    return await cast.inside(profile)


async def words(browser, path):
    return await (await browser.get(path)).get_data(as_text=True)


async def put(browser, data, *, name="logo.png", accept="application/json"):
    """The form of the page, as a browser sends it."""
    head = f'--x\r\nContent-Disposition: form-data; name="logo"; filename="{name}"\r\n\r\n'
    headers = browser._headers({"Accept": accept, "Content-Type": "multipart/form-data; boundary=x"})
    return await browser.client.post(LOGO, data=head.encode() + data + b"\r\n--x--\r\n", headers=headers)


async def logo_on(browser, path="/"):
    return re.findall(r'<img class="logo[^>]* src="(/logo/[0-9a-f]{16})"', await words(browser, path))


async def test_an_administrator_saves_colours_and_words_and_clients_see_them(cast, browse, people):
    browser = await browse(cast, "owner")
    assert (await browser.post(HERE, TYPED | {"version": "1"})).headers["Location"] == f"{HERE}?done=brand"
    found = await saved(cast)
    assert (found.accent, found.ground) == ("#3d6b35", "#fbf3e4")
    drawn = await words(await browse(cast), "/")
    for said in ("Small steps, said out loud.", "Speech and play therapy.", "Monday to Thursday"):
        assert said in drawn
    css = await words(browser, "/brand.css")
    assert "--accent: light-dark(#3d6b35, " in css and "--ground: light-dark(#fbf3e4, " in css
    assert [event["ids"] for event in await people.events("practice.brand_changed")] == [{}]


async def test_pages_name_new_colours_by_a_new_address(cast, browse):
    browser = await browse(cast, "owner")
    before = re.findall(r"/brand\.css\?v=\w+", await words(browser, "/staff/today"))
    await browser.send(HERE, {"ground": "#fbf3e4"})
    assert re.findall(r"/brand\.css\?v=\w+", await words(browser, "/staff/today")) != before


async def test_without_a_colour_of_its_own_the_ground_is_a_tint_again(cast, browse):
    browser = await browse(cast, "owner")
    await browser.post(HERE, TYPED)
    await browser.post(HERE, TYPED | {"own_ground": "false"})
    assert (await saved(cast)).ground == ""


@pytest.mark.parametrize("text", ["red", "", "#12345", "#1b5470; } body { display: none", "url(//x)", "\uff11b5470"])
async def test_what_is_no_colour_is_refused_at_its_field_and_the_rest_is_kept(cast, browse, text):
    browser = await browse(cast, "owner")
    answer = await browser.post(HERE, TYPED | {"accent": text})
    drawn = await answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="accent-wrong"' in drawn and "Small steps, said out loud." in drawn
    assert (await saved(cast)).accent == "#1b5470"


async def test_a_welcome_of_ten_thousand_characters_is_refused_and_not_lost(cast, browse):
    browser = await browse(cast, "owner")
    answer = await browser.post(HERE, TYPED | {"welcome": "w" * 10_000})
    drawn = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Use at most 120 characters." in drawn
    assert "w" * 10_000 in drawn, "to be shortened, not typed anew"


async def test_the_second_of_two_who_save_is_told_and_sees_both(cast, browse):
    browser = await browse(cast, "owner")
    await browser.post(HERE, TYPED | {"version": "1"})
    answer = await browser.post(HERE, TYPED | {"version": "1", "welcome": "Another welcome"})
    drawn = await answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Changed by somebody else" in drawn
    assert 'value="Another welcome"' in drawn and "Saved meanwhile: Small steps, said out loud." in drawn


async def test_the_page_says_what_became_of_a_colour_and_its_contrast(cast, browse):
    browser = await browse(cast, "owner")
    shown = await (await browser.json(f"{HERE}/colours?accent=ffd400&ground=7a1f1f")).get_json()
    assert shown["accent"]["moved"][0] == "darker" and shown["accent"]["as_chosen"] < 2
    assert shown["ground"]["moved"][0] == "lighter"
    assert all(shown[which][when] >= 4.5 for which in shown for when in ("contrast", "contrast_dark"))
    drawn = await words(browser, f"{HERE}/colours?accent=ffd400&ground=7a1f1f")
    assert "Your #ffd400 became darker" in drawn and "as chosen it would have had" in drawn
    assert "became" not in re.sub(r'class="[^"]*"', "", await words(browser, f"{HERE}/colours?accent=1b5470"))
    assert (await browser.get(f"{HERE}/colours?accent=mauve")).status_code == 422


async def test_the_crisis_text_is_said_and_changed_in_one_place_only(cast, browse):
    drawn = await words(await browse(cast, "owner"), HERE)
    assert "call or text 988" in drawn and 'href="/staff/settings/messaging#urgent"' in drawn
    assert 'name="crisis_text"' not in drawn


async def test_the_faq_more_customizations_such_as_your_logo(cast, browse, people):
    """FAQ, "Do you offer personal branding and logos": in the rail, the portal's bar and on the landing page."""
    owner = await browse(cast, "owner")
    assert await logo_on(await browse(cast)) == [], "the seal stands there"
    stamp = (await (await put(owner, clear((10, 60, 80, 255)))).get_json())["logo"]
    for name, path in ((None, "/"), ("client", "/home"), ("practitioner", "/staff/today"), ("owner", HERE)):
        assert f"/logo/{stamp}" in await logo_on(await browse(cast, name), path), path
    assert len(await people.events("practice.brand_changed")) == 1


async def test_anyone_may_fetch_the_logo_and_keep_it_for_ever(cast, browse):
    await put(await browse(cast, "owner"), picture())
    browser = await browse(cast)
    (address,) = await logo_on(browser)
    answer = await browser.get(address)
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


async def test_a_locked_desk_still_wears_it(cast, browse):
    owner = await browse(cast, "owner")
    await put(owner, picture())
    await owner.post("/staff/lock")
    page = await owner.get("/staff/today")
    (address,) = re.findall(r'src="(/logo/[0-9a-f]{16})"', await page.get_data(as_text=True))
    assert (page.status_code, (await owner.get(address)).status_code) == (423, 200)


async def test_another_practices_logo_is_not_at_ones_own_host(cast, neighbours, browse):
    await put(await browse(cast, "owner"), picture(colour=(120, 10, 10)))
    (address,) = await logo_on(await browse(cast))
    assert (await (await browse(cast)).get(address)).status_code == 200
    assert (await (await browse(neighbours)).get(address)).status_code == 404
    for stranger in ("0" * 16, "x", "..%2f..", "%00"):
        assert (await (await browse(cast)).get(f"/logo/{stranger}")).status_code == 404


async def test_another_logo_has_another_address_and_the_first_ones_bytes_go(cast, browse):
    owner = await browse(cast, "owner")
    await put(owner, picture(colour=(120, 10, 10)))
    first, (address,) = (await saved(cast)).logo_id, await logo_on(owner, "/staff/today")
    await put(owner, picture(colour=(10, 120, 10)))
    assert await logo_on(owner, "/staff/today") != [address] and (await owner.get(address)).status_code == 404
    kept = (await saved(cast)).logo_id
    for logo_id in (first, kept):  # a job that comes late for the one that is worn leaves it
        await JOBS["logo.erase"](cast.practice_id, {"logo": logo_id})
    keys = [await cast.inside(lambda one=one: _key(one)) for one in (first, kept)]
    with pytest.raises(Exception, match="not-found"):
        await storage.read_all(keys[0])
    assert await storage.read_all(keys[1])


async def _key(logo_id):
    return dressing.logo_key(logo_id)


async def test_who_closes_the_page_while_a_logo_is_saved_leaves_it_whole_or_not_at_all(cast, browse, monkeypatch):
    owner, begun, go = await browse(cast, "owner"), asyncio.Event(), asyncio.Event()
    wear = dressing.set_logo

    async def slowly(*given):
        begun.set()
        await go.wait()
        await wear(*given)

    monkeypatch.setattr(dressing, "set_logo", slowly)
    actor = await cast.actor("owner")
    asked = asyncio.create_task(branding_settings._worn(actor, logo_picture(io.BytesIO(picture()))))
    await begun.wait()
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    go.set()
    await finish_work(5)
    (address,) = await logo_on(owner, "/staff/today")
    assert (await owner.get(address)).status_code == 200


async def test_a_logo_that_a_killed_worker_stored_and_nobody_wears_goes(cast, browse):
    unworn = dressing.new_logo_id()
    key = await cast.inside(lambda: dressing.place_for_logo(unworn))
    await storage.keep(key, picture())
    (job,) = await pool().fetch("SELECT entrypoint, payload FROM pgqueuer WHERE dedupe_key = $1",
                                f"logo.erase:{unworn}:unworn")
    ids = {name: UUID(one) for name, one in json.loads(job["payload"]).items()}
    await JOBS[job["entrypoint"]](ids.pop("practice"), ids)
    with pytest.raises(Exception, match="not-found"):
        await storage.read_all(key)


async def test_removed_the_seal_stands_there_again(cast, browse):
    owner = await browse(cast, "owner")
    await put(owner, picture())
    (address,) = await logo_on(owner, "/staff/today")
    assert (await owner.post(f"{LOGO}/remove")).status_code == 303
    assert await logo_on(owner, HERE) == [] and (await owner.get(address)).status_code == 404
    assert (await owner.post(f"{LOGO}/remove")).status_code == 303, "removing nothing is no fault"


BAD = {
    "svg": b"<svg onload=alert(1)>", "wrong type": b"%PDF-1.7", "bomb": claims(30_000, 30_000),
    "truncated": picture(size=(300, 300))[:60], "empty": b"", "huge": b"\x89PNG" + b"\0" * 2_100_000,
}


@pytest.mark.parametrize("which", sorted(BAD))
async def test_a_bad_picture_is_refused_at_the_form_and_the_old_logo_stays(cast, browse, which):
    owner = await browse(cast, "owner")
    await put(owner, picture())
    worn = (await saved(cast)).logo_id
    answer = await put(owner, BAD[which], accept="text/html")
    assert answer.status_code in {413, 422}
    drawn = await answer.get_data(as_text=True)
    assert 'action="/staff/settings/branding/logo"' in drawn, "the page again, not a dead end"
    assert 'id="logo-wrong"' in drawn or 'role="alert"' in drawn
    assert (await saved(cast)).logo_id == worn


async def test_no_file_at_all_is_said(cast, browse):
    answer = await put(await browse(cast, "owner"), b"", name="", accept="text/html")
    assert answer.status_code == 422 and "There is no file" in await answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["practitioner", "client"])
async def test_only_administrators_dress_the_practice(cast, browse, name):
    browser = await browse(cast, name)
    assert (await put(browser, picture())).status_code == 403
    assert (await browser.post(HERE, TYPED)).status_code == 403
    assert (await browser.post(f"{HERE}/preview", TYPED)).status_code == 403
    if name == "practitioner":
        actor = await cast.actor(name)
        with pytest.raises(Forbidden):
            await cast.inside(lambda: dressing.remove_logo(actor))
    assert (await saved(cast)).logo_id is None


async def test_a_verb_refused_leaves_no_bytes_behind(cast, browse, monkeypatch):
    erased: list[str] = []

    async def refuse(*_):
        raise Conflict("busy")

    async def noted(*keys):
        erased.extend(keys)

    monkeypatch.setattr(dressing, "set_logo", refuse)
    monkeypatch.setattr(storage, "erase", noted)
    assert (await put(await browse(cast, "owner"), picture())).status_code == 409
    assert len(erased) == 1 and erased[0].startswith(f"{cast.practice_id}/logo/")


@pytest.mark.parametrize("show", ["landing", "home", "mail"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_preview_shows_what_is_typed_and_saves_nothing(cast, browse, people, show, theme):
    owner = await browse(cast, "owner")
    answer = await owner.post(f"{HERE}/preview", TYPED | {"show": show, "theme": theme, "version": "1"})
    drawn = await answer.get_data(as_text=True)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy and "script-src" not in policy and "unsafe" not in policy
    assert "<script" not in drawn and " style=" not in drawn and "Harbor Counseling" in drawn
    assert ("Small steps, said out loud." in drawn) is (show == "landing")
    (sheet,) = re.findall(r'href="(/staff/settings/branding/[a-z]+\.css\?[^"]+)"', drawn)
    css = await words(owner, sheet.replace("&amp;", "&"))
    assert "#3d6b35" in css and "#fbf3e4" in css
    assert (await saved(cast)).welcome != TYPED["welcome"] and await people.events("practice.brand_changed") == []


async def test_the_preview_bears_anything_that_is_being_typed(cast, browse):
    owner = await browse(cast, "owner")
    for typed in ({"accent": "#1b"}, {"accent": ""}, {"welcome": "w" * 10_000},
                  {"welcome": "<script>alert(1)</script>"}, {"own_ground": "true", "ground": "}"}):
        answer = await owner.post(f"{HERE}/preview", TYPED | {"show": "landing", "theme": "light"} | typed)
        drawn = await answer.get_data(as_text=True)
        assert answer.status_code == 200 and "<script" not in drawn


async def test_verbs_check_what_they_are_given(cast):
    owner = await cast.actor("owner")
    with pytest.raises(Invalid):
        await cast.inside(lambda: dressing.set_brand(owner, None, {"accent": "no"}))
    with pytest.raises(Conflict):
        await cast.inside(lambda: dressing.set_brand(owner, 9, {"welcome": "x"}))


async def test_the_file_is_read_from_json_callers_too(cast, browse):
    owner = await browse(cast, "owner")
    headers = owner._headers({"Accept": "application/json", "Content-Type": "image/png"})
    answer = await owner.client.post(LOGO, data=io.BytesIO(picture()).read(), headers=headers)
    assert answer.status_code == 200 and json.loads(await answer.get_data())["ok"]
