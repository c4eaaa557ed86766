"""How a record stands: closed, reopened, to be destroyed, suspended; and what its holder sets for new documents."""

from datetime import date, datetime

from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.consent import Purpose
from contracts.errors import RecordNotFound, Refusal
from contracts.records import (
    CloseReason,
    CloseRecord,
    RecordClosed,
    RecordFile,
    RecordReopened,
    SetDefaultVisibility,
    StatusOf,
)
from contracts.vocabulary import Act, Outcome, PatientId, RecordStatus
from services.records.domain import StoredRecord
from services.records.domain.lives import RecordAction, destruction_day, purge_day, record_after
from services.records.handlers.access import Access
from services.records.repositories import Repositories
from services.records.settings import RecordsSettings


def get_record(repositories: Repositories, call: RequestContext[StatusOf]) -> RecordFile:
    """How the record stands; raises Refusal: consent's, journalled."""
    Access(repositories, call, call.message.patient_id, Act.LECTURE_DROITS).ask(Purpose.MANAGE)
    return _notified(_stored_record(repositories, call.message.patient_id, locked=False))


def close_record(
    repositories: Repositories, call: RequestContext[CloseRecord], settings: RecordsSettings
) -> RecordFile:
    """Close it; what it holds is kept, and it may be reopened, until it is destroyed.

    Raises:
        RecordTransitionRefused: it is not active. RecordNotFound. Refusal: consent's. All journalled.
    """
    access = Access(repositories, call, call.message.patient_id, Act.FERMETURE_DOSSIER)
    stored_record = _lived(repositories, access, call.message.patient_id, RecordAction.CLOSE)
    purge_on = purge_day(call.now, settings.retention_years)
    _close(repositories, stored_record, call.now, call.message.reason, purge_on)
    access.granted()
    call.events.publish(RecordClosed(patient_id=call.message.patient_id, purge_on=purge_on))
    return _notified(_stored_record(repositories, call.message.patient_id))


def request_destruction(
    repositories: Repositories, call: RequestContext[StatusOf], settings: RecordsSettings
) -> RecordFile:
    """Close it and have it destroyed soon; reopening it before that day takes the wish back.

    Raises:
        RecordTransitionRefused: it is suspended. RecordNotFound. Refusal: consent's. All journalled.
    """
    patient_id = call.message.patient_id
    access = Access(repositories, call, patient_id, Act.DEMANDE_SUPPRESSION)
    stored_record = _lived(repositories, access, patient_id, RecordAction.ASK_DESTRUCTION)
    purge_on = destruction_day(call.now, stored_record.purge_on, settings.destruction_days)
    _close(repositories, stored_record, stored_record.closed_at or call.now, CloseReason.DEMANDE, purge_on)
    access.granted()
    call.events.publish(RecordClosed(patient_id=patient_id, purge_on=purge_on, destruction_asked=True))
    return _notified(_stored_record(repositories, patient_id))


def reopen_record(repositories: Repositories, call: RequestContext[StatusOf]) -> RecordFile:
    """Everything comes back; raises as `close_record`."""
    patient_id = call.message.patient_id
    access = Access(repositories, call, patient_id, Act.REOUVERTURE_DOSSIER)
    _lived(repositories, access, patient_id, RecordAction.REOPEN)
    repositories.records.live_on(patient_id, RecordStatus.ACTIVE)
    access.granted()
    call.events.publish(RecordReopened(patient_id=patient_id))
    return _notified(_stored_record(repositories, patient_id))


def set_default_visibility(repositories: Repositories, call: RequestContext[SetDefaultVisibility]) -> RecordFile:
    """What new documents are; those that are there stay as they are.

    Raises:
        Refusal: consent's, journalled.
    """
    patient_id = call.message.patient_id
    access = Access(repositories, call, patient_id, Act.REGLAGE_VISIBILITE)
    access.ask(Purpose.MANAGE)
    repositories.records.set_default_visibility(patient_id, masked=call.message.masque_ps)
    stored_record = _stored_record(repositories, patient_id)
    access.granted()
    return _notified(stored_record)


def suspend_record(repositories: Repositories, call: RequestContext[StatusOf]) -> RecordFile:
    """The operator shuts it for everybody on suspicion of fraud; raises RecordNotFound, RecordTransitionRefused."""
    return _by_operator(repositories, call, RecordAction.SUSPEND, Act.SUSPENSION_DOSSIER)


def resume_record(repositories: Repositories, call: RequestContext[StatusOf]) -> RecordFile:
    """The operator lifts a suspension; raises as `suspend_record`."""
    return _by_operator(repositories, call, RecordAction.RESUME, Act.REPRISE_DOSSIER)


def _by_operator(
    repositories: Repositories, call: RequestContext[StatusOf], deed: RecordAction, act: Act
) -> RecordFile:
    patient_id = call.message.patient_id
    try:
        status = record_after(_stored_record(repositories, patient_id).status, deed)
    except Refusal as refusal:
        entry = JournalEntry.by(call.actor, patient_id, act, outcome=Outcome.REFUSED, reason=refusal.code)
        call.events.journal(entry)
        raise
    assert status is not None
    repositories.records.live_on(patient_id, status)
    call.events.journal(JournalEntry.by(call.actor, patient_id, act, reason="operateur"))
    return _notified(_stored_record(repositories, patient_id))


def _lived(repositories: Repositories, access: Access, patient_id: PatientId, deed: RecordAction) -> StoredRecord:
    """The record, locked, if the caller may do this and its state permits it."""
    access.ask(Purpose.CLOSE)
    with access.journalled_refusal():
        stored_record = _stored_record(repositories, patient_id)
        record_after(stored_record.status, deed)
    return stored_record


def _close(
    repositories: Repositories, stored_record: StoredRecord, closed_at: datetime, reason: CloseReason, purge_on: date
) -> None:
    repositories.records.live_on(
        stored_record.opening.patient_id,
        RecordStatus.CLOSED,
        closed_at=closed_at,
        reason=reason.value,
        purge_on=purge_on,
    )


def _stored_record(repositories: Repositories, patient_id: PatientId, *, locked: bool = True) -> StoredRecord:
    stored_record = repositories.records.stored_record(patient_id, locked=locked)
    if stored_record is None:
        raise RecordNotFound
    return stored_record


def _notified(stored_record: StoredRecord) -> RecordFile:
    return RecordFile(
        patient_id=stored_record.opening.patient_id,
        status=stored_record.status,
        opened_at=stored_record.opening.opened_at,
        closed_at=stored_record.closed_at,
        purge_on=stored_record.purge_on,
        default_masked=stored_record.default_masked,
    )
