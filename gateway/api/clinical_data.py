"""What the documents of a record say in codes: one document's, all together, and results over time."""

import asyncio

import msgspec
from litestar import MediaType, Response, get

from contracts.clinical_data import ClinicalData
from contracts.documents import ContentForm
from contracts.errors import ContentTooLarge, NotRenderable
from contracts.records import Content, OpenClinicalData, ReadDocument, Records
from contracts.vocabulary import AccessMode, DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, Mode, PatientInPath, Secret
from gateway.clients import Caller
from gateway.errors import preferred_language
from gateway.guards import ROLES
from gateway.trends import POLICY, SourcedClinicalData, Trend, page_of, trends_in

_AT_ONCE = 4
"""Documents that are read at a time for one request."""
_decode_facts = msgspec.json.Decoder(ClinicalData).decode


class RecordClinicalData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What each structured document says, newest first.

    `unread`: documents that could not be read. `more`: there are older ones. `emergency` asks for the banner.
    """

    sources: tuple[SourcedClinicalData, ...]
    unread: tuple[DocumentId, ...] = ()
    more: bool = False
    emergency: bool = False


class Trends(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Results over time, by analyte; `more`: older documents were not looked into."""

    trends: tuple[Trend, ...]
    more: bool = False
    emergency: bool = False


@get(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/facts",
    opt={ROLES: Records.open_content.roles},
    tags=["Documents"],
    summary="Lire ce qu'un document structuré dit en codes",
)
async def read_facts(
    request: Caller,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    mode: Mode = AccessMode.NORMAL,
    secret: Secret = False,
) -> ClinicalData:
    """Allergies, problems, treatments, vaccinations and results of one document; none of a file without codes.

    It is a reading like any other."""
    question = ReadDocument(
        patient_id=PatientId(patient_id),
        document_id=DocumentId(document_id),
        mode=mode,
        secret=secret,
        form=ContentForm.FACTS,
    )
    content = await request.ask(Records.open_content, question)
    return _decode_facts(await request.clients.data_plane.small(content))


@get(
    "/dmp/records/{patient_id:uuid}/facts",
    opt={ROLES: Records.open_facts.roles},
    tags=["Documents"],
    summary="Lire ce que les documents structurés disent en codes",
)
async def read_all_facts(
    request: Caller, patient_id: PatientInPath, mode: Mode = AccessMode.NORMAL, secret: Secret = False
) -> RecordClinicalData:
    """What the 50 newest structured documents that the caller may read say in codes, newest first.

    It is one reading, with one line in the journal."""
    return await _gathered(request, OpenClinicalData(patient_id=PatientId(patient_id), mode=mode, secret=secret))


@get(
    "/dmp/records/{patient_id:uuid}/trends",
    opt={ROLES: Records.open_facts.roles},
    tags=["Documents"],
    summary="Suivre les résultats de biologie dans le temps",
)
async def read_trends(
    request: Caller, patient_id: PatientInPath, mode: Mode = AccessMode.NORMAL, secret: Secret = False
) -> Trends:
    """Every analyte with its results over time, oldest first, out of the documents that `facts` reads."""
    question = OpenClinicalData(patient_id=PatientId(patient_id), mode=mode, secret=secret)
    return await _trends(request, question)


@get(
    "/dmp/records/{patient_id:uuid}/trends/page",
    opt={ROLES: Records.open_facts.roles},
    media_type=MediaType.HTML,
    tags=["Documents"],
    summary="Voir les courbes des résultats",
)
async def show_trends(
    request: Caller, patient_id: PatientInPath, mode: Mode = AccessMode.NORMAL, secret: Secret = False
) -> Response[str]:
    """The same as a page for people who read: a plot of each analyte with its reference limits.

    No address names an analyte, for that would tell what somebody is followed for."""
    found = await _trends(request, OpenClinicalData(patient_id=PatientId(patient_id), mode=mode, secret=secret))
    page = page_of(found.trends, preferred_language(request.headers.get("accept-language", "")))
    return Response(page, media_type=MediaType.HTML, headers={"content-security-policy": POLICY})


async def _trends(request: Caller, question: OpenClinicalData) -> Trends:
    found = await _gathered(request, question)
    return Trends(trends=trends_in(found.sources), more=found.more, emergency=found.emergency)


async def _gathered(request: Caller, question: OpenClinicalData) -> RecordClinicalData:
    opened = await request.ask(Records.open_facts, question)
    turns = asyncio.Semaphore(_AT_ONCE)
    read = await asyncio.gather(*(_read(request, content, turns) for content in opened.contents))
    return RecordClinicalData(
        sources=tuple(one for one in read if isinstance(one, SourcedClinicalData)),
        unread=tuple(one for one in read if not isinstance(one, SourcedClinicalData)),
        more=opened.more,
        emergency=opened.emergency,
    )


async def _read(request: Caller, content: Content, turns: asyncio.Semaphore) -> SourcedClinicalData | DocumentId:
    """What a document says, or its id where it is too large or no XML after all."""
    document = content.document
    try:
        async with turns:
            facts = _decode_facts(await request.clients.data_plane.small(content))
    except (ContentTooLarge, NotRenderable):
        return document.document_id
    return SourcedClinicalData(
        document_id=document.document_id, title=document.title, created_at=document.created_at, facts=facts
    )


ROUTES = [read_facts, read_all_facts, read_trends, show_trends]
