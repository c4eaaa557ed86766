"""Opening a record, and finding one."""

from chassis.units import RequestContext
from contracts.ages import anniversary
from contracts.audit import JournalEntry
from contracts.consent import AuthorisationStatus, Consent, GetAuthorisationStatus, ListMyPatients
from contracts.errors import InvalidRequest, RecordNotFound, Refusal
from contracts.identity import Admitted, FindPatient, Identity, VitaleProof
from contracts.records import (
    FindRecord,
    ListMyRecords,
    MyRecord,
    MyRecords,
    OpenRecord,
    Record,
    RecordFound,
    StatusFound,
    StatusOf,
)
from contracts.vocabulary import PLATFORM, Act, Outcome, PatientId, RecordStatus
from services.records.cursor import read_cursor, write_cursor
from services.records.domain import Opening, StoredRecord
from services.records.domain.openings import check_consent_collected, check_may_open, check_same_opening
from services.records.handlers.access import LARGEST_PAGE
from services.records.repositories import Repositories

_BY_CARD = "carte_vitale"
_BY_INS = "recherche_ins"
_MINE = "mes_dossiers"


def open_record(repositories: Repositories, call: RequestContext[OpenRecord], majority_age: int) -> Record:
    """The patient's card proves presence, the opener answers for the consent.

    Raises:
        SoftwareRefused; ConsentNotCollected; RecordAlreadyOpen: by somebody else; RecordTransitionRefused: it was
            closed. All journalled; identity's refusals of the card are not, for nobody is known by it.
    """
    _check_asked(call)
    shown = call.remote(Identity.admit_patient, VitaleProof(proof=call.message.vitale_proof))
    opening = _opening(call, shown, majority_age)
    if repositories.records.open(opening):
        _journal(call, shown.patient_id, Act.OUVERTURE_DOSSIER, Outcome.ALLOWED, _BY_CARD)
        return Record(patient_id=shown.patient_id, status=RecordStatus.ACTIVE, opened_at=call.now)
    return _opened_before(repositories, call, opening)


def _check_asked(call: RequestContext[OpenRecord]) -> None:
    try:
        check_may_open(call.actor)
        check_consent_collected(call.message.consent_collected)
    except Refusal as refusal:
        _journal(call, PLATFORM, Act.OUVERTURE_DOSSIER, Outcome.REFUSED, refusal.code)
        raise


def _opening(call: RequestContext[OpenRecord], shown: Admitted, majority_age: int) -> Opening:
    of_age_on = None if shown.birth_date is None else anniversary(shown.birth_date, majority_age)
    return Opening(
        patient_id=shown.patient_id,
        ins=shown.ins,
        opener=call.actor.subject,
        structure=call.actor.structure,
        profession=call.actor.profession,
        opened_at=call.now,
        majority_on=of_age_on if of_age_on is not None and of_age_on > call.now.date() else None,
    )


def _opened_before(repositories: Repositories, call: RequestContext[OpenRecord], request: Opening) -> Record:
    stored_record = repositories.records.stored_record(request.patient_id)
    if stored_record is None:
        raise RecordNotFound
    try:
        check_same_opening(stored_record, request)
    except Refusal as refusal:
        _journal(call, request.patient_id, Act.OUVERTURE_DOSSIER, Outcome.REFUSED, refusal.code)
        raise
    return _record(stored_record)


def find_record(repositories: Repositories, call: RequestContext[FindRecord]) -> RecordFound:
    """Is there a record for this INS, and how does the caller stand to it (TD0.2)?

    Raises:
        RecordNotFound: nobody of that INS, or no record; journalled.
    """
    patient_id = call.remote(Identity.find_patient, FindPatient(ins=call.message.ins)).patient_id
    stored_record = None if patient_id is None else repositories.records.stored_record(patient_id)
    if patient_id is None or stored_record is None:
        _journal(call, patient_id or PLATFORM, Act.RECHERCHE_DOSSIER, Outcome.REFUSED, RecordNotFound.code)
        raise RecordNotFound
    found = _stands(call, patient_id, stored_record)
    _journal(call, patient_id, Act.RECHERCHE_DOSSIER, Outcome.ALLOWED, _BY_INS)
    return found


def _stands(call: RequestContext[FindRecord], patient_id: PatientId, stored_record: StoredRecord) -> RecordFound:
    status, medecin_traitant = AuthorisationStatus.NONE, False
    if call.actor.rpps is not None:
        record_context = call.remote(Consent.my_standing, GetAuthorisationStatus(patient_id=patient_id))
        status, medecin_traitant = record_context.status, record_context.medecin_traitant
    return RecordFound(
        record=_record(stored_record),
        authorisation=status,
        medecin_traitant=medecin_traitant,
        closed_at=stored_record.closed_at,
        close_reason=stored_record.close_reason,
    )


def list_my_records(repositories: Repositories, call: RequestContext[ListMyRecords]) -> MyRecords:
    """One page of the active records that the caller may read, as consent knows; journalled as one line.

    Raises:
        InvalidRequest: count or cursor.
    """
    request = call.message
    if not 1 <= request.count <= LARGEST_PAGE:
        raise InvalidRequest(field="count")
    place = read_cursor(request.cursor) if request.cursor else None
    after = None if place is None else (place[0], PatientId(place[1]))
    # One more than asked for tells whether there is a next page.
    found = call.remote(Consent.list_my_patients, ListMyPatients(count=request.count + 1, after=after)).patients
    page = found[: request.count]
    active = repositories.records.active([one.patient_id for one in page])
    _journal(call, PLATFORM, Act.RECHERCHE_DOSSIER, Outcome.ALLOWED, _MINE)
    return MyRecords(
        records=tuple(
            MyRecord(
                patient_id=one.patient_id,
                ins=active[one.patient_id],
                since=one.since,
                medecin_traitant=one.medecin_traitant,
            )
            for one in page
            if one.patient_id in active
        ),
        next=write_cursor(page[-1].since, page[-1].patient_id) if len(found) > request.count else None,
    )


def status_of(repositories: Repositories, call: RequestContext[StatusOf]) -> StatusFound:
    """Whether there is a record, and whether it is active."""
    return StatusFound(status=repositories.records.record_context(call.message.patient_id, None).status)


def _record(stored_record: StoredRecord) -> Record:
    opening = stored_record.opening
    return Record(patient_id=opening.patient_id, status=stored_record.status, opened_at=opening.opened_at)


def _journal(
    call: RequestContext[OpenRecord] | RequestContext[FindRecord] | RequestContext[ListMyRecords],
    patient_id: PatientId,
    act: Act,
    outcome: Outcome,
    reason: str,
) -> None:
    call.events.journal(JournalEntry.by(call.actor, patient_id, act, outcome=outcome, reason=reason))
