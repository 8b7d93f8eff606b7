from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.realtime.live import House, live_house


@pytest_asyncio.fixture(loop_scope="session")
async def house_live(house: None, wired: None) -> AsyncIterator[House]:
    async with live_house() as found:
        yield found
