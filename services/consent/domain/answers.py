"""Decisions that several rules make."""

from contracts.consent.decisions import Decision
from contracts.errors.base import Refusal
from contracts.errors.request import RecordNotActive, RecordNotFound
from contracts.vocabulary import RecordStatus


def refused(refusal: type[Refusal]) -> Decision:
    return Decision(allowed=False, reason=refusal.code, refusal=refusal.code)


def refused_for(status: RecordStatus | None) -> Decision | None:
    """A refusal, or None for an active record; `status` None: there is no record."""
    if status is RecordStatus.ACTIVE:
        return None
    return refused(RecordNotFound if status is None else RecordNotActive)
