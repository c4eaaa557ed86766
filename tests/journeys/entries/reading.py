"""Steps: documents are read, downloaded and searched, by those who may and those who may not."""

from contracts.audit import Audit
from contracts.records.api import Records
from contracts.records.documents import ListDocuments, OpenClinicalData, ReadDocument
from contracts.records.pages import ComparePage
from contracts.records.searching import SearchDocuments, SearchSubmissionSets
from contracts.vocabulary import Capacity, DocumentStatus
from tests.journeys.entries.data_plane import DownloadOfContent, ReadingOfClinicalData, TransferMethods
from tests.journeys.entries.depositing import document
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import NOBODY, allowed, refused


def reads(run: ScenarioRun, name: str, *, of: str = "holder", secret: bool = False) -> ReadDocument:
    return ReadDocument(patient_id=run.id(of), document_id=document(run, name), secret=secret)


def reads_plain(run: ScenarioRun) -> ReadDocument:
    return reads(run, "plain")


def lists(run: ScenarioRun, of: str = "holder") -> ListDocuments:
    return ListDocuments(patient_id=run.id(of))


def lists_for_page(run: ScenarioRun) -> ListDocuments:
    return ListDocuments(patient_id=run.id("holder"), page=True)


def compares_page(run: ScenarioRun) -> ComparePage:
    """The page of the last reading, by whomever."""
    return ComparePage(patient_id=run.id("holder"), page=run.last(Records.list_documents, "page").page)


def opens_data(run: ScenarioRun) -> OpenClinicalData:
    return OpenClinicalData(patient_id=run.id("holder"))


def opens_data_together(run: ScenarioRun) -> OpenClinicalData:
    return OpenClinicalData(patient_id=run.id("holder"), together=True)


def reads_data(run: ScenarioRun) -> ReadingOfClinicalData:
    return ReadingOfClinicalData(ticket=run.last(Records.open_facts, "together").ticket)


def searches(run: ScenarioRun) -> SearchDocuments:
    return SearchDocuments(patient_id=run.id("holder"), statuses=(DocumentStatus.CURRENT,))


def searches_sets(run: ScenarioRun) -> SearchSubmissionSets:
    return SearchSubmissionSets(patient_id=run.id("holder"))


def downloads(run: ScenarioRun) -> DownloadOfContent:
    opened = run.last(Records.open_content)
    return DownloadOfContent(content_id=opened.content_id, ticket=opened.ticket)


ORDINARY = (
    allowed(Records.list_documents, "gp", lists),
    allowed(Records.list_documents, "carer", lists, capacity=Capacity.AIDANT),
    allowed(
        Records.list_documents,
        "parent",
        lambda run: lists(run, "minor"),
        capacity=Capacity.REPRESENTANT_LEGAL,
    ),
    refused("consent.missing", Records.list_documents, "specialist", lists),
    # Consent decides nothing after the deadline.
    refused("service.deadline", Records.list_documents, "gp", lists, is_late=True),
    allowed(Records.list_documents, "gp", lists_for_page, keep="page"),
    allowed(Records.compare_page, "gp", compares_page),
    refused("request.invalid", Records.compare_page, "specialist", compares_page),
    allowed(Records.list_documents, "holder", lists_for_page, keep="page"),
    allowed(Audit.compare_page, "holder", compares_page),
    refused("request.invalid", Audit.compare_page, "carer", compares_page),
    allowed(Records.get_document, "gp", reads_plain),
    refused("consent.missing", Records.get_document, "specialist", reads_plain),
    allowed(Records.read_entry, "gp", reads_plain),
    refused("consent.missing", Records.read_entry, "specialist", reads_plain),
    allowed(Records.open_content, "gp", reads_plain),
    refused("consent.missing", Records.open_content, "specialist", reads_plain),
    allowed(TransferMethods.download, "gp", downloads),
    refused("ticket.invalid", TransferMethods.download, NOBODY, downloads),
    allowed(Records.open_facts, "gp", opens_data),
    refused("consent.missing", Records.open_facts, "specialist", opens_data),
    allowed(Records.open_facts, "gp", opens_data_together, keep="together"),
    allowed(TransferMethods.read_clinical_data, "gp", reads_data),
    refused("ticket.invalid", TransferMethods.read_clinical_data, NOBODY, reads_data),
    allowed(Records.search_documents, "gp", searches),
    refused("consent.missing", Records.search_documents, "specialist", searches),
    allowed(Records.search_lots, "gp", searches_sets),
    refused("consent.missing", Records.search_lots, "specialist", searches_sets),
)

HIDDEN = (
    # Masked from professionals: neither the patient nor representatives are kept from it.
    refused("document.not_found", Records.get_document, "gp", lambda run: reads(run, "masked")),
    allowed(Records.get_document, "holder", lambda run: reads(run, "masked")),
    # Invisible to the patient, who must not learn that it exists: what the patient names, they know.
    allowed(Records.get_document, "gp", lambda run: reads(run, "invisible"), withheld=True),
    refused(
        "consent.missing", Records.open_content, "specialist", lambda run: reads(run, "invisible"), withheld=True
    ),
    refused("document.not_found", Records.get_document, "holder", lambda run: reads(run, "invisible")),
    # Secret from representatives.
    allowed(Records.get_document, "hospital", lambda run: reads(run, "secret", of="minor", secret=True), secret=True),
    allowed(Records.get_document, "minor", lambda run: reads(run, "secret", of="minor"), secret=True),
    refused(
        "consent.missing",
        Records.read_entry,
        "specialist",
        lambda run: reads(run, "secret", of="minor"),
        secret=True,
    ),
    refused(
        "document.not_found",
        Records.get_document,
        "parent",
        lambda run: reads(run, "secret", of="minor"),
        capacity=Capacity.REPRESENTANT_LEGAL,
    ),
)

STEPS = (*ORDINARY, *HIDDEN)
