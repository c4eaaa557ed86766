"""What a page shows, signed for its reader."""

from hashlib import sha256

import msgspec

from contracts.consent.decisions import Limits
from contracts.records.documents import Document, ListDocuments
from contracts.records.pages import PAGE_KIND, PAGE_SECONDS, PAGES_ARE_FOR, PageShown
from services.records.context import RecordsContext

_DIGEST = 16


def signed_page(ctx: RecordsContext, request: ListDocuments, limits: Limits, documents: tuple[Document, ...]) -> str:
    """What a page shows, for later comparisons by its reader."""
    page = PageShown(
        role=ctx.actor.role,
        reader=ctx.actor.subject,
        patient_id=request.patient_id,
        documents=tuple(document.document_id for document in documents),
        limits=limits_digest(limits),
        at=ctx.now,
        mode=request.mode,
        secret=request.secret,
        section=request.section,
        superseded=request.superseded,
        archived=request.archived,
    )
    now = ctx.now.timestamp()
    return ctx.signer.sign(page, kind=PAGE_KIND, to=PAGES_ARE_FOR, seconds=PAGE_SECONDS, now=now)


def limits_digest(limits: Limits) -> str:
    """Whether two permits have the same limits is seen by this."""
    return sha256(msgspec.json.encode(limits)).hexdigest()[:_DIGEST]
