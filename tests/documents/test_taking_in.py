"""Forms of other programs come in, are looked at first, and go out again as they were."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from models.core.database import execute
from models.core.errors import Conflict, Invalid, Missing
from models.documents import shelving, taking_in
from models.documents.tables import Form, FormImport, FormVersion
from models.documents.taking_in import Wish
from tests.documents.forms import FHIR, SHARED, asks, form
from tests.documents.shelf import HERE, MOOD, built, mood, published, row

IMPORT = f"{HERE}/import"


async def came(cast, text, wish=None, name="practitioner"):
    actor = await cast.actor(name)
    id = await cast.inside(lambda: taking_in.bring(actor, text))
    return await cast.inside(lambda: taking_in.take_in(actor, id, wish or Wish()))


def bundle(*forms):
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in forms]})


@pytest.mark.parametrize("name", SHARED)
async def test_a_shared_form_comes_in_and_goes_out_exactly_as_it_was(cast, browse, name):
    text = (FHIR / f"{name}.json").read_text().strip()
    browser = await browse(cast, "practitioner")
    id = (await (await browser.send(IMPORT, {"text": text})).get_json())["import"]
    page = await (await browser.get(f"{IMPORT}/{id}")).get_data(as_text=True)
    assert "What it asks" in page and "question" in page
    answer = await browser.post(f"{IMPORT}/{id}", {"publish": "on", "kind": "assessment", "title": "Brought"})
    (made,) = await cast.inside(Form.all)
    assert answer.headers["Location"] == f"{HERE}/{made.id}?done=added"
    assert (made.kind, made.draft, made.title) == ("assessment", None, "Brought")
    out = await browser.get(f"{HERE}/{made.id}/versions/1/questionnaire.json")
    assert out.headers["Content-Type"].startswith("application/fhir+json")
    assert "attachment" in out.headers["Content-Disposition"]
    assert await out.get_data(as_text=True) == text
    again = await came(cast, await out.get_data(as_text=True), Wish(existing="new"))
    version = await cast.inside(lambda: FormVersion.get(form_id=again[0]["form"]))
    assert version.questionnaire == text, "and in again"


async def test_a_file_is_read_as_it_is_with_or_without_a_mark_in_front(cast, browse):
    browser = await browse(cast, "practitioner")
    for raw in (mood().encode(), b"\xef\xbb\xbf" + mood().encode(), mood().encode("utf-16"),
                mood().encode("utf-16-be")):
        headers = browser._headers({"Accept": "application/json", "Content-Type": "application/fhir+json"})
        answer = await browser.client.post(f"{IMPORT}/file", data=raw, headers=headers)
        id = (await answer.get_json())["import"]
        kept = await cast.inside(lambda id=id: FormImport.get(id=id))
        assert kept.source == mood()
    form = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.json\r\n\r\n\xff\xd8\xff\xe0\r\n--x--\r\n"
    headers = browser._headers({"Accept": "text/html", "Content-Type": "multipart/form-data; boundary=x"})
    answer = await browser.client.post(f"{IMPORT}/file", data=form, headers=headers)
    assert answer.status_code == 422 and "no text in UTF-8" in await answer.get_data(as_text=True)


@pytest.mark.parametrize(("text", "said"), [
    ('{"resourceType": "Questionnaire",\n "item": [}', "line 2, column 11"),
    (mood(item=[{"linkId": "a", "type": "riddle"}]), "Item “a”"),
    ('{"resourceType": "Patient"}', "Patient"),
    ("  ", "Paste a Questionnaire"),
])
async def test_what_cannot_be_read_is_refused_with_where_and_what_was_pasted_stays(cast, browse, text, said):
    browser = await browse(cast, "practitioner")
    answer = await browser.post(IMPORT, {"text": text})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and said in page.replace("&#39;", "'")
    assert text.strip().replace('"', "&#34;") in page
    assert await cast.inside(FormImport.all) == []


async def test_what_is_not_supported_is_named_before_and_still_there_afterwards(cast, browse):
    text = mood(extension=[{"url": "https://elsewhere.test/glitter", "valueString": "much"}])
    browser = await browse(cast, "practitioner")
    id = (await (await browser.send(IMPORT, {"text": text})).get_json())["import"]
    told = await (await browser.json(f"{IMPORT}/{id}")).get_json()
    assert any("glitter" in one["words"] for one in told["forms"][0]["asks"]["unsupported"])
    assert "glitter" in await (await browser.get(f"{IMPORT}/{id}")).get_data(as_text=True)
    assert await cast.inside(Form.all) == [], "nothing came in yet"
    await browser.post(f"{IMPORT}/{id}", {"publish": "on"})
    version = await cast.inside(lambda: FormVersion.get(number=1))
    assert version.questionnaire == text
    for path in ("", "/versions/1"):
        page = await (await browser.get(f"{HERE}/{version.form_id}{path}")).get_data(as_text=True)
        assert "Kept, not acted on" in page and "“glitter” is kept, not acted upon." in page, path


async def test_as_a_draft_nobody_can_be_asked_it_yet(cast):
    (one,) = await came(cast, mood(), Wish(publish=False, kind="intake", title="Brought"))
    (made,) = await cast.inside(Form.all)
    assert one["what"] == "draft" and (made.title, made.kind) == ("Brought", "intake")
    assert json.loads(made.draft) == {**MOOD, "title": "Brought"}
    await came(cast, mood(url="https://forms.test/other"), Wish(publish=False))
    assert (await cast.inside(lambda: Form.get(title="Mood"))).draft == mood(url="https://forms.test/other")
    assert not await cast.inside(FormVersion.exists)


async def test_a_form_of_the_same_address_becomes_its_next_version_where_that_is_wished(cast):
    first = await published(cast)
    changed = mood(item=[*MOOD["item"], {"linkId": "b", "type": "text", "text": "More?"}])
    assert (await came(cast, mood()))[0]["what"] == "same"
    assert (await came(cast, changed, Wish(existing="leave")))[0]["what"] == "left"
    (one,) = await came(cast, changed)
    assert (one["what"], one["form"], one["number"]) == ("version", str(first.id), 2)
    (one,) = await came(cast, changed, Wish(existing="new"))
    assert one["what"] == "published" and one["form"] != str(first.id)


async def test_of_one_address_twice_in_a_bundle_the_second_is_the_next_version(cast):
    second = {**MOOD, "title": "Moods", "version": "2"}
    first, next_one = await came(cast, bundle(MOOD, second))
    assert (first["what"], next_one["what"], next_one["form"]) == ("published", "version", first["form"])
    (made,) = await cast.inside(Form.all)
    assert made.title == "Moods"
    apart = await came(cast, bundle(MOOD, second), Wish(existing="new"))
    assert len({made.id, *(one["form"] for one in apart)}) == 3


async def test_a_form_whose_address_is_archived_comes_in_as_a_new_one(cast):
    first, actor = await published(cast), await cast.actor("practitioner")
    await cast.inside(lambda: shelving.archive_form(actor, first.id))
    (one,) = await came(cast, mood())
    assert one["what"] == "published" and one["form"] != str(first.id)


async def test_a_draft_that_somebody_works_on_is_never_written_over(cast):
    first = await published(cast)
    await cast.inside(lambda: Form.filter(id=first.id).update(draft=mood(title="Mine")))
    (one,) = await came(cast, mood(title="Theirs"))
    assert one["what"] == "left" and "draft" in one["words"]
    assert (await row(cast, first)).draft == mood(title="Mine")


async def test_of_a_bundle_each_comes_in_or_is_told_why_not(cast, browse):
    browser = await browse(cast, "practitioner")
    text = bundle(form(asks("a"), title="Fine"), form({"linkId": "a", "type": "riddle"}, title="Odd"), MOOD)
    id = (await (await browser.send(IMPORT, {"text": text})).get_json())["import"]
    page = await (await browser.get(f"{IMPORT}/{id}")).get_data(as_text=True)
    assert "2 of them can come in" in page and "Stays out" in page and "Item “a”" in page
    answer = await browser.post(f"{IMPORT}/{id}", {"publish": "on"})
    assert answer.headers["Location"] == f"{IMPORT}/{id}"
    page = await (await browser.get(f"{IMPORT}/{id}")).get_data(as_text=True)
    assert "2 of 3 came in" in page and "Stayed out" in page and "Item “a”" in page
    assert sorted(one.title for one in await cast.inside(Form.all)) == ["Fine", "Mood"]


async def test_what_was_brought_comes_in_once(cast):
    actor = await cast.actor("practitioner")
    id = await cast.inside(lambda: taking_in.bring(actor, mood()))
    both = await asyncio.gather(
        *(cast.inside(lambda: taking_in.take_in(actor, id, Wish())) for _ in range(2)), return_exceptions=True
    )
    assert sorted(isinstance(one, Conflict) for one in both) == [False, True]
    assert len(await cast.inside(Form.all)) == 1
    assert (await cast.inside(lambda: FormImport.get(id=id))).source == "", "its text is not kept twice"


async def test_what_somebody_brought_is_theirs_alone_and_forgotten(cast):
    actor, owner = await cast.actor("practitioner"), await cast.actor("owner")
    id = await cast.inside(lambda: taking_in.bring(actor, mood()))
    with pytest.raises(Missing):
        await cast.inside(lambda: taking_in.brought(owner, id))
    await cast.inside(lambda: taking_in.drop(actor, id))
    with pytest.raises(Missing):
        await cast.inside(lambda: taking_in.brought(actor, id))
    old = await cast.inside(lambda: taking_in.bring(actor, mood()))
    await cast.inside(lambda: execute("UPDATE form_import SET began_at = began_at - $1::interval", timedelta(days=8)))
    await cast.inside(lambda: taking_in.bring(actor, mood()))
    with pytest.raises(Missing):
        await cast.inside(lambda: taking_in.brought(actor, old))


async def test_a_kind_that_is_none_is_refused(cast):
    with pytest.raises(Invalid):
        await came(cast, mood(), Wish(kind="riddle"))


async def test_who_may_not_edit_brings_nothing(cast, browse):
    for name in ("frontdesk", "biller"):
        browser = await browse(cast, name)
        assert (await browser.send(IMPORT, {"text": mood()})).status_code == 403
        assert (await browser.send(f"{IMPORT}/file", {})).status_code == 403
    await built(cast)
