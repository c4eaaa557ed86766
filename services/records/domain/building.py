"""Building the document of a deposit: what arrived is held against the record, and becomes what is stored."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.documents import Arrival, Receipt
from contracts.envelope import Actor
from contracts.records.submission_sets import SubmissionSetDocument
from contracts.vocabulary import Ins, PatientId, Rpps, Visibility
from services.records.domain.deposits import (
    DepositRules,
    check_arrival,
    check_claimed_patient,
    check_corrections,
    check_header_patient,
    file_document,
)
from services.records.domain.marks import marks_of_deposit
from services.records.domain.metadata import (
    ResolvedMetadata,
    resolve_cda_metadata,
    resolve_file_metadata,
    with_parent,
)
from services.records.domain.stored import StoredDocument
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
    def parent(self) -> str | None:
        """The uniqueId of the document that the depositor says it replaces."""
        return (self.request.stated and self.request.stated.replaces) or None

    @property
    def is_replacement(self) -> bool:
        """Whether its depositor or its header names a document that it replaces."""
        header = self.arrival.header if isinstance(self.arrival, Receipt) else None
        return bool(self.parent or (header and header.replaced_unique_id))

    @property
    def is_secret(self) -> bool:
        """Whether representatives must not see its journal entry, even if it is refused."""
        return self.arrival.secret or Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in self.request.visibility


class Deposit(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks to be deposited, parsed; `strict`: no metadata is corrected."""

    patient_id: PatientId
    documents: tuple[IncomingDocument, ...]
    submission_set: SubmissionSet
    rules: DepositRules
    strict: bool


class ActiveRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The active record that is deposited into; `default_masked`: its holder's default for new documents."""

    ins: Ins
    default_masked: bool


class BuiltDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document ready to be stored, and the fields of its metadata that were corrected."""

    arrival: Arrival
    stored_document: StoredDocument
    warnings: tuple[str, ...]


def build_document(
    deposit: Deposit,
    incoming: IncomingDocument,
    record: ActiveRecord,
    actor: Actor,
    *,
    parent: StoredDocument | None,
    document_id: UUID,
    entry_uuid: UUID,
    now: datetime,
) -> BuiltDocument:
    """The document that a deposit adds to the record.

    Args:
        parent: the stored document that `incoming.parent` names, if there is one.

    Raises:
        Refusal: what the rules of deposits, marks and metadata refuse.
    """
    check_arrival(incoming.arrival, deposit.patient_id, Rpps(actor.subject))
    resolved = _resolve(incoming, record.ins)
    check_corrections(resolved.warnings, strict=deposit.strict)
    if incoming.parent:
        resolved = with_parent(resolved, parent)
    marks = marks_of_deposit(
        incoming.request.visibility,
        incoming.request.invisible_until,
        secret=incoming.arrival.secret,
        default_masked=record.default_masked,
        rules=deposit.rules.marks,
        now=now,
    )
    stored_document = file_document(
        resolved,
        incoming.arrival,
        actor,
        marks,
        deposit.rules.plan,
        document_id=document_id,
        entry_uuid=entry_uuid,
        lot_id=deposit.submission_set.lot_id,
        now=now,
    )
    return BuiltDocument(arrival=incoming.arrival, stored_document=stored_document, warnings=resolved.warnings)


def _resolve(incoming: IncomingDocument, ins: Ins) -> ResolvedMetadata:
    """The metadata of the header, or of the depositor for a file without one, of the patient of the record."""
    arrival, claimed = incoming.arrival, incoming.request.stated
    if claimed is not None:
        check_claimed_patient(claimed.patient, ins, field="subject")
    if not isinstance(arrival, Receipt):
        return resolve_file_metadata(arrival, claimed)
    check_header_patient(arrival.header, ins)
    return resolve_cda_metadata(arrival, arrival.header, claimed)
