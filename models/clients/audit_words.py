"""What each change and each look is called in the audit log. What follows the person's name; a guard wants a sentence
for every event type there is. `{staff}` and `{contact}` stand for a name that the event's ids lead to, `{login}` for
that of the login it is about."""

from __future__ import annotations

from models.clients.registries import PROFILE_TABS

# No practice learns that somebody works at another one as well: these read alike, and under one name.
OWN_AFFAIR = "changed how they sign in"
NAMED: dict[str, str] = dict.fromkeys(("link.begun", "link.ended", "link.made"), "login.changed")

# By kind, as the filter offers them: (key, title, sentences by event type).
CHANGES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("records", "Records", {
        "client.added": "added a client",
        "client.assigned": "assigned {staff}",
        "client.changed": "changed the record",
        "client.details_changed": "changed the details of the record",
        "client.household_changed": "changed who belongs together",
        "client.handed_over": "handed the client over",
        "client.merged": "merged two records",
        "client.own_consent_changed": "changed the flag for own consent",
        "client.portal_closed": "closed the portal of a discharged client",
        "client.set_up": "finished Start Setup",
        "client.status_changed": "changed the status",
        "client.tagged": "changed the tags",
        "client.tags_changed": "changed the tags",
        "client.unassigned": "ended the assignment of {staff}",
        "clients.imported": "imported clients",
        "contact.added": "added a contact",
        "contact.changed": "changed a contact",
        "contact.ended": "ended a contact",
        "contact.linked": "linked a contact",
        "contact.permissions_changed": "changed what a contact may do",
        "contact.removed": "removed a contact",
        "contact.unlinked": "ended a contact",
        "file.erased": "erased a file",
        "file.ready": "uploaded a file",
        "import.changed": "went on with an import",
        "majority.agreed": "agreed to a contact’s access after coming of age",
        "majority.near": "told that a client comes of age soon",
        "majority.reached": "ended contacts’ access on the day of coming of age",
    }),
    ("access", "Portal access", {
        "access.address_corrected": "corrected the address of somebody invited",
        "access.began": "had a portal access begin with its first day",
        "access.closing_agreed": "agreed to close an account",
        "access.closing_asked": "asked to close their account",
        "access.closing_declined": "declined to close an account",
        "access.closing_read": "read the answer about closing their account",
        "access.closing_withdrawn": "took the request to close their account back",
        "access.days_changed": "changed the days of a portal access",
        "access.email_changed": "changed the address of a sign-in",
        "access.email_let_go": "let the change of a sign-in’s address go",
        "access.email_waits": "began the change of a sign-in’s address",
        "access.ended": "had a portal access end with its last day",
        "access.features_changed": "changed the features of a portal access",
        "access.permissions_changed": "changed the permissions of a portal access",
        "access.restored": "restored a portal access",
        "access.revoked": "revoked a portal access",
        "access.turned_off": "turned a portal access off",
        "access.turned_on": "turned a portal access on",
        "invitation.accepted": "accepted an invitation",
        "invitation.code_asked": "asked for a code behind a copied link",
        "invitation.link_copied": "copied the link of an invitation",
        "invitation.mail_refused": "had an invitation refused by the mail server",
        "invitation.mail_taken": "had an invitation taken by the mail server",
        "invitation.reminded": "had a reminder of an invitation sent",
        "invitation.sent": "sent an invitation",
        "invitation.settings_changed": "changed the settings of invitations",
        "invitation.used": "opened the page behind an invitation",
        "onboarding.completed": "completed the onboarding",
        "onboarding.step_saved": "saved a step of the onboarding",
        "view_as.begun": "began to view the portal as somebody else",
        "view_as.ended": "left the view of somebody else’s portal",
    }),
    ("emergency", "Emergencies and odd looking", {
        "audit.chain_broken": "found a broken chain in the audit log",
        "emergency.acknowledged": "acknowledged an opening in an emergency",
        "emergency.asked": "searched for a record in an emergency",
        "emergency.ended": "no longer has the record opened in an emergency",
        "emergency.opened": "opened the record in an emergency",
        "emergency.settings_changed": "changed who may open records in an emergency",
        "unusual_look.found": "pointed out unusual looking",
        "unusual_look.settled": "settled unusual looking",
    }),
    ("appointments", "Appointments", {
        "appointment.booked": "booked an appointment",
        "appointment.cancelled": "cancelled an appointment",
        "appointment.changed": "changed an appointment, not its time",
        "appointment.confirmed": "confirmed an appointment",
        "appointment.late_cancelled": "cancelled an appointment late",
        "appointment.moved": "moved an appointment",
        "appointment.outcome": "said what became of an appointment",
        "client.diagnoses_changed": "changed the diagnoses",
        "client.terms_changed": "changed whether fees are charged",
        "hold.placed": "held a time",
        "hold.released": "let a held time go",
        "request.changed": "changed a booking request",
        "request.placed": "asked for a time",
    }),
    ("messages", "Messages", {
        "away.changed": "changed an absence",
        "conversation.changed": "archived, muted or marked a conversation",
        "conversation.claimed": "claimed a conversation",
        "conversation.delivered": "received a message",
        "conversation.handed_over": "handed a conversation over to the front desk",
        "conversation.people_changed": "changed who sits in a conversation",
        "conversation.read": "read messages",
        "conversation.released": "gave a conversation back",
        "conversation.started": "started a conversation",
        "draft.saved": "saved a draft",
        "mail.reached": "can be reached by e-mail again",
        "mail.undelivered": "could not be reached by e-mail",
        "message.deleted": "deleted a message",
        "message.sent": "sent a message",
        "message.withdrawn": "took a message back",
        "note.added": "added a note for staff",
        "saved_replies.changed": "changed the saved replies",
    }),
    ("sign-in", "Signing in", {
        "link.begun": OWN_AFFAIR,
        "link.ended": OWN_AFFAIR,
        "link.made": OWN_AFFAIR,
        "login.devices_changed": "changed the remembered devices",
        "login.email_asked": "asked to sign in with another address",
        "login.email_changed": "confirmed the new address of the sign-in",
        "login.email_let_go": "let the change of the sign-in’s address go",
        "login.link_asked": "had a sign-in link asked for",
        "login.new_device": "signed in on a new device",
        "login.passkeys_changed": "changed the passkeys",
        "login.password_changed": "changed the password",
        "login.reset_asked": "had a new password asked for",
        "login.second_factor_changed": "changed the second factor",
        "login.second_factor_reset": "reset the second factor of {login}",
        "own_data.asked": "asked for a copy of their data",
        "own_data.failed": "could not have a copy of their data made",
        "own_data.gone": "no longer has the copy of their data",
        "own_data.ready": "had a copy of their data made",
        "preferences.changed": "changed the communication preferences",
        "session.ended": "was signed out",
        "session.locked": "locked the desk",
        "session.proved": "proved anew who they are",
        "session.started": "signed in",
        "session.unlocked": "unlocked the desk",
    }),
    ("practice", "Practice and team", {
        "billing.fees_changed": "changed the default fees",
        "booking.rules_changed": "changed the rules of booking",
        "calendar.blocked": "changed time off or a block",
        "cancellation.policy_changed": "changed the cancellation policy",
        "features.changed": "changed the features of the portal",
        "hours.changed": "changed the hours or the online booking of {staff}",
        "location.added": "added a location",
        "booking.code_asked": "asked for a code that proves an address",
        "location.changed": "changed a location",
        "location.closed": "closed a location",
        "location.removed": "removed a location",
        "location.reopened": "opened a location again",
        "messaging.settings_changed": "changed the settings of messaging",
        "office_hours.changed": "changed office hours",
        "portal.asked_for": "was looked for with “find my portal”",
        "portal.closed": "turned the portal off",
        "portal.opened": "turned the portal on",
        "portal.turned_off": "turned the portal off",
        "portal.turned_on": "turned the portal on",
        "practice.asked_again": "asked once more for the link that opens the practice",
        "practice.brand_changed": "changed the branding",
        "practice.details_changed": "changed the practice’s details",
        "practice.founded": "founded the practice",
        "practice.idle_times_changed": "changed the idle times",
        "practice.let_go": "let a practice go that was never proven",
        "practice.moved": "moved the portal to another subdomain",
        "practice.proven": "proved the e-mail address of the practice",
        "practice.sign_in_rule_changed": "changed the rule for signing in",
        "reminders.changed": "changed when clients are reminded",
        "rooms.changed": "changed the rooms",
        "services.changed": "changed the services",
        "staff.changed": "changed the roles or switches of {staff}",
        "staff.deactivated": "deactivated {staff}",
        "staff.invitation_mailed": "had an invitation to the team mailed",
        "staff.invitation_sent": "sent an invitation to the team again",
        "staff.invitation_withdrawn": "withdrew an invitation to the team",
        "staff.invited": "invited somebody to the team",
        "staff.joined": "joined the team",
        "staff.reactivated": "reactivated {staff}",
        "staff.supervision_handed_over": "handed supervision over to {staff}",
    }),
)

WORDS = {name: words for _, _, sentences in CHANGES for name, words in sentences.items()}
TYPES = {key: tuple(sentences) for key, _, sentences in CHANGES}
TITLES = {key: title for key, title, _ in CHANGES}

LOOKS = {
    "appointment": "opened an appointment",
    "audit-export": "exported the audit log",
    "client.profile": "looked at a child’s information",
    "client-head": "had the record open while it changed",
    "client-second-factor": "opened the page from which a second factor is reset",
    "client-view-as": "opened the page from which the portal is viewed",
    "conversation": "read a conversation",
    "message-search": "was shown messages by a search",
    "taken-out": "took the record out with others",
    "emergency-search": "gave the reason of a search in an emergency",
    "export-csv": "exported clients as a table",
    "export-fhir": "exported clients as FHIR",
    "deleted-message": "read what a deleted message said",
    "file": "opened a file",
}


def change_words(name: str) -> str:
    """What a change of that type is called; its own name for a type that is no longer there."""
    return WORDS.get(name, name.replace(".", " ").replace("_", " "))


def look_words(subject: str) -> str:
    """What a look is called; a client's page by the tab that was open."""
    if subject in LOOKS:
        return LOOKS[subject]
    if subject.startswith("portal:"):
        return f"looked at the portal’s page {subject.removeprefix('portal:').replace('-', ' ').capitalize()}"
    if subject.startswith("client-"):
        key = subject.removeprefix("client-")
        tabs = {tab.key: tab.title for tab in PROFILE_TABS}
        return f"opened the record at {tabs.get(key, key.replace('-', ' ').capitalize())}"
    return f"looked at: {subject.replace('-', ' ')}"
