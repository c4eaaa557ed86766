"""Legal representatives: recorded by an agent who saw their papers, ended by an agent or by themselves."""

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import handles
from contracts.consent.api import Consent
from contracts.consent.authorisations import Done
from contracts.consent.carers import AboutRepresentative, NameRepresentative, Representation, RepresentationKind
from contracts.consent.events import RepresentationEnded
from contracts.errors.request import InvalidRequest, RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.people import GetBirthDate, VitaleProof
from contracts.vocabulary import Act, Role
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import end_of_minority

_LONGEST_EVIDENCE = 200


@handles(Consent.name_representative, access=unasked(NoQuestion.AGENT, Act.NOMMER_REPRESENTANT))
def name_representative(ctx: ConsentContext, request: NameRepresentative) -> Representation:
    """Record a person whose card was shown; for a minor it ends by itself at the age of majority.

    Raises:
        InvalidRequest: no evidence; the holder is of age, or unknown; the representative is the holder.
    """
    ctx.access.reason = "agent"
    evidence = request.evidence.strip()
    if not 0 < len(evidence) <= _LONGEST_EVIDENCE:
        raise InvalidRequest(field="evidence")
    until = None
    if request.kind is RepresentationKind.MINEUR:
        born = ctx.remote(Identity.birth_date_of, GetBirthDate(patient_id=request.patient_id)).birth_date
        until = end_of_minority(born, ctx.settings.majority_age, ctx.now)
    representative = ctx.remote(Identity.admit_patient, VitaleProof(proof=request.representative_proof))
    if representative.patient_id == request.patient_id:
        raise InvalidRequest(field="representative_proof")
    fact = Fact(kind=FactKind.REPRESENTANT_LEGAL, party=str(representative.patient_id), until=until)
    ctx.facts.put(request.patient_id, fact, now=ctx.now, evidence=evidence)
    return Representation(
        patient_id=request.patient_id, representative=representative.patient_id, since=ctx.now, until=until
    )


@handles(Consent.end_representation, access=unasked(NoQuestion.AGENT_OR_OWN, Act.FIN_REPRESENTATION))
def end_representation(ctx: ConsentContext, request: AboutRepresentative) -> Done:
    """By an agent or the representative; it is no error if there is no such representation.

    The holder cannot: a minor does not dismiss a parent, and at majority the representation ends by itself.

    Raises:
        RecordNotFound: the caller is another person.
    """
    actor = ctx.actor
    ctx.access.reason = "agent" if actor.role is Role.AGENT else FactKind.REPRESENTANT_LEGAL.value
    if actor.role is Role.PATIENT and actor.subject != str(request.representative):
        raise RecordNotFound
    representative = str(request.representative)
    if ctx.facts.forget(request.patient_id, FactKind.REPRESENTANT_LEGAL, representative):
        ctx.facts.forget_given_by(request.patient_id, representative)
        ctx.events.publish(RepresentationEnded(patient_id=request.patient_id, representative=request.representative))
    return Done()
