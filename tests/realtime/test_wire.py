"""What goes over the line is declared: every event and signal has a class, and nothing else passes it."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from models.core.events import REGISTRY, ToStaff
from realtime.wire import SIGNALS, all_down, event_class
from tests.faults.drills import conversation, new_key
from tests.faults.ground import eventually
from tests.realtime.live import tell


async def test_what_pages_hear_is_what_is_declared(house_live, cast):
    desk, portal = await house_live.page(cast, "practitioner"), await house_live.page(cast, "client")
    where = await conversation(desk, cast)
    sent = await desk.ask("message.send", conversation=where, body="Hello", key=new_key())
    await portal.ask("conversation.read", conversation=where, message=sent["message"])
    await desk.ask("note.add", conversation=where, body="to us", key=new_key())
    await portal.ask("typing", conversation=where, on=True)
    await tell(cast, ToStaff(), rights_of=[cast.logins["client"]])
    await eventually(lambda: portal.lives == 2 and len(desk.heard) >= 4)
    await house_live.hub.beat_once()
    await eventually(lambda: any('["beat"' in frame for frame in portal.frames))
    packets = [json.loads(frame[2:]) for page in (desk, portal) for frame in page.frames if frame.startswith("42")]
    assert {"live", "beat", "resync", "message.sent", "note.added"} <= {name for name, _ in packets}
    for name, payload in packets:
        all_down()[name].model_validate(payload)


def test_an_undeclared_field_is_refused():
    given = {"seq": 1, "at": "2026-11-02T10:00:00Z"}
    event_class("message.sent").model_validate(given)
    for wrong in ({"position": 3}, {"data": {"canary": 1}}):
        with pytest.raises(ValidationError):
            event_class("message.sent").model_validate(given | wrong)
    with pytest.raises(ValidationError):
        SIGNALS["beat"].model_validate({"cursor": 1, "seq": 2})


@pytest.mark.usefixtures("wired")
def test_no_event_and_no_signal_share_a_name():
    assert not set(SIGNALS) & set(REGISTRY)
    assert all("." in name for name in REGISTRY)
