"""Rules about records and documents: frozen values and pure functions."""

from services.records.domain.permits import Permit, permit_from
from services.records.domain.stored import Opening, RecordState, StoredDocument, StoredRecord

__all__ = ["Opening", "Permit", "RecordState", "StoredDocument", "StoredRecord", "permit_from"]
