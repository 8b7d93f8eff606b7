"""What happens to logins and their sessions. Those that carry `rights_of` make every socket of the login read its own
session anew: an ended one is cut, a locked one hears the beat and nothing else, the others go on."""

from models.core.events import event_type

SESSION_STARTED = event_type("session.started", audiences="login", ids="session")
SESSION_ENDED = event_type(
    "session.ended", audiences="login", ids="session", data="reason",
    why="the page says why it was signed out: ended, signed-out, idle, expired or password",
)
SESSION_LOCKED = event_type("session.locked", audiences="login", ids="session")
SESSION_UNLOCKED = event_type("session.unlocked", audiences="login", ids="session")
PASSWORD_CHANGED = event_type("login.password_changed", audiences="login")

# Heard by nobody: an audit line, and what the mail is enqueued by. Recorded for an unknown address as well, with an id
# that belongs to no login, so that asking takes the same work whether or not the address is known.
RESET_ASKED = event_type("login.reset_asked", audiences="")

INVITATION_ACCEPTED = event_type("invitation.accepted", audiences="login")
PREFERENCES_CHANGED = event_type("preferences.changed", audiences="login")
IDLE_TIMES_CHANGED = event_type("practice.idle_times_changed", audiences="staff")

# The team. Whoever's rights change is named in rights_of: their sockets and pages act on it at once.
STAFF_INVITED = event_type("staff.invited", audiences="staff", ids="invitation")
STAFF_INVITATION_SENT = event_type("staff.invitation_sent", audiences="staff", ids="invitation")
STAFF_INVITATION_MAILED = event_type("staff.invitation_mailed", audiences="staff", ids="invitation")
STAFF_INVITATION_WITHDRAWN = event_type("staff.invitation_withdrawn", audiences="staff", ids="invitation")
STAFF_JOINED = event_type("staff.joined", audiences="staff", ids="staff invitation")
STAFF_CHANGED = event_type("staff.changed", audiences="staff", ids="staff")
STAFF_DEACTIVATED = event_type("staff.deactivated", audiences="staff", ids="staff")
STAFF_REACTIVATED = event_type("staff.reactivated", audiences="staff", ids="staff")
SUPERVISION_HANDED_OVER = event_type("staff.supervision_handed_over", audiences="staff", ids="staff")

# One person's logins in two practices of this house; heard by that person alone.
LINK_BEGUN = event_type("link.begun", audiences="login", ids="link")
LINK_MADE = event_type("link.made", audiences="login", ids="link")
LINK_ENDED = event_type("link.ended", audiences="login", ids="link")
