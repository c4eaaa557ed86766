"""The door of the records service."""

from chassis.door import Door, resource
from chassis.rpc import Call, serve
from chassis.settings import load
from chassis.timers import every
from contracts.records import (
    Content,
    ContentHeld,
    DepositDocument,
    Deposited,
    Document,
    DocumentList,
    FindRecord,
    HoldsContent,
    ListDocuments,
    OpenRecord,
    PrepareDeposit,
    ReadDocument,
    Record,
    RecordFound,
    Records,
    SetVisibility,
    StatusFound,
    StatusOf,
    Ticket,
)
from services.records import actions
from services.records.settings import RecordsSettings
from services.records.store import RecordStore


def _settings() -> RecordsSettings:
    return load(RecordsSettings)


class RecordsService(Door):
    """Records and the entries of their documents."""

    name = "records"
    settings = resource(_settings)

    @serve(Records.open_record)
    def open_record(self, call: Call[OpenRecord]) -> Record:
        """Open a record."""
        return actions.open_record(RecordStore(call.connection), call)

    @serve(Records.find_record, reading=True)
    def find_record(self, call: Call[FindRecord]) -> RecordFound:
        """Find a record by INS."""
        return actions.find_record(RecordStore(call.connection), call)

    @serve(Records.status_of, reading=True)
    def status_of(self, call: Call[StatusOf]) -> StatusFound:
        """Whether a record is active."""
        return actions.status_of(RecordStore(call.connection), call)

    @serve(Records.holds_content, reading=True)
    def holds_content(self, call: Call[HoldsContent]) -> ContentHeld:
        """Whether a document holds some bytes."""
        return actions.holds_content(RecordStore(call.connection), call)

    @serve(Records.prepare_deposit, reading=True)
    def prepare_deposit(self, call: Call[PrepareDeposit]) -> Ticket:
        """Give a ticket for bytes to come in."""
        return actions.prepare_deposit(RecordStore(call.connection), call, self.settings.professional_limit_bytes)

    @serve(Records.deposit_document)
    def deposit_document(self, call: Call[DepositDocument]) -> Deposited:
        """Enter stored bytes."""
        return actions.deposit_document(RecordStore(call.connection), call)

    @serve(Records.list_documents, reading=True)
    def list_documents(self, call: Call[ListDocuments]) -> DocumentList:
        """One page of a record."""
        return actions.list_documents(RecordStore(call.connection), call)

    @serve(Records.get_document, reading=True)
    def get_document(self, call: Call[ReadDocument]) -> Document:
        """One entry."""
        return actions.get_document(RecordStore(call.connection), call)

    @serve(Records.open_content, reading=True)
    def open_content(self, call: Call[ReadDocument]) -> Content:
        """One entry and the ticket for its bytes."""
        return actions.open_content(RecordStore(call.connection), call)

    @serve(Records.set_visibility)
    def set_visibility(self, call: Call[SetVisibility]) -> Document:
        """Hide or show a document."""
        return actions.set_visibility(RecordStore(call.connection), call)

    @every(seconds=60)
    def forget_receipts_presented(self, call: Call[None]) -> None:
        """Expired receipts."""
        actions.forget_receipts(RecordStore(call.connection), call)
