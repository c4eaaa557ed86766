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
from services.consent.actions.desk import Desk
from services.consent.domain.facts import FactKind
from services.consent.domain.terms import status_of
from services.consent.domain.words import said
from services.consent.store import Filed


def circle(desk: Desk, asked: ListAuthorisations) -> Circle:
    """Everybody the patient has decided about, newest first.

    Raises:
        Refusal: the law's, journalled.
    """
    patient_id = asked.patient_id
    desk.check(desk.ask(patient_id, Purpose.MANAGE), Act.LECTURE_DROITS)
    filed = desk.store.of_patient(patient_id)
    return Circle(
        authorisations=tuple(_authorisation(patient_id, one) for one in _of(filed, FactKind.AUTORISATION)),
        medecins_traitants=_numbers(filed, FactKind.MEDECIN_TRAITANT),
        blocked=_numbers(filed, FactKind.BLOCAGE),
        oppositions=tuple(AccessMode(one.fact.party) for one in _of(filed, FactKind.OPPOSITION)),
        teams=tuple(_team(patient_id, one) for one in _of(filed, FactKind.EQUIPE_DE_SOINS)),
        unmasks_in_emergency=bool(_of(filed, FactKind.DEMASQUAGE)),
        representatives=tuple(_representation(patient_id, one) for one in _of(filed, FactKind.REPRESENTANT_LEGAL)),
        said=tuple(said(one.fact) for one in filed if one.fact.holds(desk.call.now)),
    )


def standing(desk: Desk, asked: GetAuthorisationStatus) -> AuthorisationStatusFound:
    """How the calling professional stands to this patient (TD0.2)."""
    me = desk.call.actor.subject
    facts = {fact.kind: fact for fact in desk.store.facts([asked.patient_id], [me])}
    status = status_of(facts.get(FactKind.AUTORISATION), blocked=FactKind.BLOCAGE in facts, now=desk.call.now)
    return AuthorisationStatusFound(status=status, medecin_traitant=FactKind.MEDECIN_TRAITANT in facts)


def list_my_patients(desk: Desk, asked: ListMyPatients) -> MyPatients:
    """Who lets the calling professional read, themselves or as one of a team; who has shut them out is left out."""
    actor = desk.call.actor
    parties = [actor.subject, *([actor.structure] if actor.structure else [])]
    found = desk.store.circle_of(parties, desk.call.now, after=asked.after, count=asked.count)
    return MyPatients(
        patients=tuple(
            MyPatient(patient_id=one.patient_id, since=one.since, medecin_traitant=one.medecin_traitant)
            for one in found
        )
    )


def _of(filed: Sequence[Filed], kind: FactKind) -> list[Filed]:
    return [one for one in filed if one.fact.kind is kind]


def _numbers(filed: Sequence[Filed], kind: FactKind) -> tuple[Rpps, ...]:
    return tuple(Rpps(one.fact.party) for one in _of(filed, kind))


def _authorisation(patient_id: PatientId, filed: Filed) -> Authorisation:
    until = filed.fact.until or filed.since
    return Authorisation(patient_id=patient_id, rpps=Rpps(filed.fact.party), since=filed.since, until=until)


def _team(patient_id: PatientId, filed: Filed) -> TeamAuthorisation:
    until = filed.fact.until or filed.since
    return TeamAuthorisation(
        patient_id=patient_id, structure=Finess(filed.fact.party), since=filed.since, until=until
    )


def _representation(patient_id: PatientId, filed: Filed) -> Representation:
    return Representation(
        patient_id=patient_id,
        representative=PatientId(UUID(filed.fact.party)),
        since=filed.since,
        until=filed.fact.until,
    )
