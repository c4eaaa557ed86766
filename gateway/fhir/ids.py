"""Ids of FHIR resources: the id of the record, then of the object, since permission is checked by record."""

import re
from uuid import UUID

from contracts.errors.request import DocumentNotFound
from contracts.vocabulary import PatientId

_ID = re.compile(r"[0-9a-f]{64}")


def write_id(patient_id: UUID, object_id: UUID) -> str:
    """64 hexadecimal digits, the maximum length of a FHIR id."""
    return patient_id.hex + object_id.hex


def read_id(resource_id: str) -> tuple[PatientId, UUID]:
    """Ids of the record and of the object.

    Raises:
        DocumentNotFound: malformed id.
    """
    if not _ID.fullmatch(resource_id):
        raise DocumentNotFound
    return PatientId(UUID(resource_id[:32])), UUID(resource_id[32:])
