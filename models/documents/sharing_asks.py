"""What may be sent about sharing, by form or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field

from models.core.errors import Invalid
from models.core.payload import Payload
from models.documents.asking import Wanted
from models.documents.notices import LONGEST
from models.documents.sharing_plan import Item

EARLIEST, LATEST = date(2000, 1, 1), date(2150, 1, 1)


def _several(value: Any) -> Any:
    given = [value] if isinstance(value, str) else value
    return [one for one in given if one != ""] if isinstance(given, list) else given


Lines = Annotated[tuple[str, ...], BeforeValidator(_several), Field(max_length=1000)]
People = Annotated[tuple[UUID, ...], BeforeValidator(_several), Field(max_length=100)]
Message = Annotated[str, Field(max_length=LONGEST)]


class SaveDocumentation(Payload):
    """`items`: what is to stand, in its order, each as `<person>/document/<id>`, `<person>/form/<id>`, or
    `<person>/request/<number>` with `title:<person>/request/<number>`; any of them may have `due:<item>`, a date.
    `people`: whose items are all here, so that what is missing is taken back."""

    model_config = ConfigDict(extra="allow", frozen=True)

    version: str = Field("", max_length=40)
    people: People = ()
    items: Lines = ()
    message: Message | None = None
    words_ok: bool = False
    secure: bool = False
    close_started: bool = False


class ShareFile(Payload):
    """A file that was uploaded, for one person. `signs`: they are asked to sign it."""

    person: UUID
    file: UUID
    signs: bool = False
    message: Message = ""
    words_ok: bool = False
    secure: bool = False


class GiveFiles(Payload):
    """Files that were uploaded, for what was asked for."""

    files: People = ()


def items_in(keys: Iterable[str], more: Mapping[str, Any]) -> list[Item]:
    """Raises Invalid for a line that is none, or a date."""
    return [_item(key, more) for key in dict.fromkeys(keys) if not _blank(key, more)]


def _blank(key: str, more: Mapping[str, Any]) -> bool:
    """An empty line that was offered for one more request."""
    return "/request/" in key and not str(more.get(f"title:{key}", "")).strip()


def _item(key: str, more: Mapping[str, Any]) -> Item:
    person, _, rest = key.partition("/")
    kind, _, id = rest.partition("/")
    due_on = _day(f"due:{key}", more.get(f"due:{key}"))
    try:
        if kind == "request":
            wanted = Wanted("request", title=str(more[f"title:{key}"]), due_on=due_on)
            return Item(UUID(person), wanted=wanted, key=key)
        if kind == "document":
            return Item(UUID(person), document=UUID(id), due_on=due_on, key=key)
        if kind == "form":
            return Item(UUID(person), wanted=Wanted("form", UUID(id), due_on=due_on), key=key)
    except ValueError:
        pass
    raise Invalid(errors={"items": ["A line was not understood. Look at the page anew, then choose again."]})


def _day(field: str, value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        raise Invalid(errors={field: ["Give a date, such as 2027-03-02."]}) from None
    if not EARLIEST <= found <= LATEST:
        raise Invalid(errors={field: [f"Give a date between {EARLIEST.year} and {LATEST.year}."]})
    return found
