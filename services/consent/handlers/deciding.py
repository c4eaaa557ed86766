"""Decisions for other services; use prolongs the authorisation that a decision rests on."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import handles
from contracts.consent.api import Consent
from contracts.consent.decisions import Decide, Decision, Purpose
from contracts.vocabulary import PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import renewed
from services.consent.repositories.facts import FactRepository

_RESTS_ON = {
    FactKind.AUTORISATION.value: FactKind.AUTORISATION,
    FactKind.EQUIPE_DE_SOINS.value: FactKind.EQUIPE_DE_SOINS,
}


@handles(Consent.decide, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def decide(ctx: ConsentContext, request: Decide) -> Decision:
    """Whether the actor may do this. Reading renews the authorisation it rests on."""
    question = ctx.authorizer.question(
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
        joined=request.joined,
    )
    decision, facts = ctx.authorizer.decide(question)
    if request.only_looks:
        return msgspec.structs.replace(decision, obligations=())
    if decision.allowed and request.purpose is Purpose.READ and decision.reason in _RESTS_ON:
        # What representatives see must not move when it is used in a secret connection.
        used = [fact for fact in facts if fact.kind is _RESTS_ON[decision.reason] and fact.secret is request.secret]
        _renew(ctx, request.patient_id, used)
    return decision


def _renew(ctx: ConsentContext, patient_id: PatientId, facts: Sequence[Fact]) -> None:
    usual = timedelta(days=ctx.settings.authorisation_days)
    for fact in facts:
        longer = renewed(fact, now=ctx.now, usual=usual)
        if longer is not None:
            with ctx.autocommit() as connection:
                FactRepository(connection).prolong(patient_id, longer)
