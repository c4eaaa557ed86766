"""Logs: one JSON line per unit of work, with keys of an allow-list only."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog

ALLOWED = frozenset(
    {
        "at",
        "level",
        "event",
        "service",
        "kind",
        "name",
        "ms",
        "outcome",
        "code",
        "role",
        "trace_id",
        "attempt",
        "count",
        "error",
        "where",
        "part",
        "advice",
        "status",
        "bytes",
        "port",
    }
)
"""The allowed keys; values are never a name, an INS, a title or content."""


def only_allowed(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop keys that are not allowed, and mark the line as incomplete."""
    dropped = [key for key in line if key not in ALLOWED]
    for key in dropped:
        del line[key]
    if dropped:
        line["error"] = "log_key_dropped"
    return line


def configure(service: str) -> None:
    """Log JSON lines with the service's name on standard output."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", key="at"),
            lambda _, __, line: {"service": service, **line},
            only_allowed,
            structlog.processors.JSONRenderer(serializer=_as_json),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_LibraryLogHandler()], level=logging.WARNING, force=True)


def _as_json(line: Any, **_: Any) -> str:
    return msgspec.json.encode(line).decode()


class _LibraryLogHandler(logging.Handler):
    """Logs the place of a library's warning without its text, which may quote personal data."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname.lower()
        structlog.get_logger().warning("library", where=f"{record.name}:{record.funcName}", error=kind)


def where_raised(error: BaseException) -> str:
    """The innermost frame of our own code in an error's traceback, as `module:function:line`."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.split(".", maxsplit=1)[0] in {"chassis", "services", "gateway", "contracts"} or not place:
            place = f"{module}:{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
