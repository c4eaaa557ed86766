"""The life of a record and of its documents: pure rules over what is asked and what is on file."""

from services.records.domain.permits import Permit, permit_from
from services.records.domain.stored import Opening, RecordContext, StoredDocument, StoredRecord

__all__ = ["Opening", "Permit", "RecordContext", "StoredDocument", "StoredRecord", "permit_from"]
