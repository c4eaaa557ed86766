"""Depositing: first a permit and tickets for the bytes, then the entries their receipts allow, all or none."""

from datetime import timedelta
from uuid import uuid4

from chassis.access_rules import NoEntry, NoQuestion, asks, unasked, unjournalled
from chassis.handlers import Tick, every, handles
from contracts.consent.decisions import Purpose
from contracts.documents import RECEIPT_SECONDS, TICKET_KIND, TICKET_SECONDS, TICKETS_ARE_FOR, UploadTicket
from contracts.records.api import Records
from contracts.records.deposits import (
    CheckContentHeld,
    ContentHeld,
    DepositDocument,
    DepositResult,
    PrepareDeposit,
    Ticket,
)
from contracts.records.submission_sets import (
    DepositSubmissionSet,
    PrepareSubmissionSet,
    SubmissionSetDocument,
    SubmissionSetResult,
    SubmissionSetTickets,
)
from contracts.vocabulary import Act, ContentId
from services.records.context import RecordsContext
from services.records.depositing import deposit_all
from services.records.domain.depositors import depositor_of
from services.records.domain.submission_sets import check_set_size

_PREPARES = asks(Purpose.DEPOSIT, Act.DEPOT_DOCUMENT, allowed=NoEntry.LATER_STEP)
_DEPOSITS = unasked(NoQuestion.TICKET, Act.DEPOT_DOCUMENT, skips=(NoEntry.REPEATED,), each=True)


@handles(Records.prepare_deposit, access=_PREPARES, reading=True)
def prepare_deposit(ctx: RecordsContext, request: PrepareDeposit) -> Ticket:
    """A ticket to upload one document of this patient.

    Raises:
        Refusal: consent's.
    """
    ctx.access.permit()
    return _ticket(ctx, request)


@handles(Records.prepare_lot, access=_PREPARES, reading=True)
def prepare_submission_set(ctx: RecordsContext, request: PrepareSubmissionSet) -> SubmissionSetTickets:
    """A ticket for each of several documents of this patient.

    Raises:
        SubmissionSetTooLarge. Refusal: consent's.
    """
    check_set_size(request.count, ctx.settings.lot_limit)
    ctx.access.permit()
    return SubmissionSetTickets(tickets=tuple(_ticket(ctx, request) for _ in range(request.count)))


def _ticket(ctx: RecordsContext, request: PrepareDeposit | PrepareSubmissionSet) -> Ticket:
    depositor = depositor_of(ctx.actor, request.patient_id)
    ticket = UploadTicket(
        id=str(uuid4()),
        patient_id=request.patient_id,
        content_id=ContentId(uuid4()),
        depositor=depositor.id,
        depositor_kind=depositor.kind,
        limit=ctx.settings.professional_limit_bytes,
        secret=request.secret,
    )
    signed = ctx.signer.sign(
        ticket, kind=TICKET_KIND, to=TICKETS_ARE_FOR, seconds=TICKET_SECONDS, now=ctx.now.timestamp()
    )
    return Ticket(content_id=ticket.content_id, ticket=signed)


@handles(Records.deposit_document, access=_DEPOSITS)
def deposit_document(ctx: RecordsContext, request: DepositDocument) -> DepositResult:
    """Enter the content of a receipt, as a submission set of one.

    Raises:
        As `deposit_submission_set`.
    """
    document = SubmissionSetDocument(
        receipt=request.receipt,
        stated=request.stated,
        visibility=request.visibility,
        invisible_until=request.invisible_until,
    )
    _, (deposited,) = deposit_all(ctx, DepositSubmissionSet(patient_id=request.patient_id, documents=(document,)))
    return DepositResult(
        document=deposited.stored_document.document, created=deposited.created, warnings=deposited.warnings
    )


@handles(Records.deposit_lot, access=_DEPOSITS)
def deposit_submission_set(ctx: RecordsContext, request: DepositSubmissionSet) -> SubmissionSetResult:
    """Enter the contents of receipts, all or none; consent decided when the tickets were given, seconds ago.

    Raises:
        SubmissionSetTooLarge. TokenInvalid: not a receipt of the documents service. TicketInvalid: presented before.
            UniqueIdTaken: of the submission set. RecordNotFound, and what `domain` refuses of a document:
            all contents are destroyed.
    """
    lot_id, deposited = deposit_all(ctx, request)
    return SubmissionSetResult(
        lot_id=lot_id,
        entries=tuple(document.stored_document.entry for document in deposited),
        created=tuple(document.created for document in deposited),
        warnings=tuple(document.warnings for document in deposited),
    )


@handles(Records.holds_content, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def holds_content(ctx: RecordsContext, request: CheckContentHeld) -> ContentHeld:
    """Whether a document holds this content; asked before unclaimed content is destroyed."""
    return ContentHeld(held=ctx.repositories.deposits.holds_content(request.patient_id, request.content_id))


@every(seconds=60, access=unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP))
def forget_receipts_presented(ctx: RecordsContext, _tick: Tick) -> None:
    """Receipts that have expired need not be remembered."""
    ctx.repositories.deposits.forget_receipts(ctx.now - timedelta(seconds=RECEIPT_SECONDS))
