"""Which practice a host name belongs to."""

from __future__ import annotations

import pytest

from models.accounts import practices
from models.accounts.practices import forget_practices, practice_by_host, profile
from models.core.database import execute


@pytest.fixture(autouse=True)
def nothing_remembered():
    forget_practices()


async def test_a_practice_is_found_by_its_host_with_or_without_a_port(cast):
    for host in (
        f"{cast.subdomain}.localhost:8000",
        f"{cast.subdomain}.localhost",
        f"{cast.subdomain.upper()}.LOCALHOST:8000",
    ):
        found = await practice_by_host(host)
        assert (found.id, found.state, found.moved_to) == (cast.practice_id, "open", None)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "nobody.localhost",
        "nobody.localhost:8000",
        "evil.test",
        "a.b.localhost",
        ".localhost",
        "-a.localhost",
        "a" * 64 + ".localhost",
        "x'; drop table practice; --.localhost",
        "ü.localhost",
        "[::1]:8000",
        "127.0.0.1:8000",
        "\x00.localhost",
    ],
)
async def test_any_other_host_belongs_to_nobody(host):
    assert await practice_by_host(host) is None


async def test_a_former_subdomain_leads_to_the_present_one(cast):
    await execute(
        "UPDATE practice SET former_subdomains = ARRAY[$2] WHERE id = $1", cast.practice_id, f"old-{cast.subdomain}"
    )
    found = await practice_by_host(f"old-{cast.subdomain}.localhost:8000")
    assert (found.id, found.moved_to) == (cast.practice_id, f"{cast.subdomain}.localhost:8000")


async def test_the_answer_is_remembered_for_a_while_and_in_bounds(cast, statements, monkeypatch):
    monkeypatch.setattr(practices, "MOST_REMEMBERED", 3)
    for _ in range(3):
        await practice_by_host(f"{cast.subdomain}.localhost")
    assert len(statements) == 1
    for number in range(5):
        await practice_by_host(f"made-up-{number}.localhost")
    assert len(practices._remembered) == 3
    moment = practices.monotonic()
    monkeypatch.setattr(practices, "monotonic", lambda: moment + practices.REMEMBERED_SECONDS + 1)
    await practice_by_host("made-up-4.localhost")
    assert len(statements) == 7


async def test_its_face_is_its_own(cast, neighbours):
    await cast.inside(
        lambda: execute("UPDATE practice_profile SET name = 'Cedar House' WHERE practice_id = portico_here()")
    )
    assert (await cast.inside(profile)).name == "Cedar House"
    assert (await neighbours.inside(profile)).name == "Harbor Counseling"


async def test_an_unknown_host_gets_a_page_that_says_so(browse, cast):
    browser = await browse(cast)
    assert (await browser.get("/")).status_code == 200
    browser.host = "nobody-here.localhost:8000"
    answer = await browser.get("/")
    assert answer.status_code == 404 and "text/html" in answer.content_type
