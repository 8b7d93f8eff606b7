"""What messaging tells, and whom it may ever tell it. A note's audiences cannot hold a portal access."""

from __future__ import annotations

from models.core.events import event_type

ANYONE_SEATED = "desk access front-desk"

SENT = event_type(
    "message.sent",
    audiences=ANYONE_SEATED,
    ids="conversation client message sender",
    data="body files automatic sender_name sender_kind sent_at key",
    why="A message must stand on the screen at once; the key finds the sender's own pending row.",
)
WITHDRAWN = event_type(
    "message.withdrawn", audiences=ANYONE_SEATED, ids="conversation client message", erases=True
)
DELETED = event_type("message.deleted", audiences=ANYONE_SEATED, ids="conversation client message", erases=True)
NOTE = event_type(
    "note.added",
    audiences="desk front-desk",
    ids="conversation client note sender",
    data="body sender_name added_at key",
    why="A note stands among the messages at once, for staff alone.",
)
READ = event_type(
    "conversation.read",
    audiences=ANYONE_SEATED,
    ids="conversation client reader message",
    data="at",
    why="The ticks under a message turn with the moment it was read.",
)
DELIVERED = event_type("conversation.delivered", audiences=ANYONE_SEATED, ids="conversation client reader message")
STARTED = event_type("conversation.started", audiences=ANYONE_SEATED, ids="conversation client")
PEOPLE = event_type("conversation.people_changed", audiences=ANYONE_SEATED, ids="conversation client")
CLAIMED = event_type("conversation.claimed", audiences="desk front-desk", ids="conversation client staff")
RELEASED = event_type("conversation.released", audiences="desk front-desk", ids="conversation client staff")
HANDED_OVER = event_type("conversation.handed_over", audiences="desk front-desk", ids="conversation client staff")
# Muted, put away, marked unread: only the person's own pages.
CHANGED = event_type("conversation.changed", audiences=ANYONE_SEATED, ids="conversation client")
DRAFT = event_type("draft.saved", audiences="desk access", ids="conversation client")
AWAY = event_type("away.changed", audiences="staff", ids="staff")
HOURS = event_type("office_hours.changed", audiences="staff", ids="staff")
REPLIES = event_type("saved_replies.changed", audiences="desk staff")
SETTINGS = event_type("messaging.settings_changed", audiences="staff")
