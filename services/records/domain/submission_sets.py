"""Submission sets (IHE): what the documents of one deposit are filed under."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.envelope import Actor
from contracts.errors.execution import SubmissionSetTooLarge
from contracts.records.submission_sets import SubmissionSetMetadata
from contracts.vocabulary import Rpps


class SubmissionSet(msgspec.Struct, frozen=True, kw_only=True):
    """A submission set as it is stored; `lot_id` is its logical id."""

    lot_id: UUID
    unique_id: str
    metadata: SubmissionSetMetadata
    submitted_at: datetime
    deposited_at: datetime
    depositor: Rpps


def check_set_size(count: int, limit: int) -> None:
    """Raises SubmissionSetTooLarge for no document, or more than the operator permits."""
    if not 1 <= count <= limit:
        raise SubmissionSetTooLarge(limit=str(limit))


def submission_set_of(metadata: SubmissionSetMetadata, actor: Actor, *, lot_id: UUID, now: datetime) -> SubmissionSet:
    """A new submission set; without a uniqueId it gets one under 2.25, the root of UUIDs as OIDs (ITU-T X.667)."""
    return SubmissionSet(
        lot_id=lot_id,
        unique_id=metadata.unique_id or f"2.25.{lot_id.int}",
        metadata=metadata,
        submitted_at=metadata.submitted_at or now,
        deposited_at=now,
        depositor=Rpps(actor.subject),
    )
