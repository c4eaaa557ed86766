"""Feeding a record: first leave and tickets for the bytes, then the entries their receipts allow, all or none."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from chassis.units import RequestContext
from contracts.consent import Purpose
from contracts.documents import RECEIPT_SECONDS, TICKET_KIND, TICKET_SECONDS, TICKETS_ARE_FOR, Arrival, UploadTicket
from contracts.errors import TicketInvalid, UniqueIdTaken
from contracts.records import (
    ContentAbandoned,
    ContentHeld,
    DepositDocument,
    Deposited,
    DepositSubmissionSet,
    HoldsContent,
    PrepareDeposit,
    PrepareSubmissionSet,
    SubmissionSetDeposited,
    SubmissionSetDocument,
    SubmissionSetTickets,
    Ticket,
)
from contracts.vocabulary import Act, ContentId, PatientId, Rpps
from services.records.domain.deposits import DepositRules, check_claimed_patient
from services.records.domain.submission_sets import SubmissionSet, check_set_size, submission_set_of
from services.records.handlers.access import Access
from services.records.handlers.deposit_handler import DepositedDocument, DepositHandler, IncomingDocument
from services.records.handlers.receipts import open_receipt
from services.records.repositories import DepositRepository, Repositories


def prepare_deposit(repositories: Repositories, call: RequestContext[PrepareDeposit], limit: int) -> Ticket:
    """Leave to bring bytes in: one ticket, for this patient, this depositor, up to `limit` bytes.

    Raises:
        Refusal: consent's, journalled.
    """
    request = call.message
    lot = PrepareSubmissionSet(patient_id=request.patient_id, count=1, secret=request.secret)
    return prepare_submission_set(repositories, call.with_message(lot, call.event_id), limit, most=1).tickets[0]


def prepare_submission_set(
    repositories: Repositories, call: RequestContext[PrepareSubmissionSet], limit: int, *, most: int
) -> SubmissionSetTickets:
    """Leave to bring in the bytes of several documents, each up to `limit` bytes.

    Raises:
        LotTooLarge. Refusal: consent's, journalled.
    """
    request = call.message
    check_set_size(request.count, most)
    Access(repositories, call, request.patient_id, Act.DEPOT_DOCUMENT, secret=request.secret).ask(Purpose.DEPOSIT)
    return SubmissionSetTickets(tickets=tuple(_ticket(call, limit) for _ in range(request.count)))


def _ticket(call: RequestContext[PrepareSubmissionSet], limit: int) -> Ticket:
    ticket = UploadTicket(
        id=str(uuid4()),
        patient_id=call.message.patient_id,
        content_id=ContentId(uuid4()),
        depositor=Rpps(call.actor.subject),
        limit=limit,
        secret=call.message.secret,
    )
    signed = call.signer.sign(
        ticket, kind=TICKET_KIND, to=TICKETS_ARE_FOR, seconds=TICKET_SECONDS, now=call.now.timestamp()
    )
    return Ticket(content_id=ticket.content_id, ticket=signed)


def deposit_document(
    repositories: Repositories, call: RequestContext[DepositDocument], rules: DepositRules
) -> Deposited:
    """Enter the bytes a receipt speaks of, as a lot of one; raises as `deposit_submission_set`."""
    request = call.message
    document = SubmissionSetDocument(
        receipt=request.receipt,
        stated=request.stated,
        visibility=request.visibility,
        invisible_until=request.invisible_until,
    )
    lot = DepositSubmissionSet(patient_id=request.patient_id, documents=(document,))
    done = deposit_submission_set(repositories, call.with_message(lot, call.event_id), rules, most=1)
    return Deposited(document=done.entries[0].document, created=done.created[0], warnings=done.warnings[0])


def deposit_submission_set(
    repositories: Repositories, call: RequestContext[DepositSubmissionSet], rules: DepositRules, *, most: int
) -> SubmissionSetDeposited:
    """Enter the bytes that receipts speak of, all or none; consent ruled when the tickets were given, seconds ago.

    Raises:
        LotTooLarge. TokenInvalid: not a receipt of documents. TicketInvalid: presented before. UniqueIdTaken: of the
            lot. RecordNotFound, and what `domain` refuses of a document: journalled, and all bytes are destroyed.
    """
    request = call.message
    check_set_size(len(request.documents), most)
    brought = [IncomingDocument(open_receipt(call, document.receipt), document) for document in request.documents]
    _spend(call, [one.arrival for one in brought])
    for one in brought:
        call.events.on_refusal(_abandoned(one.arrival))
    lot = submission_set_of(request.lot, call.actor, lot_id=uuid4(), now=call.now)
    done = _entered(repositories, call, brought, lot, rules)
    lot_id = _filed_under(repositories, request.patient_id, lot, done)
    return SubmissionSetDeposited(
        lot_id=lot_id,
        entries=tuple(one.stored.entry for one in done),
        created=tuple(one.created for one in done),
        warnings=tuple(one.warnings for one in done),
    )


def _entered(
    repositories: Repositories,
    call: RequestContext[DepositSubmissionSet],
    brought: Sequence[IncomingDocument],
    lot: SubmissionSet,
    rules: DepositRules,
) -> list[DepositedDocument]:
    entrance = DepositHandler(repositories, call, lot, rules)
    entrance.check_set(lambda ins: check_claimed_patient(lot.facts.patient, ins, field="List.extension"))
    # Always in the same order, so that two lots of the same documents wait for each other and not in a ring.
    places = sorted(range(len(brought)), key=lambda place: brought[place].name)
    done = {place: entrance.enter(brought[place]) for place in places}
    for one in done.values():
        if not one.created:
            call.events.publish(_abandoned(one.arrival))
    return [done[place] for place in range(len(brought))]


def _filed_under(
    repositories: Repositories, patient_id: PatientId, lot: SubmissionSet, done: Sequence[DepositedDocument]
) -> UUID:
    """The lot of what is new; what was all there before keeps the lot it came in with."""
    if any(one.created for one in done):
        if not repositories.lots.add(patient_id, lot):
            raise UniqueIdTaken
        return lot.lot_id
    return done[0].stored.lot_id or lot.lot_id


def _spend(call: RequestContext[DepositSubmissionSet], arrivals: Sequence[Arrival]) -> None:
    """A receipt is presented once, whatever comes of it: what was refused, and is being destroyed, never enters."""
    with call.autocommit() as connection:
        if not DepositRepository(connection).spend_receipts(arrivals, call.now):
            raise TicketInvalid


def _abandoned(arrival: Arrival) -> ContentAbandoned:
    return ContentAbandoned(patient_id=arrival.patient_id, content_id=arrival.content_id)


def holds_content(repositories: Repositories, call: RequestContext[HoldsContent]) -> ContentHeld:
    """Whether a document holds this content; asked before bytes that nobody claimed are destroyed."""
    return ContentHeld(held=repositories.deposits.holds_content(call.message.patient_id, call.message.content_id))


def forget_receipts(repositories: Repositories, call: RequestContext[None]) -> None:
    """Receipts that have expired need not be remembered."""
    repositories.deposits.forget_receipts(call.now - timedelta(seconds=RECEIPT_SECONDS))
