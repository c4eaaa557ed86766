"""Coded data of structured documents: of one document, of a record, and results over time."""

import asyncio
from contextlib import aclosing

import msgspec
from litestar import MediaType, Response, get

from contracts.clinical_data import ClinicalData
from contracts.documents import ContentForm, ReadClinicalData
from contracts.records.api import Records
from contracts.records.documents import OpenClinicalData, ReadDocument
from contracts.vocabulary import AccessMode, ContentId, DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, Mode, PatientInPath, Secret
from gateway.clients import ApiRequest
from gateway.errors import preferred_language
from gateway.guards import ROLES
from gateway.trend_plots import POLICY, page_of
from gateway.trends import SourcedClinicalData, Trend, shows_all, trends_in

_MOST_BYTES = 1_000_000
"""Of the clinical data of one document; a long summary has 10,000."""
_MOST_BYTES_OF_RECORD = 4_000_000
"""Of all that are read together, since the gateway holds them; the oldest documents are left unread."""
_decode_facts = msgspec.json.Decoder(ClinicalData).decode
_decode_readable = msgspec.json.Decoder(ClinicalData | None).decode
_decode_line = msgspec.json.Decoder(ReadClinicalData).decode


class RecordClinicalData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Coded data of each structured document, newest first.

    `unread`: documents that could not be read, or are too large. `more`: there are older ones. `emergency`: show the
    emergency banner.
    """

    sources: tuple[SourcedClinicalData, ...]
    unread: tuple[DocumentId, ...] = ()
    more: bool = False
    emergency: bool = False


class Trends(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Results over time, by analyte; `more`: older documents were not read, or a document has further results.

    `unread`: documents that could not be read, or are too large.
    """

    trends: tuple[Trend, ...]
    unread: tuple[DocumentId, ...] = ()
    more: bool = False
    emergency: bool = False


@get(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/facts",
    opt={ROLES: Records.open_content.roles},
    tags=["Documents"],
    summary="Lire ce qu'un document structuré dit en codes",
)
async def read_facts(
    request: ApiRequest,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    mode: Mode = AccessMode.NORMAL,
    secret: Secret = False,
) -> ClinicalData:
    """Read allergies, problems, treatments, vaccinations and results of one document; empty for one without codes.

    What is denied, planned, uncertain or over is marked; what is no plain statement about the patient is left out,
    and `left_out` names the lists concerned. It counts as a reading, with a line in the journal."""
    message = ReadDocument(
        patient_id=PatientId(patient_id),
        document_id=DocumentId(document_id),
        mode=mode,
        secret=secret,
        form=ContentForm.FACTS,
    )
    content = await request.call(Records.open_content, message)
    return _decode_facts(await request.clients.data_plane.read_small(content, _MOST_BYTES))


@get(
    "/dmp/records/{patient_id:uuid}/facts",
    opt={ROLES: Records.open_facts.roles},
    tags=["Documents"],
    summary="Lire ce que les documents structurés disent en codes",
)
async def read_all_facts(
    request: ApiRequest, patient_id: PatientInPath, mode: Mode = AccessMode.NORMAL, secret: Secret = False
) -> RecordClinicalData:
    """Read the coded data of the 50 newest structured documents that the caller may read, newest first.

    It counts as one reading, with one line in the journal."""
    return await read_clinical_data(
        request, OpenClinicalData(patient_id=PatientId(patient_id), mode=mode, secret=secret)
    )


@get(
    "/dmp/records/{patient_id:uuid}/trends",
    opt={ROLES: Records.open_facts.roles},
    tags=["Documents"],
    summary="Suivre les résultats de biologie dans le temps",
)
async def read_trends(
    request: ApiRequest, patient_id: PatientInPath, mode: Mode = AccessMode.NORMAL, secret: Secret = False
) -> Trends:
    """Read the results of every analyte over time, oldest first, from the same documents as `facts`."""
    message = OpenClinicalData(patient_id=PatientId(patient_id), mode=mode, secret=secret)
    return await _trends(request, message)


@get(
    "/dmp/records/{patient_id:uuid}/trends/page",
    opt={ROLES: Records.open_facts.roles},
    media_type=MediaType.HTML,
    tags=["Documents"],
    summary="Voir les courbes des résultats",
)
async def show_trends(
    request: ApiRequest, patient_id: PatientInPath, mode: Mode = AccessMode.NORMAL, secret: Secret = False
) -> Response[str]:
    """Show the same results as a page: a plot of each analyte with its reference limits.

    No URL names an analyte, since that would reveal what the patient is treated for."""
    result = await _trends(request, OpenClinicalData(patient_id=PatientId(patient_id), mode=mode, secret=secret))
    language = preferred_language(request.headers.get("accept-language", ""))
    page = await asyncio.to_thread(page_of, result.trends, language, is_complete=not (result.more or result.unread))
    return Response(page, media_type=MediaType.HTML, headers={"content-security-policy": POLICY})


async def _trends(request: ApiRequest, message: OpenClinicalData) -> Trends:
    data = await read_clinical_data(request, message)
    more = data.more or any(not shows_all(source.facts) for source in data.sources)
    trends = await asyncio.to_thread(trends_in, data.sources)
    return Trends(trends=trends, unread=data.unread, more=more, emergency=data.emergency)


async def read_clinical_data(request: ApiRequest, message: OpenClinicalData) -> RecordClinicalData:
    """The coded data of the record's structured documents; recorded as one reading.

    Raises:
        Refusal: from records or documents.
    """
    opened = await request.call(Records.open_facts, msgspec.structs.replace(message, together=True))
    facts = await _facts_of(request, opened.ticket) if opened.ticket else {}
    documents = [content.document for content in opened.contents]
    found = [facts.get(content.content_id) for content in opened.contents]
    return RecordClinicalData(
        sources=tuple(
            SourcedClinicalData(
                document_id=document.document_id,
                title=document.title,
                created_at=document.created_at,
                facts=facts,
                visibility=document.visibility,
            )
            for document, facts in zip(documents, found, strict=True)
            if facts is not None
        ),
        unread=tuple(document.document_id for document, facts in zip(documents, found, strict=True) if facts is None),
        more=opened.more,
        emergency=opened.emergency,
    )


async def _facts_of(request: ApiRequest, ticket: str) -> dict[ContentId, ClinicalData]:
    """What the ticket's contents say in codes, without those that cannot be read or go beyond the bound."""
    found: dict[ContentId, ClinicalData] = {}
    left = _MOST_BYTES_OF_RECORD
    async with aclosing(request.clients.data_plane.read_lines(ticket)) as lines:
        async for line in lines:
            left -= len(line)
            if left < 0:
                break
            read = _decode_line(line)
            facts: ClinicalData | None = _decode_readable(read.facts)
            if facts is not None:
                found[read.content_id] = facts
    return found


ROUTES = [read_facts, read_all_facts, read_trends, show_trends]
