"""Decisions that several rules make."""

from contracts.consent.decisions import Decision, Purpose
from contracts.envelope import Problem
from contracts.errors.base import Refusal
from contracts.errors.registry import refusal_from
from contracts.errors.request import PatientDeceased, RecordNotActive, RecordNotFound, RoleForbidden
from contracts.vocabulary import RecordStatus, Role


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


def refused_after_death(role: Role, purpose: Purpose, status: RecordStatus | None) -> Decision:
    """Nobody has a right to the record of the dead; agents learn why it is not reopened, professionals its status."""
    match role:
        case Role.PATIENT | Role.APP:
            return refused(RecordNotFound)
        case Role.PROFESSIONAL:
            return refused_for(status) or refused(RecordNotActive)
        case Role.AGENT if purpose is Purpose.CLOSE:
            return refused(PatientDeceased)
        case Role.FEEDER if purpose is Purpose.DEPOSIT:
            return refused_for(status) or refused(RecordNotActive)
        case _:
            return refused(RoleForbidden)


def refused_for(status: RecordStatus | None) -> Decision | None:
    """A refusal, or None for an active record; `status` None: there is no record."""
    if status is RecordStatus.ACTIVE:
        return None
    return refused(RecordNotFound if status is None else RecordNotActive)
