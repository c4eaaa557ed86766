"""The shapes of an answer that several rules give."""

from contracts.consent import Decision
from contracts.errors import RecordNotActive, RecordNotFound, Refusal
from contracts.vocabulary import RecordStatus


def refused(refusal: type[Refusal]) -> Decision:
    """No, for this reason."""
    return Decision(allowed=False, reason=refusal.code, refusal=refusal.code)


def refused_for(status: RecordStatus | None) -> Decision | None:
    """No, unless the record is active."""
    if status is RecordStatus.ACTIVE:
        return None
    return refused(RecordNotFound if status is None else RecordNotActive)
