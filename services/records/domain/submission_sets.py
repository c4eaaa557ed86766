"""Submission sets (IHE): what the documents of one deposit are filed under."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.errors.execution import SubmissionSetTooLarge
from contracts.records.submission_sets import SubmissionSetMetadata
from contracts.vocabulary import Depositor

_UUID_ROOT = "2.25."


class SubmissionSet(msgspec.Struct, frozen=True, kw_only=True):
    """A submission set as it is stored; `lot_id` is its logical id."""

    lot_id: UUID
    unique_id: str
    metadata: SubmissionSetMetadata
    submitted_at: datetime
    deposited_at: datetime
    depositor: Depositor


def check_set_size(count: int, limit: int) -> None:
    """Raises SubmissionSetTooLarge for no document, or more than the operator permits."""
    if not 1 <= count <= limit:
        raise SubmissionSetTooLarge(limit=str(limit))


def submission_set_of(
    metadata: SubmissionSetMetadata, depositor: Depositor, *, lot_id: UUID, now: datetime
) -> SubmissionSet:
    """A new submission set; without a uniqueId it gets one of its logical id."""
    return SubmissionSet(
        lot_id=lot_id,
        unique_id=metadata.unique_id or unique_id_of(lot_id),
        metadata=metadata,
        submitted_at=metadata.submitted_at or now,
        deposited_at=now,
        depositor=depositor,
    )


def unique_id_of(lot_id: UUID) -> str:
    """The uniqueId made of a logical id: under 2.25, the root of UUIDs as OIDs (ITU-T X.667)."""
    return f"{_UUID_ROOT}{lot_id.int}"


def lot_ids_in(unique_ids: Iterable[str]) -> list[UUID]:
    """The logical ids that some of these uniqueIds are made of."""
    numbers = (name.removeprefix(_UUID_ROOT) for name in unique_ids if name.startswith(_UUID_ROOT))
    # At most 39 digits: more are no UUID, and Python refuses to read very long ones.
    found = (int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 40)
    return [UUID(int=number) for number in found if number < 1 << 128]
