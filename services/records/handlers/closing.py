"""The status of a record: closing, reopening, destruction, suspension; and its holder's default for new documents."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from chassis.access_rules import NoEntry, NoQuestion, asks, unasked, unjournalled
from chassis.handlers import handles, listens
from contracts.consent.decisions import Purpose
from contracts.consent.events import RepresentationEnded
from contracts.consent.permits import Permit
from contracts.errors.request import RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.deaths import GetDeath
from contracts.identity.events import DeathReportUndone, InsChanged, PersonDied
from contracts.identity.numbers import GetIns
from contracts.records.api import Records
from contracts.records.events import RecordClosed, RecordReopened
from contracts.records.lifecycle import AboutRecord, CloseReason, CloseRecord, RecordDetails, SetDefaultVisibility
from contracts.vocabulary import Act, PatientId, RecordStatus
from services.records.context import RecordsContext
from services.records.domain import StoredRecord
from services.records.domain.lives import RECORD_LIFE, RecordAction, destruction_day, purge_day, record_after
from services.records.domain.stored import whole
from services.records.domain.traits import holder_traits


@handles(Records.get_record, access=asks(Purpose.MANAGE, Act.LECTURE_DROITS), reading=True)
def get_record(ctx: RecordsContext, _request: AboutRecord) -> RecordDetails:
    """Status and settings of a record.

    Raises:
        RecordNotFound. Refusal: consent's.
    """
    return _named_file(ctx, ctx.access.permit())


@handles(Records.close_record, access=asks(Purpose.CLOSE, Act.FERMETURE_DOSSIER, each=True))
def close_record(ctx: RecordsContext, request: CloseRecord) -> RecordDetails:
    """Close a record; what it holds is kept, and it may be reopened, until it is destroyed.

    Of a person with two identities both records are closed, destroyed or reopened.

    Raises:
        RecordTransitionRefused: it is not active. RecordNotFound. Refusal: consent's.
    """
    permit = ctx.access.permit()
    for record in _lock_for(ctx, permit, RecordAction.CLOSE):
        purge_on = _close_now(ctx, record, request.reason)
        ctx.events.publish(RecordClosed(patient_id=record.opening.patient_id, purge_on=purge_on))
    return _named_file(ctx, permit)


@handles(Records.request_destruction, access=asks(Purpose.CLOSE, Act.DEMANDE_SUPPRESSION, each=True))
def request_destruction(ctx: RecordsContext, _request: AboutRecord) -> RecordDetails:
    """Close a record and have it destroyed soon; reopening it before that day cancels the destruction.

    Raises:
        RecordTransitionRefused: it is suspended. RecordNotFound. Refusal: consent's.
    """
    permit = ctx.access.permit()
    for record in _lock_for(ctx, permit, RecordAction.ASK_DESTRUCTION):
        purge_on = destruction_day(ctx.now, record.purge_on, ctx.settings.destruction_days)
        _close(ctx, record, record.closed_at or ctx.now, CloseReason.DEMANDE, purge_on)
        patient_id = record.opening.patient_id
        ctx.events.publish(RecordClosed(patient_id=patient_id, purge_on=purge_on, destruction_asked=True))
    return _named_file(ctx, permit)


@handles(Records.reopen_record, access=asks(Purpose.CLOSE, Act.REOUVERTURE_DOSSIER, each=True))
def reopen_record(ctx: RecordsContext, _request: AboutRecord) -> RecordDetails:
    """Reopen a closed record with all it holds; raises as `close_record`."""
    permit = ctx.access.permit()
    for record in _lock_for(ctx, permit, RecordAction.REOPEN):
        patient_id = record.opening.patient_id
        ctx.repositories.records.set_status(patient_id, RecordStatus.ACTIVE)
        ctx.events.publish(RecordReopened(patient_id=patient_id))
    return _named_file(ctx, permit)


@handles(Records.set_default_visibility, access=asks(Purpose.MANAGE, Act.REGLAGE_VISIBILITE))
def set_default_visibility(ctx: RecordsContext, request: SetDefaultVisibility) -> RecordDetails:
    """Set whether new documents are masked; those on file stay as they are.

    A representative's setting holds for as long as they represent the holder. Of a person with two identities either
    record's setting masks what is new in both, and the answer says whether one does.

    Raises:
        RecordNotFound. Refusal: consent's.
    """
    permit = ctx.access.permit()
    _find(ctx, request.patient_id)
    records = ctx.repositories.records
    records.set_default_visibility(request.patient_id, masked=request.masque_ps, giver=ctx.access.giver)
    return _named_file(ctx, permit)


@listens(RepresentationEnded, access=unjournalled(NoEntry.SENDER, NoQuestion.SENDER))
def forget_default_visibility(ctx: RecordsContext, event: RepresentationEnded) -> None:
    """What a representative set in the holder's place ends with the representation."""
    ctx.repositories.records.forget_default_visibility_of(event.patient_id, event.representative)


@listens(PersonDied, access=unasked(NoQuestion.SENDER, Act.FERMETURE_DOSSIER, each=True))
def close_for_death(ctx: RecordsContext, event: PersonDied) -> None:
    """Close the record of a person who died; nobody is informed. One that is closed or suspended stays so."""
    patient_id = event.patient_id
    record = ctx.repositories.records.get(patient_id, locked=True)
    if record is None or record.status is not RecordStatus.ACTIVE or not _is_deceased(ctx, patient_id):
        return
    _close_now(ctx, record, CloseReason.DECES)
    ctx.access.add(patient_id, reason=CloseReason.DECES.value)


@listens(DeathReportUndone, access=unasked(NoQuestion.SENDER, Act.REOUVERTURE_DOSSIER, each=True))
def reopen_after_error(ctx: RecordsContext, event: DeathReportUndone) -> None:
    """Reopen a record that was closed for a death; the notice that the report was undone says so."""
    patient_id = event.patient_id
    record = ctx.repositories.records.get(patient_id, locked=True)
    is_closed_for_death = record is not None and record.close_reason is CloseReason.DECES
    if not is_closed_for_death or _is_deceased(ctx, patient_id):
        return
    ctx.repositories.records.set_status(patient_id, RecordStatus.ACTIVE)
    ctx.access.add(patient_id, reason=CloseReason.DECES.value)


def _is_deceased(ctx: RecordsContext, patient_id: PatientId) -> bool:
    """What identity says now: events of a report and its undoing may arrive in any order."""
    return ctx.remote.as_service(Identity.death_of, GetDeath(patient_id=patient_id)).reported


@listens(InsChanged, access=unjournalled(NoEntry.SENDER, NoQuestion.SENDER))
def follow_ins(ctx: RecordsContext, event: InsChanged) -> None:
    """The record is its holder's under the number that identity has for them now."""
    # Locked first: of two changes at once, the answer that is written last is the newest.
    ctx.repositories.records.get(event.patient_id, locked=True)
    known = ctx.remote.as_service(Identity.ins_of, GetIns(patient_id=event.patient_id))
    if known.ins is not None and known.traits is not None:
        ctx.repositories.records.set_ins(event.patient_id, known.ins)
        ctx.repositories.records.set_traits(event.patient_id, holder_traits(known.traits))


@handles(Records.suspend_record, access=unasked(NoQuestion.OPERATOR, Act.SUSPENSION_DOSSIER))
def suspend_record(ctx: RecordsContext, request: AboutRecord) -> RecordDetails:
    """Shut a record for everybody on suspicion of fraud; raises RecordNotFound, RecordTransitionRefused."""
    return _change_as_operator(ctx, request.patient_id, RecordAction.SUSPEND)


@handles(
    Records.resume_record,
    access=unasked(NoQuestion.OPERATOR, Act.REPRISE_DOSSIER, Act.FERMETURE_DOSSIER, each=True),
)
def resume_record(ctx: RecordsContext, request: AboutRecord) -> RecordDetails:
    """Lift a suspension; the record of somebody who died meanwhile is closed. Raises as `suspend_record`."""
    patient_id = request.patient_id
    ctx.access.act = Act.REPRISE_DOSSIER
    resumed = _change_as_operator(ctx, patient_id, RecordAction.RESUME)
    ctx.access.add(patient_id)
    if not _is_deceased(ctx, patient_id):
        return resumed
    _close_now(ctx, _find(ctx, patient_id), CloseReason.DECES)
    ctx.access.add(patient_id, act=Act.FERMETURE_DOSSIER, reason=CloseReason.DECES.value)
    return _record_file(ctx, _find(ctx, patient_id))


def _change_as_operator(ctx: RecordsContext, patient_id: PatientId, action: RecordAction) -> RecordDetails:
    ctx.access.reason = "operateur"
    status = record_after(_find(ctx, patient_id).status, action)
    assert status is not None
    ctx.repositories.records.set_status(patient_id, status)
    return _record_file(ctx, _find(ctx, patient_id))


def _lock_for(ctx: RecordsContext, permit: Permit, action: RecordAction) -> Sequence[StoredRecord]:
    """A person's records, locked, those whose status permits it; each has an entry."""
    ctx.repositories.records.lock(permit.ids)
    found = _of_person(ctx, permit)
    record_after(whole(found).status, action)
    concerned = [record for record in found if (record.status, action) in RECORD_LIFE]
    for record in concerned:
        ctx.access.add(record.opening.patient_id)
    return concerned


def _close_now(ctx: RecordsContext, record: StoredRecord, reason: CloseReason) -> date:
    """Close a record for the usual time; the day on which it will be destroyed."""
    purge_on = purge_day(ctx.now, ctx.settings.retention_years)
    _close(ctx, record, ctx.now, reason, purge_on)
    return purge_on


def _close(
    ctx: RecordsContext, record: StoredRecord, closed_at: datetime, reason: CloseReason, purge_on: date
) -> None:
    ctx.repositories.records.set_status(
        record.opening.patient_id,
        RecordStatus.CLOSED,
        closed_at=closed_at,
        reason=reason.value,
        purge_on=purge_on,
    )


def _of_person(ctx: RecordsContext, permit: Permit) -> Sequence[StoredRecord]:
    """The records within the permit, that of the named identity first."""
    records = ctx.repositories.records.of_person(permit.patient_id)
    found = [record for record in records if record.opening.patient_id in permit.ids]
    if not found:
        raise RecordNotFound
    return found


def _find(ctx: RecordsContext, patient_id: PatientId) -> StoredRecord:
    record = ctx.repositories.records.get(patient_id, locked=True)
    if record is None:
        raise RecordNotFound
    return record


def _named_file(ctx: RecordsContext, permit: Permit) -> RecordDetails:
    """The record of the identity that is named, or the only one, in the state of both."""
    found = _of_person(ctx, permit)
    file = _record_file(ctx, whole(found))
    files = [_record_file(ctx, record) for record in found]
    other = next((patient_id for patient_id in permit.ids if patient_id != file.patient_id), None)
    return msgspec.structs.replace(file, default_masked=any(each.default_masked for each in files), other=other)


def _record_file(ctx: RecordsContext, record: StoredRecord) -> RecordDetails:
    return RecordDetails(
        patient_id=record.opening.patient_id,
        status=record.status,
        opened_at=record.opening.opened_at,
        closed_at=record.closed_at,
        purge_on=record.purge_on,
        default_masked=record.default_mask.masks(record.opening.majority_on, ctx.now.date()),
        consent=ctx.repositories.consents.latest(record.opening.patient_id),
    )
