"""Patients: admitted by their carte Vitale, found by INS or traits, reached at their verified addresses."""

import msgspec

from chassis.access_rules import NoEntry, NoQuestion, asks, unasked, unjournalled
from chassis.handlers import handles
from contracts.ages import anniversary
from contracts.consent.decisions import Purpose
from contracts.errors.execution import TooManyPersons
from contracts.errors.request import InvalidRequest, NotAMinor, ProofReplayed, RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.oauth import ReadPerson
from contracts.identity.people import (
    AdmittedPatient,
    BirthDate,
    Contact,
    FindByTraits,
    FindPatient,
    GetBirthDate,
    GetContact,
    GetTraits,
    GetTraitsOfSeveral,
    PatientFound,
    Person,
    PersonsFound,
    TraitsFound,
    TraitsOfSeveral,
    VitaleProof,
)
from contracts.traits import fold_name
from contracts.vocabulary import Act, PatientId
from services.identity import domain
from services.identity.admission import check_claimed_ins, enter_patient
from services.identity.context import IdentityContext
from services.identity.repositories.database import IdentityRepositories

_BY_TRAITS = "traits"


@handles(Identity.admit_patient, access=unjournalled(NoEntry.CALLER, NoQuestion.PROOF))
def admit_patient(ctx: IdentityContext, request: VitaleProof) -> AdmittedPatient:
    """The patient whose card was shown, known from now on; the proof is spent.

    Raises:
        ProofInvalid, ProofExpired, ProofReplayed, CardRevoked: the card is not accepted.
        InvalidIns, IdentityNotAdmitted: it is, and its INS is not.
    """
    card = ctx.tools.cards.read_vitale(request.proof, ctx.now)
    key_is_right = check_claimed_ins(ctx, card.claims)
    with ctx.database.separate_transaction() as repositories:
        if not repositories.spend(card.replay_key, card.keep_until):
            raise ProofReplayed
        patient_id = enter_patient(ctx, repositories, card.claims, key_is_right=key_is_right)
        person = repositories.person(patient_id)
    assert person is not None
    # Not what the card states: it may be of before a change.
    traits = person.traits
    return AdmittedPatient(patient_id=patient_id, ins=person.ins, birth_date=traits.birth_date, traits=traits)


@handles(Identity.find_patient, access=unjournalled(NoEntry.CALLER, NoQuestion.EXISTENCE), reading=True)
def find_patient(ctx: IdentityContext, request: FindPatient) -> PatientFound:
    """Who has this INS, if anybody here.

    Raises:
        InvalidIns, IdentityNotAdmitted: no such INS can be known here.
    """
    domain.check_ins(request.ins, test_identities=ctx.tools.test_identities)
    return PatientFound(patient_id=ctx.database.repositories.find_patient(request.ins))


@handles(
    Identity.find_by_traits,
    access=unasked(NoQuestion.EXISTENCE, Act.RECHERCHE_DOSSIER, each=True),
    reading=True,
)
def find_by_traits(ctx: IdentityContext, request: FindByTraits) -> PersonsFound:
    """The patients with these traits; each of them reads in their journal that they were looked for.

    Raises:
        SoftwareRefused, InvalidRequest. NotAMinor: a secret search for an adult. TooManyPersons: nobody is named.
    """
    ctx.access.reason = _BY_TRAITS
    domain.check_may_search(ctx.actor)
    if not fold_name(request.family_name):
        raise InvalidRequest(field="family_name")
    if request.secret and anniversary(request.birth_date, ctx.tools.majority_age) <= ctx.now.date():
        raise NotAMinor
    found = ctx.database.repositories.find_by_traits(request, most=domain.MOST_PERSONS + 1)
    if len(found) > domain.MOST_PERSONS:
        raise TooManyPersons(most=str(domain.MOST_PERSONS))
    for person in found:
        ctx.access.add(person.patient_id)
    return PersonsFound(persons=tuple(found))


@handles(Identity.birth_date_of, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def birth_date_of(ctx: IdentityContext, request: GetBirthDate) -> BirthDate:
    """When a patient was born, as the card shown last states it; None where the patient is not known."""
    return BirthDate(birth_date=ctx.database.repositories.birth_date_of(request.patient_id))


@handles(Identity.traits_of, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def traits_of(ctx: IdentityContext, request: GetTraits) -> TraitsFound:
    """The traits of a patient, as the card shown last states them; None where the patient is not known."""
    person = ctx.database.repositories.person(request.patient_id)
    return TraitsFound(traits=None if person is None else person.traits)


@handles(Identity.traits_of_several, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def traits_of_several(ctx: IdentityContext, request: GetTraitsOfSeveral) -> TraitsOfSeveral:
    """The traits of those of these patients who are known, as `traits_of`."""
    found = ctx.database.repositories.persons(request.patient_ids)
    return TraitsOfSeveral(traits={person.patient_id: person.traits for person in found})


@handles(Identity.contact_of, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def contact_of(ctx: IdentityContext, request: GetContact) -> Contact:
    """The addresses at which a patient or a professional may be notified; empty where there are none.

    Raises:
        InvalidRequest: neither or both are named.
    """
    repositories = ctx.database.repositories
    if request.patient_id is not None and request.rpps is None:
        return _contact_of_person(repositories, request.patient_id)
    if request.rpps is not None and request.patient_id is None:
        return repositories.contact_of_professional(request.rpps)
    raise InvalidRequest(field="patient_id, rpps")


def _contact_of_person(repositories: IdentityRepositories, patient_id: PatientId) -> Contact:
    """That of the account of this identity, or of the other one where this one has no account."""
    account = repositories.account_of(patient_id)
    if account is None or account.pending_since is not None:
        other = repositories.other_of(patient_id)
        account = None if other is None else repositories.account_of(other)
    is_reached = account is not None and account.pending_since is None
    if account is None or not is_reached or repositories.is_deceased(patient_id):
        return Contact()
    return account.contact


@handles(Identity.read_person, access=asks(Purpose.READ_IDENTITY, Act.LECTURE_IDENTITE))
def read_person(ctx: IdentityContext, request: ReadPerson) -> Person:
    """Who the holder of a record is: for the holder, who represents them, and an app they allowed to know.

    Raises:
        Refusal: consent's. RecordNotFound: nobody is known by this id.
    """
    ctx.access.permit()
    person = ctx.database.repositories.person(request.patient_id)
    if person is None:
        raise RecordNotFound
    return msgspec.structs.replace(person, former=ctx.database.repositories.former_numbers(person))
