"""Bytes in and out, each for a ticket; a deposit refused here leaves its line in the journal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.cda import CdaHeader
from contracts.documents import (
    FILE_RECEIPT_KIND,
    RECEIPT_KIND,
    RECEIPT_SECONDS,
    RECEIPTS_ARE_FOR,
    TICKET_KIND,
    ContentForm,
    DownloadTicket,
    FileReceipt,
    Receipt,
    SignedReceipt,
    UploadTicket,
)
from contracts.errors import ContentTooLarge, Refusal, TicketInvalid, TokenInvalid, Unavailable
from contracts.vocabulary import Act, ContentId, Outcome, Role
from services.documents.bucket import Bucket
from services.documents.domain import ORPHAN_AFTER, Span, StoredContent, check_length, object_key
from services.documents.keepers import KeyKeeper
from services.documents.ranges import RangeKind, RangeRequest, RangeResult, etag_of, resolve_range
from services.documents.rendering import MOST_BYTES, Page, facts_of, page_of
from services.documents.repositories import ContentRepository
from services.documents.scanning import Inspection, VirusScanner
from services.documents.sniffing import HEAD, sniff
from services.documents.transfer import UploadBody, UploadedContent, part, plain, sealed_part
from services.documents.vault import FRAME_SIZE, Frames, new_data_key

_ISSUER = "records"

T = TypeVar("T", UploadTicket, DownloadTicket)


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """Bytes at the door: the ticket they come with, what they are to be called, how many are announced."""

    ticket: str
    content_id: ContentId
    length: int | None
    body: UploadBody


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A ticket, the content it is shown for, and what of it is wanted."""

    ticket: str
    content_id: ContentId
    range_request: RangeRequest


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is given out of a content of `size` bytes; `frames` come decrypted as they are asked for."""

    resolved: RangeResult
    etag: str
    size: int
    frames: Iterator[bytes]
    page: Page | None = None
    """Given out in the place of the content."""


def upload(
    call: RequestContext[UploadRequest], bucket: Bucket, keeper: KeyKeeper, scanner: VirusScanner
) -> SignedReceipt:
    """Take a document in, and say so in a receipt.

    Raises:
        TicketInvalid: nothing was stored. LengthRequired, ContentTooLarge, ContentTruncated, MediaTypeRefused,
            NotACda, HeaderInvalid, ContentContradicted, ContentInfected: nothing either, and the journal has the
            refusal. ServiceUnavailable: what was stored is swept.
    """
    ticket = _opened(call.message.ticket, UploadTicket, call.message.content_id, call)
    with _refusals_journalled(call, ticket):
        return _taken_in(call, ticket, bucket, keeper, scanner)


def download(call: RequestContext[DownloadRequest], bucket: Bucket, keeper: KeyKeeper) -> Outgoing:
    """What is wanted of a content; the database is not held while its bytes are asked for.

    Raises:
        TicketInvalid, DocumentNotFound, ContentDamaged, ServiceUnavailable; the last two while iterating, too.
    """
    ticket = _opened(call.message.ticket, DownloadTicket, call.message.content_id, call)
    content = ContentRepository(call.connection).spend_and_read(ticket.id, ticket.patient_id, ticket.content_id)
    data_key = keeper.unwrap(content.key)
    etag = etag_of(content, data_key)
    if ticket.form is not ContentForm.BYTES:
        return _read(content, data_key, etag, bucket, ticket)
    resolved = resolve_range(call.message.range_request, etag, content.size)
    return Outgoing(resolved, etag, content.size, _bytes_of(content, resolved, data_key, bucket))


def _read(content: StoredContent, data_key: bytes, etag: str, bucket: Bucket, ticket: DownloadTicket) -> Outgoing:
    """The content as a page, or as facts: whole in memory, which is why there is a bound.

    Raises:
        ContentTooLarge, NotRenderable; ContentDamaged, ServiceUnavailable.
    """
    if content.size > MOST_BYTES:
        raise ContentTooLarge(limit=str(MOST_BYTES))
    resolved = RangeResult(RangeKind.WHOLE, Span(0, content.size - 1))
    plain = b"".join(_bytes_of(content, resolved, data_key, bucket))
    kind = sniff(plain[:HEAD])
    is_page = ticket.form is ContentForm.PAGE
    page = page_of(kind, plain, ticket.language) if is_page else facts_of(kind, plain)
    return Outgoing(resolved, etag, content.size, iter(()), page)


def _taken_in(
    call: RequestContext[UploadRequest],
    ticket: UploadTicket,
    bucket: Bucket,
    keeper: KeyKeeper,
    scanner: VirusScanner,
) -> SignedReceipt:
    """One pass over the bytes, then the object, then its row."""
    length = check_length(call.message.length, ticket.limit)
    data_key = new_data_key()
    with (
        Inspection(scanner) as inspection,
        UploadedContent(Frames(data_key, ticket.content_id), inspection) as arrived,
    ):
        header = arrived.take(call.message.body, length)
        # A slow client may have needed longer to send than a receipt lives.
        now = datetime.now(UTC)
        content = StoredContent(
            patient_id=ticket.patient_id,
            content_id=ticket.content_id,
            object_key=object_key(arrived.sealed_sha256),
            size=arrived.size,
            frame_size=FRAME_SIZE,
            sha256=arrived.sha256,
            key=keeper.wrap(data_key),
        )
        with call.autocommit() as connection:
            ContentRepository(connection).announce(content, due=now + ORPHAN_AFTER)
        bucket.put(content.object_key, arrived.sealed, arrived.sealed_size, arrived.sealed_sha256)
    ContentRepository(call.connection).add(content, now=now)
    signed = _receipt(call, ticket, arrived, header, now)
    return SignedReceipt(receipt=signed)


def _receipt(
    call: RequestContext[UploadRequest],
    ticket: UploadTicket,
    arrived: UploadedContent,
    header: CdaHeader | None,
    now: datetime,
) -> str:
    """What has arrived, signed; without a header it is a receipt of another kind, whose metadata others state."""
    facts: dict[str, Any] = {
        "patient_id": ticket.patient_id,
        "content_id": ticket.content_id,
        "depositor": ticket.depositor,
        "size": arrived.size,
        "sha256": arrived.sha256.hex(),
        "sha1": arrived.sha1,
        "media_type": arrived.media_type,
        "secret": ticket.secret,
    }
    if header is None:
        return call.signer.sign(
            FileReceipt(**facts),
            kind=FILE_RECEIPT_KIND,
            to=RECEIPTS_ARE_FOR,
            seconds=RECEIPT_SECONDS,
            now=now.timestamp(),
        )
    receipt = Receipt(**facts, header=header)
    return call.signer.sign(
        receipt, kind=RECEIPT_KIND, to=RECEIPTS_ARE_FOR, seconds=RECEIPT_SECONDS, now=now.timestamp()
    )


@contextmanager
def _refusals_journalled(call: RequestContext[UploadRequest], ticket: UploadTicket) -> Iterator[None]:
    """The line names whom the ticket was given to; a spent ticket says nothing of who shows it."""
    try:
        yield
    except (TicketInvalid, Unavailable):
        raise
    except Refusal as refusal:
        call.events.journal(
            JournalEntry(
                patient_id=ticket.patient_id,
                act=Act.DEPOT_DOCUMENT,
                outcome=Outcome.REFUSED,
                reason=refusal.code,
                actor_role=Role.PROFESSIONAL,
                actor=ticket.depositor,
                secret=ticket.secret,
            )
        )
        raise


def _bytes_of(content: StoredContent, resolved: RangeResult, data_key: bytes, bucket: Bucket) -> Iterator[bytes]:
    if resolved.kind not in {RangeKind.WHOLE, RangeKind.PART}:
        return
    if resolved.span.size == content.size:
        with bucket.reading(content.object_key) as source:
            yield from plain(source, content, Frames(data_key, content.content_id))
        return
    number, sealed = sealed_part(content, resolved.span)
    with bucket.reading(content.object_key, sealed.first, sealed.size) as source:
        yield from part(source, content, Frames(data_key, content.content_id, number), resolved.span)


def _opened(token: str, kind: type[T], content_id: ContentId, call: RequestContext[Any]) -> T:
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
