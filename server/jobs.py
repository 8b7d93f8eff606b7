"""The jobs there are, and what runs by the clock. Each job finds its practice and ids in its payload; each looks anew
whether it is still due, because it may run late, twice, or after what it was for has gone.

A job answers None when it is done, or a timedelta: try again after that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts import dressing, founding, linking, sign_in_rule
from models.accounts import own_data as accounts_data
from models.accounts.sessions import sweep_idle
from models.appointments import asking, holding, moments, newcomers, unsettled
from models.appointments import requests as booking_requests
from models.clients import (
    allowing,
    auditing,
    emergency,
    import_checking,
    import_writing,
    importing,
    majority,
    pointing,
    status,
    viewing,
)
from models.clients.invitation_mail import REMIND_JOB
from models.core import retention, sealing
from models.core.queue import PULSE
from models.core.scope import run_scope
from models.documents import signing as document_signing
from models.files import bringing, managing, uploading
from models.messaging import away
from models.notifications import (
    account_mail,
    appointment_mail,
    invitation_mail,
    mailing,
    reminder_mail,
    security_mail,
    staff_mail,
    unread,
)
from server import mail, own_data, receiving, signed_copies, storage

Answer = timedelta | None
Job = Callable[[UUID, Mapping[str, UUID]], Coroutine[Any, Any, Answer]]


@dataclass(frozen=True)
class Regular:
    """Work by the clock; `when` as cron writes it, in UTC. One worker of all takes each turn."""

    name: str
    when: str
    work: Callable[[], Awaitable[None]]


def inside(verb: Callable[[UUID], Awaitable[Answer]], id_name: str) -> Job:
    """A job that is one verb in the scope of its practice."""

    async def run(practice_id: UUID, ids: Mapping[str, UUID]) -> Answer:
        return await run_scope(practice_id, lambda _: verb(ids[id_name]))

    return run


async def _send_mail(practice_id: UUID, ids: Mapping[str, UUID]) -> Answer:
    return await mail.send_mail(practice_id, ids["mail"])


async def _erase_file(practice_id: UUID, ids: Mapping[str, UUID]) -> Answer:
    """Bytes first, then the row: cut off in between, the next run finds the row and goes on."""
    at = await run_scope(practice_id, lambda _: bringing.stored_at(ids["file"]))
    if at is not None:
        await storage.erase(at.key, *filter(None, [at.thumbnail_key]))
        await run_scope(practice_id, lambda _: bringing.forget(ids["file"]))
    return None


async def _erase_logo(practice_id: UUID, ids: Mapping[str, UUID]) -> Answer:
    """The bytes of a logo that the practice wears no more."""
    key = await run_scope(practice_id, lambda _: dressing.unused_logo_key(ids["logo"]))
    if key is not None:
        await storage.erase(key)
    return None


async def _nets() -> None:
    """What the queue lost, if it ever loses anything."""
    await unread.wake_all_overdue()
    await mailing.wake_all_lost()


async def _idle_sessions() -> None:
    await sweep_idle()


async def _turn(practice_id: UUID, ids: Mapping[str, UUID]) -> Answer:
    """Who comes of age today; as many at a time as the clock does."""
    while await run_scope(practice_id, majority.turn_here):
        pass
    return None


async def _check_import(practice_id: UUID, ids: Mapping[str, UUID]) -> Answer:
    await import_checking.check_rows(practice_id, ids["batch"])
    return None


JOBS: dict[str, Job] = {
    importing.CHECK: _check_import,
    importing.WRITE: inside(import_writing.write_clients, "batch"),
    "unread.mail": inside(unread.mail_if_unread, "streak"),
    "mail.reset": inside(account_mail.mail_reset, "login"),
    "mail.sign_in_link": inside(security_mail.mail_link, "login"),
    "mail.send": _send_mail,
    linking.END: inside(linking.end_here, "link"),
    staff_mail.AGAIN: inside(staff_mail.send_again, "login"),
    "file.erase": _erase_file,
    uploading.FINISH: receiving.finish_job,
    uploading.END: receiving.end_job,
    managing.ERASE: inside(managing.erase_due, "kept"),
    "logo.erase": _erase_logo,
    emergency.END_JOB: inside(emergency.end_due, "emergency"),
    viewing.END_JOB: inside(viewing.end_due, "view"),
    accounts_data.BUILD: own_data.build,
    accounts_data.ERASE: own_data.erase,
    away.BEGIN: inside(away.begin, "away"),
    status.CLOSE: inside(status.close_portal, "client"),
    majority.TURN: _turn,
    allowing.DAY_JOB: inside(allowing.note_day, "access"),
    REMIND_JOB: inside(invitation_mail.remind, "sending"),
    holding.RELEASE: inside(holding.release_due, "hold"),
    asking.FORGET: inside(asking.forget_code, "code"),
    appointment_mail.TELL: inside(appointment_mail.tell, "attendance"),
    moments.EXPIRE: inside(booking_requests.expire_due, "request"),
    document_signing.COPY_JOB: signed_copies.make,
    sign_in_rule.BEGINS: inside(sign_in_rule.begins, "practice_rule"),
}

# Each asks the database which practices have such work: a practice where nothing happened costs nothing.
REGULAR: list[Regular] = [
    Regular("house.nets", "*/5 * * * *", _nets),
    Regular(PULSE, "* * * * * */20", _idle_sessions),
    Regular("house.seal_looks", "* * * * *", sealing.seal_all_looks),
    Regular("house.check_chains", "40 3 * * *", auditing.check_every_chain),
    Regular("house.unusual_looking", "10 5 * * *", pointing.look_for_unusual),
    Regular("house.forgotten_files", "17 * * * *", bringing.let_all_forgotten_go),
    Regular("house.half_written", "23 4 * * *", storage.sweep),
    Regular("appointments.reminders", "*/5 * * * *", reminder_mail.send_all_due),
    Regular("appointments.late_reminders", "37 * * * *", reminder_mail.send_all_late),
    # soon after midnight wherever a practice is: zones differ by quarters of an hour
    Regular("clients.majority", "1,16,31,46 * * * *", majority.turn_all),
    Regular("appointments.ended_days", "4,19,34,49 * * * *", unsettled.count_ended_days),
    Regular("house.old_imports", "41 * * * *", importing.drop_old),
    Regular("booking.old_requests", "53 * * * *", newcomers.erase_old),
    Regular("house.unproven_practices", "29 * * * *", founding.let_all_unproven_go),
    Regular("house.retention", "*/10 * * * *", retention.drop_what_is_old),
]
