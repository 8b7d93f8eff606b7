"""Staff see whom mail does not reach."""


async def test_staff_see_it_on_a_page_and_clients_do_not(talk, browse):
    staff, client = await browse(talk.cast, "practitioner"), await browse(talk.cast, "client")
    empty = await staff.get("/staff/undelivered")
    assert "no e-mail" not in await empty.get_data(as_text=True)
    await talk.run("UPDATE login SET mail_undelivered_at = now() WHERE id = $1", talk.cast.logins["client"])
    page = await staff.get("/staff/undelivered")
    assert page.status_code == 200
    assert "Ana Beltrán gets no e-mail from this portal" in await page.get_data(as_text=True)
    people = (await (await staff.json("/staff/undelivered")).get_json())["people"]
    assert [one["login_id"] for one in people] == [str(talk.cast.logins["client"])]
    assert (await client.json("/staff/undelivered")).status_code == 403


async def test_who_does_not_see_the_client_does_not_see_this(talk, browse):
    await talk.run("UPDATE login SET mail_undelivered_at = now() WHERE id = $1", talk.cast.logins["client"])
    await talk.run("UPDATE assignment SET ended_at = now() WHERE client_id = $1", talk.cast.clients["client"])
    staff = await browse(talk.cast, "practitioner")
    assert (await (await staff.json("/staff/undelivered")).get_json())["people"] == []
