"""The entrance of a record: each document of a lot is checked, filed, journalled and told of."""

from collections.abc import Callable
from uuid import uuid4

import msgspec

from chassis.units import RequestContext
from contracts.documents import Arrival, Receipt
from contracts.errors import RecordNotActive, RecordNotFound, UniqueIdTaken
from contracts.records import DepositSubmissionSet, DocumentDeposited, SubmissionSetDocument
from contracts.vocabulary import Act, Ins, RecordStatus, Rpps, Visibility
from services.records.domain import RecordContext, StoredDocument
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
from services.records.domain.marks import marks_of_deposit
from services.records.domain.metadata import (
    ResolvedMetadata,
    resolve_cda_metadata,
    resolve_file_metadata,
    with_parent,
)
from services.records.domain.submission_sets import SubmissionSet
from services.records.handlers.access import Access
from services.records.repositories import Repositories


class IncomingDocument(msgspec.Struct, frozen=True):
    """What has arrived, and what is asked for it."""

    arrival: Arrival
    request: SubmissionSetDocument

    @property
    def name(self) -> str:
        """The uniqueId it is said to have."""
        if isinstance(self.arrival, Receipt):
            return self.arrival.header.unique_id
        return (self.request.stated and self.request.stated.unique_id) or ""

    @property
    def is_secret(self) -> bool:
        """Refused or not, what is to be hidden from representatives leaves no line before them."""
        return self.arrival.secret or Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in self.request.visibility


class DepositedDocument(msgspec.Struct, frozen=True):
    """A document in the record; `created` is False where it was there before."""

    arrival: Arrival
    stored: StoredDocument
    created: bool
    warnings: tuple[str, ...]


class DepositHandler:
    """Through which the documents of one lot come in."""

    def __init__(
        self,
        repositories: Repositories,
        call: RequestContext[DepositSubmissionSet],
        lot: SubmissionSet,
        rules: DepositRules,
    ) -> None:
        self._repositories = repositories
        self._call = call
        self._lot = lot
        self._rules = rules
        self._patient_id = call.message.patient_id
        self._stored_record: RecordContext | None = None

    def check_set(self, check: Callable[[Ins], None]) -> None:
        """What is said of the lot fits the record; a refusal is journalled as one of a deposit."""
        secret = any(
            Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in one.visibility for one in self._call.message.documents
        )
        access = Access(self._repositories, self._call, self._patient_id, Act.DEPOT_DOCUMENT, secret=secret)
        with access.journalled_refusal():
            check(self._record_context()[1])

    def enter(self, one: IncomingDocument) -> DepositedDocument:
        """One document.

        Raises:
            Refusal: journalled.
        """
        access = Access(self._repositories, self._call, self._patient_id, Act.DEPOT_DOCUMENT, secret=one.is_secret)
        with access.journalled_refusal():
            resolved = self._checked(one)
            stored = self._filed(one, resolved)
            if not self._repositories.deposits.file(self._patient_id, stored):
                return DepositedDocument(
                    one.arrival, self._there_before(one.arrival, resolved), False, resolved.warnings
                )
            self._take_the_place_of_older(stored)
        access.about(stored.document)
        access.granted()
        self._notify(stored, access)
        return DepositedDocument(one.arrival, stored, True, resolved.warnings)

    def _record_context(self) -> tuple[RecordContext, Ins]:
        """The record may have been closed since the tickets were given."""
        if self._stored_record is None:
            self._stored_record = self._repositories.records.record_context(self._patient_id, None)
        if self._stored_record.ins is None:
            raise RecordNotFound
        if self._stored_record.status is not RecordStatus.ACTIVE:
            raise RecordNotActive
        return self._stored_record, self._stored_record.ins

    def _checked(self, one: IncomingDocument) -> ResolvedMetadata:
        """What is said of a document that may be entered."""
        check_arrival(one.arrival, self._patient_id, Rpps(self._call.actor.subject))
        _, ins = self._record_context()
        stated = one.request.stated
        if stated is not None:
            check_claimed_patient(stated.patient, ins, field="subject")
        if isinstance(one.arrival, Receipt):
            check_header_patient(one.arrival.header, ins)
            resolved = resolve_cda_metadata(one.arrival, one.arrival.header, stated)
        else:
            resolved = resolve_file_metadata(one.arrival, stated)
        check_corrections(resolved.warnings, strict=self._call.message.strict)
        return self._with_parent(resolved, one)

    def _with_parent(self, resolved: ResolvedMetadata, one: IncomingDocument) -> ResolvedMetadata:
        """A stated parent is one the record holds; it is on file by its uniqueId, and the header agrees."""
        stated = one.request.stated and one.request.stated.replaces
        if not stated:
            return resolved
        return with_parent(resolved, self._repositories.deposits.version_on_file(self._patient_id, stated))

    def _filed(self, one: IncomingDocument, resolved: ResolvedMetadata) -> StoredDocument:
        marks = marks_of_deposit(
            one.request.visibility,
            one.request.invisible_until,
            secret=one.arrival.secret,
            default_masked=self._record_context()[0].default_masked,
            rules=self._rules.marks,
            now=self._call.now,
        )
        return file_document(
            resolved,
            one.arrival,
            self._call.actor,
            marks,
            self._rules.plan,
            document_id=uuid4(),
            entry_uuid=uuid4(),
            lot_id=self._lot.lot_id,
            now=self._call.now,
        )

    def _take_the_place_of_older(self, stored: StoredDocument) -> None:
        """A document that replaces one this record does not hold is simply the first version here."""
        parent = stored.document.replaces
        older = None if parent is None else self._repositories.deposits.version_on_file(self._patient_id, parent)
        if older is not None:
            check_can_replace(older, stored.depositor, stored.structure)
            self._repositories.deposits.supersede(self._patient_id, older.document.document_id, self._call.now)
            self._repositories.folders.follow(
                self._patient_id, older.document.document_id, stored.document.document_id
            )

    def _there_before(self, arrival: Arrival, resolved: ResolvedMetadata) -> StoredDocument:
        stored_record = self._repositories.deposits.version_on_file(self._patient_id, resolved.unique_id)
        if stored_record is None or not is_same_deposit(stored_record, arrival):
            raise UniqueIdTaken
        check_not_deleted(stored_record.document)
        return stored_record

    def _notify(self, stored: StoredDocument, access: Access) -> None:
        self._call.events.publish(
            DocumentDeposited(
                patient_id=self._patient_id,
                document_id=stored.document.document_id,
                content_id=stored.content_id,
                depositor=stored.depositor,
                **access.kept_from,
            )
        )
