"""Feeding a record: first leave and a ticket for the bytes, then the entry the bytes' receipt allows."""

from datetime import timedelta
from uuid import uuid4

from chassis.units import Call
from contracts.consent import Purpose
from contracts.documents import RECEIPT_KIND, RECEIPT_SECONDS, TICKET_KIND, TICKET_SECONDS, Receipt, UploadTicket
from contracts.errors import RecordNotActive, RecordNotFound, TicketInvalid, UniqueIdTaken
from contracts.records import (
    ContentAbandoned,
    ContentHeld,
    DepositDocument,
    Deposited,
    DocumentDeposited,
    HoldsContent,
    PrepareDeposit,
    Ticket,
)
from contracts.vocabulary import Act, ContentId, PatientId, RecordStatus, Rpps, Visibility
from services.records.actions.access import Access
from services.records.domain import Filed
from services.records.domain.deposits import (
    check_can_replace,
    check_header_patient,
    check_not_deleted,
    check_receipt,
    file_document,
    is_same_deposit,
)
from services.records.domain.marks import MarkRules, Marks, marks_of_deposit
from services.records.store import Cellar, DepositStore


def prepare_deposit(cellar: Cellar, call: Call[PrepareDeposit], limit: int) -> Ticket:
    """Leave to bring bytes in: one ticket, for this patient, this depositor, up to `limit` bytes.

    Raises:
        Refusal: consent's, journalled.
    """
    patient_id = call.message.patient_id
    Access(cellar, call, patient_id, Act.DEPOT_DOCUMENT, secret=call.message.secret).ask(Purpose.DEPOSIT)
    ticket = UploadTicket(
        id=str(uuid4()),
        patient_id=patient_id,
        content_id=ContentId(uuid4()),
        depositor=Rpps(call.actor.subject),
        limit=limit,
        secret=call.message.secret,
    )
    signed = call.signer.sign(ticket, kind=TICKET_KIND, seconds=TICKET_SECONDS, now=call.now.timestamp())
    return Ticket(content_id=ticket.content_id, ticket=signed)


def deposit_document(cellar: Cellar, call: Call[DepositDocument], rules: MarkRules) -> Deposited:
    """Enter the bytes a receipt speaks of; consent ruled when the ticket was given, seconds ago.

    Raises:
        TokenInvalid: not a receipt of documents. TicketInvalid: presented before. RecordNotFound, and what `domain`
            refuses: journalled, and the bytes are destroyed.
    """
    receipt = call.keyring.open(
        call.message.receipt,
        kind=RECEIPT_KIND,
        issuer="documents",
        body=Receipt,
        now=call.now.timestamp(),
        once=True,
    )
    _spend(call, receipt)
    patient_id = call.message.patient_id
    # Refused or not, what is to be hidden from representatives leaves no line before them.
    is_secret = receipt.secret or Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in call.message.visibility
    access = Access(cellar, call, patient_id, Act.DEPOT_DOCUMENT, secret=is_secret)
    call.news.on_refusal(_abandoned(receipt))
    with access.journalled_refusal():
        marks = _checked(cellar, call, receipt, rules)
        filed = file_document(receipt, call.actor, marks, document_id=uuid4(), entry_uuid=uuid4(), now=call.now)
        if not cellar.deposits.file(patient_id, filed):
            return _deposited_before(cellar, call, receipt)
        _take_the_place_of_older(cellar, patient_id, filed)
    access.about(filed.document)
    access.granted()
    call.news.publish(
        DocumentDeposited(
            patient_id=patient_id,
            document_id=filed.document.document_id,
            content_id=receipt.content_id,
            depositor=filed.depositor,
            **access.kept_from,
        )
    )
    return Deposited(document=filed.document, created=True)


def _spend(call: Call[DepositDocument], receipt: Receipt) -> None:
    """A receipt is presented once, whatever comes of it: what was refused, and is being destroyed, never enters."""
    with call.at_once() as connection:
        if not DepositStore(connection).spend_receipt(receipt, call.now):
            raise TicketInvalid


def _checked(cellar: Cellar, call: Call[DepositDocument], receipt: Receipt, rules: MarkRules) -> Marks:
    """The marks of a document that may be entered."""
    asked = call.message
    check_receipt(receipt, asked.patient_id, Rpps(call.actor.subject))
    standing = cellar.records.standing(asked.patient_id, None)
    if standing.ins is None:
        raise RecordNotFound
    # It may have been closed since the ticket was given.
    if standing.status is not RecordStatus.ACTIVE:
        raise RecordNotActive
    check_header_patient(receipt.header, standing.ins)
    return marks_of_deposit(
        asked.visibility,
        asked.invisible_until,
        secret=receipt.secret,
        default_masked=standing.default_masked,
        rules=rules,
        now=call.now,
    )


def _take_the_place_of_older(cellar: Cellar, patient_id: PatientId, filed: Filed) -> None:
    """A document that replaces one this record does not hold is simply the first version here."""
    parent = filed.document.replaces
    older = None if parent is None else cellar.deposits.version_on_file(patient_id, parent)
    if older is not None:
        check_can_replace(older, filed.depositor, filed.structure)
        cellar.deposits.supersede(patient_id, older.document.document_id)


def _deposited_before(cellar: Cellar, call: Call[DepositDocument], receipt: Receipt) -> Deposited:
    on_file = cellar.deposits.version_on_file(call.message.patient_id, receipt.header.unique_id)
    if on_file is None or not is_same_deposit(on_file, receipt):
        raise UniqueIdTaken
    check_not_deleted(on_file.document)
    call.news.publish(_abandoned(receipt))
    return Deposited(document=on_file.document, created=False)


def _abandoned(receipt: Receipt) -> ContentAbandoned:
    return ContentAbandoned(patient_id=receipt.patient_id, content_id=receipt.content_id)


def holds_content(cellar: Cellar, call: Call[HoldsContent]) -> ContentHeld:
    """Whether a document holds this content; asked before bytes that nobody claimed are destroyed."""
    return ContentHeld(held=cellar.deposits.holds_content(call.message.patient_id, call.message.content_id))


def forget_receipts(cellar: Cellar, call: Call[None]) -> None:
    """Receipts that have expired need not be remembered."""
    cellar.deposits.forget_receipts(call.now - timedelta(seconds=RECEIPT_SECONDS))
