"""What a portal's address may be called, and that nobody gets what was once somebody else's."""

from __future__ import annotations

import asyncio
import secrets

import pytest

from models.accounts import portal
from models.accounts.subdomains import availability, fault_of, stem_of
from models.core.database import fetch_one
from models.core.errors import Conflict, Forbidden, Invalid


@pytest.mark.parametrize(
    "word",
    ["www", "api", "app", "admin", "mail", "staff", "portal", "static", "help", "support", "status", "login"],
)
async def test_words_of_the_house_are_refused(cast, word):
    found = await cast.inside(lambda: availability(word))
    assert not found.free and "kept for Portico itself" in found.words


ODD = ["", "ab", "a" * 41, "-abc", "abc-", "a_b_c", "a.b.c", "höh", "ab c", "xn--abc", "x\x00y"]


@pytest.mark.parametrize("odd", ODD)
def test_what_can_be_no_address_is_refused_with_the_rules(odd):
    assert fault_of(odd)


@pytest.mark.parametrize("fit", ["abc", "my-clinic", "3rd-street", "a" * 40])
def test_a_plain_name_is_fit(fit):
    assert fault_of(fit) is None


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Škoda & Partners, Inc.", "skoda-partners-inc"),
        ("  Harbor  Counseling ", "harbor-counseling"),
        ("\u674e\u533b\u751f", "practice"),
    ],
)
def test_an_address_is_derived_from_a_name(name, stem):
    assert stem_of(name) == stem


async def test_an_address_is_free_until_somebody_has_it(browse, cast, neighbours):
    owner = await browse(cast, "owner")
    wanted = f"w{secrets.token_hex(5)}"
    look = "/staff/settings/portal/subdomain/look"
    assert (await (await owner.send(look, {"subdomain": f" {wanted.upper()} "})).get_json())["free"] is True
    boss = await neighbours.actor("owner")
    await neighbours.inside(lambda: portal.move(boss, wanted))
    answer = await (await owner.send(look, {"subdomain": wanted})).get_json()
    assert not answer["free"] and "Another practice has this address" in answer["words"]


async def test_a_former_address_is_never_given_away_and_comes_back_to_its_own(cast, neighbours):
    owner, boss = await cast.actor("owner"), await neighbours.actor("owner")
    first, second = cast.subdomain, f"w{secrets.token_hex(5)}"
    assert await cast.inside(lambda: portal.move(owner, second))
    with pytest.raises(Conflict):
        await neighbours.inside(lambda: portal.move(boss, first))
    assert await cast.inside(lambda: portal.move(owner, first))
    row = await fetch_one("SELECT subdomain, former_subdomains FROM practice WHERE id = $1", cast.practice_id)
    assert (row["subdomain"], row["former_subdomains"]) == (first, [second])


async def test_of_two_practices_that_want_the_same_one_gets_it(cast, neighbours):
    wanted = f"w{secrets.token_hex(5)}"
    owner, boss = await cast.actor("owner"), await neighbours.actor("owner")
    made = await asyncio.gather(
        cast.inside(lambda: portal.move(owner, wanted)),
        neighbours.inside(lambda: portal.move(boss, wanted)),
        return_exceptions=True,
    )
    assert sorted(type(one) for one in made if one is not True) == [Conflict] and True in made


async def test_taking_one_that_is_given_up_in_the_same_moment_does_not_succeed(cast, neighbours):
    owner, boss, given_up = await cast.actor("owner"), await neighbours.actor("owner"), cast.subdomain
    made = await asyncio.gather(
        cast.inside(lambda: portal.move(owner, f"w{secrets.token_hex(5)}")),
        neighbours.inside(lambda: portal.move(boss, given_up)),
        return_exceptions=True,
    )
    assert made[0] is True and isinstance(made[1], Conflict)


async def test_only_administrators_look_and_move(browse, cast):
    for name in ("practitioner", "client"):
        other = await browse(cast, name)
        for door in ("subdomain/look", "subdomain", "on", "off"):
            answer = await other.send(f"/staff/settings/portal/{door}", {"subdomain": "anything-free"})
            assert answer.status_code == 403, door
        actor = await cast.actor(name)
        with pytest.raises(Forbidden):
            await cast.inside(lambda actor=actor: portal.move(actor, "anything-free"))


async def test_a_word_of_the_house_is_refused_by_the_verb_too(cast):
    owner = await cast.actor("owner")
    with pytest.raises(Invalid):
        await cast.inside(lambda: portal.move(owner, "admin"))
