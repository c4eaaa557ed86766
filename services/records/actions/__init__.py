"""The desk of the records service: one function per verb; everything they need is handed in."""

from services.records.actions.deposit import deposit_document, forget_receipts, holds_content, prepare_deposit
from services.records.actions.hiding import set_visibility
from services.records.actions.opening import find_record, open_record, status_of
from services.records.actions.reading import get_document, list_documents, open_content

__all__ = [
    "deposit_document",
    "find_record",
    "forget_receipts",
    "get_document",
    "holds_content",
    "list_documents",
    "open_content",
    "open_record",
    "prepare_deposit",
    "set_visibility",
    "status_of",
]
