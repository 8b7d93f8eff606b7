"""What every door does before and after its verb: host, origin, size, keys, answers."""

from __future__ import annotations

from tests.support.browsing import key


async def _write(browser, cast, **more):
    started = await browser.send("/conversations", {"people": [str(cast.staff["practitioner"])], "key": key()})
    talk = (await started.get_json())["conversation"]
    return talk, lambda body, **given: browser.send(f"/conversations/{talk}/messages", {"body": body, **given})


async def test_an_unknown_subdomain_says_so(cast, browse):
    browser = await browse(cast)
    browser.host = "nobody.localhost:8000"
    answer = await browser.get("/")
    assert answer.status_code == 404 and b"No practice" in await answer.data


async def test_an_address_without_a_page_wears_the_practices_face(cast, browse):
    browser = await browse(cast)
    name = (await (await browser.json("/")).get_json())["practice"]["name"]
    answer = await browser.get("/no/such/page")
    assert answer.status_code == 404 and name in (await answer.get_data(as_text=True))
    browser.host = "nobody.localhost:8000"
    answer = await browser.get("/no/such/page")
    assert answer.status_code == 404 and b"No practice" in await answer.data


async def test_a_key_sent_twice_gets_the_first_answer_and_another_payload_is_refused(cast, browse):
    browser = await browse(cast, "client")
    _, write = await _write(browser, cast)
    once = key()
    first = await (await write("Hello", key=once)).get_json()
    assert await (await write("Hello", key=once)).get_json() == first
    other = await write("Something else", key=once)
    assert other.status_code == 409 and (await other.get_json(force=True))["code"] == "key-reused"


async def test_a_key_in_the_header_counts_as_one_in_the_body(cast, browse):
    browser = await browse(cast, "client")
    talk, _ = await _write(browser, cast)
    once = key()
    answers = [
        await browser.send(f"/conversations/{talk}/messages", {"body": "Hi"}, Idempotency_Key=once) for _ in range(2)
    ]
    first, second = [await answer.get_json() for answer in answers]
    assert first["message"] == second["message"]


async def test_another_site_may_not_post(cast, browse):
    browser = await browse(cast, "client")
    assert (await browser.send("/session/activity")).status_code == 200, "must be allowed without one"
    for foreign in (
        {"Origin": "http://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "http://other.localhost:8000"},
        {"Origin": "null"},
    ):
        answer = await browser.send("/session/activity", **foreign)
        assert answer.status_code == 403 and (await answer.get_json(force=True))["code"] == "foreign-origin", foreign


async def test_more_than_a_megabyte_is_refused_with_what_to_do(cast, browse):
    browser = await browse(cast, "client")
    _, write = await _write(browser, cast)
    answer = await write("x" * (1024 * 1024 + 10))
    assert answer.status_code == 413 and "1 MB" in (await answer.get_json(force=True))["detail"]


async def test_what_is_no_json_is_refused_in_words(cast, browse):
    browser = await browse(cast, "client")
    for data, kind in (
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"x", "text/plain"),
        (b"\xff", "application/json"),
    ):
        headers = browser._headers({"Accept": "application/json", "Content-Type": kind})
        answer = await browser.client.post("/conversations", data=data, headers=headers)
        assert answer.status_code == 422, (data, kind)


async def test_refusals_are_problem_documents(cast, browse):
    browser = await browse(cast)
    answer = await browser.json("/me")
    problem = await answer.get_json(force=True)
    assert answer.content_type == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "detail", "code", "errors"} and problem["status"] == 401


async def test_a_page_is_never_stored_and_carries_its_cursor(cast, browse):
    browser = await browse(cast, "client")
    answer = await browser.get("/home")
    assert answer.headers["Cache-Control"] == "no-store" and int(answer.headers["Portico-Cursor"]) >= 0
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_signed_out_page_leads_to_signing_in_and_back(cast, browse):
    browser = await browse(cast)
    answer = await browser.get("/messages?show=archived")
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in?next=/messages")


async def test_a_person_with_several_accesses_is_asked_for_whom(cast, browse):
    browser = await browse(cast, "parent")
    answer = await browser.json("/conversations")
    assert answer.status_code == 409 and (await answer.get_json(force=True))["code"] == "choose-client"
    page = await browser.get("/messages")
    assert page.status_code == 409 and b"Leo Marsh" in await page.data and b"Nora Marsh" in await page.data
    assert (await browser.json(f"/for/{cast.clients['teen']}/conversations")).status_code == 200


async def test_an_address_that_takes_no_such_request_says_so(cast, browse):
    browser = await browse(cast, "client")
    assert (await browser.send("/home")).status_code == 405
    assert (await browser.json("/no/such/page")).status_code == 404
