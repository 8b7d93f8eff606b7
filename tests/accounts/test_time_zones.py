"""The list of time zones: everything that zoneinfo knows, once, American ones first."""

from zoneinfo import available_timezones

from models.accounts.time_zones import AMERICAN, NO_PLACES, OTHERS, UNITED_STATES, known_zones, zone_groups


def test_every_zone_is_offered_once():
    offered = [name for group in zone_groups() for name, _ in group.zones]
    assert len(offered) == len(set(offered))
    assert set(offered) == available_timezones() - NO_PLACES == known_zones()


def test_american_ones_come_first_and_names_of_no_place_last():
    groups = zone_groups()
    assert groups[0].title == UNITED_STATES
    assert groups[0].zones == AMERICAN and len(AMERICAN) >= 9
    assert groups[-1].title == OTHERS
    assert "UTC" in dict(groups[-1].zones)


def test_a_place_is_said_in_words():
    words = {name: said for group in zone_groups() for name, said in group.zones}
    assert words["America/Argentina/Buenos_Aires"] == "Buenos Aires (Argentina)"
    assert words["Europe/Zurich"] == "Zurich"
