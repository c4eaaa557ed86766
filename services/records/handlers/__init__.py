"""The desk of the records service: one function per verb; everything they need is handed in."""

from services.records.handlers.arranging import arrange_document, delete_folder, list_folders, save_folder
from services.records.handlers.changing import change_document
from services.records.handlers.closing import (
    close_record,
    get_record,
    reopen_record,
    request_destruction,
    resume_record,
    set_default_visibility,
    suspend_record,
)
from services.records.handlers.dates import appear, come_of_age, purge
from services.records.handlers.deposit import (
    deposit_document,
    deposit_submission_set,
    forget_receipts,
    holds_content,
    prepare_deposit,
    prepare_submission_set,
)
from services.records.handlers.filing import load_filing, refile, show_filing
from services.records.handlers.keeping import archive_document, delete_document, set_visibility, show_to_patient
from services.records.handlers.opening import find_record, list_my_records, open_record, status_of
from services.records.handlers.reading import get_document, list_documents, open_content, open_facts
from services.records.handlers.searching import read_entry, search_documents, search_submission_sets

__all__ = [
    "appear",
    "archive_document",
    "arrange_document",
    "change_document",
    "close_record",
    "come_of_age",
    "delete_document",
    "delete_folder",
    "deposit_document",
    "deposit_submission_set",
    "find_record",
    "forget_receipts",
    "get_document",
    "get_record",
    "holds_content",
    "list_documents",
    "list_folders",
    "list_my_records",
    "load_filing",
    "open_content",
    "open_facts",
    "open_record",
    "prepare_deposit",
    "prepare_submission_set",
    "purge",
    "read_entry",
    "refile",
    "reopen_record",
    "request_destruction",
    "resume_record",
    "save_folder",
    "search_documents",
    "search_submission_sets",
    "set_default_visibility",
    "set_visibility",
    "show_filing",
    "show_to_patient",
    "status_of",
    "suspend_record",
]
