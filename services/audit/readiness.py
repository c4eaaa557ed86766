"""Whether tree heads keep up and may be signed, and audit was given its keys; the service is not ready otherwise."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from chassis.readiness import can_read
from chassis.runtime import Runtime
from services.audit.context import AuditTools
from services.audit.continuity import is_restored
from services.audit.domain.notes import note_from
from services.audit.repositories.journal import JournalRepository
from services.audit.sealing import SealBroken, Sealer
from services.audit.signing import HeadSigner

_HEADS = "journal_heads"
_RESTORED = "journal_restored"


def missing_parts(runtime: Runtime, tools: AuditTools, missing: Sequence[str]) -> list[str]:
    """`journal_heads` if heads are overdue, `journal_restored` if an operator must say the last published one,
    `head_key.changed` and `subject_key.changed` where a head or a strand on file was made with another key; nothing
    while the database is missing, which says enough.
    """
    if not can_read(missing):
        return []
    grace = timedelta(seconds=tools.settings.head_grace_seconds)
    with runtime.engine.connect() as connection:
        repository = JournalRepository(connection)
        wrong = {
            _HEADS: _are_heads_overdue(repository, datetime.now(UTC), grace),
            _RESTORED: is_restored(repository, tools.head_signer.verifier, tools.published),
            "head_key.changed": _is_head_foreign(repository, tools.head_signer),
            "subject_key.changed": _is_strand_foreign(repository, tools.sealer),
        }
    return [part for part, is_wrong in wrong.items() if is_wrong]


def _is_head_foreign(repository: JournalRepository, signer: HeadSigner) -> bool:
    """Whether the newest head was signed by another key, or under another name."""
    newest = repository.newest_head()
    return newest is not None and not signer.has_signed(note_from(newest.note))


def _is_strand_foreign(repository: JournalRepository, sealer: Sealer) -> bool:
    """Whether a strand's key was wrapped by another subject key."""
    found = repository.a_wrapped_key()
    try:
        if found is not None:
            sealer.cipher(*found)
    except SealBroken:
        return True
    return False


def _are_heads_overdue(repository: JournalRepository, now: datetime, grace: timedelta) -> bool:
    """Whether a line has waited for its head longer than `grace`, or a head covers more lines than there are."""
    newest, size = repository.newest_head(), repository.end().size
    covered = 0 if newest is None else newest.size
    if covered >= size:
        return covered > size
    waiting_since = repository.recorded_at(covered)
    return waiting_since is None or now - waiting_since > grace
