"""Entering the documents of one submission set: each is checked, filed, journalled and announced."""

from uuid import uuid4

import msgspec

from contracts.documents import Arrival, Receipt
from contracts.errors import RecordNotActive, RecordNotFound, UniqueIdTaken
from contracts.records import DepositSubmissionSet, DocumentDeposited, SubmissionSetDocument
from contracts.vocabulary import Ins, RecordStatus, Rpps, Visibility
from services.records.context import RecordsContext
from services.records.domain import RecordState, StoredDocument
from services.records.domain.deposits import (
    DepositRules,
    check_arrival,
    check_can_replace,
    check_claimed_patient,
    check_corrections,
    check_header_patient,
    check_not_deleted,
    file_document,
    is_same_deposit,
)
from services.records.domain.marks import Marks, marks_of_deposit
from services.records.domain.metadata import (
    ResolvedMetadata,
    resolve_cda_metadata,
    resolve_file_metadata,
    with_parent,
)
from services.records.domain.submission_sets import SubmissionSet


class IncomingDocument(msgspec.Struct, frozen=True):
    """An uploaded content, and what the depositor asks for it."""

    arrival: Arrival
    request: SubmissionSetDocument

    @property
    def name(self) -> str:
        """The uniqueId its header or its depositor claims."""
        if isinstance(self.arrival, Receipt):
            return self.arrival.header.unique_id
        return (self.request.stated and self.request.stated.unique_id) or ""

    @property
    def is_secret(self) -> bool:
        """Whether representatives must not see its journal entry, even if it is refused."""
        return self.arrival.secret or Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in self.request.visibility


class DepositedDocument(msgspec.Struct, frozen=True):
    """A document in the record; `created` is False where it was there before."""

    arrival: Arrival
    stored_document: StoredDocument
    created: bool
    warnings: tuple[str, ...]


class DepositHandler:
    """Enters the documents of one submission set."""

    def __init__(
        self,
        ctx: RecordsContext,
        request: DepositSubmissionSet,
        submission_set: SubmissionSet,
        rules: DepositRules,
    ) -> None:
        self._ctx = ctx
        self._request = request
        self._submission_set = submission_set
        self._rules = rules
        self._patient_id = request.patient_id
        self._record: RecordState | None = None

    def check_set(self) -> None:
        """Check what the set claims of the patient."""
        self._ctx.access.secret = any(
            Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in document.visibility for document in self._request.documents
        )
        _, ins = self._active_record()
        check_claimed_patient(self._submission_set.metadata.patient, ins, field="List.extension")

    def enter(self, incoming: IncomingDocument) -> DepositedDocument:
        """Enter one document; raises what `domain` refuses."""
        self._ctx.access.secret = incoming.is_secret
        resolved = self._resolve_metadata(incoming)
        stored_document = self._stored_document(incoming, resolved)
        if not self._ctx.repositories.deposits.file(self._patient_id, stored_document):
            existing = self._existing(incoming.arrival, resolved)
            return DepositedDocument(incoming.arrival, existing, False, resolved.warnings)
        self._supersede_older(stored_document)
        self._announce(stored_document)
        return DepositedDocument(incoming.arrival, stored_document, True, resolved.warnings)

    def _active_record(self) -> tuple[RecordState, Ins]:
        """The record may have been closed since the tickets were given; it is read once for all documents."""
        if self._record is None:
            self._record = self._ctx.repositories.records.state(self._patient_id, None)
        if self._record.ins is None:
            raise RecordNotFound
        if self._record.status is not RecordStatus.ACTIVE:
            raise RecordNotActive
        return self._record, self._record.ins

    def _resolve_metadata(self, incoming: IncomingDocument) -> ResolvedMetadata:
        """The metadata of a document that may be entered."""
        check_arrival(incoming.arrival, self._patient_id, Rpps(self._ctx.actor.subject))
        _, ins = self._active_record()
        claimed = incoming.request.stated
        if claimed is not None:
            check_claimed_patient(claimed.patient, ins, field="subject")
        if isinstance(incoming.arrival, Receipt):
            check_header_patient(incoming.arrival.header, ins)
            resolved = resolve_cda_metadata(incoming.arrival, incoming.arrival.header, claimed)
        else:
            resolved = resolve_file_metadata(incoming.arrival, claimed)
        check_corrections(resolved.warnings, strict=self._request.strict)
        return self._with_parent(resolved, incoming)

    def _with_parent(self, resolved: ResolvedMetadata, incoming: IncomingDocument) -> ResolvedMetadata:
        """A claimed parent must be in the record, and be the one the header names if it names one."""
        parent = incoming.request.stated and incoming.request.stated.replaces
        if not parent:
            return resolved
        return with_parent(resolved, self._ctx.repositories.deposits.version_on_file(self._patient_id, parent))

    def _stored_document(self, incoming: IncomingDocument, resolved: ResolvedMetadata) -> StoredDocument:
        marks = marks_of_deposit(
            incoming.request.visibility,
            incoming.request.invisible_until,
            secret=incoming.arrival.secret,
            default_masked=self._active_record()[0].default_masked,
            rules=self._rules.marks,
            now=self._ctx.now,
        )
        return file_document(
            resolved,
            incoming.arrival,
            self._ctx.actor,
            marks,
            self._rules.plan,
            document_id=uuid4(),
            entry_uuid=uuid4(),
            lot_id=self._submission_set.lot_id,
            now=self._ctx.now,
        )

    def _supersede_older(self, stored_document: StoredDocument) -> None:
        """A document that replaces one this record does not hold is the first version here."""
        repositories, parent = self._ctx.repositories, stored_document.document.replaces
        older = None if parent is None else repositories.deposits.version_on_file(self._patient_id, parent)
        if older is not None:
            check_can_replace(older, stored_document.depositor, stored_document.structure)
            older_id = older.document.document_id
            repositories.deposits.supersede(self._patient_id, older_id, self._ctx.now)
            repositories.folders.follow(self._patient_id, older_id, stored_document.document.document_id)

    def _existing(self, arrival: Arrival, resolved: ResolvedMetadata) -> StoredDocument:
        """The document that has the uniqueId already, if this is the same deposit made again."""
        existing = self._ctx.repositories.deposits.version_on_file(self._patient_id, resolved.unique_id)
        if existing is None or not is_same_deposit(existing, arrival):
            raise UniqueIdTaken
        check_not_deleted(existing.document)
        return existing

    def _announce(self, stored_document: StoredDocument) -> None:
        """Journal and publish a new document, kept from whom the document is kept from."""
        ctx, document = self._ctx, stored_document.document
        marks = Marks(visibility=document.visibility, invisible_until=document.invisible_until).on_entries(ctx.now)
        flags = {"secret": ctx.access.secret or marks.secret, "withheld": marks.withheld}
        ctx.access.add(self._patient_id, document.document_id, **flags)
        ctx.events.publish(
            DocumentDeposited(
                patient_id=self._patient_id,
                document_id=document.document_id,
                content_id=stored_document.content_id,
                depositor=stored_document.depositor,
                **flags,
            )
        )
