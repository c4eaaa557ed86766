"""The Permit that repositories demand for documents, and which documents are within it."""

from datetime import datetime

import msgspec

from contracts.consent import Decision, Limits, MaskedAccess
from contracts.envelope import Actor, Problem
from contracts.errors import refusal_from
from contracts.vocabulary import Capacity, DocumentStatus, PatientId, Rpps, Visibility
from services.records.domain.stored import StoredDocument


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """An allowing decision: for which reader, at which record, when, and within which limits.

    `reader`: None for whoever is no professional. `reason`: consent's, for the journal.
    """

    patient_id: PatientId
    reader: Rpps | None
    limits: Limits
    reason: str
    at: datetime
    capacity: Capacity = Capacity.SELF

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
    )


def can_see(permit: Permit, stored_document: StoredDocument) -> bool:
    """Whether a document of that record is within a permit; WITHIN_PERMIT of the repositories is the same in SQL.

    Authors see their own documents masked or not; no permit goes beyond its sections and statuses.
    """
    limits, document = permit.limits, stored_document.document
    is_own = permit.reader is not None and permit.reader in (stored_document.depositor, document.author.rpps)
    return (
        document.status in permit.statuses
        and ((is_own and limits.own_of_any_type) or document.type_code not in limits.denied_types)
        and (is_own or not limits.own_only)
        and (is_own or limits.masked is MaskedAccess.ALL or Visibility.MASQUE_PS not in document.visibility)
        and (limits.sections is None or document.section in limits.sections)
        and not (limits.hides_invisible and is_invisible(stored_document, permit.at))
        and not (limits.hides_secret and Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in document.visibility)
    )


def is_invisible(stored_document: StoredDocument, now: datetime) -> bool:
    """Whether the patient may not see a document yet."""
    until = stored_document.document.invisible_until
    return until is not None and now < until
