"""The journal of a record for its holder, and the public tree heads with which anybody can verify it."""

from base64 import b64decode
from datetime import datetime
from typing import Annotated

from litestar import MediaType, Response, get
from litestar.datastructures import CacheControlHeader
from litestar.params import PathParameter, QueryParameter

from contracts.audit import (
    Audit,
    ConsistencyProof,
    GetHead,
    GetLatestHead,
    GetVerifierKey,
    Heads,
    Journal,
    ListHeads,
    Proofs,
    ProveConsistency,
    ReadJournal,
    ReadProofs,
)
from contracts.errors.request import HeadNotFound
from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, PatientId
from gateway.api.parameters import Count, PatientInPath, in_utc
from gateway.clients import ApiRequest
from gateway.guards import PUBLIC, ROLES

_MAX_SIZE = 2**53 - 1
"""The largest whole number that every reader of JSON reads exactly (RFC 8259)."""
_TIMESTAMP_TYPE = "application/timestamp-token"
_SHORT_CACHE = CacheControlHeader(public=True, max_age=10)
_IMMUTABLE_CACHE = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
"""For heads and proofs of given sizes, which never change."""

Before = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=_MAX_SIZE,
        description="La position où la page a fini · Where the last page ended",
        # The framework leaves a bound of 0 out.
        schema_extra={"minimum": 0},
    ),
]
BelowSize = Annotated[
    int | None,
    QueryParameter(ge=1, le=_MAX_SIZE, description="La taille où la page a fini · Where the last page ended"),
]
Size = Annotated[int, QueryParameter(ge=0, le=_MAX_SIZE, description="Nombre de lignes · Number of lines")]
FirstSize = Annotated[int, QueryParameter(ge=1, le=_MAX_SIZE, description="La plus petite · The smaller one")]
SizeInPath = Annotated[int, PathParameter(ge=0, le=_MAX_SIZE, description="Nombre de lignes · Number of lines")]


@get(
    "/dmp/records/{patient_id:uuid}/journal",
    opt={ROLES: Audit.read_journal.roles},
    tags=["Suivi"],
    summary="Lire le journal d'un dossier",
)
async def read_journal(
    request: ApiRequest,
    patient_id: PatientInPath,
    count: Count = 50,
    before: Before = None,
    act: Annotated[list[Act] | None, QueryParameter(description="Seulement ces actes · Only these acts")] = None,
    outcome: Annotated[Outcome | None, QueryParameter(description="Permis ou refusé · Allowed or refused")] = None,
    mode: Annotated[AccessMode | None, QueryParameter(description="Mode d'accès · How one came in")] = None,
    document_id: Annotated[
        DocumentId | None, QueryParameter(description="Un seul document · One document only")
    ] = None,
    since: Annotated[datetime | None, QueryParameter(description="À partir de · From")] = None,
    until: Annotated[datetime | None, QueryParameter(description="Jusqu'à, exclu · Until, not included")] = None,
) -> Journal:
    """Read who did what to the record, allowed or refused, newest first."""
    message = ReadJournal(
        patient_id=PatientId(patient_id),
        count=count,
        before=before,
        acts=tuple(act or ()),
        outcome=outcome,
        mode=mode,
        document_id=document_id,
        since=in_utc(since, field="since"),
        until=in_utc(until, field="until"),
    )
    return await request.call(Audit.read_journal, message)


@get(
    "/dmp/records/{patient_id:uuid}/journal/proofs",
    opt={ROLES: Audit.read_proofs.roles},
    tags=["Suivi"],
    summary="Prouver les lignes du journal d'un dossier",
)
async def read_proofs(
    request: ApiRequest, patient_id: PatientInPath, count: Count = 50, before: Before = None
) -> Proofs:
    """Read the same lines as leaves of the tree, with what opens them and proofs against the newest head."""
    message = ReadProofs(patient_id=PatientId(patient_id), count=count, before=before)
    return await request.call(Audit.read_proofs, message)


@get(
    "/journal/key",
    opt={ROLES: PUBLIC},
    media_type=MediaType.TEXT,
    cache_control=CacheControlHeader(public=True, max_age=3_600),
    tags=["Suivi"],
    summary="La clé qui signe les têtes du journal",
)
async def key_of_heads(request: ApiRequest) -> str:
    """The verifier key for the signatures of the journal's heads."""
    return (await request.call(Audit.key_of_heads, GetVerifierKey())).key + "\n"


@get(
    "/journal/head",
    opt={ROLES: PUBLIC},
    media_type=MediaType.TEXT,
    cache_control=_SHORT_CACHE,
    tags=["Suivi"],
    summary="La dernière tête signée du journal",
)
async def latest_head(request: ApiRequest) -> str:
    """The newest signed head, as a note."""
    return (await request.call(Audit.latest_head, GetLatestHead())).note


@get(
    "/journal/heads",
    opt={ROLES: PUBLIC},
    cache_control=_SHORT_CACHE,
    tags=["Suivi"],
    summary="Les têtes signées du journal",
)
async def list_heads(request: ApiRequest, count: Count = 100, before: BelowSize = None) -> Heads:
    """List sizes and times of signed heads, newest first."""
    return await request.call(Audit.list_heads, ListHeads(count=count, before=before))


@get(
    "/journal/heads/{size:int}",
    opt={ROLES: PUBLIC},
    media_type=MediaType.TEXT,
    cache_control=_IMMUTABLE_CACHE,
    tags=["Suivi"],
    summary="La tête signée d'une taille",
)
async def head_of(
    request: ApiRequest,
    size: SizeInPath,
    timestamp: Annotated[bool, QueryParameter(description="Son horodatage RFC 3161 · Its time-stamp")] = False,
) -> Response[bytes]:
    """The signed head of a size, as a note; or its time-stamp, if there is one."""
    head = await request.call(Audit.head_of, GetHead(size=size))
    if not timestamp:
        return Response(head.note.encode(), media_type=MediaType.TEXT)
    if not head.timestamp:
        raise HeadNotFound
    return Response(b64decode(head.timestamp), media_type=_TIMESTAMP_TYPE)


@get(
    "/journal/consistency",
    opt={ROLES: PUBLIC},
    cache_control=_IMMUTABLE_CACHE,
    tags=["Suivi"],
    summary="Prouver qu'une tête en continue une autre",
)
async def prove_consistency(request: ApiRequest, first: FirstSize, second: Size) -> ConsistencyProof:
    """Prove that the tree of the second size extends the tree of the first."""
    return await request.call(Audit.prove_consistency, ProveConsistency(first=first, second=second))


ROUTES = [read_journal, read_proofs]

PUBLIC_ROUTES = [key_of_heads, latest_head, list_heads, head_of, prove_consistency]
