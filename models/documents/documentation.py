"""Manage Documentation as it is looked at: for each person what is asked, the rest of the library, and shared files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.core.actor import Actor
from models.documents.recipients import Recipient, recipients_of
from models.documents.rights import documentation_of
from models.documents.shareable import KINDS, Shareable, guardian_alone, shareable
from models.documents.standing import WORDS, Standing, standing_of, version_of


@dataclass(frozen=True)
class Line:
    """One thing to check. `key` says whose and what it is; `standing` where it is asked or was handed in; `why_not`:
    the reason for which it cannot be checked."""

    key: str
    title: str
    words: str
    on: bool = False
    due_on: date | None = None
    standing: Standing | None = None
    why_not: str = ""
    signs: bool = False


@dataclass(frozen=True)
class Panel:
    """One person: `asked` in their order, `library` by kind, `files` shared with them, `done` what they handed in
    lately, and `early` how much long ago."""

    person: Recipient
    asked: tuple[Line, ...] = ()
    library: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    files: tuple[Line, ...] = ()
    done: tuple[Line, ...] = ()
    early: int = 0

    @property
    def stands(self) -> bool:
        """Something is asked of or shared with them."""
        return bool(self.asked or self.files)

    @property
    def offered(self) -> int:
        """How many forms of the library there are beside."""
        return sum(len(lines) for _, lines in self.library)


@dataclass(frozen=True)
class Documentation:
    version: str
    panels: tuple[Panel, ...]

    @property
    def unfolded(self) -> frozenset[UUID]:
        """Who stands open when the page is: who has something; where nobody has, the first who can be asked."""
        able = [one for one in self.panels if not one.person.why_not]
        having = [one for one in self.panels if one.stands]
        return frozenset(one.person.id for one in having or able[:1])


async def documentation(actor: Actor, client_id: UUID) -> Documentation:
    """Raises Missing, Forbidden."""
    await documentation_of(actor, client_id)
    found, forms = await standing_of(client_id), await shareable()
    panels = [_panel(one, found, forms) for one in await recipients_of(actor, client_id)]
    return Documentation(version_of(found), tuple(panels))


def _panel(person: Recipient, found: Sequence[Standing], forms: Sequence[Shareable]) -> Panel:
    mine = [one for one in found if one.access_id == person.access_id]
    still = [one for one in mine if one.open]
    asked = {one.form_id for one in still if one.form_id}
    library = tuple(
        (title, tuple(_of_form(person, form) for form in forms if form.kind == kind and form.id not in asked))
        for kind, title in KINDS
    )
    return Panel(
        person,
        asked=tuple(_of(person, one) for one in still if not one.reads),
        library=() if person.why_not else tuple(one for one in library if one[1]),
        files=tuple(_of(person, one) for one in still if one.reads),
        done=tuple(_of(person, one) for one in sorted(mine, key=lambda one: one.age) if one.age and not one.early),
        early=sum(one.early for one in mine),
    )


def _of(person: Recipient, one: Standing) -> Line:
    return Line(f"{person.id}/document/{one.id}", one.title, one.words, on=True, due_on=one.due_on, standing=one,
                signs=one.signs)


def _of_form(person: Recipient, form: Shareable) -> Line:
    alone = guardian_alone(form.title) if form.guardian_signs and person.minor else ""
    return Line(f"{person.id}/form/{form.id}", form.title, WORDS[form.kind], why_not=alone, signs=form.signs)
