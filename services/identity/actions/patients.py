"""Patients: admitted by their carte Vitale, found by INS, reached at their verified addresses."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from chassis.pending_events import PendingEvents
from contracts.audit import JournalEntry
from contracts.consent import Decide, Decision, Purpose
from contracts.envelope import Actor, Problem
from contracts.errors import InvalidRequest, ProofReplayed, RecordNotFound, Refusal, TooManyPersons, refusal_from
from contracts.identity import (
    Admitted,
    BirthDate,
    BirthDateOf,
    Contact,
    ContactOf,
    FindByTraits,
    FindPatient,
    PatientFound,
    Person,
    PersonsFound,
    ReadPerson,
    Traits,
    VitaleProof,
)
from contracts.vocabulary import PLATFORM, Act, Ins, Outcome, PatientId
from services.identity import domain
from services.identity.actions.desk import Desk
from services.identity.cards import VitaleClaims
from services.identity.store import Cellar, IdentityStore

_BY_TRAITS = "traits"


def admit_patient(message: VitaleProof, *, now: datetime, cellar: Cellar, desk: Desk) -> Admitted:
    """The patient whose card was shown, known from now on; the proof is spent.

    Raises:
        ProofInvalid, ProofExpired, ProofReplayed, CardRevoked: the card does not convince.
        InvalidIns, IdentityNotAdmitted: it does, and its INS is not taken here.
    """
    shown = desk.cards.read_vitale(message.proof, now)
    key_is_right = check_claimed_ins(shown.claims, desk)
    with cellar.beside() as store:
        if not store.spend(shown.mark, shown.keep_until):
            raise ProofReplayed
        patient_id = enter(shown.claims, store, key_is_right=key_is_right, now=now)
    return Admitted(patient_id=patient_id, ins=claimed_ins(shown.claims), birth_date=shown.claims.birth_date)


def find_patient(message: FindPatient, store: IdentityStore, *, test_identities: bool) -> PatientFound:
    """Who bears this INS, if anybody here.

    Raises:
        InvalidIns, IdentityNotAdmitted: no such INS can be known here.
    """
    domain.check_ins(message.ins, test_identities=test_identities)
    return PatientFound(patient_id=store.find_patient(message.ins))


def find_by_traits(message: FindByTraits, actor: Actor, store: IdentityStore, events: PendingEvents) -> PersonsFound:
    """Who answers to these traits; each of them reads in their journal that they were looked for.

    Raises:
        SoftwareRefused, InvalidRequest. TooManyPersons: nobody is named. The first and the last are journalled.
    """
    try:
        domain.check_may_search(actor)
        if not domain.fold_name(message.family_name):
            raise InvalidRequest(field="family_name")
        found = store.find_by_traits(message, most=domain.MOST_PERSONS + 1)
        if len(found) > domain.MOST_PERSONS:
            raise TooManyPersons(most=str(domain.MOST_PERSONS))
    except Refusal as refusal:
        events.journal(_looked_for(actor, PLATFORM, Outcome.REFUSED, refusal.code))
        raise
    for patient_id in [one.patient_id for one in found] or [PLATFORM]:
        events.journal(_looked_for(actor, patient_id, Outcome.ALLOWED, _BY_TRAITS))
    return PersonsFound(persons=tuple(found))


def _looked_for(actor: Actor, patient_id: PatientId, outcome: Outcome, reason: str) -> JournalEntry:
    return JournalEntry.by(actor, patient_id, Act.RECHERCHE_DOSSIER, outcome=outcome, reason=reason)


def birth_date_of(message: BirthDateOf, store: IdentityStore) -> BirthDate:
    """When a patient was born, as the card shown last states it; None where the patient is not known."""
    return BirthDate(birth_date=store.birth_date_of(message.patient_id))


def contact_of(message: ContactOf, store: IdentityStore) -> Contact:
    """Where a patient or a professional may be told something; empty when nowhere.

    Raises:
        InvalidRequest: neither or both are named.
    """
    if message.patient_id is not None and message.rpps is None:
        account = store.account_of(message.patient_id)
        return Contact() if account is None else account.contact
    if message.rpps is not None and message.patient_id is None:
        return store.contact_of_professional(message.rpps)
    raise InvalidRequest(field="patient_id, rpps")


def read_person(
    message: ReadPerson,
    actor: Actor,
    *,
    store: IdentityStore,
    events: PendingEvents,
    decide: Callable[[Decide], Decision],
) -> Person:
    """Who the holder of a record is, for the holder, who represents them, and an app they let know.

    Raises:
        Refusal: consent's, journalled. RecordNotFound: nobody is known by this id.
    """
    decision = decide(Decide(patient_id=message.patient_id, purpose=Purpose.READ_IDENTITY))
    outcome = Outcome.ALLOWED if decision.allowed else Outcome.REFUSED
    events.journal(
        JournalEntry.by(
            actor,
            message.patient_id,
            Act.LECTURE_IDENTITE,
            outcome=outcome,
            reason=decision.reason,
            capacity=decision.capacity,
        )
    )
    if not decision.allowed:
        raise refusal_from(Problem(code=decision.refusal))
    person = store.person(message.patient_id)
    if person is None:
        raise RecordNotFound
    return person


def claimed_ins(claims: VitaleClaims) -> Ins:
    """The INS a card states."""
    return Ins(matricule=claims.sub, oid=claims.ins_oid)


def check_claimed_ins(claims: VitaleClaims, desk: Desk) -> bool:
    """Whether the key of the stated INS is right; raises as `domain.check_ins`."""
    return domain.check_ins(claimed_ins(claims), test_identities=desk.test_identities)


def enter(claims: VitaleClaims, store: IdentityStore, *, key_is_right: bool, now: datetime) -> PatientId:
    """Enter the card's holder among the patients, or renew what is known of them."""
    traits = Traits(
        family_name=claims.family_name,
        given_names=claims.given_names,
        birth_date=claims.birth_date,
        sex=claims.sex,
    )
    new_id = PatientId(uuid4())
    return store.admit(claimed_ins(claims), traits, key_is_right=key_is_right, new_id=new_id, now=now)
