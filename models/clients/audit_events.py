"""What is told of looking: to administrators at their desks, and to those whom it concerns. Ids alone; reasons and
names stay in their rows."""

from __future__ import annotations

from models.core.events import event_type

CHAIN_BROKEN = event_type("audit.chain_broken", audiences="desk")
VIEW_BEGUN = event_type("view_as.begun", audiences="desk", ids="client access")
VIEW_ENDED = event_type("view_as.ended", audiences="desk", ids="client access")
# Somebody searched in an emergency, found or not: an audit line, heard by nobody.
EMERGENCY_ASKED = event_type("emergency.asked", audiences="")
# These carry `rights_of`: the record opens, and closes, for whoever asked.
EMERGENCY_OPENED = event_type("emergency.opened", audiences="desk", ids="client staff emergency")
EMERGENCY_ENDED = event_type("emergency.ended", audiences="desk", ids="client staff emergency")
EMERGENCY_ACKNOWLEDGED = event_type("emergency.acknowledged", audiences="desk", ids="client staff emergency")
EMERGENCY_SETTINGS = event_type("emergency.settings_changed", audiences="staff")
UNUSUAL_FOUND = event_type("unusual_look.found", audiences="desk", ids="client")
UNUSUAL_SETTLED = event_type("unusual_look.settled", audiences="desk", ids="client")
