"""What is told of mails: to the person, and to staff when one could not be delivered. Ids only, never an address."""

from models.core.events import event_type

MAIL_UNDELIVERED = event_type(
    "mail.undelivered", audiences="staff staff-of staff-all-clients", ids="login client"
)
MAIL_REACHED = event_type("mail.reached", audiences="staff staff-of staff-all-clients", ids="login client")
