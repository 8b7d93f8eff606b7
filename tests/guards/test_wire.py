"""What goes over the line is all in use, and visitors hear of nobody. (That the generated names are fresh, and that
pages listen for nothing else, is in tests/house/test_overview.py.)"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from models.core.events import REGISTRY, EventType
from realtime.door import ASKS
from realtime.wire import SIGNALS

ROOT = Path(__file__).parents[2]
GENERATED = "wire.js"

# What a visitor may hear, event by event and field by field: free or taken, never who. Nothing before online booking.
# A time of a practitioner is taken or free; of whom they can book anything, visitors read the name on the same page.
TIME = {"practitioner", "starts_at", "ends_at", "free", "former_starts_at", "former_ends_at"}
HEARD_BY_VISITORS: dict[str, set[str]] = {
    **dict.fromkeys(
        ("appointment.booked", "appointment.moved", "appointment.cancelled", "appointment.late_cancelled",
         "hold.placed", "hold.released", "request.placed", "request.changed"), TIME,
    ),
    "services.changed": {"service"},
    "hours.changed": {"practitioner"},
    "calendar.blocked": {"practitioner"},
    "booking.rules_changed": set(),
}
PERSONS = {"login", "staff", "access", "client", "contact", "sender", "reader", "seat", "supervisee", "appointment"}


@pytest.fixture(autouse=True)
def all_areas(wired):
    """Every event and ask is declared."""


def _own() -> dict[str, EventType]:
    """Those of the house; tests declare some of theirs."""
    return {name: kind for name, kind in REGISTRY.items() if not name.startswith("test.")}


def _python() -> dict[str, str]:
    paths = [path for folder in ("models", "realtime", "server") for path in (ROOT / folder).rglob("*.py")]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text() for path in paths}


def _browser() -> str:
    scripts = [path for path in (ROOT / "static/js").rglob("*.js") if path.name != GENERATED]
    return "\n".join(path.read_text() for path in (*scripts, *(ROOT / "templates").rglob("*.html")))


def test_every_event_type_is_recorded_by_somebody():
    sources = _python()
    declared = {
        kind.name: (module, name)
        for module in sources
        for name, kind in vars(sys.modules.get(module, object)).items()
        if isinstance(kind, EventType) and re.search(rf"^{name} = ", sources[module], re.MULTILINE)
    }
    assert set(_own()) == set(declared)
    idle = [one for one, (module, name) in declared.items() if not _used(name, module, sources)]
    assert idle == []


def _used(name: str, module: str, sources: dict[str, str]) -> bool:
    """Beside its declaration, and beside being imported."""
    found = [
        line
        for text in sources.values()
        for line in re.findall(rf"^.*\b{name}\b.*$", text, re.MULTILINE)
        if not re.match(rf"{name} = |from |import |    {name},$", line)
    ]
    return bool(found)


def test_every_ask_is_asked_by_a_page():
    text = _browser()
    started = set(re.findall(r"`(\w+\.)\$\{", text))  # put together: `conversation.${what}`
    asked = {name for name in ASKS if f'"{name}"' in text}
    asked |= {name for name in ASKS for start in started if name.startswith(start) and name[len(start) :] in text}
    assert {name for name in ASKS if not name.startswith("test.")} - asked == set()


def test_every_signal_is_sent_and_heard():
    sent, heard = "\n".join(_python().values()), _browser()
    for name in SIGNALS:
        assert len(re.findall(rf'"{name}"', sent)) > 1, f"{name} is declared and never sent"
        assert re.search(rf"\b{name}\b", heard), f"no page hears {name}"


def test_visitors_hear_of_nobody():
    told = {name: set(kind.public) for name, kind in _own().items() if "public" in kind.audiences or kind.public}
    assert told == HEARD_BY_VISITORS
    assert not {field for fields in told.values() for field in fields} & PERSONS
