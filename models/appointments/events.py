"""What appointments tell, and whom it may ever tell it.

Staff hear that a practitioner's time is taken or free, never whose it is: who may read a client's name reads it at the
calendar's door. Visitors hear free or taken, and no id but the practitioner's.
"""

from __future__ import annotations

from models.core.events import event_type

MOVES = "staff access public"
IDS = "appointment practitioner client"
TIMES = "starts_at ends_at free former_starts_at former_ends_at"
PUBLIC = f"practitioner {TIMES}"
WHY = "The time must be taken or free on every open calendar at once."

BOOKED = event_type("appointment.booked", audiences=MOVES, ids=IDS, data=TIMES, public=PUBLIC, why=WHY)
MOVED = event_type("appointment.moved", audiences=MOVES, ids=IDS, data=TIMES, public=PUBLIC, why=WHY)
CANCELLED = event_type("appointment.cancelled", audiences=MOVES, ids=IDS, data=TIMES, public=PUBLIC, why=WHY)
LATE_CANCELLED = event_type("appointment.late_cancelled", audiences=MOVES, ids=IDS, data=TIMES, public=PUBLIC, why=WHY)
# Somebody joined or left, a room, a note, a link, a way to meet: the time stays as it was.
CHANGED = event_type("appointment.changed", audiences="staff access", ids=IDS)
# Attended, no-show, waived, and each taken back.
OUTCOME = event_type("appointment.outcome", audiences="staff access", ids=IDS)
CONFIRMED = event_type("appointment.confirmed", audiences="staff access", ids=IDS)
# The desk sent a reminder once more that had not arrived.
REMINDED = event_type("appointment.reminded", audiences="staff access", ids=IDS)

HOLD_PLACED = event_type(
    "hold.placed", audiences="staff public", ids="appointment practitioner", data=TIMES, public=PUBLIC, why=WHY,
)
HOLD_RELEASED = event_type(
    "hold.released", audiences="staff public", ids="appointment practitioner", data=TIMES, public=PUBLIC, why=WHY,
)

REQUESTED = event_type(
    "request.placed", audiences=MOVES, ids=f"{IDS} request", data=TIMES, public=PUBLIC, why=WHY,
)
REQUEST_CHANGED = event_type(
    "request.changed", audiences=MOVES, ids=f"{IDS} request", data=TIMES, public=PUBLIC, why=WHY,
)

# Heard by nobody: the mail with the code follows from it. The subject is the code's row.
CODE_ASKED = event_type("booking.code_asked", audiences="")

SERVICES = event_type("services.changed", audiences="staff public", ids="service", public="service")
ROOMS = event_type("rooms.changed", audiences="staff", ids="room location")
HOURS = event_type("hours.changed", audiences="staff public", ids="practitioner", public="practitioner")
BLOCKED = event_type("calendar.blocked", audiences="staff public", ids="practitioner", public="practitioner")
BOOKING_RULES = event_type("booking.rules_changed", audiences="staff public")
POLICY = event_type("cancellation.policy_changed", audiences="staff")
FEES = event_type("billing.fees_changed", audiences="staff")
REMINDERS = event_type("reminders.changed", audiences="staff")
TERMS = event_type("client.terms_changed", audiences="staff-of staff-all-clients", ids="client")
DIAGNOSIS_REMOVED = event_type("client.diagnosis_removed", audiences="staff-of staff-all-clients", ids="client")
MAILS = event_type("client.mails_changed", audiences="staff-of staff-all-clients", ids="client")
DIAGNOSES = event_type("client.diagnoses_changed", audiences="staff-of staff-all-clients", ids="client")
