"""Which happenings lead to a notification. server.wiring calls `register` once."""

from __future__ import annotations

from models.core.change import on
from models.notifications import (
    account_mail,
    appointment_mail,
    booking_mail,
    document_mail,
    email_mail,
    invitation_mail,
    own_data_mail,
    practice_mail,
    reminder_mail,  # noqa: F401  (called by the clock; the web knows its kind as well)
    risk_mail,
    security_mail,
    signed_mail,
    staff_mail,
    streaks,
)


def register() -> None:
    """In the transaction of each event: streaks begin and end with messages, readings and seats."""
    on("message.sent", streaks.on_message_sent)
    on("conversation.read", streaks.on_conversation_read)
    on("conversation.people_changed", streaks.on_people_changed)
    on("login.reset_asked", account_mail.on_reset_asked)
    on("invitation.sent", invitation_mail.on_invitation_sent)
    on("invitation.code_asked", invitation_mail.on_code_asked)
    on("onboarding.completed", invitation_mail.on_onboarding_completed)
    on("practice.founded", practice_mail.on_practice_founded)
    on("practice.asked_again", practice_mail.on_practice_founded)
    on("portal.asked_for", practice_mail.on_portal_asked_for)
    on("staff.invited", staff_mail.on_invited)
    on("staff.invitation_sent", staff_mail.on_invited)
    on("login.reset_asked", staff_mail.on_reset_asked)
    on("login.link_asked", security_mail.on_link_asked)
    on("login.new_device", security_mail.on_new_device)
    on("login.second_factor_reset", security_mail.on_reset)
    for changed in ("login.password_changed", "login.second_factor_changed", "login.passkeys_changed"):
        on(changed, security_mail.on_changed)
    on("login.email_asked", email_mail.on_email_asked)
    on("login.email_changed", email_mail.on_email_changed)
    on("booking.code_asked", booking_mail.on_code_asked)
    on("request.placed", booking_mail.on_request_placed)
    on("request.changed", booking_mail.on_request_changed)
    on("document.mailed", document_mail.on_mailed)
    on("own_data.ready", own_data_mail.on_ready)
    on("document.copy_made", signed_mail.on_copy_made)
    on("document.voided", signed_mail.on_voided)
    for happened in ("booked", "moved", "cancelled", "late_cancelled", "outcome", "changed"):
        on(f"appointment.{happened}", appointment_mail.on_changed)
    on("risk.raised", risk_mail.on_raised)
