"""Whether tree heads keep up with the journal; the service is not ready otherwise."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from chassis.runtime import Runtime
from services.audit.context import AuditTools
from services.audit.repositories.journal import JournalRepository

_HEADS = "journal_heads"


def missing_parts(runtime: Runtime, tools: AuditTools, missing: Sequence[str]) -> list[str]:
    """`journal_heads` if heads are overdue; nothing while broker or database are missing, which says enough."""
    if missing:
        return []
    grace = timedelta(seconds=tools.settings.head_grace_seconds)
    with runtime.engine.connect() as connection:
        return [_HEADS] if _are_heads_overdue(JournalRepository(connection), datetime.now(UTC), grace) else []


def _are_heads_overdue(repository: JournalRepository, now: datetime, grace: timedelta) -> bool:
    """Whether a line has waited for its head longer than `grace`, or a head covers more lines than there are."""
    newest, size = repository.newest_head(), repository.end().size
    covered = 0 if newest is None else newest.size
    if covered >= size:
        return covered > size
    waiting_since = repository.recorded_at(covered)
    return waiting_since is None or now - waiting_since > grace
