"""What documents tell, and whom it may ever tell it: ids alone.

What a form is called may say what somebody is treated for, so nothing here holds a title, an answer or a score: who may
read them reads them at the doors.
"""

from __future__ import annotations

from models.core.events import event_type

STAFF = "staff-of staff-all-clients"
HEARD = f"access {STAFF}"
IDS = "client access document"

# The library: published, renamed, archived, and what others do to it.
FORM_CHANGED = event_type("form.changed", audiences="staff", ids="form")

# What stands in its draft, told to who looks at the builder; and who edits it now, or no longer.
FORM_EDITED = event_type("form.edited", audiences="staff", ids="form")
FORM_EDITOR = event_type("form.editor_changed", audiences="staff", ids="form")

SHARED = event_type("document.shared", audiences=HEARD, ids=IDS)
WITHDRAWN = event_type("document.withdrawn", audiences=HEARD, ids=IDS)
# Due date, order, whether it is required.
CHANGED = event_type("document.changed", audiences=HEARD, ids=IDS)
OPENED = event_type("document.opened", audiences=HEARD, ids=IDS)
# Somebody is further: another page, or the first answer.
PROGRESSED = event_type("document.progressed", audiences=HEARD, ids=IDS)
SUBMITTED = event_type("document.submitted", audiences=f"desk {HEARD}", ids=IDS)
RETURNED = event_type("document.returned", audiences=HEARD, ids=IDS)
SIGNED = event_type("document.signed", audiences=HEARD, ids=IDS)
COUNTERSIGNED = event_type("document.countersigned", audiences=HEARD, ids=IDS)
VOIDED = event_type("document.voided", audiences=HEARD, ids=IDS)
NUDGED = event_type("document.nudged", audiences=HEARD, ids=IDS)

# An e-mail about documents is on its way to somebody, or came to something; the subject is its notice.
MAILED = event_type("document.mailed", audiences=STAFF, ids="client access")
MAIL_SETTLED = event_type("document.mail_settled", audiences=STAFF, ids="client access")
# Somebody added or took back a file that was asked for.
FILES_CHANGED = event_type("document.files_changed", audiences=HEARD, ids=IDS)
# An answer may mean danger: to the desks of whom it concerns, and that somebody looked at it or takes care of it.
RISK_RAISED = event_type("risk.raised", audiences="desk", ids="client document alert")
RISK_OPENED = event_type("risk.opened", audiences="desk", ids="client document alert staff")
RISK_SEEN = event_type("risk.seen", audiences="desk", ids="client document alert staff")
# A PDF of what was signed, with its certificate, can be downloaded.
COPY_MADE = event_type("document.copy_made", audiences=HEARD, ids=IDS)

# A person agreed to sign electronically, or withdrew; the practice set how one signs.
AGREED = event_type("signing.agreed", audiences="login")
PAPER_CHOSEN = event_type("signing.paper_chosen", audiences="login")
SIGNING_SETTINGS = event_type("signing.settings_changed", audiences="staff")
