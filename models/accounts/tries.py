"""How often signing in may be tried, so that guessing is slow and nobody can keep the owner out.

A device that has signed in to a login before has tries of its own: whoever spends those of the unknown devices does not
touch them. From an unknown device the owner has the e-mailed link and the passkey, which spend none of these. The
pause grows: who has used up the tries of a quarter of an hour again and again waits for hours.
"""

from __future__ import annotations

from uuid import UUID

from models.core.limits import Limit, give_back, network_of, take
from models.core.scope import current_scope

Growing = tuple[Limit, ...]


def growing(name: str, quarter: int, hours: int, day: int) -> Growing:
    """So many tries in a quarter of an hour, in two hours, in a day."""
    return (
        Limit(name, most=quarter, seconds=900),
        Limit(f"{name}-hours", most=hours, seconds=7200),
        Limit(f"{name}-day", most=day, seconds=86400),
    )


# One person's mistakes; one address trying many accounts; many addresses trying one account; a known device.
FROM_HERE = growing("sign-in-pair", 6, 18, 30)
BY_ADDRESS = (Limit("sign-in-address", most=60, seconds=900),)
BY_ACCOUNT = growing("sign-in-account", 30, 90, 150)
BY_DEVICE = growing("sign-in-device", 10, 30, 60)
# Six digits: at the day's limit a thief of the password needs years.
CODES = growing("second-factor", 6, 18, 30)


class Tries:
    """The tries of one account from one place; counted before each is made, given back when it was honest."""

    def __init__(self, account: str, address: str, device_id: UUID | None) -> None:
        here, network = current_scope().practice_id, network_of(address)
        self._taken: list[tuple[Growing, tuple[object, ...]]] = [(BY_DEVICE, (here, device_id))]
        if device_id is None:
            self._taken = [
                (BY_ADDRESS, (network,)), (FROM_HERE, (here, network, account)), (BY_ACCOUNT, (here, account)),
            ]

    async def count(self) -> int:
        """How many this person has left here. Raises TooMany."""
        left = [await take_all(limits, *subject) for limits, subject in self._taken]
        return left[1] if len(left) > 1 else left[0]

    async def give_back(self) -> None:
        for limits, subject in self._taken:
            await give_all_back(limits, *subject)


async def take_all(limits: Growing, *subject: object) -> int:
    """One try of each; how many are left of the shortest. Raises TooMany."""
    left = [await take(limit, *subject) for limit in limits]
    return min(left)


async def give_all_back(limits: Growing, *subject: object) -> None:
    for limit in limits:
        await give_back(limit, *subject)
