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
# `what`, here and below: the kind of line in the person's security log (security.WORDS); none for a first password.
PASSWORD_CHANGED = event_type("login.password_changed", audiences="login", ids="what")

# Heard by nobody: an audit line, and what the mail is enqueued by. Recorded for an unknown address as well, with an id
# that belongs to no login, so that asking takes the same work whether or not the address is known.
RESET_ASKED = event_type("login.reset_asked", audiences="")

PREFERENCES_CHANGED = event_type("preferences.changed", audiences="login")
# A feature of the portal was switched on or off: for the practice, or (then with `client`) for one access. Pages ask
# their doors anew.
FEATURES_CHANGED = event_type(
    "features.changed", audiences="login access staff-of staff-all-clients staff", ids="feature client"
)
# The portal opens and closes to clients; the practice's address changes. Heard by every socket of the practice: see
# realtime.hub, which tells those that lose their rights, and their pages' new host.
PORTAL_OPENED = event_type("portal.opened", audiences="login staff")
PORTAL_CLOSED = event_type("portal.closed", audiences="login staff")
PRACTICE_MOVED = event_type("practice.moved", audiences="staff")
# Heard by nobody: the subject is the first administrator's login. The mail that proves the address is enqueued by it.
PRACTICE_FOUNDED = event_type("practice.founded", audiences="")
PRACTICE_ASKED_AGAIN = event_type("practice.asked_again", audiences="")
PRACTICE_PROVEN = event_type("practice.proven", audiences="staff")
# Nobody proved the address within its days: names and address are gone, and what it was called is free again.
PRACTICE_LET_GO = event_type("practice.let_go", audiences="")
# Somebody asked by e-mail where their portal is; the subject is their login. The mail is enqueued by it.
PORTAL_ASKED_FOR = event_type("portal.asked_for", audiences="")

IDLE_TIMES_CHANGED = event_type("practice.idle_times_changed", audiences="staff")

# What a practice says of itself; the words are fetched.
DETAILS_CHANGED = event_type("practice.details_changed", audiences="staff")
BRAND_CHANGED = event_type("practice.brand_changed", audiences="staff")
LOCATION_ADDED = event_type("location.added", audiences="staff", ids="location")
LOCATION_CHANGED = event_type("location.changed", audiences="staff", ids="location")
LOCATION_CLOSED = event_type("location.closed", audiences="staff", ids="location")
LOCATION_REOPENED = event_type("location.reopened", audiences="staff", ids="location")
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
# The second factor was turned on or off, its recovery codes made anew or used.
SECOND_FACTOR_CHANGED = event_type("login.second_factor_changed", audiences="login", ids="what")
SECOND_FACTOR_RESET = event_type("login.second_factor_reset", audiences="login", ids="reset")
PASSKEYS_CHANGED = event_type("login.passkeys_changed", audiences="login", ids="passkey what")
DEVICES_CHANGED = event_type("login.devices_changed", audiences="login")
NEW_DEVICE = event_type("login.new_device", audiences="login", ids="device")
SESSION_PROVED = event_type("session.proved", audiences="login", ids="session")

# As login.reset_asked: the same work for a known and an unknown address.
LINK_ASKED = event_type("login.link_asked", audiences="")

# The address of a sign-in: its change was asked for, was let go, or came true behind the mailed link.
EMAIL_ASKED = event_type("login.email_asked", audiences="login", ids="change")
EMAIL_LET_GO = event_type("login.email_let_go", audiences="login", ids="change")
EMAIL_CHANGED = event_type("login.email_changed", audiences="login", ids="change")

# Download my data: asked for, made, could not be made, gone.
DATA_ASKED = event_type("own_data.asked", audiences="login", ids="data_id")
DATA_READY = event_type("own_data.ready", audiences="login", ids="data_id")
DATA_FAILED = event_type("own_data.failed", audiences="login", ids="data_id")
DATA_GONE = event_type("own_data.gone", audiences="login", ids="data_id")

SIGN_IN_RULE_CHANGED = event_type("practice.sign_in_rule_changed", audiences="staff")
