"""What a save of Manage Documentation would do: what is new, what stays and where, what is taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from models.core.errors import Conflict, Invalid, missing
from models.documents.asking import Wanted
from models.documents.recipients import Recipient
from models.documents.standing import Standing


@dataclass(frozen=True)
class Item:
    """One line as it is to stand: of whom (a person's id), and either the document that is there or what is new.
    `key`: what the page calls it, for what is said beside it."""

    person: UUID
    document: UUID | None = None
    wanted: Wanted | None = None
    due_on: date | None = None
    key: str = ""


@dataclass
class Plan:
    """`new`: with its place; `kept`: with place and due date; `withdrawn`: what can be taken back."""

    new: list[tuple[Recipient, Wanted, int]] = field(default_factory=list)
    kept: list[tuple[Standing, int, date | None]] = field(default_factory=list)
    withdrawn: list[Standing] = field(default_factory=list)

    @property
    def started(self) -> list[Standing]:
        """Of what is taken back, what somebody has begun."""
        return [one for one in self.withdrawn if one.state in ("started", "returned")]


def plan(
    recipients: Sequence[Recipient], found: Sequence[Standing], people: Collection[UUID], items: Sequence[Item], *,
    today: date,
) -> Plan:
    """`people`: whose lines were all sent; what of theirs is not among the items is taken back. Raises Invalid for who
    cannot be asked, and for what would be due before `today`, unless it was due then already; Missing for a document of
    somebody else, Conflict `changed-meanwhile` for one that is gone."""
    by_id, made = {one.id: one for one in recipients}, Plan()
    named = dict.fromkeys([*people, *(item.person for item in items)])
    for person in named:
        recipient = by_id.get(person) or missing("person")
        _plan_one(made, recipient, [one for one in found if one.access_id == recipient.access_id],
                  [item for item in items if item.person == person])
    _refuse_past(items, found, today)
    return made


def _refuse_past(items: Sequence[Item], found: Sequence[Standing], today: date) -> None:
    before = {one.id: one.due_on for one in found}
    late: dict[str, list[str]] = {}
    for item in items:
        due_on = item.wanted.due_on if item.wanted else item.due_on
        stays = item.document is not None and before.get(item.document) == due_on
        if due_on is not None and due_on < today and not stays:
            late[f"due:{item.key}" if item.key else "items"] = [PAST.format(today)]
    if late:
        raise Invalid(errors=late)


def _plan_one(made: Plan, recipient: Recipient, found: Sequence[Standing], items: Sequence[Item]) -> None:
    there, stays = {one.id: one for one in found}, set()
    if recipient.why_not and any(item.document is None for item in items):  # what stands there may still be taken back
        raise Invalid(errors={"items": [f"{recipient.name}: {recipient.why_not}"]})
    for place, item in enumerate(items, 1):
        if item.document is None:
            if item.wanted is not None:
                made.new.append((recipient, item.wanted, place))
            continue
        if item.document not in there:
            raise Conflict("changed-meanwhile", CHANGED)
        stays.add(item.document)
        made.kept.append((there[item.document], place, item.due_on))
    made.withdrawn += [one for one in found if one.open and one.id not in stays]


PAST = "This day has passed. Choose today, {:%B %-d, %Y}, or a later one, or leave it empty."
CHANGED = "Somebody else changed what is asked and shared meanwhile. Look at it as it is now, then change it again."
