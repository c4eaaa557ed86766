"""What is on file, as the patient reads it, and how one professional stands."""

from collections.abc import Sequence
from uuid import UUID

from chassis.handlers import handles
from contracts.consent import (
    Authorisation,
    AuthorisationStatusFound,
    Circle,
    Consent,
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
from services.consent.context import ConsentContext
from services.consent.domain.facts import FactKind
from services.consent.domain.sentences import sentence_of
from services.consent.domain.terms import status_of
from services.consent.repositories import DatedFact


@handles(Consent.list_authorisations, reading=True)
def list_authorisations(ctx: ConsentContext, request: ListAuthorisations) -> Circle:
    """Everybody the patient has decided about, newest first.

    Raises:
        Refusal: the law's, journalled.
    """
    patient_id = request.patient_id
    ctx.authorizer.check(ctx.authorizer.ask(patient_id, Purpose.MANAGE), Act.LECTURE_DROITS)
    dated = ctx.facts.of_patient(patient_id)
    return Circle(
        authorisations=tuple(_authorisation(patient_id, one) for one in _of(dated, FactKind.AUTORISATION)),
        medecins_traitants=_numbers(dated, FactKind.MEDECIN_TRAITANT),
        blocked=_numbers(dated, FactKind.BLOCAGE),
        oppositions=tuple(AccessMode(one.fact.party) for one in _of(dated, FactKind.OPPOSITION)),
        teams=tuple(_team(patient_id, one) for one in _of(dated, FactKind.EQUIPE_DE_SOINS)),
        unmasks_in_emergency=bool(_of(dated, FactKind.DEMASQUAGE)),
        representatives=tuple(_representation(patient_id, one) for one in _of(dated, FactKind.REPRESENTANT_LEGAL)),
        said=tuple(sentence_of(one.fact) for one in dated if one.fact.holds(ctx.now)),
    )


@handles(Consent.my_standing, reading=True)
def get_authorisation_status(ctx: ConsentContext, request: GetAuthorisationStatus) -> AuthorisationStatusFound:
    """How the calling professional stands to this patient (TD0.2)."""
    me = ctx.actor.subject
    facts = {fact.kind: fact for fact in ctx.facts.about([request.patient_id], [me])}
    status = status_of(facts.get(FactKind.AUTORISATION), blocked=FactKind.BLOCAGE in facts, now=ctx.now)
    return AuthorisationStatusFound(status=status, medecin_traitant=FactKind.MEDECIN_TRAITANT in facts)


@handles(Consent.list_my_patients, reading=True)
def list_my_patients(ctx: ConsentContext, request: ListMyPatients) -> MyPatients:
    """Who lets the calling professional read, themselves or as one of a team; who has shut them out is left out."""
    actor = ctx.actor
    parties = [actor.subject, *([actor.structure] if actor.structure else [])]
    found = ctx.facts.circle_of(parties, ctx.now, after=request.after, count=request.count)
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
