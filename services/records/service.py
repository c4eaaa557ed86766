"""The door of the records service."""

from typing import Any

from chassis.rpc import RequestContext, serve
from chassis.service import Service, per_process
from chassis.settings import load
from chassis.timers import every
from contracts.records import (
    AboutDocument,
    AboutFolder,
    ArchiveDocument,
    ArrangeDocument,
    Arrangement,
    Changed,
    ChangeDocument,
    ClinicalDataOpened,
    CloseRecord,
    Content,
    ContentHeld,
    Deleted,
    DepositDocument,
    Deposited,
    DepositSubmissionSet,
    Document,
    DocumentList,
    Entry,
    EntryPage,
    FilingDiff,
    FilingShown,
    FindRecord,
    Folder,
    FolderGone,
    Folders,
    HoldsContent,
    ListDocuments,
    ListFolders,
    ListMyRecords,
    LoadFiling,
    MyRecords,
    OpenClinicalData,
    OpenRecord,
    PrepareDeposit,
    PrepareSubmissionSet,
    ReadDocument,
    Record,
    RecordFile,
    RecordFound,
    Records,
    SaveFolder,
    SearchDocuments,
    SearchSubmissionSets,
    SetDefaultVisibility,
    SetVisibility,
    ShowFiling,
    StatusFound,
    StatusOf,
    SubmissionSetDeposited,
    SubmissionSetPage,
    SubmissionSetTickets,
    Ticket,
)
from services.records import handlers
from services.records.domain.deposits import DepositRules
from services.records.filing_plan_cache import FilingPlanCache
from services.records.repositories import FilingRepository, Repositories
from services.records.settings import RecordsSettings


def _settings() -> RecordsSettings:
    return load(RecordsSettings)


class RecordsService(Service):
    """Records and the entries of their documents."""

    name = "records"
    settings = per_process(_settings)
    filing = per_process(FilingPlanCache)

    @serve(Records.open_record)
    def open_record(self, call: RequestContext[OpenRecord]) -> Record:
        """Open a record."""
        return handlers.open_record(Repositories(call.connection), call, self.settings.majority_age)

    @serve(Records.find_record, reading=True)
    def find_record(self, call: RequestContext[FindRecord]) -> RecordFound:
        """Find a record by INS."""
        return handlers.find_record(Repositories(call.connection), call)

    @serve(Records.list_my_records, reading=True)
    def list_my_records(self, call: RequestContext[ListMyRecords]) -> MyRecords:
        """Records the caller may read."""
        return handlers.list_my_records(Repositories(call.connection), call)

    @serve(Records.status_of, reading=True)
    def status_of(self, call: RequestContext[StatusOf]) -> StatusFound:
        """Whether a record is active."""
        return handlers.status_of(Repositories(call.connection), call)

    @serve(Records.holds_content, reading=True)
    def holds_content(self, call: RequestContext[HoldsContent]) -> ContentHeld:
        """Whether a document holds some bytes."""
        return handlers.holds_content(Repositories(call.connection), call)

    @serve(Records.prepare_deposit, reading=True)
    def prepare_deposit(self, call: RequestContext[PrepareDeposit]) -> Ticket:
        """Give a ticket for bytes to come in."""
        return handlers.prepare_deposit(Repositories(call.connection), call, self.settings.professional_limit_bytes)

    @serve(Records.deposit_document)
    def deposit_document(self, call: RequestContext[DepositDocument]) -> Deposited:
        """Enter stored bytes."""
        return handlers.deposit_document(Repositories(call.connection), call, self._deposit_rules(call))

    @serve(Records.prepare_lot, reading=True)
    def prepare_submission_set(self, call: RequestContext[PrepareSubmissionSet]) -> SubmissionSetTickets:
        """Give tickets for the bytes of a lot to come in."""
        settings = self.settings
        return handlers.prepare_submission_set(
            Repositories(call.connection), call, settings.professional_limit_bytes, most=settings.lot_limit
        )

    @serve(Records.deposit_lot)
    def deposit_submission_set(self, call: RequestContext[DepositSubmissionSet]) -> SubmissionSetDeposited:
        """Enter stored bytes, all or none."""
        rules, most = self._deposit_rules(call), self.settings.lot_limit
        return handlers.deposit_submission_set(Repositories(call.connection), call, rules, most=most)

    def _deposit_rules(self, call: RequestContext[Any]) -> DepositRules:
        return DepositRules(self.settings.mark_rules, self.filing.plan(FilingRepository(call.connection)))

    @serve(Records.list_documents, reading=True)
    def list_documents(self, call: RequestContext[ListDocuments]) -> DocumentList:
        """One page of a record."""
        return handlers.list_documents(Repositories(call.connection), call)

    @serve(Records.get_document, reading=True)
    def get_document(self, call: RequestContext[ReadDocument]) -> Document:
        """One entry."""
        return handlers.get_document(Repositories(call.connection), call)

    @serve(Records.open_content, reading=True)
    def open_content(self, call: RequestContext[ReadDocument]) -> Content:
        """One entry and the ticket for its bytes."""
        return handlers.open_content(Repositories(call.connection), call)

    @serve(Records.open_facts, reading=True)
    def open_facts(self, call: RequestContext[OpenClinicalData]) -> ClinicalDataOpened:
        """Tickets for what structured documents say in codes."""
        return handlers.open_facts(Repositories(call.connection), call)

    @serve(Records.read_entry, reading=True)
    def read_entry(self, call: RequestContext[ReadDocument]) -> Entry:
        """One entry with all that is known of it."""
        return handlers.read_entry(Repositories(call.connection), call)

    @serve(Records.search_documents, reading=True)
    def search_documents(self, call: RequestContext[SearchDocuments]) -> EntryPage:
        """One page of the documents that answer to conditions."""
        return handlers.search_documents(Repositories(call.connection), call)

    @serve(Records.search_lots, reading=True)
    def search_submission_sets(self, call: RequestContext[SearchSubmissionSets]) -> SubmissionSetPage:
        """One page of the lots that answer to conditions."""
        return handlers.search_submission_sets(Repositories(call.connection), call)

    @serve(Records.change_document)
    def change_document(self, call: RequestContext[ChangeDocument]) -> Changed:
        """Change a document's marks and state."""
        return handlers.change_document(Repositories(call.connection), call, self.settings.mark_rules)

    @serve(Records.list_folders, reading=True)
    def list_folders(self, call: RequestContext[ListFolders]) -> Folders:
        """How a record is arranged."""
        return handlers.list_folders(Repositories(call.connection), call)

    @serve(Records.save_folder)
    def save_folder(self, call: RequestContext[SaveFolder]) -> Folder:
        """Make or rename a folder."""
        return handlers.save_folder(Repositories(call.connection), call)

    @serve(Records.delete_folder)
    def delete_folder(self, call: RequestContext[AboutFolder]) -> FolderGone:
        """Take a folder off."""
        return handlers.delete_folder(Repositories(call.connection), call)

    @serve(Records.arrange_document)
    def arrange_document(self, call: RequestContext[ArrangeDocument]) -> Arrangement:
        """Put a document in folders, and pin it."""
        return handlers.arrange_document(Repositories(call.connection), call)

    @serve(Records.set_visibility)
    def set_visibility(self, call: RequestContext[SetVisibility]) -> Document:
        """Hide a document from professionals, or show it."""
        return handlers.set_visibility(Repositories(call.connection), call, self.settings.mark_rules)

    @serve(Records.show_to_patient)
    def show_to_patient(self, call: RequestContext[AboutDocument]) -> Document:
        """Let the patient see a document before its date."""
        return handlers.show_to_patient(Repositories(call.connection), call)

    @serve(Records.archive_document)
    def archive_document(self, call: RequestContext[ArchiveDocument]) -> Document:
        """Archive a document, or bring it back."""
        return handlers.archive_document(Repositories(call.connection), call)

    @serve(Records.delete_document)
    def delete_document(self, call: RequestContext[AboutDocument]) -> Deleted:
        """Delete a document."""
        handlers.delete_document(Repositories(call.connection), call)
        return Deleted()

    @serve(Records.get_record, reading=True)
    def get_record(self, call: RequestContext[StatusOf]) -> RecordFile:
        """How a record stands."""
        return handlers.get_record(Repositories(call.connection), call)

    @serve(Records.set_default_visibility)
    def set_default_visibility(self, call: RequestContext[SetDefaultVisibility]) -> RecordFile:
        """What new documents are."""
        return handlers.set_default_visibility(Repositories(call.connection), call)

    @serve(Records.close_record)
    def close_record(self, call: RequestContext[CloseRecord]) -> RecordFile:
        """Close a record."""
        return handlers.close_record(Repositories(call.connection), call, self.settings)

    @serve(Records.reopen_record)
    def reopen_record(self, call: RequestContext[StatusOf]) -> RecordFile:
        """Reopen a closed record."""
        return handlers.reopen_record(Repositories(call.connection), call)

    @serve(Records.request_destruction)
    def request_destruction(self, call: RequestContext[StatusOf]) -> RecordFile:
        """Have a record destroyed soon."""
        return handlers.request_destruction(Repositories(call.connection), call, self.settings)

    @serve(Records.show_filing, reading=True)
    def show_filing(self, call: RequestContext[ShowFiling]) -> FilingShown:
        """The filing plan in force."""
        return handlers.show_filing(Repositories(call.connection), call)

    @serve(Records.load_filing)
    def load_filing(self, call: RequestContext[LoadFiling]) -> FilingDiff:
        """Compare or load a filing plan."""
        return handlers.load_filing(Repositories(call.connection), call)

    @serve(Records.suspend_record)
    def suspend_record(self, call: RequestContext[StatusOf]) -> RecordFile:
        """Shut a record on suspicion of fraud."""
        return handlers.suspend_record(Repositories(call.connection), call)

    @serve(Records.resume_record)
    def resume_record(self, call: RequestContext[StatusOf]) -> RecordFile:
        """Lift a suspension."""
        return handlers.resume_record(Repositories(call.connection), call)

    @every(seconds=20)
    def show_documents_due(self, call: RequestContext[None]) -> None:
        """Documents whose date has come."""
        handlers.appear(Repositories(call.connection), call)

    @every(seconds=5)
    def refile_documents(self, call: RequestContext[None]) -> None:
        """Documents filed by another plan than the one in force, a batch at a time."""
        handlers.refile(Repositories(call.connection), call, most=self.settings.refile_batch)

    @every(seconds=60)
    def mark_majorities(self, call: RequestContext[None]) -> None:
        """Holders who have come of age."""
        handlers.come_of_age(Repositories(call.connection), call)

    @every(seconds=60)
    def purge_records(self, call: RequestContext[None]) -> None:
        """Closed records whose time is over."""
        handlers.purge(Repositories(call.connection), call)

    @every(seconds=60)
    def forget_receipts_presented(self, call: RequestContext[None]) -> None:
        """Expired receipts."""
        handlers.forget_receipts(Repositories(call.connection), call)
