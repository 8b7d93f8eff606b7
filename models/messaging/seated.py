"""A seat with the person in it, and whose seats count as the actor's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.core.events import Audience, ToAccess, ToDesk, ToFrontDesk

SEAT_ROWS = """SELECT s.id, s.conversation_id, s.kind, s.staff_id, s.access_id, s.from_position, s.until_position,
    s.read_position, s.read_at, s.delivered_position, s.delivered_at, s.unread_since, s.marked_unread_at, s.muted_at,
    s.archived_at, s.joined_at, s.left_at, coalesce(st.name, co.name, cl.name, 'Front desk') AS name,
    coalesce(st.voice, '') AS voice, coalesce(st.title, '') AS title, pa.client_id, cl.name AS client_name,
    pa.contact_id, cc.relation,
    coalesce(st.login_id, pa.login_id) AS login_id, cov.name AS covers_name,
    CASE s.kind WHEN 'staff' THEN st.deactivated_at IS NULL
      WHEN 'access' THEN portico_open(pa) ELSE true END AS active,
    s.kind <> 'access' OR portico_on('messaging', pa.features_off) AS messaging,
    coalesce(cl.status = 'discharged', false) AS read_only
  FROM seat s
  LEFT JOIN staff_member st ON st.id = s.staff_id
  LEFT JOIN staff_member cov ON cov.id = s.covers_for
  LEFT JOIN portal_access pa ON pa.id = s.access_id
  LEFT JOIN client cl ON cl.id = pa.client_id
  LEFT JOIN contact co ON co.id = pa.contact_id
  LEFT JOIN client_contact cc ON cc.client_id = pa.client_id AND cc.contact_id = pa.contact_id"""


@dataclass(frozen=True)
class Seated:
    """A seat with the person in it. Sees from_position < position <= until_position."""

    id: UUID
    conversation_id: UUID
    kind: str
    staff_id: UUID | None
    access_id: UUID | None
    from_position: int
    until_position: int | None
    read_position: int
    read_at: datetime | None
    delivered_position: int
    delivered_at: datetime | None
    unread_since: datetime | None
    marked_unread_at: datetime | None
    muted_at: datetime | None
    archived_at: datetime | None
    joined_at: datetime
    left_at: datetime | None
    name: str
    voice: str
    title: str
    client_id: UUID | None
    client_name: str | None
    contact_id: UUID | None
    relation: str | None
    login_id: UUID | None
    covers_name: str | None
    active: bool
    messaging: bool
    read_only: bool = False

    @property
    def open(self) -> bool:
        return self.left_at is None

    @property
    def reachable(self) -> bool:
        """Whether what is said now would reach somebody."""
        return self.open and self.active and self.messaging

    @property
    def of_practice(self) -> bool:
        return self.kind != "access"

    def sees(self, position: int) -> bool:
        return self.from_position < position and (self.until_position is None or position <= self.until_position)

    def there_at(self, moment: datetime) -> bool:
        return self.joined_at <= moment and (self.left_at is None or self.left_at >= moment)

    def met(self, other: Seated) -> bool:
        """Whether both sat there at the same time."""
        return (self.left_at is None or other.joined_at <= self.left_at) and (
            other.left_at is None or self.joined_at <= other.left_at
        )

    @property
    def audience(self) -> Audience:
        """Who hears for this seat. Staff hear at the desk only: the same login may be a client elsewhere."""
        if self.kind == "staff":
            return ToDesk(self.login_id)
        return ToAccess(self.access_id) if self.kind == "access" else ToFrontDesk()


@dataclass(frozen=True)
class Viewer:
    """The seats that are this actor's: a staff member's own and Front desk's, or those of portal accesses.

    `off`: accesses whose messaging is switched off; their seats are nobody's until it is on again.
    """

    staff_id: UUID | None = None
    desk: bool = False
    accesses: tuple[UUID, ...] = ()
    off: tuple[UUID, ...] = ()

    def holds(self, seat: Seated) -> bool:
        if seat.kind == "staff":
            return self.staff_id is not None and seat.staff_id == self.staff_id
        return seat.access_id in self.accesses if seat.kind == "access" else self.desk
