"""What happens to a client's record and to contacts. Ids only: each page fetches what its reader may see."""

from models.core.events import event_type

STAFF = "staff-of staff-all-clients"

# Sent to a portal access only when what that person sees of the section is another than before.
DETAILS_CHANGED = event_type("client.details_changed", audiences=f"{STAFF} access", ids="client section")
SET_UP = event_type("client.set_up", audiences=STAFF, ids="client")
OWN_CONSENT_CHANGED = event_type("client.own_consent_changed", audiences=f"{STAFF} access", ids="client")

CONTACT_ADDED = event_type("contact.added", audiences=STAFF, ids="client contact")
CONTACT_LINKED = event_type("contact.linked", audiences=STAFF, ids="client contact")
CONTACT_CHANGED = event_type("contact.changed", audiences=f"{STAFF} login", ids="client contact")
CONTACT_UNLINKED = event_type("contact.unlinked", audiences=STAFF, ids="client contact")

# A client comes of age: staff are told ahead; on the day contacts' accesses end unless the client agreed.
MAJORITY_NEAR = event_type("majority.near", audiences=f"desk {STAFF} access", ids="client")
MAJORITY_REACHED = event_type("majority.reached", audiences=f"desk {STAFF} access", ids="client")
MAJORITY_AGREED = event_type("majority.agreed", audiences=f"{STAFF} access", ids="client contact")
