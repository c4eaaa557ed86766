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
from services.records.actions.access import LARGEST_PAGE
from services.records.cursor import read_cursor, write_cursor
from services.records.domain import OnFile, Opening
from services.records.domain.openings import check_consent_collected, check_may_open, check_same_opening
from services.records.store import Cellar

_BY_CARD = "carte_vitale"
_BY_INS = "recherche_ins"
_MINE = "mes_dossiers"


def open_record(cellar: Cellar, call: RequestContext[OpenRecord], majority_age: int) -> Record:
    """The patient's card proves presence, the opener answers for the consent.

    Raises:
        SoftwareRefused; ConsentNotCollected; RecordAlreadyOpen: by somebody else; RecordTransitionRefused: it was
            closed. All journalled; identity's refusals of the card are not, for nobody is known by it.
    """
    _check_asked(call)
    shown = call.remote(Identity.admit_patient, VitaleProof(proof=call.message.vitale_proof))
    opening = _opening(call, shown, majority_age)
    if cellar.records.open(opening):
        _journal(call, shown.patient_id, Act.OUVERTURE_DOSSIER, Outcome.ALLOWED, _BY_CARD)
        return Record(patient_id=shown.patient_id, status=RecordStatus.ACTIVE, opened_at=call.now)
    return _opened_before(cellar, call, opening)


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


def _opened_before(cellar: Cellar, call: RequestContext[OpenRecord], asked: Opening) -> Record:
    on_file = cellar.records.on_file(asked.patient_id)
    if on_file is None:
        raise RecordNotFound
    try:
        check_same_opening(on_file, asked)
    except Refusal as refusal:
        _journal(call, asked.patient_id, Act.OUVERTURE_DOSSIER, Outcome.REFUSED, refusal.code)
        raise
    return _record(on_file)


def find_record(cellar: Cellar, call: RequestContext[FindRecord]) -> RecordFound:
    """Is there a record for this INS, and how does the caller stand to it (TD0.2)?

    Raises:
        RecordNotFound: nobody of that INS, or no record; journalled.
    """
    patient_id = call.remote(Identity.find_patient, FindPatient(ins=call.message.ins)).patient_id
    on_file = None if patient_id is None else cellar.records.on_file(patient_id)
    if patient_id is None or on_file is None:
        _journal(call, patient_id or PLATFORM, Act.RECHERCHE_DOSSIER, Outcome.REFUSED, RecordNotFound.code)
        raise RecordNotFound
    found = _stands(call, patient_id, on_file)
    _journal(call, patient_id, Act.RECHERCHE_DOSSIER, Outcome.ALLOWED, _BY_INS)
    return found


def _stands(call: RequestContext[FindRecord], patient_id: PatientId, on_file: OnFile) -> RecordFound:
    status, medecin_traitant = AuthorisationStatus.NONE, False
    if call.actor.rpps is not None:
        standing = call.remote(Consent.my_standing, GetAuthorisationStatus(patient_id=patient_id))
        status, medecin_traitant = standing.status, standing.medecin_traitant
    return RecordFound(
        record=_record(on_file),
        authorisation=status,
        medecin_traitant=medecin_traitant,
        closed_at=on_file.closed_at,
        close_reason=on_file.close_reason,
    )


def list_my_records(cellar: Cellar, call: RequestContext[ListMyRecords]) -> MyRecords:
    """One page of the active records that the caller may read, as consent knows; journalled as one line.

    Raises:
        InvalidRequest: count or cursor.
    """
    asked = call.message
    if not 1 <= asked.count <= LARGEST_PAGE:
        raise InvalidRequest(field="count")
    place = read_cursor(asked.cursor) if asked.cursor else None
    after = None if place is None else (place[0], PatientId(place[1]))
    # One more than asked for tells whether there is a next page.
    found = call.remote(Consent.list_my_patients, ListMyPatients(count=asked.count + 1, after=after)).patients
    page = found[: asked.count]
    active = cellar.records.active([one.patient_id for one in page])
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
        next=write_cursor(page[-1].since, page[-1].patient_id) if len(found) > asked.count else None,
    )


def status_of(cellar: Cellar, call: RequestContext[StatusOf]) -> StatusFound:
    """Whether there is a record, and whether it is active."""
    return StatusFound(status=cellar.records.standing(call.message.patient_id, None).status)


def _record(on_file: OnFile) -> Record:
    opening = on_file.opening
    return Record(patient_id=opening.patient_id, status=on_file.status, opened_at=opening.opened_at)


def _journal(
    call: RequestContext[OpenRecord] | RequestContext[FindRecord] | RequestContext[ListMyRecords],
    patient_id: PatientId,
    act: Act,
    outcome: Outcome,
    reason: str,
) -> None:
    call.events.journal(JournalEntry.by(call.actor, patient_id, act, outcome=outcome, reason=reason))
