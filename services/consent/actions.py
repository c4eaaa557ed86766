"""One function per verb of the consent service; everything they need is handed in."""

from datetime import timedelta
from typing import Any

from chassis.remote import Remote
from chassis.units import Call
from contracts.audit import JournalEntry
from contracts.consent import (
    AboutProfessional,
    Authorisation,
    AuthorisationStatus,
    Circle,
    Decide,
    Decision,
    DeclareAuthorisation,
    EmergencyAccessOpened,
    EmergencyOpened,
    ListAuthorisations,
    MyStanding,
    OpenEmergency,
    Purpose,
    SetOpposition,
    Standing,
)
from contracts.envelope import Actor
from contracts.errors import InvalidRequest, ProfessionalBlocked, ProofInvalid, RecordNotFound, Refusal, RoleForbidden
from contracts.identity import Identity, VitaleProof
from contracts.records import Records, StatusOf
from contracts.vocabulary import AccessMode, Act, Outcome, PatientId, RecordStatus, Rpps
from services.consent.domain import Facts, Question, check_may_declare, check_may_open_emergency, check_rpps
from services.consent.domain import decide as decide_by_law
from services.consent.settings import ConsentSettings
from services.consent.store import ConsentStore


def decide(store: ConsentStore, call: Call[Decide]) -> Decision:
    """May the actor do this? Facts are fetched where the law looks at them."""
    asked, rpps = call.message, call.actor.rpps
    # A patient's own questions need none, and feeding does not ask what a professional may read.
    needs_facts = asked.purpose is not Purpose.DEPOSIT
    facts = store.facts(asked.patient_id, rpps, asked.mode, call.now) if rpps and needs_facts else Facts()
    question = Question(
        actor=call.actor,
        patient_id=asked.patient_id,
        purpose=asked.purpose,
        mode=asked.mode,
        record_status=asked.record_status,
        seen_before=asked.seen_before,
        has_deposited=asked.has_deposited,
    )
    return decide_by_law(facts, question)


def declare_authorisation(
    store: ConsentStore, call: Call[DeclareAuthorisation], settings: ConsentSettings
) -> Authorisation:
    """The professional asked, the patient's card proves presence: an authorisation stands from now on.

    Raises:
        SoftwareRefused. ProofInvalid: the card is another patient's. RecordNotFound. ProfessionalBlocked: journalled.
    """
    patient_id, rpps = call.message.patient_id, _rpps(call.actor)
    check_may_declare(call.actor)
    shown = call.remote(Identity.admit_patient, VitaleProof(proof=call.message.vitale_proof))
    if shown.patient_id != patient_id:
        raise ProofInvalid
    _check_record(call.remote, patient_id)
    if store.facts(patient_id, rpps, AccessMode.NORMAL, call.now).blocked:
        raise _refused(call, patient_id, Act.AJOUT_AUTORISATION, ProfessionalBlocked())
    until = call.now + timedelta(days=settings.authorisation_days)
    authorisation = Authorisation(patient_id=patient_id, rpps=rpps, since=call.now, until=until)
    store.authorise(authorisation)
    call.news.journal(JournalEntry.by(call.actor, patient_id, Act.AJOUT_AUTORISATION, reason="carte_vitale"))
    return authorisation


def end_authorisation(store: ConsentStore, call: Call[AboutProfessional]) -> None:
    """The patient ends it; ending what is not there is no error."""
    _check_about(call)
    store.end_authorisation(call.message.patient_id, call.message.rpps)
    _journal_holder(call, Act.FIN_AUTORISATION)


def name_medecin_traitant(store: ConsentStore, call: Call[AboutProfessional]) -> None:
    """The patient names one."""
    _check_about(call)
    store.name_medecin_traitant(call.message.patient_id, call.message.rpps, call.now)
    _journal_holder(call, Act.NOMMER_MEDECIN_TRAITANT)


def block(store: ConsentStore, call: Call[AboutProfessional]) -> None:
    """The patient shuts a professional out, in every mode."""
    _check_about(call)
    store.block(call.message.patient_id, call.message.rpps, call.now)
    _journal_holder(call, Act.BLOCAGE)


def unblock(store: ConsentStore, call: Call[AboutProfessional]) -> None:
    """The patient lifts a block."""
    _check_about(call)
    store.unblock(call.message.patient_id, call.message.rpps)
    _journal_holder(call, Act.DEBLOCAGE)


def set_opposition(store: ConsentStore, call: Call[SetOpposition]) -> None:
    """The patient opposes an emergency mode, or no longer does.

    Raises:
        InvalidRequest: the normal mode cannot be opposed; there, the patient gives or ends authorisations.
    """
    asked = call.message
    _check_holder(call.actor, asked.patient_id)
    if asked.mode is AccessMode.NORMAL:
        raise InvalidRequest(field="mode")
    store.set_opposition(asked.patient_id, asked.mode, opposed=asked.opposed, now=call.now)
    reason = "opposee" if asked.opposed else "levee"
    call.news.journal(
        JournalEntry.by(call.actor, asked.patient_id, Act.OPPOSITION_URGENCE, reason=reason, mode=asked.mode)
    )


def open_emergency(store: ConsentStore, call: Call[OpenEmergency], settings: ConsentSettings) -> EmergencyOpened:
    """Break the glass; holder and médecins traitants are told at once.

    Raises:
        RecordNotFound; as `check_may_open_emergency`, each of those refusals journalled.
    """
    asked, rpps = call.message, _rpps(call.actor)
    _check_record(call.remote, asked.patient_id)
    facts = store.facts(asked.patient_id, rpps, asked.mode, call.now)
    regulation = settings.is_regulation_centre(call.actor.structure)
    try:
        check_may_open_emergency(facts, call.actor, asked.mode, asked.reason, regulation_centre=regulation)
    except Refusal as refusal:
        raise _refused(call, asked.patient_id, Act.OUVERTURE_URGENCE, refusal, asked.mode) from None
    until = call.now + timedelta(minutes=settings.emergency_minutes)
    store.open_emergency(asked.patient_id, rpps, asked.mode, asked.reason.strip(), since=call.now, until=until)
    _tell_emergency(store, call, rpps)
    return EmergencyOpened(patient_id=asked.patient_id, mode=asked.mode, until=until)


def _tell_emergency(store: ConsentStore, call: Call[OpenEmergency], rpps: Rpps) -> None:
    patient_id, mode = call.message.patient_id, call.message.mode
    entry = JournalEntry.by(call.actor, patient_id, Act.OUVERTURE_URGENCE, reason=mode.value, mode=mode)
    call.news.journal(entry)
    medecins_traitants = store.medecins_traitants(patient_id)
    call.news.publish(
        EmergencyAccessOpened(patient_id=patient_id, rpps=rpps, mode=mode, medecins_traitants=medecins_traitants)
    )


def circle(store: ConsentStore, call: Call[ListAuthorisations]) -> Circle:
    """Everybody the patient has decided about."""
    patient_id = call.message.patient_id
    _check_holder(call.actor, patient_id)
    return Circle(
        authorisations=store.authorisations(patient_id),
        medecins_traitants=store.medecins_traitants(patient_id),
        blocked=store.blocked(patient_id),
        oppositions=store.oppositions(patient_id),
    )


def standing(store: ConsentStore, call: Call[MyStanding]) -> Standing:
    """How the professional stands to this patient (TD0.2)."""
    facts = store.facts(call.message.patient_id, _rpps(call.actor), AccessMode.NORMAL, call.now)
    if facts.blocked:
        status = AuthorisationStatus.FORBIDDEN
    elif facts.authorised:
        status = AuthorisationStatus.VALID
    else:
        status = AuthorisationStatus.EXPIRED if facts.expired else AuthorisationStatus.NONE
    return Standing(status=status, medecin_traitant=facts.medecin_traitant)


def _rpps(actor: Actor) -> Rpps:
    """The professional's number; the door admits nobody else here."""
    if actor.rpps is None:
        raise RoleForbidden
    return actor.rpps


def _check_holder(actor: Actor, patient_id: PatientId) -> None:
    """A patient decides about their own record; another's might as well not exist."""
    if not actor.is_patient(patient_id):
        raise RecordNotFound


def _check_about(call: Call[AboutProfessional]) -> None:
    _check_holder(call.actor, call.message.patient_id)
    check_rpps(call.message.rpps)


def _check_record(remote: Remote, patient_id: PatientId) -> None:
    if remote(Records.status_of, StatusOf(patient_id=patient_id)).status is not RecordStatus.ACTIVE:
        raise RecordNotFound


def _journal_holder(call: Call[AboutProfessional], act: Act) -> None:
    call.news.journal(JournalEntry.by(call.actor, call.message.patient_id, act, reason="patient"))


def _refused(
    call: Call[Any], patient_id: PatientId, act: Act, refusal: Refusal, mode: AccessMode = AccessMode.NORMAL
) -> Refusal:
    """Journal a refusal and hand it back to be raised."""
    entry = JournalEntry.by(call.actor, patient_id, act, outcome=Outcome.REFUSED, reason=refusal.code, mode=mode)
    call.news.journal(entry)
    return refusal
