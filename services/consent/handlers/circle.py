"""A patient's decisions as the patient sees them, and what a professional sees of them."""

from collections.abc import Sequence
from uuid import UUID

from chassis.access_rules import NoEntry, NoQuestion, asks, unjournalled
from chassis.handlers import handles
from contracts.consent.api import Consent
from contracts.consent.authorisations import (
    Authorisation,
    AuthorisationStatusFound,
    GetAuthorisationStatus,
    ListAuthorisations,
    ListMyPatients,
    MyPatient,
    MyPatients,
    PatientDecisions,
    TeamAuthorisation,
)
from contracts.consent.decisions import Purpose
from contracts.consent.representations import Representation, RepresentationRequest
from contracts.errors.request import SoftwareRefused
from contracts.vocabulary import AccessMode, Act, Finess, PatientId, Rpps
from services.consent.context import ConsentContext
from services.consent.domain.facts import FactKind, FactsInForce
from services.consent.domain.professionals import READING_PROFILES
from services.consent.domain.sentences import sentence_of, sentence_of_request
from services.consent.domain.terms import status_of
from services.consent.repositories.found_facts import DatedFact, dated_in_force
from services.consent.repositories.representations import WaitingRequest

_OF_RECORDS = unjournalled(NoEntry.CALLER, NoQuestion.OWN)
_EMERGENCIES = 100


@handles(Consent.list_authorisations, access=asks(Purpose.MANAGE, Act.LECTURE_DROITS), reading=True)
def list_authorisations(ctx: ConsentContext, request: ListAuthorisations) -> PatientDecisions:
    """The professionals, teams, modes and representatives in the patient's facts, newest first; and what waits.

    Raises:
        Refusal: the law's.
    """
    patient_id = request.patient_id
    permit = ctx.access.permit()
    known = [
        dated for dated in ctx.facts.of_patient(patient_id) if not (dated.fact.secret and permit.limits.hides_secret)
    ]
    facts = dated_in_force(known, ctx.now, permit.ids if len(permit.ids) > 1 else ())
    waiting = ctx.representation_requests.of_patient(patient_id)
    also_ended = [*facts, *(dated for dated in known if not dated.fact.holds(ctx.now))]
    return PatientDecisions(
        authorisations=tuple(_authorisation(patient_id, dated) for dated in _of(also_ended, FactKind.AUTORISATION)),
        medecins_traitants=_numbers(facts, FactKind.MEDECIN_TRAITANT),
        blocked=_numbers(facts, FactKind.BLOCAGE),
        oppositions=tuple(AccessMode(dated.fact.party) for dated in _of(facts, FactKind.OPPOSITION)),
        teams=tuple(_team(patient_id, dated) for dated in _of(also_ended, FactKind.EQUIPE_DE_SOINS)),
        unmasks_in_emergency=bool(_of(facts, FactKind.DEMASQUAGE)),
        heirs_opposed=bool(_of(facts, FactKind.OPPOSITION_AYANTS_DROIT)),
        representatives=tuple(
            _representation(patient_id, dated) for dated in _of(also_ended, FactKind.REPRESENTANT_LEGAL)
        ),
        said=(
            *(sentence_of(dated.fact) for dated in facts),
            *(sentence_of_request(request.terms, request.takes_effect_at) for request in waiting),
        ),
        representation_requests=tuple(map(_representation_request, waiting)),
        # A reason may tell what representatives are not to learn.
        emergencies=() if permit.limits.hides_secret else tuple(ctx.facts.emergencies_of(permit.ids, _EMERGENCIES)),
    )


@handles(Consent.my_standing, access=_OF_RECORDS, reading=True)
def get_authorisation_status(ctx: ConsentContext, request: GetAuthorisationStatus) -> AuthorisationStatusFound:
    """The status of the calling professional's authorisation (TD0.2)."""
    me = ctx.actor.subject
    known = ctx.facts.about([request.patient_id], [me])
    facts = FactsInForce(known, ctx.now)
    was_given = any(fact.kind is FactKind.AUTORISATION and fact.secret <= request.secret for fact in known)
    return AuthorisationStatusFound(
        status=status_of(facts, me, was_given=was_given, secret=request.secret),
        medecin_traitant=facts.has(FactKind.MEDECIN_TRAITANT, me),
    )


@handles(Consent.list_my_patients, access=_OF_RECORDS, reading=True)
def list_my_patients(ctx: ConsentContext, request: ListMyPatients) -> MyPatients:
    """The records that the calling professional, or their care team, may read; blocked ones are left out.

    Raises:
        SoftwareRefused: their software is not homologated for reading.
    """
    actor = ctx.actor
    if actor.profile not in READING_PROFILES:
        raise SoftwareRefused
    parties = [actor.subject, *([actor.structure] if actor.structure else [])]
    records = ctx.facts.readable_by(parties, ctx.now, after=request.after, count=request.count)
    return MyPatients(
        patients=tuple(
            MyPatient(patient_id=record.patient_id, since=record.since, medecin_traitant=record.medecin_traitant)
            for record in records
        )
    )


def _of(facts: Sequence[DatedFact], kind: FactKind) -> list[DatedFact]:
    return [dated for dated in facts if dated.fact.kind is kind]


def _numbers(facts: Sequence[DatedFact], kind: FactKind) -> tuple[Rpps, ...]:
    return tuple(Rpps(dated.fact.party) for dated in _of(facts, kind))


def _authorisation(patient_id: PatientId, dated: DatedFact) -> Authorisation:
    return Authorisation(
        patient_id=patient_id,
        rpps=Rpps(dated.fact.party),
        since=dated.since,
        until=dated.fact.until or dated.since,
        renews=dated.fact.renews,
        secret=dated.fact.secret,
    )


def _team(patient_id: PatientId, dated: DatedFact) -> TeamAuthorisation:
    return TeamAuthorisation(
        patient_id=patient_id,
        structure=Finess(dated.fact.party),
        since=dated.since,
        until=dated.fact.until or dated.since,
        renews=dated.fact.renews,
    )


def _representation(patient_id: PatientId, dated: DatedFact) -> Representation:
    return Representation(
        patient_id=patient_id,
        representative=PatientId(UUID(dated.fact.party)),
        since=dated.since,
        until=dated.fact.until,
    )


def _representation_request(waiting: WaitingRequest) -> RepresentationRequest:
    terms = waiting.terms
    return RepresentationRequest(
        representative=terms.representative,
        ends=terms.ends,
        organisation=waiting.organisation,
        evidence_kind=terms.evidence.kind,
        evidence_on=terms.evidence.on,
        requested_at=waiting.requested_at,
        takes_effect_at=waiting.takes_effect_at,
        kind=terms.kind,
        until=terms.until,
        contested=waiting.contested_at is not None,
    )
