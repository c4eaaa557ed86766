"""The cellar of the records service; documents come out for a Permit only, within its limits."""

from sqlalchemy import Connection

from services.records.repositories.dates import DateRepository, DestroyedRecord
from services.records.repositories.deposits import DepositRepository
from services.records.repositories.documents import DocumentRepository
from services.records.repositories.entries import EntryRepository
from services.records.repositories.filing import FilingRepository, Misfiled
from services.records.repositories.folders import FolderRepository
from services.records.repositories.records import RecordRepository
from services.records.repositories.submission_sets import SubmissionSetRepository

__all__ = [
    "DateRepository",
    "DepositRepository",
    "DestroyedRecord",
    "DocumentRepository",
    "EntryRepository",
    "FilingRepository",
    "FolderRepository",
    "Misfiled",
    "RecordRepository",
    "Repositories",
    "SubmissionSetRepository",
]


class Repositories:
    """Every shelf, through one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.records = RecordRepository(connection)
        self.deposits = DepositRepository(connection)
        self.documents = DocumentRepository(connection)
        self.entries = EntryRepository(connection)
        self.filing = FilingRepository(connection)
        self.folders = FolderRepository(connection)
        self.lots = SubmissionSetRepository(connection)
        self.dates = DateRepository(connection)
