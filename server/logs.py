"""Structured logs: one JSON line each, ids only. Never a body, a name, an address, a query string or a cookie."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from models.core.settings import Settings

# What a line may hold. Anything else is dropped and named, so that a careless field never leaks a person's data.
FIELDS = frozenset(
    {
        "event",
        "level",
        "logger",
        "timestamp",
        "practice",
        "login",
        "session",
        "door",
        "ask",
        "status",
        "ms",
        "error",
        "seq",
        "sent",
        "job",
        "mail",
        "file",
        "count",
        "code",
        "worker",
        "port",
        "attempt",
        "exception",
        "kind",
        "pid",
    }
)


def set_up_logs(settings: Settings) -> None:
    """Send the standard library's records and ours to one JSON stream on stderr."""
    level = getattr(logging, settings.log_level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace_without_values,
            only_known_fields,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine())
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler])
    for noisy in ("uvicorn.access", "engineio", "socketio"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


class JsonLine(logging.Formatter):
    """A record of the standard library in the same shape. Libraries put into their records what they were given, and
    into an exception's text what a person typed: of theirs only the sentence in their code is kept."""

    def format(self, record: logging.LogRecord) -> str:
        told = record.getMessage() if record.name.startswith("portico") else str(record.msg).strip().split("\n")[0]
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        line = {"event": told, "logger": record.name, "level": record.levelname.lower(), "timestamp": at}
        return orjson.dumps(line | _trace(record.exc_info[1] if record.exc_info else None)).decode()


def only_known_fields(logger: Any, method: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
    """Drop what may not be logged; say which fields went."""
    unknown = sorted(set(line) - FIELDS)
    kept = {name: value for name, value in line.items() if name in FIELDS}
    return {**kept, "dropped": unknown} if unknown else kept


def _trace_without_values(logger: Any, method: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
    """Where it happened and of which type; an exception's text may quote what a person typed."""
    error = sys.exc_info()[1] if line.pop("exc_info", None) else None
    return dict(line) | _trace(error)


def _trace(error: BaseException | None) -> dict[str, Any]:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]  # the group's own trace ends where the tasks were waited for
    return {"error": type(error).__name__, "exception": _places(error)} if error else {}


def _places(error: BaseException) -> list[str]:
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        file = "/".join(code.co_filename.split("/")[-2:])
        places.append(f"{file}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]
