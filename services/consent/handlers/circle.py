"""What is on file, as the patient reads it, and how one professional stands."""

from collections.abc import Sequence
from uuid import UUID

from contracts.consent import (
    Authorisation,
    AuthorisationStatusFound,
    Circle,
    GetAuthorisationStatus,
    ListAuthorisations,
    ListMyPatients,
    MyPatient,
    MyPatients,
    Purpose,
    Representation,
    TeamAuthorisation,
)
from contracts.vocabulary import AccessMode, Act, Finess, PatientId, Rpps
from services.consent.authorizer import Authorizer
from services.consent.domain.facts import FactKind
from services.consent.domain.sentences import sentence_of
from services.consent.domain.terms import status_of
from services.consent.repositories import DatedFact


def circle(authorizer: Authorizer, request: ListAuthorisations) -> Circle:
    """Everybody the patient has decided about, newest first.

    Raises:
        Refusal: the law's, journalled.
    """
    patient_id = request.patient_id
    authorizer.check(authorizer.ask(patient_id, Purpose.MANAGE), Act.LECTURE_DROITS)
    dated = authorizer.repository.of_patient(patient_id)
    return Circle(
        authorisations=tuple(_authorisation(patient_id, one) for one in _of(dated, FactKind.AUTORISATION)),
        medecins_traitants=_numbers(dated, FactKind.MEDECIN_TRAITANT),
        blocked=_numbers(dated, FactKind.BLOCAGE),
        oppositions=tuple(AccessMode(one.fact.party) for one in _of(dated, FactKind.OPPOSITION)),
        teams=tuple(_team(patient_id, one) for one in _of(dated, FactKind.EQUIPE_DE_SOINS)),
        unmasks_in_emergency=bool(_of(dated, FactKind.DEMASQUAGE)),
        representatives=tuple(_representation(patient_id, one) for one in _of(dated, FactKind.REPRESENTANT_LEGAL)),
        said=tuple(sentence_of(one.fact) for one in dated if one.fact.holds(authorizer.call.now)),
    )


def authorisation_status(authorizer: Authorizer, request: GetAuthorisationStatus) -> AuthorisationStatusFound:
    """How the calling professional stands to this patient (TD0.2)."""
    me = authorizer.call.actor.subject
    facts = {fact.kind: fact for fact in authorizer.repository.facts([request.patient_id], [me])}
    status = status_of(facts.get(FactKind.AUTORISATION), blocked=FactKind.BLOCAGE in facts, now=authorizer.call.now)
    return AuthorisationStatusFound(status=status, medecin_traitant=FactKind.MEDECIN_TRAITANT in facts)


def list_my_patients(authorizer: Authorizer, request: ListMyPatients) -> MyPatients:
    """Who lets the calling professional read, themselves or as one of a team; who has shut them out is left out."""
    actor = authorizer.call.actor
    parties = [actor.subject, *([actor.structure] if actor.structure else [])]
    found = authorizer.repository.circle_of(parties, authorizer.call.now, after=request.after, count=request.count)
    return MyPatients(
        patients=tuple(
            MyPatient(patient_id=one.patient_id, since=one.since, medecin_traitant=one.medecin_traitant)
            for one in found
        )
    )


def _of(dated: Sequence[DatedFact], kind: FactKind) -> list[DatedFact]:
    return [one for one in dated if one.fact.kind is kind]


def _numbers(dated: Sequence[DatedFact], kind: FactKind) -> tuple[Rpps, ...]:
    return tuple(Rpps(one.fact.party) for one in _of(dated, kind))


def _authorisation(patient_id: PatientId, dated: DatedFact) -> Authorisation:
    until = dated.fact.until or dated.since
    return Authorisation(patient_id=patient_id, rpps=Rpps(dated.fact.party), since=dated.since, until=until)


def _team(patient_id: PatientId, dated: DatedFact) -> TeamAuthorisation:
    until = dated.fact.until or dated.since
    return TeamAuthorisation(
        patient_id=patient_id, structure=Finess(dated.fact.party), since=dated.since, until=until
    )


def _representation(patient_id: PatientId, dated: DatedFact) -> Representation:
    return Representation(
        patient_id=patient_id,
        representative=PatientId(UUID(dated.fact.party)),
        since=dated.since,
        until=dated.fact.until,
    )
