"""All repositories of the records service, on one connection."""

from sqlalchemy import Connection

from chassis.editions import EditionRepository
from services.records.repositories.consents import ConsentRepository
from services.records.repositories.dates import DateRepository
from services.records.repositories.deposits import DepositRepository
from services.records.repositories.documents import DocumentRepository
from services.records.repositories.entries import EntryRepository
from services.records.repositories.filing import FILING_PLANS, FilingRepository
from services.records.repositories.folders import FolderRepository
from services.records.repositories.records import RecordRepository
from services.records.repositories.submission_sets import SubmissionSetRepository
from services.records.repositories.visits import VisitRepository


class Repositories:
    """They share the connection's transaction."""

    def __init__(self, connection: Connection) -> None:
        self.records = RecordRepository(connection)
        self.consents = ConsentRepository(connection)
        self.deposits = DepositRepository(connection)
        self.documents = DocumentRepository(connection)
        self.entries = EntryRepository(connection)
        self.filing = FilingRepository(connection)
        self.filing_plans = EditionRepository(connection, FILING_PLANS)
        self.folders = FolderRepository(connection)
        self.submission_sets = SubmissionSetRepository(connection)
        self.visits = VisitRepository(connection)
        self.dates = DateRepository(connection)
