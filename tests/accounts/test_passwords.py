"""Passwords: what will do, one spelling, equal work, few at once."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from models.accounts import passwords
from models.core.errors import Busy, Invalid

EMAIL = "ana@mail.test"


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("nine char", "at least 10"),
        ("", "at least 10"),
        ("x" * 201, "at most 200"),
        ("password123", "first to be guessed"),
        ("Password123", "first to be guessed"),
        ("abababababab", "first to be guessed"),
        (EMAIL, "no secret"),
        ("ANA@mail.test", "no secret"),
    ],
)
def test_what_will_not_do_says_why(password, words):
    with pytest.raises(Invalid) as refused:
        passwords.check_new(password, email=EMAIL)
    assert words in refused.value.errors["password"][0]


@pytest.mark.parametrize(
    "password", ["ten chars!", "portico-demo", "пароль из слов", "  spaces count  ", "🦔🦊🐢🐌🐙🦉🐝🐬🦋🐳"]
)
def test_what_will_do(password):
    passwords.check_new(password, email=EMAIL)


async def test_a_password_matches_its_own_hash_alone():
    kept = await passwords.hash_password("four words in a row")
    assert kept.startswith("$argon2id$") and await passwords.matches(kept, "four words in a row")
    assert not await passwords.matches(kept, "Four words in a row")
    assert kept != await passwords.hash_password("four words in a row")


async def test_one_password_typed_on_two_keyboards_is_one():
    kept = await passwords.hash_password("caf\u00e9 au lait fort")
    assert await passwords.matches(kept, "cafe\u0301 au lait fort")


async def test_nobody_has_no_password_and_costs_the_same_work(monkeypatch):
    assert not await passwords.matches(None, "nobody's password")
    given: list[Any] = []
    verify = type(passwords.HASHER).verify

    def noted(self: Any, kept: str, typed: str) -> Any:
        given.append(kept.rsplit("$", 2)[0])
        return verify(self, kept, typed)

    kept = await passwords.hash_password("four words in a row")
    monkeypatch.setattr(type(passwords.HASHER), "verify", noted)
    await passwords.matches(kept, "wrong words in a row")
    await passwords.matches(None, "wrong words in a row")
    assert given[0] == given[1] and "m=19456,t=2,p=1" in given[0]


@pytest.mark.parametrize("kept", ["", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$bad", "$2b$12$abc"])
async def test_a_broken_hash_matches_nothing(kept):
    assert not await passwords.matches(kept, "four words in a row")


async def test_hashing_stays_off_the_loop_and_few_wait_for_it(monkeypatch):
    gate, threads = threading.Event(), set()

    def slow(kept: object, typed: object) -> bool:
        threads.add(threading.current_thread())
        return gate.wait(10)

    monkeypatch.setattr(passwords, "_matches_now", slow)
    waiting = [asyncio.create_task(passwords.matches(None, "x")) for _ in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await passwords.matches(None, "x")
    gate.set()
    assert await asyncio.gather(*waiting) == [True] * 5
    assert threads and threading.main_thread() not in threads and len(threads) <= passwords.AT_ONCE
