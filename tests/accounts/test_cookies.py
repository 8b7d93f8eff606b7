"""The session cookie: its name by environment and port, its flags, and what is no token."""

from __future__ import annotations

import pytest

from models.core.settings import Settings
from server import cookies

PRODUCTION = Settings(portico_env="production", secret_key="s" * 40, database_url="postgresql://a@b/c")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (Settings(), "portico_session"),
        (Settings(port=8123), "portico_session_8123"),
        (PRODUCTION, "__Host-portico_session"),
    ],
)
def test_its_name_says_the_environment_and_the_port(given, name):
    assert cookies.cookie_name(given) == name


def test_in_production_it_is_secure_and_everywhere_host_only(monkeypatch):
    monkeypatch.setattr(cookies, "settings", lambda: PRODUCTION)
    assert cookies.session_cookie("abc") == "__Host-portico_session=abc; Path=/; HttpOnly; SameSite=Lax; Secure"
    monkeypatch.setattr(cookies, "settings", Settings)
    assert cookies.session_cookie("abc") == "portico_session=abc; Path=/; HttpOnly; SameSite=Lax"
    assert "Domain" not in cookies.ended_cookie() and "Max-Age=0" in cookies.ended_cookie()


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ([(b"cookie", b"portico_session=abc")], "abc"),
        ([(b"Cookie", b"a=1; portico_session=abc; b=2")], "abc"),
        ([(b"cookie", b"a=1"), (b"cookie", b"portico_session=abc")], "abc"),
        ([], None),
        ([(b"cookie", b"portico_session=")], None),
        ([(b"cookie", b"xportico_session=abc")], None),
        ([(b"cookie", b"portico_session=a; portico_session=b")], None),
        ([(b"cookie", b"portico_session=" + b"a" * 200)], None),
        ([(b"cookie", b"portico_session=\xff")], None),
        ([(b"cookie", b"portico_session=abc;" + b"x" * 20_000)], None),
        ([(b"cookie", b";;;=;")], None),
    ],
)
def test_the_handshake_finds_it_or_nothing(monkeypatch, headers, token):
    monkeypatch.setattr(cookies, "settings", Settings)
    assert cookies.token_of_header(headers) == token


async def test_signing_in_sets_it_and_signing_out_takes_it_away(browse, cast, people):
    browser = await browse(cast)
    answer = await browser.send("/sign-in", people.pair("client"))
    cookie, device = answer.headers.getlist("Set-Cookie")
    assert device.startswith("portico_device=") and device.endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")) and "Domain" not in cookie
    (cookie,) = (await browser.send("/sign-out")).headers.getlist("Set-Cookie")
    assert "Max-Age=0" in cookie
