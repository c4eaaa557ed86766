"""Adding documents to the repositories, and listing them as a reader does."""

from contracts.consent.decisions import Limits, MaskedAccess
from contracts.consent.permits import Permit
from contracts.records.documents import Document
from contracts.vocabulary import PatientId, Section
from services.records.cursor import read_cursor, write_cursor
from services.records.domain import StoredDocument
from services.records.repositories.all import Repositories
from tests.unit.records.specimens import PATIENT

ALL = Limits(masked=MaskedAccess.ALL, superseded=True, archived=True)


def store(repositories: Repositories, *entries: StoredDocument, patient_id: PatientId = PATIENT) -> None:
    """Add new documents."""
    for entry in entries:
        assert repositories.deposits.file(patient_id, entry)


def walk(
    repositories: Repositories, permit: Permit, *, section: Section | None = None, count: int = 7
) -> list[Document]:
    """All documents of a list, page by page."""
    seen: list[Document] = []
    cursor: str | None = None
    while page := repositories.documents.list(
        permit, section=section, after=read_cursor(cursor) if cursor else None, count=count
    ):
        assert len(page) <= count
        assert page[0] not in seen, "a page begins again"
        seen += page
        cursor = write_cursor(page[-1].created_at, page[-1].document_id)
    return seen
