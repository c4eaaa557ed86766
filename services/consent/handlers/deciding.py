"""Ruling on what other services are about to do, and prolonging what is used."""

from datetime import timedelta

from chassis.handlers import handles
from contracts.consent import Consent, Decide, Decision, Purpose
from contracts.vocabulary import PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import renewed
from services.consent.repositories import FactRepository

_RESTS_ON = {
    FactKind.AUTORISATION.value: FactKind.AUTORISATION,
    FactKind.EQUIPE_DE_SOINS.value: FactKind.EQUIPE_DE_SOINS,
}


@handles(Consent.decide, reading=True)
def decide(ctx: ConsentContext, request: Decide) -> Decision:
    """May the actor do this? Reading renews the authorisation it rests on."""
    question = ctx.authorizer.ask(
        request.patient_id,
        request.purpose,
        mode=request.mode,
        record_status=request.record_status,
        seen_before=request.seen_before,
        has_deposited=request.has_deposited,
        minor=request.minor,
        secret=request.secret,
        superseded=request.superseded,
        archived=request.archived,
    )
    decision, facts = ctx.authorizer.rule(question)
    if decision.allowed and request.purpose is Purpose.READ and decision.reason in _RESTS_ON:
        _renew(
            ctx,
            request.patient_id,
            facts,
            _RESTS_ON[decision.reason],
            timedelta(days=ctx.settings.authorisation_days),
        )
    return decision


def _renew(ctx: ConsentContext, patient_id: PatientId, facts: list[Fact], kind: FactKind, usual: timedelta) -> None:
    for fact in facts:
        longer = renewed(fact, now=ctx.now, usual=usual) if fact.kind is kind else None
        if longer is not None:
            with ctx.autocommit() as connection:
                FactRepository(connection).prolong(patient_id, longer)
