"""Lifting a refusal of the holder: for good, or by a representative for as long as they represent."""

from contracts.vocabulary import PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import LIFTING, Fact, FactKind


def lift(ctx: ConsentContext, patient_id: PatientId, refusal: FactKind, party: str) -> None:
    """Delete a refusal, once the access was permitted; the holder's is only suspended by a representative."""
    giver = ctx.access.giver
    if not giver:
        ctx.facts.forget(patient_id, refusal, party)
        ctx.facts.forget(patient_id, LIFTING[refusal], party)
        return
    if ctx.facts.forget_of_representatives(patient_id, refusal, party):
        ctx.facts.put(patient_id, Fact(kind=LIFTING[refusal], party=party, giver=giver), now=ctx.now)
