"""What clients and newcomers may book, and of whom."""

from __future__ import annotations

from models.appointments.availability import bookable_services, who_offers
from models.appointments.tables import Offering
from models.core.ids import new_id
from tests.appointments.conftest import offer


async def test_a_service_comes_with_its_lengths_and_who_offers_it_by_name(cast, looking):
    async def more() -> None:
        await offer(looking.offering, cast.staff["owner"], newcomers=False)

    await cast.inside(more)
    await looking.run("INSERT INTO service_length (service_id, minutes) VALUES ($1, 25)", looking.offering.id)
    [service] = await cast.inside(lambda: bookable_services(newcomer=False))
    assert service.service.id == looking.offering.id
    assert [(one.minutes, one.fee_cents) for one in service.lengths] == [(25, None), (50, 12000)]
    assert [(one.name, one.title) for one in service.practitioners] == [
        ("Jonas Lindqvist", "Psychologist"), ("Maya Okafor", "Therapist")]
    assert await cast.inside(lambda: who_offers(looking.offering.id, newcomer=False)) == list(service.practitioners)


async def test_newcomers_see_who_takes_new_clients_and_what_everyone_may_book(cast, looking):
    async def seen(*, newcomer: bool) -> tuple[int, int]:
        services = await cast.inside(lambda: bookable_services(newcomer=newcomer))
        people = await cast.inside(lambda: who_offers(looking.offering.id, newcomer=newcomer))
        return len(services), len(people)

    assert await seen(newcomer=True) == (1, 1)
    await looking.run("UPDATE service SET bookable = 'existing'")
    assert (await seen(newcomer=True))[0] == 0 and await seen(newcomer=False) == (1, 1)
    await looking.run("UPDATE service SET bookable = 'everyone'")
    await looking.own(new_clients=False)
    assert await seen(newcomer=True) == (0, 0) and await seen(newcomer=False) == (1, 1)
    await looking.own(online=False)
    assert await seen(newcomer=False) == (0, 0)


async def test_what_nobody_offers_or_has_no_length_or_is_no_longer_offered_is_not_there(cast, looking):
    async def names() -> list[str]:
        return [one.service.name for one in await cast.inside(lambda: bookable_services(newcomer=False))]

    other = await cast.inside(lambda: Offering.create(id=new_id(), name="Assessment", bookable="existing"))
    assert await names() == ["Counseling"]
    await cast.inside(lambda: offer(other, looking.hours.staff_id))
    assert await names() == ["Counseling"]
    await looking.run("INSERT INTO service_length (service_id, minutes) VALUES ($1, 90)", other.id)
    assert await names() == ["Assessment", "Counseling"]
    await looking.run("UPDATE service SET archived_at = now() WHERE id = $1", other.id)
    assert await names() == ["Counseling"]
    await looking.run("UPDATE service SET bookable = 'nobody'")
    assert await names() == []


async def test_who_left_is_not_offered(cast, looking):
    await looking.run("UPDATE staff_member SET deactivated_at = now() WHERE id = $1", looking.hours.staff_id)
    assert await cast.inside(lambda: who_offers(looking.offering.id, newcomer=False)) == []
    assert await cast.inside(lambda: bookable_services(newcomer=False)) == []


async def test_who_is_no_practitioner_any_more_is_not_offered_until_they_are_again(cast, looking):
    """Their offers and hours stay as they were, out of everybody's reach."""
    roles = "UPDATE staff_member SET roles = $2 WHERE id = $1"
    assert await looking.free()
    await looking.run(roles, looking.hours.staff_id, ["supervisor"])
    assert await cast.inside(lambda: who_offers(looking.offering.id, newcomer=False)) == []
    assert await cast.inside(lambda: bookable_services(newcomer=False)) == []
    assert await looking.free() == [] and await looking.free(online=False), "staff may still look"
    assert not await looking.is_free(looking.at("10:00"), looking.hours.location_id)
    await looking.run(roles, looking.hours.staff_id, ["practitioner"])
    assert await looking.free() and await cast.inside(lambda: bookable_services(newcomer=False))


async def test_another_practice_offers_nothing_here(cast, neighbours, looking):
    assert await neighbours.inside(lambda: bookable_services(newcomer=False)) == []
    assert await neighbours.inside(lambda: who_offers(looking.offering.id, newcomer=False)) == []
