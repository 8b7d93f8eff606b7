"""Whose names stand in a text that leaves the portal."""

from __future__ import annotations

from models.clients.named import names_in


async def test_names_are_found_as_people_write_them_and_only_those_that_are_asked_for(cast):
    ana, leo, maya = cast.clients["client"], cast.clients["teen"], cast.staff["practitioner"]

    async def found(words, **of):
        return await cast.inside(lambda: names_in(words, **of))

    words = "Ana Beltran’s mother, Karen, and Leo write to Maya."
    assert await found(words, clients=[ana]) == ["Ana", "Beltran’s"]
    assert await found(words, clients=[leo], contacts_of=[leo]) == ["Karen", "Leo"]
    assert await found(words, staff=[maya]) == ["Maya"]
    assert await found("", clients=[ana]) == [] and await found(words) == []
