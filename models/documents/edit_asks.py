"""What the form builder's page sends, over the line or to the door: operations as models/documents/building.py takes
them, each bounded."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Discriminator, Field, StringConstraints, Tag

from models.core.payload import Payload

# Any that came in with a form, and those that a page makes for what is new.
LinkId = Annotated[str, StringConstraints(min_length=1, max_length=255)]
NewId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$")]
Words = Annotated[str, StringConstraints(max_length=10_000)]
Short = Annotated[str, StringConstraints(max_length=500)]
UNKNOWN = "This change is not known here."
Place = Annotated[int, Field(ge=0, le=10_000)]
Whole = Annotated[int, Field(ge=0, le=2_000_000_000)]
Number = Annotated[int, Field(ge=-(10**12), le=10**12)] | Annotated[
    float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)
]


class OptionSaid(Payload):
    was: Place | None = None
    label: Short = ""
    score: Number | None = None
    risk: bool = False
    code: NewId | None = None


class ConditionSaid(Payload):
    was: Place | None = None
    question: Annotated[str, StringConstraints(max_length=255)]
    operator: Literal["exists", "=", "!=", ">", "<", ">=", "<="]
    answer: bool | Number | Short | None = None
    other: bool = False


class BandSaid(Payload):
    least: Number
    most: Number
    words: Short


class Fields(Payload):
    """What may be said of an item; what is left out stays."""

    text: Words = ""
    help: Words = ""
    required: bool = False
    any: bool = False
    conditions: list[ConditionSaid] = Field(default_factory=list, max_length=50)
    options: list[OptionSaid] = Field(default_factory=list, max_length=200)
    several: bool = False
    control: Literal["", "radio-button", "check-box", "drop-down"] = ""
    min: Number | None = None
    max: Number | None = None
    decimals: Annotated[int, Field(ge=0, le=8)] | None = None
    unit: Short = ""
    max_length: Annotated[int, Field(ge=1, le=20_000)] | None = None
    media: list[Annotated[str, StringConstraints(max_length=100)]] = Field(default_factory=list, max_length=20)
    max_size: Whole | None = None
    sums: list[LinkId] = Field(default_factory=list, max_length=100)
    bands: list[BandSaid] = Field(default_factory=list, max_length=30)


class NewItem(Fields):
    id: NewId
    kind: Literal[
        "string", "text", "number", "boolean", "single", "several", "open", "date", "file", "heading", "page", "words",
        "signature", "total",
    ]


class Changed(Fields):
    """`kind`: what it becomes, of those that hold the same."""

    kind: Literal["string", "text", "single", "several", "open"] = "string"


class Add(Payload):
    do: Literal["add"]
    item: NewItem
    under: LinkId | None = None
    at: Place


class Change(Payload):
    do: Literal["change"]
    item: LinkId
    fields: Changed


class Move(Payload):
    do: Literal["move"]
    item: LinkId
    under: LinkId | None = None
    at: Place


class Remove(Payload):
    do: Literal["remove"]
    item: LinkId


class Duplicate(Payload):
    do: Literal["duplicate"]
    item: LinkId
    ids: Annotated[dict[LinkId, NewId], Field(min_length=1, max_length=2_000)]


class FormFields(Payload):
    """The title and explanation stand in the form, `kind` and `guardian_signs` in the library."""

    title: Annotated[str, StringConstraints(max_length=200)] = ""
    description: Words = ""
    kind: Literal["consent", "intake", "assessment", "questionnaire"] = "questionnaire"
    guardian_signs: bool = False


class OfForm(Payload):
    do: Literal["form"]
    fields: FormFields


def _named(given: Any) -> str:
    """Which operation it says that it is."""
    found = given.get("do") if isinstance(given, dict) else getattr(given, "do", "")
    return found if isinstance(found, str) else ""


One = Annotated[
    Annotated[Add, Tag("add")] | Annotated[Change, Tag("change")] | Annotated[Move, Tag("move")]
    | Annotated[Remove, Tag("remove")] | Annotated[Duplicate, Tag("duplicate")] | Annotated[OfForm, Tag("form")],
    Discriminator(_named, custom_error_type="unknown_operation", custom_error_message=UNKNOWN),
]


class Several(Payload):
    do: Literal["several"]
    operations: Annotated[list[One], Field(min_length=1, max_length=50)]


Said = Annotated[
    Annotated[Add, Tag("add")] | Annotated[Change, Tag("change")] | Annotated[Move, Tag("move")]
    | Annotated[Remove, Tag("remove")] | Annotated[Duplicate, Tag("duplicate")] | Annotated[OfForm, Tag("form")]
    | Annotated[Several, Tag("several")],
    Discriminator(_named, custom_error_type="unknown_operation", custom_error_message=UNKNOWN),
]


class EditForm(Payload):
    """One operation on the draft as it is at `version`. `tab`: the page that edits."""

    tab: UUID
    version: Whole
    operation: Said
    key: UUID

    def spelled(self) -> dict[str, Any]:
        """The operation with nothing that was not said."""
        return self.operation.model_dump(exclude_unset=True)


class EditFormIn(EditForm):
    form: UUID


class TurnBack(Payload):
    """Take back, or do again, what was done last to the draft as it is at `version`."""

    tab: UUID
    version: Whole
    again: bool = False
    key: UUID


class TurnBackIn(TurnBack):
    form: UUID


class PageOf(Payload):
    tab: UUID


class PageIn(PageOf):
    form: UUID


class BeginIn(PageIn):
    take_over: bool = False


class Begin(PageOf):
    take_over: bool = False


class Markdown(Payload):
    text: Words = ""
