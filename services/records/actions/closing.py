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
from services.records.actions.access import Access
from services.records.domain import OnFile
from services.records.domain.lives import RecordDeed, destruction_day, purge_day, record_after
from services.records.settings import RecordsSettings
from services.records.store import Cellar


def get_record(cellar: Cellar, call: RequestContext[StatusOf]) -> RecordFile:
    """How the record stands; raises Refusal: consent's, journalled."""
    Access(cellar, call, call.message.patient_id, Act.LECTURE_DROITS).ask(Purpose.MANAGE)
    return _told(_on_file(cellar, call.message.patient_id, locked=False))


def close_record(cellar: Cellar, call: RequestContext[CloseRecord], settings: RecordsSettings) -> RecordFile:
    """Close it; what it holds is kept, and it may be reopened, until it is destroyed.

    Raises:
        RecordTransitionRefused: it is not active. RecordNotFound. Refusal: consent's. All journalled.
    """
    access = Access(cellar, call, call.message.patient_id, Act.FERMETURE_DOSSIER)
    on_file = _lived(cellar, access, call.message.patient_id, RecordDeed.CLOSE)
    purge_on = purge_day(call.now, settings.retention_years)
    _close(cellar, on_file, call.now, call.message.reason, purge_on)
    access.granted()
    call.events.publish(RecordClosed(patient_id=call.message.patient_id, purge_on=purge_on))
    return _told(_on_file(cellar, call.message.patient_id))


def request_destruction(cellar: Cellar, call: RequestContext[StatusOf], settings: RecordsSettings) -> RecordFile:
    """Close it and have it destroyed soon; reopening it before that day takes the wish back.

    Raises:
        RecordTransitionRefused: it is suspended. RecordNotFound. Refusal: consent's. All journalled.
    """
    patient_id = call.message.patient_id
    access = Access(cellar, call, patient_id, Act.DEMANDE_SUPPRESSION)
    on_file = _lived(cellar, access, patient_id, RecordDeed.ASK_DESTRUCTION)
    purge_on = destruction_day(call.now, on_file.purge_on, settings.destruction_days)
    _close(cellar, on_file, on_file.closed_at or call.now, CloseReason.DEMANDE, purge_on)
    access.granted()
    call.events.publish(RecordClosed(patient_id=patient_id, purge_on=purge_on, destruction_asked=True))
    return _told(_on_file(cellar, patient_id))


def reopen_record(cellar: Cellar, call: RequestContext[StatusOf]) -> RecordFile:
    """Everything comes back; raises as `close_record`."""
    patient_id = call.message.patient_id
    access = Access(cellar, call, patient_id, Act.REOUVERTURE_DOSSIER)
    _lived(cellar, access, patient_id, RecordDeed.REOPEN)
    cellar.records.live_on(patient_id, RecordStatus.ACTIVE)
    access.granted()
    call.events.publish(RecordReopened(patient_id=patient_id))
    return _told(_on_file(cellar, patient_id))


def set_default_visibility(cellar: Cellar, call: RequestContext[SetDefaultVisibility]) -> RecordFile:
    """What new documents are; those that are there stay as they are.

    Raises:
        Refusal: consent's, journalled.
    """
    patient_id = call.message.patient_id
    access = Access(cellar, call, patient_id, Act.REGLAGE_VISIBILITE)
    access.ask(Purpose.MANAGE)
    cellar.records.set_default_visibility(patient_id, masked=call.message.masque_ps)
    on_file = _on_file(cellar, patient_id)
    access.granted()
    return _told(on_file)


def suspend_record(cellar: Cellar, call: RequestContext[StatusOf]) -> RecordFile:
    """The operator shuts it for everybody on suspicion of fraud; raises RecordNotFound, RecordTransitionRefused."""
    return _by_operator(cellar, call, RecordDeed.SUSPEND, Act.SUSPENSION_DOSSIER)


def resume_record(cellar: Cellar, call: RequestContext[StatusOf]) -> RecordFile:
    """The operator lifts a suspension; raises as `suspend_record`."""
    return _by_operator(cellar, call, RecordDeed.RESUME, Act.REPRISE_DOSSIER)


def _by_operator(cellar: Cellar, call: RequestContext[StatusOf], deed: RecordDeed, act: Act) -> RecordFile:
    patient_id = call.message.patient_id
    try:
        status = record_after(_on_file(cellar, patient_id).status, deed)
    except Refusal as refusal:
        entry = JournalEntry.by(call.actor, patient_id, act, outcome=Outcome.REFUSED, reason=refusal.code)
        call.events.journal(entry)
        raise
    assert status is not None
    cellar.records.live_on(patient_id, status)
    call.events.journal(JournalEntry.by(call.actor, patient_id, act, reason="operateur"))
    return _told(_on_file(cellar, patient_id))


def _lived(cellar: Cellar, access: Access, patient_id: PatientId, deed: RecordDeed) -> OnFile:
    """The record, locked, if the caller may do this and its state permits it."""
    access.ask(Purpose.CLOSE)
    with access.journalled_refusal():
        on_file = _on_file(cellar, patient_id)
        record_after(on_file.status, deed)
    return on_file


def _close(cellar: Cellar, on_file: OnFile, closed_at: datetime, reason: CloseReason, purge_on: date) -> None:
    cellar.records.live_on(
        on_file.opening.patient_id,
        RecordStatus.CLOSED,
        closed_at=closed_at,
        reason=reason.value,
        purge_on=purge_on,
    )


def _on_file(cellar: Cellar, patient_id: PatientId, *, locked: bool = True) -> OnFile:
    on_file = cellar.records.on_file(patient_id, locked=locked)
    if on_file is None:
        raise RecordNotFound
    return on_file


def _told(on_file: OnFile) -> RecordFile:
    return RecordFile(
        patient_id=on_file.opening.patient_id,
        status=on_file.status,
        opened_at=on_file.opening.opened_at,
        closed_at=on_file.closed_at,
        purge_on=on_file.purge_on,
        default_masked=on_file.default_masked,
    )
