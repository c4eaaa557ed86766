"""The content of a document, framed by our own reader, or the original to be saved."""

import re

from litestar.types import ASGIApp

from contracts.documents import ContentForm
from contracts.records.documents import ReadDocument
from contracts.vocabulary import AccessMode, DocumentId, PatientId
from gateway.api.content import download, show
from gateway.clients import ApiRequest
from gateway.portal.languages import language_of

_SAVED = "enregistrer"
_FRAMED = re.compile(r"frame-ancestors [^;]*")
_NO_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


async def content_of(
    request: ApiRequest, patient_id: PatientId, document_id: DocumentId, mode: AccessMode = AccessMode.NORMAL
) -> ASGIApp:
    """What the address asks for; each is a reading.

    Raises:
        Refusal: from records or documents.
    """
    is_saved = _SAVED in request.query_params
    message = ReadDocument(
        patient_id=patient_id,
        document_id=document_id,
        mode=mode,
        form=ContentForm.BYTES if is_saved else ContentForm.PAGE,
        language=language_of(request),
    )
    return await download(request, message) if is_saved else await show(request, message, framed)


def framed(policy: str) -> str:
    """The policy of a content, with which our own pages may frame it."""
    return _FRAMED.sub("frame-ancestors 'self'", policy) if "frame-ancestors" in policy else _NO_POLICY
