"""Ruling on what other services are about to do, and prolonging what is used."""

from datetime import timedelta

from contracts.consent import Decide, Decision, Purpose
from contracts.vocabulary import PatientId
from services.consent.actions.desk import Desk
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import renewed
from services.consent.settings import ConsentSettings
from services.consent.store import ConsentStore

_RESTS_ON = {
    FactKind.AUTORISATION.value: FactKind.AUTORISATION,
    FactKind.EQUIPE_DE_SOINS.value: FactKind.EQUIPE_DE_SOINS,
}


def decide(desk: Desk, asked: Decide, settings: ConsentSettings) -> Decision:
    """May the actor do this? Reading renews the authorisation it rests on."""
    question = desk.ask(
        asked.patient_id,
        asked.purpose,
        mode=asked.mode,
        record_status=asked.record_status,
        seen_before=asked.seen_before,
        has_deposited=asked.has_deposited,
        minor=asked.minor,
        secret=asked.secret,
        superseded=asked.superseded,
        archived=asked.archived,
    )
    decision, facts = desk.rule(question)
    if decision.allowed and asked.purpose is Purpose.READ and decision.reason in _RESTS_ON:
        _renew(desk, asked.patient_id, facts, _RESTS_ON[decision.reason], timedelta(days=settings.authorisation_days))
    return decision


def _renew(desk: Desk, patient_id: PatientId, facts: list[Fact], kind: FactKind, usual: timedelta) -> None:
    for fact in facts:
        longer = renewed(fact, now=desk.call.now, usual=usual) if fact.kind is kind else None
        if longer is not None:
            with desk.call.autocommit() as connection:
                ConsentStore(connection).prolong(patient_id, longer)
