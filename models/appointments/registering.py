"""What appointments add to what accounts and clients show: features of the portal, permissions of contacts.

They stand in the registries (server/wiring.py) from the day they open something.
"""

from __future__ import annotations

from models.accounts.registries import Feature
from models.clients.registries import ContactPermission

CANCEL = Feature("cancel-appointments", "Cancel appointments",
                 "Clients cancel and move their appointments in the portal, within your cancellation policy.")
BOOK_ONLINE = Feature("online-booking", "Online booking",
                      "Current and new clients book the services and times you offer.")

VIEW = ContactPermission("appointments", "View Appointments",
                         "Sees upcoming and past appointments, and is told of them by e-mail")
REMIND = ContactPermission("reminders", "Gets reminders", "Gets e-mails that remind of appointments")
BOOK = ContactPermission("booking", "Book and cancel",
                         "Books, moves and cancels appointments for the client, and sees them", needs=VIEW.key)
