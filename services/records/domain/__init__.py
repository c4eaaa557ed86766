"""Rules about records and documents: frozen values and pure functions."""

from services.records.domain.stored import Opening, RecordState, StoredDocument, StoredRecord

__all__ = ["Opening", "RecordState", "StoredDocument", "StoredRecord"]
