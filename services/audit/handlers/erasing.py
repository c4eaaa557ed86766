"""Erasing who a patient was from the journal, without touching the tree."""

from chassis.handlers import handles
from contracts.audit import Audit, EraseIdentity, IdentityErased, JournalEntry
from contracts.vocabulary import PLATFORM, Act
from services.audit.context import AuditContext
from services.audit.domain.checks import check_is_patient


@handles(Audit.erase_identity)
def erase_identity(ctx: AuditContext, request: EraseIdentity) -> IdentityErased:
    """Destroy the keys of a patient's strands.

    Raises:
        InvalidRequest: the platform's own strand.
    """
    check_is_patient(request.patient_id)
    repository = ctx.repository
    # `append` holds this lock while it writes under these keys.
    repository.lock_end()
    erased = repository.erase_keys(request.patient_id)
    ctx.events.journal(JournalEntry.by(ctx.actor, PLATFORM, Act.EFFACEMENT_IDENTITE, reason="operateur"))
    return IdentityErased(strands=erased)
