"""Whether a process may serve: it asks for its missing parts, and takes nothing before it is fit."""

from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from chassis.missing_parts import MissingParts

PASSING = frozenset({"broker", "scanner", "journal_heads", "journal_restored"})
"""Parts without which a process takes messages all the same, and answers what it can."""

Check = Callable[[Sequence[str]], list[str]]
"""Names of missing parts; given those that were found missing before."""


class Readiness:
    """Asks the checks of a process, in their order."""

    def __init__(self, *checks: Check) -> None:
        self._checks = checks
        self._parts = MissingParts()

    def missing(self) -> list[str]:
        """Names of the missing parts; a check that does not reach the database finds `database` missing."""
        found: list[str] = []
        for check in self._checks:
            try:
                found += check(tuple(found))
            except SQLAlchemyError:
                found.append("database")
        found = list(dict.fromkeys(found))
        self._parts.note(frozenset(found), ready=not found)
        return found


def can_read(missing: Sequence[str]) -> bool:
    """Whether the database is there, with the tables that this code expects."""
    return not any(part.startswith("database") for part in missing)


def is_fit(missing: Sequence[str]) -> bool:
    """Whether a process with these missing parts may take its first message."""
    return PASSING.issuperset(missing)
