"""Who may open a file, and how it is handed out."""

from uuid import uuid4

import pytest

from models.core.change import change
from models.core.database import execute
from models.core.errors import Invalid, Missing
from models.core.ids import new_id
from models.files.granting import end_grants, file_for, grant_to_seats
from tests.files import samples


async def share(cast, file, seats, *, by="client", subject=None):
    actor, subject = await cast.actor(by), subject or new_id()

    async def work():
        async with change(actor, "message.send"):
            await grant_to_seats(actor, [file["id"]], seats, subject_id=subject)

    await cast.inside(work)
    return subject


async def may_open(cast, name, file, **acting):
    actor = await cast.actor(name, **acting)
    try:
        return await cast.inside(lambda: file_for(actor, file["id"])) is not None
    except Missing:
        return False


async def test_before_it_is_shared_only_who_brought_it_opens_it(cast, sender):
    file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    assert await may_open(cast, "client", file)
    for other in ("practitioner", "owner", "frontdesk", "teen"):
        assert not await may_open(cast, other, file)


async def test_a_shared_file_opens_for_the_seats_and_nobody_else(cast, sender, talk):
    file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    await share(cast, file, [talk["client"], talk["practitioner"]])
    assert await may_open(cast, "client", file)
    assert await may_open(cast, "practitioner", file)
    for other in ("owner", "supervisor", "frontdesk", "biller", "teen"):
        assert not await may_open(cast, other, file)


async def test_when_the_message_is_taken_back_its_files_are_shut_at_once(cast, sender, talk):
    file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    subject = await share(cast, file, [talk["client"], talk["practitioner"]])
    reader = await sender(cast, "practitioner")
    assert (await reader.browser.opened(f"/files/{file['id']}")).status_code == 200
    await cast.inside(lambda: end_grants(subject))
    assert (await reader.browser.opened(f"/files/{file['id']}")).status_code == 404
    assert not await may_open(cast, "client", file)


async def test_what_was_taken_back_can_be_sent_again(cast, sender, talk):
    file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    await cast.inside(lambda: end_grants(uuid4()))
    subject = await share(cast, file, [talk["practitioner"]])
    await cast.inside(lambda: end_grants(subject))
    await share(cast, file, [talk["practitioner"]])
    assert await may_open(cast, "practitioner", file)


async def test_nobody_shares_what_they_may_not_open(cast, sender, talk):
    file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    with pytest.raises(Missing):
        await share(cast, file, [talk["practitioner"]], by="teen")
    await share(cast, file, [talk["practitioner"]])
    await share(cast, file, [talk["client"]], by="practitioner")


async def test_the_same_file_twice_or_too_many_are_refused(cast, sender, talk):
    actor = await cast.actor("client")
    for ids in ([new_id()] * 2, [new_id() for _ in range(21)]):
        with pytest.raises(Invalid):
            await cast.inside(lambda ids=ids: grant_to_seats(actor, ids, [talk["client"]], subject_id=new_id()))


async def test_a_revoked_access_opens_nothing_more(cast, sender, talk):
    file = await (await sender(cast, "practitioner")).sent("a.txt", samples.TEXT)
    await share(cast, file, [talk["client"]], by="practitioner")
    actor = await cast.actor("client")
    assert await cast.inside(lambda: file_for(actor, file["id"]))
    access = cast.accesses["client", "client"]
    await cast.inside(lambda: execute("UPDATE portal_access SET revoked_at = now() WHERE id = $1", access))
    with pytest.raises(Missing):
        await cast.inside(lambda: file_for(actor, file["id"]))


@pytest.mark.parametrize(
    ("holder", "of", "opens", "shut"),
    [
        ("access", ("accesses", ("client", "client")), ["client"], ["teen", "practitioner", "owner"]),
        ("login", ("logins", "biller"), ["biller"], ["client", "owner"]),
        ("staff-of-client", ("clients", "client"), ["practitioner", "supervisor"],
         ["owner", "frontdesk", "biller", "client", "teen"]),
    ],
)
async def test_each_kind_of_holder_opens_and_nobody_else(cast, sender, holder, of, opens, shut):
    file = await (await sender(cast, "parent")).sent("a.txt", samples.TEXT)
    holder_id = getattr(cast, of[0])[of[1]]
    await cast.inside(lambda: execute(
        "INSERT INTO file_grant (id, file_id, holder, holder_id) VALUES ($1, $2, $3, $4)",
        new_id(), file["id"], holder, holder_id,
    ))
    assert [name for name in (*opens, *shut) if await may_open(cast, name, file)] == opens


async def test_a_parent_opens_a_file_for_the_child_it_is_about(cast, sender):
    file = await (await sender(cast, "practitioner")).sent("a.txt", samples.TEXT)
    await cast.inside(lambda: execute(
        "INSERT INTO file_grant (id, file_id, holder, holder_id) VALUES ($1, $2, 'access', $3)",
        new_id(), file["id"], cast.accesses["parent", "teen"],
    ))
    browser = (await sender(cast, "parent")).browser
    answers = {
        path: (await browser.opened(path)).status_code
        for path in (f"/files/{file['id']}", f"/for/{cast.clients['teen']}/files/{file['id']}",
                     f"/for/{cast.clients['child']}/files/{file['id']}", f"/for/{uuid4()}/files/{file['id']}")
    }
    assert list(answers.values()) == [200, 200, 404, 404]


async def test_a_file_of_another_practice_does_not_exist(cast, neighbours, sender):
    file = await (await sender(neighbours, "owner")).sent("a.txt", samples.TEXT)
    assert (await (await sender(cast, "owner")).browser.opened(f"/files/{file['id']}")).status_code == 404


async def test_pictures_and_pdf_open_inside_and_all_else_is_saved(cast, sender):
    browser = await sender(cast, "client")
    pdf, text = await browser.sent("a.pdf", samples.PDF), await browser.sent("naïve \"q\".csv", samples.CSV)
    inside = await browser.browser.opened(f"/files/{pdf['id']}")
    saved = await browser.browser.opened(f"/files/{text['id']}")
    wanted = await browser.browser.opened(f"/files/{pdf['id']}?download=1")
    assert inside.headers["Content-Disposition"].startswith("inline;")
    assert wanted.headers["Content-Disposition"].startswith("attachment;")
    assert saved.headers["Content-Disposition"] == (
        "attachment; filename=\"na_ve _q_.csv\"; filename*=UTF-8''na%C3%AFve%20%22q%22.csv"
    )
    for answer in (inside, saved):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    assert await inside.get_data() == samples.PDF


async def test_a_part_is_handed_out_when_a_part_is_asked_for(cast, sender):
    browser = await sender(cast, "client")
    video = samples.boxes(media=bytes(range(256)) * 8)
    file = await browser.sent("a.mp4", video)
    for asked, status, part in (
        ("bytes=10-19", 206, video[10:20]), ("bytes=-5", 206, video[-5:]), ("bytes=2000-", 206, video[2000:]),
        ("bytes=0-0,5-6", 206, None), ("bytes=999999-", 416, b""), ("lines=1-2", 200, video), ("nonsense", 200, video),
    ):
        answer = await browser.browser.opened(f"/files/{file['id']}", Range=asked)
        assert answer.status_code == (200 if part is None else status), asked
        assert await answer.get_data() == (video if part is None else part), asked
    answer = await browser.browser.opened(f"/files/{file['id']}", Range="bytes=10-19")
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(video)}"


async def test_a_thumbnail_is_handed_out_only_where_there_is_one(cast, sender):
    browser = await sender(cast, "client")
    photo, text = await browser.sent("a.png", samples.picture()), await browser.sent("a.txt", samples.TEXT)
    picture = await browser.browser.opened(f"/files/{photo['id']}/thumbnail")
    assert picture.content_type == "image/webp"
    assert (await picture.get_data())[:4] == b"RIFF"
    assert (await browser.browser.get(f"/files/{text['id']}/thumbnail")).status_code == 404


async def test_a_thumbnail_goes_by_a_link_of_the_session_that_ends_as_well(cast, sender, later):
    browser = (await sender(cast, "client")).browser
    photo = await (await sender(cast, "client")).sent("a.png", samples.picture())
    link = (await (await browser.json(f"/files/{photo['id']}/thumbnail")).get_json())["link"]
    assert (await browser.get(link)).status_code == 200
    elsewhere = (await sender(cast, "client")).browser
    assert (await elsewhere.get(link)).status_code == 404, "another session of the same person"
    later(minutes=11)
    assert (await browser.get(link)).status_code == 404


async def test_signed_out_and_unknown_ids_get_no_file(cast, sender, browse):
    file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    stranger = await browse(cast)
    assert (await stranger.json(f"/files/{file['id']}")).status_code == 401
    client = (await sender(cast, "client")).browser
    assert [(await client.json(f"/files/{one}")).status_code for one in (uuid4(), "nonsense")] == [404, 404]


async def test_bytes_that_are_lost_are_a_404_and_no_broken_answer(cast, sender, kept):
    browser = await sender(cast, "client")
    file = await browser.sent("a.txt", samples.TEXT)
    for path in kept.rglob("*"):
        if path.is_file():
            path.unlink()
    assert (await browser.browser.opened(f"/files/{file['id']}")).status_code == 404


async def link_of(browser, file):
    return (await (await browser.json(f"/files/{file['id']}")).get_json())["link"]


async def test_a_link_is_good_in_the_session_it_was_made_for_and_nowhere_else(cast, sender):
    browser = await sender(cast, "client")
    file = await browser.sent("a.txt", samples.TEXT)
    link = await link_of(browser.browser, file)
    assert (await browser.browser.get(link)).status_code == 200
    again = (await sender(cast, "client")).browser
    assert (await again.get(link)).status_code == 404, "the same person, signed in on another device"
    assert (await again.get(await link_of(again, file))).status_code == 200, "which makes a link of its own"


async def test_a_link_is_over_after_ten_minutes(cast, sender, later):
    browser = await sender(cast, "client")
    link = await link_of(browser.browser, await browser.sent("a.txt", samples.TEXT))
    later(minutes=11)
    assert (await browser.browser.get(link)).status_code == 404


async def test_a_link_leads_to_its_own_file_and_a_forged_one_nowhere(cast, sender):
    browser = await sender(cast, "client")
    one, other = await browser.sent("a.txt", samples.TEXT), await browser.sent("b.txt", samples.TEXT)
    link = await link_of(browser.browser, one)
    moment = link.rpartition("/")[2].partition("-")[0]
    for forged in (link.replace(one["id"], other["id"]), f"/files/{one['id']}/at/nonsense",
                   f"/files/{one['id']}/at/{moment}-{'0' * 40}", link.replace(moment, f"{int(moment, 16) + 9:x}")):
        assert (await browser.browser.get(forged)).status_code == 404, forged


async def test_a_link_ends_with_the_grant(cast, sender, talk):
    file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    subject = await share(cast, file, [talk["client"], talk["practitioner"]])
    reader = (await sender(cast, "practitioner")).browser
    link = await link_of(reader, file)
    await cast.inside(lambda: end_grants(subject))
    assert (await reader.get(link)).status_code == 404


@pytest.mark.parametrize(("asked", "status", "content"), [
    ({"Range": "bytes=-5000"}, 200, samples.TEXT), ({"Range": "bytes=0-3", "If-Range": '"another"'}, 200, samples.TEXT),
    ({"Range": "bytes=0-1,3-4"}, 200, samples.TEXT), ({"Range": "bytes=5-2"}, 200, samples.TEXT),
    ({"Range": "bytes=9000-"}, 416, b""), ({"Range": "bytes=2-9000"}, 206, samples.TEXT[2:]),
    ({"Range": "bytes=-1"}, 206, samples.TEXT[-1:]), ({"Range": f"bytes={'9' * 5000}-"}, 200, samples.TEXT),
])
async def test_whatever_part_is_asked_for_what_comes_is_what_the_answer_says(cast, sender, asked, status, content):
    reader = await sender(cast, "client")
    file = await reader.sent("a.txt", samples.TEXT)
    link = (await reader.browser.get(f"/files/{file['id']}")).headers["Location"]
    answer = await reader.browser.client.get(link, headers=reader.browser._headers(asked))
    assert (answer.status_code, await answer.get_data()) == (status, content)
    assert answer.headers["Cache-Control"] == "no-store"
