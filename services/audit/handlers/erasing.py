"""Erasing who a patient was from the journal, without touching the tree."""

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import handles
from contracts.audit import Audit, EraseIdentity, IdentityErased
from contracts.errors.execution import RecordNotDestroyed
from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord
from contracts.vocabulary import Act
from services.audit.context import AuditContext
from services.audit.domain.checks import check_is_patient


@handles(Audit.erase_identity, access=unasked(NoQuestion.OPERATOR, Act.EFFACEMENT_IDENTITE))
def erase_identity(ctx: AuditContext, request: EraseIdentity) -> IdentityErased:
    """Destroy the keys of a patient's strands, once there is no record of theirs any more.

    The entry of the erasure is in the patient's journal, under a new key: it names the record whose names are gone.

    Raises:
        InvalidRequest: the platform's own strand. RecordNotDestroyed: the record is not destroyed.
    """
    ctx.access.reason = "operateur"
    check_is_patient(request.patient_id)
    if ctx.remote(Records.status_of, AboutRecord(patient_id=request.patient_id, alone=True)).status is not None:
        raise RecordNotDestroyed
    repository = ctx.repository
    # `append` holds this lock while it writes under these keys.
    repository.lock_end()
    erased = repository.erase_keys(request.patient_id)
    return IdentityErased(strands=erased)
