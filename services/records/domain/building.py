"""Building the document of a deposit: what arrived is held against the record, and becomes what is stored."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.documents import Arrival, Receipt
from contracts.records.submission_sets import SubmissionSetDocument
from contracts.traits import ClaimedTraits
from contracts.vocabulary import Depositor, Ins, PatientId, Visibility
from services.records.domain.depositors import check_may_file
from services.records.domain.deposits import (
    DepositRules,
    check_arrival,
    check_claimed_patient,
    check_corrections,
    check_header_patient,
    check_traits,
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
from services.records.domain.traits import (
    CLAIMED_FIELDS,
    HEADER_FIELDS,
    SET_FIELDS,
    HolderTraits,
    Trait,
    missing,
)


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
    """What a request asks to be deposited, parsed.

    `structure`: of the depositor. `strict`: no metadata is corrected, no contradicting trait accepted.
    `patient_traits`: stated for the whole set.
    """

    patient_id: PatientId
    depositor: Depositor
    structure: str | None
    documents: tuple[IncomingDocument, ...]
    submission_set: SubmissionSet
    rules: DepositRules
    strict: bool
    patient_traits: ClaimedTraits = ClaimedTraits()

    @property
    def refuses_other_traits(self) -> bool:
        """Whether a document that describes another person is refused, not only warned of."""
        return self.strict or self.rules.refuses_other_traits


class ActiveRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The active record that is deposited into.

    `numbers`: the holder's INS, and those of before if a deposit names another than it.
    `default_masked`: their default for new documents. `traits`: None where nobody knows them.
    """

    numbers: tuple[Ins, ...]
    default_masked: bool
    traits: HolderTraits | None


class BuiltDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document ready to be stored, and the fields to warn of."""

    arrival: Arrival
    stored_document: StoredDocument
    warnings: tuple[str, ...]


def build_document(
    deposit: Deposit,
    incoming: IncomingDocument,
    record: ActiveRecord,
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
    check_arrival(incoming.arrival, deposit.patient_id, deposit.depositor)
    resolved = _resolve(incoming, record.numbers)
    check_may_file(deposit.depositor, resolved.type_code)
    check_corrections(resolved.warnings, strict=deposit.strict)
    warnings = (*resolved.warnings, *_check_traits(deposit, incoming, record.traits))
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
        deposit.structure,
        marks,
        deposit.rules.plan,
        document_id=document_id,
        entry_uuid=entry_uuid,
        lot_id=deposit.submission_set.lot_id,
        now=now,
    )
    return BuiltDocument(arrival=incoming.arrival, stored_document=stored_document, warnings=warnings)


def claimed_traits(
    deposit: Deposit, incoming: IncomingDocument
) -> Iterator[tuple[ClaimedTraits, Mapping[Trait, str]]]:
    """All that is claimed of the patient of a document, with the names of the traits where it stands."""
    if isinstance(incoming.arrival, Receipt):
        yield incoming.arrival.header.patient.traits, HEADER_FIELDS
    if incoming.request.stated is not None:
        yield incoming.request.stated.patient_traits, CLAIMED_FIELDS
    yield deposit.patient_traits, SET_FIELDS


def _check_traits(deposit: Deposit, incoming: IncomingDocument, holder: HolderTraits | None) -> tuple[str, ...]:
    """The fields to warn of: traits of another person where they are not refused, and missing traits."""
    claims = tuple(claimed_traits(deposit, incoming))
    # A header has to name its patient itself; the patient of a file may be named with the file or with the set.
    counted = claims[:1] if isinstance(incoming.arrival, Receipt) else claims
    absent = [missing(claimed, holder) for claimed, _ in counted]
    fields = counted[0][1]
    return (
        *(field for claim in claims for field in check_traits(*claim, holder, refuses=deposit.refuses_other_traits)),
        *(fields[trait] for trait in absent[0] if all(trait in each for each in absent)),
    )


def check_patients(deposit: Deposit, numbers: tuple[Ins, ...]) -> None:
    """Everything that names the patient of a deposit names them by one of these numbers.

    Raises:
        HeaderContradicts.
    """
    check_claimed_patient(deposit.submission_set.metadata.patient, numbers, field="List.extension")
    for incoming in deposit.documents:
        _check_patient(incoming, numbers)


def _check_patient(incoming: IncomingDocument, numbers: tuple[Ins, ...]) -> None:
    claimed = incoming.request.stated
    if claimed is not None:
        check_claimed_patient(claimed.patient, numbers, field="subject")
    if isinstance(incoming.arrival, Receipt):
        check_header_patient(incoming.arrival.header, numbers)


def _resolve(incoming: IncomingDocument, numbers: tuple[Ins, ...]) -> ResolvedMetadata:
    """The metadata of the header, or of the depositor for a file without one, of the patient of the record."""
    arrival, claimed = incoming.arrival, incoming.request.stated
    _check_patient(incoming, numbers)
    if not isinstance(arrival, Receipt):
        return resolve_file_metadata(arrival, claimed)
    return resolve_cda_metadata(arrival, arrival.header, claimed)
