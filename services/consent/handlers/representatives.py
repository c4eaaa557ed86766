"""Legal representatives: requested by an agent who saw the papers, in effect by a second one or after a delay."""

from collections.abc import Sequence
from uuid import UUID

from chassis.access_rules import NoQuestion, asks, unasked
from chassis.handlers import handles
from contracts.consent.api import Consent
from contracts.consent.authorisations import Done
from contracts.consent.decisions import Purpose
from contracts.consent.events import RepresentationChange
from contracts.consent.representations import (
    AboutRepresentationRequest,
    AboutRepresentative,
    NameRepresentative,
    Representation,
    RepresentationEnding,
)
from contracts.errors.request import InvalidRequest, RecordNotFound, RepresentationRequestGone
from contracts.identity.api import Identity
from contracts.identity.people import GetBirthDate, VitaleProof
from contracts.vocabulary import Act, PatientId, Role
from services.consent.context import ConsentContext
from services.consent.domain.answers import check_active
from services.consent.domain.facts import FactKind
from services.consent.domain.representations import (
    ENDING_EVIDENCE,
    NAMING_EVIDENCE,
    RepresentationTerms,
    check_second_agent,
    checked_evidence,
    organisation_of,
)
from services.consent.domain.terms import end_of_representation
from services.consent.repositories.representations import RequestOutcome, WaitingRequest
from services.consent.representing import end, inform, put_into_effect, request_change

_BY_AGENT = "agent"


@handles(Consent.name_representative, access=unasked(NoQuestion.AGENT, Act.DEMANDE_REPRESENTANT))
def name_representative(ctx: ConsentContext, request: NameRepresentative) -> Representation:
    """Request to name a person whose card was shown; for a minor it ends by itself at the age of majority.

    Raises:
        InvalidRequest: the evidence; the holder is unknown, of age for a minor's kind or a minor for an adult's; the
            representative is the holder.
        RecordNotFound, RecordNotActive, RepresentationRequestsFull; RoleForbidden: no organisation. Identity's, of
            the card.
    """
    ctx.access.reason = _BY_AGENT
    patient_id = request.patient_id
    evidence = checked_evidence(request, NAMING_EVIDENCE[request.kind], ctx.now.date())
    check_active(ctx.authorizer.record(patient_id).status)
    born = ctx.remote.as_service(Identity.birth_date_of, GetBirthDate(patient_id=patient_id)).birth_date
    until = end_of_representation(request.kind, born, ctx.settings.majority_age, ctx.now)
    representative = ctx.remote(Identity.admit_patient, VitaleProof(proof=request.representative_proof)).patient_id
    if ctx.facts.are_one(patient_id, representative):
        raise InvalidRequest(field="representative_proof")
    terms = RepresentationTerms(
        patient_id=patient_id,
        representative=representative,
        ends=False,
        evidence=evidence,
        kind=request.kind,
        until=until,
    )
    waiting = request_change(ctx, terms)
    return Representation(
        patient_id=patient_id,
        representative=representative,
        since=waiting.requested_at,
        until=until,
        waiting=True,
        takes_effect_at=waiting.takes_effect_at,
    )


@handles(
    Consent.end_representation,
    access=unasked(NoQuestion.AGENT_OR_OWN, Act.FIN_REPRESENTATION, Act.DEMANDE_FIN_REPRESENTATION),
)
def end_representation(ctx: ConsentContext, request: AboutRepresentative) -> RepresentationEnding:
    """At once by the representative, requested by an agent; it is no error if there is no such representation.

    The holder cannot: a minor does not dismiss a parent, and at majority the representation ends by itself.

    Raises:
        RecordNotFound: the caller is another person. Of an agent, as `name_representative`.
    """
    if ctx.actor.role is Role.AGENT:
        return _request_end(ctx, request)
    ctx.access.act, ctx.access.reason = Act.FIN_REPRESENTATION, FactKind.REPRESENTANT_LEGAL.value
    if not ctx.facts.are_one(request.representative, PatientId(UUID(ctx.actor.subject))):
        raise RecordNotFound
    end(ctx, request.patient_id, request.representative, but=request.representative)
    return RepresentationEnding()


def _request_end(ctx: ConsentContext, request: AboutRepresentative) -> RepresentationEnding:
    """The answer is the same whether or not the person represents the holder: agents do not learn it."""
    ctx.access.act, ctx.access.reason = Act.DEMANDE_FIN_REPRESENTATION, _BY_AGENT
    evidence = checked_evidence(request, ENDING_EVIDENCE, ctx.now.date())
    check_active(ctx.authorizer.record(request.patient_id).status)
    terms = RepresentationTerms(
        patient_id=request.patient_id, representative=request.representative, ends=True, evidence=evidence
    )
    return RepresentationEnding(waiting=True, takes_effect_at=request_change(ctx, terms).takes_effect_at)


@handles(
    Consent.confirm_representation,
    access=unasked(NoQuestion.AGENT, Act.NOMMER_REPRESENTANT, Act.FIN_REPRESENTATION),
)
def confirm_representation(ctx: ConsentContext, request: AboutRepresentationRequest) -> Done:
    """A second agent of the organisation, who saw the papers too, puts its request into effect at once.

    Raises:
        SecondAgentNeeded: the caller requested it. RepresentationRequestGone: the organisation has none waiting.
        InvalidRequest: the holder came of age meanwhile. RecordNotFound, RecordNotActive.
    """
    ctx.access.act = Act.FIN_REPRESENTATION if request.ends else Act.NOMMER_REPRESENTANT
    ctx.access.reason = _BY_AGENT
    check_active(ctx.authorizer.record(request.patient_id).status)
    waiting = _of_own_organisation(ctx, request)
    check_second_agent(waiting.agent, ctx.actor.subject)
    if waiting.terms.until is not None and waiting.terms.until <= ctx.now:
        raise InvalidRequest(field="kind")
    put_into_effect(ctx, waiting, by=ctx.actor.subject)
    return Done()


@handles(Consent.withdraw_representation, access=unasked(NoQuestion.AGENT, Act.RETRAIT_REPRESENTATION))
def withdraw_representation(ctx: ConsentContext, request: AboutRepresentationRequest) -> Done:
    """An agent of the organisation withdraws its request.

    Raises:
        RepresentationRequestGone: it has none waiting.
    """
    ctx.access.reason = _BY_AGENT
    waiting = _of_own_organisation(ctx, request)
    ctx.representation_requests.close(waiting, RequestOutcome.WITHDRAWN, ctx.now, by=ctx.actor.subject)
    return Done()


def _of_own_organisation(ctx: ConsentContext, request: AboutRepresentationRequest) -> WaitingRequest:
    """The request, locked; what another organisation requested is to its agents as if it did not exist."""
    organisation = organisation_of(ctx.actor)
    for waiting in _about(ctx, request):
        if waiting.organisation == organisation:
            return waiting
    raise RepresentationRequestGone


@handles(Consent.contest_representation, access=asks(Purpose.MANAGE, Act.CONTESTATION_REPRESENTATION))
def contest_representation(ctx: ConsentContext, request: AboutRepresentationRequest) -> Done:
    """The holder or a representative contests: from now on only a second agent puts the request into effect.

    Contesting again changes nothing.

    Raises:
        RepresentationRequestGone: none is waiting. Refusal: the law's.
    """
    ctx.access.permit()
    found = _about(ctx, request)
    if not found:
        raise RepresentationRequestGone
    uncontested = [waiting for waiting in found if waiting.contested_at is None]
    for waiting in uncontested:
        ctx.representation_requests.contest(waiting, ctx.now)
    if uncontested:
        contester = PatientId(UUID(ctx.actor.subject))
        inform(ctx, request.patient_id, RepresentationChange.CONTESTED, but=contester)
    return Done()


def _about(ctx: ConsentContext, request: AboutRepresentationRequest) -> Sequence[WaitingRequest]:
    return ctx.representation_requests.about(request.patient_id, request.representative, ends=request.ends)
