"""The door of the documents service: its HTTP data plane, and the news that decide what becomes of the bytes."""

from datetime import timedelta
from uuid import UUID

from chassis.events import Received, listen, listen_bundle
from chassis.http import HttpRequest, HttpResponse, http
from chassis.service import Service, per_process
from chassis.settings import load
from chassis.timers import every
from chassis.transfers import Transfers
from chassis.units import RequestContext
from contracts.documents import TICKET_HEADER
from contracts.records import ContentAbandoned, DocumentDeposited, DocumentPurged
from contracts.vocabulary import ContentId
from services.documents import answers
from services.documents.bucket import Bucket
from services.documents.handlers import keeping, transfers
from services.documents.keepers import KeyKeeper, keeper_from
from services.documents.ranges import RangeRequest
from services.documents.repositories import ContentRepository
from services.documents.scanning import VirusScanner, scanner_from
from services.documents.settings import DocumentsSettings, MasterKeySettings, ScannerSettings

_SWEEP_SECONDS = 10.0


def _settings() -> DocumentsSettings:
    return load(DocumentsSettings)


def _bucket() -> Bucket:
    return Bucket(_settings())


def _keeper() -> KeyKeeper:
    return keeper_from(load(MasterKeySettings))


def _scanner() -> VirusScanner:
    return scanner_from(load(ScannerSettings))


def _range_request(request: HttpRequest) -> RangeRequest:
    return RangeRequest(
        range=request.headers.get("Range", ""),
        if_range=request.headers.get("If-Range", ""),
        if_none_match=request.headers.get("If-None-Match", ""),
    )


class DocumentsService(Service):
    """The bytes of documents, encrypted."""

    name = "documents"
    settings = per_process(_settings)
    bucket = per_process(_bucket)
    keeper = per_process(_keeper)
    scanner = per_process(_scanner)
    transfers = Transfers()

    def missing_parts(self) -> list[str]:
        """Parts out of reach, the object store and a scanner that is required among them."""
        missing = super().missing_parts()
        if not self.bucket.is_reachable():
            missing.append("object_store")
        if self.scanner.is_missing():
            missing.append("scanner")
        return missing

    @http("PUT", "/contents/<uuid:content_id>")
    def upload(self, request: HttpRequest, content_id: UUID) -> HttpResponse:
        """Take the body in, for an upload ticket; 201 with a SignedReceipt, else a Problem."""
        upload = transfers.UploadRequest(
            ticket=request.headers.get(TICKET_HEADER, ""),
            content_id=ContentId(content_id),
            length=request.content_length,
            body=request.environ["wsgi.input"],
        )

        def take(call: RequestContext[transfers.UploadRequest]) -> HttpResponse:
            return answers.receipt(transfers.upload(call, self.bucket, self.keeper, self.scanner))

        return self.transfers.later(request, "documents.bring_in", upload, take, answers.refused)

    @http("GET", "/contents/<uuid:content_id>")
    def download(self, request: HttpRequest, content_id: UUID) -> HttpResponse:
        """Give bytes out, for a download ticket; a Problem, or a cut connection once bytes have left."""
        ticket = request.headers.get(TICKET_HEADER, "")
        download = transfers.DownloadRequest(
            ticket=ticket, content_id=ContentId(content_id), range_request=_range_request(request)
        )

        def give(call: RequestContext[transfers.DownloadRequest]) -> HttpResponse:
            return answers.content(transfers.download(call, self.bucket, self.keeper))

        return self.transfers.later(request, "documents.carry_out", download, give, answers.refused)

    @listen_bundle(DocumentDeposited)
    def keep_contents(self, call: RequestContext[tuple[Received[DocumentDeposited], ...]]) -> None:
        """Documents hold the bytes."""
        keeping.keep(ContentRepository(call.connection), (one.event for one in call.message))

    @listen(ContentAbandoned)
    def destroy_content(self, call: RequestContext[ContentAbandoned]) -> None:
        """Nobody will hold the bytes."""
        keeping.destroy(ContentRepository(call.connection), call)

    @listen(DocumentPurged)
    def purge_content(self, call: RequestContext[DocumentPurged]) -> None:
        """The record that held the bytes was destroyed."""
        keeping.purge(ContentRepository(call.connection), call)

    @every(seconds=_SWEEP_SECONDS)
    def sweep(self, call: RequestContext[None]) -> None:
        """What nobody claimed in time."""
        patience = timedelta(seconds=self.settings.staged_seconds)
        keeping.sweep(ContentRepository(call.connection), call, self.bucket, patience=patience)
