"""How often something may be tried: counted in Redis for all processes, and in this one while Redis is away.

A try is counted before it is made (a hundred at once are a hundred), and given back when it was honest. Subjects are
addresses and accounts; only a keyed digest of them is kept, and only for the length of the window.
"""

from __future__ import annotations

import hmac
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Any

from redis import asyncio as aioredis
from redis.exceptions import RedisError

from models.core.clock import monotonic
from models.core.errors import TooMany
from models.core.patience import answered_within
from models.core.scope import current_scope
from models.core.secret import key_for

PATIENCE = 0.3
LEFT_ALONE = 5.0
MOST_REMEMBERED = 20_000

COUNT = """local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}"""
GIVE_BACK = "if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('DECR', KEYS[1]) end"


@dataclass(frozen=True)
class Limit:
    """At most `most` tries in `seconds`, counted from the first."""

    name: str
    most: int
    seconds: int


@dataclass
class _Count:
    tries: int
    until: float


_redis: aioredis.Redis | None = None
_away_until = 0.0
_counts: OrderedDict[str, _Count] = OrderedDict()


def use(redis: aioredis.Redis | None) -> None:
    """The connection that counts are shared by; None counts in this process alone."""
    global _redis, _away_until
    _redis, _away_until = redis, 0.0


async def take(limit: Limit, *subject: object) -> int:
    """Count a try and return how many are left after it; raises TooMany, which says when to come back. What is run
    again because it lost a race (scope.run_scope) is the same try."""
    key, scope = _key(limit, subject), current_scope(required=False)
    if scope is None:
        return await _take(limit, key)
    before = scope.before.get(key)
    left = before.pop(0) if before else await _take(limit, key)
    scope.counted.setdefault(key, []).append(left)
    return left


async def _take(limit: Limit, key: str) -> int:
    # This process counts as well: when Redis goes away in mid-attack, the tries made here are not forgotten.
    tries, wait = _take_here(key, limit)
    shared = await _ask_redis(COUNT, key, limit.seconds * 1000)
    if shared is not None:
        tries, wait = int(shared[0]), max(0.0, shared[1] / 1000)
    if tries > limit.most:
        raise _too_many(wait)
    return limit.most - tries


async def give_back(limit: Limit, *subject: object) -> None:
    """The try was honest and does not count."""
    key = _key(limit, subject)
    scope, count = current_scope(required=False), _counts.get(key)
    if scope is not None and scope.counted.get(key):
        scope.counted[key].pop()
    if count is not None:
        count.tries = max(0, count.tries - 1)
    await _ask_redis(GIVE_BACK, key)


def network_of(address: str) -> str:
    """What one caller holds of the address space: an IPv4 address, or an IPv6 /64, of which anyone has 2^64."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or f"{found.exploded[:19]}::/64")


def forget_all() -> None:
    """Forget what this process counted (tests)."""
    _counts.clear()


def _take_here(key: str, limit: Limit) -> tuple[int, float]:
    moment = monotonic()
    count = _counts.get(key)
    if count is None or count.until <= moment:
        count = _counts[key] = _Count(0, moment + limit.seconds)
    count.tries += 1
    _counts.move_to_end(key)
    while len(_counts) > MOST_REMEMBERED:
        _counts.popitem(last=False)
    return count.tries, count.until - moment


async def _ask_redis(script: str, key: str, *args: int) -> Any:
    """The script's answer; None while Redis is away, which is looked at again after a few seconds."""
    global _away_until
    if _redis is None or monotonic() < _away_until:
        return None
    try:
        async with answered_within(PATIENCE):
            return await _redis.eval(script, 1, key, *(str(arg) for arg in args))
    except (RedisError, OSError, TimeoutError):
        _away_until = monotonic() + LEFT_ALONE
        return None


def _key(limit: Limit, subject: tuple[object, ...]) -> str:
    digest = hmac.new(key_for("limits"), "\x1f".join(str(part) for part in subject).encode(), sha256).hexdigest()
    return f"portico:limit:{limit.name}:{digest[:32]}"


def _too_many(wait: float) -> TooMany:
    minutes = max(1, -(-int(wait) // 60))
    if minutes > 90:
        sentence = f"Too many tries. Try again in {-(-minutes // 60)} hours."
    else:
        sentence = f"Too many tries. Try again in {minutes} {'minute' if minutes == 1 else 'minutes'}."
    return TooMany(detail=sentence, errors={"form": [sentence]}, retry_after=max(1.0, wait))
