"""RPC methods of the records service, and the roles that may call them."""

from contracts.api import Api, Method, always
from contracts.limits import DEPOSIT_LIMITS, FILE_LIMITS, SEARCH_LIMITS
from contracts.records.changes import ChangedDocument, ChangeDocument
from contracts.records.deposits import (
    CheckContentHeld,
    ContentHeld,
    DepositDocument,
    DepositResult,
    PrepareDeposit,
    Ticket,
)
from contracts.records.documents import (
    AboutDocument,
    ArchiveDocument,
    ClinicalDataOpened,
    ContentTicket,
    DeletedDocument,
    Document,
    DocumentList,
    ListDocuments,
    OpenClinicalData,
    ReadDocument,
    SetVisibility,
)
from contracts.records.entries import DocumentEntry
from contracts.records.filing import FilingDiff, FilingShown, LoadFiling, ShowFiling
from contracts.records.folders import (
    AboutFolder,
    ArrangeDocument,
    Arrangement,
    Folder,
    FolderDeleted,
    Folders,
    ListFolders,
    SaveFolder,
)
from contracts.records.lifecycle import (
    AboutRecord,
    CloseRecord,
    FindRecord,
    ListMyRecords,
    MyRecords,
    OpenRecord,
    Record,
    RecordDetails,
    RecordFound,
    RecordStatusResult,
    SetDefaultVisibility,
)
from contracts.records.pages import ComparePage, PageComparison
from contracts.records.searching import DocumentEntryPage, SearchDocuments, SearchSubmissionSets, SubmissionSetPage
from contracts.records.submission_sets import (
    DepositSubmissionSet,
    PrepareSubmissionSet,
    SubmissionSetResult,
    SubmissionSetTickets,
)
from contracts.vocabulary import Role

_OPENERS = frozenset({Role.PROFESSIONAL, Role.AGENT})
_READERS = frozenset({Role.PROFESSIONAL, Role.PATIENT})
_VIEWERS = frozenset({Role.PROFESSIONAL, Role.PATIENT, Role.APP})
_DEPOSITORS = frozenset({Role.PROFESSIONAL})
_HOLDERS = frozenset({Role.PATIENT})
_CLOSERS = frozenset({Role.PATIENT, Role.AGENT})
_OPERATOR = frozenset({Role.OPERATOR})


class Records(Api, service="records"):
    """RPC methods of the records service, which keeps records and the entries of their documents."""

    open_record = Method(OpenRecord, Record, roles=_OPENERS)
    find_record = Method(FindRecord, RecordFound, roles=_OPENERS)
    show_state = Method(AboutRecord, Record, roles=frozenset({Role.AGENT}))
    list_my_records = Method(ListMyRecords, MyRecords, roles=_DEPOSITORS)
    holds_content = Method(CheckContentHeld, ContentHeld, roles=frozenset({Role.SERVICE}))
    status_of = Method(AboutRecord, RecordStatusResult, roles=_READERS | {Role.AGENT, Role.OPERATOR, Role.SERVICE})
    prepare_deposit = Method(PrepareDeposit, Ticket, roles=_DEPOSITORS)
    deposit_document = Method(DepositDocument, DepositResult, roles=_DEPOSITORS, limits=DEPOSIT_LIMITS)
    list_documents = Method(ListDocuments, DocumentList, roles=_VIEWERS)
    compare_page = Method(ComparePage, PageComparison, roles=_READERS)
    get_document = Method(ReadDocument, Document, roles=_VIEWERS)
    open_content = Method(ReadDocument, ContentTicket, roles=_VIEWERS)
    open_facts = Method(OpenClinicalData, ClinicalDataOpened, roles=_VIEWERS)
    read_entry = Method(ReadDocument, DocumentEntry, roles=_VIEWERS)
    search_documents = Method(SearchDocuments, DocumentEntryPage, roles=_VIEWERS, limits=SEARCH_LIMITS)
    search_lots = Method(SearchSubmissionSets, SubmissionSetPage, roles=_VIEWERS, limits=SEARCH_LIMITS)
    prepare_lot = Method(PrepareSubmissionSet, SubmissionSetTickets, roles=_DEPOSITORS)
    deposit_lot = Method(DepositSubmissionSet, SubmissionSetResult, roles=_DEPOSITORS, limits=DEPOSIT_LIMITS)
    change_document = Method(ChangeDocument, ChangedDocument, roles=_READERS)
    list_folders = Method(ListFolders, Folders, roles=_HOLDERS)
    save_folder = Method(SaveFolder, Folder, roles=_HOLDERS)
    delete_folder = Method(AboutFolder, FolderDeleted, roles=_HOLDERS)
    arrange_document = Method(ArrangeDocument, Arrangement, roles=_HOLDERS)
    set_visibility = Method(SetVisibility, Document, roles=_READERS)
    show_to_patient = Method(AboutDocument, Document, roles=_DEPOSITORS)
    archive_document = Method(ArchiveDocument, Document, roles=_READERS)
    delete_document = Method(AboutDocument, DeletedDocument, roles=_READERS)
    get_record = Method(AboutRecord, RecordDetails, roles=frozenset({Role.PATIENT}))
    set_default_visibility = Method(SetDefaultVisibility, RecordDetails, roles=frozenset({Role.PATIENT}))
    close_record = Method(CloseRecord, RecordDetails, roles=_CLOSERS)
    reopen_record = Method(AboutRecord, RecordDetails, roles=_CLOSERS)
    request_destruction = Method(AboutRecord, RecordDetails, roles=frozenset({Role.PATIENT}))
    show_filing = Method(ShowFiling, FilingShown, roles=_OPERATOR)
    load_filing = Method(
        LoadFiling, FilingDiff, roles=_OPERATOR, countersigned=lambda request: request.load, limits=FILE_LIMITS
    )
    suspend_record = Method(AboutRecord, RecordDetails, roles=_OPERATOR, countersigned=always)
    resume_record = Method(AboutRecord, RecordDetails, roles=_OPERATOR, countersigned=always)
