"""A log line says what is on the list, whatever it is given."""

import logging

import structlog
from structlog.testing import CapturingLogger

from chassis import logs


def test_a_key_that_is_not_on_the_list_is_dropped_and_that_is_said() -> None:
    line = logs.only_allowed(None, "info", {"event": "unit", "name": "records.list", "title": "Biologie"})
    assert line == {"event": "unit", "name": "records.list", "error": "log_key_dropped"}


def test_a_librarys_words_are_not_repeated() -> None:
    captured = CapturingLogger()
    structlog.configure(processors=[], wrapper_class=structlog.BoundLogger, logger_factory=lambda *_: captured)
    record = logging.LogRecord("sqlalchemy", logging.WARNING, "f", 1, "row of Adèle LORMELLE", (), None, "execute")
    try:
        logs._LibraryLines().emit(record)
    finally:
        structlog.reset_defaults()
    assert "LORMELLE" not in str(captured.calls)
    assert "sqlalchemy:execute" in str(captured.calls)


def test_the_place_of_an_error_is_our_own_innermost_one() -> None:
    try:
        logs.only_allowed(None, "", None)  # type: ignore[arg-type]
    except TypeError as error:
        assert logs.where_raised(error).startswith("chassis.logs:only_allowed:")
