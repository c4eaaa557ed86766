"""Decisions that several rules make."""

from contracts.consent.decisions import Decision
from contracts.envelope import Problem
from contracts.errors.base import Refusal
from contracts.errors.registry import refusal_from
from contracts.errors.request import RecordNotActive, RecordNotFound
from contracts.vocabulary import RecordStatus


def refused(refusal: type[Refusal]) -> Decision:
    return Decision(allowed=False, reason=refusal.code, refusal=refusal.code)


def check_active(status: RecordStatus | None) -> None:
    """What is refused of a record that is not active, for acts about which no decision is asked.

    Raises:
        RecordNotFound, RecordNotActive: as `refused_for`.
    """
    decision = refused_for(status)
    if decision is not None:
        raise refusal_from(Problem(code=decision.refusal))


def refused_for(status: RecordStatus | None) -> Decision | None:
    """A refusal, or None for an active record; `status` None: there is no record."""
    if status is RecordStatus.ACTIVE:
        return None
    return refused(RecordNotFound if status is None else RecordNotActive)
