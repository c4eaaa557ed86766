"""Ids of FHIR resources: the record first, then the thing in it, so that one id is enough to ask for leave."""

import re
from uuid import UUID

from contracts.errors import DocumentNotFound
from contracts.vocabulary import PatientId

_BOTH = re.compile(r"[0-9a-f]{64}")


def write_id(patient_id: UUID, other: UUID) -> str:
    """64 hex digits: an id of FHIR is at most 64 characters long."""
    return patient_id.hex + other.hex


def read_id(written: str) -> tuple[PatientId, UUID]:
    """Record and thing.

    Raises:
        DocumentNotFound: no id of ours.
    """
    if not _BOTH.fullmatch(written):
        raise DocumentNotFound
    return PatientId(UUID(written[:32])), UUID(written[32:])
