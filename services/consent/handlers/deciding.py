"""Ruling on what other services are about to do, and prolonging what is used."""

from datetime import timedelta

from contracts.consent import Decide, Decision, Purpose
from contracts.vocabulary import PatientId
from services.consent.authorizer import Authorizer
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import renewed
from services.consent.repositories import FactRepository
from services.consent.settings import ConsentSettings

_RESTS_ON = {
    FactKind.AUTORISATION.value: FactKind.AUTORISATION,
    FactKind.EQUIPE_DE_SOINS.value: FactKind.EQUIPE_DE_SOINS,
}


def decide(authorizer: Authorizer, request: Decide, settings: ConsentSettings) -> Decision:
    """May the actor do this? Reading renews the authorisation it rests on."""
    question = authorizer.ask(
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
    decision, facts = authorizer.rule(question)
    if decision.allowed and request.purpose is Purpose.READ and decision.reason in _RESTS_ON:
        _renew(
            authorizer,
            request.patient_id,
            facts,
            _RESTS_ON[decision.reason],
            timedelta(days=settings.authorisation_days),
        )
    return decision


def _renew(
    authorizer: Authorizer, patient_id: PatientId, facts: list[Fact], kind: FactKind, usual: timedelta
) -> None:
    for fact in facts:
        longer = renewed(fact, now=authorizer.call.now, usual=usual) if fact.kind is kind else None
        if longer is not None:
            with authorizer.call.autocommit() as connection:
                FactRepository(connection).prolong(patient_id, longer)
