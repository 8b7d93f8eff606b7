"""What happens to a person's access to the portal, to their invitation, and on their way through onboarding.

Staff who see the client follow it on the Portal tab; the person's own open pages hear what became of their rights, and
whatever changes those names the login in `rights_of`.
"""

from models.core.events import EventType, event_type

STAFF = "staff-of staff-all-clients"


def _of_access(name: str, *, told: bool = True) -> EventType:
    return event_type(name, audiences=f"login {STAFF}" if told else STAFF, ids="client access")


ACCESS_TURNED_ON = _of_access("access.turned_on", told=False)
ACCESS_TURNED_OFF = _of_access("access.turned_off", told=False)
ACCESS_REVOKED = _of_access("access.revoked")
ACCESS_RESTORED = _of_access("access.restored")
ACCESS_FEATURES_CHANGED = _of_access("access.features_changed")
ACCESS_PERMISSIONS_CHANGED = _of_access("access.permissions_changed")
ACCESS_DAYS_CHANGED = _of_access("access.days_changed")
ACCESS_BEGAN = _of_access("access.began")
ACCESS_ENDED = _of_access("access.ended")
ACCESS_ADDRESS_CORRECTED = _of_access("access.address_corrected", told=False)
# The sign-in waits to follow the record's address, waits no more, or has another address now.
ACCESS_EMAIL_WAITS = _of_access("access.email_waits", told=False)
ACCESS_EMAIL_LET_GO = _of_access("access.email_let_go", told=False)
ACCESS_EMAIL_CHANGED = _of_access("access.email_changed", told=False)
# The person asks the practice to close their account, takes it back, is answered, and has read it.
ACCESS_CLOSING_ASKED = _of_access("access.closing_asked")
ACCESS_CLOSING_WITHDRAWN = _of_access("access.closing_withdrawn")
ACCESS_CLOSING_AGREED = _of_access("access.closing_agreed")
ACCESS_CLOSING_DECLINED = _of_access("access.closing_declined")
ACCESS_CLOSING_READ = _of_access("access.closing_read")

INVITATION_SENT = _of_access("invitation.sent")
INVITATION_MAIL_TAKEN = _of_access("invitation.mail_taken", told=False)
INVITATION_MAIL_REFUSED = _of_access("invitation.mail_refused", told=False)
INVITATION_LINK_COPIED = _of_access("invitation.link_copied", told=False)
INVITATION_USED = _of_access("invitation.used", told=False)
INVITATION_CODE_ASKED = _of_access("invitation.code_asked", told=False)
INVITATION_REMINDED = _of_access("invitation.reminded", told=False)
INVITATION_ACCEPTED = _of_access("invitation.accepted")
INVITATION_SETTINGS_CHANGED = event_type("invitation.settings_changed", audiences="staff")

ONBOARDING_STEP_SAVED = _of_access("onboarding.step_saved")
# Practitioners of the client hear it at their own desk as well: it stands among what happened lately.
ONBOARDING_COMPLETED = event_type("onboarding.completed", audiences=f"login desk {STAFF}", ids="client access")
