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
from services.identity.cards import VitaleClaims
from services.identity.repositories import Database, IdentityRepositories
from services.identity.tools import Tools

_BY_TRAITS = "traits"


def admit_patient(message: VitaleProof, *, now: datetime, database: Database, tools: Tools) -> Admitted:
    """The patient whose card was shown, known from now on; the proof is spent.

    Raises:
        ProofInvalid, ProofExpired, ProofReplayed, CardRevoked: the card does not convince.
        InvalidIns, IdentityNotAdmitted: it does, and its INS is not taken here.
    """
    shown = tools.cards.read_vitale(message.proof, now)
    key_is_right = check_claimed_ins(shown.claims, tools)
    with database.separate_transaction() as repositories:
        if not repositories.spend(shown.replay_key, shown.keep_until):
            raise ProofReplayed
        patient_id = enter(shown.claims, repositories, key_is_right=key_is_right, now=now)
    return Admitted(patient_id=patient_id, ins=claimed_ins(shown.claims), birth_date=shown.claims.birth_date)


def find_patient(message: FindPatient, repositories: IdentityRepositories, *, test_identities: bool) -> PatientFound:
    """Who bears this INS, if anybody here.

    Raises:
        InvalidIns, IdentityNotAdmitted: no such INS can be known here.
    """
    domain.check_ins(message.ins, test_identities=test_identities)
    return PatientFound(patient_id=repositories.find_patient(message.ins))


def find_by_traits(
    message: FindByTraits, actor: Actor, repositories: IdentityRepositories, events: PendingEvents
) -> PersonsFound:
    """Who answers to these traits; each of them reads in their journal that they were looked for.

    Raises:
        SoftwareRefused, InvalidRequest. TooManyPersons: nobody is named. The first and the last are journalled.
    """
    try:
        domain.check_may_search(actor)
        if not domain.fold_name(message.family_name):
            raise InvalidRequest(field="family_name")
        found = repositories.find_by_traits(message, most=domain.MOST_PERSONS + 1)
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


def birth_date_of(message: BirthDateOf, repositories: IdentityRepositories) -> BirthDate:
    """When a patient was born, as the card shown last states it; None where the patient is not known."""
    return BirthDate(birth_date=repositories.birth_date_of(message.patient_id))


def contact_of(message: ContactOf, repositories: IdentityRepositories) -> Contact:
    """Where a patient or a professional may be told something; empty when nowhere.

    Raises:
        InvalidRequest: neither or both are named.
    """
    if message.patient_id is not None and message.rpps is None:
        account = repositories.account_of(message.patient_id)
        return Contact() if account is None else account.contact
    if message.rpps is not None and message.patient_id is None:
        return repositories.contact_of_professional(message.rpps)
    raise InvalidRequest(field="patient_id, rpps")


def read_person(
    message: ReadPerson,
    actor: Actor,
    *,
    repositories: IdentityRepositories,
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
    person = repositories.person(message.patient_id)
    if person is None:
        raise RecordNotFound
    return person


def claimed_ins(claims: VitaleClaims) -> Ins:
    """The INS a card states."""
    return Ins(matricule=claims.sub, oid=claims.ins_oid)


def check_claimed_ins(claims: VitaleClaims, tools: Tools) -> bool:
    """Whether the key of the stated INS is right; raises as `domain.check_ins`."""
    return domain.check_ins(claimed_ins(claims), test_identities=tools.test_identities)


def enter(
    claims: VitaleClaims, repositories: IdentityRepositories, *, key_is_right: bool, now: datetime
) -> PatientId:
    """Enter the card's holder among the patients, or renew what is known of them."""
    traits = Traits(
        family_name=claims.family_name,
        given_names=claims.given_names,
        birth_date=claims.birth_date,
        sex=claims.sex,
    )
    new_id = PatientId(uuid4())
    return repositories.admit(claimed_ins(claims), traits, key_is_right=key_is_right, new_id=new_id, now=now)
