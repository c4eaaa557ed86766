"""Logs: one canonical JSON line per unit of work, and only keys on the list may appear."""

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
        "status",
        "bytes",
        "port",
    }
)
"""Everything a log line may say; never a name, an INS, a title or content."""


def only_allowed(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop whatever is not on the list, and say that something was dropped."""
    dropped = [key for key in line if key not in ALLOWED]
    for key in dropped:
        del line[key]
    if dropped:
        line["error"] = "log_key_dropped"
    return line


def configure(service: str) -> None:
    """Make this process log JSON lines on standard output under the service's name."""
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
    logging.basicConfig(handlers=[_LibraryLines()], level=logging.WARNING, force=True)


def _as_json(line: Any, **_: Any) -> str:
    return msgspec.json.encode(line).decode()


class _LibraryLines(logging.Handler):
    """Libraries' warnings become lines that name the place only: their texts may quote what we must not log."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname.lower()
        structlog.get_logger().warning("library", where=f"{record.name}:{record.funcName}", error=kind)


def where_raised(error: BaseException) -> str:
    """The innermost place of our own code an error passed through, `module:function:line`."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.split(".", maxsplit=1)[0] in {"chassis", "services", "gateway", "contracts"} or not place:
            place = f"{module}:{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
