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

# The second factor was turned on or off, its recovery codes made anew or used.
SECOND_FACTOR_CHANGED = event_type("login.second_factor_changed", audiences="login")
SECOND_FACTOR_RESET = event_type("login.second_factor_reset", audiences="login", ids="reset")
PASSKEYS_CHANGED = event_type("login.passkeys_changed", audiences="login", ids="passkey")
DEVICES_CHANGED = event_type("login.devices_changed", audiences="login")
NEW_DEVICE = event_type("login.new_device", audiences="login", ids="device")
SESSION_PROVED = event_type("session.proved", audiences="login", ids="session")

# As login.reset_asked: the same work for a known and an unknown address.
LINK_ASKED = event_type("login.link_asked", audiences="")

SIGN_IN_RULE_CHANGED = event_type("practice.sign_in_rule_changed", audiences="staff")
