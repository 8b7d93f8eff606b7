"""Passwords: argon2id in a thread, few at once; the same work whether or not there is anything to compare with."""

from __future__ import annotations

import asyncio
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from secrets import token_bytes
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.core.errors import Busy, Invalid
from models.core.settings import settings

T = TypeVar("T")

LEAST = 10
LONGEST = 200
AT_ONCE = 2

# OWASP's parameters for argon2id (19 MiB, two passes, one lane): a sign-in costs some 30 ms of one core. The library's
# own default costs six times that, which on two cores is a morning's queue. Raised here, hashes follow at sign-in.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# The first that are tried. Length does most of the work; these are long and known.
KNOWN = frozenset(
    "1234567890 0123456789 12345678910 123456789a 1q2w3e4r5t qwertyuiop qwerty1234 qwerty12345 qwerty123456 password12 "
    "password123 password1234 password12345 passw0rd123 iloveyou123 letmein1234 welcome123 welcome1234 abcdefghij "
    "abcd123456 abc1234567 asdfghjkl1 administrator changeme123".split()
)

_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
_inside = 0


async def hash_password(password: str) -> str:
    """The text the database keeps. Raises Busy when too many are being hashed."""
    return await _apart(lambda: hash_now(password))


def hash_now(password: str) -> str:
    """The same in this thread, for seeds."""
    return HASHER.hash(_spelled(password))


async def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password. Without a kept hash it does the same work and says no."""
    return await _apart(lambda: _matches_now(kept, password))


def is_dated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def check_new(password: str, *, email: str) -> None:
    """Raises Invalid with a sentence when this will not do as a new password."""
    spelled = _spelled(password)
    if len(spelled) < LEAST:
        _refuse(f"Use at least {LEAST} characters. A few words in a row are easy to remember.")
    if len(spelled) > LONGEST:
        _refuse(f"Use at most {LONGEST} characters.")
    if spelled.lower() in KNOWN or len(set(spelled)) < 4:
        _refuse("This password is one of the first to be guessed. Use a few words in a row.")
    if spelled.lower() == email or spelled.lower() == email.partition("@")[0]:
        _refuse("Your e-mail address is no secret. Use a few words in a row.")


def _refuse(sentence: str) -> None:
    raise Invalid(errors={"password": [sentence]})


async def _apart(work: Callable[[], T]) -> T:
    """Off the loop. Who waits holds a connection, so at most half of those may: the rest hear that it is busy."""
    global _inside
    if _inside >= max(AT_ONCE, settings().database_pool // 2):
        raise Busy(retry_after=1)
    _inside += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _inside -= 1


def _matches_now(kept: str | None, password: str) -> bool:
    try:
        return HASHER.verify(kept or _nobodys(), _spelled(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """A well-formed hash that no password has, made without hashing, so that not even the first look takes longer."""
    salt, tag = (b64encode(token_bytes(size)).decode().rstrip("=") for size in (HASHER.salt_len, HASHER.hash_len))
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${tag}"


def _spelled(password: str) -> str:
    """One spelling of what can be typed in several ways (é as one character or two)."""
    return unicodedata.normalize("NFKC", password)
