"""What can be done with content: bring it in, carry it out, keep it, destroy it, sweep."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from chassis.units import Call
from contracts.codes import MediaType
from contracts.documents import (
    RECEIPT_KIND,
    RECEIPT_SECONDS,
    TICKET_KIND,
    DownloadTicket,
    Receipt,
    SignedReceipt,
    UploadTicket,
)
from contracts.errors import TicketInvalid, TokenInvalid, Unavailable
from contracts.records import ContentAbandoned, DocumentDeposited, HoldsContent, Records
from contracts.vocabulary import ContentId
from services.documents.bucket import Bucket
from services.documents.domain import ORPHAN_AFTER, Content, DueObject, Fate, check_length, fate, object_key
from services.documents.store import DocumentStore
from services.documents.transfer import Arrived, Body, plain
from services.documents.vault import FRAME_SIZE, Frames, KeyKeeper, new_data_key

_ISSUER = "records"
_SWEPT_AT_ONCE = 500

T = TypeVar("T", UploadTicket, DownloadTicket)


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes at the door: the ticket they come with, what they are to be called, how many are announced."""

    ticket: str
    content_id: ContentId
    length: int | None
    body: Body


@dataclass(frozen=True, slots=True)
class Download:
    """A ticket, and the content it is shown for."""

    ticket: str
    content_id: ContentId


def bring_in(call: Call[Upload], bucket: Bucket, keeper: KeyKeeper) -> SignedReceipt:
    """Take a document in: one pass over its bytes, then the object, then its row.

    Raises:
        TicketInvalid, LengthRequired, ContentTooLarge, ContentTruncated, MediaTypeRefused, NotACda, HeaderInvalid:
            nothing was stored. ServiceUnavailable: what was stored is swept.
    """
    upload = call.message
    ticket = _opened(upload.ticket, UploadTicket, upload.content_id, call)
    length = check_length(upload.length, ticket.limit)
    data_key = new_data_key()
    with Arrived(Frames(data_key, ticket.content_id)) as arrived:
        header = arrived.take(upload.body, length)
        # A slow client may have needed longer to send than a receipt lives.
        now = datetime.now(UTC)
        content = Content(
            patient_id=ticket.patient_id,
            content_id=ticket.content_id,
            object_key=object_key(arrived.sealed_sha256),
            size=arrived.size,
            frame_size=FRAME_SIZE,
            sha256=arrived.sha256,
            key=keeper.wrap(data_key),
        )
        with call.at_once() as connection:
            DocumentStore(connection).announce(content, due=now + ORPHAN_AFTER)
        bucket.put(content.object_key, arrived.sealed, arrived.sealed_size, arrived.sealed_sha256)
    DocumentStore(call.connection).add(content, now=now)
    receipt = Receipt(
        patient_id=ticket.patient_id,
        content_id=ticket.content_id,
        depositor=ticket.depositor,
        size=arrived.size,
        sha256=arrived.sha256.hex(),
        sha1=arrived.sha1,
        media_type=MediaType.CDA,
        header=header,
    )
    signed = call.signer.sign(receipt, kind=RECEIPT_KIND, seconds=RECEIPT_SECONDS, now=now.timestamp())
    return SignedReceipt(receipt=signed)


def carry_out(call: Call[Download], bucket: Bucket, keeper: KeyKeeper) -> tuple[int, Iterator[bytes]]:
    """The size of a content and its bytes, decrypted as they are asked for; the database is not held meanwhile.

    Raises:
        TicketInvalid, DocumentNotFound. While iterating: ContentDamaged, ServiceUnavailable.
    """
    ticket = _opened(call.message.ticket, DownloadTicket, call.message.content_id, call)
    content = DocumentStore(call.connection).spend_and_read(ticket.id, ticket.patient_id, ticket.content_id)
    return content.size, _bytes_of(content, bucket, keeper)


def keep(store: DocumentStore, call: Call[DocumentDeposited]) -> None:
    """A document holds this content now.

    Raises:
        DocumentNotFound: it was destroyed; the operator must hear of it.
    """
    store.keep(call.message.patient_id, call.message.content_id)


def destroy(store: DocumentStore, call: Call[ContentAbandoned]) -> None:
    """Nobody will hold this content: its key is gone with this commit, its object with the next sweep."""
    store.destroy(call.message.patient_id, call.message.content_id, now=call.now)


def sweep(store: DocumentStore, call: Call[None], bucket: Bucket, *, patience: timedelta) -> None:
    """Remove objects nobody claimed, give up content that waited for `patience`, forget expired tickets.

    Raises:
        ServiceUnavailable: the store is away; the next round does it all again, which does no harm.
    """
    for due in store.due_objects(now=call.now, most=_SWEPT_AT_ONCE):
        _sweep_one(store, call, bucket, due, patience)
    store.forget_tickets(now=call.now)


def _sweep_one(store: DocumentStore, call: Call[None], bucket: Bucket, due: DueObject, patience: timedelta) -> None:
    match fate(due, now=call.now, patience=patience):
        case Fate.REMOVE_OBJECT:
            bucket.remove(due.object_key)
            store.forget_object(due.patient_id, due.content_id)
        case Fate.GIVE_UP:
            _give_up_unless_held(store, call, due)
        case Fate.WAIT:
            store.put_off(due.patient_id, due.content_id, due=(due.staged_at or call.now) + patience)
        case Fate.CLAIM:
            store.forget_object(due.patient_id, due.content_id)


def _give_up_unless_held(store: DocumentStore, call: Call[None], due: DueObject) -> None:
    """The news that a document holds it may be late or parked; records is asked before anything is lost."""
    question = HoldsContent(patient_id=due.patient_id, content_id=due.content_id)
    try:
        is_held = call.remote(Records.holds_content, question).held
    except Unavailable:
        return
    if is_held:
        store.keep(due.patient_id, due.content_id)
    else:
        store.destroy(due.patient_id, due.content_id, now=call.now)


def _bytes_of(content: Content, bucket: Bucket, keeper: KeyKeeper) -> Iterator[bytes]:
    with bucket.reading(content.object_key) as source:
        yield from plain(source, content, Frames(keeper.unwrap(content.key), content.content_id))


def _opened(token: str, kind: type[T], content_id: ContentId, call: Call[Any]) -> T:
    """A ticket for this content.

    Raises:
        TicketInvalid: whatever is wrong with it.
    """
    try:
        ticket = call.keyring.open(
            token, kind=TICKET_KIND, issuer=_ISSUER, body=kind, now=call.now.timestamp(), once=True
        )
    except TokenInvalid:
        raise TicketInvalid from None
    if ticket.content_id != content_id:
        raise TicketInvalid
    return ticket
