"""A deposit, in five steps: parse, authorise, build, store, emit; one document is a submission set of one."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import msgspec

from chassis.access_rules import NoEntry
from contracts.documents import Arrival
from contracts.errors.execution import TicketInvalid, UniqueIdTaken
from contracts.errors.request import RecordNotActive, RecordNotFound
from contracts.records.events import ContentAbandoned, DocumentDeposited
from contracts.records.submission_sets import DepositSubmissionSet
from contracts.vocabulary import Depositor, PatientId, RecordStatus, Visibility
from services.records.context import RecordsContext
from services.records.domain import StoredDocument
from services.records.domain.building import ActiveRecord, BuiltDocument, Deposit, IncomingDocument, build_document
from services.records.domain.depositors import depositor_of
from services.records.domain.deposits import (
    check_can_replace,
    check_claimed_patient,
    check_not_deleted,
    check_traits,
    is_same_deposit,
    version_known_to,
)
from services.records.domain.marks import marks_of
from services.records.domain.submission_sets import check_set_size, submission_set_of
from services.records.domain.traits import SET_FIELDS
from services.records.holder import current_traits, known_numbers
from services.records.receipts import open_receipt
from services.records.repositories.deposits import DepositRepository

_REASON = "alimentation"
"""Journalled in place of consent's reason, which allowed the deposit when its ticket was given."""


class DepositedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document in the record; `created` is False where it was there before."""

    arrival: Arrival
    stored_document: StoredDocument
    created: bool
    warnings: tuple[str, ...]


def deposit_all(ctx: RecordsContext, request: DepositSubmissionSet) -> tuple[UUID, list[DepositedDocument]]:
    """The id of the submission set, and its documents in the order of the request; all are deposited, or none."""
    ctx.access.reason = _REASON
    # First of all: the entry of every refusal is kept from whom a document is.
    ctx.access.secret = any(
        Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in document.visibility for document in request.documents
    )
    check_set_size(len(request.documents), ctx.settings.lot_limit)
    deposit = _parse(ctx, request)
    record = _authorise(ctx, deposit)
    if any(document.is_replacement for document in deposit.documents):
        # Asks consent, so before anything is locked.
        _ = ctx.view
    # Always in the same order, so that two deposits of the same documents wait for each other and do not deadlock.
    places = sorted(range(len(deposit.documents)), key=lambda place: deposit.documents[place].name)
    by_place = {place: _store(ctx, _build(ctx, deposit, deposit.documents[place], record)) for place in places}
    deposited = [by_place[place] for place in range(len(places))]
    return _emit(ctx, deposit, deposited), deposited


def _parse(ctx: RecordsContext, request: DepositSubmissionSet) -> Deposit:
    """The request with its receipts opened and spent: each counts once, and what is refused is destroyed."""
    depositor = depositor_of(ctx.actor, request.patient_id)
    deposit = Deposit(
        patient_id=request.patient_id,
        depositor=depositor,
        structure=ctx.actor.structure,
        documents=tuple(
            IncomingDocument(open_receipt(ctx, document.receipt), document) for document in request.documents
        ),
        submission_set=submission_set_of(request.lot, depositor, lot_id=uuid4(), now=ctx.now),
        # May read from the database, so before the receipts are spent.
        rules=ctx.deposit_rules,
        strict=request.strict,
        patient_traits=request.patient_traits,
    )
    ctx.access.secret = any(document.is_secret for document in deposit.documents)
    arrivals = [document.arrival for document in deposit.documents]
    with ctx.autocommit() as connection:
        if not DepositRepository(connection).spend_receipts(arrivals, ctx.now):
            raise TicketInvalid
    for arrival in arrivals:
        ctx.events.on_refusal(_abandoned(arrival))
    return deposit


def _authorise(ctx: RecordsContext, deposit: Deposit) -> ActiveRecord:
    """The record of the patient whom the set names; it may have been closed since the tickets were given."""
    state = ctx.repositories.records.state(deposit.patient_id, None)
    if state.ins is None or state.own_status is None:
        raise RecordNotFound
    if state.status is not RecordStatus.ACTIVE:
        raise RecordNotActive
    numbers = known_numbers(ctx, deposit, state.ins)
    check_claimed_patient(deposit.submission_set.metadata.patient, numbers, field="List.extension")
    traits = current_traits(ctx, deposit, state.traits)
    # Here too, because the entry of a refused set is kept from whom any of its documents is.
    check_traits(deposit.patient_traits, SET_FIELDS, traits, refuses=deposit.refuses_other_traits)
    return ActiveRecord(
        numbers=numbers,
        default_masked=state.masks(ctx.now.date()),
        traits=traits,
    )


def _build(ctx: RecordsContext, deposit: Deposit, incoming: IncomingDocument, record: ActiveRecord) -> BuiltDocument:
    # If this document is refused, its entry is kept from whom the document is.
    ctx.access.secret = incoming.is_secret
    return build_document(
        deposit,
        incoming,
        record,
        parent=_version_known(ctx, deposit.depositor, incoming.parent),
        document_id=uuid4(),
        entry_uuid=uuid4(),
        now=ctx.now,
    )


def _store(ctx: RecordsContext, built: BuiltDocument) -> DepositedDocument:
    """The document, in place of the one it replaces; or the one that was there, if this repeats its deposit."""
    new, patient_id = built.stored_document, built.arrival.patient_id
    created = ctx.repositories.deposits.file(patient_id, new)
    if created:
        _supersede_older(ctx, patient_id, new)
    return DepositedDocument(
        arrival=built.arrival,
        stored_document=new if created else _existing(ctx, built),
        created=created,
        warnings=built.warnings,
    )


def _supersede_older(ctx: RecordsContext, patient_id: PatientId, new: StoredDocument) -> None:
    """A document that replaces one this record does not hold is the first version here.

    So is one that replaces what is hidden from its depositor, who would learn of it by any other answer.
    """
    older = _version_known(ctx, new.depositor, new.document.replaces)
    if older is not None:
        check_can_replace(older, new.depositor, new.structure)
        older_id, newer_id = older.document.document_id, new.document.document_id
        ctx.repositories.deposits.supersede(patient_id, older_id, newer_id)
        ctx.repositories.folders.follow(patient_id, older_id, newer_id)


def _existing(ctx: RecordsContext, built: BuiltDocument) -> StoredDocument:
    named = ctx.repositories.deposits.version_for(
        ctx.view, built.stored_document.document.unique_id, only=built.arrival.patient_id
    )
    if named is None or not is_same_deposit(named.stored_document, built.arrival):
        raise UniqueIdTaken
    check_not_deleted(named.stored_document.document)
    return named.stored_document


def _version_known(ctx: RecordsContext, depositor: Depositor, identifier: str | None) -> StoredDocument | None:
    """The document that its depositor says is replaced, as they know it."""
    if identifier is None:
        return None
    # Under the identity that the deposit names: what is under the other one stays as it is.
    named = ctx.repositories.deposits.version_for(ctx.view, identifier, only=ctx.access.patient_id)
    return version_known_to(named, depositor, ctx.actor.structure)


def _emit(ctx: RecordsContext, deposit: Deposit, deposited: Sequence[DepositedDocument]) -> UUID:
    """Add the set of the new documents and announce them; the id of the set, or of that of a repeated deposit."""
    new = [document for document in deposited if document.created]
    for document in new:
        _announce(ctx, document.stored_document, deposit.patient_id)
    for document in deposited:
        if not document.created:
            ctx.events.publish(_abandoned(document.arrival))
    if not new:
        ctx.access.skip(NoEntry.REPEATED)
        return deposited[0].stored_document.lot_id or deposit.submission_set.lot_id
    # Refused as a whole: the entry is kept from whom any of its documents is.
    ctx.access.secret = any(document.is_secret for document in deposit.documents)
    if not ctx.repositories.submission_sets.add(deposit.patient_id, deposit.submission_set):
        raise UniqueIdTaken
    return deposit.submission_set.lot_id


def _announce(ctx: RecordsContext, stored_document: StoredDocument, patient_id: PatientId) -> None:
    """Journal and publish a new document, kept from whom the document is kept from."""
    document = stored_document.document
    marks = marks_of(document).on_entries(ctx.now)
    # In a secret connection every document is marked secret (marks_of_deposit).
    flags = {"secret": marks.secret, "withheld": marks.withheld}
    ctx.access.add(patient_id, document.document_id, **flags)
    ctx.events.publish(
        DocumentDeposited(
            patient_id=patient_id,
            document_id=document.document_id,
            content_id=stored_document.content_id,
            depositor=stored_document.depositor.id,
            depositor_kind=stored_document.depositor.kind,
            **flags,
        )
    )


def _abandoned(arrival: Arrival) -> ContentAbandoned:
    return ContentAbandoned(patient_id=arrival.patient_id, content_id=arrival.content_id)
