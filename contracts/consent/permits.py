"""The Permit: an allowing decision of consent, which repositories demand for patient data."""

from datetime import datetime

import msgspec

from contracts.consent.decisions import Decision, Limits, Obligation
from contracts.envelope import Actor, Problem
from contracts.errors.registry import refusal_from
from contracts.vocabulary import Capacity, DocumentStatus, PatientId, Rpps


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """An allowing decision: for which reader, at which record, when, and within which limits.

    `reader`: None for whoever is no professional. `reason`: consent's, for the journal. `ids`: all ids of the holder:
    whatever is read within a permit belongs to one of them.
    """

    patient_id: PatientId
    reader: Rpps | None
    limits: Limits
    reason: str
    at: datetime
    capacity: Capacity = Capacity.SELF
    obligations: tuple[Obligation, ...] = ()
    ids: tuple[PatientId, ...] = ()

    def __post_init__(self) -> None:
        if self.patient_id not in self.ids:
            msgspec.structs.force_setattr(self, "ids", (self.patient_id, *self.ids))

    @property
    def statuses(self) -> tuple[DocumentStatus, ...]:
        """Statuses of documents within the permit; a deleted one never is."""
        return (
            DocumentStatus.CURRENT,
            *((DocumentStatus.SUPERSEDED,) if self.limits.superseded else ()),
            *((DocumentStatus.ARCHIVED,) if self.limits.archived else ()),
        )


def permit_from(decision: Decision, actor: Actor, patient_id: PatientId, now: datetime) -> Permit:
    """The Permit of an allowing decision.

    Raises:
        Refusal: the one the decision names.
    """
    if not decision.allowed:
        raise refusal_from(Problem(code=decision.refusal))
    return Permit(
        patient_id=patient_id,
        reader=actor.rpps,
        limits=decision.limits,
        reason=decision.reason,
        at=now,
        capacity=decision.capacity,
        obligations=decision.obligations,
        ids=decision.ids,
    )
