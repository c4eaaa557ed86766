"""Log lines contain allowed keys only."""

import logging

import structlog
from structlog.testing import CapturingLogger

from chassis import logs


def test_a_key_that_is_not_allowed_is_dropped_and_reported() -> None:
    line = logs.only_allowed(None, "info", {"event": "unit", "name": "records.list", "title": "Biologie"})
    assert line == {"event": "unit", "name": "records.list", "error": "log_key_dropped"}


def test_the_text_of_a_librarys_warning_is_not_logged() -> None:
    captured = CapturingLogger()
    structlog.configure(processors=[], wrapper_class=structlog.BoundLogger, logger_factory=lambda *_: captured)
    record = logging.LogRecord("sqlalchemy", logging.WARNING, "f", 1, "row of Adèle LORMELLE", (), None, "execute")
    try:
        logs._LibraryLogHandler().emit(record)
    finally:
        structlog.reset_defaults()
    assert "LORMELLE" not in str(captured.calls)
    assert "sqlalchemy:execute" in str(captured.calls)


def test_the_place_of_an_error_is_the_innermost_frame_of_our_own_code() -> None:
    try:
        logs.only_allowed(None, "", None)  # type: ignore[arg-type]
    except TypeError as error:
        assert logs.where_raised(error).startswith("chassis.logs:only_allowed:")
