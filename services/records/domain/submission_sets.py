"""Lots: what a deposit of several documents is filed under."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.envelope import Actor
from contracts.errors import SubmissionSetTooLarge
from contracts.records import SubmissionSetMetadata
from contracts.vocabulary import Rpps


class SubmissionSet(msgspec.Struct, frozen=True, kw_only=True):
    """A lot as it is on file."""

    lot_id: UUID
    unique_id: str
    facts: SubmissionSetMetadata
    submitted_at: datetime
    deposited_at: datetime
    depositor: Rpps


def check_set_size(count: int, limit: int) -> None:
    """Raises LotTooLarge: none, or more than an operator permits."""
    if not 1 <= count <= limit:
        raise SubmissionSetTooLarge(limit=str(limit))


def submission_set_of(facts: SubmissionSetMetadata, actor: Actor, *, lot_id: UUID, now: datetime) -> SubmissionSet:
    """A new lot; without a number of its own it is numbered under 2.25, the root of UUIDs as OIDs (ITU-T X.667)."""
    return SubmissionSet(
        lot_id=lot_id,
        unique_id=facts.unique_id or f"2.25.{lot_id.int}",
        facts=facts,
        submitted_at=facts.submitted_at or now,
        deposited_at=now,
        depositor=Rpps(actor.subject),
    )
