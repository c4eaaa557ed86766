"""The death of a person, as far as consent is concerned: nobody has rights to their record, nor they to others'."""

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import listens
from contracts.consent.events import CarerAccepted, CarerEnded, RepresentationChange, RepresentationEnded
from contracts.identity.api import Identity
from contracts.identity.deaths import GetDeath
from contracts.identity.events import DeathReportUndone, PersonDied
from contracts.vocabulary import Act, PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.repositories.found_facts import PatientFact
from services.consent.repositories.representations import RequestOutcome
from services.consent.representing import inform

_BY_DEATH = "deces"


@listens(
    PersonDied,
    access=unasked(
        NoQuestion.SENDER, *(Act.FIN_REPRESENTATION, Act.FIN_AIDANT, Act.RETRAIT_REPRESENTATION), each=True
    ),
)
def suspend_rights(ctx: ConsentContext, event: PersonDied) -> None:
    """What the person decided has no effect; whom they represented or cared for is informed that this has ended."""
    dead = event.patient_id
    if not _is_deceased(ctx, dead) or ctx.facts.is_deceased(dead):
        return
    # First: one that takes effect meanwhile is waited for, and then suspended with the others.
    for waiting in ctx.representation_requests.naming(dead):
        ctx.access.add(waiting.terms.patient_id, act=Act.RETRAIT_REPRESENTATION, reason=_BY_DEATH)
        ctx.representation_requests.close(waiting, RequestOutcome.LAPSED, ctx.now)
    for named in ctx.facts.suspend_naming(dead):
        if not _concerns_living(ctx, named):
            continue
        if named.fact.kind is FactKind.AIDANT:
            ctx.access.add(named.patient_id, act=Act.FIN_AIDANT, reason=_BY_DEATH)
            ctx.events.publish(CarerEnded(patient_id=named.patient_id))
        else:
            ctx.access.add(named.patient_id, act=Act.FIN_REPRESENTATION, reason=_BY_DEATH)
            ctx.events.publish(RepresentationEnded(patient_id=named.patient_id, representative=dead))
            inform(ctx, named.patient_id, RepresentationChange.ENDED, but=dead)
    ctx.facts.put(dead, Fact(kind=FactKind.DECES), now=ctx.now)


@listens(DeathReportUndone, access=unasked(NoQuestion.SENDER, Act.NOMMER_REPRESENTANT, Act.NOMMER_AIDANT, each=True))
def restore_rights(ctx: ConsentContext, event: DeathReportUndone) -> None:
    """What was suspended is in force again, but for what has ended by its day meanwhile."""
    person = event.patient_id
    if _is_deceased(ctx, person) or not ctx.facts.is_deceased(person):
        return
    ctx.facts.forget_alone(person, FactKind.DECES)
    ctx.facts.forget_alone(person, FactKind.AYANT_DROIT)
    for named in ctx.facts.resume_naming(person):
        if not _concerns_living(ctx, named):
            continue
        if named.fact.kind is FactKind.AIDANT:
            ctx.access.add(named.patient_id, act=Act.NOMMER_AIDANT, reason=_BY_DEATH)
            ctx.events.publish(CarerAccepted(patient_id=named.patient_id))
        else:
            ctx.access.add(named.patient_id, act=Act.NOMMER_REPRESENTANT, reason=_BY_DEATH)
            inform(ctx, named.patient_id, RepresentationChange.NAMED, but=person)


def _concerns_living(ctx: ConsentContext, named: PatientFact) -> bool:
    """Whether it has not ended by its day, and is about a record that is not of the dead too."""
    return named.fact.holds(ctx.now) and not ctx.facts.is_deceased(named.patient_id)


def _is_deceased(ctx: ConsentContext, patient_id: PatientId) -> bool:
    """What identity says now: events of a report and its undoing may arrive in any order, or at once."""
    ctx.lock_death(patient_id)
    return ctx.remote.as_service(Identity.death_of, GetDeath(patient_id=patient_id)).reported
