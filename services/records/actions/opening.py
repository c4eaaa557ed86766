"""Opening a record, and finding one."""

from chassis.units import Call
from contracts.audit import JournalEntry
from contracts.consent import AuthorisationStatus, Consent, MyStanding
from contracts.errors import RecordNotFound
from contracts.identity import FindPatient, Identity, VitaleProof
from contracts.records import FindRecord, OpenRecord, Record, RecordFound, StatusFound, StatusOf
from contracts.vocabulary import Act, RecordStatus
from services.records.domain import Opening, check_consent_collected, check_may_open, check_same_opening
from services.records.store import RecordStore


def open_record(store: RecordStore, call: Call[OpenRecord]) -> Record:
    """The patient's card proves presence, the opener answers for the consent.

    Raises:
        SoftwareRefused; ConsentNotCollected; RecordAlreadyOpen: by somebody else; identity's refusals of the card.
    """
    check_may_open(call.actor)
    check_consent_collected(call.message.consent_collected)
    shown = call.remote(Identity.admit_patient, VitaleProof(proof=call.message.vitale_proof))
    opening = Opening(
        patient_id=shown.patient_id,
        ins=shown.ins,
        opener=call.actor.subject,
        structure=call.actor.structure,
        profession=call.actor.profession,
        opened_at=call.now,
    )
    if store.open_record(opening):
        entry = JournalEntry.by(call.actor, shown.patient_id, Act.OUVERTURE_DOSSIER, reason="carte_vitale")
        call.news.journal(entry)
        return Record(patient_id=shown.patient_id, status=RecordStatus.ACTIVE, opened_at=call.now)
    return _opened_before(store, opening)


def _opened_before(store: RecordStore, asked: Opening) -> Record:
    on_file = store.opening(asked.patient_id)
    if on_file is None:
        raise RecordNotFound
    opening, status = on_file
    check_same_opening(opening, asked)
    return Record(patient_id=asked.patient_id, status=status, opened_at=opening.opened_at)


def find_record(store: RecordStore, call: Call[FindRecord]) -> RecordFound:
    """Is there a record for this INS, and how does the caller stand to it (TD0.2)?

    Raises:
        RecordNotFound: nobody of that INS, or no record.
    """
    patient_id = call.remote(Identity.find_patient, FindPatient(ins=call.message.ins)).patient_id
    on_file = None if patient_id is None else store.opening(patient_id)
    if patient_id is None or on_file is None:
        raise RecordNotFound
    opening, status = on_file
    record = Record(patient_id=patient_id, status=status, opened_at=opening.opened_at)
    if call.actor.rpps is None:
        return RecordFound(record=record, authorisation=AuthorisationStatus.NONE, medecin_traitant=False)
    standing = call.remote(Consent.my_standing, MyStanding(patient_id=patient_id))
    return RecordFound(record=record, authorisation=standing.status, medecin_traitant=standing.medecin_traitant)


def status_of(store: RecordStore, call: Call[StatusOf]) -> StatusFound:
    """Whether there is a record, and whether it is active."""
    return StatusFound(status=store.standing(call.message.patient_id, None).status)
