"""Erasing who a patient was from the journal, without touching the tree."""

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import handles
from contracts.audit import Audit, EraseIdentity, IdentityErased
from contracts.vocabulary import Act
from services.audit.context import AuditContext
from services.audit.domain.checks import check_is_patient


@handles(Audit.erase_identity, access=unasked(NoQuestion.OPERATOR, Act.EFFACEMENT_IDENTITE, fields=()))
def erase_identity(ctx: AuditContext, request: EraseIdentity) -> IdentityErased:
    """Destroy the keys of a patient's strands.

    Raises:
        InvalidRequest: the platform's own strand.
    """
    ctx.access.reason = "operateur"
    check_is_patient(request.patient_id)
    repository = ctx.repository
    # `append` holds this lock while it writes under these keys.
    repository.lock_end()
    erased = repository.erase_keys(request.patient_id)
    return IdentityErased(strands=erased)
