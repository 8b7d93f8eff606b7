"""Whoever saves settings of booking reads that it is saved, on each of its pages."""

from __future__ import annotations

import pytest

from models.accounts.tables import Location
from models.core.ids import new_id


@pytest.mark.parametrize(("path", "words"), [
    ("settings/services?done=added", "Service added."), ("settings/booking?done=rules", "Saved. It holds from now on."),
    ("settings/reminders?done=reminders", "Saved. They hold for every appointment from now on."),
    ("settings/availability?done=hours", "Hours saved."), ("hours/{maya}?done=day", "Saved for this day."),
    ("settings/practice/locations/{place}?done=room-added", "Room added."), ("settings/billing?done=fees", "Saved."),
])
async def test_what_was_saved_is_said_and_only_then(cast, browse, path, words):
    place = await cast.inside(lambda: Location.create(id=new_id(), name="Wharf Street", address="14 Wharf Street"))
    owner = await browse(cast, "owner")
    address = f"/staff/{path.format(maya=cast.staff['practitioner'], place=place.id)}"
    told = f'<div class="toast"><span>{words}'
    page = await (await owner.get(address)).get_data(as_text=True)
    assert told in page.replace("\n", "")
    assert told not in (await (await owner.get(address.partition("?")[0])).get_data(as_text=True)).replace("\n", "")
