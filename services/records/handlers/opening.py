"""Opening a record, and finding records."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.ages import anniversary
from contracts.consent.api import Consent
from contracts.consent.authorisations import AuthorisationStatus, GetAuthorisationStatus, ListMyPatients
from contracts.errors.request import InvalidRequest, NotAMinor, RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.people import AdmittedPatient, FindPatient, VitaleProof
from contracts.records.api import Records
from contracts.records.events import RecordOpened
from contracts.records.lifecycle import (
    AboutRecord,
    FindRecord,
    GivenConsent,
    ListMyRecords,
    MyRecord,
    MyRecords,
    OpenRecord,
    Record,
    RecordFound,
    RecordStatusResult,
)
from contracts.vocabulary import Act, PatientId, RecordStatus
from services.records.context import RecordsContext
from services.records.cursor import LARGEST_PAGE, read_cursor, write_cursor
from services.records.domain import Opening, StoredRecord
from services.records.domain.openings import (
    channel_of,
    check_consent_collected,
    check_consent_text,
    check_may_open,
    check_same_opening,
    department_of,
)
from services.records.domain.stored import is_minor, whole
from services.records.domain.traits import holder_traits
from services.records.holder import traits_of_mine

_FINDS = unasked(NoQuestion.EXISTENCE, Act.RECHERCHE_DOSSIER)
_BY_CARD = "carte_vitale"
_BY_INS = "recherche_ins"
_MINE = "mes_dossiers"
_AT_COUNTER = "agent"


@handles(Records.open_record, access=unasked(NoQuestion.PATIENT_PRESENT, Act.OUVERTURE_DOSSIER))
def open_record(ctx: RecordsContext, request: OpenRecord) -> Record:
    """Open a record; the patient's card proves presence, the opener answers for the consent.

    Raises:
        SoftwareRefused; ProfessionMayNotOpen; ConsentNotCollected; InvalidRequest: no such text;
            RecordAlreadyOpen: by somebody else; RecordTransitionRefused: it was closed. Identity's, of the card.
    """
    ctx.access.reason = _BY_CARD
    check_may_open(ctx.actor, ctx.settings.openers)
    check_consent_collected(request.consent_collected)
    check_consent_text(request.consent_text)
    shown = ctx.remote(Identity.admit_patient, VitaleProof(proof=request.vitale_proof))
    ctx.access.patient_id = shown.patient_id
    opening = _opening(ctx, shown)
    if ctx.repositories.records.open(opening):
        _keep_consent(ctx, opening, request.consent_text or None)
        return Record(patient_id=shown.patient_id, status=RecordStatus.ACTIVE, opened_at=ctx.now)
    return _opened_before(ctx, opening)


def _opening(ctx: RecordsContext, shown: AdmittedPatient) -> Opening:
    of_age_on = None if shown.birth_date is None else anniversary(shown.birth_date, ctx.settings.majority_age)
    return Opening(
        patient_id=shown.patient_id,
        ins=shown.ins,
        opener=ctx.actor.subject,
        structure=ctx.actor.structure,
        profession=ctx.actor.profession,
        opened_at=ctx.now,
        majority_on=of_age_on if of_age_on is not None and of_age_on > ctx.now.date() else None,
        traits=None if shown.traits is None else holder_traits(shown.traits),
    )


def _keep_consent(ctx: RecordsContext, opening: Opening, text: str | None) -> None:
    """Store the consent, and publish RecordOpened."""
    channel = channel_of(ctx.actor)
    ctx.repositories.consents.add(
        opening.patient_id,
        GivenConsent(
            at=opening.opened_at, channel=channel, collector=opening.opener, structure=opening.structure, text=text
        ),
    )
    ctx.events.publish(
        RecordOpened(
            patient_id=opening.patient_id,
            channel=channel,
            opener=opening.opener,
            at=opening.opened_at,
            structure=opening.structure,
            profession=opening.profession,
            department=department_of(opening.structure),
        )
    )


def _opened_before(ctx: RecordsContext, opening: Opening) -> Record:
    record = ctx.repositories.records.get(opening.patient_id)
    if record is None:
        raise RecordNotFound
    check_same_opening(record, opening)
    return _response(record)


@handles(Records.find_record, access=_FINDS, reading=True)
def find_record(ctx: RecordsContext, request: FindRecord) -> RecordFound:
    """The record of this INS, and the caller's authorisation for it (TD0.2).

    Raises:
        RecordNotFound: nobody of that INS, or no record. NotAMinor: a secret search for an adult.
    """
    ctx.access.reason = _BY_INS
    patient_id = ctx.remote(Identity.find_patient, FindPatient(ins=request.ins)).patient_id
    if patient_id is None:
        raise RecordNotFound
    ctx.access.patient_id = patient_id
    records = ctx.repositories.records.of_person(patient_id)
    if not records:
        raise RecordNotFound
    today = ctx.now.date()
    if request.secret and not all(is_minor(record.opening.majority_on, today) for record in records):
        raise NotAMinor
    record = whole(records)
    return _with_authorisation(ctx, patient_id, record, secret=request.secret)


def _with_authorisation(
    ctx: RecordsContext, patient_id: PatientId, record: StoredRecord, *, secret: bool
) -> RecordFound:
    authorisation, medecin_traitant = AuthorisationStatus.NONE, False
    if ctx.actor.rpps is not None:
        found = ctx.remote(Consent.my_standing, GetAuthorisationStatus(patient_id=patient_id, secret=secret))
        authorisation, medecin_traitant = found.status, found.medecin_traitant
    return RecordFound(
        record=_response(record),
        authorisation=authorisation,
        medecin_traitant=medecin_traitant,
        closed_at=record.closed_at,
        close_reason=record.close_reason,
        ins=record.opening.ins,
    )


@handles(Records.show_state, access=_FINDS, reading=True)
def show_state(ctx: RecordsContext, request: AboutRecord) -> Record:
    """Whether a person has a record and in which state, for an agent; raises RecordNotFound."""
    ctx.access.reason = _AT_COUNTER
    records = ctx.repositories.records.of_person(request.patient_id)
    if not records:
        raise RecordNotFound
    return _response(whole(records))


@handles(Records.list_my_records, access=_FINDS, reading=True)
def list_my_records(ctx: RecordsContext, request: ListMyRecords) -> MyRecords:
    """One page of the active records that the caller is authorised to read.

    Raises:
        InvalidRequest: count or cursor. SoftwareRefused: consent's, where their software may not read.
    """
    ctx.access.reason = _MINE
    if not 1 <= request.count <= LARGEST_PAGE:
        raise InvalidRequest(field="count")
    place = read_cursor(request.cursor) if request.cursor else None
    after = None if place is None else (place[0], PatientId(place[1]))
    # One more than requested shows whether there is a next page.
    found = ctx.remote(Consent.list_my_patients, ListMyPatients(count=request.count + 1, after=after)).patients
    page = found[: request.count]
    active = ctx.repositories.records.active([patient.patient_id for patient in page])
    traits = traits_of_mine(ctx, active) if request.traits else {}
    return MyRecords(
        records=tuple(
            MyRecord(
                patient_id=patient.patient_id,
                ins=active[patient.patient_id],
                since=patient.since,
                medecin_traitant=patient.medecin_traitant,
                traits=traits.get(patient.patient_id),
            )
            for patient in page
            if patient.patient_id in active
        ),
        next=write_cursor(page[-1].since, page[-1].patient_id) if len(found) > request.count else None,
    )


@handles(Records.status_of, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def status_of(ctx: RecordsContext, request: AboutRecord) -> RecordStatusResult:
    """The status of a record, None where there is no record, and whether its holder is a minor."""
    state = ctx.repositories.records.state(request.patient_id, None)
    status = state.own_status if request.alone else state.status
    return RecordStatusResult(status=status, minor=state.is_minor(ctx.now.date()))


def _response(record: StoredRecord) -> Record:
    opening = record.opening
    return Record(patient_id=opening.patient_id, status=record.status, opened_at=opening.opened_at)
