"""The cellar of the records service; documents come out for a Permit only, within its limits."""

from sqlalchemy import Connection

from services.records.store.dates import DateStore, Destroyed
from services.records.store.deposits import DepositStore
from services.records.store.documents import DocumentStore
from services.records.store.entries import EntryStore
from services.records.store.filing import FilingStore, Misfiled
from services.records.store.folders import FolderStore
from services.records.store.lots import LotStore
from services.records.store.records import RecordStore

__all__ = [
    "Cellar",
    "DateStore",
    "DepositStore",
    "Destroyed",
    "DocumentStore",
    "EntryStore",
    "FilingStore",
    "FolderStore",
    "LotStore",
    "Misfiled",
    "RecordStore",
]


class Cellar:
    """Every shelf, through one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.records = RecordStore(connection)
        self.deposits = DepositStore(connection)
        self.documents = DocumentStore(connection)
        self.entries = EntryStore(connection)
        self.filing = FilingStore(connection)
        self.folders = FolderStore(connection)
        self.lots = LotStore(connection)
        self.dates = DateStore(connection)
