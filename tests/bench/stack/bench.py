"""The whole stack, browser's socket to browser's socket: two web workers, PostgreSQL and Valkey, all real processes."""

from __future__ import annotations

import sys

import uvloop

from server import wiring
from tests.bench.stack.house import new_house
from tests.bench.stack.people import new_practices
from tests.bench.stack.screens import through_a_worker, through_the_verb
from tests.bench.stack.talking import new_talk
from tests.bench.stack.throughput import messages_a_second

WRITERS = 50


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    wiring.wire()
    async with new_house("stack") as house:
        a, b = await house.new_worker("a"), await house.new_worker("b")
        [[pair]] = await new_practices(house.admin, 1)
        talk = await new_talk(pair, a, b)
        await through_a_worker(talk)
        await through_the_verb(talk, pair)
        apart = [pairs[0] for pairs in await new_practices(house.admin, WRITERS)]
        await messages_a_second(house, f"{WRITERS} practices", apart)
        [together] = await new_practices(house.admin, 1, pairs=WRITERS)
        await messages_a_second(house, "one practice", together)


if __name__ == "__main__":
    sys.exit(main())
