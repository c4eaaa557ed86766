"""Depositing: first a permit and tickets for the bytes, then the entries their receipts allow, all or none."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from chassis.access_rules import NoEntry, NoQuestion, asks, unasked, unjournalled
from chassis.handlers import Tick, every, handles
from contracts.consent import Purpose
from contracts.documents import RECEIPT_SECONDS, TICKET_KIND, TICKET_SECONDS, TICKETS_ARE_FOR, Arrival, UploadTicket
from contracts.errors import TicketInvalid, UniqueIdTaken
from contracts.records import (
    CheckContentHeld,
    ContentAbandoned,
    ContentHeld,
    DepositDocument,
    DepositResult,
    DepositSubmissionSet,
    PrepareDeposit,
    PrepareSubmissionSet,
    Records,
    SubmissionSetDocument,
    SubmissionSetResult,
    SubmissionSetTickets,
    Ticket,
)
from contracts.vocabulary import Act, ContentId, PatientId, Rpps
from services.records.context import RecordsContext
from services.records.deposit_handler import DepositedDocument, DepositHandler, IncomingDocument
from services.records.domain.submission_sets import SubmissionSet, check_set_size, submission_set_of
from services.records.receipts import open_receipt
from services.records.repositories.deposits import DepositRepository

_PREPARES = asks(Purpose.DEPOSIT, Act.DEPOT_DOCUMENT, allowed=NoEntry.LATER_STEP)
_DEPOSITS = unasked(NoQuestion.TICKET, Act.DEPOT_DOCUMENT, each=True)
_REASON = "alimentation"


@handles(Records.prepare_deposit, access=_PREPARES, reading=True)
def prepare_deposit(ctx: RecordsContext, request: PrepareDeposit) -> Ticket:
    """A ticket to upload one document of this patient.

    Raises:
        Refusal: consent's, journalled.
    """
    ctx.access.permit()
    return _ticket(ctx, request)


@handles(Records.prepare_lot, access=_PREPARES, reading=True)
def prepare_submission_set(ctx: RecordsContext, request: PrepareSubmissionSet) -> SubmissionSetTickets:
    """A ticket for each of several documents of this patient.

    Raises:
        SubmissionSetTooLarge. Refusal: consent's, journalled.
    """
    check_set_size(request.count, ctx.settings.lot_limit)
    ctx.access.permit()
    return SubmissionSetTickets(tickets=tuple(_ticket(ctx, request) for _ in range(request.count)))


def _ticket(ctx: RecordsContext, request: PrepareDeposit | PrepareSubmissionSet) -> Ticket:
    ticket = UploadTicket(
        id=str(uuid4()),
        patient_id=request.patient_id,
        content_id=ContentId(uuid4()),
        depositor=Rpps(ctx.actor.subject),
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
    _, (deposited,) = _deposit(ctx, DepositSubmissionSet(patient_id=request.patient_id, documents=(document,)))
    return DepositResult(
        document=deposited.stored_document.document, created=deposited.created, warnings=deposited.warnings
    )


@handles(Records.deposit_lot, access=_DEPOSITS)
def deposit_submission_set(ctx: RecordsContext, request: DepositSubmissionSet) -> SubmissionSetResult:
    """Enter the contents of receipts, all or none; consent decided when the tickets were given, seconds ago.

    Raises:
        SubmissionSetTooLarge. TokenInvalid: not a receipt of the documents service. TicketInvalid: presented before.
            UniqueIdTaken: of the submission set. RecordNotFound, and what `domain` refuses of a document: journalled,
            and all contents are destroyed.
    """
    check_set_size(len(request.documents), ctx.settings.lot_limit)
    lot_id, deposited = _deposit(ctx, request)
    return SubmissionSetResult(
        lot_id=lot_id,
        entries=tuple(document.stored_document.entry for document in deposited),
        created=tuple(document.created for document in deposited),
        warnings=tuple(document.warnings for document in deposited),
    )


def _deposit(ctx: RecordsContext, request: DepositSubmissionSet) -> tuple[UUID, list[DepositedDocument]]:
    """The id of the submission set, and its documents in the order of the request."""
    ctx.access.reason = _REASON
    # May read from the database, so before the receipts are spent.
    rules = ctx.deposit_rules
    incoming = [IncomingDocument(open_receipt(ctx, document.receipt), document) for document in request.documents]
    _spend_receipts(ctx, [document.arrival for document in incoming])
    for document in incoming:
        ctx.events.on_refusal(_abandoned(document.arrival))
    submission_set = submission_set_of(request.lot, ctx.actor, lot_id=uuid4(), now=ctx.now)
    handler = DepositHandler(ctx, request, submission_set, rules)
    handler.check_set()
    deposited = _enter(ctx, handler, incoming)
    if not any(document.created for document in deposited):
        ctx.is_about(deposited[0].stored_document.document)
    return _add_submission_set(ctx, request.patient_id, submission_set, deposited), deposited


def _spend_receipts(ctx: RecordsContext, arrivals: Sequence[Arrival]) -> None:
    """Each receipt counts once, whatever comes of it: content that was refused is being destroyed."""
    with ctx.autocommit() as connection:
        if not DepositRepository(connection).spend_receipts(arrivals, ctx.now):
            raise TicketInvalid


def _enter(
    ctx: RecordsContext, handler: DepositHandler, incoming: Sequence[IncomingDocument]
) -> list[DepositedDocument]:
    # Always in the same order, so that two deposits of the same documents wait for each other and do not deadlock.
    places = sorted(range(len(incoming)), key=lambda place: incoming[place].name)
    deposited = {place: handler.enter(incoming[place]) for place in places}
    for document in deposited.values():
        if not document.created:
            ctx.events.publish(_abandoned(document.arrival))
    return [deposited[place] for place in range(len(incoming))]


def _add_submission_set(
    ctx: RecordsContext,
    patient_id: PatientId,
    submission_set: SubmissionSet,
    deposited: Sequence[DepositedDocument],
) -> UUID:
    """The id of the set of the new documents; where there are none, of the set the first one came with."""
    if any(document.created for document in deposited):
        if not ctx.repositories.submission_sets.add(patient_id, submission_set):
            raise UniqueIdTaken
        return submission_set.lot_id
    return deposited[0].stored_document.lot_id or submission_set.lot_id


def _abandoned(arrival: Arrival) -> ContentAbandoned:
    return ContentAbandoned(patient_id=arrival.patient_id, content_id=arrival.content_id)


@handles(Records.holds_content, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def holds_content(ctx: RecordsContext, request: CheckContentHeld) -> ContentHeld:
    """Whether a document holds this content; asked before unclaimed content is destroyed."""
    return ContentHeld(held=ctx.repositories.deposits.holds_content(request.patient_id, request.content_id))


@every(seconds=60, access=unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP))
def forget_receipts_presented(ctx: RecordsContext, _tick: Tick) -> None:
    """Receipts that have expired need not be remembered."""
    ctx.repositories.deposits.forget_receipts(ctx.now - timedelta(seconds=RECEIPT_SECONDS))
