"""Upload and download of contents, each for a ticket of records."""

from datetime import UTC, datetime
from itertools import chain
from time import monotonic
from typing import Any, TypeVar

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import transfers
from contracts.cda import CdaHeader
from contracts.codes.formats import MediaType
from contracts.documents import (
    FILE_RECEIPT_KIND,
    RECEIPT_KIND,
    RECEIPT_SECONDS,
    RECEIPTS_ARE_FOR,
    ContentForm,
    DownloadTicket,
    FileReceipt,
    Receipt,
    SignedReceipt,
    UploadTicket,
)
from contracts.envelope import Actor
from contracts.errors.execution import ServiceUnavailable, TicketInvalid
from contracts.vocabulary import Act, ContentId, DepositorKind, Role
from services.documents.context import DocumentsContext
from services.documents.data_plane import (
    DownloadRequest,
    DownloadResponse,
    UploadRequest,
    answer_download,
    answer_refusal,
    answer_upload,
    read_download,
    read_upload,
)
from services.documents.domain import ORPHAN_AFTER, StoredContent, check_length, object_key
from services.documents.ranges import etag_of, resolve_range
from services.documents.reading import bytes_of, clinical_data_of, whole_of
from services.documents.rendering.files import CLINICAL_DATA, head_of_file
from services.documents.rendering.messages import RenderingRequest
from services.documents.repositories.contents import ContentRepository
from services.documents.scanning import ScanSession
from services.documents.sniffing import HEAD, sniff
from services.documents.streaming import UploadedContent
from services.documents.tickets import opened_ticket
from services.documents.vault import FRAME_SIZE, Frames, new_data_key

_ROLES = {
    DepositorKind.PROFESSIONAL: Role.PROFESSIONAL,
    DepositorKind.PATIENT: Role.PATIENT,
    DepositorKind.REPRESENTATIVE: Role.PATIENT,
    DepositorKind.FEEDER: Role.FEEDER,
    DepositorKind.MESSAGING: Role.SERVICE,
}
"""As whom the entry of a refused upload names its depositor."""
T = TypeVar("T", UploadTicket, DownloadTicket)


@transfers(
    "PUT",
    "/contents/<uuid:content_id>",
    access=unasked(
        NoQuestion.TICKET, Act.DEPOT_DOCUMENT, allowed=NoEntry.LATER_STEP, skips=(NoEntry.SPENT_TICKET,), fields=()
    ),
    read=read_upload,
    answer=answer_upload,
    refused=answer_refusal,
)
def upload(ctx: DocumentsContext, request: UploadRequest) -> SignedReceipt:
    """Encrypt and store a content.

    Raises:
        TicketInvalid: nothing was stored. LengthRequired, ContentTooLarge, ContentTruncated, MediaTypeRefused,
            NotACda, HeaderInvalid, ContentContradicted, PasswordNeeded, ContentInfected: nothing either, and the
            journal has the refusal. MasterKeyMissing: nothing was stored. ServiceUnavailable: what was stored is
            swept.
    """
    ticket = _opened(ctx, request.ticket, UploadTicket, request.content_id)
    ctx.access.actor = Actor(role=_ROLES[ticket.depositor_kind], subject=ticket.depositor)
    ctx.access.patient_id, ctx.access.secret = ticket.patient_id, ticket.secret
    try:
        return _store(ctx, request, ticket)
    except TicketInvalid:
        ctx.access.skip(NoEntry.SPENT_TICKET)
        raise


@transfers(
    "GET",
    "/contents/<uuid:content_id>",
    access=unjournalled(NoEntry.TICKET, NoQuestion.TICKET),
    read=read_download,
    answer=answer_download,
    refused=answer_refusal,
)
def download(ctx: DocumentsContext, request: DownloadRequest) -> DownloadResponse:
    """A content, a range of it, or a page made from it; the database is not held while its bytes are sent.

    Raises:
        TicketInvalid, DocumentNotFound. ContentDamaged, ServiceUnavailable: while iterating, too. ContentTooLarge,
            NotRenderable: no page can be made from it.
    """
    ticket = _opened(ctx, request.ticket, DownloadTicket, request.content_id)
    content = ctx.contents.spend_and_read(ticket.id, ticket.patient_id, ticket.content_id)
    data_key = ctx.tools.keeper.unwrap(content.key)
    etag = etag_of(content, data_key)
    if ticket.form is not ContentForm.BYTES:
        return _rendered(ctx, ticket, content, data_key, etag)
    range_result = resolve_range(request.range_request, etag, content.size)
    frames = bytes_of(ctx.tools.bucket, content, range_result, data_key)
    return DownloadResponse(range_result, etag, content.size, frames)


def _rendered(
    ctx: DocumentsContext, ticket: DownloadTicket, content: StoredContent, data_key: bytes, etag: str
) -> DownloadResponse:
    """The content as a page, or as clinical data. A CDA is rendered by a worker, which needs it whole in memory; that
    is why its size is bounded.

    Raises:
        ContentTooLarge, NotRenderable; ContentDamaged, ServiceUnavailable.
    """
    whole = whole_of(content)
    if ticket.form is ContentForm.FACTS:
        data = clinical_data_of(ctx.tools.bucket, ctx.tools.rendering, content, data_key)
        return DownloadResponse(whole, etag, len(data), iter((data,)), CLINICAL_DATA)
    frames = bytes_of(ctx.tools.bucket, content, whole, data_key)
    first = next(frames)
    media_type = sniff(first[:HEAD])
    if media_type is MediaType.CDA:
        request = RenderingRequest(size=content.size, language=ticket.language, is_page=True)
        page = ctx.tools.rendering.render(request, chain((first,), frames), ticket.patient_id, ticket.content_id)
        return DownloadResponse(whole, etag, page.size, page.frames(), page.head)
    if media_type is MediaType.TEXT:
        # Which encoding it is may show in its last line only.
        first = b"".join(chain((first,), frames))
    return DownloadResponse(whole, etag, content.size, chain((first,), frames), head_of_file(first))


def _store(ctx: DocumentsContext, request: UploadRequest, ticket: UploadTicket) -> SignedReceipt:
    """One pass over the bytes, then the object, then its row."""
    length = check_length(request.length, ticket.limit)
    with ctx.autocommit() as connection:
        ctx.tools.key_check.check(ContentRepository(connection), now=monotonic())
    if not ctx.tools.sample.has_any:
        raise ServiceUnavailable
    data_key = new_data_key()
    with (
        ScanSession(ctx.tools.scanner) as scan,
        UploadedContent(Frames(data_key, ticket.content_id), scan) as uploaded,
    ):
        header = uploaded.read_from(request.body, length)
        # A slow client may have needed longer to send than a receipt lives.
        now = datetime.now(UTC)
        content = StoredContent(
            patient_id=ticket.patient_id,
            content_id=ticket.content_id,
            object_key=object_key(uploaded.sealed_sha256),
            size=uploaded.size,
            frame_size=FRAME_SIZE,
            sha256=uploaded.sha256,
            key=ctx.tools.keeper.wrap(data_key),
        )
        with ctx.autocommit() as connection:
            ContentRepository(connection).announce(content, due=now + ORPHAN_AFTER)
        ctx.tools.bucket.put(content.object_key, uploaded.sealed, uploaded.sealed_size, uploaded.sealed_sha256)
    ctx.contents.add(content, now=now)
    return SignedReceipt(receipt=_receipt(ctx, ticket, uploaded, header, now))


def _receipt(
    ctx: DocumentsContext,
    ticket: UploadTicket,
    uploaded: UploadedContent,
    header: CdaHeader | None,
    now: datetime,
) -> str:
    """A signed Receipt; for a file without a header a FileReceipt, whose metadata the depositor states."""
    fields: dict[str, Any] = {
        "patient_id": ticket.patient_id,
        "content_id": ticket.content_id,
        "depositor": ticket.depositor,
        "depositor_kind": ticket.depositor_kind,
        "size": uploaded.size,
        "sha256": uploaded.sha256.hex(),
        "sha1": uploaded.sha1,
        "media_type": uploaded.media_type,
        "secret": ticket.secret,
    }
    receipt = FileReceipt(**fields) if header is None else Receipt(**fields, header=header)
    return ctx.signer.sign(
        receipt,
        kind=FILE_RECEIPT_KIND if header is None else RECEIPT_KIND,
        to=RECEIPTS_ARE_FOR,
        seconds=RECEIPT_SECONDS,
        now=now.timestamp(),
    )


def _opened(ctx: DocumentsContext, token: str, kind: type[T], content_id: ContentId) -> T:
    """A ticket for this content.

    Raises:
        TicketInvalid: whatever is wrong with it.
    """
    ticket = opened_ticket(ctx, token, kind)
    if ticket.content_id != content_id:
        raise TicketInvalid
    return ticket
